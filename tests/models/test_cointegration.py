from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.stats import chi2
from statsmodels.tsa.api import ARDL, UECM
from statsmodels.tsa.ardl import pss_critical_values as simulated
from statsmodels.tsa.vector_ar.vecm import VECM, coint_johansen

from rebalancing.models import _bounds_tables as bounds_tables
from rebalancing.models import _johansen_tables as johansen_tables
from rebalancing.models import cointegration
from rebalancing.models._validate import ModelInputError
from rebalancing.models.warnings import SmallSampleWarning
from rebalancing.oracles import cointegration as oracles

DATA = Path(__file__).parents[1] / "oracles" / "data"
few = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
CASES = (1, 2, 3, 4, 5)
CODES = {"none": "n", "restricted constant": "ci", "constant": "co", "restricted trend": "coli"}
# MacKinnon, Haug and Michelis (1999), 5%, by the number of series less the rank, 1 to 4.
PRINTED = {
    ("none", "trace"): (4.1299, 12.3209, 24.2760, 40.1749),
    ("none", "max_eig"): (4.1299, 11.2248, 17.7973, 24.1592),
    ("restricted constant", "trace"): (9.1645, 20.2618, 35.1928, 54.0790),
    ("restricted constant", "max_eig"): (9.1645, 15.8921, 22.2996, 28.5881),
    ("constant", "trace"): (3.8415, 15.4947, 29.7971, 47.8561),
    ("constant", "max_eig"): (3.8415, 14.2646, 21.1316, 27.5843),
    ("restricted trend", "trace"): (12.5180, 25.8721, 42.9153, 63.8761),
    ("restricted trend", "max_eig"): (12.5180, 19.3870, 25.8232, 32.1183),
}


def walks(seed: int, n: int = 120, series: int = 3, drift: float = 0.0) -> pd.DataFrame:
    """Simulate random walks that share nothing, by year."""
    rng = np.random.default_rng(seed)
    steps = drift + rng.normal(size=(n, series))
    return pd.DataFrame(
        np.cumsum(steps, axis=0), index=range(1901, 1901 + n), columns=list("abcdefghijkl"[:series])
    )


def related(seed: int, n: int = 400) -> pd.DataFrame:
    """Simulate y = 2 + 1.5 x - z + stationary, where y alone corrects, by half."""
    rng = np.random.default_rng(seed)
    x, z = np.cumsum(rng.normal(size=(2, n)), axis=1)
    target, y = 2 + 1.5 * x - z, np.zeros(n)
    y[0] = target[0]
    for t in range(1, n):
        y[t] = y[t - 1] - 0.5 * (y[t - 1] - target[t - 1]) + rng.normal()
    return pd.DataFrame({"y": y, "x": x, "z": z})


def quarters(data: pd.DataFrame, start: str) -> pd.DataFrame:
    return data.set_axis(pd.period_range(start, periods=len(data), freq="Q"), axis="index")


# Johansen


@pytest.mark.filterwarnings("ignore::rebalancing.models.warnings.SmallSampleWarning")
@pytest.mark.parametrize("deterministic", cointegration.DETERMINISTIC)
@pytest.mark.parametrize(("lags", "seasons", "dummy"), [(1, 0, False), (2, 4, True), (4, 4, False)])
def test_likelihoods_are_those_of_statsmodels(deterministic, lags, seasons, dummy) -> None:
    data = oracles.danish_money()
    exog = pd.Series(np.arange(55) == 20, index=data.index, dtype=float) if dummy else None
    found = cointegration.johansen(
        data, lags=lags, deterministic=deterministic, seasons=seasons, exog=exog
    )
    for rank in (1, 2, 3):
        model = VECM(
            data.to_numpy(),
            exog=None if exog is None else exog.to_numpy()[:, None],
            k_ar_diff=lags - 1,
            coint_rank=rank,
            deterministic=CODES[deterministic],
            seasons=seasons,
        )
        assert found.loglike(rank) == pytest.approx(model.fit().llf, abs=1e-7)


@pytest.mark.parametrize(("deterministic", "order"), [("none", -1), ("constant", 0)])
@few
@given(seed=st.integers(0, 10_000), lags=st.integers(2, 4))
def test_statistics_are_those_of_statsmodels_where_it_has_them(
    deterministic, order, seed, lags
) -> None:
    # With one lag it regresses on the current level in place of the one before.
    data = walks(seed)
    found = cointegration.johansen(data, lags=lags, deterministic=deterministic)
    theirs = coint_johansen(data.to_numpy(), order, lags - 1)
    np.testing.assert_allclose(found.trace, theirs.lr1, rtol=1e-7)
    np.testing.assert_allclose(found.max_eig, theirs.lr2, rtol=1e-7)
    np.testing.assert_allclose(found.critical_values["trace"], theirs.cvt)
    np.testing.assert_allclose(found.critical_values["max_eig"], theirs.cvm)


