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
