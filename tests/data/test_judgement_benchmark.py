"""The benchmark of the judgement, with one publisher and a few errors."""

import subprocess
import sys

import pytest

from rebalancing.project import Project


@pytest.mark.slow
def test_real_releases_and_made_up_errors_are_counted(this_project: Project) -> None:
    command = "benchmarks/judgement.py --publisher bis-reer --errors 2"
    said = subprocess.check_output(
        [sys.executable, *command.split()], cwd=this_project.root, text=True
    )
    assert "real releases stopped: " in said
    assert "Errors, watched" in said
    assert [line.split() for line in said.splitlines()].count(["sign", "1", "0"]) == 1
