"""What the code of the project's notebooks is like, cell by cell."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.project import Project

CELLS = {
    f"{notebook.name}, {cell.id}": ast.parse(cell.source)
    for notebook in find_notebooks(Project.find(Path(__file__)))
    for cell in notebook.code_cells
    if not cell.is_prose
}
every_cell = pytest.mark.parametrize("code", CELLS.values(), ids=CELLS)


def is_save(node: ast.AST) -> bool:
    """Return whether a node saves a figure or a table, which then shows itself."""
    return isinstance(node, ast.Call) and ast.unparse(node.func) in ("figures.save", "tables.save")


@every_cell
def test_what_is_saved_shows_itself_and_is_not_shown_again(code: ast.Module) -> None:
    nodes = list(ast.walk(code))
    statements = {node.value for node in nodes if isinstance(node, ast.Expr)}
    assert [ast.unparse(node) for node in nodes if is_save(node) and node not in statements] == []
    assert "display" not in {node.id for node in nodes if isinstance(node, ast.Name)}
