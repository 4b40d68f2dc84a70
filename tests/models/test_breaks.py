from __future__ import annotations

import itertools
import warnings

import campaign
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter

from rebalancing.errors import ReportWarning
from rebalancing.models.breaks import bai_perron
from rebalancing.models.validate import ModelInputError
from rebalancing.models.warnings import IntegratedSeriesWarning, SmallSampleWarning
from rebalancing.oracles.trend import nile_flow

few = settings(max_examples=8)
YEARS = np.arange(1900.0, 2020.0)
COVARIANCES = ["hac", "hac unwhitened", "robust", "homoskedastic"]


def shifted(seed: int = 0, n: int = 120, *, shift: float = 6.0, rho: float = 0.0) -> pd.Series:
    """Simulate two shifts of the mean, by year; regimes end with observations n/3 and 2n/3."""
    rng = np.random.default_rng(seed)
    errors = lfilter([1], [1, -rho], rng.normal(size=n + 50))[50:]
    means = np.repeat([0.0, shift, 0.5 * shift], n // 3)
    return pd.Series(means + errors, index=np.arange(1900, 1900 + n))


def regression(seed: int = 0, n: int = 120) -> tuple[pd.Series, pd.DataFrame]:
    """Simulate y on x, whose coefficients change after n/2."""
    rng = np.random.default_rng(seed)
    index = pd.period_range("1990Q1", periods=n, freq="Q")
    x = pd.DataFrame({"constant": 1.0, "income": rng.normal(size=n)}, index=index)
    after = np.arange(n) >= n // 2
    y = 1 + x["income"] * np.where(after, 2.5, 0.5) + 2 * after
    return y + rng.normal(0, 0.7, n), x


def design(x: np.ndarray, positions) -> np.ndarray:
    edges = [0, *positions, len(x)]
    inside = [
        (np.arange(len(x)) >= a) & (np.arange(len(x)) < b) for a, b in itertools.pairwise(edges)
    ]
    return np.hstack([x * one[:, None] for one in inside])


def test_default_call_finds_the_breaks_and_names_them() -> None:
    found = bai_perron(shifted())
    assert found.n_breaks == 2
    assert found.positions == (40, 80)
    assert found.labels == (1939, 1979)
    assert found.regimes["start"].tolist() == [1900, 1940, 1980]
    assert found.regimes["n"].tolist() == [40, 40, 40]
    pieces = [shifted().iloc[:40], shifted().iloc[40:80], shifted().iloc[80:]]
    np.testing.assert_allclose(found.params["constant"], [piece.mean() for piece in pieces])
    assert found.partitions[2] == found.positions
    assert found.ud_max == found.sup_f.max()
    np.testing.assert_allclose(found.ssr, ((shifted() - found.fitted) ** 2).sum())


def test_intervals_are_positions_around_the_break() -> None:
    found = bai_perron(shifted())
    for position, (low, high), (first, last) in zip(
        found.positions, found.intervals, found.label_intervals, strict=True
    ):
        assert low <= position <= high
        assert (first, last) == (1899 + low, 1899 + high)


def test_labels_of_an_interval_beyond_the_sample_are_its_ends() -> None:
    y = pd.Series(np.random.default_rng(1).normal(size=100), index=range(100))
    found = bai_perron(y, select=5)
    low, high = np.array(found.intervals).T
    assert low.min() < 1
    assert high.max() > 100
    assert all(0 <= first <= last <= 99 for first, last in found.label_intervals)


@pytest.mark.slow
def test_rules_for_the_number() -> None:
    y = shifted()
    assert {rule: bai_perron(y, select=rule).n_breaks for rule in ("bic", "lwz", 4, 0)} == {
        "bic": 2, "lwz": 2, 4: 4, 0: 0
    }  # fmt: skip
    assert bai_perron(y, select=np.int64(1)).positions == bai_perron(y, select=1).positions
    assert bai_perron(y, select="lwz").selected_by == "LWZ"
    assert bai_perron(y).selected_by == "sequential tests at 0.05 significance"
    none = bai_perron(y, select=0)
    assert none.intervals == none.positions == ()
    np.testing.assert_allclose(none.params["constant"], [y.mean()])


def test_criteria_are_what_the_docstring_says() -> None:
    y, x = regression()
    found = bai_perron(y, x)
    one = bai_perron(y, x, select=1)
    n = len(y)
    assert found.bic[1] == pytest.approx(np.log(one.ssr / n) + 3 * np.log(n) / n)
    free = n - (2 * 2 + 1)
    assert found.lwz[1] == pytest.approx(np.log(one.ssr / free) + 3 * 0.299 * np.log(n) ** 2.1 / n)


def test_sequential_stops_at_the_first_test_that_does_not_reject() -> None:
    found = bai_perron(nile_flow())
    limits = found.critical_values.loc["sequential", 0.05]
    assert found.sequential[1] > limits[1]
    assert found.sequential[2] < limits[2]
    assert found.n_breaks == 1


def test_offsetting_breaks_are_named() -> None:
    n = np.random.default_rng(8).normal(size=120)
    found = bai_perron(n + np.repeat([0.0, 1.1, 0.0], 40), max_breaks=3)
    assert found.n_breaks == 0
    assert found.ud_max > found.critical_values.loc[("ud_max", 0), 0.05]
    assert "UDmax finds breaks" in found.cautions[-1]


@pytest.mark.parametrize("covariance", COVARIANCES)
def test_one_break_in_a_regression(covariance) -> None:
    y, x = regression()
    found = bai_perron(y, x, covariance=covariance, select=1)
    (position,) = found.positions
    assert abs(position - 60) <= 2
    assert found.labels == (y.index[position - 1],)
    ols = sm.OLS(y.to_numpy(), design(x.to_numpy(), [position])).fit()
    np.testing.assert_allclose(found.params.to_numpy().ravel(), ols.params)
    np.testing.assert_allclose(found.ssr, ols.ssr)
    assert found.params.columns.tolist() == ["constant", "income"]
    sizes = np.repeat([position, 120 - position], 2)
    expected = {
        "robust": np.sqrt(sizes / (sizes - 2)) * ols.HC0_se,
        "homoskedastic": ols.bse * np.sqrt(116 / 120),
    }
    if covariance in expected:
        np.testing.assert_allclose(found.bse.to_numpy().ravel(), expected[covariance])


@pytest.mark.parametrize("covariance", ["robust", "homoskedastic"])
def test_sup_f_is_a_wald_statistic(covariance) -> None:
    y, x = regression(3)
    found = bai_perron(y, x, covariance=covariance)
    ols = sm.OLS(y.to_numpy(), design(x.to_numpy(), found.partitions[1])).fit()
    change = np.array([[-1, 0, 1, 0], [0, -1, 0, 1]])
    kinds = {"homoskedastic": ols.cov_params() * 116 / 120, "robust": ols.cov_HC0}
    spread = change @ kinds[covariance] @ change.T
    wald = change @ ols.params @ np.linalg.solve(spread, change @ ols.params)
    # Divisors by regime, less two, make up for less than this.
    tolerance = 0.05 if covariance == "robust" else 1e-9
    assert found.sup_f[1] == pytest.approx(116 / 120 * wald, rel=tolerance)
    np.testing.assert_allclose(found.sup_f[1], found.sequential[1])


def test_where_no_regime_can_be_split_there_is_no_test_of_one_more() -> None:
    noise = np.random.default_rng(0).normal(size=120)
    found = bai_perron(noise + np.repeat([0.0, 6.0, 0.0, 6.0, 0.0], 24), select="bic")
    assert found.n_breaks == 4
    assert found.sequential.isna().tolist() == [False] * 4 + [True]


@pytest.mark.slow
@few
@given(
    seed=st.integers(0, 10_000),
    scale=st.sampled_from([1e-8, -2.0, 1e6]),
    shift=st.sampled_from([0.0, -40.0, 1e5]),
    covariance=st.sampled_from(COVARIANCES),
)
def test_units_do_not_matter(seed, scale, shift, covariance) -> None:
    y = shifted(seed)
    options = {"covariance": covariance, "select": 2}
    plain = bai_perron(y, **options)
    moved = bai_perron((y + shift) * scale, **options)
    assert moved.positions == plain.positions
    assert moved.intervals == plain.intervals
    np.testing.assert_allclose(moved.params, (plain.params + shift) * scale, rtol=1e-6)
    np.testing.assert_allclose(moved.bse, plain.bse * abs(scale), rtol=1e-5)
    np.testing.assert_allclose(moved.ssr, plain.ssr * scale**2, rtol=1e-6)
    np.testing.assert_allclose(moved.sup_f, plain.sup_f, rtol=1e-5)
    np.testing.assert_allclose(moved.sequential, plain.sequential, rtol=1e-5)
    np.testing.assert_allclose(np.diff(moved.bic), np.diff(plain.bic), rtol=1e-5)


@pytest.mark.slow
@few
@given(seed=st.integers(0, 10_000))
def test_regressors_may_change_places(seed) -> None:
    y, x = regression(seed)
    plain = bai_perron(y, x, max_breaks=2)
    moved = bai_perron(y, x.iloc[:, ::-1], max_breaks=2)
    assert moved.positions == plain.positions
    np.testing.assert_allclose(moved.params[x.columns], plain.params, rtol=1e-8)
    np.testing.assert_allclose(moved.bse[x.columns], plain.bse, rtol=1e-8)
    np.testing.assert_allclose(moved.sup_f, plain.sup_f, rtol=1e-8)


@pytest.mark.slow
@few
@given(
    seed=st.integers(0, 10_000),
    low=st.floats(0.3, 0.9),
    step=st.floats(0.01, 0.09),
    convention=st.sampled_from(["bai-perron", "sandwich"]),
)
def test_intervals_nest_in_their_level(seed, low, step, convention) -> None:
    y = shifted(seed, shift=1.0)
    options = {"select": 3, "convention": convention}
    narrow = bai_perron(y, level=low, **options).intervals
    wide = bai_perron(y, level=low + step, **options).intervals
    for (low_in, high_in), (low_out, high_out) in zip(narrow, wide, strict=True):
        assert low_out <= low_in
        assert high_in <= high_out


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(25))  # of any seeds, one in some hundreds is further off
def test_simulated_breaks_are_recovered(seed) -> None:
    y, x = regression(seed, 160)
    found = bai_perron(y, x, select="lwz", max_breaks=2)
    assert found.n_breaks == 1
    assert abs(found.positions[0] - 80) <= 3
    np.testing.assert_allclose(found.params.loc[1], [1, 0.5], atol=0.5)
    np.testing.assert_allclose(found.params.loc[2], [3, 2.5], atol=0.5)


