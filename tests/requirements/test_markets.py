from __future__ import annotations

import pandas as pd
import pytest

from rebalancing.requirements import markets as requirements


def months(first: str, last: str, **partners: float) -> pd.DataFrame:
    return pd.DataFrame(partners, index=pd.date_range(first, last, freq="MS"))


@pytest.mark.parametrize(
    ("known", "enough"),
    [
        (months("2024-01", "2026-07", WLD=10.0, USA=1.0), True),
        (months("2024-01", "2024-12", WLD=10.0, USA=1.0), False),  # no bulletin
        (months("2024-03", "2026-07", WLD=10.0, USA=1.0), False),  # the first year is not whole
    ],
)
def test_the_turn_needs_the_same_months_of_both_years(known: pd.DataFrame, enough: bool) -> None:
    assert (requirements.turn(known, 2024) == "") is enough


def test_the_turn_needs_the_united_states_to_the_end() -> None:
    known = months("2024-01", "2026-07", WLD=10.0, USA=1.0)
    known.loc["2026-05-01":, "USA"] = float("nan")
    assert "follows on their own file" in requirements.turn(known, 2024)


def test_american_imports_need_a_year_before() -> None:
    rows = months("2025-01", "2026-04", imports_usd_bn=1.0).rename_axis("month").reset_index()
    assert requirements.american(rows, "China") == ""
    assert "imports from China" in requirements.american(rows.iloc[2:], "China")
    assert "imports from Fiji" in requirements.american(rows.iloc[:0], "Fiji")


def test_tariffs_need_an_estimate() -> None:
    assert requirements.tariff("EU27", "DEU", "Germany") == ""
    assert "those of the United States" in requirements.tariff("", "USA", "the United States")
    assert "on goods of Fiji" in requirements.tariff("", "FJI", "Fiji")


def test_products_need_a_year_before() -> None:
    rows = pd.DataFrame(
        {
            "span": "year to date",
            "measure": "value",
            "month": pd.to_datetime(["2025-07-01", "2026-07-01"]),
        }
    )
    assert requirements.products(rows, "China") == ""
    assert "exports of China by product" in requirements.products(rows[1:], "China")
    assert "exports of Fiji by product" in requirements.products(rows[:0], "Fiji")


def test_american_imports_are_set_beside_exports_of_the_same_months() -> None:
    known, upto = months("2024-01", "2026-04", WLD=10.0, USA=1.0), pd.Timestamp(2026, 4, 1)
    assert requirements.american_own(known, upto, "China") == ""
    said = "as China counts them are not held to May 2026"
    assert said in requirements.american_own(known, pd.Timestamp(2026, 5, 1), "China")
    assert requirements.american_own(None, upto, "China")
