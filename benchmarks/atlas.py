"""What the atlas costs: CPU and memory as its runs go on, to see whether either grows.

Usage: python benchmarks/atlas.py [--economies 50]

After ``make report``: the sweep of book/atlas.yml, for all economies or for some, in a folder with
links to the project and with nothing run. Every few seconds it counts the runs that have finished,
the CPU seconds of all processes so far, and the memory of the sweep's own process and of the
largest of the others. It prints a line for every hundred runs, and what an economy costs.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import yaml
from measured import Measured, measure
from sweep import BIN, ROOT, economies, links

PAUSE = 2  # seconds between looks
STEP = 100  # runs between lines


@dataclass(frozen=True)
class Look:
    """How far the sweep was at some time.

    Attributes:
        runs: How many have finished.
        cpu: Seconds, user and system, of all processes so far.
        own: Resident memory of the sweep's own process, in MB.
        largest: The same of the largest other process.
    """

    runs: int
    cpu: float
    own: float
    largest: float


def look(folder: Path) -> Look | None:
    """Return how far a sweep in a folder is; nothing before it has begun."""
    cpu, own, largest = 0.0, 0.0, 0.0
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            used, memory = process.cpu_times(), process.memory_info().rss / 1e6
            cpu += used.user + used.system + used.children_user + used.children_system
            if "sweep" in process.cmdline():
                own = max(own, memory)
            else:
                largest = max(largest, memory)
    return Look(finished(folder), cpu, own, largest) if own else None


def finished(folder: Path) -> int:
    """Return how many runs of a sweep in a folder have finished."""
    runs = folder / "build" / "sweeps" / "runs"
    return sum(1 for _ in runs.iterdir()) if runs.is_dir() else 0


def watched(folder: Path, grid: str) -> tuple[Measured, list[Look]]:
    """Run a sweep and return what it took, and how far it was from time to time."""
    ended, looks = threading.Event(), list[Look]()

    def watch() -> None:
        while not ended.wait(PAUSE):
            if (seen := look(folder)) is not None:
                looks.append(seen)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        return measure([BIN / "rebalancing", "sweep", grid], folder), looks
    finally:
        ended.set()
        watcher.join()


def lines(looks: list[Look]) -> Iterator[str]:
    """Yield a line for every hundred runs, and for the last: CPU of each since then, memory."""
    before = looks[0]
    for number, seen in enumerate(looks):
        is_last = number == len(looks) - 1
        if seen.runs // STEP > before.runs // STEP or (is_last and seen.runs > before.runs):
            each = (seen.cpu - before.cpu) / (seen.runs - before.runs)
            largest = max(one.largest for one in looks[: number + 1] if one.runs >= before.runs)
            yield (
                f"{seen.runs:5} runs: {each:.2f} s of CPU each since the line above; "
                f"{seen.own:.0f} MB the sweep's own process, {largest:.0f} MB the largest other"
            )
            before = seen


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--economies", type=int, help="how many; all when not given")
    options = parser.parse_args()
    os.chdir(ROOT)
    grid = yaml.safe_load((ROOT / "book" / "atlas.yml").read_text("utf-8"))
    if options.economies:
        grid["grid"]["economy"] = economies(options.economies)
    with tempfile.TemporaryDirectory() as place:
        folder = links(Path(place))
        (folder / "grid.yml").write_text(json.dumps(grid))
        took, looks = watched(folder, "grid.yml")
        runs = finished(folder)
    print(*took.said.splitlines()[-6:], *lines(looks), sep="\n")
    chapters = len(grid["chapters"])
    each, cpu = took.seconds / runs, took.cpu / runs
    print(
        f"{runs} runs took {took.seconds:.0f} s and {took.cpu:.0f} s of CPU; an economy with its "
        f"{chapters} chapters {chapters * each:.1f} s and {chapters * cpu:.1f} s of CPU; "
        f"largest process {took.largest:.2f} GB"
    )
    sys.exit(took.status)


if __name__ == "__main__":
    main()
