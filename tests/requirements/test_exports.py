from __future__ import annotations

import pandas as pd
import pytest

from rebalancing.requirements import exports as requirements

NONE = pd.Series(dtype=float)
RUN = pd.Series(5.0, index=range(2015, 2025))


def test_one_measure_is_enough_for_shares_of_the_world() -> None:
    assert requirements.world_shares({"Goods": NONE, "Value added": RUN[:1]}, "Japan") == ""
    assert "of Japan can be set" in requirements.world_shares({"Goods": NONE}, "Japan")


@pytest.mark.parametrize(("run", "enough"), [(RUN, True), (RUN[1:], False), (NONE, False)])
def test_manufactures_need_ten_years(run: pd.Series, enough: bool) -> None:
    reason = requirements.manufactures(run, "Japan")
    assert (reason == "") is enough
    assert enough or reason.endswith(f"Japan has {len(run)}")


def monthly(*years: int, without: str = "") -> pd.DataFrame:
    partners = {"WLD", "GBR", *requirements.SHOWN} - {without}
    rows = [
        (partner, pd.Timestamp(year, month, 1), 1.0)
        for partner in sorted(partners)
        for year in years
        for month in range(1, 13)
    ]
    return pd.DataFrame(rows, columns=["partner", "month", "exports_usd_bn"])


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (monthly(*range(2014, 2025)), ""),
        (monthly(*range(2015, 2025)), "do not cover 10 years"),
        (monthly(*range(2014, 2025), without="JPN"), "do not cover 10 years"),
        (monthly(*range(2014, 2025)).iloc[:-1], "do not cover 10 years"),
        (monthly(*range(2014, 2025), without="GBR"), "no figures of the United Kingdom"),
        (monthly(*range(2010, 2021)), "no figures of Croatia"),
        (monthly(), "no customs figures by partner are held for China"),
    ],
)
def test_partners_need_the_last_year_and_one_ten_years_before_on_the_same_members(
    rows: pd.DataFrame, said: str
) -> None:
    reason = requirements.partners(rows, 2024, "China")
    assert (said in reason) if said else reason == ""


def test_the_running_year_needs_a_bulletin_of_the_sample() -> None:
    rows = pd.DataFrame(
        {
            "partner": "WLD",
            "flow": "exports",
            "span": "year to date",
            "month": [pd.Timestamp("2026-07-01")],
            "cny_bn": 1.0,
            "change_pct": 5.0,
        }
    )
    assert requirements.since_january(rows, "China") == ""
    early = requirements.of_sample(rows, 2024)
    assert "no bulletin of the customs of China" in requirements.since_january(early, "China")


def test_the_mirror_needs_both_partners_of_the_text() -> None:
    reports = pd.DataFrame({"ratio": 1.0}, index=["HKG", "JPN", "USA"])
    assert requirements.mirror(reports) == ""
    assert requirements.mirror(reports.drop("HKG"))
    assert requirements.mirror(pd.DataFrame())
