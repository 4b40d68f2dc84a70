from __future__ import annotations

import io
import re

import pytest

from rebalancing.workflow.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _without_numbers(text: str) -> str:
    return re.sub(r"\d+(\.\d+)? s", "N s", text)


def test_in_a_log_there_is_one_line_per_task() -> None:
    log = io.StringIO()
    progress = Progress(3, log)

    def fail() -> None:
        raise ValueError

    with progress.shown():
        progress.watch("01_clean", lambda: None)()
        with pytest.raises(ValueError):  # noqa: PT011 - any error will do
            progress.watch("02_consumption", fail)()
    assert _without_numbers(log.getvalue()).splitlines() == [
        "[1/3] 01_clean ... N s (N s elapsed, 2 left)",
        "[2/3] 02_consumption ... failed after N s (N s elapsed, 1 left)",
    ]


def test_what_a_signal_ends_is_stopped_and_has_not_failed() -> None:
    log = io.StringIO()
    progress = Progress(1, log)

    def end() -> None:
        progress.stop()
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - any error will do
        progress.watch("02_consumption", end)()
    assert "02_consumption ... stopped after " in log.getvalue()


def test_on_a_terminal_a_last_line_says_what_is_running() -> None:
    terminal = Terminal()
    progress = Progress(3, terminal)
    with progress.shown():
        progress.watch("01_clean", progress.watch("02_consumption", lambda: None))()
    written = _without_numbers(terminal.getvalue())
    assert "[1/3] 02_consumption ... N s (N s elapsed, 2 left)\n" in written
    assert "running: 01_clean N s; 1 waiting (N s elapsed)" in written
    assert written.endswith("\r\x1b[2K")


def test_more_tasks_than_expected_do_not_count_below_nothing() -> None:
    log = io.StringIO()
    progress = Progress(0, log)
    progress.watch("book", lambda: None)()
    assert _without_numbers(log.getvalue()) == "[1/1] book ... N s (N s elapsed, 0 left)\n"
