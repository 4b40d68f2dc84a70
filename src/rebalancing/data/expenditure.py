"""One economy's expenditure at current and at constant prices, both of one release.

Contributions to growth and relative prices need volumes and values that belong together. The
United Nations publish both in national currency in some releases only, so that the newest release
with both can be older than the newest one::

    pair = expenditure.pair(accounts, "CHN", as_of="2024", last_year=2024)
    pair.release                  # "2020"
    pair.constant["household consumption"]

Out of scope: joining releases, and economies without figures in national currency.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from rebalancing.errors import DataError

ITEMS = {
    "HFCE": "household consumption",
    "GFCE": "government consumption",
    "GCF": "investment",
    "EXP": "exports",
    "IMP": "imports",
}
CURRENT, CONSTANT = "current NCU", "constant 2015 NCU"


class ExpenditureError(DataError):
    """An economy without volumes and values in one release."""


@dataclass(frozen=True, eq=False)
class Expenditure:
    """Values and volumes of one release, by year, in national currency.

    Attributes:
        release: The release's name.
        current: At current prices: the items, in words, and "GDP".
        constant: The same at constant prices.
    """

    release: str
    current: pd.DataFrame
    constant: pd.DataFrame

    @property
    def deflators(self) -> pd.DataFrame:
        """The implicit price index of each item and of GDP, 1 in the base year."""
        return self.current / self.constant


def pair(accounts: pd.DataFrame, economy: str, as_of: str, last_year: int) -> Expenditure:
    """Return an economy's values and volumes from the newest release that has both.

    Args:
        accounts: Rows of ``national_accounts``.
        economy: The economy's code.
        as_of: The newest release that may be used.
        last_year: The last year that may be.

    Returns:
        The years from the first in which every item has both, to the last, without gaps.

    Raises:
        ExpenditureError: No release not after ``as_of`` has both for the economy in these years.
    """
    own = accounts[(accounts["economy"] == economy) & (accounts["release"] <= as_of)]
    own = own[own["year"] <= last_year]
    for release in sorted(own["release"].unique(), reverse=True):
        rows = own[own["release"] == release]
        if not {CURRENT, CONSTANT} <= set(rows["prices"]):
            continue
        current, constant = (_items(rows, prices) for prices in (CURRENT, CONSTANT))
        years = current.dropna().index.intersection(constant.dropna().index)
        if len(years):
            # After the last gap: years that follow one another.
            gaps = years.to_series().diff() > 1
            years = years[years >= gaps[gaps].index[-1]] if gaps.any() else years
            return Expenditure(release, current.loc[years], constant.loc[years])
    raise ExpenditureError(
        f"no release up to {as_of} has expenditure of {economy} both at current and at constant "
        f"prices in national currency for years up to {last_year}"
    )


def _items(rows: pd.DataFrame, prices: str) -> pd.DataFrame:
    """Return the items at one kind of prices, by year."""
    chosen = rows[(rows["prices"] == prices) & rows["item"].isin([*ITEMS, "GDP"])]
    table = chosen.pivot(index="year", columns="item", values="value")
    return table.reindex(columns=[*ITEMS, "GDP"]).rename(columns=ITEMS).rename_axis(columns=None)
