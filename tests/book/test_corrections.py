"""Corrections are read with their days, their place and their numbers."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from held import REPOSITORY

from rebalancing.book.pages import corrections
from rebalancing.project import Project
from rebalancing.reading import UnreadableError
from rebalancing.report.stored import read_results

ROW = {
    "since": "2026-11-29",
    "edition": "2026-11-25",
    "economy": "CHN",
    "chapter": "02_consumption",
    "title": "A title",
    "said": "It was *1*.",
    "right": "It is {a.b} of {c_d.e.5}, not more.",
    "why": "Counted twice.",
}
Write = Callable[..., Project]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(**changes: str) -> Project:
        project = Project(tmp_path)
        project.book.mkdir(exist_ok=True)
        with (project.book / "corrections.csv").open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, corrections.COLUMNS)
            writer.writeheader()
            writer.writerow(ROW | changes)
        return project

    return write


def test_a_correction_has_its_days_in_words_and_its_numbers_by_key(write: Write) -> None:
    (found,) = corrections.read_corrections(write(), "CHN")
    assert (found["since"], found["edition"]) == ("29 November 2026", "25 November 2026")
    assert found["right"] == [("It is ", "a.b"), (" of ", "c_d.e.5")]
    assert found["end"] == ", not more."
    assert found["where"] == "02\\_consumption"
    assert found["said"] == "It was \\*1\\*."
    assert corrections.keys(write()) == ["a.b", "c_d.e.5"]


def test_a_chapter_that_is_there_is_linked(write: Write) -> None:
    project = write()
    project.notebooks.mkdir()
    stored = REPOSITORY / "notebooks" / "02_consumption.ipynb"
    shutil.copyfile(stored, project.notebooks / stored.name)
    (found,) = corrections.read_corrections(project, "CHN")
    assert found["where"] == "[Household consumption](02_consumption.ipynb)"


def test_a_page_is_linked_by_its_title(write: Write) -> None:
    project = write(chapter="limits")
    (project.book / "limits.md").write_text("# What it lacks\n\nMuch.\n")
    (found,) = corrections.read_corrections(project, "CHN")
    assert found["where"] == "[What it lacks](limits.md)"


@pytest.mark.parametrize(("economy", "count"), [("CHN", 0), ("JPN", 1), ("", 1)])
def test_a_correction_is_about_the_editions_of_its_economy(
    write: Write, economy: str, count: int
) -> None:
    assert len(corrections.read_corrections(write(economy=economy), "JPN")) == count


def test_a_book_without_the_list_has_no_corrections(tmp_path: Path) -> None:
    assert corrections.read_corrections(Project(tmp_path), "CHN") == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"why": " "}, "has no why; add it"),
        ({"since": "29 November"}, "since is .29 November.; write a day such as 2026-11-29"),
        ({"edition": "2026-13-01"}, "edition is .2026-13-01."),
    ],
)
def test_what_is_refused(write: Write, changes: dict[str, str], message: str) -> None:
    with pytest.raises(UnreadableError, match=message):
        corrections.read_corrections(write(**changes), "CHN")


def test_the_numbers_of_the_books_own_list_are_recorded_by_a_chapter() -> None:
    project = Project(REPOSITORY)
    kept = {
        entry["key"]: entry["value"]
        for entry in read_results(REPOSITORY / "editions" / "CHN")["results"]
    }
    named = corrections.keys(project)
    assert named
    assert [key for key in named if kept.get(key) is None] == []
    assert corrections.read_corrections(project, "CHN")
