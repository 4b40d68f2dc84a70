from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebalancing.models.accounting import decomposition
from rebalancing.models.validate import ModelInputError
from rebalancing.models.warnings import ImplausibleShareWarning

few = settings(max_examples=12)
seeds = st.integers(0, 10_000)
ITEMS = ["consumption", "investment", "exports", "imports"]
METHODS = ["additive", "annual overlap"]
BASES = ["laspeyres", "paasche", "edgeworth"]


def economy(seed: int, n: int = 12):
    """Simulate volumes and prices of items, and the annually chained Laspeyres total."""
    rng = np.random.default_rng(seed)
    years = pd.RangeIndex(2000, 2000 + n)
    start = np.array([50.0, 40.0, 20.0, -18.0])
    q = start * np.exp(np.cumsum(rng.normal(0.05, 0.05, (n, 4)), axis=0))
    p = np.exp(np.cumsum(rng.normal(0.02, 0.04, (n, 4)), axis=0))
    values = pd.DataFrame(p * q, years, columns=ITEMS)
    revalued = pd.DataFrame(p[:-1] * q[1:], years[1:], columns=ITEMS)
    links = revalued.sum(axis=1).to_numpy() / values.sum(axis=1).to_numpy()[:-1]
    chained = pd.Series(100 * np.cumprod([1, *links]), years)
    volumes = pd.DataFrame(q, years, columns=ITEMS)
    volumes["imports"] *= -1
    values["imports"] *= -1
    revalued["imports"] *= -1
    return volumes, values, revalued, chained


def contributions(seed: int, method: str, scale: float = 1.0):
    volumes, values, _, chained = economy(seed)
    if method == "additive":
        return decomposition.growth_contributions(volumes * scale, subtract=["imports"])
    return decomposition.growth_contributions(
        volumes * scale, chained, current=values * scale, subtract=["imports"]
    )


@pytest.mark.slow
@few
@given(seed=seeds, method=st.sampled_from(METHODS), scale=st.sampled_from([1e-6, 1.0, 1e9]))
def test_contributions_sum_to_growth_whatever_the_unit(seed, method, scale) -> None:
    plain = contributions(seed, method)
    assert plain.method == method
    np.testing.assert_allclose(plain.contributions.sum(axis=1), plain.growth, atol=1e-11)
    np.testing.assert_allclose(plain.residual, 0, atol=1e-11)
    scaled = contributions(seed, method, scale)
    np.testing.assert_allclose(scaled.contributions, plain.contributions, atol=1e-10)


def test_a_total_that_is_not_given_leaves_no_residual_at_all() -> None:
    volumes, values, _, _ = economy(3)
    for current in (None, values):
        result = decomposition.growth_contributions(volumes, current=current, subtract=["imports"])
        assert (result.residual == 0).all()


@pytest.mark.slow
@few
@given(seed=seeds)
def test_annual_overlap_is_the_change_at_prices_of_the_year_before(seed) -> None:
    _, values, revalued, _ = economy(seed)
    sign = np.array([1, 1, 1, -1])
    before = values.iloc[:-1].set_axis(revalued.index)
    expected = 100 * ((revalued - before) * sign).div((before * sign).sum(axis=1), axis=0)
    result = contributions(seed, "annual overlap")
    np.testing.assert_allclose(result.contributions, expected, atol=1e-10)


@few
@given(seed=seeds)
def test_chained_levels_added_up_leave_the_residual_that_is_shown(seed) -> None:
    volumes, _, _, chained = economy(seed)
    result = decomposition.growth_contributions(volumes, chained, subtract=["imports"])
    assert result.residual.abs().max() > 1e-3
    shown = result.to_frame()
    np.testing.assert_allclose(shown.drop(columns="growth").sum(axis=1), shown["growth"])


def test_contributions_by_hand() -> None:
    items = pd.DataFrame({"c": [60.0, 66.0], "m": [10.0, 11.0]}, index=[2000, 2001])
    total = pd.Series([50.0, 56.0], index=[2000, 2001])
    result = decomposition.growth_contributions(items, total, subtract=["m"])
    assert result.to_frame().loc[2001].to_dict() == pytest.approx(
        {"c": 12.0, "m": -2.0, "residual": 2.0, "growth": 12.0}
    )
    assert "largest residual: 2 percentage points, at 2001" in repr(result)


def test_an_item_that_is_absent_adds_nothing_and_one_that_appears_is_refused() -> None:
    volumes, values, _, _ = economy(1)
    for frame in (volumes, values):
        frame["other"] = 0.0
    result = decomposition.growth_contributions(volumes, current=values, subtract=["imports"])
    assert (result.contributions["other"] == 0).all()
    volumes.loc[2005, "other"] = 1.0
    with pytest.raises(ModelInputError, match=r"other at 2004 is zero.*combine it"):
        decomposition.growth_contributions(volumes, current=values, subtract=["imports"])


