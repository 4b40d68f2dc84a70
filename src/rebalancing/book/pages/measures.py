"""The measures that readers may look through for any economy: the one place that lists them.

Each is a series of a processed table, or made of such, for every economy that it is held for.
``rebalancing.book.pages.explore`` writes their data into the book.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rebalancing.data.tables.columns import TableName
from rebalancing.data.views import constant_prices, select

SHARE = "% of GDP"
UN, IMF, BANK = "unsd-ama", "imf-weo", "worldbank-wdi"


@dataclass(frozen=True)
class Measure:
    """What is measured, and where it is held.

    Attributes:
        key: Its name in addresses, which stays.
        title: What it is called.
        unit: Of its values.
        publisher: Whose release.
        table: The processed table.
        series: A column or a series of the table, or several, which `read` makes one.
        definition: What it means, in a sentence.
        scale: What the table's values are multiplied by.
        digits: After the point, that readers see.
    """

    key: str
    title: str
    unit: str
    publisher: str
    table: TableName
    series: tuple[str, ...]
    definition: str
    scale: float = 1.0
    digits: int = 1


_HOUSEHOLDS = "what households and non-profit institutions serving them consume"
MEASURES: tuple[Measure, ...] = (
    Measure(
        "household",
        "Household consumption",
        SHARE,
        UN,
        "expenditure_shares",
        ("household_pct_gdp",),
        f"Household final consumption expenditure ({_HOUSEHOLDS}), at current prices.",
    ),
    Measure(
        "government",
        "Government consumption",
        SHARE,
        UN,
        "expenditure_shares",
        ("government_pct_gdp",),
        "General government final consumption expenditure, at current prices.",
    ),
    Measure(
        "investment",
        "Investment",
        SHARE,
        UN,
        "expenditure_shares",
        ("capital_formation_pct_gdp",),
        "Gross capital formation, with changes in inventories, at current prices.",
    ),
    Measure(
        "saving",
        "National saving",
        SHARE,
        IMF,
        "world_economic_outlook",
        ("NGSD_NGDP",),
        "Gross national saving: disposable income less final consumption.",
    ),
    Measure(
        "exports",
        "Exports of goods and services",
        SHARE,
        UN,
        "expenditure_shares",
        ("exports_pct_gdp",),
        "Exports of goods and services in the national accounts, at current prices.",
    ),
    Measure(
        "net-exports",
        "Net exports",
        SHARE,
        UN,
        "expenditure_shares",
        ("net_exports_pct_gdp",),
        "Exports less imports of goods and services in the national accounts, at current prices.",
    ),
    Measure(
        "current-account",
        "Current account",
        SHARE,
        IMF,
        "world_economic_outlook",
        ("BCA_NGDPD",),
        "Balance on current account: net exports, and net income and transfers from abroad.",
    ),
    Measure(
        "manufacturing",
        "Manufacturing",
        SHARE,
        UN,
        "expenditure_shares",
        ("manufacturing_pct_gdp",),
        "Value added in manufacturing, at current prices.",
    ),
    Measure(
        "manufactures",
        "Manufactures among goods exported",
        "% of exports of goods",
        BANK,
        "world_bank",
        ("TX.VAL.MANF.ZS.UN",),
        "Exports of manufactures (SITC 5 to 8 without 68) in exports of goods.",
    ),
    Measure(
        "growth",
        "Real growth of GDP",
        "% a year",
        IMF,
        "world_economic_outlook",
        ("NGDP_RPCH",),
        "Change of gross domestic product at constant prices on the year before.",
    ),
    Measure(
        "growth-gap",
        "Growth of household spending less that of GDP",
        "percentage points",
        UN,
        "national_accounts",
        ("HFCE", "GDP"),
        "Real growth of household consumption less real growth of GDP, at constant US dollars.",
    ),
    Measure(
        "income",
        "GDP per head",
        "international dollars",
        BANK,
        "world_bank",
        ("NY.GDP.PCAP.PP.CD",),
        "Gross domestic product per head at current purchasing power parities.",
        digits=0,
    ),
    Measure(
        "population",
        "Population",
        "million persons",
        BANK,
        "world_bank",
        ("SP.POP.TOTL",),
        "All residents at the middle of the year.",
        scale=1e-6,
        digits=2,
    ),
)


def table_of(measure: Measure, rows: pd.DataFrame, release: str) -> pd.DataFrame:
    """Return a measure in one release.

    Args:
        measure: Which.
        rows: Those of its processed table that `rows_of` asks for.
        release: The release's name.

    Returns:
        economy, year, value and projected, which says whether the value lies ahead of the
        publisher's figures; sorted, and only what is known.
    """
    found = _MADE[measure.table](measure, rows, release)
    found = found[np.isfinite(found["value"])]
    found = found.assign(value=found["value"] * measure.scale)
    columns = ["economy", "year", "value", "projected"]
    table: pd.DataFrame = found[columns].sort_values(["economy", "year"], ignore_index=True)
    return table


def rows_of(measure: Measure) -> dict[str, tuple[str, ...]]:
    """Return which rows of its table a measure needs, by column, as `read_processed` takes them."""
    column = {"world_bank": "series", "world_economic_outlook": "series"}
    if measure.table == "national_accounts":
        prices = tuple(constant_prices.labels("USD"))
        return {"item": measure.series, "prices": prices}
    return {column[measure.table]: measure.series} if measure.table in column else {}


def _share(measure: Measure, rows: pd.DataFrame, release: str) -> pd.DataFrame:
    accounts = select.of_release(rows, release)
    return accounts.assign(value=accounts[measure.series[0]], projected=False)


def _series(_: Measure, rows: pd.DataFrame, release: str) -> pd.DataFrame:
    return rows[rows["release"] == release].assign(projected=False)


def _outlook(_: Measure, rows: pd.DataFrame, release: str) -> pd.DataFrame:
    """Mark projections; where the publisher does not, they begin with the release's own year."""
    own = rows[rows["release"] == release]
    first = own["first_forecast_year"].fillna(int(release[:4]))
    return own.assign(projected=own["year"] >= first)


def _growth_gap(measure: Measure, rows: pd.DataFrame, release: str) -> pd.DataFrame:
    """Return the difference of two rates of growth, of years that follow one another."""
    own = constant_prices.of_releases(rows[rows["release"] == release], "USD")
    table = own.pivot(index=["economy", "year"], columns="item", values="value")
    before = table.rename(index=lambda year: year + 1, level="year").reindex(table.index)
    growth = 100 * (table / before - 1)
    spent, produced = measure.series
    gap = (growth[spent] - growth[produced]).rename("value").reset_index()
    return gap.assign(projected=False)


_MADE: dict[str, Callable[[Measure, pd.DataFrame, str], pd.DataFrame]] = {
    "expenditure_shares": _share,
    "national_accounts": _growth_gap,
    "world_bank": _series,
    "world_economic_outlook": _outlook,
}


def releases_of(measure: Measure, rows: pd.DataFrame, newest: str) -> list[str]:
    """Return the releases that hold a measure for many economies: the newest, and the one before.

    Args:
        measure: Which.
        rows: As for `table_of`.
        newest: The release of the publisher that the edition rests on; none after it is returned.
    """
    held = rows[rows["release"] <= newest]
    if measure.table == "expenditure_shares":
        held = held[held[measure.series[0]].notna()]
    count = held.groupby("release", observed=True)["economy"].nunique()
    # Some releases were brought for a few economies only.
    many = count[count * 2 > count.max()] if len(count) else count
    return sorted(map(str, many.index), reverse=True)[:2]
