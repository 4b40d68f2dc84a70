"""The answer from a receipt is given while nothing changes, and never longer."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rebalancing import unchanged
from rebalancing.book.pages.citation import SITE_VARIABLE
from rebalancing.report.provenance import SOURCES

SAYS = "Nothing to do: ü.\nThe book: here"


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """A project that is up to date, with a receipt."""
    files = (
        *(
            "study.yml",
            "src/a.py",
            "src/deep/b.py",
            "data/raw/x/1/a.csv",
            "data/processed/t.parquet",
        ),
        *("build/CHN/site/index.html", ".git/HEAD", ".git/refs/heads/main", ".venv/fingerprint"),
        *("build/.workflow/lock", "notebooks/.hidden/a", "src/__pycache__/a.pyc", "docs/a.md"),
    )
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1")
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    root = str(tmp_path)
    unchanged.remember(root, "CHN", unchanged.seen(root, unchanged.SOURCES), SAYS)
    return tmp_path


def test_it_answers_from_anywhere_in_the_project(told: Path) -> None:
    assert unchanged.answer(str(told)) == SAYS
    assert unchanged.answer(str(told / "data" / "raw")) == SAYS
    assert unchanged.answer("/") is None


def test_what_a_report_does_not_rest_on_may_change(told: Path) -> None:
    for name in (
        "docs/a.md",
        "src/__pycache__/a.pyc",
        "notebooks/.hidden/a",
        "build/.workflow/lock",
    ):
        (told / name).write_text("other")
    assert unchanged.answer(str(told)) == SAYS


CHANGES: dict[str, Callable[[Path], object]] = {
    "a source's content": lambda root: (root / "src/deep/b.py").write_text("12"),
    "a source's time": lambda root: os.utime(root / "study.yml", (1, 1)),
    "a new source": lambda root: (root / "notebooks/18_new.ipynb").write_text(""),
    "a source that went": lambda root: (root / "data/raw/x/1/a.csv").unlink(),
    "a source that was replaced": lambda root: _replace(root / "data/raw/x/1/a.csv"),
    "a table that went": lambda root: (root / "data/processed/t.parquet").unlink(),
    "a page of the site": lambda root: (root / "build/CHN/site/index.html").write_text("12"),
    "another commit": lambda root: (root / ".git/refs/heads/main").write_text("2"),
    "another branch": lambda root: (root / ".git/HEAD").write_text("ref: refs/heads/other\n"),
    "another environment": lambda root: (root / ".venv/fingerprint").unlink(),
    "a damaged receipt": lambda root: root.joinpath(*unchanged.RECEIPT).write_text("x"),
    "no receipt": lambda root: root.joinpath(*unchanged.RECEIPT).unlink(),
}


def _replace(path: Path) -> None:
    """Put a file of the same size and time in the place of another."""
    old = path.stat()
    path.with_name("new").write_text("2")
    os.utime(path.with_name("new"), ns=(old.st_atime_ns, old.st_mtime_ns))
    path.with_name("new").replace(path)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_it_does_not_answer_after(change: Callable[[Path], object], told: Path) -> None:
    change(told)
    assert unchanged.answer(str(told)) is None


def test_it_sees_a_commit_in_a_worktree(told: Path) -> None:
    """There .git is a file that says where the repository is, which has its branches elsewhere."""
    (told / ".git").rename(told / "repository")
    own = told / "repository" / "worktrees" / "a"
    own.mkdir(parents=True)
    (told / ".git").write_text(f"gitdir: {own}\n")
    (own / "HEAD").write_text("ref: refs/heads/main\n")
    (own / "commondir").write_text("../..\n")
    root = str(told)
    unchanged.remember(root, "CHN", unchanged.seen(root, unchanged.SOURCES), SAYS)
    assert unchanged.answer(root) == SAYS
    (told / "repository/refs/heads/main").write_text("2")
    assert unchanged.answer(root) is None


@pytest.mark.slow
def test_whoever_reads_no_further_sees_no_error(told: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    asked = [sys.executable, "-m", "rebalancing", "report"]
    done = subprocess.run(asked, cwd=told, stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


def test_it_does_not_answer_when_the_site_has_another_address(
    told: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SITE_VARIABLE, "https://someone.example/report")
    assert unchanged.answer(str(told)) is None


def test_nothing_is_remembered_of_sources_that_changed_meanwhile(told: Path) -> None:
    root = str(told)
    before = unchanged.seen(root, unchanged.SOURCES)
    (told / "study.yml").write_text("other")
    told.joinpath(*unchanged.RECEIPT).unlink()
    unchanged.remember(root, "CHN", before, SAYS)
    assert unchanged.answer(root) is None


def test_it_looks_at_all_that_the_report_is_made_from() -> None:
    assert set(SOURCES) <= set(unchanged.SOURCES)


@pytest.mark.slow
def test_a_report_with_nothing_to_do_loads_no_command(told: Path) -> None:
    code = "import sys; sys.argv = ['rebalancing', 'report']\n"
    code += "from rebalancing.__main__ import main\nmain()\nprint(*sys.modules)"
    asked = [sys.executable, "-c", code]
    done = subprocess.run(asked, cwd=told, capture_output=True, text=True, check=True)
    loaded = {name for name in done.stdout.split() if name.startswith("rebalancing.")}
    assert loaded == {"rebalancing.__main__", "rebalancing.surroundings", "rebalancing.unchanged"}
    assert not {"click", "pydantic", "numpy", "yaml"} & set(done.stdout.split())


@pytest.mark.slow
def test_it_imports_next_to_nothing(told: Path) -> None:
    asked = [sys.executable, "-I", "-S", "-X", "importtime", unchanged.__file__]
    done = subprocess.run(asked, cwd=told, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, f"{SAYS}\n")
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert not loaded & {"json", "pathlib", "re", "subprocess", "rebalancing"}
