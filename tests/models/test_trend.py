from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import norm
from statsmodels.tsa.filters.hp_filter import hpfilter
from statsmodels.tsa.statespace.initialization import Initialization
from statsmodels.tsa.statespace.kalman_filter import KalmanFilter
from statsmodels.tsa.statespace.structural import UnobservedComponents

from rebalancing.models import trend
from rebalancing.models.trend import likelihood
from rebalancing.models.validate import ModelInputError
from rebalancing.models.warnings import BoundaryWarning, SmallSampleWarning

few = settings(max_examples=6)
cautious = pytest.mark.filterwarnings(
    "ignore::rebalancing.models.warnings.BoundaryWarning",
    "ignore::rebalancing.models.warnings.SmallSampleWarning",
)
FITS = [
    pytest.param(trend.local_level, id="local level"),
    pytest.param(trend.local_linear_trend, id="local linear trend"),
    pytest.param(trend.hp, id="hp"),
]


def walk(seed: int, n: int = 40, *, noise: float = 1.0, step: float = 1.0, drift: float = 0.0):
    """Simulate a local level with drift, by year."""
    rng = np.random.default_rng(seed)
    level = np.cumsum(drift + rng.normal(0, step, n))
    return pd.Series(level + rng.normal(0, noise, n), index=range(1970, 1970 + n))


@pytest.mark.slow
@cautious
@pytest.mark.parametrize("fit", FITS)
@few
@given(
    seed=st.integers(0, 10_000),
    scale=st.sampled_from([1e-6, 0.01, 3.0, 1e9]),
    shift=st.sampled_from([-50.0, 0.0, 1000.0]),
)
def test_scaling_and_shifting_scale_and_shift_level_and_band(fit, seed, scale, shift) -> None:
    y = walk(seed)
    plain, moved = fit(y), fit((y + shift) * scale)
    assert moved.at_boundary == plain.at_boundary
    np.testing.assert_allclose(moved.level / scale - shift, plain.level, atol=1e-4)
    np.testing.assert_allclose(moved.band(0.8) / scale - shift, plain.band(0.8), atol=1e-4)
    np.testing.assert_allclose(moved.variances / scale**2, plain.variances, rtol=1e-4, atol=1e-12)
    if isinstance(plain, trend.LocalLinearTrend):
        np.testing.assert_allclose(moved.slope / scale, plain.slope, atol=1e-4)
    diffuse = 2 if isinstance(plain, trend.LocalLinearTrend) else 1
    jacobian = (len(y) - diffuse) * np.log(scale)
    assert moved.loglike + jacobian == pytest.approx(plain.loglike, abs=1e-5)


@pytest.mark.slow
@cautious
@few
@given(seed=st.integers(0, 10_000), slope=st.floats(-5, 5))
def test_adding_a_line_adds_it_to_level_and_slope(seed, slope) -> None:
    y = walk(seed)
    line = slope * np.arange(len(y))
    plain, tilted = trend.local_linear_trend(y), trend.local_linear_trend(y + line)
    np.testing.assert_allclose(tilted.level - line, plain.level, atol=1e-5)
    np.testing.assert_allclose(tilted.slope - slope, plain.slope, atol=1e-5)
    assert tilted.loglike == pytest.approx(plain.loglike, abs=1e-6)


@cautious
@few
@given(seed=st.integers(0, 10_000), low=st.floats(0.05, 0.9), step=st.floats(0.01, 0.09))
def test_bands_nest_in_their_level(seed, low, step) -> None:
    fit = trend.hp(walk(seed))
    for band in (fit.band, fit.slope_band):
        narrow, wide = band(low), band(low + step)
        assert (wide["lower"] < narrow["lower"]).all()
        assert (narrow["upper"] < wide["upper"]).all()


