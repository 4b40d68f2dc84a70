from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from rebalancing.models import unitroot
from rebalancing.models.unitroot import one_break
from rebalancing.models.validate import ModelInputError
from rebalancing.models.warnings import SmallSampleWarning

few = settings(max_examples=8)
seeds = st.integers(0, 10_000)
# The choice of lags in Zivot-Andrews' test warns in any sample of the report's length.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Zivot-Andrews:rebalancing.models.warnings.SmallSampleWarning"
)
TESTS = [
    unitroot.adf,
    unitroot.dfgls,
    unitroot.phillips_perron,
    unitroot.kpss,
    unitroot.zivot_andrews,
]
ROWS = ["ADF", "DF-GLS", "Phillips-Perron", "KPSS", "Zivot-Andrews"]
COLUMNS = ["statistic", "lags", "p_value", "p_value_bound", "null", "break", "rejects", "verdict"]


def autoregression(seed: int, root: float, n: int = 52) -> pd.Series[float]:
    """Simulate a first-order autoregression, started well before the sample, by year."""
    shocks = np.random.default_rng(seed).normal(size=n + 100)
    values = np.zeros(n + 100)
    for t in range(1, n + 100):
        values[t] = root * values[t - 1] + shocks[t]
    return pd.Series(values[100:], pd.RangeIndex(1973, 1973 + n))


