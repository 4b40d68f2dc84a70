"""What a tool needs and does not find is named in one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

TOOLS = Path(__file__).parents[2] / "tools"


def run(folder: Path, *command: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={"PATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "build" / "proposal").mkdir(parents=True)
    (tmp_path / "data" / "raw").mkdir(parents=True)
    return tmp_path


def test_without_git(folder: Path) -> None:
    said = run(folder, str(TOOLS / "github.py"), "pack", "refresh")
    assert said == (1, "git is not installed; install it and run this again\n")


def test_without_gh(folder: Path) -> None:
    (folder / "build" / "proposal" / "summary.md").touch()
    (folder / "build" / "proposal" / "all-well.md").touch()
    said = run(folder, str(TOOLS / "github.py"), "propose", "links")
    assert said == (1, "gh is not installed; install it and run this again\n")


def test_a_text_that_is_none(folder: Path) -> None:
    (folder / "build" / "proposal" / "summary.md").write_bytes(b"\xff")
    status, said = run(folder, str(TOOLS / "github.py"), "propose", "links")
    assert (status, said.count("\n")) == (1, 1)
    assert said.startswith("propose links failed: ")


def test_without_uv(folder: Path) -> None:
    code = f"import sys; sys.executable = '/gone/python'; sys.path.insert(0, {str(TOOLS)!r})"
    status, said = run(folder, "-c", f"{code}; import lock; lock.main()")
    assert (status, said) == (
        1,
        "uv is missing; run: make lock, which makes the environment first\n",
    )
