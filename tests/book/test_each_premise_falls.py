"""Each premise of the real texts falls in turn: no section, and no line of the answer, is empty.

Where a paragraph about one economy goes, text that holds for all takes its place, so what a chapter
says under each heading, and each numbered point of the front page, is there whatever was found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from rebalancing.book.texts import fallen, titles
from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.notebooks.prose import ProseCell, parse, parts
from rebalancing.project import Project
from rebalancing.report.prose.premises import appears, prose_before

REPOSITORY = Project(Path(__file__).parents[2])
CHAPTERS = {notebook.name: notebook for notebook in find_notebooks(REPOSITORY)}
PAGES = {path.stem: parts(path.read_text("utf-8")) for path in REPOSITORY.book.glob("*.md")}
Found = Mapping[str, Mapping[str, Any]]
OTHER = "something else"


def written(name: str) -> list[ProseCell]:
    """Return the paragraphs of a page or chapter that presuppose something."""
    cells = (
        [parse(cell.source) for cell in CHAPTERS[name].cells if cell.is_prose]
        if name in CHAPTERS
        else [part for _, part in PAGES[name]]
    )
    return [cell for cell in cells if cell.premises]


WITH_PREMISES = sorted(name for name in {*CHAPTERS, *PAGES} if written(name))


def cases(name: str) -> Iterator[tuple[str, Found]]:
    """Yield what is found: all that is presupposed, and all but one."""
    every = {key: {"value": word} for cell in written(name) for key, word in cell.premises}
    yield "", every
    for key in every:
        yield key, {**every, key: {"value": OTHER}}
        yield key, {other: found for other, found in every.items() if other != key}


@cache
def stands(name: str) -> list[tuple[str, bool, ProseCell | None, list[ProseCell]]]:
    """Return what each cell of a chapter is, whatever is found.

    Its Markdown heading, or nothing; whether it shows something in any case; its prose, if it is
    prose; and the prose before it.
    """
    cells: list[tuple[str, bool, ProseCell | None, list[ProseCell]]] = []
    for cell in CHAPTERS[name].cells:
        if cell.kind == "markdown":
            heading, _, rest = cell.source.strip().partition("\n")
            is_heading = heading.startswith("#")
            cells.append((heading * is_heading, bool(rest.strip()) or not is_heading, None, []))
        elif cell.is_prose:
            before = [*prose_before(CHAPTERS[name].cells, cell.id)]
            cells.append(("", False, parse(cell.source), before))
        else:
            # A figure or a table is something too, but not instead of the text above it.
            cells.append(("", False, None, []))
    return cells


def shown(name: str, found: Found, economy: str) -> Iterator[tuple[str, bool]]:
    """Yield each cell's Markdown heading, or nothing, and whether it shows anything."""
    for heading, always, said, before in stands(name):
        if said is None:
            yield heading, always
        else:
            yield "", bool(said.text.strip()) and appears(said, before, found, economy)


def answer(found: Found, economy: str) -> list[str]:
    """Return the paragraphs of the answer on the front page."""
    page = "index"
    told = "\n\n".join(
        part.text
        for number, (_, part) in enumerate(PAGES[page])
        if appears(part, [each for _, each in PAGES[page][:number]], found, economy)
    )
    block = told.partition("{container} answer\n")[2].partition("\n::::\n")[0]
    words = re.sub(r"^:::.*$", "", block, flags=re.MULTILINE)
    return [paragraph for paragraph in re.split(r"\n\s*\n", words) if paragraph.strip()]


@pytest.mark.parametrize("name", WITH_PREMISES)
@pytest.mark.parametrize("economy", ["CHN", "JPN"])
def test_something_stands_in_the_place_of_each_paragraph(name: str, economy: str) -> None:
    for key, found in cases(name):
        for told in _told(name, found, economy):
            assert any(told), f"{name}: nothing is said where {key} is not as presupposed"


def _told(name: str, found: Found, economy: str) -> Iterator[list[bool]]:
    """Yield, for each place where paragraphs stand in for each other, which of them appear."""
    run: list[ProseCell] = []
    for cell, is_next in [*_sequence(name), (ProseCell(""), False)]:
        if run and not (is_next and (cell.premises or cell.economies or cell.otherwise)):
            yield [appears(each, run[:at], found, economy) for at, each in enumerate(run)]
            run = []
        if cell.premises or (cell.otherwise and run):
            run.append(cell)


@cache
def _sequence(name: str) -> list[tuple[ProseCell, bool]]:
    """Return the paragraphs of a page or chapter, and whether each follows another one."""
    return [(part, True) for _, part in PAGES[name]] if name in PAGES else list(_cells(name))


def _cells(name: str) -> Iterator[tuple[ProseCell, bool]]:
    """Yield the prose cells of a chapter, and whether each follows another one."""
    after_prose = False
    for cell in CHAPTERS[name].cells:
        # The label stands in for a title.
        if cell.is_prose and titles.apart(parse(cell.source).text)[1].strip():
            yield parse(cell.source), after_prose
        after_prose = cell.is_prose


@pytest.mark.parametrize("name", sorted(set(WITH_PREMISES) & set(CHAPTERS)))
@pytest.mark.parametrize("economy", ["CHN", "JPN"])
def test_no_section_is_left_without_text(name: str, economy: str) -> None:
    _, usual = next(cases(name))
    full = _sections(name, usual, "CHN")
    for key, found in cases(name):
        there = _sections(name, found, economy)
        empty = [heading for heading in full if full[heading] and not there[heading]]
        assert not empty, f"where {key} is not as presupposed"


def _sections(name: str, found: Found, economy: str) -> dict[str, bool]:
    """Return whether text stands under each heading."""
    sections, heading = {"": False}, ""
    for new, is_text in shown(name, found, economy):
        heading = new or heading
        sections[heading] = sections.get(heading, False) or is_text
    return sections


@pytest.mark.parametrize("economy", ["CHN", "JPN"])
def test_the_answer_keeps_its_paragraphs(economy: str) -> None:
    for key, found in cases("index"):
        assert len(answer(found, economy)) == 5, key


def test_each_premise_of_a_paragraph_about_one_economy_is_told_when_it_falls() -> None:
    paragraphs = list(fallen.paragraphs(REPOSITORY))
    about = [(where, cell) for where, cell in paragraphs if cell.premises and cell.economies]
    assert about
    found = {key: {"value": word} for _, cell in about for key, word in cell.premises}
    assert fallen.find(paragraphs, found, "CHN") == []
    for key in found:
        told = fallen.find(paragraphs, {**found, key: {"value": OTHER}}, "CHN")
        wanted = [where for where, cell in about if key in dict(cell.premises)]
        assert [each.where for each in told] == wanted
        assert {(each.key, each.now) for each in told} == {(key, OTHER)}


def test_what_paragraphs_about_one_economy_presuppose_can_hold_together() -> None:
    words: dict[str, set[str]] = {}
    for _, cell in fallen.paragraphs(REPOSITORY):
        if "CHN" in cell.economies:
            for key, word in cell.premises:
                words.setdefault(key, set()).add(word)
    assert {key: found for key, found in words.items() if len(found) > 1} == {}
