"""A cell gives the same when it is run again after the whole notebook, as one does who edits it."""

from __future__ import annotations

import dis
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import CodeType

import pytest

from rebalancing.notebooks import Notebook
from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.project import Project


def of_functions(code: CodeType) -> Iterator[str]:
    """Yield the names that functions of a cell take from outside."""
    for step in dis.get_instructions(code):
        if step.opname == "LOAD_GLOBAL":
            yield str(step.argval)
        elif isinstance(step.argval, CodeType):
            yield from of_functions(step.argval)


def taken_and_given(source: str) -> tuple[set[str], set[str]]:
    """Return the names that a cell has from cells before it, and those that it assigns."""
    taken: set[str] = set()
    given: set[str] = set()
    for step in dis.get_instructions(compile(source, "a cell", "exec")):
        if step.opname == "STORE_NAME":
            given.add(str(step.argval))
        elif step.opname == "LOAD_NAME":
            taken |= {str(step.argval)} - given
        elif isinstance(step.argval, CodeType):
            taken |= set(of_functions(step.argval)) - given
    return taken, given


def changed_later(sources: Sequence[str]) -> list[str]:
    """Return the names that a cell takes from one before it, and one after it uses anew."""
    cells = [taken_and_given(source) for source in sources]
    found = []
    for number, (taken, _) in enumerate(cells):
        before = set().union(*(given for _, given in cells[:number]))
        after = set().union(*(given for _, given in cells[number:]))
        found += [f"{name} of {sources[number]!r}" for name in sorted(taken & before & after)]
    return found


@pytest.mark.parametrize(
    "notebook", find_notebooks(Project.find(Path(__file__))), ids=lambda each: each.name
)
def test_no_later_cell_uses_a_name_anew(notebook: Notebook) -> None:
    assert not changed_later([cell.source for cell in notebook.cells if cell.computes])


@pytest.mark.parametrize(
    ("sources", "count"),
    [
        (["a = 1", "b = a", "c = b"], 0),
        (["a = 1", "b = a", "a = 2"], 1),
        (["a = 1", "a = a + 1"], 1),
        (["a = 1", "a = 2\nb = a"], 0),
        (["a = 1", "b = [a for _ in range(2)]", "for a in (1, 2): pass"], 1),
        (["a = 1", "def f(x):\n    return x + a", "import a"], 1),
        (["a = 1", "b = [a for a in (1, 2)]", "a = 3"], 0),
    ],
)
def test_a_name_that_is_used_anew_is_found(sources: list[str], count: int) -> None:
    assert len(changed_later(sources)) == count
