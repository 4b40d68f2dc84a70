"""The newest period of a release, and when the next is expected, follow from its figures."""

from __future__ import annotations

from datetime import date

import held
import pytest

from rebalancing.book.pages import newest
from rebalancing.book.pages.newest import Newest
from rebalancing.data import releases as raw
from rebalancing.data.fetch.services import SERVICES
from rebalancing.data.releases import calendar
from rebalancing.data.releases.calendar import Rhythm
from rebalancing.data.releases.shipped_tables import ShippedTableError


def made(publisher: str, period: str, public: str, expected: date | None) -> Newest:
    title, covered = f"Title of {publisher}", frozenset({"CHN"})
    return Newest(publisher, title, period, public, "each month", expected, covered)


@pytest.mark.parametrize(
    ("period", "last", "kind", "words"),
    [
        ("2024", date(2024, 12, 31), "year", "2024"),
        ("2024-Q1", date(2024, 3, 31), "quarter", "1st quarter of 2024"),
        ("2024-02", date(2024, 2, 29), "month", "February 2024"),
        ("2024-12", date(2024, 12, 31), "month", "December 2024"),
    ],
)
def test_periods(period: str, last: date, kind: str, words: str) -> None:
    assert calendar.last_day(period) == last
    assert calendar.kind(period) == kind
    assert newest.in_words(period) == words


@pytest.mark.parametrize("period", ["2024-13-01", "Q1", "2024-Q5", ""])
def test_what_is_no_period_has_no_last_day(period: str) -> None:
    assert calendar.kind(period) == ""
    with pytest.raises(ValueError, match="no year, quarter or month"):
        calendar.last_day(period)


@pytest.mark.parametrize(
    ("every", "days", "period", "due"),
    [
        ("month", 20, "2026-07", date(2026, 9, 20)),
        ("month", 20, "2025-12", date(2026, 2, 20)),
        ("quarter", 20, "2025-Q4", date(2026, 4, 20)),
        ("year", 350, "2024", date(2026, 12, 16)),
        ("edition", 183, "2025-10", date(2026, 4, 2)),
        ("edition", 183, "2025-10-14", date(2026, 4, 15)),
    ],
)
def test_the_next_figures_come_as_long_after_their_period(
    every: str, days: int, period: str, due: date
) -> None:
    assert calendar.expected(Rhythm(every, days, ""), period) == due


def test_nothing_is_expected_where_no_rhythm_is_known() -> None:
    assert calendar.expected(Rhythm("", 0, "not known"), "2020") is None


def test_every_publisher_has_a_rhythm_or_is_said_to_have_none() -> None:
    fetched = {service.publisher.id for service in SERVICES}
    assert set(calendar.rhythms()) == fetched | set(raw.publishers(held.project()))


def test_a_list_that_is_missing_is_said_to_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(calendar, "LIST", calendar.LIST.with_name("none.csv"))
    with pytest.raises(ShippedTableError, match=r"none\.csv is missing"):
        calendar.rhythms.__wrapped__()


def test_what_was_due_before_the_newest_release_is_said_not_to_be_held() -> None:
    rows = newest.table(
        [
            made("a", "2026-07", "2026-08-22", date(2026, 9, 20)),
            made("b", "2024-09", "2024-10-28", date(2024, 11, 25)),
            made("c", "2018", "2020", None),
        ]
    )
    assert [row["next"] for row in rows] == [
        "about September 2026",
        "due November 2024, not held",
        "not known",
    ]


def test_the_front_page_names_the_newest_month_and_the_year_of_the_accounts() -> None:
    accounts = made("unsd-ama", "2024", "2025-12", date(2026, 12, 16))
    months = [
        made("nbs-monthly", "2026-07", "2026-08-22", date(2026, 9, 20)),
        made("bis-reer", "2024-09", "2024-10-28", date(2024, 11, 25)),
    ]
    assert newest.head([accounts, *months], "CHN") == {
        "year": "2024",
        "next_year": "December 2026",
        "month": "July 2026",
        "next_month": "September 2026",
    }
    alone = {"month": "", "next_month": "", "year": "2024", "next_year": "December 2026"}
    assert newest.head([accounts], "CHN") == alone
    assert newest.head([accounts, *months], "JPN") == alone
    assert newest.head([accounts, months[1]], "CHN") == alone  # the accounts are newer
    assert not any(newest.head([], "CHN").values())


@pytest.mark.parametrize(
    ("due", "newest_held", "when"),
    [
        (date(2026, 9, 20), "2026-08", date(2026, 9, 20)),
        (date(2026, 9, 20), "2026-11-29", date(2026, 12, 20)),
        (date(2026, 9, 20), "2027", date(2027, 1, 20)),
        (date(2026, 8, 31), "2026-09-02", date(2026, 9, 30)),
    ],
)
def test_the_next_figures_never_come_before_the_newest_release_held(
    due: date, newest_held: str, when: date
) -> None:
    assert calendar.next_after(Rhythm("month", 20, ""), due, newest_held) == when
    accounts = made("unsd-ama", "2024", "2025-12", date(2026, 12, 16))
    months = made("nbs-monthly", "2026-07", "2026-08-22", due)
    other = made("gacc-customs", "2026-06", newest_held, None)
    said = newest.head([accounts, months, other], "CHN")["next_month"]
    assert said == f"{when:%B %Y}" if newest_held > "2026-08-22" else f"{due:%B %Y}"


def test_the_newest_period_is_read_from_the_figures() -> None:
    project = held.project()
    used = {name: {"release": "latest"} for name in ("unsd-ama", "nbs-monthly", "imf-weo")}
    found = {each.publisher: each for each in newest.find(project, used)}
    assert calendar.kind(found["unsd-ama"].period) == "year"
    assert found["unsd-ama"].period == raw.resolve(project, "unsd-ama", "latest").name
    assert calendar.kind(found["nbs-monthly"].period) == "month"
    assert "JPN" in found["unsd-ama"].economies
    assert found["nbs-monthly"].economies == {"CHN"}
    assert found["imf-weo"].period == found["imf-weo"].public  # not the last year it forecasts
