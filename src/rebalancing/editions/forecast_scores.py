"""Forecasts of earlier editions: a log that grows, and how they did when the outcomes arrived.

``editions/forecast-log.csv`` has a row for each forecaster, release and year: what was forecast,
from which release, and its quantiles. Rows are added and never changed. ``made`` says whether that
was done ``at the time``, while the release was the newest one held, or ``afterwards``, when
later ones were: such a forecast uses nothing later than its release, but its model was chosen with
hindsight.

A forecast is scored by the newest release's figure of its year. The figure that it started from may
have been revised, so that change is shown with the score.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rebalancing.data import releases
from rebalancing.editions import kept
from rebalancing.files import atomic, clear
from rebalancing.headed_tables import Section
from rebalancing.project import Project
from rebalancing.publishers import ACCOUNTS
from rebalancing.report import stored

NAME = "forecast-log.csv"
AT_THE_TIME, AFTERWARDS = "at the time", "afterwards"
KEYS = ["economy", "measure", "forecaster", "release", "year"]
LIMITS = (0.1, 0.5, 0.9)  # of the interval of 80%, and between them the median
_OF_ENTRY = ["economy", "measure", "forecaster", "release", "released", "last_year", "last_value"]
_FIRST = [*_OF_ENTRY, "made"]
_WORDS = ["economy", "measure", "forecaster", "release", "released", "made"]
_COLUMNS = (
    *("Release", "Last\nyear", "Last\nfigure", "Year", "Outcome", "Median", "80% interval"),
    *("Error", "Inside", "CRPS", "Start\nrevised"),
)
_EXPLAINED = (
    "Error: outcome less median. Inside: whether the outcome is in the interval. CRPS: continuous "
    "ranked probability score, in the unit of the measure. Start revised: by how much the last "
    "figure, which the forecast started from, has moved since."
)
_QUANTILE = re.compile(r"q0\.\d+")


def path(project: Project) -> Path:
    """Return where the log is."""
    return project.root / kept.FOLDER / NAME


def read_log(project: Project, *, intervals: bool = False) -> pd.DataFrame:
    """Return the log; empty where there is none yet.

    Args:
        project: Where it is.
        intervals: Whether the interval of every forecast is needed, and its median.

    Raises:
        DamagedFileError: It is not as `append` writes it.
    """
    if not path(project).exists():
        return pd.DataFrame(columns=[*_FIRST, "year"])
    where = path(project).relative_to(project.root).as_posix()
    needed = [f"q{level:g}" for level in LIMITS] if intervals else []
    return stored.checked(
        path(project),
        partial(_log, needed),
        f"restore it with: git checkout HEAD -- {where}",
    )


def append(project: Project, folder: Path) -> int:
    """Add the forecasts of an edition that the log does not have; return how many rows.

    Args:
        project: Where the log is, and the releases that say which is the newest.
        folder: The edition's, in which its forecasts have been written.
    """
    made = [
        entry
        for file in sorted((folder / "forecasts").glob("*.json"))
        for entry in stored.read_stored(file, stored.Forecasts)["forecasts"]
    ]
    new = pd.DataFrame([row for entry in made for row in _rows(project, entry)])
    if new.empty:
        return 0
    log = read_log(project)
    known = set(map(tuple, log[KEYS].to_numpy()))
    added = new[[tuple(row) not in known for row in new[KEYS].to_numpy()]]
    if len(added):
        whole = pd.concat([log, added], ignore_index=True) if len(log) else added
        clear(path(project).parent)
        with atomic(path(project)) as temporary:
            whole.to_csv(temporary, index=False)
    return len(added)


def score(log: pd.DataFrame, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Return the forecasts whose outcomes are known, with their scores.

    Args:
        log: As from `read_log`.
        outcomes: By economy (columns) and year (rows), in the unit of what was forecast.

    Returns:
        Beside the log's first columns: ``ahead``, the years from the last observation; ``outcome``;
        ``median`` forecast, with ``lower`` and ``upper`` of its interval of 80%; ``error``, the
        outcome less the median; ``inside``, whether the outcome is in the interval; ``crps`` from
        the quantiles (twice the mean pinball loss over their levels, weighted by the gaps between
        them; what lies beyond the outermost levels is left out); ``start_revised``, by how much the
        figure has moved that it started from.
    """
    scores = ["ahead", "outcome", "median", "lower", "upper"]
    scores += ["error", "inside", "crps", "start_revised"]
    found: list[list[Any]] = []
    for entry in log.to_dict("records"):
        row = {str(name): value for name, value in entry.items()}
        outcome = _value(outcomes, row["economy"], row["year"])
        if outcome is None:
            continue
        start = _value(outcomes, row["economy"], row["last_year"])
        levels, quantiles = _quantiles(row)
        lower, median, upper = np.interp(LIMITS, levels, quantiles).tolist()
        found.append(
            [
                *(row[name] for name in [*_FIRST, "year"]),
                row["year"] - row["last_year"],
                outcome,
                median,
                lower,
                upper,
                outcome - median,
                lower <= outcome <= upper,
                _crps(levels, quantiles, outcome),
                np.nan if start is None else start - row["last_value"],
            ]
        )
    return pd.DataFrame(found, columns=[*_FIRST, "year", *scores])


