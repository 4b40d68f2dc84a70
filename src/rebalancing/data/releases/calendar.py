"""When publishers usually put out their next figures, from ``calendar.csv`` beside this module.

A row says how often a publisher puts out figures, and how many days after the end of a period they
usually come. What it puts out as an edition, such as an outlook, is dated by its own day: the next
comes as many days after it. A publisher without an interval keeps no calendar that we know.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Final, Literal, cast

from rebalancing.data.releases import shipped_tables

LIST = Path(__file__).with_name("calendar.csv")
COLUMNS = ("publisher", "every", "days", "usual")
EDITION: Final = "edition"
Kind = Literal["month", "quarter", "year", ""]
Every = Kind | Literal["edition"]
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_PERIOD = re.compile(r"(?P<year>\d{4})(?:-Q(?P<quarter>[1-4])|-(?P<month>\d{2}))?")


@dataclass(frozen=True)
class Rhythm:
    """How a publisher usually puts out figures.

    Attributes:
        every: What it puts out; empty if no rhythm is known.
        days: From the end of a period, or from an edition, to the day on which figures come.
        usual: The same in words: ``each month``.
    """

    every: Every
    days: int
    usual: str


@cache
def rhythms() -> dict[str, Rhythm]:
    """Return the rhythm of each publisher.

    Raises:
        ShippedTableError: The list is damaged, or an interval is none of those above.
    """
    found = {}
    for row in shipped_tables.read_shipped(LIST, COLUMNS):
        every, days = row["every"], row["days"]
        known = every in (*_MONTHS, EDITION) and days.isdecimal() if every else not days
        if not known:
            raise shipped_tables.wrong(LIST, f"{row['publisher']}: {every!r} with {days!r} days")
        found[row["publisher"]] = Rhythm(cast("Every", every), int(days or 0), row["usual"])
    return found


def last_day(period: str) -> date:
    """Return the last day of a year, quarter or month: ``2024``, ``2024-Q4``, ``2024-12``.

    Raises:
        ValueError: It is none of them.
    """
    found = _PERIOD.fullmatch(period)
    if found is None:
        raise ValueError(f"{period} is no year, quarter or month")
    month = int(found["month"] or 3 * int(found["quarter"] or 4))
    return _after(int(found["year"]), month, 1) - timedelta(days=1)


def kind(period: str) -> Kind:
    """Return what a period is; nothing if it is no month, quarter or year."""
    found = _PERIOD.fullmatch(period)
    if found is None:
        return ""
    return "quarter" if found["quarter"] else "month" if found["month"] else "year"


def expected(rhythm: Rhythm, newest: str) -> date | None:
    """Return about when the figures after the newest come; None where no rhythm is known.

    Args:
        rhythm: The publisher's.
        newest: Its newest period, or of an edition the day or month on which it came.
    """
    if not rhythm.every:
        return None
    if rhythm.every == EDITION:
        return date.fromisoformat((newest + "-01-01")[:10]) + timedelta(days=rhythm.days)
    end = last_day(newest)
    next_end = _after(end.year, end.month, 1 + _MONTHS[rhythm.every]) - timedelta(days=1)
    return next_end + timedelta(days=rhythm.days)


def next_after(rhythm: Rhythm, due: date, newest: str) -> date:
    """Return a day on which figures were expected, or the first one later that is not over.

    Args:
        rhythm: The publisher's: each month, quarter or year.
        due: When its next figures were expected.
        newest: The day, month or year that is over: that of the newest release held.
    """
    while due.isoformat()[: len(newest)] < newest:
        first = _after(due.year, due.month, _MONTHS[rhythm.every])
        due = first.replace(day=min(due.day, last_day(f"{first:%Y-%m}").day))
    return due


def _after(year: int, month: int, months: int) -> date:
    """Return the first day of the month that is so many months later."""
    count = 12 * year + month - 1 + months
    return date(count // 12, count % 12 + 1, 1)
