"""What people see while tasks run: one line per task when it ends, and who is at work meanwhile.

On a terminal a last line tells which tasks are running and for how long; elsewhere, as in a log,
only the finished lines appear::

    [2/5] 02_consumption ... 6.1 s (12.3 s elapsed, 3 left)
"""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

_EVERY_SECONDS = 1


class Progress:
    """Tells how far a run has come.

    Args:
        total: How many tasks are expected to run.
        stream: Where to write; standard output if not given.
    """

    def __init__(self, total: int, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._is_terminal = self._stream.isatty()
        self._total = total
        self._ended = 0
        self._begun = time.monotonic()
        self._running: dict[str, float] = {}
        self._lock = threading.Lock()
        self._failing = "failed after "

    @property
    def elapsed(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._begun

    def watch(self, name: str, action: Callable[[], object]) -> Callable[[], None]:
        """Return an action that tells when it begins and ends."""

        def watched() -> None:
            self.begin(name)
            is_done = False
            try:
                action()
                is_done = True
            finally:
                self.end(name, is_done=is_done)

        return watched

    def begin(self, name: str) -> None:
        """Tell that a task begins."""
        with self._lock:
            self._running[name] = time.monotonic()

    def end(self, name: str, *, is_done: bool) -> None:
        """Tell that a task ends."""
        verdict = "" if is_done else self._failing
        with self._lock:
            seconds = time.monotonic() - self._running.pop(name)
            self._ended += 1
            left = max(self._total - self._ended, 0)
            self._write(
                f"[{self._ended}/{max(self._total, self._ended)}] {name} ... "
                f"{verdict}{seconds:.1f} s ({self.elapsed:.1f} s elapsed, {left} left)\n"
            )
            self._show_running()

    def stop(self) -> None:
        """Call what ends unfinished from now on stopped: it did not fail by itself."""
        self._failing = "stopped after "

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Keep the line about running tasks up to date while the block runs."""
        done = threading.Event()

        def refresh() -> None:
            while not done.wait(_EVERY_SECONDS):
                with self._lock:
                    self._show_running()

        thread = threading.Thread(target=refresh, daemon=True)
        if self._is_terminal:
            thread.start()
        try:
            yield
        finally:
            done.set()
            if self._is_terminal:
                thread.join()
                self._write("")

    def _show_running(self) -> None:
        if self._is_terminal and self._running:
            now = time.monotonic()
            names = ", ".join(f"{name} {now - t:.0f} s" for name, t in self._running.items())
            waiting = max(self._total - self._ended - len(self._running), 0)
            line = f"running: {names}; {waiting} waiting ({self.elapsed:.0f} s elapsed)"
            self._write(line[: shutil.get_terminal_size().columns - 1])

    def _write(self, text: str) -> None:
        clear = "\r\x1b[2K" if self._is_terminal else ""
        # Progress that cannot be shown does not fail the task.
        with suppress(OSError):
            self._stream.write(f"{clear}{text}")
            self._stream.flush()
