from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.tsa.statespace.structural import UnobservedComponents
from statsmodels.tsa.stattools import kpss

from rebalancing.models import forecast
from rebalancing.models.forecast import arima, batch, search, smoothing
from rebalancing.models.forecast import trend_forecasts as trends
from rebalancing.models.trend import likelihood as of_one_series
from rebalancing.models.trend import statespace
from rebalancing.models.validate import ModelInputError
from rebalancing.models.warnings import BoundaryWarning, SmallSampleWarning
from rebalancing.oracles.trend import nile_flow

few = settings(max_examples=3)
cautious = pytest.mark.filterwarnings(
    "ignore::rebalancing.models.warnings.BoundaryWarning",
    "ignore::rebalancing.models.warnings.SmallSampleWarning",
)
NAMES = list(forecast.FORECASTERS)


def walk(seed: int, n: int = 40, *, noise: float = 0.5, drift: float = 0.2) -> pd.Series:
    """Simulate a random walk with drift and noise, by year."""
    rng = np.random.default_rng(seed)
    values = 50 + np.cumsum(drift + rng.normal(0, 1, n)) + rng.normal(0, noise, n)
    return pd.Series(values, index=pd.RangeIndex(1970, 1970 + n, name="year"), name="A")


def economies(seed: int, n: int = 12, years: int = 40, *, pull: float = 0.1) -> pd.DataFrame:
    """Simulate shares that revert toward 50, years by economies."""
    rng = np.random.default_rng(seed)
    rows = [rng.normal(50, 10, n)]
    for _ in range(years - 1):
        rows.append(rows[-1] + pull * (50 - rows[-1]) + rng.normal(0, 1, n))
    index = pd.RangeIndex(1970, 1970 + years, name="year")
    return pd.DataFrame(rows, index=index, columns=[f"E{i}" for i in range(n)])


def made(name: str, panel: pd.DataFrame | None = None) -> forecast.Forecaster:
    if name == "panel convergence":
        return forecast.PanelConvergence(economies(0) if panel is None else panel)
    return forecast.forecaster(name)


