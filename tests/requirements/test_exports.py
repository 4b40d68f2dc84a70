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


def yearly(*years: int) -> pd.DataFrame:
    return pd.DataFrame(1.0, index=list(years), columns=["WLD", "USA", "JPN"])


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (yearly(2014, 2024), ""),
        (yearly(2015, 2024), "do not cover 10 years"),
        (yearly(2014, 2024).drop(columns="JPN"), "do not cover 10 years"),
        (yearly(2014, 2024).mask([[False] * 3, [True] * 3]), "do not cover 10 years"),
        (yearly(), "no customs figures by partner are at hand for China"),
        (pd.DataFrame(), "no customs figures by partner are at hand for China"),
    ],
)
def test_partners_need_the_last_year_and_one_ten_years_before(
    table: pd.DataFrame, said: str
) -> None:
    reason = requirements.partners(table, ["USA", "JPN"], "China")
    assert (said in reason) if said else reason == ""


def test_the_mirror_needs_both_partners_of_the_text() -> None:
    reports = pd.DataFrame({"ratio": 1.0}, index=["HKG", "JPN", "USA"])
    assert requirements.mirror(reports) == ""
    assert requirements.mirror(reports.drop("HKG"))
    assert requirements.mirror(pd.DataFrame())
