"""Merchandise and manufactured exports of every economy, from the World Bank's pieces.

Manufactured exports are not published in dollars; they are the share of manufactures (SITC
sections 5 to 8 without division 68) in merchandise exports times merchandise exports.
"""

from __future__ import annotations

import pandas as pd

MERCHANDISE = "TX.VAL.MRCH.CD.WT"
MANUFACTURES_PERCENT = "TX.VAL.MANF.ZS.UN"
MANUFACTURING_VALUE_ADDED = "NV.IND.MANF.CD"
WORLD = "WLD"


def exports(world_bank: pd.DataFrame) -> pd.DataFrame:
    """Return merchandise and manufactured exports in dollars.

    Args:
        world_bank: The table ``world_bank`` as of one release: each economy, series and year once.

    Returns:
        Columns economy, year, merchandise_usd_bn and manufactures_usd_bn (missing where the share
        of manufactures is not published), sorted.
    """
    chosen = world_bank[world_bank["series"].isin([MERCHANDISE, MANUFACTURES_PERCENT])]
    table = chosen.pivot(index=["economy", "year"], columns="series", values="value")
    table = table.reindex(columns=[MERCHANDISE, MANUFACTURES_PERCENT])
    merchandise = table[MERCHANDISE] / 1e9
    result = pd.DataFrame(
        {
            "merchandise_usd_bn": merchandise,
            "manufactures_usd_bn": merchandise * table[MANUFACTURES_PERCENT] / 100,
        }
    )
    return result.dropna(how="all").reset_index()


def group_total(table: pd.DataFrame, members: list[str], column: str) -> pd.Series:
    """Return the sum over a group's members, for the years in which every member has a value.

    Args:
        table: Columns economy, year and ``column``.
        members: Codes of the members.
        column: What to add up.

    Returns:
        One value per year, in the units of the column.
    """
    spread = table.pivot(index="year", columns="economy", values=column).reindex(columns=members)
    return spread.dropna().sum(axis=1).rename(column)


def of_one_release(series: pd.DataFrame, economy: str) -> pd.DataFrame:
    """Return an economy's and the world's rows, if both are of the same release.

    A share of a world total is only as good as its parts belong together: where the world was
    revised and the economy was not, there is none.

    Args:
        series: Rows of one series of ``world_bank``, as of one release.
        economy: The economy's code.

    Returns:
        The rows of both; empty where they are of different releases or one has none.
    """
    both = series[series["economy"].isin([economy, WORLD])]
    by_economy = both.groupby("economy")["release"].agg(set)
    same = len(by_economy) == 2 and by_economy.iloc[0] == by_economy.iloc[1]
    return both if same else both.iloc[:0]


def two_reports(own: pd.Series, mirror: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return one year's exports as the exporter and as its partners report them.

    Args:
        own: The exporter's figures, US$ billion by partner.
        mirror: Rows of the table mirror_trade of one release.
        year: The year of both.

    Returns:
        By partner with both figures: exporter_usd_bn, partner_usd_bn (its imports from the
        exporter) and ratio, the partner's figure over the exporter's.
    """
    theirs = mirror[(mirror["series"] == "EXP_MIRROR") & (mirror["year"] == year)]
    both = pd.DataFrame(
        {"exporter_usd_bn": own, "partner_usd_bn": theirs.set_index("partner")["usd_bn"]}
    ).dropna()
    return both.assign(ratio=both["partner_usd_bn"] / both["exporter_usd_bn"])
