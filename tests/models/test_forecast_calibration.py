from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from rebalancing.models import forecast
from rebalancing.models.validate import ModelInputError

MEMBERS = ["random walk", "drift"]


def walks(n: int = 60, years: int = 45, seed: int = 3) -> pd.DataFrame:
    changes = np.random.default_rng(seed).normal(0, 1, (years, n))
    return pd.DataFrame(50 + changes.cumsum(axis=0), index=range(1970, 1970 + years)).rename(
        columns=lambda number: f"E{number:02d}"
    )


def result(sd_factor: float = 1.0) -> forecast.Backtest:
    """A backtest whose standard deviations are wrong by a factor."""
    made = forecast.backtest(
        walks(), forecasters=MEMBERS, horizon=4, origins=range(1990, 2014, 2), min_train=20
    )
    sd = made.rows["sd"] * sd_factor
    pits = norm.cdf(made.rows["error"] / sd)
    return forecast.Backtest(made.rows.assign(sd=sd, pit=pits), made.cautions)


def calibrated(of: forecast.Backtest, name: str = forecast.COMBINATION) -> pd.DataFrame:
    rows = forecast.calibrated(of).rows
    return rows[rows["forecaster"] == name]


@pytest.mark.slow
@pytest.mark.parametrize("factor", [0.4, 2.5])
def test_a_wrong_spread_is_corrected_out_of_sample(factor: float) -> None:
    rows = calibrated(result(factor), "random walk")
    assert rows["covered_80"].mean() == pytest.approx(0.8, abs=0.04)
    assert rows["covered_95"].mean() == pytest.approx(0.95, abs=0.03)


@pytest.mark.slow
def test_the_correction_of_one_member_is_its_past_factor_times_its_spread() -> None:
    of = result(2.0)
    rows = calibrated(of, "random walk")
    case = rows[(rows["origin"] == 2000) & (rows["horizon"] == 2)].iloc[0]
    factor = forecast.scale_factors(of.known_by(2000)).loc["random walk", 2]
    raw = of.rows.query(
        "forecaster == 'random walk' and origin == 2000 and horizon == 2 and economy == @economy",
        local_dict={"economy": case["economy"]},
    ).iloc[0]
    assert case["sd"] == pytest.approx(factor * raw["sd"])
    assert case["mean"] == pytest.approx(raw["mean"])
    assert case["crps"] == pytest.approx(
        forecast.crps_normal(raw["actual"], raw["mean"], factor * raw["sd"])
    )


@pytest.mark.slow
def test_cases_without_a_past_are_left_out_for_all_forecasters() -> None:
    rows = forecast.calibrated(result()).rows
    assert list(dict.fromkeys(rows["forecaster"])) == [*MEMBERS, forecast.COMBINATION]
    for _, of_one in rows.groupby("forecaster"):
        assert of_one[of_one["horizon"] == 2]["origin"].min() == 1992
        assert of_one[of_one["horizon"] == 4]["origin"].min() == 1994


@pytest.mark.slow
def test_the_future_does_not_change_a_correction() -> None:
    of = result()
    early = forecast.Backtest(of.rows[of.rows["target"] <= 2004], ())
    some, every = calibrated(early), calibrated(of)
    keys = ["origin", "economy", "horizon"]
    both = some.merge(every, on=keys)
    assert len(both) == len(some)
    np.testing.assert_allclose(both["sd_x"], both["sd_y"])


@pytest.mark.slow
def test_the_pool_is_stretched_about_its_mean() -> None:
    of = result()
    rows = calibrated(of).set_index(["origin", "economy", "horizon"])
    pool = forecast.with_combination(of)
    factor = forecast.scale_factors(pool.known_by(2000)).loc[forecast.COMBINATION, 3]
    raw = pool.rows.set_index(["forecaster", "origin", "economy", "horizon"])
    key = (2000, "E05", 3)
    parts = [
        forecast.NormalDensity(
            pd.Series([raw.loc[(name, *key), "mean"]]),
            np.array([[raw.loc[(name, *key), "sd"] ** 2]]),
        )
        for name in MEMBERS
    ]
    density = forecast.calibrate(forecast.combine(parts), float(factor))
    assert rows.loc[key, "pit"] == pytest.approx(density.cdf(1, rows.loc[key, "actual"]))
    assert rows.loc[key, "sd"] == pytest.approx(density.std.iloc[0])


def three_members() -> forecast.Backtest:
    """A backtest in which the constant mean loses to the random walk."""
    names = [*MEMBERS, "mean"]
    return forecast.backtest(
        walks(30), forecasters=names, horizon=3, origins=range(1990, 2012, 3), min_train=20
    )