@few
@given(seed=st.integers(0, 10_000), n=st.integers(5, 120))
def test_hp_equals_the_filter_of_statsmodels(seed, n) -> None:
    y = walk(seed, n, drift=1.0)
    cycle, expected = hpfilter(y, lamb=6.25)
    fit = trend.hp(y)
    np.testing.assert_allclose(fit.trend, expected, atol=1e-6)
    np.testing.assert_allclose(fit.cycle, cycle, atol=1e-6)


def test_hp_band_follows_from_generalised_least_squares() -> None:
    y = walk(7, 30, drift=0.5)
    fit = trend.hp(y)
    # The trend minimises a quadratic form, whose inverse times the noise is its covariance.
    second = np.diff(np.eye(30), n=2, axis=0)
    inverse = np.linalg.inv(np.eye(30) + 6.25 * second.T @ second)
    residual = y - inverse @ y
    noise = (residual @ residual + 6.25 * np.sum(np.diff(inverse @ y, n=2) ** 2)) / 28
    np.testing.assert_allclose(fit.variances["irregular"], noise, rtol=1e-8)
    np.testing.assert_allclose(fit.level_se, np.sqrt(noise * np.diag(inverse)), rtol=1e-7)
    upper = fit.band(0.9)["upper"]
    np.testing.assert_allclose(upper - fit.level, norm.ppf(0.95) * fit.level_se)


def test_simulated_local_level_is_recovered() -> None:
    estimates = [trend.local_level(walk(seed, 400)).variances for seed in range(6)]
    np.testing.assert_allclose(pd.DataFrame(estimates).mean(), [1.0, 1.0], atol=0.15)


@pytest.mark.slow
def test_simulated_damped_trend_is_recovered() -> None:
    rng = np.random.default_rng(3)
    slope, level, y = 0.0, 0.0, []
    for _ in range(500):
        y.append(level + rng.normal(0, 0.5))
        level += slope + rng.normal(0, 0.3)
        slope = 0.8 * slope + rng.normal(0, 0.5)
    fit = trend.local_linear_trend(y, damped=True)
    assert fit.damping == pytest.approx(0.8, abs=0.1)
    assert fit.variances["slope"] == pytest.approx(0.25, rel=0.4)


@pytest.mark.slow
@cautious
def test_band_covers_the_level_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(11)
    hits = []
    for _ in range(60):
        level = np.cumsum(rng.normal(0, 1, 60))
        band = trend.local_level(level + rng.normal(0, 1, 60)).band(0.8)
        hits.append(((band["lower"] < level) & (level < band["upper"])).mean())
    assert 0.72 < np.mean(hits) < 0.83


def test_a_line_with_noise_has_a_constant_slope_and_says_so() -> None:
    rng = np.random.default_rng(0)
    y = 20 + 0.5 * np.arange(60) + rng.normal(0, 1e-4, 60)
    with pytest.warns(BoundaryWarning, match="slope variance at zero: the slope is one constant"):
        fit = trend.local_linear_trend(y)
    assert "slope" in fit.at_boundary
    assert fit.variances["slope"] == 0
    np.testing.assert_allclose(fit.slope, 0.5, atol=1e-4)
    assert len(fit.cautions) == 1
    assert "boundary" in repr(fit)


def test_a_pure_random_walk_has_no_band_and_says_so() -> None:
    with pytest.warns(BoundaryWarning, match="irregular variance at zero: .*no width"):
        fit = trend.local_level(np.cumsum(np.random.default_rng(5).choice([-1.0, 1.0, 2.0], 60)))
    assert fit.at_boundary == ("irregular",)
    pd.testing.assert_series_equal(fit.level, fit.observed, check_names=False)


@pytest.mark.slow
def test_a_damped_slope_without_disturbances_is_zero() -> None:
    with pytest.warns(BoundaryWarning, match="the slope is zero throughout"):
        fit = trend.local_linear_trend(np.random.default_rng(2).normal(size=50), damped=True)
    assert fit.damping == 0
    assert (fit.slope == 0).all()
    assert len(fit.cautions) == len(fit.at_boundary) > 1


