"""Tests depend neither on the newest release nor on how fast the machine is."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path

import held
import pytest

from rebalancing.data import releases
from rebalancing.project import Project

TESTS = Path(__file__).parent
# Long enough for a machine that does ten other things; only a run that hangs ends so.
LONG = 600


def test_asking_which_releases_there_are_stops_a_test() -> None:
    real = Project(held.REPOSITORY)
    for ask in (releases.publishers, lambda project: releases.resolve(project, "pwt")):
        with pytest.raises(AssertionError, match=r"see tests/held\.py"):
            ask(real)
    with pytest.raises(AssertionError, match=r"see tests/held\.py"):
        os.listdir(real.raw / "unsd-ama")


def test_a_later_release_is_not_there_for_tests(tmp_path: Path) -> None:
    project = held.project()
    assert releases.publishers(project) == sorted(held.RELEASES)
    for publisher, names in held.RELEASES.items():
        found = {release.name for release in releases.releases(project, publisher)}
        assert found == set(names.split())


def calls() -> Iterator[tuple[str, ast.Call]]:
    for path in sorted(TESTS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield f"{path.relative_to(TESTS)}:{node.lineno}", node


def test_no_test_has_a_deadline() -> None:
    """What hypothesis may take is said in conftest.py alone; other limits only end what hangs."""
    found = [
        place
        for place, call in calls()
        for keyword in call.keywords
        if not place.startswith("conftest.py:")
        and (
            keyword.arg == "deadline"
            or (
                keyword.arg == "timeout"
                and isinstance(keyword.value, ast.Constant)
                and keyword.value.value is not None
                and keyword.value.value < LONG
            )
        )
    ]
    assert found == []
