from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebalancing.data.views import prices
from rebalancing.data.views.prices import MonthsError


def months(values: list[float], first: str = "2020-01") -> pd.Series:
    return pd.Series(values, pd.date_range(first, periods=len(values), freq="MS"), dtype=float)


def test_a_constant_monthly_rate_compounds() -> None:
    change = months([1.0] * 36)
    yearly = 100 * (1.01**12 - 1)
    assert prices.change_on_year(change).to_numpy() == pytest.approx(yearly)
    assert prices.change_on_year(change).index[0] == pd.Timestamp("2020-12-01")


def test_the_level_starts_at_100_a_month_before() -> None:
    level = prices.level(months([10.0, -10.0]))
    assert level.tolist() == pytest.approx([100, 110, 99])
    assert level.index[0] == pd.Timestamp("2019-12-01")


def test_fewer_than_twelve_months_give_no_yearly_rate() -> None:
    assert prices.change_on_year(months([1.0] * 11)).empty


def test_a_mean_needs_all_months_of_a_year() -> None:
    rate = months([2.0] * 12 + [4.0] * 12 + [6.0] * 3)
    assert prices.year_means(rate).to_dict() == {2020: 2.0, 2021: 4.0}
    rate.iloc[15] = np.nan
    assert prices.year_means(rate).to_dict() == {2020: 2.0}


@settings(max_examples=30)
@given(st.lists(st.floats(-3, 3), min_size=12, max_size=40))
def test_rounding_moves_a_chained_rate_by_little_more_than_its_bound(change: list[float]) -> None:
    exact, rounded = months(change), months(np.round(change, 1).tolist())
    gap = (prices.change_on_year(exact) - prices.change_on_year(rounded)).abs().max()
    # The bound is of first order: errors of one sign compound with the level itself.
    assert gap <= 1.02 * prices.rounding_error().bound * (1.03**11) + 1e-9


def test_the_rounding_error_is_that_of_independent_uniform_errors() -> None:
    bound, deviation = prices.rounding_error(months=12, decimals=1)
    assert (bound, deviation) == pytest.approx((0.6, 0.1))


def test_a_gap_is_not_zero_inflation() -> None:
    with pytest.raises(MonthsError, match="a gap after 2020-03"):
        prices.level(months([1.0] * 6).drop(pd.Timestamp("2020-04-01")))
    with pytest.raises(MonthsError, match="a value for each of its months"):
        prices.level(months([1.0, np.nan]))
    with pytest.raises(MonthsError, match="by date"):
        prices.level(pd.Series([1.0, 2.0]))


class TestMonthly:
    TABLE = pd.DataFrame(
        {
            "release": ["2024", "2024", "2025"],
            "series": ["CPI_MOM", "CPI_MOM", "GDP_Q"],
            "period": ["2024-02", "2024-01", "2024-Q1"],
            "frequency": ["monthly", "monthly", "quarterly"],
            "value": [2.0, 1.0, 3.0],
        }
    )

    def test_is_in_order_of_time(self) -> None:
        series = prices.monthly(self.TABLE, "CPI_MOM")
        assert series.tolist() == [1.0, 2.0]
        assert series.index.tolist() == [pd.Timestamp("2024-01-01"), pd.Timestamp("2024-02-01")]

    def test_a_quarterly_unknown_or_doubled_series_is_refused(self) -> None:
        with pytest.raises(MonthsError, match="GDP_Q is not monthly"):
            prices.monthly(self.TABLE, "GDP_Q")
        with pytest.raises(MonthsError, match="no series CPI_YOY"):
            prices.monthly(self.TABLE, "CPI_YOY")
        twice = pd.concat([self.TABLE, self.TABLE.assign(release="2025")])
        with pytest.raises(MonthsError, match=r"CPI_MOM is in 2 releases.*as_of"):
            prices.monthly(twice, "CPI_MOM")
