"""Incomes of the flow of funds, and four quarters of the household survey."""

import numpy as np
import pandas as pd
import pytest

from rebalancing.data.releases import load
from rebalancing.data.tables import clean_further, sums
from rebalancing.data.views import households
from rebalancing.models.accounting import decomposition
from rebalancing.project import Project

INCOME = {
    "2023-Q4": 100.0,
    "2024-Q1": 30.0,
    "2024-Q3": 80.0,
    "2024-Q4": 110.0,
    "2025-Q1": 33.0,
    "2025-Q2": 60.0,
    "2025-Q3": 88.0,
}


def survey(series: str = "INCOME_PC_YTD", factor: float = 1.0) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "release": "2026-01-19",
            "economy": "CHN",
            "series": series,
            "period": list(INCOME),
            "value": [factor * value for value in INCOME.values()],
        }
    )


def test_four_quarters_end_in_each_quarter_that_has_a_year_before_it() -> None:
    found = households.four_quarters(survey(), "INCOME_PC_YTD")
    assert found.to_dict() == {
        "2023-Q4": 100.0,
        "2024-Q4": 110.0,
        "2025-Q1": 33.0 + 110.0 - 30.0,
        "2025-Q3": 88.0 + 110.0 - 80.0,
    }


def test_a_constant_share_of_income_is_spent_in_every_quarter() -> None:
    both = pd.concat([survey(), survey("CONSUMPTION_PC_YTD", 0.68)])
    assert households.consumption_of_income(both).to_list() == pytest.approx([68.0] * 4)


def test_two_releases_or_no_series_are_refused() -> None:
    twice = pd.concat([survey(), survey().assign(release="2026-07-16")])
    with pytest.raises(households.HouseholdsError, match=r"several releases.*Chapter\.chosen"):
        households.four_quarters(twice, "INCOME_PC_YTD")
    with pytest.raises(households.HouseholdsError, match="no series INCOME"):
        households.four_quarters(survey(), "INCOME")


@pytest.fixture(scope="module")
def funds() -> pd.DataFrame:
    """The flow of funds that is held, as of late 2020."""
    raw = load(Project.find(), "nbs-annual", "flow_of_funds", "2020")
    return clean_further.flow_of_funds(raw.assign(release="2020"))


def test_incomes_are_those_that_the_publisher_is_quoted_with(funds: pd.DataFrame) -> None:
    incomes = households.incomes(funds, "CHN").loc[[2000, 2008, 2015, 2018]]
    published = [67.5, 58.3, 61.6, 59.4]
    assert incomes["household_pct_disposable"].to_list() == pytest.approx(published, abs=0.05)
    saved = [31.1, 39.9, 37.1, 34.8]
    assert incomes["saving_pct_disposable"].to_list() == pytest.approx(saved, abs=0.05)
    disposed = [name for name in incomes if name.endswith("pct_disposable")][:3]
    assert incomes[disposed].sum(axis=1).to_list() == pytest.approx([100.0] * 4)


def test_the_flow_of_funds_adds_up_and_a_slip_is_found(funds: pd.DataFrame) -> None:
    assert sums.flow_of_funds(funds).all()
    slip = (
        (funds["item"] == "PRIMARY_INCOME")
        & (funds["sector"] == "households")
        & (funds["year"] == 2010)
    )
    wrong = funds.assign(value=funds["value"].mask(slip, funds["value"] * 1.001))
    broken = wrong[~sums.flow_of_funds(wrong)]
    assert set(broken["sector"]) == {"households"}
    assert set(broken["year"]) == {2010}


def test_the_three_factors_multiply_to_consumption_over_product(funds: pd.DataFrame) -> None:
    factors = households.factors(funds, "CHN")
    amounts = funds.pivot_table(index="year", columns=["sector", "item", "side"], values="value")
    consumed = amounts["households", "HHC", "uses"] / amounts["domestic total", "VA", "resources"]
    known = consumed.dropna()
    assert list(known.index) == list(range(2000, 2018))
    assert factors.prod(axis=1)[known.index].to_list() == pytest.approx(known.to_list(), abs=1e-8)
    assert factors.loc[2018, "propensity"] == pytest.approx(1 - 0.348, abs=5e-4)


def test_the_split_of_the_share_into_income_and_saving_is_exact(funds: pd.DataFrame) -> None:
    """Effects sum to the change; those of 2000 to 2008 by hand, from the four shares."""
    split = decomposition.share_change(households.factors(funds, "CHN"), 2000, 2008)
    assert split.effects.sum() == pytest.approx(split.change, abs=1e-10)
    assert split.change == pytest.approx(35.56 - 46.22, abs=0.01)
    mean = (46.22 - 35.56) / np.log(46.22 / 35.56)
    by_hand = mean * np.log([59.03 / 66.33, 59.20 / 59.03 * 66.33 / 67.07, 60.06 / 68.91])
    assert split.effects.to_list() == pytest.approx(by_hand.tolist(), abs=0.02)


def test_who_saves_is_all_of_national_saving(funds: pd.DataFrame) -> None:
    saved = households.saved(funds, "CHN")
    amounts = funds.pivot_table(index="year", columns=["sector", "item", "side"], values="value")
    total = amounts["domestic total", "SAVING", "resources"]
    product = amounts["domestic total", "VA", "resources"]
    assert saved["total"].to_list() == pytest.approx((100 * total / product).to_list(), abs=1e-6)
    assert saved.loc[2018, "households"] == pytest.approx(20.6, abs=0.05)


def test_transfers_are_the_step_from_primary_to_disposable_income(funds: pd.DataFrame) -> None:
    transfers, factors = households.transfers(funds, "CHN"), households.factors(funds, "CHN")
    step = 100 * factors["primary"] * (factors["transfers"] - 1)
    assert transfers["balance"].to_list() == pytest.approx(step.to_list(), abs=1e-6)
    assert (transfers[["benefits", "contributions", "taxes"]] > 0).all(axis=None)


def test_a_quarter_ends_with_its_last_month() -> None:
    assert [households.in_words(f"2026-Q{n}") for n in (1, 2, 3, 4)] == [
        *("March 2026", "June 2026", "September 2026", "December 2026")
    ]


def test_parts_of_income_make_the_total_in_every_quarter_held() -> None:
    raw = load(Project.find(), "nbs-survey", "survey", "2026-07-16").assign(release="2026-07-16")
    table = clean_further.by_period(raw, "household_survey")
    assert sums.household_survey(table).all()
    slip = (table["series"] == "INCOME_WAGE_PC_YTD") & (table["period"] == "2020-Q1")
    wrong = table.assign(value=table["value"].mask(slip, table["value"] + 100))
    assert set(wrong.loc[~sums.household_survey(wrong), "period"]) == {"2020-Q1"}
