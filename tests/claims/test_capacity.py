"""Use of capacity is held against the same quarters of the years before."""

from __future__ import annotations

import json
import re

import pandas as pd
import pytest
from held import REPOSITORY

from rebalancing.claims import capacity

QUARTERS = ("Q1", "Q2", "Q3", "Q4")


def table(levels: dict[str, dict[int, float]], without: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return quarters of made-up use of capacity, two points lower in each first quarter."""
    rows = [
        (series, f"{year}-{quarter}", level - (2.0 if quarter == "Q1" else 0.0))
        for series, years in levels.items()
        for year, level in years.items()
        for quarter in QUARTERS
        if f"{year}-{quarter}" not in without
    ]
    return pd.DataFrame(rows, columns=["series", "period", "value"]).assign(frequency="quarterly")


@pytest.mark.parametrize("without", [(), ("2017-Q1", "2018-Q1"), ("2017-Q3", "2018-Q4")])
def test_quarters_that_lack_move_no_usual_level(without: tuple[str, ...]) -> None:
    years = dict.fromkeys((2017, 2018, 2019, 2025), 80.0)
    found = capacity.against_usual(table({"CU_STEEL": years}, without))
    assert found.loc["CU_STEEL", "difference"] == pytest.approx(0)
    assert found.attrs["year"] == 2025


def test_a_year_that_is_not_over_is_not_compared() -> None:
    years = {2017: 80.0, 2024: 78.0, 2025: 60.0}
    found = capacity.against_usual(table({"CU_STEEL": years}, ("2025-Q4",)))
    assert found.attrs["year"] == 2024
    assert found.loc["CU_STEEL", "difference"] == pytest.approx(-2)


@pytest.mark.parametrize("years", [{}, {2018: 80.0}, {2024: 80.0}])
def test_nothing_is_said_where_either_side_lacks(years: dict[int, float]) -> None:
    assert capacity.against_usual(table({"CU_STEEL": years})).empty


def test_sectors_are_not_counted_as_industries() -> None:
    levels = {"CU_STEEL": 79.0, "CU_AUTO": 70.0, "CU_COAL": 79.96, "CU_IND": 70.0, "CU_MINING": 1.0}
    found = capacity.against_usual(
        table({series: {2017: 80.0, 2025: level} for series, level in levels.items()})
    )
    assert set(capacity.industries(found).index) == {"CU_STEEL", "CU_AUTO", "CU_COAL"}
    assert capacity.fewer(found) == 2


def test_nothing_is_said_of_sectors_alone() -> None:
    years = {2017: 80.0, 2025: 70.0}
    assert capacity.against_usual(table({"CU_IND": years, "CU_MANUF": years})).empty


def test_annual_figures_of_the_publisher_are_not_mixed_in() -> None:
    quarters = table({"CU_STEEL": {2017: 80.0, 2025: 79.0}})
    annual = quarters.head(1).assign(period="2017", value=10.0, frequency="annual")
    found = capacity.against_usual(pd.concat([annual, quarters], ignore_index=True))
    assert found.loc["CU_STEEL", "difference"] == pytest.approx(-1)


def test_no_text_looks_a_reading_up_by_its_place() -> None:
    content = json.loads((REPOSITORY / "notebooks" / "03_claims.ipynb").read_text("utf-8"))
    texts = ["".join(cell["source"]) for cell in content["cells"]]
    texts += [page.read_text("utf-8") for page in (REPOSITORY / "book").glob("*.md")]
    assert not [found for text in texts for found in re.findall(r"\.(?:tried|outcome)\.\d+", text)]
