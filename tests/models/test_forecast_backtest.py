from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import cache, partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm
from scipy.stats import t as student

from rebalancing.models import forecast
from rebalancing.models.validate import ModelInputError
from rebalancing.models.warnings import SmallSampleWarning

few = settings(max_examples=3)
cautious = pytest.mark.filterwarnings(
    "ignore::rebalancing.models.warnings.SmallSampleWarning",
)
QUICK = ["random walk", "drift", "mean", "panel convergence"]


def walks(n: int = 24, years: int = 40, seed: int = 0) -> pd.DataFrame:
    """Random walks, years by economies; the first begins later and the second has a gap."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        50 + np.cumsum(rng.normal(0, 1, (years, n)), axis=0),
        index=pd.RangeIndex(1980, 1980 + years, name="year"),
        columns=pd.Index([f"E{i:02}" for i in range(n)], name="economy"),
    )
    table.loc[:1988, "E00"] = np.nan
    table.loc[2005, "E01"] = np.nan
    return table


@cache
def scored() -> forecast.Backtest:
    return forecast.backtest(
        walks(), horizon=4, min_train=20, origins=range(2004, 2018, 2), forecasters=QUICK
    )


def test_rows_are_those_of_a_forecast_made_at_the_origin() -> None:
    panel, rows = walks(), scored().rows
    for name, economy, origin in [
        ("drift", "E05", 2008),
        ("random walk", "E00", 2010),
        ("panel convergence", "E07", 2012),
    ]:
        y = panel.loc[:origin, economy].dropna()
        own = forecast.PanelConvergence(panel) if name[0] == "p" else forecast.forecaster(name)
        with pytest.warns(SmallSampleWarning) if len(y) < 30 else nullcontext():
            density = own.fit_predict(y, 4)
        chosen = rows[
            (rows["forecaster"] == name) & (rows["economy"] == economy) & (rows["origin"] == origin)
        ]
        np.testing.assert_allclose(chosen["mean"], density.mean)
        np.testing.assert_allclose(chosen["sd"], density.std)
        assert list(chosen["target"]) == list(density.index)
        actual = panel.loc[origin + 1 : origin + 4, economy]
        np.testing.assert_allclose(chosen["actual"], actual)
        np.testing.assert_allclose(
            chosen["crps"], forecast.crps_normal(actual, density.mean, density.std)
        )
        np.testing.assert_allclose(chosen["error"], actual - density.mean)
        inside = density.interval(0.8)
        np.testing.assert_array_equal(
            chosen["covered_80"], (inside["lower"] <= actual) & (actual <= inside["upper"])
        )


@pytest.mark.slow
@cautious
@few
@given(seed=st.integers(0, 1000), origin=st.integers(2001, 2015))
def test_later_data_change_no_earlier_forecast(seed, origin) -> None:
    panel = walks(6, seed=seed)
    changed = panel.copy()
    changed.loc[origin + 1 :] = changed.loc[origin + 1 :] * 3 + 7
    options = {"horizon": 3, "origins": [origin]}
    plain, other = forecast.backtest(panel, **options), forecast.backtest(changed, **options)
    for column in ("mean", "sd"):
        np.testing.assert_allclose(plain.rows[column], other.rows[column])
    assert not np.allclose(plain.rows["actual"], other.rows["actual"])


@pytest.mark.slow
def test_all_forecasters_run_by_default_and_share_their_cases() -> None:
    with pytest.warns(SmallSampleWarning, match="1 origins and 6 economies"):
        result = forecast.backtest(walks(8), horizon=2, origins=[2010], min_train=30)
    counts = result.rows.groupby("forecaster").size()
    assert set(counts.index) == set(forecast.FORECASTERS)
    assert counts.nunique() == 1
    assert np.isfinite(result.rows.select_dtypes("number")).all().all()
    assert "9 forecasters, 6 economies, 1 origins, horizons to 2" in repr(result)


def test_economies_with_gaps_or_short_samples_are_left_out_until_they_are_long_enough() -> None:
    rows = scored().rows
    assert rows.loc[rows["economy"] == "E00", "origin"].min() == 2008
    # The gap of 2005 ends the sample; what is forecast for that year has no outcome.
    second = rows[rows["economy"] == "E01"]
    assert second["origin"].max() == 2004
    assert 2005 not in set(second["target"])


def test_outcomes_after_the_panel_are_not_scored() -> None:
    rows = scored().rows
    assert rows["target"].max() == 2019
    assert rows.loc[rows["origin"] == 2016, "horizon"].max() == 3


@cautious
def test_tidy_and_wide_panels_give_the_same() -> None:
    panel = walks()
    tidy = panel.melt(ignore_index=False).reset_index().dropna()
    options = {"horizon": 2, "origins": [2009], "forecasters": ["drift"]}
    wide = forecast.backtest(panel, **options)
    pd.testing.assert_frame_equal(forecast.backtest(tidy, **options).rows, wide.rows)


@cautious
def test_straight_lines_are_left_out_and_said() -> None:
    panel = walks()
    panel["E09"] = np.arange(40.0)
    result = forecast.backtest(panel, horizon=1, origins=[2009], forecasters=["drift"])
    assert "E09" not in set(result.rows["economy"])
    assert any("1 samples that lie on a straight line" in text for text in result.cautions)


def test_summary_says_what_the_rows_say() -> None:
    rows, summary = scored().rows, scored().summary()
    some = rows[(rows["forecaster"] == "mean") & (rows["horizon"] == 3)]
    row = summary.loc["mean", 3]
    assert row["n"] == len(some)
    assert row["rmse"] == pytest.approx(np.sqrt((some["error"] ** 2).mean()))
    assert row["coverage_80"] == pytest.approx(some["covered_80"].mean())
    walk = rows[(rows["forecaster"] == "random walk") & (rows["horizon"] == 3)]
    assert row["relative_crps"] == pytest.approx(some["crps"].mean() / walk["crps"].mean())
    assert (summary.loc["random walk", "relative_crps"] == 1).all()
    # On random walks nothing beats the random walk by much, and the mean is far worse.
    assert summary.loc["mean", "relative_crps"].min() > 1.2


def test_scale_factors_make_intervals_cover_in_the_backtest() -> None:
    factors = forecast.scale_factors(scored(), 0.8)
    rows = scored().rows
    some = rows[(rows["forecaster"] == "mean") & (rows["horizon"] == 2)]
    covered = some["error"].abs() <= norm.ppf(0.9) * factors.loc["mean", 2] * some["sd"]
    assert covered.mean() == pytest.approx(0.8, abs=1 / len(some))
    assert factors.loc["mean", 2] > 1.2


def test_known_by_keeps_what_was_known() -> None:
    assert scored().known_by(2010).rows["target"].max() == 2010
    with pytest.raises(ModelInputError, match="no target is as early as 1990"):
        scored().known_by(1990)


def test_on_cases_of_one_all_forecasters_have_the_same_cases() -> None:
    result = scored()
    later = result.rows["forecaster"] != "mean"
    later |= result.rows["origin"] >= 2010
    shorter = forecast.Backtest(result.rows[later], result.cautions)
    fair = shorter.on_cases_of("mean").rows
    case = ["origin", "economy", "horizon"]
    cases = {name: set(map(tuple, rows[case].values)) for name, rows in fair.groupby("forecaster")}
    assert set(cases) == set(result.rows["forecaster"])
    assert all(some == cases["mean"] for some in cases.values())
    assert fair["origin"].min() >= 2010
    with pytest.raises(ModelInputError, match="'nobody' made no forecast; use one of: "):
        shorter.on_cases_of("nobody")


def _crps(cdf: Callable[[float], float], actual: float) -> float:
    """Return the score by its definition."""
    below, _ = quad(lambda x: cdf(x) ** 2, actual - 100, actual, limit=200)
    above, _ = quad(lambda x: (1 - cdf(x)) ** 2, actual, actual + 100, limit=200)
    return float(below + above)


def test_combination_is_scored_as_the_pool_of_its_members() -> None:
    result = forecast.with_combination(scored(), members=["drift", "mean"])
    rows = result.rows[result.rows["forecaster"] == "combination"]
    row = rows[(rows["economy"] == "E05") & (rows["origin"] == 2010)]
    y = walks()["E05"]
    pool = forecast.combine(
        [forecast.forecaster(name).fit_predict(y.loc[:2010], 4) for name in ("drift", "mean")]
    )
    actual = y.loc[2011:2014]
    np.testing.assert_allclose(row["mean"], pool.mean)
    np.testing.assert_allclose(row["sd"], pool.std)
    scores = [_crps(partial(pool.cdf, h), value) for h, value in enumerate(actual, start=1)]
    np.testing.assert_allclose(row["crps"], scores, rtol=1e-5)
    pits = [pool.cdf(h, value) for h, value in enumerate(actual, start=1)]
    np.testing.assert_allclose(row["pit"], pits)


def test_inverse_crps_weights_use_only_what_was_known_at_the_origin() -> None:
    members = ["random walk", "mean"]
    result = forecast.with_combination(scored(), members=members, weights="inverse crps")
    rows = result.rows[result.rows["forecaster"] == "combination"]
    first = rows[(rows["origin"] == 2004) & (rows["economy"] == "E05")].iloc[0]
    last = rows[(rows["origin"] == 2014) & (rows["economy"] == "E05")].iloc[1]

    def mean(row: pd.Series, weights: pd.Series) -> float:
        case = scored().rows.query(
            "economy == @row.economy and origin == @row.origin and horizon == @row.horizon"
        )
        return float((case.set_index("forecaster")["mean"][members] * weights).sum())

    equal = pd.Series(0.5, members)
    assert first["mean"] == pytest.approx(mean(first, equal))
    past = scored().known_by(2014)
    chosen = forecast.Backtest(past.rows[past.rows["forecaster"].isin(members)], ())
    weights = forecast.inverse_crps_weights(chosen, horizon=2)
    assert weights["random walk"] > 0.55
    assert weights.sum() == pytest.approx(1)
    assert last["mean"] == pytest.approx(mean(last, weights))


def test_panel_test_finds_the_better_forecaster() -> None:
    losses = scored().losses(2).dropna()
    with pytest.warns(SmallSampleWarning, match="7 origins and 24 economies"):
        test = forecast.panel_diebold_mariano(losses["random walk"], losses["mean"], horizon=2)
    assert test.p_value < 0.01
    assert test.statistic < 0
    assert test.degrees_of_freedom == 6
    assert test.mean_difference == pytest.approx((losses["random walk"] - losses["mean"]).mean())
    assert "the first lost less" in repr(test)


@cautious
@few
@given(seed=st.integers(0, 1000))
def test_panel_test_of_two_way_clusters_by_hand(seed) -> None:
    rng = np.random.default_rng(seed)
    years, n = 25, 30
    u = rng.normal(0.1, 1, (years, n)) + rng.normal(0, 1, (years, 1)) + rng.normal(0, 1, n)
    index = pd.MultiIndex.from_product(
        [range(1990, 1990 + years), range(n)], names=["origin", "economy"]
    )
    loss = pd.Series(u.ravel(), index)
    test = forecast.panel_diebold_mariano(loss, loss * 0)
    e = u - u.mean()
    total = (e.sum(axis=1) ** 2).sum() + (e.sum(axis=0) ** 2).sum() - (e**2).sum()
    statistic = u.mean() / np.sqrt(total) * u.size
    assert test.statistic == pytest.approx(statistic)
    assert test.p_value == pytest.approx(2 * student.sf(abs(statistic), years - 1))


def test_overlapping_origins_widen_the_panel_test() -> None:
    rng = np.random.default_rng(1)
    shock = np.convolve(rng.normal(0, 1, 33), np.ones(4), "valid")
    u = shock[:, None] + rng.normal(0, 0.5, (30, 25))
    index = pd.MultiIndex.from_product([range(30), range(25)], names=["origin", "economy"])
    loss = pd.Series(u.ravel(), index)
    short, long = (forecast.panel_diebold_mariano(loss, loss * 0, horizon=h) for h in (1, 4))
    assert long.standard_error > 1.3 * short.standard_error


@pytest.mark.slow
def test_test_of_equal_forecasts_rejects_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(4)
    errors = rng.normal(0, 1, (400, 2, 60))
    rejected = [forecast.diebold_mariano(a, b).p_value < 0.1 for a, b in errors]
    assert np.mean(rejected) == pytest.approx(0.1, abs=0.04)


def test_negative_variance_is_said() -> None:
    t = np.arange(40)
    with pytest.warns(SmallSampleWarning, match="not positive"):
        test = forecast.diebold_mariano(2 + np.cos(np.pi * t) + t / 50, 2 + 0 * t, horizon=2)
    assert test.method.startswith("0 autocovariances")
    assert test.horizon == 2
    assert len(test.cautions) == 1


def test_few_errors_are_cautioned_and_order_turns_the_sign() -> None:
    a, b = np.random.default_rng(0).normal(0, 1, (2, 15))
    with pytest.warns(SmallSampleWarning, match="15 losses are few"):
        one = forecast.diebold_mariano(a, b, power=1)
    with pytest.warns(SmallSampleWarning):
        other = forecast.diebold_mariano(b, a, power=1)
    assert one.statistic == pytest.approx(-other.statistic)
    assert one.p_value == pytest.approx(other.p_value)


def test_confidence_set_keeps_the_best_and_drops_the_bad() -> None:
    losses = scored().losses(1).dropna()
    found = forecast.model_confidence_set(losses, reps=300)
    assert "random walk" in found.included
    assert "mean" not in found.included
    assert found.block_size == round(len(losses) / 7)
    assert found.table["mean_loss"].is_monotonic_increasing
    again = forecast.model_confidence_set(losses, reps=300)
    pd.testing.assert_frame_equal(found.table, again.table)
    assert "random walk" in repr(found)


def noise(rows: int = 40, columns: int = 2) -> pd.DataFrame:
    return pd.DataFrame(np.random.default_rng(0).normal(1, 1, (rows, columns)))


def run(**options: object) -> object:
    return forecast.backtest(**({"panel": walks(), "forecasters": ["drift"]} | options))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        pytest.param(lambda: run(panel=[1, 2]), "panel: pass a DataFrame", id="a list"),
        pytest.param(lambda: run(panel=walks().iloc[::-1]), "panel: .*order", id="order"),
        pytest.param(lambda: run(panel=walks().drop(2000)), "panel: no period", id="year missing"),
        pytest.param(
            lambda: run(panel=walks().replace(walks().iloc[5, 5], np.inf)), "infinite", id="inf"
        ),
        pytest.param(lambda: run(panel=walks().loc[2000:]), "no economy has 20", id="short"),
        pytest.param(
            lambda: run(
                panel=pd.concat([walks(3).melt(ignore_index=False).reset_index()] * 2)
            ),
            "panel: E00 in 1980 occurs more than once",
            id="tidy twice",
        ),
        pytest.param(lambda: run(horizon=0), "horizon: 0", id="horizon"),
        pytest.param(lambda: run(min_train=2), "min_train: 2 .* drift", id="min_train"),
        pytest.param(lambda: run(origins=[1900]), "origins: 1900", id="unknown origin"),
        pytest.param(lambda: run(origins=[2019]), "origins: 2019", id="last label"),
        pytest.param(lambda: run(origins=[2010, 2010]), "occurs twice", id="origin twice"),
        pytest.param(lambda: run(forecasters="drift"), "forecasters: pass a list", id="a word"),
        pytest.param(lambda: run(forecasters=["x"]), "'x' is not known", id="unknown"),
        pytest.param(lambda: scored().losses(9), "horizon: 9 was not forecast", id="losses"),
        pytest.param(lambda: scored().losses(1, "mae"), "measure: 'mae'", id="measure"),
        pytest.param(lambda: forecast.scale_factors(scored(), 80), "level: 80", id="percent"),
        pytest.param(
            lambda: forecast.with_combination(scored(), members=["drift"]), "members", id="one"
        ),
        pytest.param(
            lambda: forecast.with_combination(scored(), weights="best"), "weights: 'best'", id="w"
        ),
        pytest.param(
            lambda: forecast.inverse_crps_weights(scored(), 9), "horizon: no case", id="weights"
        ),
        pytest.param(
            lambda: forecast.diebold_mariano([1, 2, 3, 4], [1, 2, 3]), "do not match", id="lengths"
        ),
        pytest.param(
            lambda: forecast.diebold_mariano(noise()[0], noise()[1].rename(lambda i: i + 1)),
            "do not match",
            id="labels",
        ),
        pytest.param(
            lambda: forecast.diebold_mariano(noise()[0], noise()[0]), "by a constant", id="equal"
        ),
        pytest.param(
            lambda: forecast.diebold_mariano(noise()[0], noise()[1], power=0), "power", id="power"
        ),
        pytest.param(
            lambda: forecast.diebold_mariano([1, 2, 3, 4], [4, 2, 1, 0], horizon=3),
            "too few for a horizon of 3",
            id="few",
        ),
        pytest.param(
            lambda: forecast.diebold_mariano([1, np.nan], [1, 2]), "e1: 1 of 2", id="missing"
        ),
        pytest.param(
            lambda: forecast.panel_diebold_mariano(noise()[0], noise()[1]), "labelled", id="flat"
        ),
        pytest.param(
            lambda: forecast.model_confidence_set(noise(5)), "10 rows", id="few losses"
        ),
        pytest.param(
            lambda: forecast.model_confidence_set(noise().assign(b=noise()[0])), "differ", id="same"
        ),
        pytest.param(
            lambda: forecast.model_confidence_set(noise().where(lambda t: t > 0)),
            "losses: missing",
            id="gaps",
        ),
        pytest.param(
            lambda: forecast.model_confidence_set(noise(), size=10), "size: 10", id="size"
        ),
        pytest.param(
            lambda: forecast.model_confidence_set(noise(), block_size=40), "block_size", id="block"
        ),
        pytest.param(lambda: forecast.model_confidence_set(noise(), reps=0), "reps", id="reps"),
    ],
)  # fmt: skip
def test_input_that_cannot_be_used_is_refused(call, words) -> None:
    with pytest.raises(ModelInputError, match=words):
        call()


@pytest.mark.slow
def test_backtest_of_random_walks_covers_as_announced() -> None:
    names = ["random walk", "drift", "ETS", "Theta", "local linear trend"]
    panel = walks(150, 60, seed=9)
    origins = range(2014, 2035, 5)
    result = forecast.backtest(panel, horizon=5, min_train=30, origins=origins, forecasters=names)
    summary = result.summary()
    for name in names:
        assert (summary.loc[name, "coverage_80"] - 0.8).abs().max() < 0.08
    assert (summary["relative_crps"].loc["drift"] > 0.97).all()
