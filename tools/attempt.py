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
from pathlib import Path
from types import FrameType

NOTE = Path("build", "attempt.json")
MOST_LINES = 60
COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


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
    ) as process:
        hand_on_signals(process)
        for line in process.stdout or ():
            print(line, end="", flush=True)
            end.append(COLOURS.sub("", line))
    return process.returncode, "".join(end)


def hand_on_signals(process: "subprocess.Popen[str]") -> None:
    """Hand on what is to end this program; it ends when what it runs has cleaned up."""

    def hand_on(number: int, frame: FrameType | None) -> None:
        process.send_signal(number)
        signals.append(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, hand_on)


signals: list[int] = []


def main() -> None:
    """Run the targets to the first that fails."""
    if not sys.argv[1:]:
        sys.exit("Say what to run, for example: make attempt TARGETS='report changes keep'")
    NOTE.unlink(missing_ok=True)
    for target in sys.argv[1:]:
        status, said = run(target)
        if signals:
            sys.exit(128 + signals[0])
        if status:
            NOTE.parent.mkdir(exist_ok=True)
            half = NOTE.with_name(f".{NOTE.name}")
            half.write_text(json.dumps({"target": target, "said": said}), encoding="utf-8")
            os.replace(half, NOTE)
            sys.exit(status)


if __name__ == "__main__":
    main()
