from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter
from statsmodels.stats.sandwich_covariance import S_hac_simple

from rebalancing.models import _longrun as longrun
from rebalancing.models._validate import ModelInputError

few = settings(max_examples=10)


def wave() -> np.ndarray:
    """Return a series that is the same in any language, with mean zero."""
    time = np.arange(1, 61)
    values = lfilter([1], [1, -0.5], np.sin(time**2 / 7) + np.cos(time))
    return (values - values.mean())[:, None]


def noise(seed: int, n: int = 200, k: int = 2, rho: float = 0.4) -> np.ndarray:
    errors = np.random.default_rng(seed).normal(size=(n, k))
    return lfilter([1], [1, -rho], errors, axis=0)


# kernHAC of the R package sandwich 3.0-2, times 60, adjust=FALSE: so times 59 / 60 here.
@pytest.mark.parametrize(
    ("kernel", "bandwidth", "prewhiten", "expected"),
    [
        ("quadratic spectral", 2.5, False, 1.63750020289),
        ("quadratic spectral", 2.5, True, 2.91870072362),
        ("quadratic spectral", 4.0, False, 0.591089549495),
        ("quadratic spectral", 4.0, True, 0.736892159125),
        ("bartlett", 2.5, False, 1.44361639274),
        ("bartlett", 2.5, True, 2.6807909767),
        ("bartlett", 4.0, True, 1.90519467904),
        ("parzen", 2.5, False, 1.39505218234),
        ("parzen", 2.5, True, 2.72541977598),
        ("parzen", 4.0, False, 1.47377531728),
    ],
)
def test_numbers_of_the_r_package_sandwich(kernel, bandwidth, prewhiten, expected) -> None:
    ours = longrun.long_run_covariance(
        wave(), kernel=kernel, bandwidth=bandwidth, prewhiten=prewhiten, convention="sandwich"
    )
    np.testing.assert_allclose(ours[0, 0] * 59 / 60, expected, rtol=1e-10)


def test_bartlett_weights_are_those_of_newey_and_west() -> None:
    v = noise(1)
    ours = longrun.long_run_covariance(v, kernel="bartlett", bandwidth=5.0, prewhiten=False)
    np.testing.assert_allclose(ours * (len(v) - 2), S_hac_simple(v, nlags=4))


@pytest.mark.parametrize("kernel", ["quadratic spectral", "bartlett", "parzen"])
def test_kernels_fall_from_one_to_zero(kernel) -> None:
    near, far = longrun.kernel_weights(np.array([1e-3, 1e4]), kernel, 1.0)
    assert near == pytest.approx(1, abs=2e-3)
    assert abs(far) < 1e-6


@pytest.mark.parametrize("convention", ["bai-perron", "sandwich"])
@pytest.mark.parametrize("prewhiten", [True, False])
def test_a_long_autoregression_has_its_long_run_variance(convention, prewhiten) -> None:
    v = noise(3, n=40_000, k=1, rho=0.5)
    ours = longrun.long_run_covariance(v, prewhiten=prewhiten, convention=convention)
    assert ours[0, 0] == pytest.approx(1 / 0.5**2, rel=0.12)


def test_the_automatic_bandwidth_grows_with_persistence() -> None:
    widths = [
        longrun.automatic_bandwidth(noise(5, rho=rho), kernel="bartlett") for rho in (0.1, 0.5, 0.9)
    ]
    assert widths == sorted(widths)
    constant = np.ones((50, 1))
    assert np.isfinite(longrun.automatic_bandwidth(constant, kernel="parzen"))
    assert longrun.automatic_bandwidth(np.zeros((50, 1)), kernel="parzen") > 0


@few
@given(seed=st.integers(0, 10_000), scale=st.sampled_from([1e-6, -3.0, 1e7]))
def test_covariances_scale_with_the_square_and_are_symmetric(seed, scale) -> None:
    v = noise(seed)
    plain = longrun.long_run_covariance(v)
    np.testing.assert_allclose(longrun.long_run_covariance(v * scale), plain * scale**2, rtol=1e-8)
    np.testing.assert_allclose(plain, plain.T, rtol=1e-10)
    assert np.linalg.eigvalsh(plain).min() > 0


@few
@given(seed=st.integers(0, 10_000))
def test_components_may_change_places(seed) -> None:
    v = noise(seed, k=3)
    swapped = longrun.long_run_covariance(v[:, [2, 0, 1]])
    order = np.ix_([2, 0, 1], [2, 0, 1])
    np.testing.assert_allclose(swapped, longrun.long_run_covariance(v)[order], rtol=1e-8)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kernel": "truncated"}, "kernel: 'truncated' is not allowed; use one of quadratic"),
        ({"convention": "r"}, "convention: 'r' is not allowed; use one of bai-perron, sandwich"),
        ({"bandwidth": 0.0}, "bandwidth: 0.0 is not positive"),
        ({"bandwidth": np.nan}, "bandwidth: nan is not finite"),
        ({"bandwidth": "wide"}, "bandwidth: 'wide' is not a number"),
    ],
)
def test_bad_options_get_one_clear_message(options, message) -> None:
    with pytest.raises(ModelInputError, match=f"^{message}"):
        longrun.long_run_covariance(noise(0), **options)


def test_too_few_observations_get_one_clear_message() -> None:
    with pytest.raises(ModelInputError, match=r"^v: 3 observations cannot tell"):
        longrun.long_run_covariance(noise(0, n=3))


def test_bartlett_sums_are_those_of_the_kernel() -> None:
    scores = np.random.default_rng(4).normal(size=(60, 3))
    ours = longrun.bartlett_sum(scores, lags=5)
    matrix = longrun.long_run_covariance(scores, kernel="bartlett", bandwidth=6, prewhiten=False)
    np.testing.assert_allclose(ours, np.diag(matrix) * (60 - 3), rtol=1e-12)
