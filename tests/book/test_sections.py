from __future__ import annotations

import re
from pathlib import Path

import pytest
from held import REPOSITORY

from rebalancing.book.pages import context
from rebalancing.book.texts import sections
from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.project import Project
from rebalancing.reading import UnreadableError

HERE = Project(REPOSITORY)


def test_every_section_that_a_chapter_leaves_out_has_a_heading() -> None:
    known = sections.read_headings(HERE)
    for path in sorted(HERE.notebooks.glob("*.ipynb")):
        source = path.read_text(encoding="utf-8")
        named = set(re.findall(r"\"needs-([a-z-]+)\"", source))
        named |= set(re.findall(r'leave_out\(\\"([a-z-]+)\\"', source))
        for section in named:
            assert known[section][0] == path.stem, f"{section} is missing in book/sections.csv"


def test_sections_are_listed_by_their_headings_with_links() -> None:
    listed = sections.left_out(HERE, {"partners": "no data", "made-up": "no reason"})
    assert listed == [
        {"name": "[To whom](08_markets.ipynb)", "reason": "no data"},
        {"name": "made up", "reason": "no reason"},
    ]


def test_a_section_that_stands_twice_is_refused(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.book.mkdir()
    (project.book / sections.SOURCE).write_text("section,chapter,heading\na,,A\na,,B\n")
    with pytest.raises(UnreadableError, match="the section 'a' stands twice"):
        sections.read_headings(project)


def test_what_has_no_chapter_in_the_edition_has_no_link() -> None:
    (listed,) = sections.left_out(HERE, {"data-chapters": "later releases"})
    assert listed["name"] == "The chapters on data"


def test_a_chapter_all_of_which_is_left_out_is_listed_once_without_a_link() -> None:
    reasons = {"now": "nothing is newer", "now-months": "no month", "partners": "no data"}
    assert sections.whole_chapters(HERE, reasons) == ["04_now"]
    assert sections.whole_chapters(HERE, {"partners": "no data"}) == []
    listed = sections.left_out(HERE, reasons)
    assert listed[0] == {"name": "Now, the whole chapter", "reason": "nothing is newer"}
    assert [entry["reason"] for entry in listed[1:]] == ["no data"]
    assert [line["name"] for line in listed[1:]] == ["[To whom](08_markets.ipynb)"]


def test_a_chapter_that_is_left_out_whole_is_in_no_list_of_chapters() -> None:
    recorded = {"edition": {"without": ["01_clean"]}, "left_out": {"now": "nothing is newer"}}
    gone = context.without(HERE, recorded)
    assert gone == ["01_clean", "04_now"]
    named = [chapter["name"] for chapter in context.list_chapters(HERE, gone)]
    assert "04_now" not in named
    assert "02_consumption" in named
    assert "04_now" in [chapter["name"] for chapter in context.list_chapters(HERE)]


def test_all_cells_of_a_chapter_that_can_be_left_out_whole_go_with_it() -> None:
    notebooks = {notebook.name: notebook for notebook in find_notebooks(HERE)}
    for section, (chapter, heading) in sections.read_headings(HERE).items():
        if chapter and not heading:
            kept = [c.id for c in notebooks[chapter].cells if f"needs-{section}" not in c.tags]
            assert kept[0] == "title"
            assert not [c for c in notebooks[chapter].cells if c.is_prose and c.id in kept]
