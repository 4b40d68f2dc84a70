from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import kstest, norm

from rebalancing.models import forecast
from rebalancing.models.validate import ModelInputError

few = settings(max_examples=15)
LABELS = pd.RangeIndex(2025, 2028)


def normal(mean: float = 40.0, std: float = 2.0) -> forecast.NormalDensity:
    """A random walk three years ahead."""
    steps = np.arange(1, 4)
    covariance = std**2 * np.minimum.outer(steps, steps)
    return forecast.NormalDensity(pd.Series(mean, LABELS), covariance, ("few observations",))


def mixed() -> forecast.MixtureDensity:
    return forecast.combine([normal(38, 1), normal(44, 3)], [0.3, 0.7])


DENSITIES = [
    pytest.param(normal(), id="normal"),
    pytest.param(mixed(), id="mixture"),
    pytest.param(forecast.combine([normal(38), mixed()]), id="mixture with mixture"),
]


@pytest.mark.slow
@few
@given(actual=st.floats(-8, 8), mean=st.floats(-3, 3), std=st.floats(0.1, 5))
def test_crps_of_normal_equals_its_definition(actual, mean, std) -> None:
    below, _ = quad(lambda x: norm.cdf(x, mean, std) ** 2, mean - 12 * std - 8, actual, limit=200)
    above, _ = quad(lambda x: norm.sf(x, mean, std) ** 2, actual, mean + 12 * std + 8, limit=200)
    assert forecast.crps_normal(actual, mean, std) == pytest.approx(below + above, abs=1e-6)


def test_crps_of_a_point_is_the_absolute_error() -> None:
    np.testing.assert_allclose(forecast.crps_normal([1.0, 5.0], 2.0, 0.0), [1, 3])


@pytest.mark.slow
@few
@given(actual=st.floats(-5, 5))
def test_crps_of_a_mixture_equals_its_definition(actual) -> None:
    means, stds, weights = np.array([[-1.0], [2.0]]), np.array([[0.5], [1.5]]), np.array([0.4, 0.6])

    def cdf(x: float) -> float:
        return float(weights @ norm.cdf(x, means[:, 0], stds[:, 0]))

    below, _ = quad(lambda x: cdf(x) ** 2, -20, actual, limit=200)
    above, _ = quad(lambda x: (1 - cdf(x)) ** 2, actual, 20, limit=200)
    found = forecast.crps_normal_mixture(np.array([actual]), means, stds, weights)
    assert found[0] == pytest.approx(below + above, abs=1e-6)


def test_crps_is_lowest_for_the_true_density() -> None:
    y = np.random.default_rng(0).normal(0, 1, 20_000)
    scores = {
        (mean, std): np.mean(forecast.crps_normal(y, mean, std))
        for mean in (-0.3, 0.0, 0.3)
        for std in (0.7, 1.0, 1.4)
    }
    assert min(scores, key=scores.get) == (0.0, 1.0)


def test_pit_is_uniform_where_the_density_is_true() -> None:
    y = np.random.default_rng(3).normal(5, 2, 2000)
    assert kstest(forecast.pit(y, 5, 2), "uniform").pvalue > 0.05
    assert kstest(forecast.pit(y, 5, 1), "uniform").pvalue < 1e-6


def test_the_distance_of_pits_from_uniform_is_that_of_kolmogorov_and_smirnov() -> None:
    y = np.random.default_rng(3).normal(5, 2, 2000)
    for std, low, high in ((2, 0, 0.04), (1, 0.1, 1)):
        pits = forecast.pit(y, 5, std)
        assert low < forecast.pit_distance(pits) < high
        assert forecast.pit_distance(pits) == pytest.approx(
            kstest(pits, "uniform").statistic, rel=1e-12
        )


def test_classes_of_pits_are_percentages_and_even_where_the_density_is_true() -> None:
    pits = [0.0, 0.05, 0.25, 0.6, 1.0]
    quarters = forecast.pit_classes(pits, 4)
    assert quarters.to_dict() == {"0–25": 40, "25–50": 20, "50–75": 20, "75–100": 20}
    y = np.random.default_rng(3).normal(5, 2, 20_000)
    even = forecast.pit_classes(forecast.pit(y, 5, 2))
    assert len(even) == 10
    assert even.sum() == pytest.approx(100)
    assert even.to_numpy() == pytest.approx(10, abs=1)


@pytest.mark.parametrize("pits", [[], [0.5, 1.2], [0.5, np.nan]])
def test_classes_need_probabilities(pits: list[float]) -> None:
    with pytest.raises(ModelInputError, match="pits"):
        forecast.pit_classes(pits)


@pytest.mark.parametrize("density", DENSITIES)
def test_the_median_is_the_quantile_of_one_half(density) -> None:
    pd.testing.assert_series_equal(
        density.median, density.quantiles([0.5])[0.5], check_names=False, check_exact=True
    )


@pytest.mark.parametrize("density", DENSITIES)
def test_cdf_and_quantiles_are_inverse(density) -> None:
    levels = [0.1, 0.25, 0.5, 0.9]
    quantiles = density.quantiles(levels)
    for level in levels:
        back = density.cdf(3, float(quantiles[level].iloc[2]))
        assert back == pytest.approx(level, abs=1e-3)


