"""Signals that end a command: it stops, cleans up, says so and ends with the signal's own status.

SIGTERM (a service manager, `kill`) and SIGHUP (a terminal that closes) do what Ctrl+C does: they
raise KeyboardInterrupt in the main thread. The second signal comes while the command cleans up and
changes nothing; the third ends it at once, for whoever does not want to wait.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_MOST = 2


class Interrupts:
    """Takes note of the signals that have come."""

    def __init__(self) -> None:
        self._count = 0
        self._first = signal.SIGINT

    @property
    def status(self) -> int:
        """The exit status that tells a shell which signal ended the command: 130, 143 or 129."""
        return 128 + self._first

    @property
    def has_ended(self) -> bool:
        """Whether the command must end by a signal, even if it took that for a usual end."""
        return self._count > 0 and self._first != signal.SIGINT

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Stop what runs at the first signal."""
        self._count += 1
        if self._count == 1:
            self._first = signal.Signals(number)
            raise KeyboardInterrupt
        if self._count > _MOST:
            os._exit(self.status)


@contextmanager
def heard() -> Iterator[Interrupts]:
    """Listen for signals while the block runs, but not for those that the caller ignores (nohup).

    Only the main thread may listen; in others nothing changes.
    """
    interrupts = Interrupts()
    if threading.current_thread() is not threading.main_thread():
        yield interrupts
        return
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    listening = [number for number in _SIGNALS if before[number] != signal.SIG_IGN]
    for number in listening:
        signal.signal(number, interrupts)
    try:
        yield interrupts
    finally:
        for number in listening:
            signal.signal(number, before[number])
