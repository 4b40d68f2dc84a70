"""Balances of customs, of the accounts, of saving, and of many economies."""

from __future__ import annotations

import pandas as pd
import pytest

from rebalancing.data.views import balances

VALUES = {
    balances.EXPORTED: 3.6e12,
    balances.IMPORTED: 2.6e12,
    balances.GDP: 20e12,
    "NE.EXP.GNFS.ZS": 20.0,
    "NE.IMP.GNFS.ZS": 17.0,
    balances.GOODS: 0.7e12,
    balances.GOODS_AND_SERVICES: 0.6e12,
    balances.CURRENT_ACCOUNT: 0.4e12,
    balances.SAVING: 43.0,
    balances.INVESTMENT: 40.5,
}


def bank(years: range) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"series": series, "year": year, "value": value}
            for year in years
            for series, value in VALUES.items()
        ]
    )


def test_both_are_in_percent_of_gdp_and_services_are_what_goods_leave() -> None:
    row = balances.external(bank(range(2024, 2025)), 1970, 2030).loc[2024]
    assert row["customs_usd_bn"] == pytest.approx(1000)
    assert row["customs_pct_gdp"] == pytest.approx(5)
    assert row["gap"] == pytest.approx(2)
    assert (row["goods_usd_bn"], row["services_usd_bn"]) == (700, pytest.approx(-100))
    assert row["current_account_pct_gdp"] == pytest.approx(2)


def test_years_without_the_balance_of_payments_are_kept_and_others_left_out() -> None:
    table = bank(range(2020, 2025))
    parts = table["series"].isin([balances.GOODS, balances.GOODS_AND_SERVICES])
    found = balances.external(table[~(parts & (table["year"] == 2024))], 2021, 2030)
    assert list(found.index) == [2021, 2022, 2023, 2024]
    assert found["services_usd_bn"].isna().to_dict()[2024]
    assert balances.external(table[table["series"] != balances.GDP], 1970, 2030).empty
    assert balances.external(table.iloc[:0], 1970, 2030).empty


@pytest.mark.parametrize(
    ("gap", "first"), [([1, -1, 2, 3], 2012), ([1, 2, 3, 4], 2010), ([1, 2, 3, -4], 2013)]
)
def test_a_gap_has_its_sign_since_it_last_changed(gap: list[float], first: int) -> None:
    assert balances.since(pd.Series(gap, index=range(2010, 2014))) == first


def test_the_run_before_is_the_last_one_of_the_other_sign() -> None:
    gap = pd.Series([1.0, -1.0, -2.0, 3.0, 1.0], index=range(2010, 2015))
    assert balances.run_before(gap) == (2011, 2012)
    assert balances.run_before(gap.abs()) is None


def test_saving_less_investment_is_the_current_account_and_a_discrepancy() -> None:
    row = balances.saving(bank(range(2024, 2025)), 1970, 2030).loc[2024]
    assert (row["gap"], row["current_account"]) == (2.5, pytest.approx(2))
    assert row["discrepancy"] == pytest.approx(0.5)
    table = bank(range(2020, 2025))
    without = table[~((table["series"] == balances.SAVING) & (table["year"] == 2024))]
    assert list(balances.saving(without, 2022, 2030).index) == [2022, 2023]


def of_many(release: str, codes: tuple[str, ...], year: int, scale: float = 1.0) -> pd.DataFrame:
    """A release in which each economy sells 3, buys 2 and makes 50, in billions."""
    levels = {balances.EXPORTED: 3e9, balances.IMPORTED: 2e9, balances.GDP: 50e9}
    rows = [
        (release, code, series, year, scale * value, "USD")
        for code in codes
        for series, value in levels.items()
    ]
    columns = ["release", "economy", "series", "year", "value", "unit"]
    return pd.DataFrame(rows, columns=columns)


def shares(release: str, code: str, exported: float, imported: float) -> pd.DataFrame:
    rows = [
        (release, code, series, 2020, value, "%")
        for series, value in zip(balances.MANUFACTURED, (exported, imported), strict=True)
    ]
    return pd.DataFrame(rows, columns=["release", "economy", "series", "year", "value", "unit"])


def test_economies_are_of_one_release_and_shares_of_manufactures_the_newest() -> None:
    table = pd.concat(
        [
            of_many("2024", ("CHN", "JPN", "WLD"), 2020),
            of_many("2025", ("CHN",), 2020, scale=9),  # of too few economies to compare
            shares("2023", "CHN", 10, 10),
            shares("2025", "CHN", 90, 60),
        ],
        ignore_index=True,
    )
    found = balances.of_economies(table, "2025", 1970, 2030, at_least=3)
    assert found.goods.loc[2020].to_dict() == {"CHN": 1, "JPN": 1, "WLD": 1}
    # 0.9 of 3 less 0.6 of 2, and none of Japan, whose imports by kind are not known.
    assert found.manufactures.loc[2020].to_dict() == pytest.approx({"CHN": 1.5})
    older = balances.of_economies(table, "2024", 1970, 2030, at_least=3)
    assert older.manufactures.loc[2020, "CHN"] == pytest.approx(0.1)
    assert balances.of_economies(table, "2025", 1970, 2019, at_least=3).goods.empty
    assert balances.of_economies(table, "2025", 1970, 2030, at_least=4).goods.empty
    assert balances.of_economies(table, "2023", 1970, 2030, at_least=3).manufactures.empty


def test_world_gdp_is_the_measure_and_the_world_itself_has_no_share() -> None:
    goods = pd.DataFrame({"CHN": [1.0, 2.0], "WLD": [0.1, 0.1]}, index=[2020, 2021])
    gdp = pd.DataFrame({"CHN": [10.0, 10.0], "WLD": [100.0, None]}, index=[2020, 2021])
    found = balances.of_world(goods, gdp)
    assert found.to_dict() == {"CHN": {2020: 1.0}}
    assert balances.of_world(goods, gdp[["CHN"]]).empty
    assert balances.of_world(pd.DataFrame(), pd.DataFrame()).empty


def test_peaks_are_in_order_with_their_years() -> None:
    table = pd.DataFrame({"DEU": [0.3, 0.2, None], "CHN": [-0.1, 0.4, 0.9]}, index=[1, 2, 3])
    found = balances.peaks(table)
    assert list(found.index) == ["CHN", "DEU"]
    assert found["year"].to_dict() == {"CHN": 3, "DEU": 1}
    assert found["value"].to_dict() == {"CHN": 0.9, "DEU": 0.3}
