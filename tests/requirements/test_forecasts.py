from __future__ import annotations

import pandas as pd
import pytest

from rebalancing.requirements import forecasts as requirements


def run(first: int, last: int) -> pd.Series:
    return pd.Series(50.0, range(first, last + 1))


@pytest.mark.parametrize(("first", "last", "is_there"), [(1970, 2011, True), (1970, 2010, False)])
def test_forecasts_need_origins_to_be_tried_from(first: int, last: int, is_there: bool) -> None:
    tried = requirements.origins(first, last)
    assert tried == sorted(tried)
    assert (requirements.forecasts(tried, (first, last), run(first, last)) == "") == is_there


def test_forecasts_need_years_of_the_economy() -> None:
    tried = requirements.origins(1970, 2024)
    assert "1 years in a row" in requirements.forecasts(tried, (1970, 2024), run(2024, 2024))


def test_outside_forecasts_need_outcomes() -> None:
    due, few = pd.DataFrame({"horizon": [1, 1, 1, 2]}), pd.DataFrame({"horizon": [1, 1, 2]})
    assert requirements.scorable({"saving": few, "investment": due}) == ["investment"]
    assert requirements.scoreboard({"saving": few, "investment": due}) == ""
    assert "too few" in requirements.scoreboard({"saving": few})
    assert "too few" in requirements.scoreboard({})


def test_a_larger_share_is_a_question_below_the_median() -> None:
    assert requirements.scenarios(40.0, 55.0) == ""
    assert "60.0% of GDP" in requirements.scenarios(60.0, 55.0)


def test_who_gives_way_needs_all_parts_and_the_world() -> None:
    parts = pd.Series({"government": 16.0, "investment": 40.0})
    assert requirements.give_way(parts, 2024, has_world=True) == ""
    assert requirements.give_way(parts, 2024, has_world=False)
    assert "2024" in requirements.give_way(parts.where(parts > 20), 2024, has_world=True)


def test_who_gives_way_needs_parts_that_add_up_to_gdp() -> None:
    parts = pd.Series({"household consumption": 20.0, "investment": 26.4})
    said = requirements.give_way(parts, 2021, has_world=True)
    assert said == "the parts of GDP that are published for 2021 add up to 46% of it"
    assert requirements.give_way(parts * 4, 2021, has_world=True)


@pytest.mark.parametrize(
    ("first", "last", "is_there"), [(2002, 2014, True), (2003, 2024, False), (1970, 2013, False)]
)
def test_slopes_since_2004_need_the_years_around(first: int, last: int, is_there: bool) -> None:
    assert (requirements.robustness(run(first, last), 2004, "France") == "") == is_there


def test_long_slopes_begin_around_the_first_named_turn_or_a_round_number_of_years_ago() -> None:
    assert [requirements.since("CHN", last) for last in (2012, 2024, 2030)] == [2004] * 3
    assert [requirements.since("FRA", last) for last in (1999, 2024)] == [1979, 2004]
    early = run(1970, 1999)
    assert requirements.robustness(early, requirements.since("FRA", 1999), "France") == ""
    assert "2002 to 2014" in requirements.robustness(
        early, requirements.since("CHN", 1999), "China"
    )


def test_samples_without_a_trend_need_years_in_common() -> None:
    assert requirements.chance(15) == ""
    assert "14 years" in requirements.chance(14)
