from __future__ import annotations

import re
from pathlib import Path

import pytest
from held import REPOSITORY

from rebalancing.book import sections
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
        {"name": "[To whom](07_exports.ipynb)", "reason": "no data"},
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
