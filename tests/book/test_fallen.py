"""A paragraph whose premise has fallen is told to whoever keeps the report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rebalancing.book.texts import fallen
from rebalancing.book.texts.fallen import Fallen
from rebalancing.project import Project
from rebalancing.report.prose import ProseError

RESULTS = {"share.direction": {"value": "rising"}, "share.place": {"value": "low"}}


PAGE = """\
# Shares
%%prose if="share.place=high" for="CHN"
The share is high.
%%prose otherwise
The share is not high.
%%prose
For all.
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with a chapter of which paragraphs have premises, and an empty book."""
    sources = {
        "parameters": "economy: str | None = None",
        "flat": '%%prose if="share.direction=flat" for="CHN"\nThe share is flat.',
        "low": '%%prose if="share.place=low" for="CHN"\nThe share is low.',
        "other": '%%prose if="share.direction=flat" for="JPN"\nThe share is flat.',
        "gone": '%%prose if="share.gone=yes" for="CHN"\nWhat was left out.',
        "any": '%%prose if="share.direction=flat"\nFor any economy.',
        "short": "%%prose otherwise\nShort.",
    }
    cells = [
        {"cell_type": "code", "id": name, "source": source, "outputs": [], "execution_count": None,
         "metadata": {"tags": ["parameters"] if name == "parameters" else []}}
        for name, source in sources.items()
    ]  # fmt: skip
    declared = {"title": "Shares", "reads": [], "writes": ["results/02_shares.json"]}
    whole = {"cells": cells, "metadata": {"rebalancing": declared}}
    project = Project(tmp_path)
    for folder in (project.notebooks, project.book):
        folder.mkdir()
    path = project.notebooks / "02_shares.ipynb"
    path.write_text(json.dumps({**whole, "nbformat": 4, "nbformat_minor": 5}))
    return project


def find(project: Project, economy: str = "CHN") -> list[Fallen]:
    return fallen.find(fallen.paragraphs(project), RESULTS, economy)


def test_paragraphs_of_the_economy_whose_premises_do_not_hold_are_found(project: Project) -> None:
    found = find(project)
    assert list(map(str, found)) == [
        "notebooks/02_shares.ipynb, cell flat: share.direction is rising, no longer flat",
        "notebooks/02_shares.ipynb, cell gone: share.gone is not recorded, no longer yes",
    ]
    assert found[0].text == "The share is flat."
    flat = {"share.direction": {"value": "flat"}}
    assert fallen.find(fallen.paragraphs(project), flat, "JPN") == []


def test_a_part_of_a_page_is_named_by_its_line(project: Project) -> None:
    (project.book / "index.md").write_text(PAGE)
    first = find(project)[0]
    assert str(first) == "book/index.md, line 2: share.place is low, no longer high"
    assert first.text == "The share is high."


def test_a_first_line_that_nobody_knows_is_named(project: Project) -> None:
    (project.book / "index.md").write_text('# Shares\n%%prose when="ever"\nA.\n')
    with pytest.raises(ProseError, match=r"book/index.md, line 2: %%prose does not know"):
        find(project)


def test_they_are_kept_and_read_again(project: Project, tmp_path: Path) -> None:
    assert fallen.read_fallen(tmp_path) == []
    found = find(project)
    fallen.write_fallen(tmp_path, found)
    assert fallen.read_fallen(tmp_path) == found


def test_a_page_shows_the_old_text_and_what_was_found() -> None:
    one = Fallen("notebooks/02_shares.ipynb, cell flat", "It is **flat**.", "a.b", "flat", "rising")
    section = fallen.as_markdown([one])
    assert section.startswith("## A paragraph no longer holds\n")
    assert "`a.b` was `flat`, and is now `rising`" in section
    assert "```text\nIt is **flat**.\n```" in section
    other = Fallen("book/index.md, line 2", "It is low.", "a.c", "low", "")
    assert fallen.as_markdown([one, other]).startswith("## Paragraphs that no longer hold\n")
    assert fallen.as_markdown([]) == ""


def test_a_build_says_what_was_found_and_the_old_text() -> None:
    text = "It is low.\n\nIt is flat."
    both = [
        Fallen("book/index.md, line 2", text, "a.b", "low", "high"),
        Fallen("book/index.md, line 2", text, "a.c", "flat", ""),
    ]
    assert fallen.as_lines(both) == (
        "book/index.md, line 2: this paragraph no longer holds; rewrite it\n"
        "  a.b was low, and is now high\n"
        "  a.c was flat, and is now not recorded\n"
        "    It is low.\n\n    It is flat."
    )
    assert fallen.as_markdown(both).count("It is low.") == 1
    assert fallen.as_lines([]) == ""
