from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from rebalancing.book import assembly
from rebalancing.project import Project

from . import made_up


@pytest.fixture(scope="session")
def assembled_once(tmp_path_factory: pytest.TempPathFactory, fonts: Path) -> Path:
    """A project whose edition CHN has run, with its book; copied, never changed."""
    project = made_up.fill(tmp_path_factory.mktemp("assembled"), fonts)
    assembly.assemble(project, project.build / "CHN")
    return project.root


@pytest.fixture
def project(assembled_once: Path, tmp_path: Path) -> Project:
    """A project whose edition CHN has run, with its book but no site."""
    shutil.copytree(assembled_once, tmp_path, dirs_exist_ok=True, symlinks=True)
    return Project(tmp_path)
