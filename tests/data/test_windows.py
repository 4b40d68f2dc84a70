"""The years that the book measures from."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from rebalancing.data.views import particulars, windows

REPOSITORY = Path(__file__).parents[2]
CHINA = pd.Series(
    [
        *(41.1, 39.8, 38.0, 36.6, 35.5, 35.6, 34.6, 35.2, 35.7, 36.1, 37.0),
        *(38.1, 39.2, 39.0, 38.9, 39.4, 38.2, 38.4, 37.8, 39.6, 39.9),
    ],
    range(2004, 2025),
)


def zigzag(*corners: tuple[int, float]) -> pd.Series[float]:
    """Return straight lines between the corners, a value a year."""
    known = pd.Series(dict(corners))
    return known.reindex(range(known.index[0], known.index[-1] + 1)).interpolate()


def test_chosen_years_are_those_of_the_list_and_the_last_one() -> None:
    assert windows.years("CHN", CHINA, 2024) == [2004, 2010, 2016, 2019, 2024]
    assert windows.turns("CHN", CHINA, 2024) == [2004, 2010, 2016, 2024]
    assert windows.reason("CHN", 2010) == "of the lowest share"


def test_a_path_runs_through_the_turns_that_are_named_or_through_others() -> None:
    assert windows.are_named("CHN", [2004, 2010, 2016, 2024])
    assert not windows.are_named("CHN", [2004, 2010, 2024])
    assert not windows.are_named("JPN", [2004, 2010, 2016, 2024])


def test_years_after_the_last_one_do_not_exist_yet() -> None:
    assert windows.years("CHN", CHINA, 2012) == [2004, 2010, 2012]
    assert windows.years("CHN", CHINA.loc[:2010], 2010) == [2004, 2010]


def test_a_sample_without_any_chosen_year_has_its_own_turns() -> None:
    early = zigzag((1970, 60.0), (1983, 50.0), (1996, 58.0), (2003, 44.0))
    assert windows.years("CHN", early, 2003) == [1970, 1983, 1996, 2003]


def test_turns_are_highs_and_lows_and_small_ones_give_way() -> None:
    large = ((1970, 60.0), (1980, 50.0), (1990, 65.0), (2000, 55.0), (2024, 62.0))
    assert windows.computed(zigzag(*large)) == [1970, 1980, 1990, 2000, 2024]
    small = zigzag(*large[:4], (2010, 60.0), (2013, 58.5), (2024, 62.0))
    assert windows.computed(small) == [1970, 1980, 1990, 2000, 2024]
    assert windows.computed(zigzag((1970, 60.0), (2024, 50.0))) == [1970, 2024]


def test_a_turn_near_an_end_is_not_known_yet() -> None:
    assert windows.computed(zigzag((1990, 50.0), (2022, 60.0), (2024, 55.0))) == [1990, 2024]


@pytest.mark.parametrize(
    ("year", "start"), [(2004, "neither"), (2010, "low"), (2013, "neither"), (2019, "high")]
)
def test_a_year_is_a_low_or_a_high_of_those_near_it(year: int, start: str) -> None:
    assert windows.starts(CHINA, year) == start


def test_a_low_is_told_from_years_on_both_sides() -> None:
    assert windows.elsewhere(CHINA, 2010) == [2008, 2012]
    assert windows.elsewhere(CHINA, 2004) == [2006]


def test_each_chosen_year_has_a_reason() -> None:
    assert set(particulars.windows("CHN")) == {2004, 2010, 2016, 2019}
    assert all(particulars.windows("CHN").values())
    assert particulars.windows("JPN") == {}


@pytest.mark.parametrize(
    "chapter",
    ["02_consumption", "05_income", "06_surplus", "09_trends", "10_drivers", "14_scenarios"],
)
def test_chapters_take_their_first_years_from_here(chapter: str) -> None:
    """No year stands in the code of a chapter, but for what charts mark and what is tabulated."""
    path = REPOSITORY / "notebooks" / f"{chapter}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = [
        line
        for cell in cells
        if cell["cell_type"] == "code" and not "".join(cell["source"]).startswith("%%prose")
        for line in cell["source"]
        if not re.search(r'crisis|pandemic|constant 2015|_2004"|2010 = 100|2004 and 2008', line)
    ]
    assert not [line for line in code if re.search(r"\b(19|20)\d\d\b(?! prices)", line)]
