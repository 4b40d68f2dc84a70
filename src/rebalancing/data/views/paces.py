"""How fast a monthly series has moved of late, and what its months are called."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from rebalancing.data.releases import calendar

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_QUARTERS = ("first quarter", "second quarter", "third quarter", "fourth quarter")
_TO_DATE = ("first quarter", "first half", "first three quarters", "year")
_FIRST = 3  # the first month that the new year's holiday leaves alone


def in_words(period: str, *, to_date: bool = False) -> str:
    """Return a period in words: ``July 2026``, ``second quarter of 2026``, ``2025``.

    Args:
        period: A month, quarter or year.
        to_date: Whether a quarter stands for the year up to its end.
    """
    what, year = calendar.kind(period), period[:4]
    if what == "month":
        return f"{_MONTHS[int(period[5:7]) - 1]} {year}"
    if what == "year" or (to_date and period.endswith("4")):
        return year
    names = _TO_DATE if to_date else _QUARTERS
    return f"{names[int(period[6:]) - 1]} of {year}"


class PaceSpan(NamedTuple):
    """The mean of a few months.

    Attributes:
        words: Which: ``March to July 2026``.
        mean: Of the months that are known.
        months: How many are.
    """

    words: str
    mean: float
    months: int


def spans(by_month: pd.Series[float], newest: str) -> list[PaceSpan]:
    """Return a series' mean over three spans: last year to a month, the rest of it, and this year.

    January and February are left out, because the new year's holiday moves between them.

    Args:
        by_month: By month: ``2026-07``.
        newest: The newest month; nothing is returned if it is before March or December.
    """
    year, last = int(newest[:4]), int(newest[5:7])
    if not _FIRST <= last < len(_MONTHS):
        return []
    found = []
    for of, first, end in (
        (year - 1, _FIRST, last),
        (year - 1, last + 1, len(_MONTHS)),
        (year, _FIRST, last),
    ):
        months = [f"{of}-{month:02d}" for month in range(first, end + 1)]
        known = by_month.reindex(months).dropna()
        if known.empty:
            return []
        names = dict.fromkeys((_MONTHS[first - 1], _MONTHS[end - 1]))
        found.append(PaceSpan(f"{' to '.join(names)} {of}", float(known.mean()), len(known)))
    return found


def last_fall(by_month: pd.Series[float]) -> tuple[str, int] | None:
    """Return the last month of a run of falls that has ended, and the run's length in months.

    Args:
        by_month: Changes on a year before, by month in order.

    Returns:
        None if there was no fall, or the newest month is one.
    """
    falls = by_month.dropna() < 0
    if not falls.any() or falls.iloc[-1]:
        return None
    last = int(falls.to_numpy().nonzero()[0][-1])
    run = 0
    while last - run >= 0 and falls.iloc[last - run]:
        run += 1
    return str(falls.index[last]), run


def to_date(by_month: pd.Series[float], newest: str) -> float | None:
    """Return growth of the sum from January to a month on a year before, in percent.

    Args:
        by_month: Levels by month.
        newest: The last month.

    Returns:
        None if a month of either year is not known.
    """
    year, last = int(newest[:4]), int(newest[5:7])
    sums = [
        by_month.reindex([f"{of}-{month:02d}" for month in range(1, last + 1)]).sum(skipna=False)
        for of in (year - 1, year)
    ]
    grown = 100 * (sums[1] / sums[0] - 1)
    return None if pd.isna(grown) else float(grown)
