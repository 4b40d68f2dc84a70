"""The first published outcome of every economy's year beside the latest one.

The World Economic Outlook calls a year actual from some release on. The first release to do so has
the preliminary figure, the last one the final figure::

    outcomes.first_and_latest(table, "NGDP_RPCH")
    # economy  year  preliminary  first_release  final  final_release

Out of scope here: forecasts (`rebalancing.data.tables.outlook`), and tests, which are the models'.
"""

from __future__ import annotations

import pandas as pd


def actual(table: pd.DataFrame, series: str) -> pd.DataFrame:
    """Return the figures of a series that their release calls actual.

    Where a release states no last actual year, figures for years before its own count as actual.

    Args:
        table: ``world_economic_outlook``.
        series: Code of the series.
    """
    rows = table[table["series"] == series]
    released = rows["release"].str[:4].astype("int64")
    begins = rows["first_forecast_year"].fillna(released).astype("int64")
    # No release knows the whole of its own year.
    return rows[(rows["year"] < begins) & (rows["year"] < released)]


def first_and_latest(table: pd.DataFrame, series: str) -> pd.DataFrame:
    """Return the first and the latest outcome of each year of each economy.

    Years that the oldest release already calls actual for an economy are left out, because they
    may have been published before; so are years that one release alone has.

    Args:
        table: ``world_economic_outlook``, all releases up to the one that counts as latest.
        series: Code of the series.

    Returns:
        Columns economy, year, preliminary, first_release, final, final_release; sorted.
    """
    known = actual(table, series).sort_values("release")
    grouped = known.groupby(["economy", "year"])
    both = grouped.agg(
        preliminary=("value", "first"),
        first_release=("release", "first"),
        final=("value", "last"),
        final_release=("release", "last"),
    ).reset_index()
    oldest = table["release"].min() if len(table) else ""
    chosen = (both["first_release"] > oldest) & (both["first_release"] < both["final_release"])
    # The outcomes of earlier years first came out before the oldest release of this table. Where
    # that release lacks one, the first figure found here is still not the first that was published.
    recent = both["year"] >= int(oldest[:4] or 0) - 1
    result: pd.DataFrame = both[chosen & recent].reset_index(drop=True)
    return result