@pytest.mark.parametrize("deterministic", cointegration.DETERMINISTIC)
@few
@given(seed=st.integers(0, 10_000), lags=st.integers(1, 3), series=st.integers(2, 5))
def test_statistics_follow_from_likelihoods(deterministic, seed, lags, series) -> None:
    found = cointegration.johansen(
        walks(seed, series=series), lags=lags, deterministic=deterministic
    )
    logs = np.array([found.loglike(rank) for rank in range(series + 1)])
    assert (np.diff(logs) > 0).all()
    np.testing.assert_allclose(found.trace, 2 * (logs[-1] - logs[:-1]), atol=1e-8)
    np.testing.assert_allclose(found.max_eig, 2 * np.diff(logs), atol=1e-8)
    assert ((found.eigenvalues >= 0) & (found.eigenvalues < 1)).all()
    assert found.eigenvalues.is_monotonic_decreasing
    assert found.p_values.stack().between(0, 1).all()


@few
@given(
    seed=st.integers(0, 10_000),
    scale=st.sampled_from([1e-9, 0.01, 100.0, 1e12]),
    deterministic=st.sampled_from(cointegration.DETERMINISTIC),
)
def test_scaling_a_series_scales_its_coefficient_alone(seed, scale, deterministic) -> None:
    data = related(seed, 200)
    plain = cointegration.johansen(data, lags=2, deterministic=deterministic)
    scaled = cointegration.johansen(
        data.assign(z=data["z"] * scale), lags=2, deterministic=deterministic
    )
    np.testing.assert_allclose(scaled.eigenvalues, plain.eigenvalues, rtol=1e-6)
    expected = plain.beta[1].copy()
    expected["z"] /= scale
    np.testing.assert_allclose(scaled.beta[1], expected, rtol=1e-5, atol=1e-9)
    np.testing.assert_allclose(scaled.alpha[1]["z"] / scale, plain.alpha[1]["z"], rtol=1e-5)
    np.testing.assert_allclose(scaled.alpha[1]["y"], plain.alpha[1]["y"], rtol=1e-5)


@few
@given(seed=st.integers(0, 10_000), order=st.permutations(["y", "x", "z"]))
def test_order_of_series_changes_the_normalisation_alone(seed, order) -> None:
    data = related(seed, 200)
    plain = cointegration.johansen(data, lags=2, deterministic="restricted constant")
    other = cointegration.johansen(data[order], lags=2, deterministic="restricted constant")
    np.testing.assert_allclose(other.trace, plain.trace, rtol=1e-8)
    rescaled = other.beta[1] / other.beta[1]["y"]
    np.testing.assert_allclose(rescaled[plain.beta.index], plain.beta[1], rtol=1e-6)
    product = other.alpha @ other.beta.T
    np.testing.assert_allclose(
        product.loc[plain.alpha.index, plain.beta.index], plain.alpha @ plain.beta.T, atol=1e-8
    )


@few
@given(seed=st.integers(0, 10_000), shift=st.sampled_from([-1e4, 3.0, 1e5]))
def test_shifting_a_series_changes_the_constant_of_the_relation_alone(seed, shift) -> None:
    data = related(seed, 200)
    plain = cointegration.johansen(data, lags=2, deterministic="restricted constant")
    moved = cointegration.johansen(
        data.assign(x=data["x"] + shift), lags=2, deterministic="restricted constant"
    )
    np.testing.assert_allclose(moved.trace, plain.trace, rtol=1e-5)
    np.testing.assert_allclose(moved.beta[1][:3], plain.beta[1][:3], rtol=1e-5)
    constant = plain.beta[1]["constant"] - shift * plain.beta[1]["x"]
    assert moved.beta[1]["constant"] == pytest.approx(constant, rel=1e-5)


