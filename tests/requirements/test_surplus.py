from __future__ import annotations

import pandas as pd
import pytest

from rebalancing.requirements import surplus as requirements

YEARS = range(2015, 2025)


@pytest.mark.parametrize("needs", [requirements.customs, requirements.saving])
def test_balances_need_ten_years(needs: object) -> None:
    assert callable(needs)
    assert needs(pd.DataFrame(index=YEARS), "Japan") == ""
    assert "for 9 years" in needs(pd.DataFrame(index=YEARS[1:]), "Japan")


@pytest.mark.parametrize(
    ("value", "years", "said"),
    [
        (0.2, YEARS, ""),
        (-0.2, YEARS, ""),
        (0.2, YEARS[1:], "not known for 10 years"),
        (0.01, YEARS, "too small"),
    ],
)
def test_a_part_of_world_gdp_must_be_known_and_seen(value: float, years: range, said: str) -> None:
    shares = pd.DataFrame({"JPN": value, "USA": -1.0}, index=years)
    reason = requirements.of_world(shares, "JPN", "Japan")
    assert (said in reason) if said else reason == ""
    assert "of Fiji" in requirements.of_world(shares, "FJI", "Fiji")


def test_manufactures_need_imports_by_kind() -> None:
    shares = pd.DataFrame({"JPN": 0.2, "KOR": None}, index=YEARS)
    assert requirements.manufactures(shares, "JPN", "Japan") == ""
    for code, name in (("KOR", "South Korea"), ("DEU", "Germany")):
        assert f"imports of {name}" in requirements.manufactures(shares, code, name)
    assert requirements.manufactures(pd.DataFrame(), "JPN", "Japan")


def bulletins(*months: str, flows: tuple[str, ...] = ("exports", "imports")) -> pd.DataFrame:
    rows = [
        ("WLD", flow, "year to date", pd.Timestamp(month), 1.0, 5.0)
        for month in months
        for flow in flows
    ]
    names = ["partner", "flow", "span", "month", "cny_bn", "change_pct"]
    return pd.DataFrame(rows, columns=names)


def test_partners_need_a_year_to_its_end() -> None:
    found = requirements.last_whole_year(bulletins("2024-12", "2025-12", "2026-07"))
    assert found == pd.Timestamp("2025-12")
    assert requirements.by_partner(bulletins("2025-12"), "China") == ""
    for rows in (bulletins("2026-07"), bulletins("2025-12", flows=("exports",)), bulletins()):
        assert "of China" in requirements.by_partner(rows, "China")
