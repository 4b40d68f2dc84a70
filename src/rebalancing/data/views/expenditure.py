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

from rebalancing.data.views import constant_prices, select
from rebalancing.errors import DataError

ITEMS = {
    "HFCE": "household consumption",
    "GFCE": "government consumption",
    "GCF": "investment",
    "EXP": "exports",
    "IMP": "imports",
}
CURRENT, _CONSTANT = "current NCU", "constant NCU"  # of whatever base year
PRICES = [CURRENT, *constant_prices.labels("NCU")]
_ITEMS = (*ITEMS, "GDP")


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
    own = complete(accounts[accounts["economy"] == economy])
    return newest_pair(own, economy, as_of, last_year)


def complete(accounts: pd.DataFrame) -> pd.DataFrame:
    """Return the years in which every item is known at both kinds of prices.

    Args:
        accounts: Rows of ``national_accounts``, of any economies.

    Returns:
        One row per economy, release and year; the items at current, then at constant prices.
    """
    accounts = accounts[accounts["item"].isin(_ITEMS)]
    constant = constant_prices.of_releases(accounts, "NCU").assign(prices=_CONSTANT)
    table = pd.concat([accounts[accounts["prices"] == CURRENT], constant])
    table = table.pivot(
        index=["economy", "release", "year"], columns=["prices", "item"], values="value"
    )
    return table.reindex(
        columns=pd.MultiIndex.from_product([(CURRENT, _CONSTANT), _ITEMS])
    ).dropna()


def newest_pair(own: pd.DataFrame, economy: str, as_of: str, last_year: int) -> Expenditure:
    """Return what `pair` does, from an economy's rows of `complete`."""
    releases, years = (own.index.get_level_values(name) for name in ("release", "year"))
    usable = (releases <= as_of) & (years <= last_year)
    if not usable.any():
        raise ExpenditureError(
            f"no release up to {as_of} has expenditure of {economy} both at current and at "
            f"constant prices in national currency for years up to {last_year}"
        )
    release = str(releases[usable].max())
    rows = own[usable & (releases == release)].set_axis(
        years[usable & (releases == release)].rename("year")
    )
    rows = rows.loc[select.latest_run(pd.Series(1.0, rows.index)).index]
    named = [*ITEMS.values(), "GDP"]
    current = rows.iloc[:, : len(named)].set_axis(named, axis=1)
    constant = rows.iloc[:, len(named) :].set_axis(named, axis=1)
    return Expenditure(release, current, constant)
