from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebalancing.models.accounting import arithmetic
from rebalancing.models.validate import ModelInputError
from rebalancing.models.warnings import ImplausibleShareWarning

few = settings(max_examples=30)
shares = st.floats(1, 100)
horizons = st.floats(0.5, 60)
START = {"household consumption": 39.9, "government": 16.6, "investment": 40.6, "net exports": 2.9}
OTHERS = ["government", "investment", "net exports"]


def run(**options):
    settings_ = {"years": 10, "gdp_growth": 4.5, "target": 50.0} | options
    return arithmetic.scenario(START, **settings_)


@few
@given(start=shares, target=shares, years=horizons)
def test_gap_years_and_path_are_inverse_to_each_other(start, target, years) -> None:
    gap = arithmetic.growth_gap(start, target, years)
    assert np.sign(gap) == np.sign(target - start)
    path = arithmetic.share_path(start, gap, [years])
    assert path.iloc[0] == pytest.approx(target, rel=1e-13)
    back = arithmetic.years_to(start, target, gap)
    assert back == pytest.approx(years if start != target else 0, rel=1e-13)
    assert arithmetic.growth_gap(target, start, years) == pytest.approx(-gap, rel=1e-12)


@few
@given(start=shares, target=shares, years=horizons, scale=st.sampled_from([0.01, 1e-6, 1e6]))
def test_the_gap_is_free_of_the_unit_of_the_share(start, target, years, scale) -> None:
    gap = arithmetic.growth_gap(start, target, years)
    scaled = arithmetic.growth_gap(start * scale, target * scale, years)
    assert scaled == pytest.approx(gap, rel=1e-9, abs=1e-12)


@few
@given(start=shares, target=shares, years=st.integers(1, 40), growth=st.floats(-5, 12))
def test_both_gaps_describe_the_same_growth(start, target, years, growth) -> None:
    difference = arithmetic.growth_gap_percent(start, target, years, growth)
    ratio = ((100 + growth + difference) / (100 + growth)) ** years
    assert start * ratio == pytest.approx(target, rel=1e-10)
    logs = 100 * np.log((100 + growth + difference) / (100 + growth))
    assert logs == pytest.approx(arithmetic.growth_gap(start, target, years), abs=1e-9)


def test_close_shares_lose_no_digits() -> None:
    gap = arithmetic.growth_gap(40.0, 40.0 * (1 + 2**-40), 1)
    assert gap == pytest.approx(100 * 2.0**-40, rel=1e-12)


def test_arrays_broadcast() -> None:
    gaps = arithmetic.growth_gap([39.9, 35.0], 50.0, np.array([[10], [20]]))
    assert gaps.shape == (2, 2)
    assert gaps[0, 1] == arithmetic.growth_gap(35.0, 50.0, 10)
    assert isinstance(arithmetic.growth_gap(39.9, 50, 10), float)
    years = arithmetic.years_to(39.9, [39.9, 45, 50, 45], [1, 2.26, 0, -1])
    assert years[0] == 0
    assert years[1] == pytest.approx(5.32, abs=0.01)
    assert np.isinf(years[2:]).all()


def test_share_path_is_labelled_by_year() -> None:
    path = arithmetic.share_path(39.9, 2.0, 3, first_year=2024)
    assert list(path.index) == [2024, 2025, 2026, 2027]
    assert path[2024] == 39.9
    np.testing.assert_allclose(np.diff(np.log(path)), 0.02)


@pytest.mark.slow
@few
@given(
    target=st.floats(30, 52),
    years=st.integers(1, 30),
    growth=st.floats(-2, 9),
    falls=st.sampled_from(
        [*OTHERS, "proportional", {"investment": 0.75, "net exports": 0.5, "government": -0.25}]
    ),
)
def test_the_accounting_closes_in_every_year(target, years, growth, falls) -> None:
    result = run(
        target=target,
        years=years,
        gdp_growth=growth,
        falls=falls,
        below_zero="warn",
    )
    np.testing.assert_allclose(result.shares.sum(axis=1), 100, rtol=1e-14)
    assert result.shares["residual"].nunique() == 1
    assert result.shares["household consumption"].iloc[-1] == target
    # Items grow at rates that, weighted with their shares, give GDP's.
    weights = result.shares.shift().iloc[1:]
    rates = result.real_growth
    parts = sum(
        weights[name] * rates[name] / 100 for name in arithmetic.ITEMS if name != "net exports"
    )
    gdp = rates["GDP"] / 100
    rest = ["net exports", "residual"]
    after = result.shares[rest].iloc[1:].mul(1 + gdp, axis=0)
    np.testing.assert_allclose(parts + (after - weights[rest]).sum(axis=1), 100 * gdp, atol=1e-10)
    gap = np.log((100 + rates["household consumption"]) / (100 + rates["GDP"]))
    np.testing.assert_allclose(100 * gap, arithmetic.growth_gap(39.9, target, years), atol=1e-9)


