from __future__ import annotations

import numpy as np
import pytest
from arch.covariance.kernel import QuadraticSpectral
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter
from statsmodels.stats.sandwich_covariance import S_hac_simple

from rebalancing.models import longrun
from rebalancing.models.validate import ModelInputError

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
    ("bandwidth", "prewhiten", "expected"),
    [
        (2.5, False, 1.63750020289),
        (2.5, True, 2.91870072362),
        (4.0, False, 0.591089549495),
        (4.0, True, 0.736892159125),
    ],
)
def test_numbers_of_the_r_package_sandwich(monkeypatch, bandwidth, prewhiten, expected) -> None:
    monkeypatch.setattr(longrun, "automatic_bandwidth", lambda *_, **__: bandwidth)
    ours = longrun.long_run_covariance(wave(), prewhiten=prewhiten, convention="sandwich")
    np.testing.assert_allclose(ours[0, 0] * 59 / 60, expected, rtol=1e-10)


@pytest.mark.parametrize("k", [1, 3])
def test_the_long_run_covariance_of_arch(k: int) -> None:
    v = noise(2, n=40, k=k)
    bandwidth = longrun.automatic_bandwidth(v)
    theirs = QuadraticSpectral(v, bandwidth=bandwidth, df_adjust=k, center=False).cov.long_run
    ours = longrun.long_run_covariance(v, prewhiten=False)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_the_divisor_of_bai_and_perron_counts_what_whitening_loses(monkeypatch) -> None:
    monkeypatch.setattr(longrun, "automatic_bandwidth", lambda *_, **__: 2.0)
    v = noise(1, n=60)
    ours, other = (longrun.long_run_covariance(v, convention=c) for c in ("bai-perron", "sandwich"))
    np.testing.assert_allclose(ours * 57, other * 58)


@pytest.mark.slow
@pytest.mark.parametrize("convention", ["bai-perron", "sandwich"])
@pytest.mark.parametrize("prewhiten", [True, False])
def test_a_long_autoregression_has_its_long_run_variance(convention, prewhiten) -> None:
    v = noise(3, n=40_000, k=1, rho=0.5)
    ours = longrun.long_run_covariance(v, prewhiten=prewhiten, convention=convention)
    assert ours[0, 0] == pytest.approx(1 / 0.5**2, rel=0.12)


def test_the_automatic_bandwidth_grows_with_persistence() -> None:
    widths = [longrun.automatic_bandwidth(noise(5, rho=rho)) for rho in (0.1, 0.5, 0.9)]
    assert widths == sorted(widths)
    assert np.isfinite(longrun.automatic_bandwidth(np.ones((50, 1))))
    assert longrun.automatic_bandwidth(np.zeros((50, 1))) > 0


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


def test_too_few_observations_get_one_clear_message() -> None:
    with pytest.raises(ModelInputError, match=r"^v: 3 observations cannot tell"):
        longrun.long_run_covariance(noise(0, n=3))


def test_bartlett_sums_are_those_of_newey_and_west() -> None:
    scores = np.random.default_rng(4).normal(size=(60, 3))
    ours = longrun.bartlett_sum(scores, lags=5)
    np.testing.assert_allclose(ours, np.diag(S_hac_simple(scores, nlags=5)), rtol=1e-12)
