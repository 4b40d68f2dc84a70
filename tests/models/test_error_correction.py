from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.tsa.vector_ar.vecm import VECM

from rebalancing.models import cointegration
from rebalancing.models._validate import ModelInputError
from rebalancing.models.warnings import SmallSampleWarning
from rebalancing.oracles import cointegration as oracles

from .integrated import few, related, walks

CODES = {"none": "n", "restricted constant": "ci", "constant": "co", "restricted trend": "coli"}


@pytest.mark.parametrize("deterministic", cointegration.DETERMINISTIC)
@pytest.mark.parametrize("lags", [1, 3])
def test_one_relation_is_the_one_of_the_rank_test(deterministic, lags) -> None:
    data = related(2)
    options = {"lags": lags, "deterministic": deterministic}
    fitted = cointegration.vecm(data, rank=1, **options)
    found = cointegration.johansen(data, **options)
    assert fitted.loglike == pytest.approx(found.loglike(1), abs=1e-6)
    np.testing.assert_allclose(fitted.beta[1], found.beta[1], rtol=1e-5, atol=1e-8)
    np.testing.assert_allclose(fitted.alpha[1], found.alpha[1], rtol=1e-5, atol=1e-8)
    assert list(fitted.beta.index) == list(found.beta.index)
    assert fitted.gamma.shape == (3, 3 * (lags - 1))
    assert np.isnan(fitted.beta_bse[1]["y"])
    np.testing.assert_allclose(
        fitted.residual_covariance, fitted.residuals.T @ fitted.residuals / fitted.nobs, rtol=1e-8
    )


@pytest.mark.parametrize("deterministic", cointegration.DETERMINISTIC)
@pytest.mark.parametrize("rank", [1, 2])
def test_standard_errors_are_those_of_statsmodels_in_the_right_cells(deterministic, rank) -> None:
    data = walks(9, 150, 4)
    fitted = cointegration.vecm(data, lags=2, rank=rank, deterministic=deterministic)
    theirs = VECM(
        data.to_numpy(), k_ar_diff=1, coint_rank=rank, deterministic=CODES[deterministic]
    ).fit()
    own = fitted.beta_bse.iloc[rank:].to_numpy()
    shuffled = np.vstack([theirs.stderr_beta[rank:], theirs.stderr_det_coef_coint])
    np.testing.assert_allclose(np.sort(own, axis=None), np.sort(shuffled, axis=None), rtol=1e-6)
    # The covariance is a Kronecker product, so that the columns are proportional.
    np.testing.assert_allclose(own / own[:, :1], np.ones_like(own) * (own / own[:, :1])[0])
    if rank == 1:
        np.testing.assert_allclose(own, shuffled, rtol=1e-6)


@pytest.mark.parametrize("deterministic", cointegration.DETERMINISTIC)
@few
@given(seed=st.integers(0, 10_000), scale=st.sampled_from([1e-9, 0.1, 1e12]))
def test_units_scale_the_error_correction_model(deterministic, seed, scale) -> None:
    data = walks(seed, 150)
    options = {"lags": 2, "rank": 2, "deterministic": deterministic}
    plain = cointegration.vecm(data, **options)
    scaled = cointegration.vecm(data.assign(b=data["b"] * scale), **options)
    factor = pd.Series({"a": 1.0, "b": scale, "c": 1.0}).reindex(plain.beta.index, fill_value=1.0)
    for name in ("beta", "beta_bse"):
        expected = getattr(plain, name).div(factor, axis="index") * [1.0, scale]
        np.testing.assert_allclose(getattr(scaled, name), expected, rtol=1e-4, atol=1e-12 * scale)
    for name in ("alpha", "alpha_bse"):
        expected = getattr(plain, name).mul(factor[:3], axis="index") / [1.0, scale]
        np.testing.assert_allclose(getattr(scaled, name), expected, rtol=1e-4)
    for name in ("gamma", "gamma_bse"):
        expected = getattr(plain, name).mul(factor[:3], axis="index") / factor[:3].to_numpy()
        np.testing.assert_allclose(getattr(scaled, name), expected, rtol=1e-4)
    assert scaled.loglike + 148 * np.log(scale) == pytest.approx(plain.loglike, abs=1e-5)
    assert scaled.portmanteau_p_value == pytest.approx(plain.portmanteau_p_value, abs=1e-6)
    assert scaled.normality_p_value == pytest.approx(plain.normality_p_value, abs=1e-6)


def test_standard_errors_measure_the_spread_of_estimates() -> None:
    fits = [
        cointegration.vecm(related(seed, 200), lags=1, rank=1, deterministic="restricted constant")
        for seed in range(40)
    ]
    z = [(fit.beta[1]["x"] + 1.5) / fit.beta_bse[1]["x"] for fit in fits]
    assert 0.7 < np.std(z) < 1.5
    z = [(fit.alpha[1]["y"] + 0.5) / fit.alpha_bse[1]["y"] for fit in fits]
    assert 0.7 < np.std(z) < 1.5


def test_residual_tests_see_what_is_wrong_with_the_residuals() -> None:
    good = cointegration.vecm(related(3), lags=1, rank=1, deterministic="restricted constant")
    assert good.portmanteau_p_value > 0.05
    assert good.normality_p_value > 0.05
    data = related(3)
    rng = np.random.default_rng(0)
    walk = np.cumsum(rng.standard_t(2, size=len(data)))
    smooth = pd.Series(walk).rolling(3, min_periods=1).mean()
    bad = cointegration.vecm(data.assign(z=smooth), lags=1, rank=1, deterministic="constant")
    assert bad.portmanteau_p_value < 0.001
    assert bad.normality_p_value < 0.001


def test_error_correction_result_says_what_was_estimated() -> None:
    with pytest.warns(SmallSampleWarning, match="standard errors are too small"):
        fitted = cointegration.vecm(
            oracles.danish_money(), lags=2, rank=1, deterministic="restricted constant", seasons=4
        )
    assert "4 series, rank 1, 2 lags" in repr(fitted)
    assert len(fitted.cautions) == 1
    frame = fitted.to_frame()
    assert frame.loc[("beta", "constant", 1), "estimate"] == fitted.beta[1]["constant"]
    assert frame.loc[("alpha", "ibo", 1), "bse"] == fitted.alpha_bse[1]["ibo"]


@pytest.mark.parametrize(("rank", "words"), [(0, "no relation"), (3, "stationary"), (-1, "whole")])
def test_rank_without_error_correction_is_refused(rank, words) -> None:
    with pytest.raises(ModelInputError, match=f"rank: .*{words}"):
        cointegration.vecm(walks(1), lags=1, rank=rank, deterministic="none")
