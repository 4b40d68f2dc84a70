from __future__ import annotations

import pandas as pd
import pytest

from rebalancing.data.views import expenditure
from rebalancing.data.views.expenditure import CURRENT, ITEMS, ExpenditureError

AMOUNTS = {"HFCE": 50.0, "GFCE": 15.0, "GCF": 30.0, "EXP": 20.0, "IMP": 15.0, "GDP": 100.0}


def rows(release: str, prices: str, years: range, times: float = 1.0) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "release": release,
                "prices": prices,
                "economy": "CHN",
                "year": year,
                "item": item,
                "value": times * value,
            }
            for year in years
            for item, value in AMOUNTS.items()
        ]
    )


def accounts() -> pd.DataFrame:
    return pd.concat(
        [
            rows("2019", CURRENT, range(2000, 2020)),
            rows("2019", "constant 2015 NCU", range(2000, 2020)),
            rows("2020", CURRENT, range(2000, 2021), times=3),
            rows("2020", "constant 2015 NCU", range(2001, 2021), times=2),
            rows("2024", CURRENT, range(2000, 2025)),
        ],
        ignore_index=True,
    )


def test_the_newest_release_that_has_both_is_taken_whole() -> None:
    pair = expenditure.pair(accounts(), "CHN", "2024", 2024)
    assert pair.release == "2020"
    assert list(pair.current.index) == list(pair.constant.index) == list(range(2001, 2021))
    assert list(pair.current) == [*ITEMS.values(), "GDP"]
    assert (pair.current["household consumption"] == 150).all()
    assert pair.deflators.eq(1.5).all(axis=None)


def test_no_release_after_the_one_asked_for() -> None:
    assert expenditure.pair(accounts(), "CHN", "2019", 2024).release == "2019"


def test_no_year_after_the_last_one_of_the_sample() -> None:
    pair = expenditure.pair(accounts(), "CHN", "2024", 2010)
    assert (pair.release, pair.constant.index[-1]) == ("2020", 2010)
    # The newest release that has both in these years may be an older one.
    assert expenditure.pair(accounts(), "CHN", "2024", 2000).release == "2019"
    with pytest.raises(ExpenditureError, match="for years up to 1999"):
        expenditure.pair(accounts(), "CHN", "2024", 1999)


def test_years_before_a_gap_are_left_out() -> None:
    table = accounts()
    table = table[~((table["year"] == 2005) & (table["release"] == "2020"))]
    assert expenditure.pair(table, "CHN", "2024", 2024).constant.index[0] == 2006


def test_a_year_without_an_item_does_not_count() -> None:
    table = accounts()
    table = table[~((table["year"] == 2001) & (table["item"] == "IMP"))]
    assert expenditure.pair(table, "CHN", "2024", 2024).constant.index[0] == 2002


def test_an_economy_without_both_says_so() -> None:
    only = accounts()
    only = only[only["prices"] == CURRENT]
    for economy in ("CHN", "USA"):
        with pytest.raises(ExpenditureError, match=f"no release up to 2024 .*{economy}"):
            expenditure.pair(only, economy, "2024", 2024)
