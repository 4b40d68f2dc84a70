"""A runner whose edition has been kept; make uses the environment of the tests."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rebalancing.project import Project

from .runner import Runner, fill
from .stand_in_gh import install


@pytest.fixture(scope="session")
def kept(once: Callable[..., Path], fonts: Path) -> Path:
    """A folder with the clone, its edition built and kept, and the commands it uses."""
    return once("kept", lambda folder: make_kept(folder, fonts))


def make_kept(folder: Path, fonts: Path) -> None:
    """Make the clone, build and keep its edition, and commit it."""
    made = Runner(Project(folder / "clone"), install(folder / "bin"))
    fill(made.project, fonts)
    make = made.gh.with_name("make")
    real, bin_ = shutil.which("make"), Path(sys.executable).parent
    make.write_text(
        f'#!/bin/sh\nexec "{real}" -o env BIN="{bin_}" PYTHON="{sys.executable}" "$@"\n'
    )
    make.chmod(0o755)
    made.run_notebooks()
    made.make("keep")
    made.git("init", "--quiet", "--initial-branch", "main")
    made.git("add", ".")
    made.git("commit", "--quiet", "--message", "The edition before")
    made.make("report")  # the book, which names the commit; now nothing is left to do


@pytest.fixture
def runner(kept: Path, tmp_path: Path) -> Runner:
    """A copy of it, with an origin of its own."""
    folder = tmp_path / "runner"
    shutil.copytree(kept, folder, symlinks=True)
    made = Runner(Project(folder / "clone"), folder / "bin" / "gh")
    subprocess.check_call(["git", "init", "--quiet", "--bare", str(folder / "origin.git")])
    made.git("remote", "add", "origin", str(folder / "origin.git"))
    return made
