from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rebalancing.project import Project

from . import harness


@pytest.fixture(scope="session")
def workshop(once: Callable[..., Path]) -> Project:
    """The project in which samples run, made once for all processes that run tests."""
    return Project(once("workshop", harness.workshop))


@pytest.fixture(scope="session")
def small_workshop(workshop: Project, once: Callable[..., Path]) -> Project:
    """The same with few economies, made once as well."""

    def make(folder: Path) -> None:
        harness.keep_few(workshop, harness.linked(folder))

    return Project(once("small-workshop", make))
