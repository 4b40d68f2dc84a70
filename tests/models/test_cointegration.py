from __future__ import annotations

import campaign
import numpy as np
import pandas as pd
import pytest

from rebalancing.models import cointegration
from rebalancing.models.validate import ModelInputError

from .integrated import CASES, DETERMINISTIC, quarters, related, walks


def test_data_are_not_changed() -> None:
    data, before = related(1, 150), related(1, 150)
    cointegration.johansen(data, lags=2, deterministic="restricted trend")
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


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"lags": 0}, "lags: 0 is not a whole number from 1"),
        ({"lags": 1.5}, "lags: 1.5"),
        ({"lags": True}, "lags: True"),
        ({"lags": 40}, "too few for 3 series"),
        ({"deterministic": "c"}, "deterministic: 'c' is not allowed; use one of none"),
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


@pytest.mark.slow
@pytest.mark.parametrize("draws", campaign.draws(200, 800))
@pytest.mark.parametrize("deterministic", campaign.only("restricted constant", DETERMINISTIC))
def test_trace_test_has_its_size(deterministic, draws) -> None:
    drift = 0.5 if deterministic in ("constant", "restricted trend") else 0.0
    found = [
        cointegration.johansen(walks(s, 500, 2, drift), lags=1, deterministic=deterministic)
        for s in range(draws)
    ]
    for statistic in ("trace", "max_eig"):
        rejected = np.mean([one.rank("5%", statistic) > 0 for one in found])
        assert rejected == pytest.approx(0.05, abs=campaign.by_chance(0.05, draws))
        p_values = np.array([one.p_values[statistic][0] for one in found])
        below = np.mean(p_values < 0.10)
        assert below == pytest.approx(0.10, abs=campaign.by_chance(0.10, draws))


@pytest.mark.slow
@pytest.mark.parametrize("draws", campaign.draws(150, 600))
@pytest.mark.parametrize("case", campaign.only(3, CASES))
def test_bounds_test_has_its_size_with_integrated_regressors(case, draws) -> None:
    f_stats, t_stats = [], []
    for seed in range(draws):
        data = walks(seed + 5000, 400, 3)
        tested = cointegration.ardl_bounds(data["a"], data[["b", "c"]], (1, 1, 1), case=case)
        f_stats.append(tested.f_stat)
        t_stats.append(tested.t_stat)
    upper = tested.bounds.loc["5%"]
    announced = pytest.approx(0.05, abs=campaign.by_chance(0.05, draws))
    assert np.mean(np.array(f_stats) > upper["F", "I(1)"]) == announced
    if case in (1, 3, 5):
        assert np.mean(np.array(t_stats) < upper["t", "I(1)"]) == announced
