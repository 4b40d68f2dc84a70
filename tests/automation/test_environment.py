"""The steps of the environment workflow, where newer packages are of no use."""

from __future__ import annotations

import pytest

from .runner import CHAPTER, Runner

pytestmark = pytest.mark.slow
LOCKS = ("requirements.lock", "requirements.json", "environment.yml")
NEWER = 'attempt TARGETS="lock report" LOCK=--upgrade'
# In place of tools/lock.py, which asks a package index.
NO_SOLUTION = """\
import sys
assert sys.argv[1:] == ["--upgrade"]
sys.exit("numpy 9 and numba 1 do not go together")
"""
# A newer package without a function that a chapter uses.
RESOLVED = f"""\
import json
from pathlib import Path
lock, chapter = Path("requirements.lock"), Path("notebooks", "{CHAPTER}.ipynb")
lock.write_text(lock.read_text().replace("numpy==", "numpy==9."))
Path("environment.yml").write_text("numpy 9")
arch = dict(locked="2", newest="3", released="2026-11", held_by="numpy==9 requires arch<3")
held = json.dumps(dict(asked=dict(arch=arch), others=dict()))
Path("requirements.json").write_text(held)
chapter.write_text(chapter.read_text().replace("share.iloc[-1]", "share.last_one()"))
"""


def test_newer_packages_that_are_of_no_use(runner: Runner) -> None:
    tool = runner.project.root / "tools" / "lock.py"
    tool.write_text(NO_SOLUTION)
    runner.git("add", "tools")
    runner.git("commit", "--quiet", "--message", "A stand-in")
    runner.git("push", "--quiet", "origin", "main")
    ran, said = runner.job("environment", "prepare")
    assert said == ""
    assert ran == ["report", "remember", NEWER, "restore", "proposal ABOUT=environment"]
    assert runner.job("environment", "propose")[1] == ""
    (issue,) = runner.hosted["issues"]
    assert issue["title"] == "Environment: the newest packages do not go together"
    assert "numpy 9 and numba 1 do not go together" in issue["body"]

    # Another week they do go together, and the issue is written anew.
    tool.write_text(RESOLVED)
    assert runner.job("environment", "prepare") == (ran, "")
    assert runner.job("environment", "propose")[1] == ""
    (issue,) = runner.hosted["issues"]
    assert issue["title"] == "Environment: newer packages break the report"
    assert "has no attribute 'last_one'" in issue["body"]
    assert "| numpy | " in issue["body"]
    assert r"| arch | 2 | 3 | 2026-11 | numpy==9 requires arch\<3 | – |" in issue["body"]
    assert runner.hosted["prs"] == []
    assert runner.git("ls-remote", "--heads", "origin").endswith("refs/heads/main")
    assert runner.git("diff", "--name-only", "--", *LOCKS) == ""
