"""Targets run one after another; the one that fails leaves what it said."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

TOOL = Path(__file__).parents[2] / "tools" / "attempt.py"
MAKEFILE = """\
fine:
\t@echo "fine with $(LOCK)"
wrong:
\t@printf '\\033[31mred\\033[0m words\\n' >&2; exit 3
long:
\t@seq 1000; exit 1
slow:
\t@echo begun; sleep 600
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "Makefile").write_text(MAKEFILE)
    return tmp_path


def attempt(folder: Path, *targets: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(TOOL), *targets]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def note(folder: Path) -> dict[str, str]:
    return json.loads((folder / "build" / "attempt.json").read_text())


def test_what_fails_is_noted_and_ends_the_attempt(folder: Path) -> None:
    done = attempt(folder, "fine", "wrong", "long")
    assert done.returncode != 0
    assert done.stdout.startswith("fine with \n\x1b[31mred\x1b[0m words\n")
    assert "1000" not in done.stdout
    assert note(folder)["target"] == "wrong"
    assert note(folder)["said"].startswith("red words\n")


def test_the_end_of_long_output_is_kept(folder: Path) -> None:
    attempt(folder, "long")
    lines = note(folder)["said"].splitlines()
    assert len(lines) == 60
    assert "1000" in lines
    assert "1" not in lines


def test_a_note_of_an_earlier_attempt_does_not_stay(folder: Path) -> None:
    attempt(folder, "wrong")
    assert attempt(folder, "fine").returncode == 0
    assert not (folder / "build" / "attempt.json").exists()


def test_a_signal_ends_what_runs_and_is_no_failure_of_the_target(folder: Path) -> None:
    command = [sys.executable, str(TOOL), "slow", "fine"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        process.terminate()
        assert "fine" not in process.communicate(timeout=1200)[0]
    assert process.returncode == 128 + signal.SIGTERM
    assert not (folder / "build" / "attempt.json").exists()


def test_asked_wrongly(folder: Path) -> None:
    done = attempt(folder)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "make attempt TARGETS=" in done.stderr


def test_without_make_it_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(folder))
    done = attempt(folder, "fine")
    assert (done.returncode, done.stderr) == (
        1,
        "make is not installed or not found; install it and run this again\n",
    )


def test_a_file_in_place_of_the_folder_is_one_line(folder: Path) -> None:
    (folder / "build").touch()
    done = attempt(folder, "fine")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "build" in done.stderr