@few
@given(seed=st.integers(0, 10_000), start=st.sampled_from(["1990Q1", "1990Q2", "1990Q4"]))
def test_seasonal_dummies_do_not_depend_on_the_first_quarter(seed, start) -> None:
    data = walks(seed)
    first = cointegration.johansen(
        quarters(data, "1980Q1"), lags=2, deterministic="constant", seasons=4
    )
    other = cointegration.johansen(
        quarters(data, start), lags=2, deterministic="constant", seasons=4
    )
    np.testing.assert_allclose(other.trace, first.trace, rtol=1e-9)


def test_a_seasonal_pattern_leaves_the_statistics_once_seasons_are_in() -> None:
    data = quarters(walks(3), "1980Q2")
    pattern = np.resize([4.0, -1.0, -5.0, 2.0], len(data))
    options = {"lags": 2, "deterministic": "constant"}
    plain = cointegration.johansen(data, seasons=4, **options)
    seasonal = data.assign(b=data["b"] + pattern)
    np.testing.assert_allclose(
        cointegration.johansen(seasonal, seasons=4, **options).trace, plain.trace, rtol=1e-8
    )
    assert not np.allclose(cointegration.johansen(seasonal, **options).trace, plain.trace, rtol=0.1)


def test_further_regressors_take_out_what_they_explain() -> None:
    data = related(5)
    pulse = pd.Series(np.arange(len(data)) == 100, dtype=float, name="pulse")
    hit = data.assign(y=data["y"] + 40 * pulse.cumsum() * 0.6 ** np.arange(-100, 300).clip(0))
    options = {"lags": 1, "deterministic": "restricted constant"}
    with_pulse = cointegration.johansen(hit, exog=pulse, **options)
    without = cointegration.johansen(hit, **options)
    assert with_pulse.loglike(1) > without.loglike(1) + 50


@pytest.mark.parametrize("deterministic", cointegration.DETERMINISTIC)
def test_simulated_relation_is_found(deterministic) -> None:
    found = cointegration.johansen(related(1), lags=1, deterministic=deterministic)
    assert found.rank() == 1
    assert found.rank("1%", "max_eig") == 1
    expected = {"y": 1.0, "x": -1.5, "z": 1.0}
    if deterministic == "restricted constant":
        expected["constant"] = -2.0  # on the side of y: y - 1.5 x + z - 2 is stationary around 0
    for name, value in expected.items():
        slack = 0.5 if name == "constant" else 0.1
        assert found.beta[1][name] == pytest.approx(value, abs=slack)
    assert found.alpha[1]["y"] == pytest.approx(-0.5, abs=0.1)
    assert found.alpha[1][["x", "z"]].abs().max() < 0.1


def test_rank_is_the_first_that_is_not_rejected() -> None:
    stationary = pd.DataFrame(np.random.default_rng(4).normal(size=(200, 3)), columns=list("abc"))
    found = cointegration.johansen(stationary, lags=1, deterministic="constant")
    assert found.rank() == 3
    none = cointegration.johansen(walks(12), lags=1, deterministic="constant")
    assert none.trace[0] < none.critical_values["trace", "10%"][0]
    assert none.rank("10%") == 0


@pytest.mark.parametrize(("deterministic", "statistic"), list(PRINTED))
def test_p_values_and_critical_values_agree_with_the_printed_distribution(
    deterministic, statistic
) -> None:
    table = johansen_tables.critical_values(4, deterministic)[statistic, "5%"].to_numpy()[::-1]
    for n, printed in enumerate(PRINTED[deterministic, statistic], 1):
        p_value = johansen_tables.p_value(statistic, printed, n, deterministic)
        assert p_value == pytest.approx(0.05, abs=0.004)
        assert table[n - 1] == pytest.approx(printed, rel=0.023)


@pytest.mark.parametrize("deterministic", cointegration.DETERMINISTIC)
def test_critical_values_rise_with_series_and_fall_with_size(deterministic) -> None:
    values = johansen_tables.critical_values(johansen_tables.MOST_SERIES, deterministic)
    assert list(values.columns.levels[0].sort_values()) == ["max_eig", "trace"]
    assert (values.diff().iloc[1:] < 0).all(axis=None)
    for statistic in ("trace", "max_eig"):
        assert (values[statistic].diff(axis="columns").iloc[:, 1:] > 0).all(axis=None)
    # With one series left and an unrestricted constant the statistic is chi-squared.
    if deterministic == "constant":
        assert values["trace", "5%"].iloc[-1] == pytest.approx(chi2.ppf(0.95, 1), abs=1e-3)