def test_bad_input_to_contributions() -> None:
    volumes, values, _, chained = economy(2)
    call = decomposition.growth_contributions
    cases = [
        (lambda: call(volumes, current_total=chained), "current_total: pass the items"),
        (lambda: call(volumes, current=values, current_total=chained), "total: needed with"),
        (lambda: call(volumes.drop(2004)), "items, consumption: no period between 2003 and 2005"),
        (lambda: call(volumes, chained[1:]), "total: its periods"),
        (lambda: call(volumes, -chained), "total: .* is not positive"),
        (lambda: call(volumes, subtract=["m"]), "subtract: 'm' is not a list of items"),
        (lambda: call(volumes, subtract="imports"), "subtract: 'imports' is not a list"),
        (lambda: call(volumes.mask(volumes > 60)), "values missing"),
        (lambda: call(volumes["imports"]), "items: pass a DataFrame"),
        (lambda: call(volumes, current=values[1:]), "current: its periods are not those of items"),
        (lambda: call(volumes, current=values[ITEMS[:2]]), "current: its columns"),
    ]
    for make, message in cases:
        with pytest.raises(ModelInputError, match=message):
            make()


def trade(seed: int, n: int = 12):
    """Simulate own exports and world trade at two dates by market."""
    rng = np.random.default_rng(seed)
    index = pd.Index([f"m{j}" for j in range(n)], name="market")
    world = [pd.Series(rng.uniform(10, 100, n), index) for _ in range(2)]
    own = [w * rng.uniform(0, 0.5, n) for w in world]
    return own[0], own[1], world[0], world[1]


@pytest.mark.slow
@few
@given(
    seed=seeds,
    basis=st.sampled_from(BASES),
    scale=st.sampled_from([1e-3, 1.0, 1e9]),
)
def test_market_share_effects_sum_to_the_change(seed, basis, scale) -> None:
    data = trade(seed)
    result = decomposition.constant_market_share(*data, basis=basis)
    size = data[1].sum()
    assert result.effects.sum() == pytest.approx(result.change, abs=1e-12 * size)
    assert result.change == pytest.approx(data[1].sum() - data[0].sum())
    cells = result.cells.drop(columns="change").sum(axis=1)
    np.testing.assert_allclose(cells, data[1] - data[0], atol=1e-12 * size)
    scaled = decomposition.constant_market_share(*[x * scale for x in data], basis=basis)
    np.testing.assert_allclose(scaled.effects, result.effects * scale, rtol=1e-9, atol=1e-9 * scale)
    # Another order and other names of partners change nothing.
    shuffled = [x.sample(frac=1, random_state=seed).rename({"m0": "zz"}) for x in data]
    again = decomposition.constant_market_share(*shuffled, basis=basis)
    np.testing.assert_allclose(again.effects, result.effects, atol=1e-9)


@pytest.mark.slow
@few
@given(seed=seeds)
def test_swapping_the_dates_turns_laspeyres_into_paasche(seed) -> None:
    a, b, world_a, world_b = trade(seed)
    split = decomposition.constant_market_share
    forth = split(a, b, world_a, world_b, basis="laspeyres").effects
    back = split(b, a, world_b, world_a, basis="paasche").effects
    names = ["world growth", "market", "competitiveness"]
    np.testing.assert_allclose(back[names], -forth[names], atol=1e-10)
    average = split(a, b, world_a, world_b, basis="edgeworth").effects
    other = split(b, a, world_b, world_a, basis="edgeworth").effects
    np.testing.assert_allclose(average, -other, atol=1e-10)


@few
@given(seed=seeds)
def test_the_classic_formulas_of_growth_rates(seed) -> None:
    a, b, world_a, world_b = trade(seed)
    effects = decomposition.constant_market_share(a, b, world_a, world_b).effects
    growth = world_b.sum() / world_a.sum() - 1
    rates = world_b / world_a - 1
    gained = b / world_b - a / world_a
    expected = {
        "world growth": growth * a.sum(),
        "market": ((rates - growth) * a).sum(),
        "competitiveness": (gained * world_a).sum(),
        "interaction": (gained * (world_b - world_a)).sum(),
    }
    assert list(effects.index) == list(expected)
    np.testing.assert_allclose(effects, list(expected.values()), atol=1e-10)


def test_constant_shares_leave_no_competitiveness() -> None:
    _, _, world_a, world_b = trade(4)
    share = pd.Series(np.linspace(0.1, 0.5, len(world_a)), world_a.index)
    for basis in BASES:
        result = decomposition.constant_market_share(
            share * world_a, share * world_b, world_a, world_b, basis=basis
        )
        assert result.effects.iloc[2:].abs().max() < 1e-12
        assert ("interaction" in result.effects) == (basis != "edgeworth")


