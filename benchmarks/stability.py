"""Whether the results are the same on other machines: kernels of linear algebra, threads, Pythons.

Usage: python benchmarks/stability.py [--python PATH ...] [--chapters CHAPTER ...]

After ``make report``: each chapter's own cells run again on a copy of what the edition has built,
once for each surrounding, and what they record is compared with what was recorded. OpenBLAS has a
kernel of its own for each kind of processor; OPENBLAS_CORETYPE chooses one, as a machine would.
``--python`` is another environment's Python, as ``python3.13 tools/environment.py FOLDER`` makes
one. A row of the table: the surrounding; how many results differ at all, by more than 1e-9 of their
size, and in what readers see; the largest difference, and in parts of the last digit printed.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rebalancing import printing

ROOT = Path(__file__).resolve().parent.parent
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
TWO_THREADS = {"OPENBLAS_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"}
SURROUNDINGS = {
    "Haswell": ONE_THREAD | {"OPENBLAS_CORETYPE": "Haswell"},
    "SkylakeX": ONE_THREAD | {"OPENBLAS_CORETYPE": "SkylakeX"},
    "Zen": ONE_THREAD | {"OPENBLAS_CORETYPE": "Zen"},
    "two threads": TWO_THREADS,
}
SAME = 1e-9
COLUMNS = ("Surrounding", "Differ", "By 1e-9", "Seen", "Largest", "Of a digit")
RUN = "--run-in"  # how this script calls itself
Results = Mapping[str, Mapping[str, Any]]


def run(edition: Path, names: list[str]) -> None:
    """Run the chapters on an edition's folder, in copies of a process that has all loaded."""
    import chapters

    from rebalancing.workflow import fork_server

    os.chdir(ROOT)
    fork_server.load()
    for name in names:
        if (child := os.fork()) == 0:
            status = 1
            try:
                (edition / "results" / f"{name}.json").unlink()
                chapters.run(name, edition)
                status = 0
            finally:
                sys.stdout.flush()
                os._exit(status)
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
            sys.exit(f"{name} failed")


def is_possible(surrounding: Mapping[str, str]) -> bool:
    """Return whether this processor has the instructions of a surrounding's kernels."""
    command = [sys.executable, "-c", "import numpy; numpy.linalg.eigh(numpy.eye(64))"]
    environment = dict(os.environ) | dict(surrounding)
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    return done.returncode != -signal.SIGILL


def recorded(edition: Path, name: str) -> dict[str, dict[str, Any]]:
    """Return what a chapter recorded, by key."""
    path = edition / "results" / f"{name}.json"
    return {one["key"]: one for one in json.loads(path.read_text(encoding="utf-8"))["results"]}


def again(python: str, surrounding: Mapping[str, str], names: list[str], built: Path) -> Results:
    """Return what the chapters record in a surrounding."""
    with tempfile.TemporaryDirectory() as folder:
        edition = Path(folder) / built.name
        shutil.copytree(built, edition, ignore=shutil.ignore_patterns("site", "book"))
        command = [python, __file__, RUN, str(edition), "--chapters", *names]
        environment = dict(os.environ) | dict(surrounding)
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{python} with {dict(surrounding)} failed: {done.stderr[-2000:]}")
        return {key: one for name in names for key, one in recorded(edition, name).items()}


def differences(before: Results, after: Results) -> Iterator[tuple[str, float, float, bool]]:
    """Yield, for each number that differs: key, relative size, parts of a digit, whether seen.

    Raises:
        SystemExit: The keys are not the same.
    """
    if other := before.keys() ^ after.keys():
        sys.exit(f"results in one of the two only: {', '.join(sorted(other)[:5])}")
    for key, one in before.items():
        old, new = one["value"], after[key]["value"]
        if old == new:
            continue
        seen = one["text"] != after[key]["text"]
        if not (isinstance(old, int | float) and isinstance(new, int | float)):
            yield key, math.inf, math.inf, seen
            continue
        size = abs(new - old) / max(abs(old), abs(new))
        yield key, size, abs(new - old) / 10.0 ** -decimals(one["text"]), seen


def decimals(text: str) -> int:
    """Return how many decimals a printed number has."""
    part = text.partition(".")[2]
    return len(part) - len(part.lstrip("0123456789"))


def compared(name: str, before: Results, after: Results) -> tuple[str, ...]:
    """Print what differs by more than rounding in a surrounding, and return its row."""
    found = sorted(differences(before, after), key=lambda one: -one[2])
    large = [one for one in found if one[1] > SAME and one[2] > SAME]
    seen = [key for key, _, _, is_seen in found if is_seen]
    most = max((size for _, size, _, _ in found), default=0.0)
    digit = max((part for _, _, part, _ in found), default=0.0)
    print(f"{name}: {len(large)} of {len(found)} differences are more than rounding")
    for key, size, part, is_seen in large:
        text = f" {before[key]['text']} → {after[key]['text']}" if is_seen else ""
        print(f"    {key}: {size:.1e}, {part:.1e} of a digit{text}")
    sys.stdout.flush()
    counts = (str(len(each)) for each in (found, large, seen))
    return name, *counts, f"{most:.1e}", f"{digit:.1e}"


def main() -> None:
    """Read what is asked for, run it and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--python", action="append", default=[], help="may be repeated")
    parser.add_argument("--chapters", nargs="*", help="default: all that record results")
    parser.add_argument(RUN, type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run_in:
        run(options.run_in, options.chapters)
        return
    built = ROOT / "build" / "CHN"
    if not built.is_dir():
        sys.exit("There is no build/CHN; run `make report` first")
    names = options.chapters or sorted(path.stem for path in (built / "results").glob("*.json"))
    before = {key: one for name in names for key, one in recorded(built, name).items()}
    print(f"{len(before)} results of {len(names)} chapters")
    runs = [(name, sys.executable, SURROUNDINGS[name]) for name in SURROUNDINGS]
    runs += [(python, python, ONE_THREAD) for python in options.python]
    rows: list[tuple[str, ...]] = []
    try:
        for name, python, surrounding in runs:
            if is_possible(surrounding):
                rows += [compared(name, before, again(python, surrounding, names, built))]
            else:
                print(f"{name}: needs instructions that this processor lacks", flush=True)
    finally:  # each took minutes
        print()
        printing.show(printing.table(COLUMNS, rows, right=range(1, len(COLUMNS))))


if __name__ == "__main__":
    main()
