"""Tests depend neither on the newest release nor on how fast the machine is; quick ones are."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import held
import pytest

from rebalancing.data import releases

TESTS = Path(__file__).parent
# They look at pages, notebooks and editions, or at releases by name.
NO_NEWEST = {
    "held.py",
    "book/test_both_sides.py",
    "book/test_checklist.py",
    "book/test_library.py",
    "book/test_said_of_what.py",
    "notebooks/test_cells.py",
    "notebooks/test_clearing.py",
    "notebooks/test_neutral.py",
    "notebooks/test_notes.py",
    "notebooks/test_run_again.py",
    "test_speed_targets.py",
    "editions/test_editions.py",
    "editions/test_forecast_scores.py",
    "book/test_gate.py",
    "report/test_provenance.py",
    "book/test_texts.py",
    "book/test_every_case.py",
    "book/test_numbers_in_words.py",
    "sweeps/test_page.py",
    "book/test_each_premise_falls.py",
    "report/test_remarks.py",
    "report/test_running.py",
    "samples/test_as_of.py",
    "book/test_sections.py",
    "book/test_corrections.py",
    "book/test_not_held.py",  # no release may hold what the page says is not held
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


@cache
def texts() -> dict[str, str]:
    """Return all tests, by file."""
    paths = sorted(TESTS.rglob("*.py"))
    return {path.relative_to(TESTS).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def nodes(kind: type[ast.AST], *words: str) -> Iterator[tuple[str, int, ast.AST]]:
    """Yield the nodes of a kind in tests that have one of some words, with file and line."""
    for path, text in texts().items():
        if any(word in text for word in words):
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, kind):
                    yield path, node.lineno, node


def names_the_repository(node: ast.AST) -> bool:
    return any(
        isinstance(part, ast.Name) and part.id in ("ROOT", "REPOSITORY", "__file__")
        for part in ast.walk(node)
    )


def leads_to_raw(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and str(node.value).startswith(("raw", "data/raw"))


@pytest.mark.slow
def test_the_releases_of_the_repository_are_seen_through_held_alone() -> None:
    """A project at the repository's root has the newest release, whichever that is."""
    whole = [
        (path, line)
        for path, line, call in nodes(ast.Call, "Project")
        if getattr(call.func, "id", getattr(call.func, "attr", None)) in ("Project", "find")
        and ast.unparse(call.func) in ("Project", "Project.find")
        and any(names_the_repository(part) for part in call.args)
        and not any(isinstance(part, ast.BinOp) for part in call.args)
    ]
    folders = [
        (path, line)
        for path, line, sum_ in nodes(ast.BinOp, "raw")
        if any(map(leads_to_raw, ast.walk(sum_))) and names_the_repository(sum_)
    ]
    seen = [f"{path}:{line}" for path, line in whole + folders if path not in NO_NEWEST]
    assert not seen, "\n".join(seen)


def test_a_test_that_starts_a_program_is_marked_slow() -> None:
    with pytest.raises(pytest.fail.Exception, match="it starts true, so it must be marked slow"):
        subprocess.run(["true"], check=False)


def test_no_test_has_a_deadline() -> None:
    """What hypothesis may take is said in conftest.py alone; other limits only end what hangs."""
    found = [
        f"{path}:{line}"
        for path, line, call in nodes(ast.Call, "deadline", "timeout")
        for keyword in call.keywords
        if path != "conftest.py"
        and (keyword.arg == "deadline" or (keyword.arg == "timeout" and short(keyword.value)))
    ]
    assert found == []


def short(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is not None and value.value < LONG
