"""What an economy exports by value, by volume and by price, year by year to the newest.

The value in dollars is the World Bank's; the volume of goods and services is the growth that the
International Monetary Fund publishes, outcomes and then projections. The price is what the one
leaves of the other, and in own currency it moves with the exchange rate as well.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from rebalancing.data.views import select

SHARE, GDP, RATE = "NE.EXP.GNFS.ZS", "NY.GDP.MKTP.CD", "PA.NUS.FCRF"
QUANTITY, UNIT_VALUE = "TX.QTY.MRCH.XD.WD", "TX.UVI.MRCH.XD.WD"  # of goods
BANK = (SHARE, GDP, RATE, QUANTITY, UNIT_VALUE)
VOLUME, GOODS_VOLUME = "TX_RPCH", "TXG_RPCH"
OUTLOOK = (VOLUME, GOODS_VOLUME)
PARTS = ["value", "volume", "price_usd", "rate", "price_own"]


def yearly(bank: pd.DataFrame, outlook: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """Return growth of an economy's exports in percent, by year.

    Args:
        bank: Its rows of ``world_bank`` as of one release, with some of `BANK`.
        outlook: Its rows of ``world_economic_outlook`` of one edition, with some of `OUTLOOK`.
        first: First year.
        last: Last year.

    Returns:
        By year to the last with a value: value (in US dollars), volume (goods and services),
        price_usd, rate (own currency per dollar), price_own (price in own currency), goods_volume,
        goods_quantity and goods_unit_value (both of the World Bank), and projected: whether the
        volume is no outcome.
    """
    levels = bank[bank["series"].isin(BANK)]
    levels = levels.pivot(index="year", columns="series", values="value")
    levels = levels.reindex(columns=list(BANK))
    levels["value"] = levels[SHARE] * levels[GDP]
    known = levels["value"].dropna().loc[:last].index
    levels = levels.reindex(range(first - 1, max(known, default=first - 2) + 1))
    grown = 100 * (levels / levels.shift() - 1)
    volumes = outlook.pivot(index="year", columns="series", values="value")
    volumes = volumes.reindex(index=grown.index, columns=list(OUTLOOK))
    begins = outlook.loc[outlook["series"] == VOLUME, "first_forecast_year"].min()
    price = _over(grown["value"], volumes[VOLUME])
    found = pd.DataFrame(
        {
            "value": grown["value"],
            "volume": volumes[VOLUME],
            "price_usd": price,
            "rate": grown[RATE],
            "price_own": 100 * ((1 + price / 100) * (1 + grown[RATE] / 100) - 1),
            "goods_volume": volumes[GOODS_VOLUME],
            "goods_quantity": grown[QUANTITY],
            "goods_unit_value": grown[UNIT_VALUE],
        }
    ).loc[first:]
    found["projected"] = False if pd.isna(begins) else found.index >= int(begins)
    return found.dropna(subset=["value"])


def outcomes(table: pd.DataFrame) -> pd.DataFrame:
    """Return the last years in a row that are no projection and have every one of `PARTS`."""
    known = table[~table["projected"]].dropna(subset=PARTS)
    return known.loc[select.latest_run(known["value"]).index]


def paces(table: pd.DataFrame, lengths: Sequence[int]) -> pd.DataFrame:
    """Return growth a year over spans of several lengths that end with the last year.

    Args:
        table: Its `outcomes`, at least as many years as the longest span.
        lengths: Years in a span.

    Returns:
        By span (2022–2024: the growth of these three years) each of `PARTS`, compound, percent.
    """
    factors = 1 + table[PARTS] / 100
    stop = int(table.index[-1])
    spans = {f"{stop - length + 1}–{stop}": factors.tail(length) for length in lengths}
    rows = {name: 100 * (part.prod() ** (1 / len(part)) - 1) for name, part in spans.items()}
    return pd.DataFrame.from_dict(rows, orient="index", columns=PARTS)


def _over(first: pd.Series, second: pd.Series) -> pd.Series:
    """Return the growth in percent of a ratio of two things that grow."""
    return 100 * ((1 + first / 100) / (1 + second / 100) - 1)
