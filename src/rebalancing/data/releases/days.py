"""Checks of the days that publishers and descriptors state: they exist and have come.

A release dated 9999 would stay the newest for ever. So a day counts only if the calendar has it, if
it is written in the digits 0 to 9, and if it is not after tomorrow (somewhere it is tomorrow
already). A month may be the next one, because a month stands where the day is only an estimate.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

_FORM = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_IN_NAMES = re.compile(r"(?<!\d)\d{4}-\d\d-\d\d(?!\d)")


def today() -> date:
    """Return the day, in universal time; replaced in tests."""
    return datetime.now(UTC).date()


def existing(text: str) -> str:
    """Return an ISO day, month or year as it is.

    Raises:
        ValueError: It has another form, or the calendar does not have it.
    """
    _first(text)
    return text


def wrong(text: str) -> str | None:
    """Return what is wrong with an ISO day, month or year; None when it is real and has come."""
    try:
        first = _first(text)
    except ValueError as error:
        return str(error)
    return "still to come" if _is_ahead(text, first) else None


def is_to_come(text: str) -> bool:
    """Return whether an ISO day, month or year lies ahead; False for one that does not exist."""
    try:
        return _is_ahead(text, _first(text))
    except ValueError:
        return False


def _is_ahead(text: str, first: date) -> bool:
    ahead = timedelta(days=31) if len(text) == len("2024-10") else timedelta(days=1)
    return first > today() + ahead


def wrong_in_name(name: str) -> str | None:
    """Return what is wrong with a release's name: a day in it, or the year that it is."""
    if not name.isascii():
        return "not in plain letters and digits"
    dates = _IN_NAMES.findall(name) or ([name] if re.fullmatch(r"\d{4}(-\d\d)?", name) else [])
    return next(filter(None, map(wrong, dates)), None)


def _first(text: str) -> date:
    """Return the first day of a year or a month, or the day itself; see `existing`."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError("not a date such as 2024, 2024-10 or 2024-10-19")
    year, month, day = (int(part or 1) for part in found.groups())
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError("not in the calendar") from None
