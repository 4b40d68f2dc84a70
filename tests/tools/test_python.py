"""Targets that need a Python say in one line when they are given none that will do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

MAKEFILE = Path(__file__).parents[2] / "Makefile"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A Makefile with tools that say that they ran, and what is no Python that will do."""
    root = tmp_path / "it's a project"
    (root / "tools").mkdir(parents=True)
    shutil.copyfile(MAKEFILE, root / "Makefile")
    for name in ("attempt", "clean", "environment", "github"):
        (root / "tools" / f"{name}.py").write_text("print('ran')")
    (root / "folder").mkdir()
    (root / "old").write_text("#!/bin/sh\necho False\n")  # what an older Python says
    (root / "no python").write_text("#!/bin/sh\necho True, as it were\n")
    for name in ("old", "no python"):
        (root / name).chmod(0o755)
    (root / "not to be run").touch()
    return root


def make(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    command = ["make", "--no-print-directory", *words]
    return subprocess.run(
        command, cwd=project, env=kept, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("target", ["env", "report", "clean", "attempt", "propose"])
@pytest.mark.parametrize(
    "python",
    ["/nonexistent", "folder", "old", "no python", "not to be run", '"; touch harm; "', ""],
)
def test_what_is_no_python_that_will_do_is_named(project: Path, target: str, python: str) -> None:
    given = f"{project}/{python}" if (project / python).exists() and python else python
    before = sorted(project.rglob("*"))
    done = make(project, target, f"PYTHON={given}")
    assert done.returncode == 2
    assert done.stdout == ""
    said, by_make = done.stderr.splitlines()
    assert said.startswith(f"PYTHON={given} is no Python 3.11, 3.12 or 3.13 that runs; install one")
    assert said.endswith("make PYTHON=/path/to/python3.12 <target>")
    assert by_make.startswith("make: ***")
    assert sorted(project.rglob("*")) == before


def test_one_whose_path_has_blanks_and_signs_will_do(project: Path) -> None:
    python = project / 'a "python" $HOME'
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    done = make(project, "clean", f"PYTHON={str(python).replace('$', '$$')}")
    assert (done.stdout, done.stderr) == ("ran\n", "")
