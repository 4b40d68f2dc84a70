"""A section that is left out takes its results along, and every text can do without them."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache

import pytest
from book.test_every_case import REPOSITORY, names, texts

from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.notebooks.format import Cell
from rebalancing.project import Project
from rebalancing.report.prose import Prose, Recorded
from rebalancing.report.prose.rendering import ProseError
from rebalancing.report.sections import needs
from rebalancing.report.stored import read_results

from . import harness
from .test_samples import FEW_DRAWS

# What the code of a section finds in data that another section shows: without that, it is out too.
FOLLOWS = {"partners-now": {"turn"}, "turn": {"american-own"}}


@cache
def cells() -> dict[tuple[str, str], tuple[frozenset[str], frozenset[str]]]:
    """Return which sections each cell of code needs, and which it may leave out."""
    return {
        (notebook.name, cell.id): (frozenset(needs(cell.tags)), frozenset(_may_leave_out(cell)))
        for notebook in find_notebooks(REPOSITORY)
        for cell in notebook.code_cells
    }


def _may_leave_out(cell: Cell) -> set[str]:
    """Return the sections that a cell of code may leave out."""
    calls = [
        node
        for statement in (cell.statements() if cell.computes else [])
        for node in ast.walk(statement)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "leave_out"
    ]
    return {call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)}


def gone_with(section: str) -> set[str]:
    """Return a section and those that its cells would have decided about."""
    gone: set[str] = set()
    more = {section}
    while more - gone:
        gone |= more
        more = {out for needed, decided in cells().values() if needed & gone for out in decided}
        more |= {out for each in gone for out in FOLLOWS.get(each, ())}
    return gone


def rendered(results: Mapping[str, Mapping[str, object]], left_out: set[str]) -> dict[str, str]:
    """Return why texts that are shown cannot be rendered, by place."""
    case = {("left_out", section): True for section in left_out}
    prose = Prose(Recorded(results), names(case))
    wrong = {}
    for text in (text for page in texts().values() for text in page):
        is_run = not text.where.startswith("notebooks/17_")  # the workshop has no published results
        if is_run and not left_out & set(text.sections):
            try:
                prose.render(text.source, text.where)
            except ProseError as error:
                wrong[text.where] = str(error)
    return wrong


@pytest.mark.faults
def test_texts_do_without_any_one_section(workshop: Project) -> None:
    """One test, so that the chapters run once."""
    folder = harness.run_chapters(workshop, {"economy": "CHN", **FEW_DRAWS})
    recorded = {each["key"]: each for each in read_results(folder)["results"]}
    assert rendered(recorded, set()) == {}
    wrong = {}
    for section in sorted({section for needed, _ in cells().values() for section in needed}):
        gone = gone_with(section)
        left = {key: each for key, each in recorded.items() if not gone & needed_by(each)}
        wrong[section] = rendered(left, gone)
    assert {section: found for section, found in wrong.items() if found} == {}


def needed_by(result: Mapping[str, str]) -> frozenset[str]:
    """Return the sections that the cell needs which recorded a result."""
    needed, _ = cells().get((result["chapter"], result["cell"]), (frozenset[str](), None))
    return needed
