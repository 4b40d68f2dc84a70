"""What every edition shows and runs is about no economy but its own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from held import REPOSITORY

from rebalancing.data.views import particulars
from rebalancing.notebooks import Notebook
from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.notebooks.prose import is_prose, parse
from rebalancing.project import Project

OF_EDITIONS = [n for n in find_notebooks(Project(REPOSITORY)) if not n.is_shared]
CHINA = re.compile(r"\bChin(?:a|ese)\b")
# Rooms that are about single economies: their publishers, the claims, and published results.
PARTICULAR = ("claims", "oracles", "data/imports", "data/fetch")
PACKAGE = REPOSITORY / "src" / "rebalancing"
MODULES = {
    path.relative_to(PACKAGE).as_posix(): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if not path.relative_to(PACKAGE).as_posix().startswith(PARTICULAR)
}


def spoken(notebook: Notebook) -> list[str]:
    """Return the lines about China in text that the editions of other economies show, too.

    The claims are about China wherever they are shown.
    """
    texts = [
        parse(cell.source)
        for cell in notebook.cells
        if is_prose(cell.source) and "needs-claims" not in cell.tags
    ]
    return [
        line
        for text in texts
        if not text.economies
        for line in text.text.splitlines()
        if CHINA.search(line)
    ]


def years_of(economy: str) -> set[int]:
    """Return the years that are listed as facts of an economy."""
    rows = [row for row in particulars.listed() if row["economy"] == economy]
    return {int(row["value"]) for row in rows if re.fullmatch(r"\d{4}", row["value"])}


def docstrings(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the statements of a module that are texts and nothing else."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


def decided(source: str) -> list[str]:
    """Return what code has of China's: its code, its name, or a year that is a fact of it alone."""
    tree = ast.parse(source)
    said = set(docstrings(tree))
    years = years_of("CHN") - years_of("WLD")
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or node in said:
            continue
        is_named = isinstance(node.value, str) and (
            node.value == "CHN" or CHINA.search(node.value) is not None
        )
        if is_named or (type(node.value) is int and node.value in years):
            found.append(f"line {node.lineno}: {node.value}")
    return found


@pytest.mark.parametrize("notebook", OF_EDITIONS, ids=lambda notebook: notebook.name)
def test_what_every_edition_shows_is_not_about_china(notebook: Notebook) -> None:
    assert spoken(notebook) == []


@pytest.mark.parametrize("notebook", OF_EDITIONS, ids=lambda notebook: notebook.name)
def test_what_every_edition_runs_does_not_know_china(notebook: Notebook) -> None:
    cells = [
        cell
        for cell in notebook.code_cells
        if not cell.is_prose and "needs-claims" not in cell.tags
    ]
    found = {cell.id: decided(cell.source) for cell in cells}
    assert not {cell: lines for cell, lines in found.items() if lines}, "make it a particular"


def test_modules_for_every_economy_do_not_know_china() -> None:
    assert "requirements/forecasts.py" in MODULES
    assert "claims/china.py" not in MODULES
    found = {name: decided(path.read_text("utf-8")) for name, path in MODULES.items()}
    assert not {name: lines for name, lines in found.items() if lines}, "make it a particular"


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("SINCE = 2004", 1),
        ('LARGE = ("USA", "CHN")', 1),
        ('"""Of China since 2004."""\nWIDTH = 2000', 0),
        ('raise ValueError("name an economy, such as CHN")', 0),
        ('title = f"{code} beside China"', 1),
    ],
)
def test_what_counts_as_chinas(source: str, count: int) -> None:
    assert len(decided(source)) == count
