from __future__ import annotations

import itertools

import campaign
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm, rankdata, theilslopes
from scipy.stats import t as student

from rebalancing.models import specification
from rebalancing.models.trend import theil_sen
from rebalancing.models.validate import ModelInputError
from rebalancing.models.warnings import PersistentErrorsWarning, SmallSampleWarning

few = settings(max_examples=6)
cautious = pytest.mark.filterwarnings(
    "ignore::rebalancing.models.warnings.SmallSampleWarning",
    "ignore::rebalancing.models.warnings.PersistentErrorsWarning",
)
GRID = {
    "series": ["a", "b", "c"],
    "start": [1970, 1975, 1982],
    "end": [2010, 2019],
    "trend": ["ols", "log", "difference", "theil-sen"],
    "lags": [None],
    "break_after": [None, 1994],
}


def shares(seed=0, n=50, *, slope=0.1, correlation=0.5, columns="abc") -> pd.DataFrame:
    """Simulate shares around a line, in percent, by year from 1970."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(n + 50, len(columns)))
    for t in range(1, len(noise)):
        noise[t] += correlation * noise[t - 1]
    line = 40 + slope * np.arange(n)
    return pd.DataFrame(line[:, None] + noise[50:], range(1970, 1970 + n), list(columns))


def slowly(spec, data) -> tuple[float, float, float]:
    """Estimate one specification with statsmodels and scipy."""
    y = data.loc[spec["start"] : spec["end"], spec["series"]]
    shift = np.zeros(len(y)) if spec["break_after"] is None else y.index > spec["break_after"]
    unit, x = 1.0, np.column_stack([np.ones(len(y)), np.arange(len(y)), shift])
    n = len(y) - (spec["trend"] == "difference")
    lags = int(4 * (n / 100) ** (2 / 9)) if spec["lags"] is None else spec["lags"]
    if spec["trend"] == "theil-sen":
        slope, _, low, high = theilslopes(y, method="separate")
        time = np.arange(n) - (n - 1) / 2
        residual = y - slope * time
        size = np.abs(residual - residual.mean()).max()
        score = time * (2 * rankdata(np.round(residual / size, 8)) / (n + 1) - 1)
        total = score @ score + 2 * sum(
            (1 - j / (lags + 1)) * score[j:] @ score[:-j] for j in range(1, lags + 1)
        )
        error = (high - low) / (2 * norm.ppf(0.975)) * np.sqrt(total / (score @ score))
        return slope, error, n - 2
    if spec["trend"] == "log":
        unit, y = y.mean(), np.log(y)
    if spec["trend"] == "difference":
        y, x = np.diff(y), np.diff(x, axis=0)[:, 1:]
    x = x[:, x.any(axis=0)]
    fit = sm.OLS(np.asarray(y), x).fit(
        cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True}, use_t=True
    )
    position = 0 if spec["trend"] == "difference" else 1
    return fit.params[position] * unit, fit.bse[position] * unit, fit.df_resid


@pytest.fixture(scope="module")
def curve() -> specification.SpecificationCurve:
    return specification.run(GRID, specification.regime_slope, shares())


@pytest.mark.slow
@pytest.mark.parametrize("lags", [None, 0, 1, 4])
def test_every_specification_is_what_statsmodels_says_one_by_one(lags) -> None:
    data = shares()
    curve = specification.run({**GRID, "lags": [lags]}, specification.regime_slope, data)
    assert len(curve.estimates) + len(curve.dropped) == 3 * 3 * 2 * 4 * 2
    for row in curve.estimates.to_dict("records"):
        slope, error, df = slowly(row, data)
        assert row["estimate"] == pytest.approx(slope, abs=1e-10, rel=1e-10)
        assert row["std_error"] == pytest.approx(error, abs=1e-10, rel=1e-10)
        assert row["df"] == df
        half = student.ppf(0.975, df) * error
        assert row["lower"] == pytest.approx(slope - half, abs=1e-9)
        assert row["significant"] == (abs(slope) > half)


def test_median_slopes_of_tied_and_of_short_series_are_those_of_scipy() -> None:
    data = shares(columns="abcd").round(0)
    data.loc[:1981, "b"] = np.nan
    data.loc[2011:, "d"] = np.nan
    grid = GRID | {"series": list("abcd"), "trend": ["theil-sen"], "break_after": [None]}
    curve = specification.run(grid, specification.regime_slope, data)
    assert len(curve.estimates) == 6 + 2 + 6 + 3
    for row in curve.estimates.to_dict("records"):
        slope, error, _ = slowly(row, data)
        assert row["estimate"] == pytest.approx(slope, abs=1e-12)
        assert row["std_error"] == pytest.approx(error, abs=1e-12)


@pytest.mark.parametrize("series", [[0, 1, 2], [2, 0, 1], [1, 1, 0], [2]])
def test_median_slopes_come_in_the_order_that_series_are_asked_for(series: list[int]) -> None:
    y = shares(columns="abc").to_numpy()[:15]
    found = theil_sen.Pairs(y).fit(0, 14, series)
    each = [theil_sen.Pairs(y[:, [column]]).fit(0, 14, [0]) for column in series]
    assert found.slopes.tolist() == [one.slopes[0] for one in each]
    assert found.independent_se.tolist() == [one.independent_se[0] for one in each]


def test_what_cannot_be_estimated_is_listed_with_its_reason(curve) -> None:
    assert set(curve.dropped["trend"]) == {"theil-sen"}
    assert set(curve.dropped["break_after"]) == {1994}
    assert len(curve.dropped) == 3 * 3 * 2
    assert "18 could not be estimated" in repr(curve)
    assert "dropped: 18, Theil-Sen slopes take no break" in repr(curve)


def test_a_dimension_that_moves_no_estimate_is_refused() -> None:
    grid = {"series": ["a", "b"], "trend": ["ols", "difference"], "lags": [None, 3]}
    with pytest.raises(ModelInputError, match="'lags' moves no estimate"):
        specification.run(grid, specification.regime_slope, shares())


@pytest.mark.slow
def test_batches_do_not_matter(curve) -> None:
    again = specification.run(GRID, specification.regime_slope, shares(), batch_size=7)
    pd.testing.assert_frame_equal(again.estimates, curve.estimates)
    pd.testing.assert_frame_equal(again.dropped, curve.dropped)


def test_a_list_of_specifications_is_the_grid_written_out(curve) -> None:
    specs = [dict(zip(GRID, row, strict=True)) for row in itertools.product(*GRID.values())]
    again = specification.run(specs, specification.regime_slope, shares())
    pd.testing.assert_frame_equal(again.estimates, curve.estimates)


@pytest.mark.slow
@few
@given(
    seed=st.integers(0, 10_000),
    scale=st.sampled_from([1e-4, 0.5, 100.0]),
    tilt=st.floats(-0.2, 0.2),
)
def test_scaling_scales_and_tilting_tilts(seed, scale, tilt) -> None:
    data = shares(seed)
    run = specification.run
    plain = run(GRID, specification.regime_slope, data).estimates
    scaled = run(GRID, specification.regime_slope, data * scale).estimates
    np.testing.assert_allclose(scaled["estimate"], plain["estimate"] * scale, rtol=1e-8)
    np.testing.assert_allclose(scaled["std_error"], plain["std_error"] * scale, rtol=1e-8)
    line = tilt * (np.arange(len(data)) - 25)
    grid = GRID | {"trend": ["ols", "difference", "theil-sen"]}
    plain = run(grid, specification.regime_slope, data).estimates
    tilted = run(grid, specification.regime_slope, data.add(line, axis=0)).estimates
    np.testing.assert_allclose(tilted["estimate"], plain["estimate"] + tilt, atol=1e-9)
    np.testing.assert_allclose(tilted["std_error"], plain["std_error"], atol=1e-9)


def test_a_level_shift_is_not_taken_for_a_slope() -> None:
    data = shares(3, slope=0.0, columns="a")
    data.loc[1995:] += 10
    grid = GRID | {"series": ["a"], "trend": ["ols", "difference"], "lags": [None]}
    found = specification.run(grid, specification.regime_slope, data).estimates
    with_break = found["break_after"] == 1994
    assert found.loc[~with_break, "estimate"].min() > 0.15
    assert found.loc[with_break, "estimate"].abs().max() < 0.1


def test_windows_default_to_the_series_own_and_other_gaps_do_no_harm() -> None:
    data = shares()
    data.loc[:1979, "b"] = np.nan
    data.loc[1990, "c"] = np.nan
    grid = {"series": ["a", "b", "c"], "start": [None, 1991], "lags": [1]}
    found = specification.run(grid, specification.regime_slope, data)
    assert list(found.estimates["n"]) == [50, 29, 40, 29, 29]
    assert found.dropped.to_dict("records") == [
        {"series": "c", "start": None, "lags": 1, "reason": "values missing in the window"}
    ]
    expected = slowly(
        {
            "series": "b", "start": 1980, "end": 2019, "trend": "ols", "lags": 1,
            "break_after": None,
        },
        data,
    )  # fmt: skip
    assert found.estimates.loc[2, "estimate"] == pytest.approx(expected[0])


@pytest.mark.parametrize(
    ("choices", "reason"),
    [
        ({"start": 1960}, "outside the data"),
        ({"end": 2030}, "outside the data"),
        ({"start": 2005, "end": 1990}, "ends before it begins"),
        ({"start": 2005, "end": 2008}, "fewer than 5 observations"),
        ({"start": 2005, "end": 2009, "trend": "difference"}, "fewer than 5 observations"),
        ({"start": 2005, "end": 2012, "lags": 8}, "as many lags"),
        ({"break_after": 1971}, "on a side of the break"),
        ({"break_after": 2018}, "on a side of the break"),
        ({"break_after": 1960}, "on a side of the break"),
        ({"trend": "log", "series": "negative"}, "no logarithm"),
        ({"series": "constant"}, "no variation around the line"),
        ({"series": "line"}, "no variation around the line"),
        ({"series": "line", "trend": "theil-sen"}, "no variation around the line"),
        ({"series": "empty"}, "values missing"),
        ({"series": "empty", "start": None}, "outside the data"),
    ],
)
def test_every_reason_has_its_words(choices, reason) -> None:
    data = shares().assign(
        negative=lambda d: d["a"] - 45,
        constant=7.0,
        line=lambda d: 3 + 0.25 * (d.index - 1970),
        empty=np.nan,
    )
    bad = {"series": "a", "start": 1970, "end": 2019, "trend": "ols", "lags": 1}
    bad |= {"break_after": None} | choices
    good = bad | {"series": "a", "start": 1971, "end": 2019, "trend": "ols", "lags": 1}
    good |= {"break_after": None}
    found = specification.run([bad, good], specification.regime_slope, data)
    assert len(found.estimates) == len(found.dropped) == 1
    assert reason in found.dropped.loc[0, "reason"]
    with pytest.raises(ModelInputError, match=f"no specification could be .*{reason}"):
        specification.run([bad], specification.regime_slope, data)


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        ({}, "no dimensions"),
        ([], "no specifications"),
        ("abc", "pass a dict of lists"),
        ({"series": "abc"}, "'series' needs a list"),
        ({"series": []}, "'series' has no choices"),
        ({"series": ["a", "a"]}, "occurs twice"),
        ({"series": [["a"]]}, "a choice is a list or dict"),
        ({"series": ["a"], "n": [1]}, "'n' is a column of the result"),
        ([{"series": "a", "lags": 1}, {"series": "b"}], "specification 1 has choices for"),
        ({"series": ["d"]}, "series 'd' is not a column"),
        ({"lags": [1]}, "no dimension 'series'"),
        ({"series": ["a"], "window": [3]}, "'window' is not a choice"),
        ({"series": ["a"], "trend": ["cubic"]}, "trend: 'cubic' is not allowed"),
        ({"series": ["a"], "lags": [1.5]}, "lags: 1.5 is not a whole number"),
        ({"series": ["a"], "lags": [-1]}, "lags: -1 is not a whole number"),
    ],
)
def test_bad_grids_get_one_clear_message(grid, message) -> None:
    for call in (
        lambda: specification.run(grid, specification.regime_slope, shares()),
        lambda: specification.under_the_null(grid, shares()),
    ):
        with pytest.raises(ModelInputError, match=f"^spec_grid: .*{message}") as caught:
            call()
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (shares().to_numpy(), "pass a DataFrame"),
        (shares().iloc[:0], "pass a DataFrame"),
        (shares()[["a", "a"]], "column 'a' occurs twice"),
        (shares().drop(index=1990), "no period between 1989 and 1991"),
        (shares()[::-1], "not in order"),
        (pd.concat([shares(), shares()]), "occurs more than once"),
        (shares().replace(shares().loc[1990, "a"], np.inf), "'a' has an infinite value"),
        (shares().astype(str), "'a' is not numeric"),
        (shares().iloc[:3], "3 observations are too few"),
    ],
)
def test_bad_data_get_one_clear_message(data, message) -> None:
    for call in (
        lambda: specification.run({"series": ["a"]}, specification.regime_slope, data),
        lambda: specification.under_the_null({"series": ["a"]}, data),
    ):
        with pytest.raises(ModelInputError, match=f"^data: .*{message}"):
            call()


def test_short_windows_are_named() -> None:
    grid = {"series": ["a"], "start": [1970, 2012], "lags": [0]}
    with pytest.warns(SmallSampleWarning, match="1 of 2 specifications have fewer than 10"):
        found = specification.run(grid, specification.regime_slope, shares())
    assert found.cautions[0].startswith("1 of 2")


def additive(specs, data) -> pd.DataFrame:
    """An estimator whose estimates are the sum of its choices."""
    total = specs["one"].astype(float) + specs["two"].astype(float)
    return pd.DataFrame({"estimate": total, "std_error": 1.0, "n": 30})


def test_summary_and_influence_of_known_estimates() -> None:
    found = specification.run({"one": [-1, 0, 4], "two": [0.5, 1.5]}, additive, shares())
    everything = found.summary().loc[("all", "all")]
    # Estimates are -0.5, 0.5, 0.5, 1.5, 4.5, 5.5, of which 4.5 and 5.5 are beyond 1.96.
    assert everything["median"] == 1.0
    assert everything["share_same_sign"] == pytest.approx(5 / 6)
    assert everything["share_significant"] == pytest.approx(2 / 6)
    assert (everything["lowest"], everything["highest"]) == (-0.5, 5.5)
    by_choice = found.summary()
    assert by_choice.loc[("one", 4), "median"] == 5.0
    assert by_choice.loc[("one", 4), "share_significant_same_sign"] == 1
    effects = found.influence()
    np.testing.assert_allclose(effects.loc["one", "effect"], [-2, -1, 3])
    np.testing.assert_allclose(effects.loc["two", "effect"], [-0.5, 0.5])
    shares_of = effects.groupby(level=0)["share_of_variance"].first()
    assert shares_of["one"] == pytest.approx((14 / 3) / (14 / 3 + 1 / 4))
    assert shares_of.sum() == pytest.approx(1)
    assert list(found.to_frame()["estimate"]) == [-0.5, 0.5, 0.5, 1.5, 4.5, 5.5]


def test_influence_holds_other_choices_alike_when_some_are_dropped() -> None:
    def partly(specs, data):
        reason = pd.Series(None, specs.index, dtype=object)
        reason[(specs["one"] == 4) & (specs["two"] == 0.5)] = "not possible"
        return additive(specs, data).assign(reason=reason)

    found = specification.run({"one": [-1, 0, 4], "two": [0.5, 1.5]}, partly, shares())
    effects = found.influence()["effect"]
    assert effects["two", 1.5] - effects["two", 0.5] == pytest.approx(1)
    assert effects["one", 4] - effects["one", 0] == pytest.approx(4)
    assert list(found.dropped["reason"]) == ["not possible"]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda specs, _: specs["one"], "must return a DataFrame with the index"),
        (lambda specs, _: additive(specs, _).iloc[1:], "must return a DataFrame with the index"),
        (lambda specs, _: additive(specs, _).drop(columns="n"), "returns no column 'n'"),
        (lambda specs, _: additive(specs, _).assign(estimate=np.nan), "missing, infinite or not"),
        (lambda specs, _: additive(specs, _).assign(std_error=0.0), "missing, infinite or not"),
    ],
)
def test_an_estimator_that_answers_wrongly_is_named(answer, message) -> None:
    with pytest.raises(ModelInputError, match=f"^estimator: .*{message}"):
        specification.run({"one": [1, 2], "two": [3]}, answer, shares())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"level": 95}, r"^level:"),
        ({"batch_size": 0}, r"^batch_size:"),
        ({"batch_size": True}, r"^batch_size:"),
    ],
)
def test_bad_options_are_named(options, message) -> None:
    with pytest.raises(ModelInputError, match=message):
        specification.run(GRID, specification.regime_slope, shares(), **options)


NULL_GRID = {"series": ["a", "b", "c"], "start": [1970, 1980], "trend": ["ols", "theil-sen"]}


@cautious
def test_a_clear_trend_is_unusual_and_noise_is_not() -> None:
    trend = specification.under_the_null(NULL_GRID, shares(1, slope=0.2), replications=199)
    assert (trend.table["p_value"] == 1 / 200).all()
    none = specification.under_the_null(
        NULL_GRID, shares(1, slope=0.0, correlation=0.0), replications=199
    )
    assert (none.table["p_value"] > 0.1).all()
    curve = specification.run(NULL_GRID, specification.regime_slope, shares(1, slope=0.2))
    row = curve.summary().iloc[0]
    observed = trend.to_frame()["observed"]
    assert observed["median estimate"] == pytest.approx(abs(row["median"]))
    assert observed["share significant"] == pytest.approx(row["share_significant_same_sign"])
    ratio = curve.estimates["estimate"] / curve.estimates["std_error"]
    assert observed["average t"] == pytest.approx(abs(ratio.mean()))
    assert "12 specifications, 199 samples" in repr(trend)


@cautious
def test_samples_without_a_trend_are_the_same_every_time_and_do_not_know_the_trend() -> None:
    data = shares(2)
    first = specification.under_the_null(NULL_GRID, data, replications=99, seed=5)
    again = specification.under_the_null(NULL_GRID, data, replications=99, seed=5)
    other = specification.under_the_null(NULL_GRID, data, replications=99, seed=6)
    pd.testing.assert_frame_equal(first.null, again.null)
    assert not first.null.equals(other.null)
    steeper = specification.under_the_null(
        NULL_GRID, data.add(0.3 * np.arange(50), axis=0), replications=99, seed=5
    )
    np.testing.assert_allclose(steeper.null, first.null, atol=1e-8)


@cautious
def test_series_of_different_length_share_their_common_periods() -> None:
    data = shares(4)
    data.loc[:1984, "c"] = np.nan
    grid = NULL_GRID | {"start": [None, 1975]}
    found = specification.under_the_null(grid, data, replications=99)
    assert found.n_periods == 35
    assert found.n_specifications == 10  # without two windows of c that begin before it does


def test_unit_roots_and_few_blocks_are_named() -> None:
    walk = shares(5, slope=0.0, correlation=0.99)
    with (
        pytest.warns(PersistentErrorsWarning, match="may have a unit root"),
        pytest.warns(SmallSampleWarning, match="50 periods, about 5 blocks of 10, are few"),
    ):
        found = specification.under_the_null(NULL_GRID, walk, replications=99, block_length=10)
    assert len(found.cautions) == 2


def test_what_the_joint_test_cannot_use_is_named() -> None:
    test = specification.under_the_null
    data = shares()
    gap = data.copy()
    gap.loc[1990, "a"] = np.nan
    short = data.copy()
    short.loc[:2006, "a"] = np.nan
    windows, logs = {"series": ["a"], "start": [1995]}, {"series": ["a"], "trend": ["log"]}
    flat = shares(slope=0.0)
    late, half = {"series": ["a", "b"]}, data.assign(b=1.0)
    for arguments, options, message in (
        (
            (NULL_GRID, data),
            {"replications": 50},
            r"^replications: 50 is not .* from 99",
        ),
        ((NULL_GRID, data), {"replications": 2.5}, r"^replications: 2.5 is not a whole"),
        (
            (NULL_GRID, data),
            {"block_length": 26},
            r"^block_length: 26 is not .* from 1 to 24",
        ),
        ((NULL_GRID, data), {"seed": -1}, r"^seed: -1 is not a whole number from 0"),
        ((NULL_GRID, data), {"level": 95}, r"^level:"),
        ((windows, gap), {}, r"^data: values missing after 1989"),
        (({"series": ["a"]}, short), {}, r"^data: 13 periods .* too few"),
        (({"series": ["a"], "start": [1950]}, data), {}, r"^spec_grid: no specification"),
        (({"series": ["a"]}, data.assign(a=1.0)), {}, r"^spec_grid: no specification"),
        ((late, half), {}, r"^data: 'b' is an exact line"),
        ((logs, flat - flat.min() + 1e-6), {}, r"^spec_grid: .*falls to zero"),
    ):
        with pytest.raises(ModelInputError, match=message):
            test(*arguments, **options)


@pytest.mark.slow
@cautious
@pytest.mark.parametrize("draws", campaign.draws(25, 80))
def test_the_joint_test_rejects_about_as_often_as_it_says(draws) -> None:
    rejected = {0.0: [], 0.5: []}
    for correlation, found in rejected.items():
        for seed in range(draws):
            data = shares(seed, 60, slope=0.0, correlation=correlation)
            result = specification.under_the_null(NULL_GRID, data, replications=99, seed=seed)
            found.append((result.table["p_value"] <= 0.1).to_numpy())
    for found in rejected.values():
        assert abs(np.mean(found) - 0.1) < campaign.by_chance(0.1, draws)
