from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2
from statsmodels.tsa.vector_ar.vecm import VECM, coint_johansen

from rebalancing.models import cointegration
from rebalancing.models.cointegration import johansen_critical_values as johansen_values
from rebalancing.models.validate import ModelInputError
from rebalancing.models.warnings import SmallSampleWarning
from rebalancing.oracles import cointegration as oracles

from .integrated import DETERMINISTIC, few, quarters, related, walks

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


@pytest.mark.filterwarnings("ignore::rebalancing.models.warnings.SmallSampleWarning")
@pytest.mark.parametrize("deterministic", DETERMINISTIC)
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


@pytest.mark.parametrize("deterministic", DETERMINISTIC)
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
    deterministic=st.sampled_from(DETERMINISTIC),
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


@pytest.mark.parametrize("deterministic", DETERMINISTIC)
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
    table = johansen_values.critical_values(4, deterministic)[statistic, "5%"].to_numpy()[::-1]
    for n, printed in enumerate(PRINTED[deterministic, statistic], 1):
        p_value = johansen_values.p_value(statistic, printed, n, deterministic)
        assert p_value == pytest.approx(0.05, abs=0.004)
        assert table[n - 1] == pytest.approx(printed, rel=0.023)


@pytest.mark.parametrize("deterministic", DETERMINISTIC)
def test_critical_values_rise_with_series_and_fall_with_size(deterministic) -> None:
    values = johansen_values.critical_values(johansen_values.MOST_SERIES, deterministic)
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
