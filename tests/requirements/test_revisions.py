from __future__ import annotations

import pandas as pd
import pytest

from rebalancing.requirements import revisions as requirements


def shares(**by_release: list[int]) -> pd.DataFrame:
    rows = [
        {"release": name.strip("_"), "year": year, "household_pct_gdp": 50.0}
        for name, years in by_release.items()
        for year in years
    ]
    return pd.DataFrame(rows)


def test_releases_without_the_sample_s_years_do_not_count() -> None:
    table = shares(_2014=[2014], _2023=[2015, 2016])
    table.loc[0, "household_pct_gdp"] = None
    assert list(requirements.by_release(table)) == ["2023"]


@pytest.mark.parametrize(
    ("table", "is_there"),
    [
        (shares(_2022=[2020, 2021], _2023=[2021, 2022]), True),
        (shares(_2022=[2020, 2021], _2023=[2022]), False),
        (shares(_2023=[2021, 2022]), False),
    ],
)
def test_a_revision_needs_one_year_in_two_releases(table: pd.DataFrame, is_there: bool) -> None:
    reason = requirements.revised_share(requirements.by_release(table), "France")
    assert (reason == "") == is_there


def run(first: int, last: int) -> pd.Series:
    return pd.Series(50.0, range(first, last + 1))


@pytest.mark.parametrize(
    ("runs", "found"),
    [
        ({"2022": run(2000, 2022), "2023": run(2000, 2023)}, ["2022", "2023"]),
        ({"2014": run(1980, 1989), "2023": run(2000, 2023)}, ["2023"]),
        ({"2022": run(2000, 2022), "2023": run(2015, 2023)}, []),
    ],
)
def test_a_trend_in_its_time_is_set_beside_the_newest(
    runs: dict[str, pd.Series], found: list[str]
) -> None:
    assert requirements.in_real_time(runs) == found
    assert (requirements.real_time(runs, "France") == "") == (len(found) > 1)


@pytest.mark.parametrize(("releases", "is_there"), [(["a", "b"], True), (["a", "a"], False)])
def test_the_world_bank_s_revisions_need_two_releases(releases: list[str], is_there: bool) -> None:
    rows = pd.DataFrame({"series": "x", "year": 2020, "release": releases, "value": [1.0, 2.0]})
    assert (requirements.bank(rows, "France") == "") == is_there


@pytest.mark.parametrize(("economies", "is_there"), [(20, True), (19, False), (0, False)])
def test_panels_need_economies(economies: int, is_there: bool) -> None:
    codes = [f"E{number}" for number in range(economies)]
    table = pd.DataFrame({"economy": codes})
    assert (requirements.foreseen(table) == "") == is_there
    assert (requirements.revised_shares(table, ["2022", "2023"]) == "") == is_there
    assert requirements.revised_shares(table, ["2023"])