@pytest.mark.parametrize("falls", OTHERS)
def test_only_the_named_item_gives_way(falls) -> None:
    result = run(target=45.0, falls=falls)
    change = result.shares.iloc[-1] - result.shares.iloc[0]
    assert change[falls] == pytest.approx(-5.1)
    for name in set(OTHERS) - {falls}:
        assert change[name] == 0
    assert f"is met by: {falls} 1" in repr(result)


def test_proportional_keeps_the_relations_between_the_others() -> None:
    result = run(falls="proportional")
    ratio = result.shares["government"] / result.shares["investment"]
    np.testing.assert_allclose(ratio, 16.6 / 40.6)
    deficit = START | {"net exports": -3.0}
    result = arithmetic.scenario(deficit, years=5, gdp_growth=3, target=42, falls="proportional")
    assert (result.shares["net exports"] == -3.0).all()
    assert result.weights["net exports"] == 0


def test_growth_may_differ_from_year_to_year() -> None:
    path = [5.0, 4.5, 4.0]
    result = run(years=3, target=45.0, gdp_growth=path)
    np.testing.assert_allclose(result.real_growth["GDP"], path)
    pace = (45.0 / 39.9) ** (1 / 3)
    expected = [100 * ((1 + g / 100) * pace - 1) for g in path]
    np.testing.assert_allclose(result.real_growth["household consumption"], expected)


def test_net_exports_in_world_terms() -> None:
    ratio = np.linspace(17, 20, 11)
    result = run(world_share=ratio, first_year=2024)
    assert result.net_exports_pct_world[2024] == pytest.approx(2.9 * 0.17)
    assert result.net_exports_pct_world[2034] == pytest.approx(
        result.shares["net exports"][2034] * 0.2
    )
    frame = result.to_frame()
    assert frame.shape == (11, 5 + 5 + 1)
    assert frame.loc[2024].isna().sum() == 5
    assert run().net_exports_pct_world.isna().all()


def test_a_share_below_zero_is_refused_or_named() -> None:
    with pytest.raises(arithmetic.NegativeShareError, match="government falls below zero in 10;"):
        run(target=58.0, falls="government")
    with pytest.warns(ImplausibleShareWarning, match="government falls below zero in 10"):
        result = run(target=58.0, falls="government", below_zero="warn")
    assert len(result.cautions) == 1
    assert np.isnan(result.real_growth["government"].iloc[-1])
    with pytest.raises(arithmetic.NegativeShareError, match="exceeds 100%"):
        run(target=101.0, falls="net exports")
    assert run(target=58.0, falls="net exports").shares["net exports"].iloc[-1] < 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: arithmetic.growth_gap(0, 50, 10), "start: 0 is not positive"),
        (lambda: arithmetic.growth_gap(40, -5, 10), "target: -5 is not positive"),
        (lambda: arithmetic.growth_gap(40, 50, 0), "years: 0 is not positive"),
        (lambda: arithmetic.growth_gap(np.nan, 50, 10), "start: missing or infinite"),
        (lambda: arithmetic.growth_gap("a", 50, 10), "start: not numbers"),
        (lambda: arithmetic.growth_gap_percent(40, 50, 10, -100), "gdp_growth: not above -100"),
        (lambda: arithmetic.share_path(40, 1, 2.5), "years: 2.5 is not whole"),
        (lambda: arithmetic.share_path(40, 1, [-1]), "years: negative"),
        (lambda: run(target=-1), "target: -1 is not positive"),
        (lambda: run(years=0), "years: 0 is not"),
        (lambda: run(falls="households"), "falls: 'households'"),
        (lambda: run(falls=0.5), "falls: 0.5 is no rule"),
        (lambda: arithmetic.scenario([39.9], years=1, gdp_growth=1, target=40), "shares: pass"),
        (lambda: run(falls={"investment": 0.5}), "falls: the weights sum to 0.5"),
        (lambda: run(falls={"residual": 1.0}), "falls: 'residual' cannot"),
        (lambda: run(gdp_growth=[1.0, 2.0]), "gdp_growth: 2 values"),
        (lambda: run(gdp_growth=-100), "gdp_growth: not above -100"),
        (lambda: run(world_share=120), "world_share: not from 0 to 100"),
        (lambda: run(below_zero="ignore"), "below_zero: 'ignore'"),
        (lambda: arithmetic.scenario({"C": 1}, years=1, gdp_growth=1, target=40), "shares: pass"),
        (
            lambda: arithmetic.scenario(pd.Series(START) / 100, years=1, gdp_growth=1, target=40),
            "shares: they sum to 1;",
        ),
    ],
)
def test_bad_input_gets_one_clear_message(call, message) -> None:
    with pytest.raises(ModelInputError, match=message):
        call()
