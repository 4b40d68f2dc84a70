"""The United Nations' constant prices, whatever their base year, which moves every few years.

A release has one base year, and prices of two of them cannot be compared, so that whatever is
computed from constant prices takes one release and says which base year it has.
"""

from __future__ import annotations

import re

import pandas as pd

# No base year was earlier, and none will be later than anybody reads this.
_YEARS = range(1970, 2100)
_LABEL = re.compile(r"constant (?P<year>[0-9]{4}) (?:USD|NCU)")


def labels(currency: str) -> list[str]:
    """Return what constant prices in USD or NCU can be called in ``national_accounts``."""
    return [f"constant {year} {currency}" for year in _YEARS]


def base_year(prices: str) -> int:
    """Return the base year of prices: 2015 of ``constant 2015 USD``.

    Raises:
        ValueError: They are not constant.
    """
    found = _LABEL.fullmatch(prices)
    if found is None:
        raise ValueError(f"{prices} are no constant prices")
    return int(found["year"])


def of_releases(accounts: pd.DataFrame, currency: str) -> pd.DataFrame:
    """Return the rows at constant prices in a currency, with their ``base_year``.

    Of a release with two base years, such as one in which the earlier figures were kept, those of
    the later one.

    Args:
        accounts: Rows of ``national_accounts``.
        currency: USD or NCU.
    """
    rows = accounts[accounts["prices"].isin(labels(currency))]
    rows = rows.assign(base_year=rows["prices"].map(base_year).astype("int64"))
    return rows[rows["base_year"] == rows.groupby("release")["base_year"].transform("max")]
