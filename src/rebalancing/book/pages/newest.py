"""The newest figures of each release that an edition rests on, and when the next are expected.

The newest period is that of a series in the descriptor. When the next come is computed from the
publisher's usual calendar (`rebalancing.data.releases.calendar`), not from today's date: an edition
looks the same whenever it is built. Figures that were due before the edition's newest release are
overdue: they may be out, and are not held.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from rebalancing.data import releases as raw
from rebalancing.data.releases import calendar, due
from rebalancing.project import Project
from rebalancing.publishers import ACCOUNTS
from rebalancing.report import text


@dataclass(frozen=True)
class Newest:
    """The newest figures of one release.

    Attributes:
        publisher: Its folder in data/raw.
        title: Of the release.
        period: The newest period: ``2026-07``; of an edition, its day or month.
        public: The day, month or year by which the release was public.
        usual: How often there are new ones, in words.
        expected: About when the next come; None if no rhythm is known.
        economies: Codes of the economies that it has figures of.
    """

    publisher: str
    title: str
    period: str
    public: str
    usual: str
    expected: date | None
    economies: frozenset[str] = frozenset()


def find(project: Project, used: Mapping[str, Mapping[str, str]]) -> list[Newest]:
    """Return the newest figures of the releases of an edition, by publisher.

    Args:
        project: Where data/raw is, as of the edition's day.
        used: The releases by publisher, as the head of results.json has them.
    """
    return [_newest(raw.resolve(project, name, use["release"])) for name, use in used.items()]


def table(found: Iterable[Newest]) -> list[dict[str, Any]]:
    """Return rows for a page: ``title``, ``period``, ``public``, ``usual``, ``next``, in words."""
    found = list(found)
    latest = max((each.public for each in found), default="")
    return [
        {
            "title": text.apostrophes(each.title),
            "period": in_words(each.period),
            "public": in_words(each.public),
            "usual": each.usual,
            "next": _next(each, latest),
        }
        for each in found
    ]


def head(found: Iterable[Newest], economy: str) -> dict[str, str]:
    """Return what the front page says: ``month`` and ``year`` of the newest, and the ``next``.

    ``month`` is the newest month of which a publisher has figures of the economy, ``year`` the
    newest year of the accounts; ``next_month`` and ``next_year`` are about when the next figures
    come, never before the newest release held. What no publisher of the edition has is empty, and
    so is a month that the accounts have overtaken.
    """
    found = list(found)
    latest = max((each.public for each in found), default="")
    accounts = [each for each in found if each.publisher == ACCOUNTS]
    reached = max((calendar.last_day(each.period) for each in accounts), default=date.min)
    by_month = [
        each
        for each in found
        if due.rhythm(each.publisher).every == "month"
        and economy in each.economies
        and calendar.last_day(each.period) > reached
    ]
    names = dict.fromkeys(("month", "next_month", "year", "next_year"), "")
    for what, those in (("year", accounts), ("month", by_month)):
        if those:
            newest = max(those, key=lambda each: each.period)
            names |= {what: in_words(newest.period), f"next_{what}": _month(_ahead(newest, latest))}
    return names


def in_words(period: str) -> str:
    """Return a day, month, quarter or year in words: ``July 2026``."""
    what = calendar.kind(period)
    if what == "month":
        return text.month(period)
    if what == "quarter":
        return f"{text.ordinal(int(period[-1]))} quarter of {period[:4]}"
    return period if what == "year" else text.day(period)


def _ahead(each: Newest, latest: str) -> date | None:
    """Return when figures after a release are next expected, from the newest release held on."""
    if each.expected is None:
        return None
    return calendar.next_after(due.rhythm(each.publisher), each.expected, latest)


def _newest(release: raw.Release) -> Newest:
    rhythm, period = due.rhythm(release.publisher), due.newest_period(release)
    expected = calendar.expected(rhythm, period)
    title = release.common_title
    economies = frozenset(
        code for entry in release.resources.values() for code in entry.get("economies", [])
    )
    return Newest(release.publisher, title, period, release.date, rhythm.usual, expected, economies)


def _next(each: Newest, latest: str) -> str:
    if each.expected is None:
        return "not known"
    month = _month(each.expected)
    return f"due {month}, not held" if each.expected.isoformat() < latest else f"about {month}"


def _month(day: date | None) -> str:
    return "" if day is None else in_words(day.isoformat()[:7])
