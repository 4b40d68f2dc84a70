from __future__ import annotations

import pandas as pd
import pytest

from rebalancing.data.views import market_shares
from rebalancing.data.views.market_shares import REST, MarketShareError
from rebalancing.models.accounting.decomposition import constant_market_share

OWN = {
    "EXP_MA": 100.0,
    "EXP_MACH": 5.0,
    "EXP_MAIS": 5.0,
    "EXP_MAMT": 50.0,
    "EXP_MAMTOF": 20.0,
    "EXP_MAMTTE": 10.0,
    "EXP_MATE": 8.0,
    "EXP_MACL": 12.0,
}


def products() -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"economy": economy, "year": year, "series": series, "usd_bn": times * value}
            for economy, year, times in (
                ("CHN", 2005, 1.0),
                ("CHN", 2018, 3.0),
                ("WLD", 2005, 10.0),
                ("WLD", 2018, 15.0),
            )
            for series, value in OWN.items()
        ]
    )


def test_groups_do_not_overlap_and_sum_to_manufactures() -> None:
    trade = market_shares.manufactures(products(), "CHN", 2005)
    assert trade.own.sum() == pytest.approx(100)
    assert trade.own["other machinery"] == pytest.approx(20)
    assert trade.own["other manufactures"] == pytest.approx(20)
    assert list(trade.own.index) == list(trade.world.index)


def test_they_serve_the_accounting() -> None:
    before, after = (market_shares.manufactures(products(), "CHN", y) for y in (2005, 2018))
    split = constant_market_share(before.own, after.own, before.world, after.world)
    assert split.change == pytest.approx(200)
    assert split.effects.sum() == pytest.approx(200)
    assert split.effects["world growth"] == pytest.approx(50)


def test_years_without_a_group_are_not_complete() -> None:
    table = products()
    assert market_shares.complete_years(table, "CHN") == [2005, 2018]
    lacking = table[~((table["economy"] == "WLD") & (table["series"] == "EXP_MATE"))]
    assert market_shares.complete_years(lacking, "CHN") == []
    with pytest.raises(MarketShareError, match="WLD has no EXP_MATE for 2005"):
        market_shares.manufactures(lacking, "CHN", 2005)


def test_groups_above_their_total_are_an_error() -> None:
    table = products()
    table.loc[table["series"] == "EXP_MACH", "usd_bn"] *= 20
    with pytest.raises(MarketShareError, match="exceed their total in 2005"):
        market_shares.manufactures(table, "CHN", 2005)


EXPORTS = pd.Series({"USA": 30.0, "EU27": 40.0, "WLD": 100.0})
IMPORTS = pd.Series({"USA": 300.0, "DEU": 200.0, "FRA": 100.0, "CHN": 150.0, "WLD": 1000.0})


def test_partners_and_the_rest_sum_to_the_world_without_the_exporter() -> None:
    trade = market_shares.by_partner(
        EXPORTS, IMPORTS, ["USA", "EU27"], {"EU27": ["DEU", "FRA"]}, "CHN"
    )
    assert trade.own.to_dict() == {"USA": 30, "EU27": 40, REST: 30}
    assert trade.world.to_dict() == {"USA": 300, "EU27": 300, REST: 250}


def test_no_economy_is_in_two_partners() -> None:
    with pytest.raises(MarketShareError, match="FRA would be in two"):
        market_shares.by_partner(
            EXPORTS.reindex(["USA", "EU27", "FRA", "WLD"], fill_value=1.0),
            IMPORTS,
            ["USA", "EU27", "FRA"],
            {"EU27": ["DEU", "FRA"]},
            "CHN",
        )


def test_a_partner_without_figures_is_named() -> None:
    with pytest.raises(MarketShareError, match="EU27: FRA"):
        market_shares.by_partner(
            EXPORTS, IMPORTS.drop("FRA"), ["USA", "EU27"], {"EU27": ["DEU", "FRA"]}, "CHN"
        )
    with pytest.raises(MarketShareError, match="exceeds"):
        market_shares.by_partner(EXPORTS, IMPORTS * [4, 1, 1, 1, 1], ["USA"], {}, "CHN")


def test_a_year_in_which_groups_exceed_their_total_is_not_complete() -> None:
    table = products()
    wrong = (table["economy"] == "CHN") & (table["year"] == 2018) & (table["series"] == "EXP_MA")
    table.loc[wrong, "usd_bn"] = 1.0
    assert market_shares.complete_by_economy(table) == {"CHN": {2005}, "WLD": {2005, 2018}}
    assert market_shares.complete_years(table, "CHN") == [2005]
