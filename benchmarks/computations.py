"""CPU seconds of single computations, in this version and in 0.1.0, on the same inputs.

Usage: PYTHONPATH=<src of a version> python benchmarks/computations.py NAME VERSION [--quick]

`versions` runs this file as a process of its own for each version, in turns; so it asks for nothing
that only one of them has. Inputs are simulated from a seed, except those of cleaning: the releases
that both versions read. What a computation imports late is loaded first, by doing it once at the
smallest size.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

SEED = 1
# Where the two versions have what is called by other names.
PLACES = {
    "first": {
        "resampling": "rebalancing.models.break_resampling",
        "clean": "rebalancing.data.clean",
        "charts": "rebalancing.report.charts",
    },
    "now": {
        "resampling": "rebalancing.models.breaks.resampling",
        "clean": "rebalancing.data.tables.clean",
        "charts": "rebalancing.report.charts",
    },
}
ACCOUNTS = ("current-usd", "current-ncu", "constant-2015-usd", "constant-2015-ncu")
Computation = Callable[[str, int], object]


def walks(columns: int, years: int = 54) -> pd.DataFrame:
    """Return series that wander as shares of GDP do, years by columns."""
    draws = np.random.default_rng(SEED).normal(0, 0.8, (years, columns)).cumsum(axis=0)
    noise = np.random.default_rng(SEED + 1).normal(0, 0.5, draws.shape)
    names = [f"E{number:03}" for number in range(columns)]
    return pd.DataFrame(draws + noise + 50, index=range(2024 - years + 1, 2025), columns=names)


def backtest(version: str, size: int) -> object:
    """Forecast economies from past origins by all nine forecasters."""
    forecast = import_module("rebalancing.models.forecast")
    origins = list(range(2020 - size, 2020))
    return forecast.backtest(walks(20 + 5 * size), horizon=5, min_train=20, origins=origins)


def trends(version: str, size: int) -> object:
    """Fit the three trend models to series."""
    trend = import_module("rebalancing.models.trend")
    found = []
    frame = walks(1 + size)
    for series in (frame[name] for name in frame):
        found.append(trend.local_level(series))
        found += [trend.local_linear_trend(series, damped=damped) for damped in (False, True)]
    return found


def breaks(version: str, size: int) -> object:
    """Search series for breaks in their mean."""
    found = import_module("rebalancing.models.breaks")
    changes = walks(2 * size).diff().iloc[1:]
    return [found.bai_perron(series, level=0.8) for series in (changes[name] for name in changes)]


def simulations(version: str, size: int) -> object:
    """Search samples without a break, drawn to judge the tests by."""
    resampling = import_module(PLACES[version]["resampling"])
    changes = walks(1).diff().iloc[1:]["E000"]
    return resampling.resample(changes, draws=99 * size, seed=SEED)


def curve(version: str, size: int) -> object:
    """Estimate a curve of slopes, and draw its like without a trend."""
    specification = import_module("rebalancing.models.specification")
    table = walks(10)
    grid = {
        "series": list(table.columns),
        "start": list(range(1990, 1991 + 3 * size)),
        "end": [2020, 2022, 2024],
        "trend": ["ols", "theil-sen"],
    }
    found = specification.run(grid, specification.regime_slope, table)
    null = specification.under_the_null(grid, table, replications=100 * size, seed=SEED)
    return found, null


def cleaning(version: str, size: int) -> object:
    """Make tables from releases as published, those of the national accounts the largest."""
    clean = import_module(PLACES[version]["clean"])
    project = import_module("rebalancing.project").Project(Path.cwd())
    read = clean.read_raw
    made: list[object] = [
        clean.penn_world_table(read(project, "pwt", "pwt")),
        clean.mirror_trade(read(project, "comtrade", "trade")),
    ]
    if size > 1:
        accounts = clean.national_accounts(
            {name: read(project, "unsd-ama", name) for name in ACCOUNTS}
        )
        shares = clean.expenditure_shares(accounts)
        made += [accounts, shares, clean.economies(accounts), clean.group_members(accounts)]
    return made


def figure(version: str, size: int) -> object:
    """Draw and save a figure of lines in its widths."""
    charts = import_module(PLACES[version]["charts"])
    module = import_module("rebalancing.report.figures")
    data = walks(4)
    names = {code: f"Economy {code}" for code in data}
    look = {"economy": "E000", "names": names}
    with tempfile.TemporaryDirectory() as folder:
        said = {"title": "A title", "release": "Nobody, 2024"}
        for _ in range(size):
            if version == "first":
                module.Figures(Path(folder), "02_a").save(
                    "a",
                    lambda figure, *, narrow: charts.lines(figure, data, narrow=narrow, **look),
                    data,
                    subtitle="A measure, % of GDP, 1971–2024",
                    alt="Lines.",
                    **said,
                )
            else:
                shown = module.Figures(Path(folder), "02_a", show=lambda saved: None)
                shown.save("a", charts.lines(data, measure="A measure, % of GDP", **look), **said)
    return None


# Each with its usual size, that of the backtest about as in its chapter. In a quick run, and to
# load what it needs, each has size 1.
COMPUTATIONS: dict[str, tuple[Computation, int]] = {
    "backtest": (backtest, 18),
    "trends": (trends, 6),
    "breaks": (breaks, 6),
    "simulations": (simulations, 4),
    "curve": (curve, 6),
    "cleaning": (cleaning, 2),
    "figure": (figure, 6),
}


def main() -> None:
    """Run one computation and print its CPU seconds."""
    name, version, *quick = sys.argv[1:]
    compute, size = COMPUTATIONS[name]
    warnings.simplefilter("ignore")
    compute(version, 1)
    begun: Any = time.process_time()
    compute(version, 1 if quick else size)
    print(json.dumps(time.process_time() - begun))


if __name__ == "__main__":
    main()
