"""The newest period of a release, and what is overdue by the publisher's calendar."""

from datetime import date, timedelta
from pathlib import Path

from rebalancing.data.releases import Release, calendar, due, resolve
from rebalancing.project import Project


def release(publisher: str, *last: str) -> Release:
    """Return a release whose series end in some periods."""
    series = [{"code": f"S{n}", "title": "", "last": period} for n, period in enumerate(last)]
    descriptor = {
        "released": {"date": "2025-10-14"},
        "resources": [{"name": "figures", "series": series}],
    }
    return Release(publisher, "2025-10", "2025-10-14", Path(), descriptor)


def test_the_newest_period_is_of_the_kind_that_a_publisher_puts_out() -> None:
    assert due.newest_period(release("nbs", "2025-07", "2025", "2025-Q2")) == "2025-07"
    assert due.newest_period(release("unsd-ama", "2023", "2024")) == "2024"
    assert due.newest_period(release("imf-weo", "2030")) == "2025-10-14"
    assert due.newest_period(release("nbs-io", "2018", "2020")) == "2020"  # no rhythm is known


def test_figures_are_overdue_after_the_days_of_grace(this_project: Project) -> None:
    period = due.newest_period(resolve(this_project, "unsd-ama"))
    expected = calendar.expected(due.rhythm("unsd-ama"), period)
    assert expected is not None
    last = expected + timedelta(days=due.GRACE["year"])
    assert due.overdue(this_project, last, ["unsd-ama"]) == []
    (found,) = due.overdue(this_project, last + timedelta(days=1), ["unsd-ama"])
    assert (found.publisher, found.period, found.expected) == ("unsd-ama", period, expected)
    assert found.to_dict()["text"] == (
        f"unsd-ama ({period} is the newest; the next was due {expected.isoformat()})"
    )


def test_who_keeps_no_calendar_is_never_overdue(this_project: Project) -> None:
    late = {each.publisher for each in due.overdue(this_project, date(2099, 12, 31))}
    without = {name for name, each in calendar.rhythms().items() if not each.every}
    assert not late & without
    assert "bis-reer" in late


def test_all_that_is_overdue_is_said_in_a_line() -> None:
    found = [
        due.Overdue("a", "2024-09", date(2024, 11, 25)),
        due.Overdue("b", "2023", date(2024, 12, 15)),
    ]
    assert due.line([]) == ""
    assert due.line(found) == (
        "Overdue: a (2024-09 is the newest; the next was due 2024-11-25); "
        "b (2023 is the newest; the next was due 2024-12-15)"
    )
