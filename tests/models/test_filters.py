"""Trends by several filters."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rebalancing.models import trend
from rebalancing.models.trend import filters
from rebalancing.models.validate import ModelInputError

pytestmark = pytest.mark.filterwarnings("ignore::rebalancing.errors.ReportWarning")
YEARS = pd.RangeIndex(1970, 2025, name="year")


def noisy_line(slope: float = 0.5) -> pd.Series[float]:
    noise = np.random.default_rng(5).standard_normal(len(YEARS))
    return pd.Series(40 + slope * np.arange(len(YEARS)) + 0.05 * noise, YEARS)


@pytest.mark.slow
def test_each_filter_is_the_one_of_its_own_function() -> None:
    y = noisy_line()
    found = filters.compare_filters(y, level=0.8)
    assert list(found.levels) == list(found.slopes.index) == list(filters.describe())
    hp = trend.hp(y)
    pd.testing.assert_series_equal(found.levels[filters.HP], hp.level, check_names=False)
    slope = found.slopes.loc[filters.HP, ["slope", "lower", "upper"]].to_list()
    assert slope == pytest.approx(list(hp.latest_slope(0.8)))
    hamilton = trend.hamilton(y).trend
    assert found.slopes.at[filters.HAMILTON, "slope"] == pytest.approx(hamilton.diff().iloc[-1])


@pytest.mark.slow
def test_mean_ends_two_years_before_the_data() -> None:
    y = noisy_line()
    found = filters.compare_filters(y)
    assert found.slopes.at[filters.MEAN, "label"] == 2022
    assert found.slopes.at[filters.MEAN, "slope"] == pytest.approx((y[2024] - y[2019]) / 5)
    assert np.isnan(found.slopes.at[filters.MEAN, "lower"])


@pytest.mark.slow
@pytest.mark.parametrize(("slope", "expected"), [(0.5, (5, 0)), (-0.5, (0, 5))])
def test_signs_of_a_clear_direction(slope: float, expected: tuple[int, int]) -> None:
    found = filters.compare_filters(noisy_line(slope), level=0.8)
    assert found.signs == expected
    assert found.settled == ((3, 0) if slope > 0 else (0, 3))


@pytest.mark.slow
def test_cautions_are_kept_by_filter() -> None:
    walk = pd.Series(np.cumsum(np.random.default_rng(0).standard_normal(20)), YEARS[:20])
    found = filters.compare_filters(walk)
    assert "20 observations" in " ".join(found.cautions[filters.LOCAL])


def test_other_frequencies_are_refused() -> None:
    months = pd.period_range("2000-01", periods=40, freq="M")
    with pytest.raises(ModelInputError, match="y"):
        filters.compare_filters(pd.Series(np.arange(40.0) ** 0.5, months))


@pytest.mark.slow
def test_repr_names_slopes() -> None:
    assert "HP filter 0." in repr(filters.compare_filters(noisy_line()))
