"""Texts that people can read and edit: their form, checked in every page and prose cell.

One sentence a line, no line over 160 characters, no threshold in numbers, and at most one level of
condition inside a paragraph. What numbers say is a finding in code (`rebalancing.report.findings`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from jinja2 import nodes

from rebalancing.notebooks import Notebook
from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.project import Project
from rebalancing.report.prose import templates

REPOSITORY = Project(Path(__file__).parents[2])
LONGEST = 160
LONGEST_CELL = 40  # lines of code
# Phrases for which there are plainer words: "held", "so", "anyone who", "beside".
FORBIDDEN = (
    "at hand",
    "so that",
    "goes with",
    "not to be told from",
    "whoever",
    "stand beside",
    "stands beside",
)
_FORBIDDEN = re.compile(
    r"\b(?:" + "|".join(words.replace(" ", r"\s+") for words in FORBIDDEN) + r")\b", re.IGNORECASE
)
_MARKER = re.compile(r"^\s*(?:[-*+]|\d+\.|:)\s+")
_BRACKETS = re.compile(r"(?<!\])\([^()]*\[@[^\]]*\]|\[@[^\]]*\]\s*\(")
_SENTENCE_ENDS = re.compile(r"(?<![A-Z])(?<!\be\.g)(?<!\bi\.e)[.!?][\"”’)*]*\s+(?=[A-Z{*\[“])")


@cache
def texts() -> dict[str, list[tuple[str, str]]]:
    """Return the texts of each page and chapter, with where they stand."""
    found = {
        path.stem: [(f"book/{path.name}", path.read_text(encoding="utf-8"))]
        for path in sorted(REPOSITORY.book.glob("*.md"))
    }
    for notebook in find_notebooks(REPOSITORY):
        where = f"notebooks/{notebook.path.name}"
        found[notebook.name] = [
            (f"{where}, cell {cell.id}", cell.text) for cell in notebook.cells if not cell.computes
        ]
    return found


@cache
def sources() -> dict[str, list[tuple[str, str]]]:
    """Return all that is written for each page and chapter, its code and its tables too."""
    found = {
        path.stem: [(f"book/{path.name}", path.read_text(encoding="utf-8"))]
        for path in sorted([*REPOSITORY.book.glob("*.md"), *REPOSITORY.book.glob("*.csv")])
    }
    for notebook in find_notebooks(REPOSITORY):
        where = f"notebooks/{notebook.path.name}"
        found[notebook.name] = [
            (f"{where}, cell {cell.id}", cell.source) for cell in notebook.cells
        ]
    return found


def without_code(text: str) -> str:
    """Return a text without code, tables, headings and what templates put in."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(
        r"\{[%{].*?[%}]\}", lambda tag: "x" * bool(tag[0][1] == "{"), text, flags=re.DOTALL
    )
    return re.sub(r"^(?:\||#|\$\$).*$", "", text, flags=re.MULTILINE)


def conditions(node: nodes.Node, depth: int = 0) -> Iterator[tuple[int, int]]:
    """Yield the depth of each condition in a template, with its line."""
    for child in node.iter_child_nodes():
        is_condition = isinstance(child, nodes.If | nodes.CondExpr)
        is_elif = isinstance(node, nodes.If) and child in node.elif_
        below = depth + (is_condition and not is_elif)
        if is_condition:
            yield below, child.lineno
        yield from conditions(child, below)


@pytest.mark.parametrize("page", sorted(texts()))
def test_no_line_is_too_long(page: str) -> None:
    long = [
        f"{where}, line {number}: {len(line)} characters"
        for where, text in texts()[page]
        for number, line in enumerate(text.splitlines(), start=1)
        if len(line) > LONGEST
    ]
    assert not long