def sections(scored: pd.DataFrame) -> Iterator[Section]:
    """Yield the scores as tables to be printed: one for each forecaster of a measure.

    Args:
        scored: As from `score`.
    """
    for key, rows in scored.groupby(["economy", "measure", "forecaster", "made"], sort=False):
        economy, measure, forecaster, made = key
        yield Section(
            f"{economy}, {measure}: {forecaster}, made {made}",
            _EXPLAINED,
            _COLUMNS,
            tuple(map(_words, rows.to_dict("records"))),
            tuple(range(1, len(_COLUMNS))),
        )


def _words(row: dict[Any, Any]) -> tuple[str, ...]:
    return (
        row["release"],
        str(row["last_year"]),
        f"{row['last_value']:.2f}",
        str(row["year"]),
        f"{row['outcome']:.2f}",
        f"{row['median']:.2f}",
        f"{row['lower']:.2f} to {row['upper']:.2f}",
        f"{row['error']:+.2f}",
        "yes" if row["inside"] else "no",
        f"{row['crps']:.2f}",
        "–" if np.isnan(row["start_revised"]) else f"{row['start_revised']:+.2f}",
    )


def outcomes(project: Project) -> pd.DataFrame:
    """Return household consumption in GDP by economy and year, of the newest release.

    Args:
        project: As of a day (`Project.as_of`), the newest release of that day.
    """
    from rebalancing.data import tables
    from rebalancing.data.views import select

    shares = tables.read_processed(project, "expenditure_shares")
    newest = releases.resolve(project, ACCOUNTS).name
    chosen = select.of_release(shares, newest)
    return chosen.pivot(index="year", columns="economy", values="household_pct_gdp")


def _log(needed: Sequence[str], content: str) -> pd.DataFrame:
    """Return the log as a table, no number missing in the columns needed.

    Raises:
        ValueError: It was cut, or has other columns, other types, or a row twice.
    """
    if not content.endswith("\n"):
        raise ValueError
    log = pd.read_csv(
        io.StringIO(content.removeprefix("\ufeff")),
        dtype=dict.fromkeys(_WORDS, "str"),
    )
    if not isinstance(log.index, pd.RangeIndex):  # rows are longer than the heading
        raise ValueError
    if not {*_FIRST, "year", *needed} <= set(log.columns) or log[needed].isna().any(axis=None):
        raise ValueError
    names = [name for name in log.columns if name not in (*_FIRST, "year")]
    if not names or not all(_QUANTILE.fullmatch(name) for name in names):
        raise ValueError
    if log[_WORDS].isna().any(axis=None) or log[names].isna().all(axis=1).any():
        raise ValueError
    if not (log[["last_year", "year"]].dtypes == "int64").all():
        raise ValueError
    numbers = log[["last_value", *names]].fillna(dict.fromkeys(names, 0.0))
    if not np.isfinite(numbers.to_numpy(dtype=float)).all():
        raise ValueError
    if not log["made"].isin([AT_THE_TIME, AFTERWARDS]).all() or log.duplicated(KEYS).any():
        raise ValueError
    return log


def _rows(project: Project, entry: dict[str, Any]) -> list[dict[str, Any]]:
    publisher, name = entry["release"].split()
    is_newest = releases.resolve(project, publisher).name == name
    made = AT_THE_TIME if is_newest else AFTERWARDS
    first = {**{name: entry[name] for name in _OF_ENTRY}, "made": made}
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
