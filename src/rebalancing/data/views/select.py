"""The parts of processed tables that chapters work with: a year per row, an economy per column."""

from __future__ import annotations

import numpy as np
import pandas as pd


class ByEconomy:
    """A long table that is split by economy once, so many economies are looked up fast."""

    def __init__(self, table: pd.DataFrame) -> None:
        """Split a table by its column economy."""
        self._none = table.iloc[:0]
        self._rows = {str(code): rows for code, rows in table.groupby("economy")}

    def of(self, code: str) -> pd.DataFrame:
        """Return an economy's rows in the order of the table; none if it has none."""
        return self._rows.get(code, self._none)


def of_release(shares: pd.DataFrame, release: str) -> pd.DataFrame:
    """Return the expenditure shares of one release, each economy once.

    A release in dollars has groups too and is preferred; where a release came in national
    currencies only, the shares are the same but groups are missing.

    Args:
        shares: The processed table ``expenditure_shares``.
        release: The release's name.
    """
    chosen = shares[shares["release"] == release]
    currency = "USD" if (chosen["currency"] == "USD").any() else "NCU"
    return chosen[chosen["currency"] == currency]


def wide(frame: pd.DataFrame, column: str, first: int, last: int) -> pd.DataFrame:
    """Return one column of a long table as years by economies, between two years.

    Args:
        frame: Columns economy, year and ``column``, one row per economy and year.
        column: The values to spread.
        first: First year, included.
        last: Last year, included.

    Returns:
        A frame of floats with every year from the first to the last that has any value.
    """
    inside = frame[frame["year"].between(first, last)]
    table = inside.pivot(index="year", columns="economy", values=column)
    return table.dropna(how="all").dropna(axis="columns", how="all")


def rest(accounts: pd.DataFrame, column: str, group: str, without: str) -> pd.Series[float]:
    """Return a share of GDP in a group of economies without one of its members, by year.

    Args:
        accounts: Columns economy, year, gdp and ``column``, in one currency: `of_release`.
        column: The share, percent of GDP.
        group: The code of the group: ``WLD``.
        without: The code of the member.

    Returns:
        Percent of the GDP of the others; nothing where either is not known.
    """
    amounts = accounts.assign(amount=accounts[column] * accounts["gdp"])
    tables = [amounts.pivot(index="year", columns="economy", values=of) for of in ("amount", "gdp")]
    if any({group, without} - set(table.columns) for table in tables):
        return pd.Series(dtype=float)
    amount, gdp = (table[group] - table[without] for table in tables)
    return (amount / gdp).dropna()


def latest(series: pd.Series) -> tuple[int, float]:
    """Return the last year that has a value, and the value."""
    known = series.dropna()
    return int(known.index[-1]), float(known.iloc[-1])


def latest_run(series: pd.Series) -> pd.Series:
    """Return the values from after the last gap to the end: years that follow one another."""
    known = series.dropna()
    gaps = np.flatnonzero(np.diff(known.index.to_numpy()) > 1)
    return known.iloc[gaps[-1] + 1 :] if len(gaps) else known