def test_few_observations_are_named() -> None:
    with pytest.warns(SmallSampleWarning, match="12 observations are few"):
        fit = trend.local_level(walk(4, 12))
    assert any("few" in caution for caution in fit.cautions)


@cautious
def test_latest_slope_is_the_end_of_the_band() -> None:
    y = walk(1, 55, noise=0.3, drift=0.4)
    for fit in (trend.local_linear_trend(y), trend.hp(y)):
        value, lower, upper = fit.latest_slope(0.8)
        assert lower < value < upper
        assert (lower, upper) == tuple(fit.slope_band(0.8).loc[2024])
        assert value == fit.slope[2024]


@pytest.mark.slow
@cautious
def test_results_keep_the_index_and_are_the_same_every_time() -> None:
    y = walk(9)
    first, second = trend.local_linear_trend(y), trend.local_linear_trend(y)
    pd.testing.assert_frame_equal(first.to_frame(), second.to_frame(), check_exact=True)
    assert list(first.to_frame()) == ["observed", "level", "level_se", "slope", "slope_se"]
    assert first.to_frame().index.equals(y.index)
    assert "1970 to 2009" in repr(first)


@pytest.mark.parametrize(
    ("frequency", "horizon", "lags"), [("annual", 2, 1), ("quarterly", 8, 4), ("monthly", 24, 12)]
)
def test_hamilton_is_the_regression_on_the_past(frequency, horizon, lags) -> None:
    y = walk(3, 120).to_numpy()
    fit = trend.hamilton(y, frequency)
    first = horizon + lags - 1
    past = [y[first - horizon - lag : len(y) - horizon - lag] for lag in range(lags)]
    x = np.column_stack([np.ones(len(y) - first), *past])
    expected = x @ np.linalg.lstsq(x, y[first:], rcond=None)[0]
    assert fit.trend.isna().sum() == first
    np.testing.assert_allclose(fit.trend[first:], expected)
    np.testing.assert_allclose((fit.trend + fit.cycle)[first:], y[first:])
    assert (fit.horizon, fit.lags) == (horizon, lags)
    assert list(fit.to_frame()) == ["observed", "trend", "cycle"]
    assert f"horizon {horizon}" in repr(fit)


@pytest.mark.parametrize("fit", [*FITS, pytest.param(trend.hamilton, id="hamilton")])
@pytest.mark.parametrize(
    ("y", "message"),
    [
        (walk(0).where(lambda y: y.index != 1980), "1 of 40 values missing, the first at 1980"),
        (walk(0).replace(walk(0)[1990], np.inf), "infinite value at 1990"),
        (walk(0).drop(1985), "no period between 1984 and 1986"),
        (walk(0)[::-1], "not in order"),
        (pd.concat([walk(0), walk(0)]), "occurs more than once"),
        (walk(0)[:2], "2 observations are too few"),
        (pd.Series(5.0, index=range(1970, 2010)), "every value is 5"),
        (pd.Series(["a"] * 40), "must be one column of numbers"),
        (np.ones((40, 2)), "must be one column of numbers"),
        ([], "no observations"),
    ],
)
def test_bad_series_gets_one_clear_message(fit, y, message) -> None:
    with pytest.raises(ModelInputError, match=f"^y: .*{message}") as caught:
        fit(y)
    assert "\n" not in str(caught.value)


def test_an_exact_line_is_refused() -> None:
    with pytest.raises(ModelInputError, match="straight line"):
        trend.local_linear_trend(np.arange(40) * 0.1)


def test_dates_must_agree_with_the_frequency() -> None:
    monthly = pd.Series(walk(0, 96).to_numpy(), pd.period_range("2010-01", periods=96, freq="M"))
    with pytest.raises(ModelInputError, match="y has monthly dates"):
        trend.hp(monthly)
    with pytest.raises(ModelInputError, match="'weekly' is not allowed"):
        trend.hamilton(monthly, "weekly")
    assert trend.hp(monthly, "monthly").smoothing == 129600


