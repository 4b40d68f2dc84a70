from __future__ import annotations

import campaign
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter
from scipy.stats import t as student

from rebalancing.models import trend
from rebalancing.models.trend import regime_lines
from rebalancing.models.validate import ModelInputError
from rebalancing.models.warnings import PersistentErrorsWarning, SmallSampleWarning

few = settings(max_examples=8)
FAST = {"replications": 199}
BREAKS = [1990, 2010]


def broken(seed: int = 0, n: int = 55, *, rho: float = 0.3, noise: float = 1.0) -> pd.Series:
    """Simulate three lines with dependent errors, by year; regimes end in 1990, 2010 and 2024."""
    rng = np.random.default_rng(seed)
    errors = lfilter([1], [1, -rho], rng.normal(0, noise, n + 50))[50:]
    years = np.arange(1970, 1970 + n)
    line = 0.5 * (years - 1970) - 1.2 * np.maximum(years - 1990, 0) + np.maximum(years - 2010, 0)
    return pd.Series(line + errors, index=years)


def straight(seed: int = 2, n: int = 55) -> pd.Series:
    """Simulate one line with independent errors."""
    errors = np.random.default_rng(seed).normal(size=n)
    return pd.Series(0.5 * np.arange(n) + errors, index=np.arange(1970, 1970 + n))


def pieces(y: pd.Series) -> list[pd.Series]:
    return [y.loc[:1990], y.loc[1991:2010], y.loc[2011:]]


def regression(piece: pd.Series, **options):
    design = sm.add_constant(np.arange(len(piece), dtype=float))
    return sm.OLS(piece.to_numpy(), design).fit(**options)


def test_lines_and_hac_errors_are_those_of_separate_regressions() -> None:
    y = broken()
    fit = trend.regime_slopes(y, BREAKS, **FAST)
    for number, piece in enumerate(pieces(y), start=1):
        kwds = {"maxlags": 3, "use_correction": True}
        expected = regression(piece, cov_type="HAC", cov_kwds=kwds)
        row = fit.slopes.loc[number]
        np.testing.assert_allclose(fit.intercepts[number], expected.params[0])
        np.testing.assert_allclose(row["slope"], expected.params[1])
        np.testing.assert_allclose(row["se"], expected.bse[1])
        np.testing.assert_allclose(
            (row["upper"] - row["lower"]) / 2, student.ppf(0.975, len(piece) - 2) * row["se"]
        )
        assert (row["start"], row["end"], row["n"]) == (piece.index[0], piece.index[-1], len(piece))
        np.testing.assert_allclose(fit.fitted[piece.index], expected.fittedvalues)


def test_without_noise_slopes_are_exact() -> None:
    fit = trend.regime_slopes(broken(noise=1e-9), BREAKS, **FAST)
    np.testing.assert_allclose(fit.slopes["slope"], [0.5, -0.7, 0.3], atol=1e-8)
    np.testing.assert_allclose(fit.differences["difference"], [-1.2, 1.0], atol=1e-8)
    assert fit.differences["break"].tolist() == BREAKS
    assert (fit.slopes["bootstrap_upper"] - fit.slopes["bootstrap_lower"]).max() < 1e-8


def test_exact_lines_have_intervals_without_width_and_no_persistent_errors() -> None:
    y = broken(noise=0.0)
    fit = trend.regime_slopes(y, BREAKS, **FAST)
    np.testing.assert_allclose(fit.slopes["lower"], fit.slopes["upper"], atol=1e-10)
    assert len(fit.cautions) == 1


@few
@given(
    seed=st.integers(0, 10_000),
    scale=st.sampled_from([1e-6, -2.0, 1e9]),
    shift=st.sampled_from([-50.0, 1000.0]),
    tilt=st.sampled_from([-3.0, 0.25]),
)
def test_scaling_shifting_and_tilting(seed, scale, shift, tilt) -> None:
    y = broken(seed)
    plain = trend.regime_slopes(y, BREAKS, **FAST)
    line = shift + tilt * np.arange(len(y))
    moved = trend.regime_slopes((y + line) * scale, BREAKS, **FAST)
    values = ["slope", "lower", "upper", "bootstrap_lower", "bootstrap_upper"]
    expected = (plain.slopes[values] + tilt) * scale
    if scale < 0:
        expected = expected[["slope", "upper", "lower", "bootstrap_upper", "bootstrap_lower"]]
    np.testing.assert_allclose(
        moved.slopes[values] / abs(scale), expected / abs(scale), rtol=1e-6, atol=1e-6
    )
    np.testing.assert_allclose(
        moved.differences["difference"] / scale, plain.differences["difference"], atol=1e-6
    )


