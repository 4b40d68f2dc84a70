"""`make news` says one of two things, whatever is in data/raw, or fails."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copyfile(ROOT / "Makefile", tmp_path / "Makefile")
    shutil.copyfile(ROOT / ".gitignore", tmp_path / ".gitignore")
    (tmp_path / "data" / "raw" / "bis-reer").mkdir(parents=True)
    return tmp_path


def news(folder: Path) -> tuple[int, str]:
    command = ["make", "--no-print-directory", "news", f"PYTHON={sys.executable}"]
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


def test_variables_of_a_hook_and_another_owner_do_not_matter(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subprocess.check_call(["git", "init", "--quiet"], cwd=folder)
    subprocess.check_call(["git", "init", "--quiet", "other"], cwd=folder.parent)
    (folder / "data" / "raw" / "bis-reer" / "new").touch()
    monkeypatch.setenv("GIT_DIR", str(folder.parent / "other" / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(folder.parent / "other"))
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    assert news(folder) == (0, "news=true\n")


@pytest.mark.parametrize("is_inside_another", [False, True])
def test_without_a_repository_of_its_own_nothing_is_known(
    folder: Path, monkeypatch: pytest.MonkeyPatch, is_inside_another: bool
) -> None:
    if is_inside_another:
        subprocess.check_call(["git", "init", "--quiet"], cwd=folder.parent)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(folder.parent.parent))
    status, said = news(folder)
    assert status != 0
    assert "news=" not in said
