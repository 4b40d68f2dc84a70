"""Tests depend neither on the newest release nor on how fast the machine is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import held

from rebalancing.data import releases

TESTS = Path(__file__).parent
TREES = {
    path.relative_to(TESTS).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(TESTS.rglob("*.py"))
}
# They look at pages, notebooks and editions, or at releases by name.
NO_NEWEST = {
    "held.py",
    "book/test_checklist.py",
    "editions/test_editions.py",
    "editions/test_forecast_scores.py",
    "book/test_gate.py",
    "report/test_provenance.py",
    "report/test_remarks.py",
    "report/test_running.py",
    "book/test_sections.py",
    "test_as_of.py",
    "test_stock_papermill.py",
    "workflow/test_notebooks.py",
}
# Long enough for a machine that does ten other things; only a run that hangs ends so.
LONG = 600


def test_a_later_release_is_not_there_for_tests() -> None:
    project = held.project()
    assert releases.publishers(project) == sorted(held.RELEASES)
    for publisher, names in held.RELEASES.items():
        found = {release.name for release in releases.releases(project, publisher)}
        assert found == set(names.split())


def nodes(kind: type[ast.AST]) -> Iterator[tuple[str, int, ast.AST]]:
    """Yield the nodes of a kind in all tests, with file and line."""
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, kind):
                yield path, node.lineno, node


def names_the_repository(node: ast.AST) -> bool:
    return any(
        isinstance(part, ast.Name) and part.id in ("ROOT", "REPOSITORY", "__file__")
        for part in ast.walk(node)
    )


def test_the_releases_of_the_repository_are_seen_through_held_alone() -> None:
    """A project at the repository's root has the newest release, whichever that is."""
    whole = [
        (path, line)
        for path, line, call in nodes(ast.Call)
        if ast.unparse(call.func) in ("Project", "Project.find")
        and any(names_the_repository(part) for part in call.args)
        and not any(isinstance(part, ast.BinOp) for part in call.args)
    ]
    folders = [
        (path, line)
        for path, line, sum_ in nodes(ast.BinOp)
        if names_the_repository(sum_) and re.search(r"'raw'|'data/raw", ast.unparse(sum_))
    ]
    assert [f"{path}:{line}" for path, line in whole + folders if path not in NO_NEWEST] == []


def test_no_test_has_a_deadline() -> None:
    """What hypothesis may take is said in conftest.py alone; other limits only end what hangs."""
    found = [
        f"{path}:{line}"
        for path, line, call in nodes(ast.Call)
        for keyword in call.keywords
        if path != "conftest.py"
        and (keyword.arg == "deadline" or (keyword.arg == "timeout" and short(keyword.value)))
    ]
    assert found == []


def short(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is not None and value.value < LONG
