"""Programs that a task runs, which end with the run that began them.

Each has a process group of its own, so that an interruption ends it with all that it has started,
and at once.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence

Child = subprocess.Popen[str]
_running: set[Child] = set()


def cores() -> int:
    """Return how many cores this process and its children may use."""
    affinity: Callable[[int], set[int]] | None = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def run(command: Sequence[str], environment: Mapping[str, str]) -> tuple[int, str]:
    """Run a program that is told nothing; return what `finish` returns.

    Args:
        command: The program and its arguments.
        environment: All its variables.
    """
    return finish(start(command, environment), "")


def start(command: Sequence[str], environment: Mapping[str, str]) -> Child:
    """Start a program, which may get ready until it is told something; arguments as for `run`."""
    child = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        env={**environment, "PYTHONIOENCODING": "utf-8"},
        start_new_session=True,
    )
    _running.add(child)
    return child


def finish(child: Child, told: str) -> tuple[int, str]:
    """Tell a program all that it is told, and return its exit status and all it said, as UTF-8."""
    with child:
        try:
            said = child.communicate(told)[0]
        except BaseException:
            _kill(child)
            raise
        finally:
            _running.discard(child)
    return child.returncode, said


def leave(child: Child) -> None:
    """End a program that there is nothing to tell; one that has ended is left as it is."""
    with child:
        _kill(child)
    _running.discard(child)


def kill_all() -> None:
    """End all of them at once; whoever waits for one learns that it was killed."""
    for child in list(_running):
        _kill(child)


def _kill(child: Child) -> None:
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
