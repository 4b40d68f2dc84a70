from __future__ import annotations

import campaign
import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.ardl import ardl_select_order

from rebalancing.models.cointegration import ardl_bounds, elasticities
from rebalancing.models.validate import ModelInputError
from rebalancing.models.warnings import SmallSampleWarning


def related(n: int, seed: int, slope: float = 1.5) -> tuple[pd.Series, pd.DataFrame]:
    """Return y that returns to slope * x, and x, a random walk."""
    draw = np.random.default_rng(seed)
    x = np.cumsum(0.03 + 0.02 * draw.standard_normal(n))
    y = np.zeros(n)
    for t in range(1, n):
        y[t] = y[t - 1] - 0.5 * (y[t - 1] - slope * x[t - 1] - 1) + 0.01 * draw.standard_normal()
    years = pd.RangeIndex(1900, 1900 + n)
    return pd.Series(y, years, name="exports"), pd.DataFrame({"demand": x}, index=years)


def test_the_elasticity_of_a_relation_is_found() -> None:
    y, x = related(150, seed=1)
    fit = elasticities.estimate(y, x)
    assert fit.related
    assert fit.cautions == ()
    low, high = fit.interval("demand", 0.99)
    assert low < 1.5 < high
    assert high - low < 0.2
    assert "exports" not in fit.table.index
    assert "ARDL(" in repr(fit)


@pytest.mark.slow
@pytest.mark.parametrize("draws", campaign.draws(15, 30))
def test_unrelated_walks_are_rarely_called_related(draws) -> None:
    found = []
    for seed in range(draws):
        draw = np.random.default_rng(seed)
        years = pd.RangeIndex(1900, 2020)
        y, x = (pd.Series(np.cumsum(draw.standard_normal(120)), years) for _ in range(2))
        found.append(elasticities.estimate(y, x.to_frame("x")).related)
    assert np.mean(found) <= 0.14


def test_the_order_has_the_lowest_criterion_and_all_share_one_sample() -> None:
    y, x = related(120, seed=2)
    fit = elasticities.estimate(y, x, most_lags=2)
    assert len(fit.tried) == 2 * 3
    assert fit.order == fit.tried.index[0]
    assert fit.tried.is_monotonic_increasing
    assert fit.bounds_test.nobs == 118
    again = ardl_bounds(y, x, fit.order, case=3, start=1902)
    assert fit.bounds_test.f_stat == pytest.approx(again.f_stat)
    # The criterion of an order, from the definition.
    sse = float(np.sum(np.square(again.residuals)))
    expected = 118 * np.log(sse / 118) + len(again.coefficients) * np.log(118)
    assert fit.tried.iloc[0] == pytest.approx(expected)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_the_order_is_that_of_statsmodels(seed: int) -> None:
    y, x = related(120, seed)
    ours = elasticities.estimate(y, x, most_lags=3)
    theirs = ardl_select_order(y, 3, x, 3, ic="bic", trend="c")
    orders = theirs.model.ardl_order
    assert ours.order == tuple(orders)


def test_a_small_sample_is_named_once_and_a_smaller_one_refused() -> None:
    y, x = related(50, seed=3)
    with pytest.warns(SmallSampleWarning) as given:
        fit = elasticities.estimate(y, x)
    assert len(given) == 1
    assert "48 observations" in fit.cautions[0]
    with pytest.raises(ModelInputError, match="29 observations after 2 lags"):
        elasticities.estimate(y.iloc[:31], x.iloc[:31])


@pytest.mark.filterwarnings("ignore::rebalancing.models.warnings.SmallSampleWarning")
def test_deviations_that_grow_are_a_caution() -> None:
    draw = np.random.default_rng(5)
    years = pd.RangeIndex(1950, 2010)
    y = pd.Series(0.02 * 1.08 ** np.arange(60) + 0.001 * draw.standard_normal(60), years)
    x = pd.DataFrame({"x": np.cumsum(draw.standard_normal(60))}, index=years)
    fit = elasticities.estimate(y, x)
    assert fit.bounds_test.ec_coefficient > 0
    assert not fit.related
    assert any("do not shrink" in caution for caution in fit.cautions)


def test_bad_options_are_named() -> None:
    y, x = related(120, seed=4)
    with pytest.raises(ModelInputError, match="most_lags: 0"):
        elasticities.estimate(y, x, most_lags=0)
    with pytest.raises(ModelInputError, match="level"):
        elasticities.estimate(y, x).interval("demand", 80)
    with pytest.raises(ModelInputError, match="exog"):
        elasticities.estimate(y, x.iloc[1:])


@pytest.mark.slow
def test_relations_side_by_side_say_once_what_belongs_to_the_whole() -> None:
    y, x = related(120, seed=3)
    two = x.assign(price=np.random.default_rng(4).standard_normal(120))
    fits = {
        "Exports": elasticities.estimate(y, two),
        "Exports, with a trend": elasticities.estimate(y, x, case=elasticities.WITH_TREND),
    }
    table = elasticities.side_by_side(fits)
    assert list(table.index) == [
        ("Exports", "demand"),
        ("Exports", "price"),
        ("Exports, with a trend", "demand"),
    ]
    first, second, trend = (row for _, row in table.iterrows())
    fit = fits["Exports"]
    assert first["elasticity"] == fit.table.loc["demand", "elasticity"]
    assert (first["f_stat"], first["t_stat"]) == (fit.bounds_test.f_stat, fit.bounds_test.t_stat)
    assert (first["f_bound"], first["t_bound"]) == fit.bounds
    assert first["related"] is fit.related
    assert first["lags"] == ", ".join(map(str, fit.order))
    assert first["sample"] == fit.bounds_test.sample
    assert second.drop(["elasticity", "bse"]).isna().all()
    assert trend["f_bound"] == fits["Exports, with a trend"].bounds[0]
