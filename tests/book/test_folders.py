from __future__ import annotations

from pathlib import Path

import pytest

from rebalancing.book import folders
from rebalancing.book.folders import replaced


def test_the_new_folder_takes_the_place_of_the_old(tmp_path: Path) -> None:
    for content in ("first", "second"):
        with replaced(tmp_path / "build" / "site") as folder:
            assert list(folder.iterdir()) == []
            (folder / content).touch(0o600)
    assert (tmp_path / "build" / "site" / "second").stat().st_mode & 0o777 == 0o644
    assert [path.name for path in (tmp_path / "build" / "site").iterdir()] == ["second"]
    assert [path.name for path in (tmp_path / "build").iterdir()] == ["site"]


def test_after_an_error_the_old_one_stays(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "good").touch()

    def fail() -> None:
        with replaced(tmp_path / "site") as folder:
            (folder / "half").touch()
            raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        fail()
    assert [path.name for path in tmp_path.rglob("*")] == ["site", "good"]


def test_a_folder_holds_texts_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folders.hold(folder, {"a/one": "1", "two": "2"})
    folders.link(folder / "two", tmp_path / "elsewhere")
    untouched = (folder / "a" / "one").stat().st_mtime_ns
    folders.hold(folder, {"a/one": "1", "two": "changed", "three": "3"})
    assert {path.name: path.read_text() for path in folder.rglob("*") if path.is_file()} == {
        "one": "1",
        "two": "changed",
        "three": "3",
    }
    assert (folder / "a" / "one").stat().st_mtime_ns == untouched
    assert (tmp_path / "elsewhere").read_text() == "2"
    folders.hold(folder, {})
    assert not [path for path in folder.rglob("*") if path.is_file()]
