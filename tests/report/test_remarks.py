"""Remarks that hold for one economy only."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from held import REPOSITORY

from rebalancing.book.texts import gate
from rebalancing.project import Project
from rebalancing.reading import UnreadableError
from rebalancing.report import remarks


def listed(tmp_path: Path, *rows: str) -> Project:
    project = Project(tmp_path)
    project.book.mkdir()
    project.notebooks.mkdir()
    text = "\n".join(["economy,remark,text", *rows, ""])
    (project.book / remarks.SOURCE).write_text(text, encoding="utf-8")
    return project


def test_every_remark_is_shown_and_every_one_shown_is_listed() -> None:
    asked = set()
    for path in [*REPOSITORY.glob("notebooks/*.ipynb"), *REPOSITORY.glob("book/*.md")]:
        source = path.read_text(encoding="utf-8").replace('\\"', '"')
        asked |= set(re.findall(r'remarks\["([a-z0-9-]+)"\]', source))
    known = {name for texts in remarks.read_remarks(Project(REPOSITORY)).values() for name in texts}
    assert asked == known


def test_remarks_are_kept_apart_by_economy(tmp_path: Path) -> None:
    project = listed(tmp_path, "CHN,break,The census.", "JPN,break,The bubble.")
    found = remarks.read_remarks(project)
    assert (found["CHN"]["break"], found["JPN"]["break"]) == ("The census.", "The bubble.")


def test_a_project_without_remarks_has_none(tmp_path: Path) -> None:
    assert remarks.read_remarks(Project(tmp_path)) == {}


def test_a_remark_that_stands_twice_is_refused(tmp_path: Path) -> None:
    project = listed(tmp_path, "CHN,break,One.", "CHN,break,Two.")
    with pytest.raises(UnreadableError, match="CHN has the remark 'break' twice; remove one"):
        remarks.read_remarks(project)


def test_the_gate_reads_remarks_too(tmp_path: Path) -> None:
    project = listed(tmp_path, "CHN,break,The share rose by 3.2% in 2024.")
    (found,) = gate.problems(project)
    assert (found.where, found.text) == ("book/remarks.csv, break of CHN", "3.2%")