@pytest.mark.parametrize("density", DENSITIES)
def test_moments_are_those_of_the_paths(density) -> None:
    paths = density.paths(40_000, 5)
    np.testing.assert_allclose(paths.mean(axis=0), density.mean, atol=0.15)
    np.testing.assert_allclose(paths.std(axis=0), density.std, rtol=0.03)
    np.testing.assert_array_equal(paths, density.paths(40_000, 5))


@pytest.mark.parametrize("density", DENSITIES)
def test_calibration_stretches_the_spread_about_the_mean(density) -> None:
    wide = forecast.calibrate(density, [1.0, 1.5, 2.0])
    np.testing.assert_allclose(wide.mean, density.mean, atol=1e-9)
    np.testing.assert_allclose(wide.std / density.std, [1, 1.5, 2])
    low = density.interval(0.8)["lower"]
    stretched = density.mean + [1, 1.5, 2] * (low - density.mean)
    np.testing.assert_allclose(wide.interval(0.8)["lower"], stretched, atol=1e-6)


@pytest.mark.parametrize("density", DENSITIES)
def test_table_and_words(density) -> None:
    table = density.to_frame()
    assert list(table.columns[:4]) == ["mean", "std", "lower_50", "upper_50"]
    assert (table["lower_95"] < table["lower_80"]).all()
    assert "3 periods, 2025 to 2027" in repr(density)


def test_a_pool_of_identical_densities_is_the_density() -> None:
    one = normal()
    pool = forecast.combine([one, one, one])
    np.testing.assert_allclose(pool.mean, one.mean)
    np.testing.assert_allclose(pool.std, one.std)
    np.testing.assert_allclose(pool.quantiles([0.1, 0.7]), one.quantiles([0.1, 0.7]))
    assert pool.cautions == ("few observations",)


def test_a_pool_is_a_weighted_mean_of_probabilities() -> None:
    pool = forecast.combine({"a": normal(38), "b": normal(44)}, {"b": 3, "a": 1})
    expected = 0.25 * normal(38).cdf(2, 41) + 0.75 * normal(44).cdf(2, 41)
    assert pool.cdf(2, 41) == pytest.approx(expected)
    assert pool.mean.iloc[0] == pytest.approx(0.25 * 38 + 0.75 * 44)
    assert pool.std.iloc[0] > normal().std.iloc[0]


def test_probability_of_being_there_and_of_ever_having_been_there() -> None:
    density = normal(40, 2)
    there = forecast.probability_of_reaching(density, 43, 2027)
    assert there == pytest.approx(norm.sf(3 / (2 * np.sqrt(3))))
    ever = forecast.probability_of_reaching(density, 43, 2027, ever=True)
    assert ever > there + 0.02
    first = forecast.probability_of_reaching(density, 43, 2025, ever=True)
    assert first == pytest.approx(forecast.probability_of_reaching(density, 43, 2025), abs=0.01)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        pytest.param(lambda: normal().quantiles([]), "levels: none", id="no level"),
        pytest.param(lambda: normal().quantiles([95]), "levels: 95 is not between", id="percent"),
        pytest.param(lambda: normal().interval(1.0), "level: 1 is not between", id="level of one"),
        pytest.param(lambda: normal().cdf(0, 1), "h: 0 is not a horizon", id="horizon"),
        pytest.param(lambda: normal().cdf(4, 1), "pass 1 to 3", id="long horizon"),
        pytest.param(lambda: normal().cdf(1, np.nan), "x: nan", id="missing x"),
        pytest.param(lambda: forecast.combine([]), "densities: none", id="nothing to pool"),
        pytest.param(
            lambda: forecast.combine([normal(), forecast.calibrate(normal(), -1)]),
            "factors: must be positive",
            id="negative factor",
        ),
        pytest.param(
            lambda: forecast.calibrate(normal(), [1, 2]), r"factors: shape \(2,\)", id="factors"
        ),
        pytest.param(
            lambda: forecast.combine(
                [normal(), forecast.NormalDensity(pd.Series([1.0], [2030]), np.eye(1))]
            ),
            "labels differ",
            id="other labels",
        ),
        pytest.param(
            lambda: forecast.combine([normal(), normal()], [1]), "weights: must be 2", id="one"
        ),
        pytest.param(
            lambda: forecast.combine([normal(), normal()], [2, -1]), "none negative", id="negative"
        ),
        pytest.param(
            lambda: forecast.combine({"a": normal()}, {"b": 1.0}), "do not match", id="names"
        ),
        pytest.param(
            lambda: forecast.combine([normal()], {"b": 1.0}), "pass both by name", id="unnamed"
        ),
        pytest.param(
            lambda: forecast.probability_of_reaching(normal(), 45, 2040), "by: 2040", id="label"
        ),
        pytest.param(
            lambda: forecast.probability_of_reaching(normal(), np.inf, 2026), "threshold", id="inf"
        ),
        pytest.param(lambda: forecast.crps_normal(1, 0, -1), "std: must be zero", id="std"),
        pytest.param(lambda: forecast.crps_normal(np.nan), "actual: ", id="no actual"),
        pytest.param(
            lambda: forecast.crps_normal([1, 2], [1, 2, 3]), "shapes do not match", id="shapes"
        ),
        pytest.param(lambda: forecast.crps_normal("x"), "actual: must be numbers", id="a word"),
        pytest.param(lambda: forecast.pit(1, 0, 0), "std: must be positive", id="pit of a point"),
    ],
)
def test_input_that_cannot_be_used_is_refused(call, words) -> None:
    with pytest.raises(ModelInputError, match=words):
        call()
