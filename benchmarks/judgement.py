"""What the judgement of new releases stops: real releases, and made-up errors.

Usage: python benchmarks/judgement.py [--errors 300] [--seed 20041205] [--readings FILE.csv]
           [--publisher ID]

Real releases: all pairs of successive releases in data/raw. Some hold only the series that were
compiled by hand; each is filled up with what was held, as a service would have sent it, so that
what counts is its figures, and what it lacks of a series that it has.

Errors: made in a made-up successor of a publisher's newest release (a period more, the last three
revised by 1%), in one series of an economy or in all, of watched economies or of others. One year:
a decimal point that slipped. Another unit: yuan in place of dollars, a ratio in place of per cent.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import pandas as pd  # noqa: E402
import wrong_figures  # noqa: E402

from rebalancing import headed_tables  # noqa: E402
from rebalancing.data import releases  # noqa: E402
from rebalancing.data.compare import judge  # noqa: E402
from rebalancing.data.compare.comparison import compare_releases  # noqa: E402
from rebalancing.headed_tables import Section  # noqa: E402
from rebalancing.project import Project  # noqa: E402

Kinds = Counter[tuple[str, str]]  # whose economies, name of the error


def real_pairs(project: Project, publishers: list[str]) -> Iterator[tuple[str, judge.Judgement]]:
    """Yield the judgement on each release that follows another."""
    thresholds = judge.read_thresholds(project)
    for publisher in publishers:
        with tempfile.TemporaryDirectory() as folder:
            every = releases.releases(project, publisher)
            for old, new in wrong_figures.filled(every, Path(folder)):
                yield (
                    f"{publisher} {old.name} → {new.name}",
                    judge.judge(compare_releases(old, new), thresholds),
                )


def counted(whose: str, tried: Kinds, passed: Kinds) -> Section:
    """Return how many errors of each kind were tried, and how many passed."""
    rows = [(name, tried[whose, name], passed[whose, name]) for name in wrong_figures.ERRORS]
    rows.append(("all", sum(row[1] for row in rows), sum(row[2] for row in rows)))
    cells = tuple((name, f"{of_all:,}", f"{let:,}") for name, of_all, let in rows)
    return Section(f"Errors, {whose}", "", ("Error", "Tried", "Passed"), cells, right=(1, 2))


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--errors", type=int, default=300)
    parser.add_argument("--seed", type=int, default=20041205)
    parser.add_argument("--readings", type=Path, help="a CSV for every reading of every release")
    parser.add_argument("--publisher", help="one publisher instead of all")
    options = parser.parse_args()
    project = Project(ROOT)
    readings = []
    judged = []
    every = [options.publisher] if options.publisher else releases.publishers(project)
    for name, judgement in real_pairs(project, every):
        judged.append(judgement)
        readings.append({"what": "real", "name": name, **judgement.readings})
        if judgement.stops:
            print(f"{name}: {judgement.reasons[0]}", flush=True)
    stopped = sum(judgement.stops for judgement in judged)
    print(f"real releases stopped: {stopped} of {len(judged)}\n", flush=True)
    tried: Kinds = Counter()
    passed: Kinds = Counter()
    fetched = [options.publisher] if options.publisher else wrong_figures.FETCHED
    for error, judgement in wrong_figures.judged(project, options.errors, options.seed, fetched):
        kind = (error.whose, error.name)
        readings.append({"what": error.whose, "name": str(error), **judgement.readings})
        tried[kind] += 1
        if not judgement.stops:
            passed[kind] += 1
            print(f"passed ({judgement.severity}): {error}", flush=True)
    print(flush=True)
    headed_tables.show([counted(whose, tried, passed) for whose in ("watched", "others")])
    if options.readings:
        pd.DataFrame(readings).to_csv(options.readings, index=False)


if __name__ == "__main__":
    main()
