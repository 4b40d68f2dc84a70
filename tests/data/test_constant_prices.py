"""Constant prices are found whatever their base year, and prices of two years are never mixed."""

import pandas as pd
import pytest

from rebalancing.data.views import constant_prices, expenditure

ITEMS = [*expenditure.ITEMS, "GDP"]


def accounts(rows: list[tuple[str, str, float]]) -> pd.DataFrame:
    """Return accounts of China in 2022: every item of a release and prices has one value."""
    return pd.DataFrame(
        [
            {"release": release, "prices": prices, "item": item, "value": value}
            for release, prices, value in rows
            for item in ITEMS
        ]
    ).assign(economy="CHN", year=2022)


def test_base_years_come_from_what_prices_are_called() -> None:
    assert constant_prices.base_year("constant 2020 USD") == 2020
    assert "constant 2020 NCU" in constant_prices.labels("NCU")
    with pytest.raises(ValueError, match="current USD are no constant prices"):
        constant_prices.base_year("current USD")


def test_each_release_has_one_base_year_the_later_of_two() -> None:
    table = accounts(
        [
            ("2020", "constant 2015 USD", 1.0),
            ("2025", "constant 2015 USD", 2.0),
            ("2025", "constant 2020 USD", 3.0),
            ("2025", "constant 2020 NCU", 4.0),
            ("2025", "current USD", 5.0),
        ]
    )
    found = constant_prices.of_releases(table, "USD").drop_duplicates(["release", "value"])
    assert found[["release", "base_year", "value"]].to_numpy().tolist() == [
        ["2020", 2015, 1.0],
        ["2025", 2020, 3.0],
    ]


def test_volumes_and_values_go_together_at_prices_of_another_year() -> None:
    table = accounts([("2025", "current NCU", 6.0), ("2025", "constant 2020 NCU", 4.0)])
    pair = expenditure.pair(table, "CHN", as_of="2025", last_year=2022)
    assert pair.deflators.to_numpy().tolist() == [[1.5] * len(ITEMS)]