@pytest.mark.slow
@pytest.mark.parametrize("weights", ["equal", "past winners"])
def test_the_forecast_that_is_scored_is_the_one_that_is_published(
    weights: Literal["equal", "past winners"],
) -> None:
    of, origin, economy = three_members(), 2005, "E07"
    past = of.known_by(origin)
    chosen = forecast.past_winners(past).to_dict() if weights == "past winners" else None
    factors = forecast.scale_factors(
        forecast.with_combination(of, weights=weights).known_by(origin)
    )
    forecasters = {name: forecast.forecaster(name) for name in [*MEMBERS, "mean"]}
    made = forecast.calibrated_forecasts(
        walks(30)[economy].loc[:origin], forecasters, 3, factors, chosen
    )
    rows = forecast.calibrated(of, weights=weights).rows
    at = rows[(rows["origin"] == origin) & (rows["economy"] == economy)]
    assert set(at["forecaster"]) == set(made)
    for name, density in made.items():
        scored = at[at["forecaster"] == name].sort_values("horizon")
        np.testing.assert_allclose(scored["mean"], density.mean)
        np.testing.assert_allclose(scored["sd"], density.std)
        pits = [density.cdf(h, y) for h, y in enumerate(scored["actual"], start=1)]
        np.testing.assert_allclose(scored["pit"], pits)


@pytest.mark.slow
def test_beside_the_pool_are_those_asked_for() -> None:
    of = three_members()
    every = forecast.calibrated(of).rows
    wanted = every["forecaster"].isin(["random walk", forecast.COMBINATION])
    some = forecast.calibrated(of, beside=["random walk"]).rows
    pd.testing.assert_frame_equal(some, every[wanted].reset_index(drop=True))
    with pytest.raises(ModelInputError, match="members: pass one or more"):
        forecast.calibrated(of, beside=["nobody"])


def test_a_forecaster_that_has_lost_to_the_random_walk_is_not_in_the_pool() -> None:
    of = three_members()
    weights = forecast.past_winners(of)
    assert weights["mean"] == 0
    assert weights["random walk"] == weights.max()
    assert weights.sum() == pytest.approx(1)
    pool = forecast.with_combination(of, weights="past winners").rows.set_index("forecaster")
    of_last = pool[(pool["origin"] == 2011) & (pool["economy"] == "E07") & (pool["horizon"] == 1)]
    then = forecast.past_winners(of.known_by(2011))
    expected = float((of_last["mean"].reindex(then.index) * then).sum())
    assert of_last.loc[forecast.COMBINATION, "mean"] == pytest.approx(expected)
    first = pool[(pool["origin"] == 1990) & (pool["economy"] == "E07") & (pool["horizon"] == 1)]
    assert first.loc[forecast.COMBINATION, "mean"] == pytest.approx(
        first["mean"].drop(forecast.COMBINATION).mean()
    )


def test_forecasts_of_one_series_carry_the_factors_of_their_row() -> None:
    y = walks()["E00"]
    factors = pd.DataFrame(
        {h: [2.0, 1.0, 0.5] for h in (1, 2, 3)}, index=[*MEMBERS, forecast.COMBINATION]
    )
    chosen = {name: forecast.forecaster(name) for name in MEMBERS}
    made = forecast.calibrated_forecasts(y, chosen, 3, factors)
    raw = {name: each.fit_predict(y, 3) for name, each in chosen.items()}
    assert list(made) == [*MEMBERS, forecast.COMBINATION]
    np.testing.assert_allclose(made["random walk"].std, 2 * raw["random walk"].std)
    np.testing.assert_allclose(made["drift"].std, raw["drift"].std)
    np.testing.assert_allclose(made["combination"].std, 0.5 * forecast.combine(raw).std)
    alone = forecast.calibrated_forecasts(y, chosen, 3, factors, {"random walk": 1, "drift": 0})
    np.testing.assert_allclose(alone["combination"].mean, raw["random walk"].mean)


def test_input_that_cannot_be_used_is_refused() -> None:
    of = result()
    alone = forecast.Backtest(of.rows[of.rows["forecaster"] == "drift"], ())
    with pytest.raises(ModelInputError, match="members: pass two or more"):
        forecast.calibrated(alone)
    with pytest.raises(ModelInputError, match="has no random walk"):
        forecast.past_winners(alone)
    single = forecast.Backtest(of.rows[of.rows["origin"] == 1990], ())
    with pytest.raises(ModelInputError, match="no forecast had come due"):
        forecast.calibrated(single)
    factors = pd.DataFrame({1: [1.0, 1.0]}, index=["random walk", forecast.COMBINATION])
    chosen = {"random walk": forecast.forecaster("random walk")}
    with pytest.raises(ModelInputError, match="factors: none for horizon 2"):
        forecast.calibrated_forecasts(walks()["E00"], chosen, 2, factors)
    with pytest.raises(ModelInputError, match="factors: none for random walk"):
        forecast.calibrated_forecasts(walks()["E00"], chosen, 1, factors.iloc[1:])
