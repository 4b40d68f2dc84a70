"""Value, volume and price of exports to the newest year."""

from __future__ import annotations

import pandas as pd
import pytest

from rebalancing.data.views import export_prices
from rebalancing.data.views.export_prices import PARTS


def bank(
    years: range, *, share: float = 20.0, growth: float = 1.1, rate: float = 1.02
) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"series": series, "year": year, "value": value}
            for number, year in enumerate(years)
            for series, value in (
                (export_prices.SHARE, share),
                (export_prices.GDP, 1e12 * growth**number),
                (export_prices.RATE, 7 * rate**number),
            )
        ]
    )


def outlook(years: range, volume: float = 5.0, begins: int | None = 2025) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "series": export_prices.VOLUME,
            "year": list(years),
            "value": volume,
            "first_forecast_year": pd.array([begins] * len(years), "Int64"),
        }
    )


def test_the_price_is_what_volume_leaves_of_value_and_the_rate_turns_it() -> None:
    table = export_prices.yearly(bank(range(2015, 2026)), outlook(range(2010, 2031)), 2016, 2100)
    row = table.loc[2024]
    assert row["value"] == pytest.approx(10)
    assert row["price_usd"] == pytest.approx(100 * (1.1 / 1.05 - 1))
    assert row["price_own"] == pytest.approx(100 * (1.1 / 1.05 * 1.02 - 1))
    assert list(table.index) == list(range(2016, 2026))


def test_projections_are_marked_and_no_outcomes() -> None:
    table = export_prices.yearly(bank(range(2015, 2026)), outlook(range(2010, 2031)), 2016, 2100)
    assert table["projected"].to_dict()[2025]
    assert export_prices.outcomes(table).index[-1] == 2024
    undated = export_prices.yearly(
        bank(range(2015, 2026)), outlook(range(2010, 2031), begins=None), 2016, 2100
    )
    assert export_prices.outcomes(undated).index[-1] == 2025


def test_outcomes_follow_one_another() -> None:
    known = outlook(range(2010, 2031))
    table = export_prices.yearly(bank(range(2015, 2026)), known[known["year"] != 2021], 2016, 2100)
    assert list(export_prices.outcomes(table).index) == [2022, 2023, 2024]


def test_nothing_is_known_without_figures() -> None:
    none = export_prices.yearly(
        bank(range(0)).reindex(columns=["series", "year", "value"]),
        outlook(range(2010, 2012)),
        2000,
        2100,
    )
    assert none.empty
    assert export_prices.outcomes(none).empty


def test_spans_of_several_lengths_end_alike_and_compound() -> None:
    table = pd.DataFrame(
        {part: [0.0, 50.0, -10.0, 21.0] for part in PARTS}, index=range(2021, 2025)
    )
    found = export_prices.paces(table, (3, 2))
    assert list(found.index) == ["2022–2024", "2023–2024"]
    assert found.loc["2023–2024", "value"] == pytest.approx(100 * ((0.9 * 1.21) ** 0.5 - 1))