def test_a_short_sample_is_said_to_be_short() -> None:
    with pytest.warns(SmallSampleWarning, match="finds too many relations") as caught:
        found = cointegration.johansen(
            oracles.danish_money(), lags=2, deterministic="restricted constant", seasons=4
        )
    assert found.cautions == tuple(str(warning.message) for warning in caught)
    assert caught[0].filename == __file__
    np.testing.assert_allclose(found.trace_scaled, found.trace * (53 - 8) / 53)
    assert "41.73 instead of 49.14" in found.cautions[0]


def test_result_says_what_was_found() -> None:
    found = cointegration.johansen(related(1), lags=1, deterministic="constant")
    text = repr(found)
    assert "3 series, 1 lags, deterministic 'constant'" in text
    assert "rank at 5%: 1 by trace" in text
    assert found.source in text
    assert list(found.to_frame().index) == [0, 1, 2]
    assert found.cautions == ()
    for rank in (-1, 4, 1.5, True):
        with pytest.raises(ModelInputError, match="rank"):
            found.loglike(rank)
    with pytest.raises(ModelInputError, match="size: '2%'"):
        found.rank("2%")
    with pytest.raises(ModelInputError, match="statistic: 'lambda'"):
        found.rank(statistic="lambda")


# Vector error correction


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


# Bounds test


def earnings(case: int, order=oracles.EARNINGS_ORDER) -> cointegration.BoundsTest:
    wages, causes, dummies = oracles.uk_earnings(DATA)
    return cointegration.ardl_bounds(
        wages, causes, order, case=case, fixed=dummies, start=oracles.EARNINGS_START
    )


