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

from rebalancing.data import releases  # noqa: E402
from rebalancing.data.compare import judge  # noqa: E402
from rebalancing.data.compare.comparison import compare_releases  # noqa: E402
from rebalancing.project import Project  # noqa: E402


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
    tried: Counter[tuple[str, str]] = Counter()
    passed: Counter[tuple[str, str]] = Counter()
    fetched = [options.publisher] if options.publisher else wrong_figures.FETCHED
    for error, judgement in wrong_figures.judged(project, options.errors, options.seed, fetched):
        kind = (error.whose, error.name)
        readings.append({"what": error.whose, "name": str(error), **judgement.readings})
        tried[kind] += 1
        if not judgement.stops:
            passed[kind] += 1
            print(f"passed ({judgement.severity}): {error}", flush=True)
    for whose in ("watched", "others"):
        print(f"\n{whose}: errors tried, passed")
        for name in wrong_figures.ERRORS:
            print(f"  {name:<16}{tried[whose, name]:>5}{passed[whose, name]:>5}")
        totals = [sum(n for (w, _), n in count.items() if w == whose) for count in (tried, passed)]
        print(f"  {'all':<16}{totals[0]:>5}{totals[1]:>5}")
    if options.readings:
        pd.DataFrame(readings).to_csv(options.readings, index=False)


if __name__ == "__main__":
    main()
