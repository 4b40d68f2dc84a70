"""Damaged memory of the workflow: named in one line, and made anew."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from _pytask.lockfile import LockfileState

from rebalancing.workflow import record
from rebalancing.workflow.dependencies import Library
from rebalancing.workflow.nodes import Digests

from .small_project import SmallProject

STATE = "build/.workflow"
GARBAGE = {
    "empty": b"",
    "zeros": bytes(400),
    "null": b"null",
    "list": b"[]",
    "a number": b"7",
    "no text": b"\xff\xfe\x00",
    "deep": b"[" * 100_000,
    "other types": b'{"a": 1, "b": [null], "c": {"d": "e"}}',
    "other keys": b'task = 7\nlock-version = "1"\n',
    "another version": b'lock-version = "2"\ntask = []\n',
    "no states": b'lock-version = "1"\n[[task]]\nid = "CHN/book"\n',
    "numbers for states": b'lock-version = "1"\n[[task]]\nid = "a"\nstate = "1"\n'
    b"[task.produces]\nb = 7\n",
    "another form": b'{"lock-version": "1", "id": "a", "state": "1", "produces": [1]}\n',
    "another journal": b'{"lock-version": "7", "id": "a", "state": "1"}\n',
}
NAMES = ("pytask.lock", "pytask.lock.journal", "digests.json", "imports.json")


@pytest.mark.parametrize("content", GARBAGE.values(), ids=list(GARBAGE))
@pytest.mark.parametrize("name", NAMES)
def test_damaged_memory_counts_as_none_and_stops_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    assert record.read_states(tmp_path) == {}
    assert Digests(tmp_path / "digests.json").of(tmp_path / "none") is None
    library = Library(tmp_path / "rebalancing", tmp_path / "imports.json")
    assert library.closure() == {}
    said = capsys.readouterr().err
    assert said.count("\n") <= 1
    assert said in ("", f"rebalancing: {tmp_path / name} is damaged; it is made anew\n")
    record.mend(tmp_path)
    assert LockfileState.from_path(tmp_path / "pytask.lock", tmp_path).task_ids() == set()


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_in_the_place_of_memory_is_removed(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    assert record.read_states(tmp_path) == {}
    assert Digests(tmp_path / "digests.json").of(tmp_path / "none") is None
    record.mend(tmp_path)
    assert LockfileState.from_path(tmp_path / "pytask.lock", tmp_path).task_ids() == set()


def digest(entry: object) -> Callable[[Path], None]:
    """Return what puts an entry of another form among the digests."""

    def damage(path: Path) -> None:
        known = json.loads(path.read_text())
        path.write_text(json.dumps({**known, next(iter(known)): entry}))

    return damage


@pytest.mark.parametrize(
    "entry", [None, 7, "abcde", [], [1, 2, 3, 4, None], [1, 2, 3, "4", "0" * 64], [1, 2, 3, 4, "x"]]
)
def test_digests_of_another_form_are_taken_anew(tmp_path: Path, entry: object) -> None:
    (tmp_path / "a").write_text("a")
    memory = tmp_path / "digests.json"
    first = Digests(memory)
    right = first.of(tmp_path / "a")
    first.save()
    digest(entry)(memory)
    assert Digests(memory).of(tmp_path / "a") == right


@pytest.mark.parametrize("size", [0, 1, 40, -1])
def test_a_journal_counts_up_to_where_it_is_damaged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], size: int
) -> None:
    line = json.dumps({"lock-version": "1", "id": "a", "state": "1", "produces": {"b": "\u2028"}})
    journal = tmp_path / "pytask.lock.journal"
    journal.write_text(f"{line}\n{line[:size]}", encoding="utf-8")
    assert record.read_states(tmp_path) == {"a": {"b": "\u2028"}}
    assert capsys.readouterr().err == ""  # as every run that is killed leaves it
    record.mend(tmp_path)
    assert LockfileState.from_path(tmp_path / "pytask.lock", tmp_path).task_ids() == {"a"}


def test_a_run_on_damaged_memory_makes_all_anew(
    built: SmallProject, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, before = built.root / STATE, built.read("build/CHN/results.json")
    for name in ("pytask.lock", "digests.json"):
        (folder / name).write_bytes(b"\0\0")
    shutil.rmtree(folder / ".pytask", ignore_errors=True)
    (folder / ".pytask").write_text("in the way")
    shutil.rmtree(folder / "ipython", ignore_errors=True)
    (folder / "ipython").write_text("in the way")
    assert len(built.run()) == 5
    assert capsys.readouterr().err.count("is damaged; it is made anew\n") == 2
    assert built.run() == []
    assert built.read("build/CHN/results.json") == before


def test_memory_that_cannot_be_kept_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    digests = Digests(tmp_path / "state" / "digests.json")
    digests.of(tmp_path / "a")
    (tmp_path / "state").write_text("in the way")
    digests.save()
