"""Programs that a task runs, which end with the run that began them.

Each has a process group of its own, so that an interruption ends it with all that it has started,
and at once.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence

_running: set[subprocess.Popen[str]] = set()


def run(command: Sequence[str], environment: Mapping[str, str]) -> tuple[int, str]:
    """Run a program; return its exit status and all it said, read as UTF-8.

    Args:
        command: The program and its arguments.
        environment: All its variables.
    """
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        env={**environment, "PYTHONIOENCODING": "utf-8"},
        start_new_session=True,
    ) as child:
        _running.add(child)
        try:
            said = child.communicate()[0]
        except BaseException:
            _kill(child)
            raise
        finally:
            _running.discard(child)
    return child.returncode, said


def kill_all() -> None:
    """End all of them at once; whoever waits for one learns that it was killed."""
    for child in list(_running):
        _kill(child)


def _kill(child: subprocess.Popen[str]) -> None:
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
