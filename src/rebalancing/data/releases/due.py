"""The newest period of a release, and which publishers' figures are overdue.

Figures are overdue when a publisher's next ones should have come some time ago, by its usual
calendar, and are not held: nobody has looked, the service has stopped, or the calendar is wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rebalancing.data.releases import calendar
from rebalancing.data.releases.calendar import EDITION, Rhythm
from rebalancing.data.releases.held import Release, publishers, resolve
from rebalancing.project import Project

UNKNOWN = Rhythm("", 0, "not known")
# Days beyond the usual one. China publishes January with February, so that a month can be the
# next but one; an annual database may come a season late.
GRACE = {"month": 45, "quarter": 60, "year": 120, EDITION: 60}


@dataclass(frozen=True)
class Overdue:
    """A publisher whose next figures should be held, and are not.

    Attributes:
        publisher: Its folder in data/raw.
        period: The newest period held; of an edition, its day or month.
        expected: The day on which the next figures usually come.
    """

    publisher: str
    period: str
    expected: date

    def to_dict(self) -> dict[str, str]:
        """Return it for JSON, with the words."""
        return {
            "publisher": self.publisher,
            "period": self.period,
            "expected": self.expected.isoformat(),
            "text": self.text,
        }

    @property
    def text(self) -> str:
        """The words for it: ``bis-reer (2024-09 is the newest; the next was due 2024-11-25)``."""
        due = self.expected.isoformat()
        return f"{self.publisher} ({self.period} is the newest; the next was due {due})"


def rhythm(publisher: str) -> Rhythm:
    """Return a publisher's rhythm; one without an interval if none is known."""
    return calendar.rhythms().get(publisher, UNKNOWN)


def newest_period(release: Release) -> str:
    """Return the newest period of a release; of an edition, the day or month on which it came.

    Of the kind that the publisher puts out (months of a monthly one); of any, if none is known.
    """
    every = rhythm(release.publisher).every
    if every == EDITION:
        return release.date
    described = (each for entry in release.resources.values() for each in entry["series"])
    periods = {each["last"] for each in described if calendar.kind(each.get("last", ""))}
    chosen = [period for period in periods if calendar.kind(period) == every] or periods
    return max(sorted(chosen), key=calendar.last_day, default=release.date)


def overdue(project: Project, day: date, only: Collection[str] = ()) -> list[Overdue]:
    """Return the publishers whose next figures should have been held on a day, by name.

    Args:
        project: Where data/raw is.
        day: The day.
        only: Only these publishers; all that are held by default.
    """
    found = []
    for name in publishers(project):
        if only and name not in only:
            continue
        period = newest_period(resolve(project, name))
        expected = calendar.expected(rhythm(name), period)
        if expected and day > expected + timedelta(days=GRACE[rhythm(name).every]):
            found.append(Overdue(name, period, expected))
    return found


def line(found: Sequence[Overdue]) -> str:
    """Say in a line which publishers' figures are overdue; nothing where none are."""
    return f"Overdue: {'; '.join(each.text for each in found)}" if found else ""
