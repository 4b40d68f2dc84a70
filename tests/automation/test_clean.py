"""`make clean` removes what is made, and nothing of a report that is being made."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from rebalancing.project import Project

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
NEEDED = (
    *("Makefile", "tools/clean.py"),
    *(
        f"src/rebalancing/{name}.py"
        for name in ("__init__", "errors", "files", "project", "quoting")
    ),
)


def test_what_can_be_rebuilt_goes_unless_it_is_being_made(tmp_path: Path) -> None:
    kept = [*NEEDED, "data/raw/a/1/figures.parquet"]
    made = ["build/CHN/site/index.html", "data/processed/a.parquet", "src/__pycache__/a.pyc"]
    for name in (*kept, *made):
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target) if name in NEEDED else target.touch()

    def clean() -> subprocess.CompletedProcess[str]:
        command = ["make", "--no-print-directory", "clean"]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    with Project(tmp_path).alone("build"):
        done = clean()
    assert done.returncode != 0
    assert done.stderr.startswith("Another build is running in this project; wait until it has")
    assert all((tmp_path / name).is_file() for name in (*kept, *made))
    assert clean().returncode == 0
    assert all((tmp_path / name).is_file() for name in kept)
    assert not any((tmp_path / name).exists() for name in (*made, "build", "src/__pycache__"))