@pytest.mark.parametrize("case", CASES)
@few
@given(seed=st.integers(0, 10_000), order=st.tuples(*[st.integers(1, 4)] * 3))
def test_coefficients_are_those_of_statsmodels(case, seed, order) -> None:
    data = related(seed, 120)
    tested = cointegration.ardl_bounds(data["y"], data[["x", "z"]], order, case=case)
    fitted = UECM(
        data["y"],
        order[0],
        data[["x", "z"]],
        dict(zip(("x", "z"), order[1:], strict=True)),
        trend={1: "n", 2: "c", 3: "c"}.get(case, "ct"),
    ).fit()
    np.testing.assert_allclose(tested.residuals, fitted.resid, atol=1e-8)
    assert len(tested.coefficients) == len(fitted.params)
    levels = ["y.L1", "x.L1", "z.L1"]
    own = tested.coefficients.loc[["y, level", "x, level", "z, level"]]
    np.testing.assert_allclose(own["coefficient"], fitted.params[levels], rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(own["bse"], fitted.bse[levels], rtol=1e-6)
    null = levels + {2: ["const"], 4: ["trend"]}.get(case, [])
    estimates = fitted.params[null].to_numpy()
    covariance = fitted.cov_params().loc[null, null].to_numpy()
    wald = estimates @ np.linalg.solve(covariance, estimates)
    assert tested.f_stat == pytest.approx(wald / len(null), rel=1e-6)
    assert tested.t_stat == pytest.approx(fitted.tvalues["y.L1"], rel=1e-6)


@few
@given(seed=st.integers(0, 10_000), lags=st.integers(1, 3), other=st.integers(0, 3))
def test_long_run_is_the_one_of_the_distributed_lags(seed, lags, other) -> None:
    data = related(seed, 150)
    tested = cointegration.ardl_bounds(data["y"], data[["x", "z"]], (lags, 0, other), case=3)
    model = ARDL(data["y"], lags, data[["x", "z"]], {"x": 0, "z": other}, trend="c")
    params = model.fit().params
    speed = 1 - params.filter(like="y.L").sum()
    assert tested.ec_coefficient == pytest.approx(-speed, rel=1e-6)
    for name in ("x", "z"):
        total = params.filter(like=f"{name}.L").sum()
        assert tested.long_run["coefficient"][name] == pytest.approx(total / speed, rel=1e-5)
    assert tested.long_run["coefficient"]["constant"] == pytest.approx(
        params["const"] / speed, rel=1e-5, abs=1e-8
    )


@pytest.mark.parametrize("case", CASES)
@few
@given(seed=st.integers(0, 10_000), scale=st.sampled_from([1e-9, 0.1, 1e3, 1e12]))
def test_statistics_do_not_depend_on_units(case, seed, scale) -> None:
    data = related(seed, 120)
    plain = cointegration.ardl_bounds(data["y"], data[["x", "z"]], (2, 1, 0), case=case)
    scaled = cointegration.ardl_bounds(
        data["y"] * 100, data[["x", "z"]] * [1.0, scale], (2, 1, 0), case=case
    )
    assert scaled.f_stat == pytest.approx(plain.f_stat, rel=1e-6)
    assert scaled.t_stat == pytest.approx(plain.t_stat, rel=1e-6)
    assert scaled.p_value == pytest.approx(plain.p_value, rel=1e-5, abs=1e-12)
    for column in ("coefficient", "bse"):
        expected = 100 * plain.long_run[column].copy()
        expected["z"] /= scale
        np.testing.assert_allclose(scaled.long_run[column], expected, rtol=1e-5)


@few
@given(seed=st.integers(0, 10_000))
def test_order_of_regressors_does_not_matter(seed) -> None:
    data = related(seed, 120)
    plain = cointegration.ardl_bounds(data["y"], data[["x", "z"]], (2, 1, 3), case=2)
    other = cointegration.ardl_bounds(data["y"], data[["z", "x"]], (2, 3, 1), case=2)
    assert other.f_stat == pytest.approx(plain.f_stat, rel=1e-8)
    pd.testing.assert_frame_equal(other.long_run.loc[plain.long_run.index], plain.long_run)


@few
@given(seed=st.integers(0, 10_000), shift=st.sampled_from([-1e4, 7.0]), slope=st.floats(-3, 3))
def test_free_terms_absorb_shifts_and_trends(seed, shift, slope) -> None:
    data = related(seed, 120)
    time = np.arange(len(data))
    for case in (2, 3, 4, 5):
        line = shift + (slope * time if case >= 4 else 0.0)
        plain = cointegration.ardl_bounds(data["y"], data[["x", "z"]], (2, 1, 1), case=case)
        moved = cointegration.ardl_bounds(data["y"] + line, data[["x", "z"]], (2, 1, 1), case=case)
        assert moved.t_stat == pytest.approx(plain.t_stat, rel=1e-4)
        if case in (3, 5):
            assert moved.f_stat == pytest.approx(plain.f_stat, rel=1e-4)


def test_cases_share_regressions_and_differ_in_what_is_tested() -> None:
    tests = {case: earnings(case) for case in CASES}
    assert tests[2].t_stat == pytest.approx(tests[3].t_stat)
    assert tests[4].t_stat == pytest.approx(tests[5].t_stat)
    assert tests[2].f_stat != pytest.approx(tests[3].f_stat, rel=0.1)
    pd.testing.assert_frame_equal(tests[2].long_run, tests[3].long_run)
    assert list(tests[5].long_run.index) == ["Prod", "UR", "Wedge", "Union", "constant", "trend"]
    assert list(tests[1].long_run.index) == ["Prod", "UR", "Wedge", "Union"]
    for case in (2, 4):
        assert tests[case].bounds["t"].isna().all(axis=None)
    for case in (1, 3, 5):
        assert (tests[case].bounds["t", "I(1)"] < tests[case].bounds["t", "I(0)"]).all()


def test_delta_method_agrees_with_the_spread_of_estimates() -> None:
    fits = [
        cointegration.ardl_bounds(
            related(s, 200)["y"], related(s, 200)[["x", "z"]], (1, 1, 1), case=3
        )
        for s in range(60)
    ]
    z = [(fit.long_run["coefficient"]["x"] - 1.5) / fit.long_run["bse"]["x"] for fit in fits]
    assert 0.7 < np.std(z) < 1.4


def test_start_shortens_the_sample_and_nothing_else() -> None:
    wages, causes, dummies = oracles.uk_earnings(DATA)
    late = earnings(3)
    assert late.nobs == 104
    assert late.sample == "1972Q1 to 1997Q4"
    cut = slice(pd.Period("1972Q1") - 6, None)
    by_hand = cointegration.ardl_bounds(
        wages[cut], causes[cut], oracles.EARNINGS_ORDER, case=3, fixed=dummies[cut]
    )
    assert by_hand.f_stat == pytest.approx(late.f_stat, rel=1e-9)
    as_period = cointegration.ardl_bounds(
        wages, causes, oracles.EARNINGS_ORDER, case=3, fixed=dummies, start=pd.Period("1972Q1")
    )
    assert as_period.f_stat == late.f_stat
    from_year = cointegration.ardl_bounds(
        wages, causes, oracles.EARNINGS_ORDER, case=3, fixed=dummies, start="1972"
    )
    assert from_year.f_stat == late.f_stat


def test_simulated_relation_is_found_by_the_bounds_test() -> None:
    data = related(8)
    tested = cointegration.ardl_bounds(data["y"], data[["x", "z"]], (1, 1, 1), case=2)
    assert tested.p_value < 0.001
    assert "rejects" in tested.verdict
    assert tested.ec_coefficient == pytest.approx(-0.5, abs=0.1)
    for name, value in {"x": 1.5, "z": -1.0, "constant": 2.0}.items():
        estimate = tested.long_run.loc[name]
        assert abs(estimate["coefficient"] - value) < 4 * estimate["bse"] < 1
    alone = walks(5)
    tested = cointegration.ardl_bounds(alone["a"], alone[["b", "c"]], (1, 1, 1), case=3)
    assert "does not reject" in tested.verdict
    assert earnings(5).verdict.startswith("is silent")


def test_verdict_of_t_follows_its_own_bounds() -> None:
    # -3.91 is between the bounds -2.86 and -3.99, while F is beyond its own.
    tested = earnings(3)
    assert tested.verdict.startswith("rejects")
    assert tested.t_verdict is not None
    assert tested.t_verdict.startswith("is silent")
    assert f"t {tested.t_verdict}" in repr(tested)
    data = related(8)
    found = cointegration.ardl_bounds(data["y"], data[["x", "z"]], (1, 1, 1), case=3)
    assert found.t_verdict == found.verdict
    assert earnings(5).t_verdict.startswith("does not reject")
    assert earnings(1).t_verdict.startswith("does not reject")
    assert earnings(2).t_verdict is None
    assert earnings(4).t_verdict is None


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("k", range(1, 11))
def test_printed_bounds_agree_with_simulated_ones(case, k) -> None:
    table = bounds_tables.bounds(k, case)
    for kind, integrated in (("I(0)", False), ("I(1)", True)):
        own = table["F", kind].to_numpy()
        np.testing.assert_allclose(own, simulated.crit_vals[k, case, integrated][:3], rtol=0.024)
        p_values = [bounds_tables.p_value(v, k, case, integrated=integrated) for v in own]
        np.testing.assert_allclose(p_values, [0.10, 0.05, 0.01], atol=0.006)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("k", [1, 4, 8, 10])
def test_p_values_fall_with_the_statistic(case, k) -> None:
    grid = np.exp(np.linspace(np.log(1e-3), np.log(50), 120))
    for integrated in (False, True):
        values = [bounds_tables.p_value(f, k, case, integrated=integrated) for f in grid]
        assert (np.diff(values) < 1e-4).all()
        assert values[0] > 0.95
        assert values[-1] < 1e-6


def test_the_bounds_test_of_statsmodels_disagrees_with_the_published_one() -> None:
    table = oracles.bounds_test_of_statsmodels(DATA)
    published, ours, theirs = (table.loc[n] for n in ("published", "this report", "statsmodels"))
    np.testing.assert_allclose(ours, published, atol=1e-6)
    assert abs(theirs["F"] - published["F"]) > 2
    assert theirs["I(1) bound at 5%"] < published["I(1) bound at 5%"] - 0.2


def test_bounds_result_says_what_was_found() -> None:
    tested = earnings(3)
    text = repr(tested)
    assert "ARDL(6, 1, 5, 4, 5), case 3 (unrestricted constant, no trend)" in text
    assert "F 5.5501, 5% bounds 2.86 to 4.01" in text
    assert "1.0633" in text
    assert tested.cautions == ()
    frame = tested.to_frame()
    assert frame.loc["F", "5% I(1)"] == 4.01
    assert frame.loc["t", "value"] == tested.t_stat
    assert tested.p_value_i0 < tested.p_value
    short = related(1, 60)
    with pytest.warns(SmallSampleWarning, match="asymptotic") as caught:
        few_years = cointegration.ardl_bounds(short["y"], short["x"], (1, 1), case=3)
    assert few_years.cautions == (str(caught[0].message),)
    assert caught[0].filename == __file__


def test_arrays_will_do() -> None:
    data = related(6, 150)
    named = cointegration.ardl_bounds(data["y"], data[["x", "z"]], (1, 1, 0), case=3)
    plain = cointegration.ardl_bounds(
        data["y"].to_numpy(), data[["x", "z"]].to_numpy(), (1, 1, 0), case=3
    )
    assert plain.f_stat == pytest.approx(named.f_stat)
    assert list(plain.long_run.index) == ["exog 1", "exog 2", "constant"]
    dummy = np.arange(150) == 70
    found = cointegration.johansen(data.to_numpy(), lags=1, deterministic="constant", exog=dummy)
    assert list(found.beta.index) == ["data 1", "data 2", "data 3"]


# What cannot be used


def test_data_are_not_changed() -> None:
    data, before = related(1, 150), related(1, 150)
    cointegration.johansen(data, lags=2, deterministic="restricted trend")
    cointegration.vecm(data, lags=2, rank=1, deterministic="restricted trend")
    cointegration.ardl_bounds(data["y"], data[["x", "z"]], (2, 1, 0), case=5)
    pd.testing.assert_frame_equal(data, before)


GOOD = walks(1)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (
            GOOD.drop(index=1950).reindex(GOOD.index),
            "column a: 1 of 120 values missing, the first at 1950",
        ),
        (GOOD.replace(GOOD.iloc[3, 1], np.inf), "column b: infinite value at 1904"),
        (GOOD.drop(index=1950), "no period between 1949 and 1951"),
        (GOOD.iloc[::-1], "not in order"),
        (pd.concat([GOOD, GOOD.tail(1)]), "2020 occurs more than once"),
        (GOOD.assign(b=3.0), "column b: every value is 3"),
        (GOOD.head(3), "3 observations are too few"),
        (GOOD.head(9), "are too few for 3 series"),
        (GOOD[["a"]], "1 series; pass 2 to 11"),
        (walks(1, series=12), "12 series; pass 2 to 11"),
        (GOOD.assign(c=100 - GOOD["a"] - GOOD["b"]), "c is zero or a linear combination"),
        (GOOD.assign(c=2 * GOOD["a"]), "linear combination"),
        (GOOD.assign(c=np.arange(120.0)), "linear combination"),
        (GOOD.set_axis(["a", "b", "a"], axis="columns"), "two columns are called 'a'"),
        (GOOD.rename(columns={"a": "constant"}), "called 'constant'"),
        (GOOD.assign(a="x"), "must be one column of numbers"),
        (GOOD[[]], "no columns"),
        (np.zeros((3, 3, 3)), "3 dimensions"),
    ],
)
def test_series_that_cannot_be_used(data, words) -> None:
    with pytest.raises(ModelInputError, match=words):
        cointegration.johansen(data, lags=2, deterministic="constant")
    with pytest.raises(ModelInputError, match=words):
        cointegration.vecm(data, lags=2, rank=1, deterministic="constant")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"lags": 0}, "lags: 0 is not a whole number from 1"),
        ({"lags": 1.5}, "lags: 1.5"),
        ({"lags": True}, "lags: True"),
        ({"lags": 40}, "too few for 3 series"),
        ({"deterministic": "c"}, "deterministic: 'c' is not allowed; use one of 'none'"),
        ({"seasons": 1}, "seasons: 1 season is none"),
        ({"seasons": -4}, "seasons: -4"),
        ({"exog": GOOD["a"].rename("d").head(50)}, "exog: covers 1901 to 1950"),
        ({"exog": GOOD["a"]}, "'a' is the name of a column in another argument"),
        ({"exog": GOOD["a"].rename("d") * 0}, "exog, column d: every value is 0"),
        ({"exog": GOOD["a"].diff().rename("d")}, "exog, column d: 1 of 120 values missing"),
        ({"exog": (GOOD["a"].diff().fillna(0)).rename("d")}, "linear combination"),
    ],
)
def test_options_that_cannot_be_used(options, words) -> None:
    with pytest.raises(ModelInputError, match=words):
        cointegration.johansen(GOOD, **({"lags": 2, "deterministic": "constant"} | options))


