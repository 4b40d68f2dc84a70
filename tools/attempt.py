"""Run make targets one after another; should one fail, keep what it said.

Usage: python3 tools/attempt.py TARGET...

What an unattended build does with figures or packages that nobody has looked at may fail, and then
somebody must be told why. build/attempt.json says which target failed, and how its output ended;
there is none when all went well. Needs only make and the standard library: the packages may be
what is broken.
"""

import json
import os
import re
import signal
import subprocess
import sys
from collections import deque
from contextlib import suppress
from pathlib import Path
from types import FrameType

NOTE = Path("build", "attempt.json")
MOST_LINES = 60
COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
signals: list[int] = []  # those that came while a target ran


def run(target: str) -> tuple[int, str]:
    """Run a target, show its output, and return exit status and the end of the output."""
    end: deque[str] = deque(maxlen=MOST_LINES)
    command = ["make", "--no-print-directory", target]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        process_group=0,
    ) as process:
        hand_on_signals(process.pid)
        for line in process.stdout or ():
            print(line, end="", flush=True)
            end.append(COLOURS.sub("", line))
    return process.returncode, "".join(end)


def hand_on_signals(group: int) -> None:
    """Hand on what is to end this program to a group of processes, and wait for their end."""

    def hand_on(number: int, frame: FrameType | None) -> None:
        signals.append(number)
        with suppress(ProcessLookupError):
            os.killpg(group, number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, hand_on)


def attempt(targets: list[str]) -> int:
    """Run the targets to the first that fails, and return its exit status."""
    NOTE.unlink(missing_ok=True)
    for target in targets:
        status, said = run(target)
        if signals:
            return 128 + signals[0]
        if status:
            NOTE.parent.mkdir(exist_ok=True)
            half = NOTE.with_suffix(".part")
            half.write_text(json.dumps({"target": target, "said": said}), encoding="utf-8")
            half.replace(NOTE)
            return status
    return 0


def main() -> None:
    """Run what was asked for."""
    if not sys.argv[1:]:
        sys.exit("Say what to run, for example: make attempt TARGETS='report changes keep'")
    try:
        sys.exit(attempt(sys.argv[1:]))
    except FileNotFoundError as error:
        sys.exit(f"{error.filename} is not installed or not found; install it and run this again")
    except OSError as error:
        sys.exit(f"{error.filename}: {error.strerror}; set that right and run this again")


if __name__ == "__main__":
    main()
