from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.integrate import quad
from scipy.stats import t as student

from rebalancing.models.forecast import bridge
from rebalancing.models.forecast.bridge import Case, Pool, StudentDensity
from rebalancing.models.validate import ModelInputError

YEARS = pd.Index(range(2005, 2025), name="year")


def made_up(columns: int = 2) -> tuple[pd.Series, pd.DataFrame]:
    rng = np.random.default_rng(3)
    x = pd.DataFrame(rng.normal(0, 2, (20, columns)), YEARS, [f"x{i}" for i in range(columns)])
    return 0.2 + 0.3 * x["x0"] + pd.Series(rng.normal(0, 0.5, 20), YEARS), x


@pytest.mark.parametrize("columns", [1, 2, 3])
def test_coefficients_errors_and_intervals_are_those_of_statsmodels(columns: int) -> None:
    change, x = made_up(columns)
    ours, theirs = bridge.fit(change, x), sm.OLS(change, sm.add_constant(x)).fit()
    assert ours.coefficients.to_numpy() == pytest.approx(theirs.params.to_numpy())
    assert ours.standard_errors.to_numpy() == pytest.approx(theirs.bse.to_numpy())
    assert ours.r_squared == pytest.approx(theirs.rsquared)
    new = pd.DataFrame([[1.5, -2.0, 4.0][:columns]], [2025], x.columns)
    expected = theirs.get_prediction(np.r_[1, new.iloc[0]]).summary_frame(alpha=0.2)
    found = ours.predict(new)
    assert found.mean == pytest.approx(expected["mean"].iloc[0])
    bounds = expected[["obs_ci_lower", "obs_ci_upper"]].iloc[0].to_list()
    assert found.interval(0.8) == pytest.approx(bounds)


def test_by_hand_a_slope_and_a_band() -> None:
    """Changes 0, 1, 1, 2, 1, 1 at indicators 0, 1, 2, 3, 2, 1: by pencil."""
    years = range(2000, 2006)
    x = pd.DataFrame({"x": [0.0, 1, 2, 3, 2, 1]}, index=years)
    found = bridge.fit(pd.Series([0.0, 1, 1, 2, 1, 1], index=years), x)
    # means 1.5 and 1; Sxx = 5.5, Sxy = 3: slope 6/11, constant 2/11; residual sum 2 - 18/11.
    assert found.coefficients.to_list() == pytest.approx([2 / 11, 6 / 11])
    assert found.variance == pytest.approx((2 - 18 / 11) / 4)
    density = found.predict(pd.DataFrame({"x": [3.0]}, index=[2006]))
    assert density.mean == pytest.approx(20 / 11)
    assert density.scale**2 == pytest.approx(found.variance * (1 + 1 / 6 + 1.5**2 / 5.5))
    assert density.df == 4


def test_changes_of_two_years_add_up_with_their_uncertainty() -> None:
    change, x = made_up()
    found = bridge.fit(change, x)
    new = pd.DataFrame([[1.0, 0.5], [-0.5, 2.0]], [2025, 2026], x.columns)
    total, design = found.predict(new), np.column_stack([np.ones(20), x])
    at = np.r_[2.0, new.sum()]
    inside = at @ np.linalg.inv(design.T @ design) @ at
    assert total.mean == pytest.approx(sum(found.predict(new.loc[[y]]).mean for y in new.index))
    assert total.scale**2 == pytest.approx(found.variance * (2 + inside))


def test_an_estimated_indicator_widens_the_band() -> None:
    change, x = made_up()
    found = bridge.fit(change, x)
    new = pd.DataFrame([[1.0, 0.5]], [2025], x.columns)
    sure, unsure = found.predict(new), found.predict(new, pd.Series({"x0": 2.0}))
    extra = unsure.scale**2 - sure.scale**2
    assert extra == pytest.approx((2 * found.coefficients["x0"]) ** 2)


@pytest.mark.parametrize("actual", [-3.0, 0.4, 5.0])
def test_the_score_of_a_density_is_the_integral_that_defines_it(actual: float) -> None:
    density = StudentDensity(0.5, 1.3, 5)
    under, _ = quad(lambda x: density.below(x) ** 2, -np.inf, actual)
    over, _ = quad(lambda x: (1 - density.below(x)) ** 2, actual, np.inf)
    assert density.crps(actual) == pytest.approx(under + over, rel=1e-6)
    assert Pool((density,)).crps(actual) == pytest.approx(density.crps(actual), rel=1e-6)


