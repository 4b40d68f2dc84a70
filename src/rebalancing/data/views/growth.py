"""What consumption, investment and net exports added to growth, as a statistical office has it.

The office publishes each part's share of real growth. Such shares say nothing where growth is near
zero: in 2020 they run to hundreds of per cent, with either sign. Share times growth, in percentage
points, stays small.
"""

from __future__ import annotations

import pandas as pd

from rebalancing.data.views import current
from rebalancing.errors import DataError

GROWTH = "GDP_REAL_YTD_YOY"
PARTS = ("final_consumption_points", "capital_formation_points", "net_exports_points")
SHARES = dict(zip(current.CONTRIBUTIONS.values(), PARTS, strict=True))
# Of the World Bank, in percent: real growth, and nominal shares of GDP.
BANK_GROWTH = "NY.GDP.MKTP.KD.ZG"
HOUSEHOLDS = "NE.CON.PRVT.KD.ZG"
VOLUMES = {"NE.CON.TOTL.KD.ZG": "NE.CON.TOTL.ZS", "NE.GDI.TOTL.KD.ZG": "NE.GDI.TOTL.ZS"}
BANK = (BANK_GROWTH, HOUSEHOLDS, *VOLUMES, *VOLUMES.values())


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


def yearly(accounts: pd.DataFrame, later: pd.DataFrame, grown: pd.Series[float]) -> pd.DataFrame:
    """Return growth of whole years and what each part of demand added to it.

    Args:
        accounts: As for `demand_contributions`.
        later: ``press_figures``, each series of one release. For years after the accounts the
            office's press releases give parts of growth, but not growth itself.
        grown: Real growth of GDP by year, percent, for those years.

    Returns:
        As from `demand_contributions`, by year.
    """
    found = demand_contributions(accounts)
    found = found[found.index.str.endswith("Q4")]
    found.index = found.index.str[:4].astype(int)
    parts = current.contributions([later])
    parts = parts[parts.index.str.endswith("Q4")].set_axis(list(PARTS), axis="columns")
    parts.index = parts.index.str[:4].astype(int)
    parts = parts[parts.index > found.index.max()]
    growth = grown.reindex(parts.index)
    points = parts.mul(growth / 100, axis="index")
    points.insert(0, "growth_pct", growth)
    return pd.concat([found, points.dropna()]).rename_axis("year")


def of_bank(bank: pd.DataFrame) -> pd.DataFrame:
    """Return the same from the World Bank's volumes, net exports as what is left of growth.

    A part adds its real growth times its share of GDP in the year before, as chained volumes have
    it (annual overlap).

    Args:
        bank: An economy's rows of ``world_bank`` of `BANK`, all of one release.

    Returns:
        By year in which all are known: growth_pct, points as in `PARTS`, and household_pct, real
        growth of household consumption.
    """
    table = bank.pivot(index="year", columns="series", values="value").reindex(columns=list(BANK))
    before = table.reindex(table.index - 1).set_axis(table.index)
    consumed, invested = (table[volume] * before[share] / 100 for volume, share in VOLUMES.items())
    left = table[BANK_GROWTH] - consumed - invested
    points = dict(zip(PARTS, (consumed, invested, left), strict=True))
    found = pd.DataFrame({"growth_pct": table[BANK_GROWTH], **points})
    return found.assign(household_pct=table[HOUSEHOLDS]).dropna()