def test_exact_regimes() -> None:
    y = np.repeat([0.0, 5.0, 1.0], 40)
    for covariance in COVARIANCES:
        found = bai_perron(y, covariance=covariance, select="bic")
        assert found.positions == (40, 80)
        assert found.intervals == ((40, 40), (80, 80))
        assert found.ssr == 0
        assert found.sup_f[2] > 1e6
    half = np.r_[np.zeros(50), 5 + np.random.default_rng(0).normal(size=50)]
    assert bai_perron(half).positions == (50,)


def test_years_as_a_regressor() -> None:
    years = np.arange(1901.0, 2001.0)
    noise = np.random.default_rng(0).normal(size=100)
    y = 0.1 * years - 0.3 * np.maximum(years - 1950, 0) + noise
    x = pd.DataFrame({"constant": 1.0, "year": years})
    centred = x.assign(year=years - years.mean())
    far, near = (bai_perron(y, r, covariance="homoskedastic", select=1) for r in (x, centred))
    assert abs(far.positions[0] - 50) < 6
    np.testing.assert_allclose(far.params["year"], near.params["year"], rtol=1e-6)
    np.testing.assert_allclose(far.bse["year"], near.bse["year"], rtol=1e-6)
    np.testing.assert_allclose(far.sup_f, near.sup_f, rtol=1e-5)
    assert any("hold a trend" in caution for caution in far.cautions)