@pytest.mark.parametrize("basis", BASES)
def test_a_new_market_counts_as_market_growth(basis) -> None:
    a = pd.Series({"old": 10.0, "new": 0.0})
    result = decomposition.constant_market_share(
        a,
        pd.Series({"old": 10.0, "new": 5.0}),
        pd.Series({"old": 100.0, "new": 0.0}),
        pd.Series({"old": 100.0, "new": 20.0}),
        basis=basis,
    )
    assert result.effects["competitiveness"] == 0
    assert result.effects[["world growth", "market"]].sum() == pytest.approx(5)


def test_exports_above_world_trade_are_named() -> None:
    _, b, world_a, world_b = trade(5)
    with pytest.warns(ImplausibleShareWarning, match="exceed world trade in 12 of 12 markets"):
        result = decomposition.constant_market_share(10 * world_a, b, world_a, world_b)
    assert len(result.cautions) == 1
    assert result.to_frame().loc["change", "value"] == pytest.approx(result.change)
    shown = result.to_frame()["percent_of_start"]
    assert shown.drop("change").sum() == pytest.approx(shown["change"])
    assert "laspeyres" in repr(result)


def test_bad_input_to_market_shares() -> None:
    a, b, world_a, world_b = trade(6)
    call = decomposition.constant_market_share
    cases = [
        (lambda: call(a, b[1:], world_a, world_b), "end: its labels"),
        (lambda: call(a, -b, world_a, world_b), "end: negative"),
        (lambda: call(a, b, world_a, world_b * 0), "world_end: all zero"),
        (lambda: call(a, b, world_a.where(world_a > world_a.min(), 0), world_b), "world_start: no"),
        (lambda: call(a, b, world_a, world_b, basis="fisher"), "basis: 'fisher'"),
        (lambda: call(pd.concat([a, a]), b, world_a, world_b), "occurs more than once"),
        (lambda: call(a.to_numpy(), b, world_a, world_b), "start: pass a Series"),
    ]
    for make, message in cases:
        with pytest.raises(ModelInputError, match=message):
            make()


def factors(seed: int, years: int = 2, n: int = 4, zeros: float = 0.0):
    """Simulate factors by year, some of them zero."""
    rng = np.random.default_rng(seed)
    values = np.exp(rng.normal(0, 1.5, (years, n)))
    values[rng.uniform(size=values.shape) < zeros] = 0.0
    return pd.DataFrame(values, range(2000, 2000 + years), columns=[f"x{k}" for k in range(n)])


@few
@given(seed=seeds, zeros=st.sampled_from([0.0, 0.0, 0.3]))
def test_shares_are_split_exactly_and_turn_round_with_time(seed, zeros) -> None:
    data = factors(seed, zeros=zeros)
    turned = data.iloc[::-1].set_axis(data.index)
    forth = decomposition.share_change(data)
    back = decomposition.share_change(turned)
    size = max(forth.share.max(), 1e-300)
    np.testing.assert_allclose(forth.share, 100 * data.prod(axis=1))
    assert forth.effects.sum() == pytest.approx(forth.change, abs=1e-12 * size)
    assert (back.effects == -forth.effects).all()


@pytest.mark.slow
@few
@given(seed=seeds, scale=st.sampled_from([1e-8, 0.5, 1e7]))
def test_effects_scale_with_the_share_and_ignore_order(seed, scale) -> None:
    data = factors(seed)
    plain = decomposition.share_change(data).effects
    scaled = decomposition.share_change(data * [scale, 1, 1, 1]).effects
    np.testing.assert_allclose(scaled, scale * plain, rtol=1e-9, atol=0)
    turned = decomposition.share_change(data[data.columns[::-1]]).effects
    np.testing.assert_allclose(turned[plain.index], plain, rtol=1e-9)


@pytest.mark.slow
@few
@given(seed=seeds)
def test_zeros_are_the_limit_of_small_numbers(seed) -> None:
    data = factors(seed, zeros=0.25)
    exact = decomposition.share_change(data, scale=1.0).effects
    gaps = []
    for power in (60, 120, 240):
        near = decomposition.share_change(data.replace(0, 10.0**-power), scale=1.0).effects
        gaps.append(float((near - exact).abs().max()))
    assert gaps[2] <= gaps[1] <= gaps[0]
    assert gaps[2] <= 0.05 * max(data.prod(axis=1).max(), 1.0)


