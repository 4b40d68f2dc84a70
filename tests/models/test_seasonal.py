from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rebalancing.models.trend import seasonal
from rebalancing.models.validate import ModelInputError

MONTHS = pd.period_range("2010-01", "2024-12", freq="M")
SEASON = np.array([0.0, 0.0, 0.02, -0.03, -0.06, 0.01, -0.02, 0.03, 0.05, -0.01, 0.0, 0.01])


def trade(new_year_effect: float = 0.4, seed: int = 0) -> pd.Series:
    """Simulate exports that lose part of a month to a holiday in January or in February."""
    rng = np.random.default_rng(seed)
    level = np.exp(0.005 * np.arange(len(MONTHS)) + SEASON[MONTHS.month - 1])
    lost = rng.uniform(0, new_year_effect, len(MONTHS) // 12)
    y = pd.Series(100 * level * np.exp(rng.normal(0, 0.005, len(MONTHS))), MONTHS)
    y[MONTHS.month == 1] *= 1 - lost
    y[MONTHS.month == 2] *= 1 - new_year_effect + lost
    return y


def test_the_adjusted_series_recovers_the_path_without_the_season() -> None:
    y = trade(new_year_effect=0.0)
    growth = np.log(seasonal.adjust(y).adjusted).diff().dropna()
    assert growth.mean() == pytest.approx(0.005, abs=0.001)
    assert growth.std() < 0.02 < np.log(y).diff().std()


def test_a_moving_holiday_leaves_no_swing_between_january_and_february() -> None:
    y = trade()
    adjusted = np.log(seasonal.adjust(y).adjusted).diff()[MONTHS.month == 2].dropna()
    assert np.log(y).diff()[MONTHS.month == 2].std() > 0.2
    assert adjusted.std() < 0.02


def test_combining_keeps_the_sum_of_each_pair_and_every_other_month() -> None:
    y = trade()
    observed = seasonal.adjust(y).observed
    pair = MONTHS.month <= 2
    pd.testing.assert_series_equal(observed[~pair], y[~pair])
    sums = [values[pair].groupby(MONTHS[pair].year).sum() for values in (observed, y)]
    np.testing.assert_allclose(*sums)
    assert (observed[MONTHS.month == 1].to_numpy() == observed[MONTHS.month == 2].to_numpy()).all()


def test_adjusted_times_seasonal_is_the_data() -> None:
    result = seasonal.adjust(trade())
    np.testing.assert_allclose(result.adjusted * result.seasonal, result.observed)
    assert list(result.to_frame()) == ["observed", "adjusted", "seasonal", "trend"]
    assert "January and February combined" in result.method
    assert "180 months, 2010-01 to 2024-12" in repr(result)


def test_scaling_scales_and_leaves_the_season_alone() -> None:
    y = trade()
    plain, scaled = seasonal.adjust(y), seasonal.adjust(1000 * y)
    np.testing.assert_allclose(scaled.adjusted, 1000 * plain.adjusted)
    np.testing.assert_allclose(scaled.seasonal, plain.seasonal)


@pytest.mark.parametrize(
    ("kept", "first", "last"),
    [
        (slice("2010-02", "2024-12"), "2010-03", "2024-12"),
        (slice("2010-01", "2024-01"), "2010-01", "2023-12"),
        (slice("2010-01", "2024-02"), "2010-01", "2024-02"),
    ],
)
def test_an_incomplete_pair_is_left_out(kept, first, last) -> None:
    index = seasonal.adjust(trade()[kept]).adjusted.index
    assert (str(index[0]), str(index[-1])) == (first, last)


def test_timestamps_give_the_same_numbers() -> None:
    y = trade()
    stamped = seasonal.adjust(y.to_timestamp())
    np.testing.assert_array_equal(stamped.adjusted, seasonal.adjust(y).adjusted)
    assert isinstance(stamped.adjusted.index, pd.DatetimeIndex)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (trade().drop(MONTHS[30]), "no month between 2012-06 and 2012-08"),
        (trade() - trade().min(), "is not positive.*not their balance"),
        (trade()[:36], "36 observations are too few; at least 48"),
        (trade().groupby(MONTHS.year).sum(), "needs dates"),
        (trade().to_numpy(), "needs dates"),
        (trade().resample("Q").sum(), "these are quarterly"),
        (trade()[:1], "these are too few"),
        (trade() * 0 + 3, "every value is 3"),
    ],
)
def test_bad_series_gets_one_clear_message(y, message) -> None:
    with pytest.raises(ModelInputError, match=f"^y: .*{message}"):
        seasonal.adjust(y)
