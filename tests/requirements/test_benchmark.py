from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rebalancing.requirements import benchmark as requirements


def test_measures_that_no_release_has_are_named() -> None:
    needed = {"income": "income", "old": "age"}
    assert requirements.cross_section(["income", "old"], needed) == ""
    assert "has age for" in requirements.cross_section(["income"], needed)


@pytest.mark.parametrize(
    ("years", "is_there"),
    [([2001, 2002, 2003, 2004, 2005], True), ([2000, 2002, 2003, 2004, 2005], False), ([], False)],
)
def test_a_benchmark_needs_years_in_a_row(years: list[int], is_there: bool) -> None:
    assert (requirements.benchmark(pd.Series(years), "France", 5) == "") == is_there


def test_a_path_has_the_years_in_which_both_are_known() -> None:
    income = pd.DataFrame({"FRA": [1.0, 2.0, np.nan]}, index=[2000, 2001, 2002])
    share = pd.DataFrame({"FRA": [np.nan, 50.0, 51.0]}, index=[2000, 2001, 2002])
    assert list(requirements.path(income, share, "FRA").index) == [2001]
    assert requirements.at_income(requirements.path(income, share, "TUV"), "Tuvalu")


@pytest.mark.parametrize(
    ("others", "followed", "is_there"), [(10, 5, True), (9, 9, False), (20, 4, False)]
)
def test_a_place_among_others_needs_others(others: int, followed: int, is_there: bool) -> None:
    change = [1.0] * followed + [np.nan] * (others - followed)
    assert (requirements.passed(pd.DataFrame({"change": change}), "France") == "") == is_there


@pytest.mark.parametrize(("cut_off", "is_there"), [(0, True), (1, False)])
def test_rises_are_described_where_enough_are_whole(cut_off: int, is_there: bool) -> None:
    rises = pd.DataFrame({"open_start": [True] * cut_off + [False] * (10 - cut_off)})
    rises = rises.assign(open_end=False, before=1.0, during=2.0)
    assert (requirements.episodes(rises, rises) == "") == is_there
    assert requirements.episodes(rises, rises.head(9))


def test_few_years_are_not_searched() -> None:
    assert requirements.searched(range(2000, 2015)) == ""
    assert "14 years" in requirements.searched(range(2000, 2014))