@few
@given(seed=st.integers(0, 10_000), low=st.floats(0.5, 0.9), step=st.floats(0.01, 0.09))
def test_intervals_nest_in_their_level(seed, low, step) -> None:
    y = broken(seed)
    narrow = trend.regime_slopes(y, BREAKS, level=low, **FAST)
    wide = trend.regime_slopes(y, BREAKS, level=low + step, **FAST)
    for table in ("slopes", "differences"):
        inner, outer = getattr(narrow, table), getattr(wide, table)
        for end in ("", "bootstrap_"):
            assert (outer[f"{end}lower"] <= inner[f"{end}lower"]).all()
            assert (inner[f"{end}upper"] <= outer[f"{end}upper"]).all()


def test_changes_are_differences_of_slopes() -> None:
    fit = trend.regime_slopes(broken(), BREAKS, **FAST)
    np.testing.assert_allclose(fit.differences["difference"], np.diff(fit.slopes["slope"]))
    # Slopes of separate lines hardly share errors, so that variances all but add up.
    together = np.hypot(fit.slopes["se"].to_numpy()[:-1], fit.slopes["se"].to_numpy()[1:])
    np.testing.assert_allclose(fit.differences["se"], together, rtol=0.25)


def test_the_bootstrap_is_the_same_for_a_seed_and_another_for_another() -> None:
    y = broken()
    first, again = (trend.regime_slopes(y, BREAKS, seed=3, **FAST) for _ in range(2))
    other = trend.regime_slopes(y, BREAKS, seed=4, **FAST)
    pd.testing.assert_frame_equal(first.to_frame(), again.to_frame(), check_exact=True)
    assert (first.slopes["bootstrap_lower"] != other.slopes["bootstrap_lower"]).all()
    assert first.seed == 3


def test_bootstrap_of_independent_errors_is_about_that_of_students_t() -> None:
    y = straight()
    fit = regime_lines.fit(y.to_numpy(), np.array([0, len(y)]))
    options = {"bandwidth": 0, "level": 0.95, "block_length": 1}
    found = regime_lines.estimates(fit, **options, replications=4999, seed=0)
    np.testing.assert_allclose(
        found[["bootstrap_lower", "bootstrap_upper"]].to_numpy()[0],
        regression(y).conf_int()[1],
        atol=0.003,
    )


def test_regimes_may_differ_in_variance() -> None:
    y = broken(5)
    y.loc[:1990] = y.loc[:1990] + 20 * np.random.default_rng(1).normal(size=21)
    fit = trend.regime_slopes(y, BREAKS)
    width = fit.slopes["bootstrap_upper"] - fit.slopes["bootstrap_lower"]
    assert width[1] > 8 * width[2]


@pytest.mark.slow
def test_persistent_errors_lengthen_blocks() -> None:
    def lengths(rho: float) -> list[int]:
        samples = [broken(seed, 400, rho=rho) for seed in range(5)]
        return [trend.regime_slopes(y, BREAKS, **FAST).block_length for y in samples]

    assert np.mean(lengths(0.65)) > np.mean(lengths(0.0)) + 2
    assert min(lengths(0.0)) == 7  # the cube root of 400


def test_default_bandwidth_and_sample_are_said() -> None:
    fit = trend.regime_slopes(broken(), BREAKS, **FAST)
    assert fit.bandwidth == 3
    assert f"blocks of {fit.block_length}" in fit.cautions[0]
    assert fit.cautions[0].startswith("55 observations")
    assert "55 observations, 1970 to 2024, 3 regimes" in repr(fit)
    assert list(fit.slopes) == [
        "start", "end", "slope", "se", "lower", "upper", "bootstrap_lower", "bootstrap_upper", "n",
    ]  # fmt: skip
    assert list(fit.to_frame()) == [*fit.slopes, "intercept"]


def test_short_regimes_are_named() -> None:
    with pytest.warns(SmallSampleWarning, match="Regimes of 6 observations are short"):
        fit = trend.regime_slopes(broken(), [1990, 2018], **FAST)
    assert any("short" in caution for caution in fit.cautions)


