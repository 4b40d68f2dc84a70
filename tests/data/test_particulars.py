"""Facts about single economies."""

from __future__ import annotations

import pytest

from rebalancing.data.tables import economies
from rebalancing.data.views import particulars


def test_every_fact_has_its_words_and_its_source() -> None:
    rows = particulars.listed()
    assert all(row["words"] and row["source"] for row in rows)
    assert all(len(row["words"]) <= 18 for row in rows if row["kind"] == "event")


def test_events_of_the_world_are_marked_for_every_economy() -> None:
    assert particulars.events("CHN") == [
        (2001, "WTO entry"),
        (2008, "financial crisis"),
        (2020, "pandemic"),
    ]


def test_forerunners_are_economies_that_exist() -> None:
    assert particulars.forerunners("CHN") == ["JPN", "KOR", "TWN"]
    assert set(particulars.forerunners("CHN")) <= set(economies.codes())


def test_economies_to_draw_beside_any_other_exist_and_keep_their_order() -> None:
    assert particulars.beside("balance") == ["USA", "JPN", "KOR", "DEU", "CHN"]
    assert particulars.beside("tariff") == ["CHN", "VNM", "MEX"]
    assert {*particulars.beside("balance"), *particulars.beside("tariff")} <= economies.codes()


def test_an_economy_of_which_nothing_is_listed_has_nothing() -> None:
    assert particulars.events("JPN") == particulars.events("WLD")
    assert particulars.forerunners("JPN") == []
    assert particulars.with_named_level("JPN", [40, 45, 50, 55]) == [40, 45, 50, 55]


@pytest.mark.parametrize(
    ("economy", "first", "last", "is_later"),
    [("CHN", 2017, 2018, True), ("CHN", 2018, 2019, False), ("JPN", 2000, 2020, False)],
)
def test_figures_on_two_censuses_are_known(
    economy: str, first: int, last: int, is_later: bool
) -> None:
    assert particulars.has_later_census(economy, first, last) is is_later


@pytest.mark.parametrize(
    ("goals", "expected"),
    [
        ([40, 45, 50, 55], [40, 45, 50, 54]),
        ([35, 40, 45, 50], [35, 40, 45, 50]),
        ([45, 50, 55, 60], [45, 50, 55, 60]),
    ],
)
def test_a_named_level_replaces_the_last_goal_only_where_it_lies_just_below(
    goals: list[int], expected: list[int]
) -> None:
    assert particulars.with_named_level("CHN", goals) == expected
