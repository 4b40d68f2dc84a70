"""Computations of this version beside those of 0.1.0, taken out of the project's history."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

from measured import folder_until_the_end
from targets import NotMeasuredError, Pairs, Size

ROOT = Path(__file__).resolve().parent.parent
FIRST = "4667a8fff5aabc85866a11b88c1d8e08c2cca671"  # the commit of version 0.1.0
PUBLISHERS = ("unsd-ama", "pwt", "comtrade")  # whose tables are cleaned


@cache
def first_version() -> Path:
    """Return a folder with the library of version 0.1.0, and the releases that both can read."""
    folder = folder_until_the_end("first-version-")
    packed = subprocess.run(
        ["git", "archive", FIRST, "src", "study.yml", "data/corrections.yml"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if packed.returncode:
        raise NotMeasuredError(f"version 0.1.0 ({FIRST[:7]}) is not in the history of this clone")
    subprocess.run(["tar", "-x", "-C", folder], input=packed.stdout, check=True)
    (folder / "data" / "raw").mkdir()
    for publisher in PUBLISHERS:
        (folder / "data" / "raw" / publisher).symlink_to(ROOT / "data" / "raw" / publisher)
    return folder


def seconds(name: str, version: str, *, quick: bool) -> float:
    """Return the CPU seconds of a computation in a process of its own."""
    folder = first_version()
    source = folder / "src" if version == "first" else ROOT / "src"
    script = Path(__file__).with_name("computations.py")
    done = subprocess.run(
        [sys.executable, script, name, version, *(["--quick"] if quick else [])],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(source), "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise NotMeasuredError(f"{name} failed in version {version!r}: {last}")
    return float(json.loads(done.stdout))


def beside_first(name: str, size: Size) -> Pairs:
    """Measure a computation in both versions, in turns."""
    return [
        (
            seconds(name, "now", quick=size.quick),
            seconds(name, "first", quick=size.quick),
        )
        for _ in range(size.runs)
    ]
