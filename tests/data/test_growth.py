"""Contributions to growth by year, of the statistical office and of the World Bank's volumes."""

from __future__ import annotations

import pandas as pd
import pytest

from rebalancing.data.views import growth

PRESS = {"CONTRIB_CONS_YTD": 52.0, "CONTRIB_GCF_YTD": 15.0, "CONTRIB_NX_YTD": 33.0}


def of_quarter(period: str, shares: dict[str, float], grown: float | None) -> pd.DataFrame:
    series = dict(shares) if grown is None else {**shares, growth.GROWTH: grown}
    return pd.DataFrame(
        [(code, period, value) for code, value in series.items()],
        columns=["series", "period", "value"],
    )


def accounts() -> pd.DataFrame:
    shares = {"CONTRIB_CONS_YTD": 60.0, "CONTRIB_GCF_YTD": 30.0, "CONTRIB_NX_YTD": 10.0}
    return pd.concat([of_quarter(period, shares, 5.0) for period in ("2024-Q3", "2024-Q4")])


def test_years_after_the_accounts_come_from_press_releases() -> None:
    press = pd.concat([of_quarter(period, PRESS, None) for period in ("2024-Q4", "2025-Q4")])
    found = growth.yearly(accounts(), press, pd.Series({2024: 9.0, 2025: 4.0}))
    assert found.index.tolist() == [2024, 2025]
    assert found.loc[2024].tolist() == pytest.approx([5.0, 3.0, 1.5, 0.5])
    assert found.loc[2025].tolist() == pytest.approx([4.0, 2.08, 0.6, 1.32])


def test_a_year_without_growth_or_of_half_a_year_is_left_out() -> None:
    press = pd.concat([of_quarter(period, PRESS, None) for period in ("2025-Q4", "2026-Q2")])
    assert growth.yearly(accounts(), press, pd.Series({2026: 5.0})).index.tolist() == [2024]
    none = press.iloc[:0]
    assert growth.yearly(accounts(), none, pd.Series(dtype=float)).index.tolist() == [2024]


def test_net_exports_of_the_bank_are_what_its_volumes_leave_of_growth() -> None:
    rows = {
        "NE.CON.TOTL.ZS": (2020, 50.0),
        "NE.GDI.TOTL.ZS": (2020, 40.0),
        "NE.CON.TOTL.KD.ZG": (2021, 6.0),
        "NE.GDI.TOTL.KD.ZG": (2021, 5.0),
        growth.BANK_GROWTH: (2021, 7.0),
        growth.HOUSEHOLDS: (2021, 8.0),
    }
    values = [(code, year, value) for code, (year, value) in rows.items()]
    later = [("NE.CON.TOTL.ZS", 2021, 51.0), ("NE.GDI.TOTL.ZS", 2021, 41.0)]
    bank = pd.DataFrame([*values, *later], columns=["series", "year", "value"])
    found = growth.of_bank(bank)
    assert found.index.tolist() == [2021]
    assert found.loc[2021].tolist() == pytest.approx([7.0, 3.0, 2.0, 2.0, 8.0])
    assert growth.of_bank(bank[bank["series"] != growth.HOUSEHOLDS]).empty
