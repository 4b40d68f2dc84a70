"""Changes and levels of prices from the monthly rates that are published.

Monthly rates are published to one decimal. What is chained from them carries the rounding of every
month in it (`rounding_error`), so that a published rate on a year before is better than one that
is chained here, where there is one. Months must follow one another: a missing month is not zero
inflation.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import pandas as pd

from rebalancing.errors import DataError

MONTHS = 12


class MonthsError(DataError):
    """A monthly series that has gaps, or of which there is more than one."""


class RoundingError(NamedTuple):
    """What rounding of each month may do to a chained rate, in percentage points."""

    bound: float
    standard_deviation: float


def monthly(table: pd.DataFrame, series: str) -> pd.Series:
    """Return one monthly series by the first day of its months, gaps left out.

    Args:
        table: ``china_monthly``, or ``china_accounts`` as of one release.
        series: Its code, such as CPI_YOY or PPI_MOM.

    Raises:
        MonthsError: There is no such series, it is not monthly, or several releases have it.
    """
    rows = table[table["series"] == series]
    if rows.empty:
        raise MonthsError(f"there is no series {series}; the table has other codes, see its list")
    releases = set(rows["release"])
    if len(releases) > 1:
        raise MonthsError(
            f"{series} is in {len(releases)} releases; choose one, for example with vintages.as_of"
        )
    if "month" in rows:
        month = rows["month"]
    elif (rows["frequency"] == "monthly").all():
        month = pd.to_datetime(rows["period"], format="%Y-%m").astype("datetime64[us]")
    else:
        raise MonthsError(f"{series} is not monthly; select its periods directly")
    values = pd.Series(rows["value"].to_numpy(), pd.DatetimeIndex(month, name="month"), name=series)
    return values.sort_index()


def level(change: pd.Series) -> pd.Series:
    """Return a price level from changes on the month before; the month before the first is 100.

    Args:
        change: Per cent on the month before, by month, without gaps.

    Raises:
        MonthsError: A month is missing.
    """
    _check_months(change)
    first = change.index[0] - pd.DateOffset(months=1)
    start = pd.Series([100.0], pd.DatetimeIndex([first]))
    chained: pd.Series = pd.concat([start, 100 * (1 + change / 100).cumprod()])
    chained.index.name = change.index.name
    return chained.rename("level")


def change_on_year(change: pd.Series) -> pd.Series:
    """Return the change on the same month a year before, chained from changes on the month before.

    Args:
        change: Per cent on the month before, by month, without gaps.

    Returns:
        Per cent, from the twelfth month on.

    Raises:
        MonthsError: A month is missing.
    """
    chained = level(change)
    rate = 100 * (chained / chained.shift(MONTHS) - 1)
    return rate.dropna().rename("change_on_year_pct")


def year_means(monthly: pd.Series) -> pd.Series:
    """Return the mean of every year that has all its months.

    Args:
        monthly: Values by month, in any unit; a year that lacks one has no mean.

    Returns:
        Means by year, in the same unit.
    """
    known = monthly.dropna()
    by_year = known.groupby(pd.DatetimeIndex(known.index).year.astype("int64").rename("year"))
    mean: pd.Series = by_year.mean()[by_year.size() == MONTHS]
    return mean


def rounding_error(months: int = MONTHS, decimals: int = 1) -> RoundingError:
    """Return what rounding does to a rate chained from monthly ones, to first order.

    Args:
        months: Number of months that are chained.
        decimals: Decimals of the published monthly rates, in per cent.

    Returns:
        The most that it can do, and its standard deviation if the errors of months are independent
        and uniform.
    """
    half = 0.5 * 10**-decimals
    return RoundingError(months * half, half * math.sqrt(months / 3))


def _check_months(change: pd.Series) -> None:
    if change.empty or change.isna().any() or not isinstance(change.index, pd.DatetimeIndex):
        raise MonthsError(
            "change must have a value for each of its months, by date; prices.monthly makes it so"
        )
    number = change.index.year * MONTHS + change.index.month
    jumps = number[1:] - number[:-1] != 1
    if jumps.any():
        after = change.index[:-1][jumps][0]
        raise MonthsError(
            f"change has a gap after {after:%Y-%m}; use months that follow one another"
        )
