from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rebalancing.models.forecast import bridge, past_cases

YEARS = pd.Index(range(2000, 2025), name="year")
CHANGE = pd.Series(np.sin(np.arange(25)), YEARS)
X = pd.DataFrame({"x": np.cos(np.arange(25))}, YEARS)


def test_a_case_knows_only_the_years_before_those_that_it_forecasts() -> None:
    (one,) = past_cases.cases(CHANGE, X, [2020])
    assert one.change.index.max() == 2019
    assert list(one.new.index) == [2020]
    assert one.outcome == CHANGE[2020]
    (two,) = past_cases.cases(CHANGE, X, [2020], steps=2)
    assert (two.change.index.max(), list(two.new.index)) == (2018, [2019, 2020])
    assert two.outcome == pytest.approx(CHANGE[2019] + CHANGE[2020])


def test_years_without_an_outcome_or_an_indicator_are_no_cases() -> None:
    x = X.drop(index=2010)
    found = past_cases.cases(CHANGE, x, [2009, 2010, 2011, 2025])
    assert [case.year for case in found] == [2009, 2011]


def test_an_outlook_is_taken_from_the_same_distance() -> None:
    assert past_cases.same_distance("2025-10", 2025, 2020) == "2020-10"
    assert past_cases.same_distance("2025-10", 2026, 2020) == "2019-10"
    releases = {
        f"{year}-10": pd.DataFrame({"s": float(year)}, index=range(2000, year + 3))
        for year in (2019, 2020, 2025)
    }
    none = pd.DataFrame(index=YEARS)
    found = past_cases.outlook_cases(CHANGE, none, releases, (2025, 2025))
    assert [(case.year, float(case.new["s"].iloc[0])) for case in found] == [
        (2019, 2019.0),
        (2020, 2020.0),
    ]
    ahead = past_cases.outlook_cases(CHANGE, none, releases, (2025, 2026))
    assert [(case.year, len(case.new), float(case.new["s"].max())) for case in ahead] == [
        (2020, 2, 2019.0),
        (2021, 2, 2020.0),
    ]


def test_with_the_share_as_held_changes_and_outcomes_are_those_of_its_releases() -> None:
    old = pd.Series(np.arange(20.0), YEARS[:20])  # to 2019
    new = pd.Series(2 * np.arange(22.0), YEARS[:22])  # to 2021, revised
    cases = past_cases.cases(CHANGE, X, [2019, 2020, 2022])
    (held,) = past_cases.as_held(cases, {"2019": old, "2021": new})
    assert held.year == 2020
    assert set(held.change) == {1.0}
    assert held.change.index.max() == 2019
    assert held.outcome == 2.0


def partial(year: int = 2024) -> past_cases.ToDate:
    years = range(2005, year + 1)
    prices = pd.DataFrame({"ppi": np.sin(years), "cpi": np.cos(years)}, index=years)
    deflator = 1 + 0.5 * prices["ppi"] + 0.3 * prices["cpi"]
    return past_cases.ToDate(
        growth_of=pd.DataFrame({"x": 8.0}, index=years),
        prices=prices,
        deflator=deflator[deflator.index < year],
        real=pd.Series(5.0, index=range(2020, year + 1)),
    )


def test_the_deflator_of_a_running_year_comes_from_prices_of_the_years_before() -> None:
    found = partial()
    truth = 1 + 0.5 * np.sin(2024) + 0.3 * np.cos(2024)
    assert found.deflator_in(2024).mean == pytest.approx(truth)
    assert found.nominal(2024).mean == pytest.approx(100 * (1.05 * (1 + truth / 100) - 1))
    gap, error = found.gaps(2024)
    assert gap["x"] == pytest.approx(8 - found.nominal(2024).mean)
    assert error == pytest.approx(0, abs=1e-6)


def test_two_years_are_a_whole_one_and_the_next_to_date() -> None:
    new, errors = past_cases.two_years(X.loc[:2023], partial(), 2024) or (X, None)
    assert list(new.index) == [2023, 2024]
    assert new["x"][2023] == X["x"][2023]
    assert new["x"][2024] == pytest.approx(float(partial().gaps(2024)[0]["x"]))
    assert errors is not None
    assert list(errors.index) == ["x"]
    assert past_cases.two_years(X, partial(), 2026) is None


def test_past_years_to_date_are_tried_without_their_own_deflator() -> None:
    found = past_cases.to_date_cases(CHANGE, X, partial())
    assert [case.year for case in found] == [2020, 2021, 2022, 2023, 2024]
    assert all(case.change.index.max() == case.year - 2 for case in found)
    assert len(bridge.score(found, 0.8)) == 5
    spoilt = partial()
    spoilt.deflator.loc[2022:] = 50.0
    again = past_cases.to_date_cases(CHANGE, X, spoilt)
    assert again[1].new.equals(found[1].new)