@pytest.mark.filterwarnings("ignore::rebalancing.models.warnings.SmallSampleWarning")
@pytest.mark.parametrize("n", [5, 6, 7, 8])
def test_samples_too_short_for_an_optimal_block_get_the_cube_root(n: int) -> None:
    fit = trend.regime_slopes(np.random.default_rng(n).normal(size=n), [], **FAST)
    assert fit.block_length == 2


def test_a_random_walk_is_named() -> None:
    walk = np.cumsum(np.random.default_rng(1).normal(size=200))
    with pytest.warns(PersistentErrorsWarning, match="may be a unit root"):
        fit = trend.regime_slopes(walk, [99], **FAST)
    assert fit.slopes["end"].tolist() == [99, 199]
    assert "unit root" in fit.cautions[-1]
    assert fit.has_persistent_errors
    noise = np.random.default_rng(1).normal(size=200)
    assert not trend.regime_slopes(noise, [99], **FAST).has_persistent_errors


def test_labels_may_be_periods() -> None:
    y = broken().set_axis(pd.period_range("1970", periods=55, freq="Y"))
    breaks = [pd.Period("1990", "Y"), pd.Period("2010", "Y")]
    fit = trend.regime_slopes(y, breaks, **FAST)
    assert fit.differences["break"].tolist() == breaks
    plain = trend.regime_slopes(broken(), BREAKS, **FAST)
    np.testing.assert_allclose(fit.slopes["slope"], plain.slopes["slope"])


@pytest.mark.parametrize(
    ("breaks", "message"),
    [
        ([1950], "1950 is not an observation of y; use labels from 1970 to 2024"),
        ([2010, 1990], "not in order"),
        ([1990, 1990], "not in order, or one twice"),
        ([2024], "2024 is the last observation"),
        ([2022], "begins at 2023 has 2 observations"),
        ([[1990]], "is not an observation"),
        ("1990", "1990 is not an observation"),
    ],
)
def test_bad_breaks_get_one_clear_message(breaks, message) -> None:
    with pytest.raises(ModelInputError, match=f"^breaks: .*{message}"):
        trend.regime_slopes(broken(), breaks)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("level", 95),
        ("replications", 10),
        ("seed", -1),
        ("seed", True),
    ],
)
def test_bad_options_get_one_clear_message(option, value) -> None:
    with pytest.raises(ModelInputError, match=f"^{option}: "):
        trend.regime_slopes(broken(), BREAKS, **{option: value})


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (broken().where(lambda y: y.index != 1980), "1 of 55 values missing"),
        (broken().replace(broken()[2000], np.inf), "infinite value at 2000"),
        (broken().drop(1985), "no period between 1984 and 1986"),
        (pd.Series(5.0, index=range(1970, 2025)), "every value is 5"),
        (broken()[:3], "3 observations are too few"),
    ],
)
def test_bad_series_gets_one_clear_message(y, message) -> None:
    with pytest.raises(ModelInputError, match=f"^y: .*{message}"):
        trend.regime_slopes(y, BREAKS)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::rebalancing.models.warnings.PersistentErrorsWarning")
@pytest.mark.parametrize(
    ("rho", "n", "hac", "bootstrap"),
    campaign.only((0.5, 55, (0.72, 0.83), (0.85, 0.94)), [
        (0.0, 55, (0.84, 0.92), (0.89, 0.97)), (0.5, 55, (0.72, 0.83), (0.85, 0.94)),
        (0.3, 400, (0.88, 0.96), (0.92, 0.98))]),
)  # fmt: skip
def test_intervals_cover_as_often_as_the_docstring_says(rho, n, hac, bootstrap) -> None:
    hits = {"": [], "bootstrap_": []}
    middle = 1970 + n // 2
    for seed in range(300):
        rng = np.random.default_rng(seed)
        errors = lfilter([1], [1, -rho], rng.normal(size=n + 50))[50:]
        y = pd.Series(errors, index=range(1970, 1970 + n))
        found = trend.regime_slopes(y, [middle], replications=299).slopes
        for end, said in hits.items():
            said.append(((found[f"{end}lower"] < 0) & (found[f"{end}upper"] > 0)).mean())
    assert hac[0] < np.mean(hits[""]) < hac[1]
    assert bootstrap[0] < np.mean(hits["bootstrap_"]) < bootstrap[1]