@pytest.mark.parametrize("notebook", find_notebooks(REPOSITORY), ids=lambda each: each.name)
def test_cells_are_short_enough_to_edit(notebook: Notebook) -> None:
    """Code has few lines, and what a prose cell presupposes has none that is too long."""
    long = [
        f"{cell.id}: {len(cell.source.splitlines())} lines"
        for cell in notebook.cells
        if cell.computes and len(cell.source.splitlines()) > LONGEST_CELL
    ]
    heads = [
        f"{cell.id}: {len(line)} characters"
        for cell in notebook.cells
        if not cell.computes
        for line in cell.source.splitlines()
        if len(line) > LONGEST
    ]
    assert not long + heads


@pytest.mark.parametrize("page", sorted(texts()))
def test_a_line_holds_one_sentence(page: str) -> None:
    found = [
        f"{where}: {line.strip()}"
        for where, text in texts()[page]
        for line in without_code(text).splitlines()
        if _SENTENCE_ENDS.search(_MARKER.sub("", line).strip())
    ]
    assert not found


@pytest.mark.parametrize("page", sorted(texts()))
def test_no_text_holds_a_threshold(page: str) -> None:
    found = [
        f"{where}, line {compare.lineno}"
        for where, text in texts()[page]
        for compare in templates.pages().parse(text).find_all(nodes.Compare)
        for side in (compare.expr, *(operand.expr for operand in compare.ops))
        for number in ([side] if isinstance(side, nodes.Const) else side.find_all(nodes.Const))
        if isinstance(number.value, int | float) and not isinstance(number.value, bool)
    ]
    assert not found


@pytest.mark.parametrize("page", sorted(texts()))
def test_an_empty_line_ends_each_definition(page: str) -> None:
    """Without it the next term is read as words of the definition."""
    found = [
        f"{where}: {definition[0].strip()}"
        for where, text in texts()[page]
        for definition in re.finditer(r"^:[ ].*\n(?:[ ]+\S.*\n)*(?=\S)", text, re.MULTILINE)
    ]
    assert not found


@pytest.mark.parametrize("page", sorted(texts()))
def test_no_bracket_stands_within_or_beside_another(page: str) -> None:
    """A citation is set in brackets of its own."""
    found = [
        f"{where}: {bracket[0]}"
        for where, text in texts()[page]
        for bracket in _BRACKETS.finditer(without_code(text))
    ]
    assert not found


@pytest.mark.parametrize("page", sorted(texts()))
def test_four_key_numbers_fill_a_row(page: str) -> None:
    """A line after an ``else`` stands in for one before it."""
    for where, text in texts()[page]:
        for row in re.findall(r"^:::\{key-numbers\}\n(.*?)^:::", text, re.MULTILINE | re.DOTALL):
            shown = re.sub(r"\{% else %\}.*?\{% endif %\}", "", row, flags=re.DOTALL)
            assert sum(" | " in line for line in shown.splitlines()) <= 4, where


@pytest.mark.parametrize("page", sorted(texts()))
def test_a_paragraph_has_one_level_of_condition(page: str) -> None:
    found = [
        f"{where}, line {line}: {depth} levels"
        for where, text in texts()[page]
        for depth, line in conditions(templates.pages().parse(text))
        if depth > 1
    ]
    assert not found


@pytest.mark.parametrize("page", sorted(sources()))
def test_no_text_has_a_phrase_that_a_native_writer_would_not_use(page: str) -> None:
    found = [
        f"{where}: {phrase[0]}"
        for where, text in sources()[page]
        for phrase in _FORBIDDEN.finditer(text)
    ]
    assert not found


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("the data at hand.", "at hand"),
        ("So\nthat it", "So\nthat"),
        ("It goes with growth", "goes with"),
        ("It goes without saying; somewhat handy.", None),
    ],
)
def test_a_phrase_is_found_across_lines_and_in_no_other_word(text: str, phrase: str | None) -> None:
    found = _FORBIDDEN.search(text)
    assert (found and found[0]) == phrase


@pytest.mark.parametrize("notebook", find_notebooks(REPOSITORY), ids=lambda each: each.name)
def test_citations_stand_in_prose_cells_which_alone_resolve_them(notebook: Notebook) -> None:
    assert not [
        cell.id for cell in notebook.cells if cell.kind == "markdown" and "[@" in cell.source
    ]