def test_seasons_that_the_dates_contradict() -> None:
    with pytest.raises(ModelInputError, match="quarterly dates; pass 4"):
        cointegration.johansen(
            quarters(GOOD, "1990Q1"), lags=2, deterministic="constant", seasons=12
        )
    years = GOOD.set_axis(pd.period_range("1901", periods=120, freq="Y"), axis="index")
    with pytest.raises(ModelInputError, match="annual dates; pass 0"):
        cointegration.johansen(years, lags=2, deterministic="constant", seasons=4)


def test_series_that_follow_from_their_past() -> None:
    data = GOOD.copy()
    for t in range(1, len(data)):
        data.iloc[t, 2] = 0.5 * data.iloc[t - 1, 2] + data.iloc[t - 1, 0]
    with pytest.raises(ModelInputError, match="nothing random to test"):
        cointegration.johansen(data, lags=1, deterministic="none")
    with pytest.raises(ModelInputError, match="nothing random to test"):
        cointegration.ardl_bounds(data["c"], data["a"], (1, 1), case=3)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"case": 6}, "case: 6 is not allowed"),
        ({"case": "III"}, "case: 'III'"),
        ({"case": True}, "case: True"),
        ({"order": (1, 1)}, "order: 2 numbers for endog and 2 columns"),
        ({"order": 2}, "order: 1 numbers"),
        ({"order": (0, 1, 1)}, "order, endog: 0 is not a whole number from 1"),
        ({"order": (1, -1, 1)}, "order, b: -1"),
        ({"order": (1, 1.5, 1)}, "order, b: 1.5"),
        ({"order": (1, 130, 1)}, "130 lags need more than 120"),
        ({"order": (40, 40, 40)}, "too few for"),
        ({"exog": GOOD[["b", "c"]].head(80)}, "exog: covers 1901 to 1980"),
        ({"exog": GOOD[["b", "c"]].set_axis(range(120))}, "exog: covers 0 to 119"),
        ({"exog": GOOD[["a", "b"]]}, "'a' is the name"),
        ({"exog": GOOD[["b"]].assign(c=GOOD["b"] * 3)}, "linear combination"),
        ({"exog": GOOD[["b"]].assign(c=np.arange(120.0)), "case": 5}, "linear combination"),
        ({"exog": GOOD[["b", "c"]].drop(index=1950).reindex(GOOD.index)}, "values missing"),
        ({"endog": GOOD["a"] * 0}, "endog: every value is 0"),
        ({"endog": GOOD["a"].replace(GOOD["a"].iloc[5], np.nan)}, "endog: 1 of 120"),
        ({"endog": pd.Series(np.arange(120.0), GOOD.index)}, "changes by the same amount"),
        ({"fixed": GOOD["a"].rename("d").head(50)}, "fixed: covers"),
        ({"fixed": pd.Series(GOOD.index < 1902, GOOD.index, name="d")}, "d is zero or a linear"),
        ({"fixed": pd.Series(GOOD.index < 1950, GOOD.index, name="trend")}, "called 'trend'"),
        ({"start": 1850}, "start: 1850 is not among the periods 1901 to 2020"),
        ({"start": 1901}, "start: 1901 leaves fewer than 1 observations"),
        ({"start": 2019}, "too few for"),
    ],
)
def test_bounds_tests_that_cannot_be_run(options, words) -> None:
    usual = {"endog": GOOD["a"], "exog": GOOD[["b", "c"]], "order": (1, 1, 1), "case": 3}
    with pytest.raises(ModelInputError, match=words):
        cointegration.ardl_bounds(**(usual | options))


