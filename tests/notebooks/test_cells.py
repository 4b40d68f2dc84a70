"""What the code of the project's notebooks is like, cell by cell."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.project import Project
from rebalancing.reading import parse_yaml

PROJECT = Project.find(Path(__file__))
CELLS = {
    f"{notebook.name}, {cell.id}": ast.parse(cell.source)
    for notebook in find_notebooks(PROJECT)
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


RECORDS = ("recorder", "using", "finding", "interval", "each")


@every_cell
def test_functions_compute_and_cells_record(code: ast.Module) -> None:
    """There is one way to record: a function of a notebook returns what its cell records."""
    functions = [node for node in ast.walk(code) if isinstance(node, ast.FunctionDef)]
    calls = [node for each in functions for node in ast.walk(each) if isinstance(node, ast.Call)]
    methods = [call.func.attr for call in calls if isinstance(call.func, ast.Attribute)]
    assert not set(RECORDS) & set(methods)
    # A call whose value nobody takes does something: it records, or it saves.
    of_its_own = [
        node.value
        for each in functions
        for node in ast.walk(each)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ]
    effects = ("figures.save", "tables.save", "chapter.leave_out")
    assert {ast.unparse(call.func) for call in of_its_own} <= set(effects)


@every_cell
def test_no_cell_is_one_guard(code: ast.Module) -> None:
    """What an edition may go without is a section, whose cells skip themselves by their tags."""
    for statement in code.body[-1:]:
        if isinstance(statement, ast.If):
            first, last = code.body[0].lineno, statement.end_lineno or 0
            guarded = last - statement.lineno + 1
            assert guarded <= 5 or 2 * guarded <= last - first + 1, ast.unparse(statement.test)


@every_cell
def test_nothing_is_printed(code: ast.Module) -> None:
    """What is worth saying is text, a table or a figure, in the notebook and in the book."""
    assert "print" not in {node.id for node in ast.walk(code) if isinstance(node, ast.Name)}


def test_parameters_have_the_types_that_the_study_gives_them() -> None:
    study = parse_yaml((PROJECT.root / "study.yml").read_text(encoding="utf-8"), "study.yml")
    for notebook in find_notebooks(PROJECT):
        for cell in notebook.code_cells:
            for statement in cell.statements() if "parameters" in cell.tags else []:
                assert isinstance(statement, ast.AnnAssign), f"{notebook.name}: no type"
                types = TypeAdapter(eval(ast.unparse(statement.annotation)))
                for value in (study[ast.unparse(statement.target)], None):
                    types.validate_python(value, strict=True)