@pytest.mark.slow
@few
@given(
    seed=seeds,
    root=st.sampled_from([0.5, 1.0]),
    trend=st.sampled_from(["c", "ct"]),
    scale=st.sampled_from([-3.0, 1e-6, 0.01, 1e9]),
    shift=st.sampled_from([0.0, -40.0, 1e6]),
)
def test_no_test_depends_on_unit_or_zero(seed, root, trend, scale, shift) -> None:
    y = autoregression(seed, root)
    plain, moved = (
        unitroot.battery(y, trend=trend),
        unitroot.battery(scale * (y + shift), trend=trend),
    )
    np.testing.assert_allclose(moved["statistic"], plain["statistic"], rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(moved["p_value"], plain["p_value"], rtol=1e-4, atol=1e-8)
    pd.testing.assert_frame_equal(
        moved.drop(columns=["statistic", "p_value"]), plain.drop(columns=["statistic", "p_value"])
    )


@pytest.mark.slow
@few
@given(seed=seeds, slope=st.floats(-5, 5))
def test_with_a_trend_among_the_terms_a_line_changes_nothing(seed, slope) -> None:
    y = autoregression(seed, 0.9)
    line = slope * np.arange(len(y))
    for test in TESTS[:4]:
        plain, tilted = test(y, lags=2, trend="ct"), test(y + line, lags=2, trend="ct")
        assert tilted.statistic == pytest.approx(plain.statistic, rel=1e-6, abs=1e-9)
    plain, tilted = unitroot.zivot_andrews(y, lags=2), unitroot.zivot_andrews(y + line, lags=2)
    assert tilted.statistic == pytest.approx(plain.statistic, rel=1e-6)
    assert tilted.break_label == plain.break_label


def test_without_a_constant_the_zero_matters_but_the_unit_does_not() -> None:
    y = autoregression(1, 1.0)
    plain = unitroot.adf(y, lags=1, trend="n").statistic
    assert unitroot.adf(1000 * y, lags=1, trend="n").statistic == pytest.approx(plain)
    assert abs(unitroot.adf(y + 100, lags=1, trend="n").statistic - plain) > 0.01


@few
@given(seed=seeds, trend=st.sampled_from(["c", "t", "ct"]), lags=st.integers(0, 4))
def test_zivot_andrews_is_the_smallest_of_the_regressions_written_out(seed, trend, lags) -> None:
    y = autoregression(seed, 0.8, 40)
    values, time = y.to_numpy(), np.arange(40)
    change = np.diff(values, prepend=np.nan)
    rows = time[lags + 1 :]
    statistics = {}
    for last in range(lags + 1, 39):
        after = np.maximum(rows - last, 0)
        dummies = {"c": [after > 0], "t": [after], "ct": [after > 0, after]}[trend]
        regressors = [values[rows - 1], np.ones(len(rows)), rows, *dummies]
        regressors += [change[rows - k] for k in range(1, lags + 1)]
        x = np.column_stack(regressors).astype(float)
        # A slope that changes with the first observations is one straight line: no such date.
        if np.linalg.matrix_rank(x) == x.shape[1]:
            statistics[y.index[last]] = sm.OLS(change[rows], x).fit().tvalues[0]
    found = unitroot.zivot_andrews(y, lags=lags, trend=trend)
    expected = min(statistics, key=statistics.get)
    assert found.statistic == pytest.approx(statistics[expected], rel=1e-7)
    assert found.break_label == expected
    assert found.lags == lags


def test_zivot_andrews_finds_a_large_break_and_its_last_year_before() -> None:
    y = autoregression(4, 0.2, 60)
    y.loc[2003:] += 8
    found = unitroot.zivot_andrews(y, lags=0)
    assert found.break_label == 2002
    assert found.verdict == "rejects the unit root at 5%"
    assert found.p_value_bound == "at most 0.01"
    # The same break hides the mean reversion from a test without breaks.
    assert unitroot.adf(y, lags=1).statistic > -2.5
    assert "break after: 2002" in repr(found)


def test_battery_has_one_row_per_test() -> None:
    y = autoregression(0, 1.0)
    frame = unitroot.battery(y)
    assert list(frame.index) == ROWS
    assert list(frame.columns) == COLUMNS
    assert frame["break"].notna().tolist() == [False] * 4 + [True]
    for name, test in zip(ROWS, TESTS, strict=True):
        single = test(y)
        assert frame.loc[name, "statistic"] == single.statistic
        assert frame.loc[name, "verdict"] == single.verdict
        assert frame.loc[name, "rejects"] == single.rejects
        assert frame.loc[name, "lags"] == single.lags
    assert frame.loc["KPSS", "null"] == "stationary around a constant"
    assert unitroot.battery(y, trend="ct").loc["KPSS", "null"].endswith("linear trend")


@few
@given(seed=seeds, root=st.sampled_from([0.0, 0.9, 1.0]), lags=st.integers(0, 10))
def test_p_values_at_the_end_of_a_table_are_bounds(seed, root, lags) -> None:
    found = unitroot.kpss(autoregression(seed, root), lags=lags)
    low, high = found.critical_values["10%"], found.critical_values["1%"]
    if found.statistic <= low:
        assert (found.p_value, found.p_value_text) == (0.10, "at least 0.10")
    elif found.statistic >= high:
        assert (found.p_value, found.p_value_text) == (0.01, "at most 0.01")
    else:
        assert found.p_value_bound is None
        assert found.p_value_text == f"{found.p_value:.3f}"
        assert 0.01 < found.p_value < 0.10
    assert unitroot.adf(autoregression(seed, root)).p_value_bound is None


def test_p_values_of_zivot_andrews_pass_through_the_printed_table() -> None:
    for trend, points in one_break.PERCENTAGE_POINTS.items():
        for size, point in zip(one_break.PERCENTS, points, strict=True):
            assert one_break.p_value(point, trend) == pytest.approx(size)
        grid = [one_break.p_value(x, trend) for x in np.linspace(-7, -1, 50)]
        assert (np.diff(grid) >= 0).all()
        assert (grid[0], grid[-1]) == pytest.approx((0.01, 0.99))


def test_the_verdict_is_in_words_and_follows_the_critical_value() -> None:
    walk, steady = autoregression(3, 1.0, 200), autoregression(3, 0.3, 200)
    for test in (unitroot.adf, unitroot.dfgls, unitroot.phillips_perron):
        assert test(walk).verdict == "does not reject the unit root at 5%"
        assert test(steady).verdict == "rejects the unit root at 5%"
        assert test(steady).rejects
    assert unitroot.kpss(walk).verdict == "rejects stationarity at 5%"
    assert unitroot.kpss(steady).verdict == "does not reject stationarity at 5%"
    text = repr(unitroot.kpss(walk))
    assert text.startswith("KPSS: 200 observations, trend 'c'")
    assert "p-value: at most 0.01" in text
    assert unitroot.adf(steady).p_value_text == "below 0.001"


def test_dates_of_a_quarterly_series_are_kept() -> None:
    y = autoregression(5, 0.5, 80)
    y.index = pd.period_range("2000Q1", periods=80, freq="Q")
    found = unitroot.zivot_andrews(y)
    assert found.break_label in y.index
    assert 0 <= found.lags <= 12


def test_lags_are_few_where_observations_are() -> None:
    for n, most in ((10, 0), (20, 3), (52, 11)):
        y = autoregression(7, 1.0, n)
        chosen = [_quiet(test, y).lags for test in (unitroot.adf, unitroot.dfgls)]
        assert max(chosen) <= most


def _quiet(test, y):
    if len(y) >= unitroot.FEW_OBSERVATIONS:
        return test(y)
    with pytest.warns(SmallSampleWarning, match=f"{len(y)} observations are few"):
        return test(y)


def test_small_samples_are_named() -> None:
    y = autoregression(0, 1.0, 29)
    with pytest.warns(SmallSampleWarning, match="29 observations are few"):
        frame = unitroot.battery(y)
    assert len(frame.attrs["cautions"]) == 2
    with pytest.warns(SmallSampleWarning):
        assert "29 observations" in unitroot.kpss(y).cautions[0]
    assert unitroot.kpss(autoregression(0, 1.0, 30)).cautions == ()


@pytest.mark.filterwarnings("error")
def test_lags_chosen_for_each_date_are_named() -> None:
    y = autoregression(0, 1.0, 52)
    with pytest.warns(SmallSampleWarning, match="on 52 observations .* one in six"):
        found = unitroot.zivot_andrews(y)
    assert len(found.cautions) == 1
    assert unitroot.zivot_andrews(y, lags=1).cautions == ()
    assert unitroot.zivot_andrews(autoregression(0, 1.0, 150)).cautions == ()


Y = autoregression(0, 1.0)


@pytest.mark.parametrize("test", TESTS)
@pytest.mark.parametrize(
    ("y", "message"),
    [
        (Y.mask(Y.index == 1980), "y: 1 of 52 values missing, the first at 1980"),
        (Y.replace(Y[1980], np.inf), "y: infinite value at 1980"),
        (Y[:9], "y: 9 observations are too few; at least 10"),
        (Y * 0 + 3, "y: every value is 3"),
        (Y * 0 + np.arange(52), "y: follows a straight line"),
        (Y.drop(1980), "y: no period between 1979 and 1981"),
        (pd.concat([Y, Y]), "y: 1973 occurs more than once"),
        (Y[::-1], "y: the index is not in order"),
        (pd.concat([Y, Y], axis=1), "y: must be one column"),
        ([], "y: no observations"),
    ],
)
def test_a_series_that_cannot_be_used_is_named(test, y, message) -> None:
    with pytest.raises(ModelInputError, match=message):
        test(y)


@pytest.mark.parametrize("test", TESTS)
def test_options_that_cannot_be_used_are_named(test) -> None:
    with pytest.raises(ModelInputError, match=r"trend: 'nc' is not allowed; use one of"):
        test(Y, trend="nc")
    for lags in (-1, 1.5, True):
        with pytest.raises(ModelInputError, match=r"lags: .* is not a whole number from 0"):
            test(Y, lags=lags)
    with pytest.raises(ModelInputError, match="lags: 51 are too many for this sample; use at most"):
        test(Y, lags=51)
    with pytest.raises(ModelInputError, match="trend: 'n' is not allowed"):
        unitroot.battery(Y, trend="n")


def test_a_recursion_without_shocks_has_nothing_to_test() -> None:
    with pytest.raises(ModelInputError, match="follows a straight line or a recursion exactly"):
        unitroot.adf(0.5 ** np.arange(30), lags=0)


@pytest.mark.faults
def test_size_and_power_at_the_length_of_the_report() -> None:
    repetitions = 200
    rejected = {
        root: pd.concat(
            [
                unitroot.battery(autoregression(seed, root))["rejects"]
                for seed in range(repetitions)
            ],
            axis=1,
        ).mean(axis=1)
        for root in (0.5, 0.9, 1.0)
    }
    unit_root_tests = ["ADF", "DF-GLS", "Phillips-Perron"]
    # Sizes near 5%; choosing lags lifts them, most of all where it is done for every date.
    assert rejected[1.0][unit_root_tests].between(0.02, 0.12).all()
    assert 0.08 < rejected[1.0]["Zivot-Andrews"] < 0.28
    assert rejected[0.5]["KPSS"] < 0.15
    # Power against a root of 0.5 is good, against 0.9 poor: what the module's notes warn of.
    assert (rejected[0.5][unit_root_tests] > 0.8).all()
    assert (rejected[0.9][unit_root_tests] < 0.45).all()
    assert rejected[1.0]["KPSS"] > 0.5


@pytest.mark.slow
def test_zivot_andrews_keeps_its_size_with_a_fixed_lag() -> None:
    rejected = [
        unitroot.zivot_andrews(autoregression(seed, 1.0), lags=0).rejects for seed in range(600)
    ]
    assert 0.02 < np.mean(rejected) < 0.10
