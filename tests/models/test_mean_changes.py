"""Average changes by span."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from rebalancing.models.trend.mean_changes import mean_changes
from rebalancing.models.validate import ModelInputError
from rebalancing.models.warnings import SmallSampleWarning

YEARS = pd.RangeIndex(1970, 2025, name="year")


def walk(seed: int = 3, correlation: float = 0.0) -> pd.Series[float]:
    shocks = np.random.default_rng(seed).standard_normal(len(YEARS))
    changes = np.zeros(len(YEARS))
    for t in range(1, len(YEARS)):
        changes[t] = correlation * changes[t - 1] + shocks[t]
    return pd.Series(40 + np.cumsum(changes), YEARS)


def test_change_is_last_less_first() -> None:
    y = walk()
    row = mean_changes(y, [(2004, 2024)]).table.iloc[0]
    assert row["change"] == pytest.approx((y[2024] - y[2004]) / 20)
    assert row["n"] == 20


def test_standard_error_of_uncorrelated_changes_is_that_of_a_mean() -> None:
    # Alternating signs have negative autocovariances, which are not to shrink the error.
    changes = np.tile([1.0, -1.0], 27)
    y = pd.Series(np.concatenate([[0.0], np.cumsum(changes)]), YEARS)
    row = mean_changes(y, [(1970, 2024)]).table.iloc[0]
    assert row["se"] == pytest.approx(changes.std(ddof=1) / np.sqrt(54))


def test_standard_error_of_correlated_changes_is_that_of_statsmodels() -> None:
    y = walk(correlation=0.6)
    row = mean_changes(y, [(1970, 2024)]).table.iloc[0]
    changes = y.diff().dropna()
    fit = sm.OLS(changes, np.ones(54)).fit(
        cov_type="HAC", cov_kwds={"maxlags": 3, "use_correction": True}, use_t=True
    )
    assert row["se"] == pytest.approx(fit.bse.iloc[0])
    low, high = fit.conf_int(0.05).iloc[0]
    assert (row["lower"], row["upper"]) == pytest.approx((low, high))


@given(st.floats(-5, 5), st.floats(0.1, 10))
@settings(max_examples=10)
def test_a_line_added_and_a_scale(slope: float, scale: float) -> None:
    y, spans = walk(), [(1980, 2000), (1990, 2024)]
    plain = mean_changes(y, spans).table
    line = pd.Series(np.arange(len(YEARS), dtype=float), YEARS)
    moved = mean_changes(scale * (y + slope * line), spans).table
    for column in ("change", "lower", "upper"):
        assert moved[column].to_numpy() == pytest.approx(scale * (plain[column] + slope), abs=1e-8)


@pytest.mark.slow
def test_intervals_cover_the_drift_of_random_walks() -> None:
    hits = [
        row["lower"] <= 0 <= row["upper"]
        for seed in range(200)
        for row in mean_changes(walk(seed), [(1970, 2024)], level=0.8).table.to_dict("records")
    ]
    assert 0.72 < np.mean(hits) < 0.9


def test_few_changes_are_a_caution() -> None:
    with pytest.warns(SmallSampleWarning, match="5 changes"):
        found = mean_changes(walk(), [(2019, 2024)])
    assert "5 changes" in found.cautions[0]


@pytest.mark.parametrize("span", [(2023, 2024), (2024, 2004)])
def test_spans_without_changes_are_refused(span: tuple[int, int]) -> None:
    with pytest.raises(ModelInputError, match="longer span"):
        mean_changes(walk(), [span])


def test_unknown_label_is_refused() -> None:
    with pytest.raises(ModelInputError, match="1950 is not an observation"):
        mean_changes(walk(), [(1950, 2024)])


def test_repr_names_the_spans() -> None:
    assert "2004 to 2024" in repr(mean_changes(walk(), [(2004, 2024)]))