def test_effects_by_hand() -> None:
    data = pd.DataFrame({"a": [2.0, 4.0], "b": [3.0, 3.0]})
    result = decomposition.share_change(data, scale=1.0)
    assert result.effects.to_dict() == pytest.approx({"a": 6.0, "b": 0.0})
    # Factors that cancel: a logarithmic mean of equal numbers is that number.
    swap = decomposition.share_change(pd.DataFrame({"a": [2.0, 3.0], "b": [3.0, 2.0]}), scale=1.0)
    assert swap.effects["a"] == pytest.approx(6 * np.log(1.5))
    assert swap.effects.sum() == 0
    # Two factors that were zero have an equal part in what arises.
    zeros = pd.DataFrame({"a": [0.0, 4.0], "b": [0.0, 1.0], "c": [3.0, 2.0]})
    found = decomposition.share_change(zeros, scale=1.0)
    assert found.effects.to_dict() == {"a": 4.0, "b": 4.0, "c": 0.0}


def test_shares_that_cannot_be_split() -> None:
    data = factors(1, years=3)
    cases = [
        (lambda: decomposition.share_change(-data), "factors: x0 is negative"),
        (lambda: decomposition.share_change(data.mask(data > 1)), "factors, x.* missing"),
        (lambda: decomposition.share_change(data, 2000, 2000), "end: not after the start"),
        (lambda: decomposition.share_change(data, 2002, 2001), "end: not after the start"),
        (lambda: decomposition.share_change(data, 2000, 2009), "end: 2009 is not there"),
        (lambda: decomposition.share_change(data.drop(2001)), "factors, x0: no period between"),
        (lambda: decomposition.share_change(data, scale=0), "scale: 0"),
        (lambda: decomposition.share_change(data["x0"]), "factors: pass a DataFrame"),
    ]
    for make, message in cases:
        with pytest.raises(ModelInputError, match=message):
            make()


@few
@given(seed=seeds)
def test_a_share_is_split_over_the_years(seed) -> None:
    rng = np.random.default_rng(seed)
    paths = np.exp(np.cumsum(rng.normal(0.06, 0.04, (20, 3)), axis=0)) * [40, 60, 100]
    data = pd.DataFrame(paths, range(2000, 2020), columns=["consumption", "income", "GDP"])
    ratios = pd.DataFrame(
        {"consumed": data["consumption"] / data["income"], "income": data["income"] / data["GDP"]}
    )
    result = decomposition.share_change(ratios, 2003, 2015)
    share = 100 * data["consumption"] / data["GDP"]
    assert result.change == pytest.approx(share[2015] - share[2003])
    assert result.effects.sum() == pytest.approx(result.change, abs=1e-11)
    np.testing.assert_allclose(result.path.sum(axis=1), share.loc[2003:2015].diff()[1:], atol=1e-11)
    assert result.path.to_numpy().sum() == pytest.approx(result.change, abs=1e-11)
    # Over two years only, the two ends are the path.
    short = decomposition.share_change(ratios, 2003, 2004)
    np.testing.assert_allclose(short.effects, result.path.loc[2004])
    assert "2003 to 2015" in repr(result)
    assert list(result.to_frame())[:2] == ["share", "change"]


@few
@given(seed=seeds, base=st.floats(0.1, 500))
def test_relative_price_term_is_exact_and_free_of_base_years(seed, base) -> None:
    rng = np.random.default_rng(seed)
    years = pd.RangeIndex(2000, 2025)
    share = pd.Series(40 + np.cumsum(rng.normal(0, 0.5, 25)), years)
    prices = pd.DataFrame(
        np.exp(np.cumsum(rng.normal(0.02, 0.02, (25, 2)), axis=0)), years, columns=["c", "y"]
    )
    result = decomposition.relative_price_term(share, prices["c"], prices["y"])
    rebased = decomposition.relative_price_term(share, base * prices["c"], prices["y"])
    np.testing.assert_allclose(rebased.effects, result.effects, atol=1e-9)
    assert result.effects.sum() == pytest.approx(share[2024] - share[2000], abs=1e-10)
    assert result.path.to_numpy().sum() == pytest.approx(share[2024] - share[2000], abs=1e-10)
    # If both prices rise alike, all of the change is real.
    same = decomposition.relative_price_term(share, prices["c"], prices["c"])
    assert same.effects["relative price"] == 0


def test_relative_price_term_by_hand() -> None:
    years = [2000, 2001]
    share = pd.Series([40.0, 44.0], years)
    one = pd.Series([1.0, 1.0], years)
    result = decomposition.relative_price_term(share, pd.Series([1.0, 1.1], years), one)
    assert result.effects.to_dict() == pytest.approx({"real share": 0.0, "relative price": 4.0})
    with pytest.raises(ModelInputError, match="gdp_deflator: not positive"):
        decomposition.relative_price_term(share, one, one * 0)
    with pytest.raises(ModelInputError, match="consumption_deflator: its periods"):
        decomposition.relative_price_term(share, one.rename({2000: 2002}).sort_index(), one)
