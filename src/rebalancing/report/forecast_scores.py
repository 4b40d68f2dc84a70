"""Forecasts of earlier editions: a log that grows, and how they did when the outcomes arrived.

``editions/forecast-log.csv`` has a row for each forecaster, release and year: what was forecast,
when, and its quantiles. Rows are added when an edition is kept and never changed. A forecast is
scored by the newest release's figure of its year, and, because the publisher revises, beside the
change of the figure that it started from.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rebalancing.files import atomic
from rebalancing.project import Project
from rebalancing.report import editions

NAME = "forecast-log.csv"
KEYS = ["economy", "measure", "forecaster", "release", "year"]
_FIRST = ["economy", "measure", "forecaster", "release", "released", "last_year", "last_value"]
_INTERVAL = ("q0.1", "q0.9")  # the limits of the interval of 80%


def path(project: Project) -> Path:
    """Return where the log is."""
    return project.root / editions.FOLDER / NAME


def read(project: Project) -> pd.DataFrame:
    """Return the log; empty where there is none yet."""
    if not path(project).is_file():
        return pd.DataFrame(columns=[*_FIRST, "year"])
    return pd.read_csv(path(project))


def append(project: Project, edition: str) -> int:
    """Add the forecasts of a built edition that the log does not have; return how many rows.

    Raises:
        UnknownEditionError: The edition has not been built.
    """
    folder = editions.find(project, edition)
    made = [
        entry
        for file in sorted((folder / "forecasts").glob("*.json"))
        for entry in json.loads(file.read_text(encoding="utf-8"))["forecasts"]
    ]
    new = pd.DataFrame([row for entry in made for row in _rows(entry)])
    if new.empty:
        return 0
    log = read(project)
    known = set(map(tuple, log[KEYS].to_numpy()))
    added = new[[tuple(row) not in known for row in new[KEYS].to_numpy()]]
    if len(added):
        whole = pd.concat([log, added], ignore_index=True) if len(log) else added
        with atomic(path(project)) as temporary:
            whole.to_csv(temporary, index=False)
    return len(added)


def score(log: pd.DataFrame, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Return the forecasts whose outcomes are known, with their scores.

    Args:
        log: As from `read`.
        outcomes: By economy (columns) and year (rows), in the unit of what was forecast.

    Returns:
        Beside the log's keys: ``outcome``; ``median`` forecast; ``error``, the outcome less the
        median; ``inside``, whether the outcome is in the interval of 80%; ``crps`` from the
        quantiles (twice the mean pinball loss over their levels, weighted by the gaps between
        them); ``start_revised``, by how much the figure has moved that it started from.
    """
    columns = [*KEYS, "outcome", "median", "error", "inside", "crps", "start_revised"]
    found: list[list[Any]] = []
    for entry in log.to_dict("records"):
        row = {str(name): value for name, value in entry.items()}
        outcome = _value(outcomes, row["economy"], row["year"])
        if outcome is None:
            continue
        start = _value(outcomes, row["economy"], row["last_year"])
        levels, quantiles = _quantiles(row)
        median = float(np.interp(0.5, levels, quantiles))
        found.append(
            [
                *(row[key] for key in KEYS),
                outcome,
                median,
                outcome - median,
                row[_INTERVAL[0]] <= outcome <= row[_INTERVAL[1]],
                _crps(levels, quantiles, outcome),
                np.nan if start is None else start - row["last_value"],
            ]
        )
    return pd.DataFrame(found, columns=columns)


def outcomes(project: Project) -> pd.DataFrame:
    """Return household consumption in GDP by economy and year, of the newest release."""
    from rebalancing.data import releases, select, tables

    shares = tables.read(project, "expenditure_shares")
    newest = releases.resolve(project, "unsd-ama").name
    chosen = select.of_release(shares, newest)
    return chosen.pivot(index="year", columns="economy", values="household_pct_gdp")


def _rows(entry: dict[str, Any]) -> list[dict[str, Any]]:
    first = {name: entry[name] for name in _FIRST}
    names = [f"q{level:g}" for level in entry["levels"]]
    return [
        {**first, "year": int(year), **dict(zip(names, values, strict=True))}
        for year, values in entry["quantiles"].items()
    ]


def _quantiles(row: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return levels and quantiles of a row, in order of level."""
    names = [name for name in row if name.startswith("q") and row[name] == row[name]]
    levels = np.array([float(name[1:]) for name in names])
    order = np.argsort(levels)
    return levels[order], np.array([row[name] for name in names], dtype=float)[order]


def _crps(levels: np.ndarray, quantiles: np.ndarray, outcome: float) -> float:
    """Return the continuous ranked probability score, its integral over levels by trapezia."""
    loss = np.where(
        outcome >= quantiles,
        levels * (outcome - quantiles),
        (1 - levels) * (quantiles - outcome),
    )
    return float(2 * np.trapezoid(loss, levels))


def _value(table: pd.DataFrame, economy: str, year: int) -> float | None:
    if economy not in table or year not in table.index:
        return None
    value = float(table[economy].to_numpy(dtype=float)[table.index.get_loc(year)])
    return value if np.isfinite(value) else None
