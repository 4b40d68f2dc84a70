"""What the chapter on income and saving needs of the data."""

from __future__ import annotations

import pandas as pd
import pytest

from rebalancing.requirements import incomes


def quarters(first: int, last: int) -> pd.Series:
    """Return a ratio for each quarter of some years."""
    names = [f"{year}-Q{quarter}" for year in range(first, last + 1) for quarter in (1, 2, 3, 4)]
    return pd.Series(70.0, index=names)


@pytest.mark.parametrize(
    ("years", "enough"), [([2000, 2001, 2002], True), ([2000, 2018], False), ([], False)]
)
def test_a_year_must_lie_between_two_others(years: list[int], enough: bool) -> None:
    assert (incomes.funds(years, "Japan") == "") == enough


@pytest.mark.parametrize(
    ("ratio", "enough"),
    [
        (quarters(2013, 2014), True),
        (quarters(2013, 2013), False),
        (quarters(2013, 2014).iloc[:-1], False),
        (quarters(2013, 2012), False),
    ],
)
def test_a_survey_needs_two_whole_years(ratio: pd.Series, enough: bool) -> None:
    assert (incomes.survey(ratio, "Japan") == "") == enough


def test_a_labour_share_that_was_assumed_is_none() -> None:
    assert "no measured labour share is held for Fiji" in incomes.labour(
        pd.Series([0.6, 0.6, 0.6]), "Fiji"
    )
    assert incomes.labour(pd.Series([0.6, 0.58]), "Fiji") == ""


def test_ages_are_compared_over_twenty_years() -> None:
    known = pd.DataFrame({"old": 10.0, "young": 20.0}, index=range(2000, 2021))
    assert incomes.ages(known, "Fiji") == ""
    assert "20 years apart" in incomes.ages(known.iloc[1:], "Fiji")
    assert "20 years apart" in incomes.ages(known.iloc[:0], "Fiji")


@pytest.mark.parametrize(
    ("rule", "least"), [(incomes.homes, 8), (incomes.debt, 8), (incomes.confidence, 24)]
)
def test_what_changed_needs_some_time(rule: object, least: int) -> None:
    assert callable(rule)
    assert rule(pd.Series(range(least)), "Fiji") == ""
    assert rule(pd.Series(range(least - 1)), "Fiji").startswith("no ")


def test_saving_needs_ten_years_of_both() -> None:
    saved = pd.DataFrame({"saving": 40.0, "investment": 38.0}, index=range(2000, 2010))
    assert incomes.saving(saved, "Fiji") == ""
    assert "fewer than ten years" in incomes.saving(saved.iloc[1:], "Fiji")


def test_only_the_sample_of_one_series_is_taken() -> None:
    table = pd.DataFrame(
        {
            "series": ["A", "A", "A", "B"],
            "period": ["2021-03", "2020-12", "2019-01", "2020-01"],
            "value": [3.0, 2.0, 1.0, 9.0],
        }
    )
    found = incomes.until(table, "A", 2020, 2021)
    assert found.to_dict() == {"2020-12": 2.0, "2021-03": 3.0}
    assert incomes.until(table.iloc[:0], "A", 2020, 2021).empty


def test_without_a_survey_nothing_is_spent() -> None:
    empty = pd.DataFrame({"series": [], "period": [], "value": []})
    assert incomes.spent_of_income(empty, 2000, 2020).empty
