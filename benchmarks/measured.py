"""What a command takes, with everything that it starts and leaves behind."""

from __future__ import annotations

import atexit
import ctypes
import json
import os
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SUBREAPER = 36  # of prctl: who is left behind by its parent becomes a child of this process


@dataclass(frozen=True)
class Measured:
    """What a command took, and how it ended.

    Attributes:
        status: Its exit status.
        seconds: By the clock.
        cpu: Seconds, user and system, of all its processes; kernels outlive who starts them.
        largest: Memory of its largest process, in GB.
        said: What it printed.
    """

    status: int
    seconds: float
    cpu: float
    largest: float
    said: str


def measure(
    command: Sequence[str | Path], folder: Path, environ: Mapping[str, str] | None = None
) -> Measured:
    """Run a command in a folder and return what it took."""
    read, write = os.pipe()
    with tempfile.TemporaryFile() as printed:
        if (child := os.fork()) == 0:
            ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
            begun = time.perf_counter()
            status = subprocess.call(
                command, cwd=folder, env=environ, stdout=printed, stderr=subprocess.STDOUT
            )
            seconds = time.perf_counter() - begun
            with suppress(ChildProcessError):
                while True:
                    os.wait()
            used = resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu = used.ru_utime + used.ru_stime
            os.write(write, json.dumps([status, seconds, cpu, used.ru_maxrss / 1e6]).encode())
            os._exit(0)
        os.close(write)
        os.waitpid(child, 0)
        status, seconds, cpu, largest = json.loads(os.read(read, 1000))
        os.close(read)
        printed.seek(0)
        said = printed.read().decode(errors="replace")
        return Measured(status, seconds, cpu, largest, said)


def folder_until_the_end(prefix: str) -> Path:
    """Return a new folder, which goes with this process."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


class CommandError(Exception):
    """A command that did not end well."""


def must(
    command: Sequence[str | Path], folder: Path, environ: Mapping[str, str] | None = None
) -> Measured:
    """Measure a command that has to end well.

    Raises:
        CommandError: It did not; with the last line of what it said.
    """
    found = measure(command, folder, environ)
    if found.status:
        last = (found.said.strip().splitlines() or ["nothing"])[-1]
        words = " ".join(map(str, command))
        raise CommandError(f"{words} ended with {found.status} and said: {last}")
    return found
