from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ttest_1samp

from rebalancing.models.forecast import outside
from rebalancing.models.validate import ModelInputError
from rebalancing.models.warnings import SmallSampleWarning

pytestmark = pytest.mark.filterwarnings("ignore::rebalancing.models.warnings.SmallSampleWarning")


def rows(n: int = 60, years: int = 6, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    year = rng.integers(2019, 2019 + years, n)
    outcome = rng.normal(5, 2, n) + 0.3 * (year - 2021)
    return pd.DataFrame(
        {
            "horizon": rng.integers(0, 3, n),
            "year": year,
            "forecast": outcome + rng.normal(0.4, 1, n),
            "outcome": outcome,
            "naive": outcome + rng.normal(0, 2, n),
        }
    )


def test_measures_are_those_of_the_errors() -> None:
    data = rows()
    table = outside.errors_by_horizon(data, benchmarks=["naive"]).table
    one = data[data["horizon"] == 1]
    error = one["outcome"] - one["forecast"]
    assert table.loc[1, "n"] == len(one)
    assert table.loc[1, "targets"] == one["year"].nunique()
    assert table.loc[1, "bias"] == pytest.approx(error.mean())
    assert table.loc[1, "mae"] == pytest.approx(error.abs().mean())
    assert table.loc[1, "rmse"] == pytest.approx(np.sqrt((error**2).mean()))
    theirs = (one["outcome"] - one["naive"]).abs().mean()
    assert table.loc[1, "relative_naive"] == pytest.approx(error.abs().mean() / theirs)


def test_with_one_forecast_a_year_the_interval_is_that_of_a_mean() -> None:
    data = rows(n=9).assign(horizon=1, year=range(2010, 2019))
    found = outside.errors_by_horizon(data, level=0.9).table.loc[1]
    usual = ttest_1samp(data["outcome"] - data["forecast"], 0).confidence_interval(0.9)
    assert (found["lower"], found["upper"]) == pytest.approx((usual.low, usual.high))


@settings(max_examples=10)
@given(seed=st.integers(0, 1000))
def test_the_interval_is_the_clustered_one_of_statsmodels(seed: int) -> None:
    data = rows(seed=seed).assign(horizon=1)
    error = data["outcome"] - data["forecast"]
    fit = sm.OLS(error, np.ones(len(error))).fit(
        cov_type="cluster",
        cov_kwds={"groups": data["year"], "use_correction": True},
        use_t=True,
    )
    found = outside.errors_by_horizon(data).table.loc[1]
    assert [found["lower"], found["upper"]] == pytest.approx(np.ravel(fit.conf_int(0.2)).tolist())


def test_a_single_year_has_no_interval_and_missing_benchmarks_are_left_out() -> None:
    data = rows(n=4).assign(horizon=5, year=2024, naive=np.nan)
    found = outside.errors_by_horizon(data, benchmarks=["naive"]).table.loc[5]
    assert np.isnan(found["lower"])
    assert np.isfinite(found["bias"])
    assert np.isnan(found["relative_naive"])


def test_the_benchmark_counts_in_common_cases_only() -> None:
    data = rows(n=40).assign(horizon=1)
    data.loc[:19, "naive"] = np.nan
    table = outside.errors_by_horizon(data, benchmarks=["naive"]).table
    later = outside.errors_by_horizon(data.loc[20:], benchmarks=["naive"]).table
    assert table.loc[1, "relative_naive"] == pytest.approx(later.loc[1, "relative_naive"])


@pytest.mark.filterwarnings("default::rebalancing.models.warnings.SmallSampleWarning")
def test_few_years_are_said() -> None:
    with pytest.warns(SmallSampleWarning, match="one year can decide"):
        result = outside.errors_by_horizon(rows())
    assert "rough" in result.cautions[0]
    assert "60 forecasts" in repr(result)
    many = rows(n=900, years=30).assign(horizon=1)
    assert outside.errors_by_horizon(many).cautions == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda data: data.drop(columns="year"), "no column year"),
        (lambda data: data.assign(outcome=np.nan), "values of outcome"),
        (lambda data: data.iloc[:0], "rows: none"),
    ],
)
def test_input_that_cannot_be_used_is_refused(change, words) -> None:
    with pytest.raises(ModelInputError, match=words):
        outside.errors_by_horizon(change(rows()))