def test_a_pool_is_as_likely_below_its_lower_bound_as_it_says() -> None:
    pool = Pool((StudentDensity(-1.0, 0.5, 6), StudentDensity(2.0, 1.0, 9)))
    low, high = pool.interval(0.8)
    assert pool.below(low) == pytest.approx(0.1, abs=1e-6)
    assert pool.below(high) == pytest.approx(0.9, abs=1e-6)
    assert pool.mean == pytest.approx(0.5)
    alike = Pool((StudentDensity(1.0, 0.5, 6),) * 2)
    assert alike.interval(0.8) == pytest.approx(alike.parts[0].interval(0.8))


def test_no_change_is_as_wide_as_changes_were_large() -> None:
    density = bridge.no_change(pd.Series([1.0, -1, 1, -1, 2, 0]), steps=2)
    assert (density.mean, density.df) == (0.0, 6)
    assert density.scale == pytest.approx(np.sqrt(2 * 8 / 6))
    half = density.scale * student.ppf(0.9, 6)
    assert density.interval(0.8) == pytest.approx((-half, half))


@pytest.mark.parametrize(
    ("change", "x", "said"),
    [
        (pd.Series(1.0, YEARS), pd.DataFrame(1.0, YEARS, ["x"]), "x does not vary"),
        (pd.Series(1.0, YEARS[:5]), pd.DataFrame({"x": range(20)}, YEARS), "5 years with all"),
        (pd.Series(1.0, YEARS), pd.DataFrame(1.0, YEARS, list("abcd")), "4 columns"),
        (pd.Series(1.0, YEARS), pd.DataFrame(index=YEARS), "0 columns"),
    ],
)
def test_what_no_bridge_can_be_made_of_is_named(
    change: pd.Series, x: pd.DataFrame, said: str
) -> None:
    with pytest.raises(ModelInputError, match=said):
        bridge.fit(change, x)


def case(year: int, change: pd.Series, x: pd.DataFrame) -> Case:
    before = change[change.index < year]
    return Case(year, before, x.loc[before.index], x.loc[[year]], float(change[year]))


def test_scores_are_of_forecasts_that_know_nothing_of_their_year() -> None:
    change, x = made_up(1)
    scores = bridge.score([case(year, change, x) for year in range(2006, 2025)], 0.8)
    assert list(scores.index) == list(range(2011, 2025))  # six years to estimate from come first
    before = bridge.fit(change.loc[:2019], x.loc[:2019]).predict(x.loc[[2020]])
    naive = bridge.no_change(change.loc[:2019])
    row = scores.loc[2020]
    assert row["forecast"] == pytest.approx(before.mean)
    assert row["crps"] == pytest.approx(before.crps(change[2020]))
    assert row["crps_no_change"] == pytest.approx(naive.crps(change[2020]))
    low, high = before.interval(0.8)
    assert row["inside"] == float(low <= change[2020] <= high)
    changed = pd.concat([change.loc[:2020], pd.Series(99.0, YEARS[16:])])
    again = bridge.score([case(2020, changed, x)], 0.8)
    assert list(again.loc[2020]) == pytest.approx(list(row))


def test_a_case_that_knows_its_own_year_is_refused() -> None:
    change, x = made_up(1)
    cheating = case(2020, change, x)._replace(change=change)
    with pytest.raises(ModelInputError, match="2020 knows changes of the years"):
        bridge.score([cheating], 0.8)


@pytest.mark.slow
def test_a_good_indicator_beats_no_change_and_noise_does_not() -> None:
    change, x = made_up(2)
    told, noise = (
        bridge.summarise(bridge.score([case(y, change, x[[c]]) for y in YEARS[1:]], 0.8))
        for c in ("x0", "x1")
    )
    assert told.crps < 0.9 < noise.crps
    assert told.rmse < 1
    assert told.years == 14
    assert 0 <= told.held <= 1


@pytest.mark.slow
def test_a_pool_is_scored_on_the_years_that_all_its_bridges_have() -> None:
    change, x = made_up(2)
    one = [case(y, change, x[["x0"]]) for y in YEARS[1:]]
    other = [case(y, change, x[["x1"]]) for y in YEARS[12:]]
    scores = bridge.score_pool([one, other], 0.8)
    assert list(scores.index) == list(YEARS[12:])
    single = bridge.score_pool([one], 0.8)
    assert single["crps"].to_numpy() == pytest.approx(
        bridge.score(one, 0.8)["crps"].to_numpy(), rel=1e-6
    )
    assert bridge.score_pool([], 0.8).empty
    with pytest.raises(ModelInputError, match="no year was scored"):
        bridge.summarise(bridge.score_pool([], 0.8))
