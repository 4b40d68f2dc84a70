from __future__ import annotations

import hashlib
import json
import stat
from pathlib import Path

import pytest

from rebalancing import files


def test_content_is_written_whole_and_folders_are_made(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "c.txt"
    assert files.write_atomic(path, "Côte d’Ivoire\n") == path
    assert path.read_bytes() == "Côte d’Ivoire\n".encode()
    files.write_atomic(path, b"\x00\xff")
    assert path.read_bytes() == b"\x00\xff"


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = files.write_atomic(tmp_path / "kept.txt", "old")

    def fail() -> None:
        with files.atomic(path) as temporary:
            temporary.write_text("half of the new")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_readers_see_the_old_file_until_the_block_ends(tmp_path: Path) -> None:
    path = files.write_atomic(tmp_path / "kept.txt", "old")
    with files.atomic(path) as temporary:
        temporary.write_text("new")
        assert temporary.parent == path.parent
        assert temporary.name.startswith(".")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_files_can_be_read_by_others(tmp_path: Path) -> None:
    path = files.write_atomic(tmp_path / "page.html", "x")
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_json_is_indented_in_the_given_order_and_not_escaped(tmp_path: Path) -> None:
    path = files.write_json(tmp_path / "x.json", {"b": "Türkiye", "a": [1, None]})
    text = path.read_text(encoding="utf-8")
    assert text == '{\n  "b": "Türkiye",\n  "a": [\n    1,\n    null\n  ]\n}\n'
    assert list(json.loads(text)) == ["b", "a"]


def test_json_has_no_nan_and_keeps_the_old_file(tmp_path: Path) -> None:
    path = files.write_json(tmp_path / "x.json", 1)
    with pytest.raises(ValueError, match="not JSON compliant"):
        files.write_json(path, float("nan"))
    assert path.read_text() == "1\n"


def test_sha256_is_that_of_the_bytes(tmp_path: Path) -> None:
    path = files.write_atomic(tmp_path / "x", b"abc" * 100_000)
    assert files.sha256(path) == hashlib.sha256(b"abc" * 100_000).hexdigest()


def test_a_lock_is_held_by_one_and_free_again(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "lock"
    with files.locked(path, "build") as first, files.locked(path, "other") as second:
        assert path.read_text() == "build"
        assert (first, second) == (True, False)
    with files.locked(path) as third:
        assert third


def test_everybody_may_read_what_is_made(tmp_path: Path) -> None:
    inner = tmp_path / "made" / "inner"
    inner.mkdir(parents=True)
    (inner / "a").touch(0o600)
    (inner / "link").symlink_to("nowhere")
    inner.chmod(0o700)
    files.set_modes(tmp_path / "made")
    assert inner.stat().st_mode & 0o777 == 0o755
    assert (inner / "a").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("name", ["build/CHN/a.json", "data/processed/a.json", "data/.fetch/lock"])
def test_a_folder_in_place_of_what_can_be_made_again_gives_way(tmp_path: Path, name: str) -> None:
    (tmp_path / "study.yml").touch()
    (tmp_path / name / "below").mkdir(parents=True)
    (tmp_path / name / "below" / "file").touch()
    if name.endswith("lock"):
        with files.locked(tmp_path / name, "build") as is_ours:
            assert is_ours
    else:
        files.write_atomic(tmp_path / name, "build")
    assert (tmp_path / name).read_text() == "build"


@pytest.mark.parametrize("name", ["editions/CHN/a.json", "data/raw/a.json", "build", "building/a"])
def test_of_other_folders_only_empty_ones_give_way(tmp_path: Path, name: str) -> None:
    (tmp_path / "study.yml").touch()
    mine = tmp_path / name / "mine"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    with pytest.raises(IsADirectoryError):
        files.write_atomic(tmp_path / name, "new")
    assert mine.read_text() == "mine"
    assert [path.name for path in mine.parent.parent.glob(".*")] == []
    mine.unlink()
    files.write_atomic(tmp_path / name, "new")
    assert (tmp_path / name).read_text() == "new"