def test_too_many_regressors_for_the_tables() -> None:
    data = walks(1, 200, 12)
    with pytest.raises(ModelInputError, match="exog: 11 columns"):
        cointegration.ardl_bounds(data["a"], data.drop(columns="a"), (1,) * 12, case=3)


# Size, by simulation


@pytest.mark.slow
@pytest.mark.parametrize("deterministic", cointegration.DETERMINISTIC)
def test_trace_test_has_its_size(deterministic) -> None:
    drift = 0.5 if deterministic in ("constant", "restricted trend") else 0.0
    found = [
        cointegration.johansen(walks(s, 500, 2, drift), lags=1, deterministic=deterministic)
        for s in range(800)
    ]
    for statistic in ("trace", "max_eig"):
        rejected = np.mean([one.rank("5%", statistic) > 0 for one in found])
        assert rejected == pytest.approx(0.05, abs=0.025)
        p_values = np.array([one.p_values[statistic][0] for one in found])
        assert np.mean(p_values < 0.10) == pytest.approx(0.10, abs=0.032)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_bounds_test_has_its_size_with_integrated_regressors(case) -> None:
    f_stats, t_stats = [], []
    for seed in range(600):
        data = walks(seed + 5000, 400, 3)
        tested = cointegration.ardl_bounds(data["a"], data[["b", "c"]], (1, 1, 1), case=case)
        f_stats.append(tested.f_stat)
        t_stats.append(tested.t_stat)
    upper = tested.bounds.loc["5%"]
    assert np.mean(np.array(f_stats) > upper["F", "I(1)"]) == pytest.approx(0.05, abs=0.025)
    if case in (1, 3, 5):
        assert np.mean(np.array(t_stats) < upper["t", "I(1)"]) == pytest.approx(0.05, abs=0.025)
