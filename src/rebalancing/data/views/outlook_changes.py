"""Forecasts as changes from the last known year, so that revised bases do not count as errors.

A release of the World Economic Outlook starts from a last year that it calls actual. Later releases
revise that year, too: a forecast of a level then misses by the revision of its base as well as by
its own error. Changes keep the two apart, as outcome and base are read from one release::

    level error = (outcome's change - forecast's change) + (revision of the base)

The rows of `rebalancing.data.tables.outlook`, for every economy that has the series::

    outlook_changes.since_base(table, "NGSD_NGDP", economies)
    # economy  release  year  horizon  base_year  forecast  outcome  first_outcome  ...
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from rebalancing.data.tables import outlook
from rebalancing.data.views import outcomes

COLUMNS = [
    *("economy", "release", "year", "horizon", "base_year", "base"),
    *("forecast", "outcome", "first_outcome", "revision", "no_change"),
]
_KEYS = ["economy", "year"]


def bases(table: pd.DataFrame, series: str) -> pd.DataFrame:
    """Return the last year that each release calls actual, and its value.

    Args:
        table: ``world_economic_outlook``.
        series: Code of the series, such as NGSD_NGDP.

    Returns:
        Columns economy, release, base_year, base (in the unit of the series).
    """
    known = outcomes.actual(table, series).dropna(subset="value").sort_values("year")
    last = known.drop_duplicates(["economy", "release"], keep="last")
    last = last.rename(columns={"year": "base_year", "value": "base"})
    last = last[["economy", "release", "base_year", "base"]]
    return last.sort_values(["economy", "release"], ignore_index=True)


def since_base(table: pd.DataFrame, series: str, economies: Collection[str]) -> pd.DataFrame:
    """Return every forecast that came due, as a change from its base, with what came.

    Args:
        table: ``world_economic_outlook``; the newest release that has the series says what came.
        series: Code of the series.
        economies: Codes of the economies wanted; those that lack the series are passed over.

    Returns:
        Columns economy, release, year, horizon (year less that of the release), base_year and base
        (as the release had it); forecast, outcome and first_outcome: changes from the base year to
        the year, in points, as the release, the newest release and the first one to call the year
        actual have both years; revision: of the base, newest release less the forecast's;
        no_change: zero, the naive forecast. Empty where nothing came due.

    Raises:
        OutlookError: None of the economies has the series.
    """
    figures = table[(table["series"] == series) & table["economy"].isin(economies)]
    if figures.empty:
        raise outlook.OutlookError(f"the outlook has no {series} of any of these economies")
    newest = str(figures["release"].max())
    rows = outlook.beside_outcomes(figures, newest).dropna(subset=["forecast", "outcome"])
    rows = rows.merge(bases(figures, series), on=["economy", "release"])
    values = figures[["economy", "release", "year", "value"]]
    of_base = values.rename(columns={"year": "base_year"})
    now = of_base[of_base["release"] == newest].drop(columns="release")
    first = of_base.rename(columns={"release": "first_outcome_release", "value": "first_base"})
    rows = rows.merge(now.rename(columns={"value": "base_now"}), on=["economy", "base_year"])
    keys = ["economy", "base_year", "first_outcome_release"]
    rows = rows.merge(first, on=keys, how="left").dropna(subset="base_now")
    rows = rows.assign(
        forecast=rows["forecast"] - rows["base"],
        outcome=rows["outcome"] - rows["base_now"],
        first_outcome=rows["first_outcome"] - rows["first_base"],
        revision=rows["base_now"] - rows["base"],
        no_change=0.0,
    )
    return rows[COLUMNS].sort_values(["economy", "release", "year"], ignore_index=True)


def paths(table: pd.DataFrame, series: str, economy: str) -> pd.DataFrame:
    """Return the path of each release from its last known year on.

    Args:
        table: ``world_economic_outlook``.
        series: Code of the series.
        economy: Code of the economy.

    Returns:
        Years by releases, in the order of time, in the unit of the series. Releases that forecast
        no year after the last one that they know are left out.
    """
    mine = table[(table["series"] == series) & (table["economy"] == economy)]
    start = bases(mine, series).set_index("release")["base_year"]
    wide = mine.pivot(index="year", columns="release", values="value").reindex(columns=start.index)
    for release, base_year in start.items():
        wide[release] = wide[release].where(wide.index >= base_year)
    return wide.loc[:, wide.notna().sum() > 1].dropna(how="all")


def known(table: pd.DataFrame, series: str, economy: str) -> pd.Series:
    """Return what the newest release that has the series of an economy calls actual, by year.

    Args:
        table: ``world_economic_outlook``.
        series: Code of the series.
        economy: Code of the economy.
    """
    mine = table[(table["series"] == series) & (table["economy"] == economy)]
    newest = outcomes.actual(mine[mine["release"] == mine["release"].max()], series)
    return newest.set_index("year")["value"].dropna().sort_index()


def expected(table: pd.DataFrame, series: str, economy: str, until: int) -> pd.DataFrame:
    """Return by how much each release expected a series to change, and what came so far.

    Args:
        table: ``world_economic_outlook``; the newest release that has the series of the economy
            says what came.
        series: Code of the series.
        economy: Code of the economy.
        until: The last year that an outcome may be of.

    Returns:
        By release: base_year and base, the last year that it calls actual and its level;
        last_year, the last that it forecasts; change, from base to last_year, in points; due, the
        last year of these that the newest release calls actual (empty if there is none), and the
        changes from base to it: forecast as the release had it, came as the newest release has
        both years; missed: came less forecast; revision: of the base, newest release less this one;
        level and now: of last_year, as this release and the newest have it, known or not.
    """
    hair = paths(table, series, economy)
    mine = table[(table["series"] == series) & (table["economy"] == economy)]
    newest = mine[mine["release"] == mine["release"].max()]
    came = known(mine, series, economy).loc[:until]
    rows = {str(release): _row(hair[release].dropna(), came) for release in hair}
    found = pd.DataFrame.from_dict(rows, orient="index", columns=list(_ROW)).astype(_ROW)
    found["now"] = found["last_year"].map(newest.set_index("year")["value"])
    return found.rename_axis("release")


_ROW = {
    "base_year": "int64",
    "last_year": "int64",
    "due": "Int64",
    **dict.fromkeys(
        ("base", "level", "change", "forecast", "came", "missed", "revision"), "float64"
    ),
}


def _row(path: pd.Series, came: pd.Series) -> dict[str, object]:
    """Return what `expected` says of one release."""
    base_year, last_year = int(path.index[0]), int(path.index[-1])
    row: dict[str, object] = {
        "base_year": base_year,
        "last_year": last_year,
        "due": None,
        "base": path.iloc[0],
        "level": path.iloc[-1],
        "change": path.iloc[-1] - path.iloc[0],
    }
    due = came.index[(came.index > base_year) & came.index.isin(path.index)]
    if due.empty or base_year not in came.index:
        return row
    year = int(due[-1])
    forecast, change = path[year] - path.iloc[0], came[year] - came[base_year]
    return row | {
        "due": year,
        "forecast": forecast,
        "came": change,
        "missed": change - forecast,
        "revision": came[base_year] - path.iloc[0],
    }
