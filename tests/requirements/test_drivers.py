from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rebalancing.data.tables import groups
from rebalancing.data.views.expenditure import ITEMS, Expenditure
from rebalancing.requirements import drivers as requirements

NAMES = list(ITEMS.values())


def volumes(first: int, last: int, *, gdp: float = 100.0, investment: float = 30.0) -> Expenditure:
    """Return accounts that grow by 3% a year; they add up where GDP is 100."""
    years = pd.Index(range(first, last + 1), name="year")
    amounts = pd.Series([50.0, 15.0, investment, 20.0, 15.0, gdp], index=[*NAMES, "GDP"])
    table = pd.DataFrame(
        np.outer(1.03 ** np.arange(len(years)), amounts), index=years, columns=amounts.index
    )
    return Expenditure("2020", table, table.copy())


@pytest.mark.parametrize(
    ("first", "last", "first_year", "enough"),
    [
        (1970, 2020, 1970, True),
        (2015, 2020, 1970, True),
        (1970, 2020, 2015, True),
        (2016, 2020, 1970, False),
        (1970, 2020, 2016, False),
        (1970, 2014, 2009, False),
        (1970, 1970, 1970, False),
        (1970, 1990, 1995, False),
    ],
)
def test_contributions_need_a_span_of_five_years(
    first: int, last: int, first_year: int, enough: bool
) -> None:
    reason = requirements.contributions(volumes(first, last), first_year, "Japan")
    assert reason == ("" if enough else SHORT)


SHORT = "the volumes of Japan cover no five years of the sample from one round year on"


def test_contributions_need_parts_that_explain_growth() -> None:
    found = volumes(1970, 2020)
    found.constant["GDP"] = 100 * 1.1 ** np.arange(51)
    assert "points of growth a year unexplained" in requirements.contributions(found, 1970, "X")


def test_a_part_that_changes_its_sign_is_weighted_by_constant_prices() -> None:
    found = volumes(1970, 2020)
    assert requirements.growth_by_part(found).method == "annual overlap"
    found.constant.loc[1990, "investment"] = -1.0
    assert requirements.growth_by_part(found).method != "annual overlap"


@pytest.mark.parametrize(
    ("prices", "said"),
    [
        (np.linspace(0.9, 1.0, 5), ""),
        (np.linspace(0.9, 1.0, 4), "known for 4 years"),
        (np.full(20, 1.0), "one price index"),
        ([], "known for 0 years"),
    ],
)
def test_prices_need_five_years_and_an_index_of_their_own(prices: list[float], said: str) -> None:
    reason = requirements.prices(pd.Series(prices, dtype=float), "Japan")
    assert (said in reason) if said else reason == ""


@pytest.mark.parametrize(
    ("reason", "enough"),
    [
        (requirements.official(pd.DataFrame(index=[2022, 2023]), "China"), True),
        (requirements.official(pd.DataFrame(index=[2021, 2023]), "China"), False),
        (requirements.official(pd.DataFrame(), "China"), False),
        (requirements.compensation(pd.DataFrame(index=[2002, 2005]), "China"), True),
        (requirements.compensation(pd.DataFrame(index=[2002]), "China"), False),
        (requirements.compensation(pd.DataFrame(), "China"), False),
        (requirements.value_added(pd.Series([np.nan, 1.0]), "China"), True),
        (requirements.value_added(pd.Series([np.nan]), "China"), False),
        (requirements.export_prices(pd.DataFrame(index=range(5)), "China"), True),
        (requirements.export_prices(pd.DataFrame(index=range(4)), "China"), False),
        (requirements.market_shares([2005, 2018], "China"), True),
        (requirements.market_shares([2005], "China"), False),
        (requirements.relation(30), True),
        (requirements.relation(29), False),
    ],
)
def test_other_sections_need_what_they_show(reason: str, enough: bool) -> None:
    assert (reason == "") is enough
    assert enough or "China" in reason or "observations" in reason


def test_exports_by_product_are_compared_from_a_year_of_the_book_if_they_can_be() -> None:
    complete = [1990, 2000, 2005, 2010, 2018]
    assert requirements.years_compared(complete, 1970, 2016, since=2004) == [2005, 2010]
    assert requirements.years_compared(complete, 1970, 2008, since=2004) == [1990, 2000, 2005]
    assert requirements.years_compared(complete, 2006, 2024, since=2004) == [2010, 2018]
    assert requirements.years_compared(complete, 1995, 1999) == []
    assert requirements.years_compared(complete, 1995, 2024) == [2000, 2005, 2010, 2018]


@pytest.mark.slow
def test_markets_have_the_same_members_in_both_years_and_none_twice() -> None:
    """The Union sold to as published falls when a member leaves; here nothing changed."""
    inside = groups.members("EU27")
    others = [code for code in requirements.MARKETS if code not in ("EU27", "ASEAN")]
    rows = pd.DataFrame(
        [
            (partner, pd.Timestamp(year, month, 1), value)
            for year in (2014, 2024)
            for month in range(1, 13)
            for partner, value in {
                **dict.fromkeys(others, 1.0),
                "ASEAN": 10.0,
                "EU27": 28.0 if year == 2014 else 27.0,
                "WLD": 100.0,
            }.items()
        ],
        columns=["partner", "month", "exports_usd_bn"],
    )
    codes = {*inside, *groups.members("ASEAN", 2014), *groups.members("ASEAN", 2024), *others}
    bought = pd.DataFrame(
        {**dict.fromkeys(sorted(codes), 10.0), "CHN": 10.0, "WLD": 9000.0}, index=[2014, 2024]
    )
    found, note = requirements.by_market(rows, bought, "CHN", 2024)
    assert note == "The European Union is counted without the United Kingdom in every year."
    assert found[2014].own.to_dict() == found[2024].own.to_dict()
    assert found[2014].world["EU27"] == 270.0
    assert found[2014].own["rest of the world"] == 12 * (100 - 27 - 10 - len(others))