def test_lagged_values_as_a_regressor() -> None:
    y = shifted(rho=0.4)
    x = pd.DataFrame({"constant": 1.0, "lag": y.shift(1)}).iloc[1:]
    found = bai_perron(y.iloc[1:], x, covariance="robust", select=2)
    assert abs(found.positions[0] - 39) <= 3
    assert found.params.columns.tolist() == ["constant", "lag"]


@pytest.mark.slow
def test_walks_are_named_and_not_refused() -> None:
    named = 0
    for seed in range(12):
        walk = np.cumsum(np.random.default_rng(seed).normal(size=100))
        with warnings.catch_warnings(record=True) as given_warnings:
            warnings.simplefilter("always")
            found = bai_perron(walk, select=0)
        named += any(issubclass(w.category, IntegratedSeriesWarning) for w in given_warnings)
        assert bool(found.cautions) == bool(given_warnings)
    assert named >= 10


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_stationary_series_with_a_break_are_not_named(seed) -> None:
    noise = lfilter([1], [1, -0.3], np.random.default_rng(seed).normal(size=150))[50:]
    assert bai_perron(noise).cautions == ()
    assert bai_perron(noise + 10 * (np.arange(100) > 49)).n_breaks >= 1


def test_short_regimes_are_named() -> None:
    with pytest.warns(SmallSampleWarning, match="as short as 9 observations"):
        found = bai_perron(shifted(n=60))
    assert "too few" in found.cautions[0]


