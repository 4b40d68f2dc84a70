from __future__ import annotations

import fcntl
import os

import pytest

from rebalancing.project import Project

from . import harness


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project in which samples run, made once for all processes that run tests."""
    base = tmp_path_factory.getbasetemp()
    root = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "workshop"
    root.mkdir(exist_ok=True)
    with (root / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (root / "made").exists():
            harness.workshop(root)
            (root / "made").touch()
    return Project(root)
