"""Merchandise and manufactured exports of every economy, from the World Bank's pieces.

Manufactured exports are not published in dollars; they are the share of manufactures (SITC
sections 5 to 8 without division 68) in merchandise exports times merchandise exports.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from rebalancing.data.tables import economies

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


class TwoReports(NamedTuple):
    """Exports as the exporter and as its partners report them.

    Attributes:
        year: The last year that both sides report; None if there is none.
        table: Of that year, by partner with both figures: exporter_usd_bn, partner_usd_bn (its
            imports from the exporter) and ratio, the partner's figure over the exporter's.
        ratios: The same ratio, years by partners, for every year that both sides report.
        bought: What partners report, US$ billion, years by partners, also of those of which the
            exporter's figure is not held.
    """

    year: int | None
    table: pd.DataFrame
    ratios: pd.DataFrame
    bought: pd.DataFrame


def two_reports(
    own: pd.DataFrame, mirror: pd.DataFrame, members: Mapping[str, Sequence[str]]
) -> TwoReports:
    """Return exports as both sides report them.

    Args:
        own: The exporter's figures, US$ billion: whole years by partner, with "WLD"; groups with
            the same members in every year (`rebalancing.data.views.customs`).
        mirror: Rows of the table mirror_trade of one release and one exporter.
        members: Of partners that are groups; a group's report is the sum of theirs, in years in
            which all of them report. Other groups are left out.
    """
    rows = mirror[mirror["series"] == "EXP_MIRROR"]
    bought = rows.pivot(index="year", columns="partner", values="usd_bn")
    for group, economies_in_it in members.items():
        bought[group] = bought.reindex(columns=list(economies_in_it)).sum(axis=1, skipna=False)
    others = economies.codes("group") - set(members)
    bought = bought.drop(columns=[code for code in bought if code in others])
    years = own[WORLD].dropna().index.intersection(bought.index)
    both = own.columns.intersection(bought.columns)
    sold, known = own.loc[years, both], bought.loc[years, both]
    ratios = (known / sold).dropna(axis="columns", how="all")
    if not len(years):
        columns = ["exporter_usd_bn", "partner_usd_bn", "ratio"]
        return TwoReports(None, pd.DataFrame(columns=columns, dtype=float), ratios, bought)
    year = int(years.max())
    table = pd.DataFrame({"exporter_usd_bn": sold.loc[year], "partner_usd_bn": known.loc[year]})
    table = table.dropna()
    table["ratio"] = table["partner_usd_bn"] / table["exporter_usd_bn"]
    return TwoReports(year, table, ratios, bought)
