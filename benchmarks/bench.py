"""Every target of speed, measured beside what it is judged by: the table of the book.

Usage: python benchmarks/bench.py [--only help,trends] [--runs 3] [--quick] [--table PATH]

What is measured and what runs beside it take turns; the table has the medians, and those of the
ratios of the turns. CPU time is that of all processes, user and system. Libraries for linear
algebra have one thread each. What fails says why, and the others go on. The table is written after
each measure; figures of the same commit and machine stay in it, so that measures can be run one by
one. ``--quick`` takes the smallest sizes, to try the measures themselves.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import builds
import sweep
import targets
import versions
from computations import COMPUTATIONS
from measured import must
from targets import Pairs, Size

from rebalancing.workflow import fork_server
from rebalancing.workflow.execute import ONE_THREAD

ROOT = Path(__file__).resolve().parent.parent
KERNEL = 0.4  # seconds that a run may take beyond its cells
LOOP = "for _ in range({}): pass"
Measure = Callable[[Size], dict[str, Pairs]]


def computation(size: Size, name: str) -> dict[str, Pairs]:
    """Measure one computation beside version 0.1.0."""
    return {name: versions.beside_first(name, size)}


def panel(size: Size) -> dict[str, Pairs]:
    """Measure the backtest of a large panel beside a plain loop."""
    script = Path(__file__).with_name("plain_loop.py")
    numbers = ("30", "1", "1") if size.quick else ("200", "20", "3")
    pairs = []
    for _ in range(size.runs):
        said = subprocess.check_output([sys.executable, script, *numbers], cwd=ROOT, text=True)
        ours, plain = json.loads(said)
        pairs.append((ours, plain))
    return {"panel": pairs}


def sweeps(size: Size) -> dict[str, Pairs]:
    """Measure sweeps of the core chapters beside their cells, and beside stock papermill."""
    builds.built()
    codes = sweep.economies(size.of(20))
    fewer = codes[: size.of(4)]
    runs, stock_runs = len(codes) * len(sweep.CORE), len(fewer) * len(sweep.CORE)
    fork_server.load()
    found: dict[str, Pairs] = {"sweep.cpu": [], "sweep.throughput": []}
    for _ in range(size.runs):
        swept = sweep.sweep(sweep.CORE, codes)
        cells = sweep.cells(sweep.CORE, codes)
        stock = sweep.stock(sweep.CORE, fewer)
        found["sweep.cpu"].append((swept.cpu / runs, cells / runs + KERNEL))
        a_minute = (60 * runs / swept.seconds, 60 * stock_runs / stock.seconds)
        found["sweep.throughput"].append(a_minute)
    return found


def workers(size: Size) -> dict[str, Pairs]:
    """Measure what a second worker gains in a sweep, beside what a second plain loop gains."""
    builds.built()
    codes = sweep.economies(size.of(12, 2))
    loop = f"{sys.executable} -c '{LOOP.format(size.of(300_000_000, 3_000_000))}'"
    pairs = []
    for _ in range(size.runs):
        one, two = (sweep.sweep(sweep.CORE, codes, jobs).seconds for jobs in (1, 2))
        alone = must(["sh", "-c", loop], ROOT).seconds
        both = must(["sh", "-c", f"{loop} & {loop} & wait"], ROOT).seconds
        pairs.append((one / two, 2 * alone / both))
    return {"workers": pairs}


MEASURES: Mapping[str, Measure] = {
    "report": builds.nothing_changed,
    "help": builds.help_text,
    **{name: partial(computation, name=name) for name in COMPUTATIONS},
    "panel": panel,
    "parameter": builds.parameter,
    "book": builds.book,
    "sweep": sweeps,
    "workers": workers,
    "full": builds.full,
}


def show(rows: list[dict[str, str]], names: set[str]) -> None:
    """Print some rows of the table."""
    for row in rows:
        if row["row"] in names:
            beside = f"{row['beside_measured']} ({row['beside']})" if row["beside"] else "–"
            print(
                f"  {row['row']}: {row['measured']} {row['unit']} beside {beside}; "
                f"ratio {row['ratio'] or '–'}; target {row['target'] or 'none'}: "
                f"{row['met'] or '–'}",
                flush=True,
            )


def measure(names: list[str], size: Size, table: Path) -> list[str]:
    """Measure, write the table after each measure, and return what could not be measured."""
    failed, found = [], dict[str, Pairs]()
    for name in names:
        print(f"{name} ...", flush=True)
        try:
            new = MEASURES[name](size)
        except (Exception, SystemExit) as error:
            print(f"  not measured: {type(error).__name__}: {error}", flush=True)
            failed.append(name)
            continue
        found |= new
        rows = targets.lines(found, targets.read(table))
        targets.write(table, rows)
        show(rows, set(new))
    return failed


def main() -> None:
    """Read what is asked for and measure it; with one thread, which libraries heed at start."""
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **ONE_THREAD})
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default=",".join(MEASURES), help=f"of {', '.join(MEASURES)}")
    parser.add_argument("--runs", type=int, default=3, help="turns of each pair (default 3)")
    parser.add_argument("--quick", action="store_true", help="the smallest sizes, and one turn")
    parser.add_argument("--table", type=Path, default=targets.TABLE, help="default: the book's")
    options = parser.parse_args()
    names = options.only.split(",")
    if unknown := set(names) - set(MEASURES):
        parser.error(f"there is no measure {sorted(unknown)[0]}; there are {', '.join(MEASURES)}")
    if options.quick and options.table == targets.TABLE:
        parser.error("--quick tries the measures; give another --table than the book's")
    if options.runs < 1:
        parser.error("--runs is 1 or more")
    os.chdir(ROOT)
    size = Size(1 if options.quick else options.runs, options.quick)
    failed = measure(names, size, options.table.absolute())
    if failed:
        sys.exit(f"not measured: {', '.join(failed)}")


if __name__ == "__main__":
    main()
