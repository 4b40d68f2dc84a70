"""What consumption, investment and net exports added to growth, as a statistical office has it.

The office publishes each part's share of real growth. Such shares say nothing where growth is near
zero: in 2020 they run to hundreds of per cent, with either sign. Share times growth, in percentage
points, stays small.
"""

from __future__ import annotations

import pandas as pd

from rebalancing.errors import DataError

GROWTH = "GDP_REAL_YTD_YOY"
SHARES = {
    "CONTRIB_CONS_YTD": "final_consumption_points",
    "CONTRIB_GCF_YTD": "capital_formation_points",
    "CONTRIB_NX_YTD": "net_exports_points",
}


class GrowthError(DataError):
    """Accounts without the series that contributions need, or with several releases of one."""


def demand_contributions(accounts: pd.DataFrame) -> pd.DataFrame:
    """Return real growth of the year to date and what each part of demand added to it.

    Args:
        accounts: ``china_accounts`` as of one release.

    Returns:
        By quarter (2024-Q1), where shares are published: growth_pct (on the same quarters a year
        before), final_consumption_points, capital_formation_points and net_exports_points. The
        fourth quarter is the whole year. Both factors are rounded to one decimal, so that the
        points add up to growth but for some hundredths.

    Raises:
        GrowthError: A series is missing, or in several releases.
    """
    rows = accounts[accounts["series"].isin([GROWTH, *SHARES])]
    lacking = sorted({GROWTH, *SHARES} - set(rows["series"]))
    if lacking:
        raise GrowthError(f"the accounts have no {', '.join(lacking)}; give all of china_accounts")
    if rows.duplicated(["series", "period"]).any():
        raise GrowthError("the accounts are of several releases; choose one with vintages.as_of")
    table = rows.pivot(index="period", columns="series", values="value").dropna()
    points = table[list(SHARES)].mul(table[GROWTH] / 100, axis="index").rename(columns=SHARES)
    return pd.concat([table[GROWTH].rename("growth_pct"), points], axis=1)
