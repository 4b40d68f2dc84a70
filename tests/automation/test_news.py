"""`make news` says one of two things, whatever is in data/raw, or fails."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copyfile(ROOT / "Makefile", tmp_path / "Makefile")
    shutil.copyfile(ROOT / ".gitignore", tmp_path / ".gitignore")
    (tmp_path / "data" / "raw" / "bis-reer").mkdir(parents=True)
    return tmp_path


def news(folder: Path) -> tuple[int, str]:
    command = ["make", "--no-print-directory", "news"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_what_is_not_committed_is_news(folder: Path) -> None:
    subprocess.check_call(["git", "init", "--quiet"], cwd=folder)
    assert news(folder) == (0, "news=false\n")
    left = folder / "data" / "raw" / ".refresh-abc"
    left.mkdir()
    (left / "half.parquet").touch()
    assert news(folder) == (0, "news=false\n")
    (folder / "data" / "raw" / "bis-reer" / "a\nnews=false\nother=$(false)`false`").touch()
    assert news(folder) == (0, "news=true\n")


def test_without_a_repository_nothing_is_known(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(folder.parent))
    status, said = news(folder)
    assert status != 0
    assert "news=" not in said