def test_fewer_breaks_where_the_tables_or_the_sample_end() -> None:
    y = shifted()
    assert len(bai_perron(y, trim=0.25).sup_f) == 2
    assert len(bai_perron(y, trim=0.20).sup_f) == 3
    assert len(bai_perron(y, max_breaks=2).sup_f) == 2
    assert bai_perron(y, max_breaks=1, select=3).n_breaks == 3


def test_tables_frames_and_words() -> None:
    found = bai_perron(shifted())
    frame = found.to_frame()
    assert frame.columns.tolist() == [
        "start", "end", "n", "constant", "constant_se", "end_lower", "end_upper",
    ]  # fmt: skip
    assert pd.isna(frame["end_upper"].iloc[-1])
    text = repr(found)
    assert text.startswith("Breaks: 2 in 120 observations, 1900 to 2019, chosen by sequential")
    assert "after: 1939 (" in text
    assert "(95% intervals, hac)" in text
    assert "after: none" in repr(bai_perron(shifted(), select=0))


@pytest.mark.slow
@pytest.mark.parametrize("draws", campaign.draws(80, 200))
@pytest.mark.parametrize(
    ("shift", "rho", "covariance", "low", "high"),
    campaign.only((1.5, 0.0, "hac", 0.92, 0.99), [
        (1.5, 0.0, "homoskedastic", 0.92, 0.99), (1.5, 0.0, "hac", 0.92, 0.99),
        (1.0, 0.0, "hac", 0.85, 0.95), (2.0, 0.4, "hac", 0.89, 0.98)]),
)  # fmt: skip
@pytest.mark.filterwarnings("ignore::rebalancing.errors.ReportWarning")
def test_intervals_cover_as_often_as_the_docstring_says(
    shift, rho, covariance, low, high, draws
) -> None:
    hits = 0
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        errors = lfilter([1], [1, -rho], rng.normal(size=150))[50:]
        y = errors + shift * (np.arange(100) >= 50)
        found = bai_perron(y, select=1, max_breaks=1, covariance=covariance)
        ((first, last),) = found.intervals
        hits += first <= 50 <= last
    assert low <= hits / draws <= high


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::rebalancing.errors.ReportWarning")
@pytest.mark.parametrize("draws", campaign.draws(100, 300))
def test_the_sequential_choice_has_its_size(draws) -> None:
    chosen = [
        bai_perron(np.random.default_rng(s).normal(size=150), covariance="homoskedastic").n_breaks
        for s in range(draws)
    ]
    found = np.mean(np.array(chosen) > 0)
    assert found == pytest.approx(0.055, abs=campaign.by_chance(0.055, draws))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"select": "aic"}, "select: 'aic' is not allowed"),
        ({"select": True}, "select: True is not allowed"),
        ({"select": 1.5}, "select: 1.5 is not allowed"),
        ({"select": -1}, "select: -1 is not a whole number"),
        ({"select": 6}, "select: 6 breaks are too many for 120"),
        ({"max_breaks": 0}, "max_breaks: 0 is not a whole number"),
        ({"max_breaks": 2.5}, "max_breaks: 2.5 is not a whole number"),
        ({"trim": 0.01}, "trim: 0.01 is not between 0.05 and 0.25"),
        ({"trim": 0.4}, "trim: 0.4 is not between 0.05 and 0.25"),
        ({"trim": np.nan}, "trim: nan is not finite"),
        ({"covariance": "white"}, "covariance: 'white' is not allowed; use one of hac, hac unw"),
        ({"level": 95}, "level: 95 is not between 0 and 1"),
        ({"convention": "stata"}, "convention: 'stata' is not allowed"),
    ],
)
def test_bad_options_get_one_clear_message(options, message) -> None:
    with pytest.raises(ModelInputError, match=f"^{message}"):
        bai_perron(shifted(), **options)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (shifted().where(lambda y: y.index != 1950), "1 of 120 values missing, the first at 1950"),
        (shifted().replace(shifted()[1960], np.inf), "infinite value at 1960"),
        (shifted().drop(1955), "no period between 1954 and 1956"),
        (pd.concat([shifted(), shifted().tail(1)]), "2019 occurs more than once"),
        (pd.Series(5.0, index=range(40)), "every value is 5"),
        (shifted()[:19], "19 observations are too few"),
        (shifted().to_frame().assign(b=1), "must be one column"),
    ],
)
def test_bad_series_gets_one_clear_message(y, message) -> None:
    with pytest.raises(ModelInputError, match=f"^y: .*{message}"):
        bai_perron(y)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda r: r.shift(1), "missing or infinite values"),
        (lambda r: r.iloc[:-1], "its index is not that of y"),
        (lambda r: r.set_axis(range(120)), "its index is not that of y"),
        (lambda r: r.to_numpy()[:-1], "119 rows for 120 observations"),
        (lambda r: r.astype(str) + "%", "not all columns are numbers"),
        (lambda r: r.iloc[:, :0], "is not observations by regressors"),
        (lambda r: r.to_numpy()[:, :, None], "is not observations by regressors"),
        (lambda r: r.set_axis(["a", "a"], axis=1), "two columns have the same name"),
    ],
)
def test_bad_regressors_get_one_clear_message(change, message) -> None:
    y, x = regression()
    with pytest.raises(ModelInputError, match=f"^x: .*{message}"):
        bai_perron(y, change(x))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda x: {"x": x.assign(twice=2 * x["income"])}, "^x: constant, income, twice are"),
        (lambda x: {"x": x.assign(late=np.arange(120) > 60)}, "^x: .* possible regime"),
        (lambda x: {"x": np.zeros((120, 1))}, "^x: x1 are collinear"),
        (
            lambda x: {"x": x.assign(year=YEARS, square=YEARS**2)},
            "^x: .* so nearly collinear",
        ),
        (lambda x: {"x": np.random.default_rng(0).normal(size=(120, 11))}, "^x: 11 regressors"),
        (
            lambda x: {"x": np.random.default_rng(0).normal(size=(120, 6)), "trim": 0.06},
            "^trim: regimes of 7 observations cannot hold 6 coefficients",
        ),
    ],
)  # fmt: skip
def test_collinear_regressors_get_one_clear_message(change, message) -> None:
    y, x = regression()
    with pytest.raises(ModelInputError, match=message):
        bai_perron(y, **change(x))


def test_an_exact_fit_gets_one_clear_message() -> None:
    x = np.column_stack([np.ones(100), np.arange(100)])
    with pytest.raises(ModelInputError, match=r"^y: the regressors explain it exactly"):
        bai_perron(x @ [1.0, 0.3], x)


def test_warnings_are_of_the_report() -> None:
    assert issubclass(IntegratedSeriesWarning, ReportWarning)
