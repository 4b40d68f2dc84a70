from __future__ import annotations

import os
from pathlib import Path

import pytest

from rebalancing.workflow import nodes
from rebalancing.workflow.nodes import Digests, File, Folder, Value


def _digests(tmp_path: Path) -> Digests:
    return Digests(tmp_path / "build" / "digests.json")


def _folder(tmp_path: Path, **options: object) -> Folder:
    (tmp_path / "raw" / "2024").mkdir(parents=True, exist_ok=True)
    (tmp_path / "raw" / "2024" / "a.txt").write_text("1")
    (tmp_path / "raw" / "b.json").write_text("2")
    folder = tmp_path / "raw"
    return Folder("raw", "data file", location=folder, digests=_digests(tmp_path), **options)  # type: ignore[arg-type]


def test_a_digest_follows_the_content_even_when_size_and_time_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("one")
    status = path.stat()
    digests = _digests(tmp_path)
    before = digests.of(path)
    digests.save()
    path.write_text("two")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert digests.of(path) != before
    assert _digests(tmp_path).of(path) == digests.of(path)


def test_a_known_digest_is_not_computed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("one")
    digests = _digests(tmp_path)
    before = digests.of(path)
    digests.save()
    monkeypatch.setattr(nodes, "sha256", lambda path: "computed again")
    assert _digests(tmp_path).of(path) == before


def test_digests_of_removed_files_are_forgotten_and_a_damaged_memory_is_none(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("one")
    digests = _digests(tmp_path)
    digests.of(path)
    path.unlink()
    assert digests.of(path) is None
    digests.save()
    memory = tmp_path / "build" / "digests.json"
    assert "a.txt" not in memory.read_text()
    memory.write_text("{")
    assert _digests(tmp_path).of(path) is None


def test_a_folder_says_which_file_changed_came_and_went(tmp_path: Path) -> None:
    folder = _folder(tmp_path, is_made=True)
    before = folder.state()
    (tmp_path / "raw" / "2024" / "a.txt").write_text("3")
    (tmp_path / "raw" / "b.json").unlink()
    (tmp_path / "raw" / "c.txt").write_text("4")
    after = folder.state()
    assert before is not None
    assert after is not None
    assert folder.changes(before, after) == [
        "data file changed: raw/2024/a.txt",
        "data file removed: raw/b.json",
        "data file added: raw/c.txt",
    ]


def test_hidden_and_compiled_files_are_no_part_of_a_folder(tmp_path: Path) -> None:
    folder = _folder(tmp_path, is_made=True)
    before = folder.state()
    for name in (".DS_Store", ".a.txt.tmp", ".hidden/x", "__pycache__/x.pyc"):
        (tmp_path / "raw" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "raw" / name).write_text("5")
    assert folder.state() == before


def test_what_file_managers_and_sync_tools_leave_is_no_part_of_a_folder(tmp_path: Path) -> None:
    copy = tmp_path / "raw" / "2024 (1)"
    folder = _folder(tmp_path, without=frozenset([copy]))
    before = folder.state()
    copy.mkdir()
    (copy / "a.txt").write_text("1")
    for name in (".DS_Store", "Thumbs.db", "2024/desktop.ini"):
        (tmp_path / "raw" / name).touch()
    assert _folder(tmp_path, without=frozenset([copy])).state() == before


def test_a_file_that_does_not_count_may_change(tmp_path: Path) -> None:
    own = tmp_path / "raw" / "2024" / "a.txt"
    folder = _folder(tmp_path, without=frozenset([own]), is_made=True)
    before = folder.state()
    own.write_text("3")
    assert folder.state() == before
    (own.parent / "b.txt").write_text("3")
    assert folder.state() != before


def test_a_pattern_limits_a_folder(tmp_path: Path) -> None:
    folder = _folder(tmp_path, pattern="*.json", is_made=True)
    before = folder.state()
    (tmp_path / "raw" / "2024" / "a.txt").write_text("3")
    assert folder.state() == before
    (tmp_path / "raw" / "b.json").write_text("3")
    assert folder.state() != before


def test_an_unlisted_folder_keeps_one_digest(tmp_path: Path) -> None:
    state = _folder(tmp_path, is_listed=False).state()
    assert state is not None
    assert len(state) == 64


def test_an_empty_folder_exists_and_a_missing_one_does_not(tmp_path: Path) -> None:
    missing = Folder("x", "file", location=tmp_path / "x", digests=_digests(tmp_path))
    assert missing.state() is None
    (tmp_path / "x").mkdir()
    assert missing.state() == nodes.EMPTY


def test_a_group_says_which_of_its_nodes_changed_came_and_went(tmp_path: Path) -> None:
    def group(**values: int) -> nodes.NodeGroup:
        members = tuple(Value(name, "module", value=value) for name, value in values.items())
        return nodes.NodeGroup("library", "module", members=members)

    before, after = group(a=1, b=1, c=1), group(b=1, c=2, d=1)
    assert before.state() == group(a=1, b=1, c=1).state() != after.state()
    assert after.changes(before.state() or "", after.state() or "") == [
        "module no longer needed: a",
        "module changed: c",
        "module needed now: d",
    ]
    assert group().state() == nodes.EMPTY


def test_the_state_of_a_source_is_taken_once_and_that_of_an_output_each_time(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("one")
    source = File("a", "file", location=path, digests=_digests(tmp_path))
    output = File("a", "file", is_made=True, location=path, digests=_digests(tmp_path))
    before = source.state()
    assert output.state() == before
    path.write_text("two")
    assert source.state() == before
    assert output.state() != before


def test_what_is_optional_may_be_missing(tmp_path: Path) -> None:
    node = File("a", "file", True, location=tmp_path / "a", digests=_digests(tmp_path))
    assert node.state() == nodes.ABSENT


def test_a_value_says_what_it_was(tmp_path: Path) -> None:
    node = Value("parameter economy", "parameter", value="JPN")
    assert node.changes('"CHN"', node.state() or "") == ['parameter economy: "CHN" → "JPN"']
    assert Value("x", "x", value={"b": 1, "a": 2}).state() == '{"a": 2, "b": 1}'


def test_a_file_that_is_linked_elsewhere_is_read_again_only_when_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, digests = tmp_path / "file", Digests(tmp_path / "digests.json")
    file.write_text("one")
    os.link(file, tmp_path / "elsewhere")
    first = digests.of(file)
    os.link(file, tmp_path / "third")
    with monkeypatch.context() as patched:
        patched.setattr(nodes, "sha256", None)
        assert digests.of(file) == first
    (tmp_path / "third").write_text("two")  # in place
    assert digests.of(file) != first