def windows(count: int, seed: int = 0) -> np.ndarray:
    """Samples of many kinds and lengths, as rows that are missing before their start."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(count):
        n = int(rng.integers(22, 50))
        slope = np.cumsum(rng.normal(0, 0.3, n)) if i % 4 == 0 else 0.2 * (i % 3)
        shock = rng.normal(0, 1, n + 1)
        shock = shock[1:] + (0.7 * shock[:-1] if i % 5 == 0 else 0)
        y = 50 + np.cumsum(slope + shock) + rng.normal(0, rng.choice([0, 0.5, 2]), n)
        if i % 6 == 5:
            y = 50 + rng.normal(0, 1, n)
        rows.append(np.r_[np.full(50 - n, np.nan), y])
    return np.array(rows)


def sample(row: np.ndarray) -> np.ndarray:
    return row[~np.isnan(row)]


@pytest.mark.slow
@cautious
@pytest.mark.parametrize("name", NAMES)
@few
@given(
    seed=st.integers(0, 10_000),
    scale=st.sampled_from([0.01, 3.0, 1e6]),
    shift=st.sampled_from([-50.0, 1000.0]),
)
def test_scaling_and_shifting_the_data_scales_and_shifts_the_density(
    name, seed, scale, shift
) -> None:
    y, panel = walk(seed), economies(seed)
    plain = made(name, panel).fit_predict(y, 5)
    moved = made(name, (panel + shift) * scale).fit_predict((y + shift) * scale, 5)
    unit = plain.std.to_numpy()
    np.testing.assert_allclose((moved.mean / scale - shift - plain.mean) / unit, 0, atol=5e-3)
    np.testing.assert_allclose(moved.std / scale, unit, rtol=5e-3)


@pytest.mark.slow
@cautious
@pytest.mark.parametrize("name", NAMES)
def test_quantiles_rise_and_intervals_nest(name) -> None:
    density = made(name).fit_predict(walk(1), 6)
    quantiles = density.quantiles([0.05, 0.1, 0.5, 0.9, 0.95])
    assert list(quantiles.columns) == [0.05, 0.1, 0.5, 0.9, 0.95]
    assert (quantiles.diff(axis=1).iloc[:, 1:] > 0).all().all()
    narrow, wide = density.interval(0.5), density.interval(0.8)
    assert (wide["lower"] < narrow["lower"]).all()
    assert (narrow["upper"] < wide["upper"]).all()
    np.testing.assert_allclose(wide["upper"], quantiles[0.9])
    assert density.cdf(6, float(quantiles[0.9].iloc[-1])) == pytest.approx(0.9)
    assert np.linalg.eigvalsh(density.covariance).min() > -1e-9


@pytest.mark.slow
@cautious
@pytest.mark.parametrize("name", [name for name in NAMES if name != "mean"])
def test_spread_grows_with_the_horizon(name) -> None:
    assert (made(name).fit_predict(walk(2), 8).std.diff().dropna() > -1e-9).all()


def test_random_walk_by_hand() -> None:
    y = np.tile([1.0, 2.0, 4.0, 3.0], 10)
    density = forecast.forecaster("random walk").fit_predict(y, 2)
    variance = np.mean(np.diff(y) ** 2)
    np.testing.assert_allclose(density.mean, [3.0, 3.0])
    np.testing.assert_allclose(density.covariance, variance * np.array([[1, 1], [1, 2]]))


def test_drift_by_hand() -> None:
    y = np.tile([1.0, 2.0, 4.0, 3.0], 10)
    change = np.diff(y)
    density = forecast.forecaster("drift").fit_predict(y, 2)
    np.testing.assert_allclose(density.mean, 3 + change.mean() * np.array([1, 2]))
    variance = change.var(ddof=1) * np.array([1 + 1 / 39, 2 + 4 / 39])
    np.testing.assert_allclose(density.std**2, variance)


def test_mean_by_hand() -> None:
    y = np.tile([1.0, 2.0, 4.0, 3.0], 10)
    density = forecast.forecaster("mean").fit_predict(y, 2)
    np.testing.assert_allclose(density.mean, 2.5)
    np.testing.assert_allclose(density.std**2, y.var(ddof=1) * (1 + 1 / 40))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("one", "many"),
    [
        pytest.param(smoothing.ets, smoothing.ets_many, id="ETS"),
        pytest.param(smoothing.theta, smoothing.theta_many, id="Theta"),
        pytest.param(lambda y, h: arima.arima(y, h)[0], arima.arima_many, id="ARIMA"),
    ],
)
def test_many_at_once_equal_statsmodels_one_at_a_time(one, many) -> None:
    rows = windows(8)
    together = many(rows, 5)
    for i, row in enumerate(rows):
        alone = one(sample(row), 5)
        unit = alone.std[0]
        np.testing.assert_allclose((together.mean[i] - alone.mean[0]) / unit, 0, atol=2e-3)
        np.testing.assert_allclose(together.std[i], unit, rtol=2e-3)


@pytest.mark.slow
@pytest.mark.parametrize("damped", [False, True])
def test_trend_likelihood_is_as_high_as_one_at_a_time(damped) -> None:
    rows = windows(6, seed=3)
    samples = batch.stack(rows)
    ours = trends.deviance(samples, trends.estimate(samples, damped=damped), damped=damped)[0]
    for place, deviance in zip(samples.order, ours, strict=True):
        y = sample(rows[place])
        alone = batch.stack(y[None])
        found = statespace.estimate(y, slope=True, damped=damped)
        variances = np.array(list(found.variances.values())) / alone.size**2
        variances[0] = max(variances[0], 1e-9)
        point = np.array([*variances, found.damping])[:, None, None]
        assert deviance <= trends.deviance(alone, point, damped=damped)[0, 0] + 1e-3


@pytest.mark.slow
def test_local_linear_trend_forecasts_equal_statsmodels() -> None:
    y = walk(5, 60, noise=1.5)
    found = statespace.estimate(y.to_numpy(), slope=True)
    model = UnobservedComponents(y.to_numpy(), "local linear trend", use_exact_diffuse=True)
    expected = model.smooth(list(found.variances.values())).get_forecast(6)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BoundaryWarning)
        density = forecast.forecaster("local linear trend").fit_predict(y, 6)
    np.testing.assert_allclose(density.mean, expected.predicted_mean, atol=0.01)
    np.testing.assert_allclose(density.std, expected.se_mean, rtol=0.01)


@pytest.mark.slow
@cautious
@pytest.mark.parametrize("name", ["local linear trend", "damped trend", "ETS", "ARIMA", "Theta"])
def test_length_before_the_start_does_not_matter_to_a_batch(name) -> None:
    row = windows(8)[3]
    many = forecast.FORECASTERS[name].many
    short, long = sample(row)[None], np.r_[np.full(30, np.nan), row][None]
    np.testing.assert_allclose(many(short, 3).mean, many(long, 3).mean, rtol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["local linear trend", "damped trend", "ETS", "ARIMA", "Theta"])
def test_what_machines_round_otherwise_moves_no_forecast(name) -> None:
    """Processors differ in the last digit of a logarithm; a search must not make more of it."""
    rows = windows(24)
    last_digit = 1 + np.finfo(float).eps * np.random.default_rng(1).integers(-2, 3, rows.shape)
    many = forecast.FORECASTERS[name].many
    one, other = many(rows, 3), many(rows * last_digit, 3)
    np.testing.assert_allclose(one.mean, other.mean, rtol=1e-8)
    np.testing.assert_allclose(one.covariance, other.covariance, rtol=1e-7)


@pytest.mark.slow
def test_arima_likelihoods_equal_those_of_r() -> None:
    # R 4.2.2: arima(Nile, ...)$loglik
    expected = {(1, 1, 1): -630.627382, (0, 1, 1): -632.545624, (1, 0, 1): -637.038785}
    y = nile_flow().to_numpy()
    for (p, d, q), loglike in expected.items():
        order = arima.Order(p, d, q, constant=d == 0)
        samples = batch.stack(np.diff(y, n=d)[None])
        n, k = len(y) - d, p + q + (d == 0) + 1
        aicc = -2 * loglike + 2 * k + 2 * k * (k + 1) / (n - k - 1)
        assert arima.of_order(samples, order, 1).aicc[0] == pytest.approx(aicc, abs=1e-4)


@pytest.mark.filterwarnings("ignore::statsmodels.tools.sm_exceptions.InterpolationWarning")
def test_kpss_equals_statsmodels() -> None:
    y = walk(4, 57).to_numpy()
    lags = int(3 * np.sqrt(57) / 13)
    assert arima.kpss_statistic(y) == pytest.approx(
        kpss(y, nlags=lags, result_object=False)[0], rel=1e-10
    )


def test_twice_integrated_series_are_differenced_twice() -> None:
    rng = np.random.default_rng(2)
    y = np.cumsum(np.cumsum(rng.normal(0, 1, 120)))
    assert arima.differences(y) == 2
    assert arima.differences(rng.normal(0, 1, 120)) == 0


def test_minimise_finds_the_minimum_of_every_sample() -> None:
    target = np.array([[0.3, -1.0, 2.0], [1.0, 0.0, -2.0]])
    samples = batch.stack(np.random.default_rng(0).standard_normal((3, 9)))

    def bowl(x: np.ndarray, part: batch.Samples) -> np.ndarray:
        gap = x - target[:, None, part.order]
        return gap[0] ** 2 + 0.5 * gap[0] * gap[1] + np.cosh(gap[1])

    grid = np.stack(np.meshgrid([-3.0, 3.0], [-3.0, 3.0])).reshape(2, -1)
    found = search.minimise(bowl, grid, np.array([[-5.0, 5.0]] * 2), samples)
    np.testing.assert_allclose(found, target, atol=1e-4)


def test_a_search_that_would_creep_to_a_bound_goes_there() -> None:
    """A variance that is best at zero is an exponential of what is searched for."""
    samples = batch.stack(np.random.default_rng(0).standard_normal((3, 9)))
    asked = 0

    def flat_to_the_left(x: np.ndarray, part: batch.Samples) -> np.ndarray:
        nonlocal asked
        asked += 1
        best = np.array([0.5, 1.0, 1.5])[part.order]
        return np.exp(x[0]) + (x[1] - best - 0.1 * np.exp(x[0])) ** 2

    grid = np.array([[0.0, 1.0], [0.0, 2.0]])
    bounds = np.array([[-20.0, 10.0], [-5.0, 5.0]])
    found = search.minimise(flat_to_the_left, grid, bounds, samples)
    assert found[0].tolist() == [-20.0] * 3
    np.testing.assert_allclose(found[1], [0.5, 1.0, 1.5], atol=1e-8)
    assert asked < 100  # step by step it took four hundred


def points(rows: int, low: float, high: float, samples: batch.Samples) -> np.ndarray:
    """Return points of parameters by two candidates by samples."""
    shape = (rows, 2, len(samples.length))
    return np.random.default_rng(7).uniform(low, high, shape)


def unequal() -> batch.Samples:
    """Return samples of different lengths."""
    rows = np.random.default_rng(0).standard_normal((4, 12)).cumsum(axis=1)
    rows[1, :3], rows[2, :4] = np.nan, np.nan
    return batch.stack(rows)


@pytest.mark.parametrize("constant", [False, True])
@pytest.mark.parametrize(("p", "q"), [(1, 0), (2, 0), (0, 1), (1, 1), (2, 1)])
def test_likelihoods_of_arma_models_are_those_of_the_filter(p, q, constant) -> None:
    samples, order = unequal(), arima.Order(p, 0, q, constant=constant)
    point = points(p + q, -1.5, 1.5, samples)
    found = arima.deviance(samples, point, order)
    for candidate, deviance in zip(point.swapaxes(0, 1), found, strict=True):
        filtered = arima.run_filter(samples, candidate, order)
        expected = samples.length * np.log(filtered.ssr) + filtered.log_determinant
        np.testing.assert_allclose(deviance, expected, rtol=1e-12)


@pytest.mark.parametrize("trend", smoothing.TRENDS)
def test_errors_of_smoothing_are_those_of_the_filter(trend) -> None:
    samples = unequal()
    point = points(3, -3, 3, samples)[: {"none": 1, "additive": 2, "damped": 3}[trend]]
    found = smoothing.sum_of_squares(samples, point, trend)
    for candidate, ssr in zip(point.swapaxes(0, 1), found, strict=True):
        gains = np.broadcast_arrays(*smoothing.gains_at(candidate, trend))
        expected = batch.fixed_gain(samples, smoothing.UNKNOWN_STATES[trend], *gains).ssr
        np.testing.assert_allclose(ssr, expected, rtol=1e-10)


@pytest.mark.parametrize("damped", [False, True])
def test_differences_of_trend_likelihoods_are_those_of_one_series(damped) -> None:
    samples = unequal()
    point = trends.variances_at(points(3, -3, 3, samples), damped=damped)
    ours = trends.deviance(samples, point, damped=damped)
    for lane, n in enumerate(samples.length):
        variances, damping = point[:3, :, lane], point[3, :, lane]
        expected = of_one_series.deviance(
            samples.y[:n, lane], variances, damping, diffuse_slope=not damped
        )
        np.testing.assert_allclose(ours[:, lane], expected, rtol=1e-10)


def test_parameters_that_samples_share_are_those_of_each() -> None:
    samples, order = unequal(), arima.Order(2, 0, 1, constant=True)
    shared = points(3, -1, 1, samples)[:, :, :1]
    each = shared + np.zeros(len(samples.length))
    np.testing.assert_allclose(
        arima.deviance(samples, shared, order),
        arima.deviance(samples, each, order),
        rtol=1e-13,
    )
    np.testing.assert_allclose(
        smoothing.sum_of_squares(samples, shared, "damped"),
        smoothing.sum_of_squares(samples, each, "damped"),
        rtol=1e-13,
    )


def test_a_search_goes_on_from_all_points_that_are_as_good() -> None:
    samples = batch.stack(np.random.default_rng(0).standard_normal((3, 9)))

    def two_valleys(x: np.ndarray, part: batch.Samples) -> np.ndarray:
        deeper = np.array([-1.0, 1.0, -1.0])[part.order]
        return (x[0] ** 2 - 1) ** 2 - 0.1 * deeper * (x[0] ** 3 - 4 * x[0])

    found = search.minimise(two_valleys, np.array([[-2.0, 2.0]]), np.array([[-5.0, 5.0]]), samples)
    assert np.sign(found[0]).tolist() == [1, -1, 1]


@pytest.mark.parametrize("k", [1, 3])
def test_a_sample_without_values_keeps_its_place_and_disturbs_no_other(k: int) -> None:
    samples = batch.stack(np.random.default_rng(0).standard_normal((3, 9)))

    def bowl(x: np.ndarray, part: batch.Samples) -> np.ndarray:
        centre = np.array([0.5, np.nan, -0.5])[part.order]
        return ((x - centre) ** 2).sum(axis=0)

    axes, bounds = [[-2.0, 2.0]] * k, np.array([[-5.0, 5.0]] * k)
    grid = np.stack(np.meshgrid(*axes)).reshape(k, -1)
    found = search.minimise(bowl, grid, bounds, samples)
    assert found.shape == (k, 3)
    np.testing.assert_allclose(found[:, [0, 2]], [[0.5, -0.5]] * k, atol=1e-8)
    assert np.isin(found[:, 1], [-2.0, 2.0]).all()


def test_a_search_starts_from_the_best_point_that_has_a_value() -> None:
    samples = batch.stack(np.random.default_rng(0).standard_normal((2, 9)))

    def half_a_bowl(x: np.ndarray, part: batch.Samples) -> np.ndarray:
        return np.where(x[0] > -1, (x[0] - 0.5) ** 2, np.nan) + np.zeros(len(part.order))

    grid = np.array([[-2.0, 0.0, 2.0]])
    found = search.minimise(half_a_bowl, grid, np.array([[-5.0, 5.0]]), samples)
    np.testing.assert_allclose(found, [[0.5, 0.5]], atol=1e-8)


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        pytest.param(pd.RangeIndex(1980, 2020), [2020, 2021], id="years"),
        pytest.param(
            pd.period_range("2010Q1", periods=40, freq="Q"),
            list(pd.period_range("2020Q1", periods=2, freq="Q")),
            id="periods",
        ),
        pytest.param(
            pd.date_range("1980-12-31", periods=40, freq="YE"),
            [pd.Timestamp("2020-12-31"), pd.Timestamp("2021-12-31")],
            id="ends of years",
        ),
        pytest.param(
            pd.date_range("2016-11-30", periods=40, freq="ME"),
            [pd.Timestamp("2020-03-31"), pd.Timestamp("2020-04-30")],
            id="ends of months",
        ),
        pytest.param(pd.Index(np.arange(40.0)), [40.0, 41.0], id="numbers"),
    ],
)
def test_labels_continue_those_of_the_sample(index, expected) -> None:
    y = walk(0).set_axis(index)
    assert list(forecast.forecaster("drift").fit_predict(y, 2).index) == expected


def test_labels_that_do_not_continue_are_refused() -> None:
    y = walk(0).set_axis([f"year {i:02}" for i in range(40)])
    with pytest.raises(ModelInputError, match="which period comes next"):
        forecast.forecaster("drift").fit_predict(y, 2)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("y", "horizon", "words"),
    [
        pytest.param(walk(0).where(lambda s: s.index != 1980), 3, "y: 1 of 40 values", id="gap"),
        pytest.param(walk(0).replace(walk(0).iloc[3], np.inf), 3, "y: infinite", id="infinite"),
        pytest.param(walk(0).iloc[:2], 3, "y: 2 observations are too few", id="short"),
        pytest.param(walk(0) * 0, 3, "y: every value is 0", id="constant"),
        pytest.param(pd.Series(np.arange(40.0), walk(0).index), 3, "y: .*straight line", id="line"),
        pytest.param(walk(0).drop(1980), 3, "y: no period between", id="missing year"),
        pytest.param(walk(0).iloc[::-1], 3, "y: the index is not in order", id="order"),
        pytest.param(pd.concat([walk(0), walk(1)]), 3, "y: 1970 occurs", id="duplicate"),
        pytest.param(walk(0), 0, "horizon: 0 is not a whole number from 1", id="no horizon"),
        pytest.param(walk(0), 2.5, "horizon: 2.5 is not a whole", id="half a horizon"),
        pytest.param(walk(0), True, "horizon: True", id="a truth value"),
    ],
)
def test_input_that_cannot_be_used_is_refused(name, y, horizon, words) -> None:
    if "occurs" in words:
        y = y.sort_index()
    with pytest.raises(ModelInputError, match=words):
        made(name).fit_predict(y, horizon)


def test_unknown_forecaster_is_refused() -> None:
    with pytest.raises(ModelInputError, match="'prophet' is not known; use one of random walk"):
        forecast.forecaster("prophet")


def test_short_samples_are_cautioned() -> None:
    with pytest.warns(SmallSampleWarning, match="20 observations are few"):
        density = forecast.forecaster("drift").fit_predict(walk(0, 20), 2)
    assert density.cautions[0].startswith("20 observations are few")


@pytest.mark.slow
def test_a_constant_slope_is_cautioned() -> None:
    y = pd.Series(np.arange(60) + np.random.default_rng(0).normal(0, 0.1, 60))
    with pytest.warns(BoundaryWarning, match="average slope of the sample"):
        density = forecast.forecaster("local linear trend").fit_predict(y, 3)
    assert len(density.cautions) == 1
    np.testing.assert_allclose(density.mean, [60, 61, 62], atol=0.2)


@few
@given(seed=st.integers(0, 1000), years=st.integers(1, 6))
def test_convergence_uses_no_later_data_and_not_the_economy_itself(seed, years) -> None:
    panel, y = economies(seed), economies(seed)["E3"]
    origin = panel.index[-1 - years]
    plain = forecast.PanelConvergence(panel).fit_predict(y.loc[:origin], 4)
    changed = panel.copy()
    changed.loc[origin + 1 :] = 1e6
    changed["E3"] = np.nan
    other = forecast.PanelConvergence(changed).fit_predict(y.loc[:origin], 4)
    np.testing.assert_allclose(other.mean, plain.mean)
    np.testing.assert_allclose(other.covariance, plain.covariance)


def test_convergence_equals_weighted_least_squares_by_hand() -> None:
    panel = economies(1, 8)
    y, h = panel["E0"], 3
    volatility = np.sqrt((panel.diff() ** 2).mean())
    others = panel.drop(columns="E0")
    change = (others.shift(-h) - others).iloc[:-h] / volatility[others.columns]
    start = others.iloc[:-h] / volatility[others.columns]
    one = pd.DataFrame(1.0, start.index, start.columns) / volatility[others.columns]
    x = np.column_stack([one.to_numpy().ravel(), start.to_numpy().ravel()])
    target = change.to_numpy().ravel()
    coefficients, ssr, *_ = np.linalg.lstsq(x, target, rcond=None)
    density = forecast.PanelConvergence(panel).fit_predict(y, h)
    expected = y.iloc[-1] + coefficients @ [1, y.iloc[-1]]
    assert density.mean.iloc[-1] == pytest.approx(expected)
    spread = np.sqrt(ssr[0] / (len(target) - 2)) * volatility["E0"]
    assert density.std.iloc[-1] == pytest.approx(spread)


def test_convergence_recovers_the_pull_toward_the_relationship() -> None:
    rng = np.random.default_rng(0)
    x = pd.DataFrame(np.tile(rng.normal(0, 1, 60), (40, 1)), index=range(1970, 2010))
    rows = [50 + 5 * x.iloc[0].to_numpy()]
    for _ in range(39):
        home = 50 + 5 * x.iloc[0].to_numpy()
        rows.append(rows[-1] + 0.3 * (home - rows[-1]) + rng.normal(0, 1, 60))
    panel = pd.DataFrame(rows, x.index)
    far = forecast.PanelConvergence(panel, x).fit_predict(panel[7], 20).mean.iloc[-1]
    assert far == pytest.approx(50 + 5 * x.loc[1970, 7], abs=0.5)


@pytest.mark.parametrize(
    ("panel", "words"),
    [
        pytest.param(None, "panel: none was given", id="none"),
        pytest.param(economies(0).loc[:2000], "panel: has no row 2009", id="too short"),
        pytest.param(economies(0)[["E0", "E1"]], "panel: 2 other economies", id="few economies"),
        pytest.param(economies(0).astype(str) + "x", "panel: .*not numbers", id="words"),
        pytest.param(economies(0).replace(economies(0).iloc[0, 0], np.inf), "infinite", id="inf"),
        pytest.param(economies(0)[["E0", *economies(0)]], "E0 has several", id="twice"),
        pytest.param(economies(0) * 0, "no economy changes|collinear", id="constant"),
    ],
)
def test_panels_that_cannot_be_used_are_refused(panel, words) -> None:
    with pytest.raises(ModelInputError, match=words):
        forecast.PanelConvergence(panel).fit_predict(walk(0), 3)


def test_a_relationship_without_the_economy_is_refused() -> None:
    panel = economies(0)
    relationship = panel.drop(columns="E0")
    with pytest.raises(ModelInputError, match="relationship: no value of E0 in 2009"):
        forecast.PanelConvergence(panel, relationship).fit_predict(panel["E0"], 3)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "drift", "noise"),
    [("random walk", 0.0, 0.0), ("drift", 0.3, 0.0), ("ETS", 0.0, 1.0), ("ARIMA", 0.0, 1.0),
     ("local linear trend", 0.2, 1.0)],
)  # fmt: skip
def test_simulated_coverage_is_about_as_announced(name, drift, noise) -> None:
    rng = np.random.default_rng(0)
    n, horizon, count = 80, 5, 600
    level = np.cumsum(drift + rng.normal(0, 1, (count, n + horizon)), axis=1)
    y = level + rng.normal(0, noise, level.shape)
    moments = forecast.FORECASTERS[name].many(y[:, :n], horizon)
    pits = forecast.pit(y[:, n:], moments.mean, moments.std)
    for level_ in (0.5, 0.8, 0.95):
        for h in range(horizon):
            assert np.mean(np.abs(pits[:, h] - 0.5) <= level_ / 2) == pytest.approx(
                level_, abs=0.07
            )
