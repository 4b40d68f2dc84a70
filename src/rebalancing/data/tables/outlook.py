"""Past forecasts of the World Economic Outlook and their outcomes.

A figure counts as a forecast where the release does not call it actual (``first_forecast_year``)
and its year is not before that of the release. An outcome is a figure that its release calls
actual. Outcomes are revised, so that two are given: the first that was published and the one of a
stated later release; a forecast can be close to one and far from the other, most of all where
definitions have changed between them.

For groups, and for a few series, releases state no last actual year; there, figures for
years before that of the release count as actual.

Out of scope here: scores and tests, which are the models'.
"""

from __future__ import annotations

import pandas as pd

from rebalancing.data.releases import LATEST
from rebalancing.errors import DataError

COLUMNS = [
    *("release", "year", "horizon", "months_ahead", "forecast"),
    *("first_outcome", "first_outcome_release", "outcome", "outcome_release"),
]


class OutlookError(DataError):
    """A series, an economy or a release that the outlook does not have."""


def forecasts(
    table: pd.DataFrame, series: str, economy: str, outcome_release: str = LATEST
) -> pd.DataFrame:
    """Return every forecast of a series with its outcome.

    Args:
        table: ``world_economic_outlook``; all releases, or at least those of interest.
        series: Code of the series, such as NGDP_RPCH.
        economy: Code of the economy or group.
        outcome_release: The release that ``outcome`` is taken from, "latest" for the newest that
            has the series.

    Returns:
        One row per release and year that is forecast, sorted: release; year; horizon (year less
        the year of the release, 0 for the current one); months_ahead (from the month of the
        release to the end of the year); forecast; first_outcome and first_outcome_release (the
        first release that calls the year actual, empty if none does); outcome and
        outcome_release (empty if that release does not call the year actual). All values in the
        unit of the series.

    Raises:
        OutlookError: There is no such series of the economy, or not in ``outcome_release``.
    """
    figures = table[(table["series"] == series) & (table["economy"] == economy)]
    if figures.empty:
        raise OutlookError(f"the outlook has no {series} of {economy}; see what the table holds")
    names = sorted(figures["release"].unique())
    chosen = names[-1] if outcome_release == LATEST else outcome_release
    if chosen not in names:
        raise OutlookError(
            f"no release {chosen} has {series} of {economy}; allowed: {LATEST}, {', '.join(names)}"
        )
    return beside_outcomes(figures, chosen)[COLUMNS]


def beside_outcomes(figures: pd.DataFrame, outcome_release: str) -> pd.DataFrame:
    """Return the forecasts of one series of some economies, with outcomes.

    Args:
        figures: Rows of the outlook, of one series.
        outcome_release: The release that ``outcome`` is taken from.

    Returns:
        Columns economy, then those of `forecasts`, sorted by economy, release and year.
    """
    released = figures["release"].str[:4].astype("int64")
    begins = figures["first_forecast_year"].fillna(released).astype("int64")
    horizon = figures["year"] - released
    figures = figures.assign(
        horizon=horizon,
        months_ahead=12 * horizon + 12 - figures["release"].str[5:7].astype("int64"),
    )
    actual = figures[figures["year"] < begins]
    rows = figures[(figures["year"] >= begins) & (horizon >= 0)]
    rows = rows.rename(columns={"value": "forecast"})
    keys = ["economy", "year"]
    last = actual[actual["release"] == outcome_release].assign(outcome_release=outcome_release)
    outcomes = {
        "first_outcome": actual.sort_values("release")
        .drop_duplicates(keys)
        .rename(columns={"release": "first_outcome_release"}),
        "outcome": last.drop(columns="release"),
    }
    for name, found in outcomes.items():
        named = found.rename(columns={"value": name})[[*keys, name, f"{name}_release"]]
        rows = rows.merge(named, on=keys, how="left")
    order = ["economy", "release", "year"]
    return rows[["economy", *COLUMNS]].sort_values(order, ignore_index=True)