@pytest.mark.parametrize("level", [0, 1, 95, float("nan")])
def test_a_level_outside_0_to_1_is_refused(level) -> None:
    with pytest.raises(ModelInputError, match=r"^level:"):
        trend.hp(walk(0)).band(level)


@pytest.mark.slow
@cautious
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_no_start_leads_to_a_higher_likelihood(seed: int) -> None:
    y = walk(seed, 45, noise=0.5, step=0.7)
    model = UnobservedComponents(y.to_numpy(), "lltrend", use_exact_diffuse=True)
    starts = np.random.default_rng(seed).uniform(-6, 3, (8, 3))
    ends = [
        minimize(lambda point: -model.loglike(np.exp(point)), start, method="Nelder-Mead").fun
        for start in starts
    ]
    assert trend.local_linear_trend(y).loglike >= -min(ends) - 1e-6


def loglike_of_filter(y: np.ndarray, ratios: np.ndarray, damping: float | None) -> float:
    """Return the log-likelihood by statsmodels' filter, at the likeliest scale; None: no slope."""
    states = 1 if damping is None else 2
    ssm = KalmanFilter(k_endog=1, k_states=states, k_posdef=states)
    ssm.bind(y[:, None].copy())
    ssm["design", 0, 0] = 1.0
    ssm["transition"] = [[1.0]] if damping is None else [[1.0, 1.0], [0.0, damping]]
    ssm["selection"] = np.eye(states)
    ssm["obs_cov", 0, 0] = ratios[0]
    ssm["state_cov"] = np.diag(ratios[1 : states + 1])
    start = Initialization(states)
    start.set(0, "diffuse")
    if damping == 1:
        start.set(1, "diffuse")
    elif damping is not None:  # a damped slope is stationary
        start.set(1, "known", [0.0], [[ratios[2] / (1 - damping**2)]])
    ssm.initialize(start)
    ssm.filter_concentrated = True
    return float(ssm.loglike())


@pytest.mark.parametrize(
    ("variances", "damping", "slope"),
    [
        pytest.param((1.0, 0.3, 0.0), 0.0, False, id="local level"),
        pytest.param((1.0, 0.0, 0.02), 1.0, True, id="smooth trend"),
        pytest.param((0.4, 1.0, 0.1), 1.0, True, id="local linear trend"),
        pytest.param((0.4, 1.0, 0.1), 0.7, True, id="damped trend"),
    ],
)
def test_the_likelihood_of_differences_is_that_of_the_filter(variances, damping, slope) -> None:
    def both(variances: tuple[float, ...]) -> tuple[float, float]:
        y = walk(3).to_numpy()
        ratios = np.array(variances)
        filtered = loglike_of_filter(y, ratios, damping if slope else None)
        diffuse = slope and damping == 1
        points = np.array([damping])
        found = likelihood.deviance(y, ratios[:, None], points, diffuse_slope=diffuse)
        return filtered, float(found[0])

    # Both are up to a constant.
    filtered, found = both(variances)
    other_filtered, other_found = both((0.5, *variances[1:]))
    assert found - other_found == pytest.approx(-2 * (filtered - other_filtered), abs=1e-8)


def test_the_search_ends_where_the_derivatives_are_zero() -> None:
    y = walk(5).to_numpy()

    def deviance(point: np.ndarray) -> np.ndarray:
        variances = np.stack([np.ones_like(point[0]), np.exp(point[0]), 0 * point[0]])
        return likelihood.deviance(y, variances, 0 * point[0], diffuse_slope=False)

    _, place = likelihood.minimise(deviance, [np.linspace(-5, 5, 6)], np.array([[-20.0, 20.0]]))
    assert -20 < place[0] < 20
    slope = deviance(place[:, None] + 1e-30j).imag / 1e-30
    assert abs(slope[0]) < 1e-10
