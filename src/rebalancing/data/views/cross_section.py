"""Many economies from one release, so levels of different vintages are never compared."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from rebalancing.data.releases import LATEST
from rebalancing.errors import DataError

MANY = 100


class TooFewEconomiesError(DataError):
    """A series that no release has for many economies."""


def of_one_release(
    frame: pd.DataFrame, series: str, release: str = LATEST, *, at_least: int = MANY
) -> pd.DataFrame:
    """Return a series of many economies, as years by economies, from a single release.

    Publishers also release a series for a few economies at a time. Between releases base years
    and methods change, so that a comparison of economies takes all of them from one.

    Args:
        frame: The processed table ``world_bank``, or some of its rows.
        series: The code.
        release: The newest release not after this one is used, of those with enough economies.
        at_least: Economies that the release must have.

    Returns:
        Values by year and economy; ``attrs["release"]`` names the release, ``attrs["unit"]`` the
        unit.

    Raises:
        TooFewEconomiesError: No release by then has so many.
    """
    rows = frame[frame["series"] == series]
    enough = _with_many(rows, release, at_least)
    if enough.empty:
        raise TooFewEconomiesError(
            f"{series}: no release up to {release} has {at_least} economies; use a later release"
        )
    chosen = rows[rows["release"] == enough.max()]
    table: pd.DataFrame = chosen.pivot(index="year", columns="economy", values="value")
    table.attrs = {"release": str(enough.max()), "unit": str(chosen["unit"].iloc[0])}
    return table


def has_many(
    frame: pd.DataFrame, series: str, release: str = LATEST, *, at_least: int = MANY
) -> bool:
    """Return whether some release has a series for many economies; see `of_one_release`."""
    return not _with_many(frame[frame["series"] == series], release, at_least).empty


def newest(
    frame: pd.DataFrame, series: str, year: int, release: str = LATEST, *, at_least: int = MANY
) -> pd.Series[float]:
    """Return the newest value up to a year of many economies, from a single release.

    Args:
        frame: As for `of_one_release`.
        series: The code.
        year: The last year.
        release: As for `of_one_release`.
        at_least: As for `of_one_release`.

    Returns:
        By economy; empty if no release by then has many.
    """
    if not has_many(frame, series, release, at_least=at_least):
        return pd.Series(dtype=float)
    return of_one_release(frame, series, release, at_least=at_least).loc[:year].ffill().iloc[-1]


def _with_many(rows: pd.DataFrame, release: str, at_least: int) -> pd.Index:
    """Return the releases up to one that have enough economies."""
    if release != LATEST:
        rows = rows[rows["release"].str[: len(release)] <= release]
    economies = rows.groupby("release")["economy"].nunique()
    return economies.index[economies >= at_least]


def long(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return wide tables as one long table of the economies and years that all of them know.

    Args:
        tables: Years by economies, by the name of the column that each becomes.

    Returns:
        Columns economy, year and one per table; no value is missing.
    """
    joined = pd.concat({name: table.unstack() for name, table in tables.items()}, axis="columns")
    return joined.rename_axis(["economy", "year"]).dropna().reset_index()
