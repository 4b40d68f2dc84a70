from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from .small_project import SmallProject, fill


@pytest.fixture
def small(tmp_path: Path) -> SmallProject:
    """A small project that has not been run."""
    return fill(tmp_path)


@pytest.fixture(scope="session")
def built_once(once: Callable[..., Path]) -> Path:
    """A small project that has been run; copied, never changed."""
    return once("small", lambda folder: fill(folder).run(jobs=2))


@pytest.fixture
def built(built_once: Path, tmp_path: Path) -> SmallProject:
    """A small project of which everything has been run."""
    shutil.copytree(built_once, tmp_path / "project", symlinks=True)
    return SmallProject(tmp_path / "project")
