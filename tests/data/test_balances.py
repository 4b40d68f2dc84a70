"""The balance of customs beside net exports."""

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
