"""What was known when: the newest release not after a given one, series by series."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from rebalancing.data.releases import LATEST, UnknownReleaseError

IDENTITY = [
    *("prices", "currency", "economy", "source", "partner"),
    *("series", "item", "side", "flow", "span", "product", "measure"),
]
DATE = r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"


def as_of(frame: pd.DataFrame, release: str = LATEST) -> pd.DataFrame:
    """Return the rows of the newest release not after ``release``, for each series of an economy.

    Publishers revise some series at a time, so that what was valid on a day comes from several
    releases; within one series nothing is joined.

    Args:
        frame: A table with ``release`` and whichever of `IDENTITY` tell its series apart.
        release: The name of a release, an ISO date, or "latest". A year or month stands for all of
            it: 2024-10 includes 2024-10-19. Compared with names, so for the UN's accounts, which
            are named by their last year of data, it is that year.

    Returns:
        A selection of the rows, in the order given.

    Raises:
        UnknownReleaseError: Neither a date nor a release of the table, or before all of them.
    """
    names = sorted(frame["release"].unique())
    if release != LATEST and release not in names and not re.fullmatch(DATE, release):
        raise UnknownReleaseError(
            f"{release!r} is neither a date such as 2024-10-19 nor a release; allowed: {LATEST}, "
            f"{', '.join(names)}"
        )
    known = [name for name in names if release == LATEST or name[: len(release)] <= release]
    if not known:
        first = f"the first is {names[0]}" if names else "there is none at all"
        raise UnknownReleaseError(f"no release is as old as {release}; {first}")
    return newest(frame, known).reset_index(drop=True)


def newest_sharing(
    frame: pd.DataFrame, years: pd.Index, release: str
) -> tuple[pd.Series[float], str]:
    """Return one series from the newest release that has any of the years, and its name.

    Publishers withdraw years: the newest release of a series may have none that another has.

    Args:
        frame: Rows of one series of one economy, with columns release, year and value.
        years: Those that are wanted.
        release: The newest release that may be used.

    Returns:
        Values by year; none, and no name, where no release has any of the years.
    """
    for name in sorted(frame["release"].unique(), reverse=True):
        rows = frame[frame["release"] == name]
        if name[: len(release)] <= release and rows["year"].isin(years).any():
            return rows.set_index("year")["value"].astype(float).sort_index(), str(name)
    return pd.Series(dtype=float), ""


def newest(frame: pd.DataFrame, names: Sequence[str], also: Sequence[str] = ()) -> pd.DataFrame:
    """Return, for each series of an economy, the rows of the newest of some releases that has it.

    Args:
        frame: As for `as_of`.
        names: The releases that may be used, oldest first.
        also: Columns that tell series apart beside those that always do.

    Returns:
        A selection of the rows, with their index.
    """
    order = _ranks(frame["release"], names)
    candidates, ranks = frame[order.notna()], order.dropna()
    keys = [candidates[column] for column in (*IDENTITY, *also) if column in frame]
    best = ranks.groupby(keys, dropna=False, observed=True).transform("max")
    return candidates[ranks == best]


def _ranks(column: pd.Series, names: Sequence[str]) -> pd.Series:
    """Return the rank of each row's release among some; missing where it is none of them."""
    codes, found = pd.factorize(column)  # to map text row by row takes ten times as long
    known = {name: float(rank) for rank, name in enumerate(names)}
    ranks = np.array([*(known.get(name, np.nan) for name in found), np.nan])
    return pd.Series(ranks[codes], index=column.index)
