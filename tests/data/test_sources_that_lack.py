"""What one source lacks another has: sentences about "none" must not rest on one of them."""

from __future__ import annotations

import pandas as pd
import pytest

from rebalancing.data import releases
from rebalancing.data.views import select, vintages
from rebalancing.models.comparison import episodes
from rebalancing.project import Project


@pytest.mark.slow
def test_taiwan_has_the_rise_that_the_united_nations_tables_cannot_show(
    this_project: Project,
) -> None:
    accounts = releases.load(this_project, "unsd-ama", "current-usd", "2024", series=["HFCE"])
    assert "TWN" not in set(accounts["economy"])
    penn = releases.load(
        this_project, "pwt", "pwt", "10.01", economies=["TWN", "KOR"], series=["csh_c"]
    )
    years = penn["period"].astype(int)
    spent = 100 * penn.assign(year=years).pivot(index="year", columns="economy", values="value")
    assert spent.loc[1984, "TWN"] == pytest.approx(42.0, abs=0.05)
    assert spent.loc[1994, "TWN"] - spent.loc[1984, "TWN"] == pytest.approx(10.6, abs=0.05)
    low = episodes.find(spent).table.query("start_share < 45")
    assert set(low["economy"]) == {"KOR", "TWN"}


def test_the_rest_of_a_group_is_without_the_economy_it_is_set_beside() -> None:
    accounts = pd.DataFrame(
        [("WLD", 2024, 100.0, 56.0), ("CHN", 2024, 20.0, 40.0), ("WLD", 2023, 90.0, 55.0)],
        columns=["economy", "year", "gdp", "household_pct_gdp"],
    )
    rest = select.rest(accounts, "household_pct_gdp", "WLD", "CHN")
    assert rest.to_dict() == {2024: pytest.approx(60.0)}
    assert select.rest(accounts, "household_pct_gdp", "WLD", "JPN").empty


def test_years_that_a_newer_release_withdrew_come_from_the_one_that_has_them() -> None:
    rows = pd.DataFrame(
        [("2024-06-28", 2019, 3.5), ("2024-06-28", 2020, 3.6), ("2026-07-01", 2023, 3.9)],
        columns=["release", "year", "value"],
    )
    found, name = vintages.newest_sharing(rows, pd.Index([2019, 2020]), "2026-07-01")
    assert (name, found.to_dict()) == ("2024-06-28", {2019: 3.5, 2020: 3.6})
    assert vintages.newest_sharing(rows, pd.Index([2023]), "2026-07-01")[1] == "2026-07-01"
    assert vintages.newest_sharing(rows, pd.Index([2023]), "2024-12")[0].empty
