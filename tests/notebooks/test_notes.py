"""Figures of the project's notebooks are saved with notes that others make."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import pytest

from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.project import Project

NOTEBOOKS = {
    notebook.name: ast.parse(
        "\n".join(cell.source for cell in notebook.code_cells if not cell.is_prose)
    )
    for notebook in find_notebooks(Project.find(Path(__file__)))
}
WORDS = re.compile(r"[^\W\d_] |[^\W\d_]{2}[.:]")  # what a key or a date has not
WHAT_TO_DO = (
    "a figure's note is written in the notebook. What holds for a kind of chart is the chart's to "
    "say, from what it is given; what holds for data or a method is a constant of "
    "rebalancing.report.notes, or a function there that takes the numbers and names"
)


def written(code: ast.AST) -> list[str]:
    """Return the words of figures' notes that code writes, in the call or in a name it gives."""
    given = list(chain.from_iterable(map(_assigned, ast.walk(code))))
    notes = [
        keyword.value
        for node in ast.walk(code)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "figures.save"
        for keyword in node.keywords
        if keyword.arg == "note"
    ]
    named = [
        name
        for note in notes
        for name in ast.walk(note)
        if isinstance(name, ast.Name)
        for target, value in given
        if target == name.id and any(map(_has_words, _spelled(value)))
    ]
    typed = [node for note in notes for node in ast.walk(note) if _has_words(node)]
    return [ast.unparse(node) for node in (*typed, *named)]


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Return the names that a node assigns, each with what is assigned."""
    if isinstance(node, ast.Assign):
        pairs: Iterable[tuple[ast.expr, ast.expr]] = ((at, node.value) for at in node.targets)
    elif isinstance(node, ast.NamedExpr | ast.AnnAssign | ast.AugAssign) and node.value:
        pairs = [(node.target, node.value)]
    else:
        return
    for target, value in pairs:
        if isinstance(target, ast.Name):
            yield target.id, value
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for part, of_part in zip(target.elts, value.elts, strict=False):
                if isinstance(part, ast.Name):
                    yield part.id, of_part


def _spelled(value: ast.AST) -> Iterator[ast.AST]:
    """Return the parts of a value that end up in it: not what a function is given."""
    yield value
    if isinstance(value, ast.Call):
        on_text = isinstance(value.func, ast.Attribute) and not isinstance(
            value.func.value, ast.Name
        )
        parts: Iterable[ast.AST] = (value.func, *value.args) if on_text else ()
    else:
        parts = ast.iter_child_nodes(value)
    for part in parts:
        yield from _spelled(part)


def _has_words(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and WORDS.search(node.value) is not None
    )


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_cells_write_no_notes_of_figures(name: str) -> None:
    assert written(NOTEBOOKS[name]) == [], WHAT_TO_DO


@pytest.mark.parametrize(
    "code",
    [
        'figures.save("a", chart, title=title, note="Years are left out.")',
        'figures.save("a", chart, title=title, note=f"Since {first} only.")',
        'figures.save("a", chart, title=title, note=[notes.A, "Left out." if few else ""])',
        'limits = f"Since {first}: few."\nfigures.save("a", chart, note=[notes.A, limits])',
        'a, b = "Left out.", 1\nfigures.save("a", chart, note=a)',
        'said = " and ".join(f"from {a}" for a in b)\nfigures.save("a", chart, note=f(said))',
        'def f(x):\n    figures.save(x, chart, note="Left " + x)',
    ],
)
def test_words_are_found(code: str) -> None:
    assert written(ast.parse(code)) != []


@pytest.mark.parametrize(
    "code",
    [
        'figures.save("a", chart, title="It rose by half.", note=notes.A)',
        'figures.save("a", chart, note=notes.A if "retail" in series else "")',
        'span = f"{first}–{last}"\nfigures.save("a", chart, note=notes.scored(span))',
        'change = record("a", 1, "The change of it")\nfigures.save("a", c, note=notes.add(change))',
        'figures.save("a", chart, note=split.cautions)\ntables.save("a", b, note="Left out.")',
    ],
)
def test_what_is_passed_on_is_no_writing(code: str) -> None:
    assert written(ast.parse(code)) == []
