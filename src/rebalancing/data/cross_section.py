"""Many economies from one release: no level of one vintage beside a level of another."""

from __future__ import annotations

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
    if release != LATEST:
        rows = rows[rows["release"].str[: len(release)] <= release]
    economies = rows.groupby("release")["economy"].nunique()
    enough = economies.index[economies >= at_least]
    if enough.empty:
        raise TooFewEconomiesError(
            f"{series}: no release up to {release} has {at_least} economies; use a later release"
        )
    chosen = rows[rows["release"] == enough.max()]
    table: pd.DataFrame = chosen.pivot(index="year", columns="economy", values="value")
    table.attrs = {"release": str(enough.max()), "unit": str(chosen["unit"].iloc[0])}
    return table
