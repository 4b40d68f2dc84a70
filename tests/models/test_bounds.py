from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.tsa.api import ARDL, UECM
from statsmodels.tsa.ardl import pss_critical_values as simulated

from rebalancing.models import cointegration
from rebalancing.models.cointegration import bounds_critical_values as bounds_values
from rebalancing.models.warnings import SmallSampleWarning
from rebalancing.oracles import FOLDER
from rebalancing.oracles import cointegration as oracles

from .integrated import CASES, few, related, walks

DATA = FOLDER / "data"


def earnings(case: int, order=oracles.EARNINGS_ORDER) -> cointegration.BoundsTest:
    wages, causes, dummies = oracles.uk_earnings(DATA)
    return cointegration.ardl_bounds(
        wages, causes, order, case=case, fixed=dummies, start=oracles.EARNINGS_START
    )


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
@few
@given(seed=st.integers(0, 10_000))
def test_order_of_regressors_does_not_matter(seed) -> None:
    data = related(seed, 120)
    plain = cointegration.ardl_bounds(data["y"], data[["x", "z"]], (2, 1, 3), case=2)
    other = cointegration.ardl_bounds(data["y"], data[["z", "x"]], (2, 3, 1), case=2)
    assert other.f_stat == pytest.approx(plain.f_stat, rel=1e-8)
    pd.testing.assert_frame_equal(other.long_run.loc[plain.long_run.index], plain.long_run)


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("k", range(1, 11))
def test_printed_bounds_agree_with_simulated_ones(case, k) -> None:
    table = bounds_values.bounds(k, case)
    for kind, integrated in (("I(0)", False), ("I(1)", True)):
        own = table["F", kind].to_numpy()
        np.testing.assert_allclose(own, simulated.crit_vals[k, case, integrated][:3], rtol=0.024)
        p_values = [bounds_values.p_value(v, k, case, integrated=integrated) for v in own]
        np.testing.assert_allclose(p_values, [0.10, 0.05, 0.01], atol=0.006)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("k", [1, 4, 8, 10])
def test_p_values_fall_with_the_statistic(case, k) -> None:
    grid = np.exp(np.linspace(np.log(1e-3), np.log(50), 120))
    for integrated in (False, True):
        values = [bounds_values.p_value(f, k, case, integrated=integrated) for f in grid]
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
