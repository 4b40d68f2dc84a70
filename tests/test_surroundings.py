"""Packages of another Python, named in PYTHONPATH, reach neither the command nor its kernels."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import rebalancing
from rebalancing import surroundings

pytestmark = pytest.mark.slow

CODE = str(Path(rebalancing.__file__).parents[1])


@pytest.mark.parametrize(
    ("path", "kept"),
    [("/a:/b", None), ("", None), (f"/a:{CODE}/", CODE), (":", None), (CODE, CODE)],
)
def test_only_the_code_that_runs_stays(path: str, kept: str | None) -> None:
    found = surroundings.own({"PYTHONPATH": path, "PYTHONHOME": "/opt/old", "HOME": "/home"})
    assert found == {"HOME": "/home"} | ({"PYTHONPATH": kept} if kept else {})


def test_the_command_does_without_packages_of_another_python(tmp_path: Path) -> None:
    for name in ("click", "numpy", "pyarrow"):
        (tmp_path / f"{name}.py").write_text("raise ImportError('of another Python')")
    done = subprocess.run(
        [sys.executable, "-m", "rebalancing", "data", "list"],
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{CODE}"},
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "unsd-ama" in done.stdout
