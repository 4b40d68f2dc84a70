"""Levels whose revisions are measured are on one base: they grow as their publisher said.

The file of retail sales puts figures of an old survey behind those of a new one. Its levels of 2018
are 3.8% above those of 2017, where the office published 9%: such levels show a change of base.
"""

from __future__ import annotations

import json

import pandas as pd
import pytest
from held import REPOSITORY

from rebalancing.data.tables import clean_indicators as clean
from rebalancing.data.tables.clean import read_raw
from rebalancing.data.views import vintages
from rebalancing.project import Project

APART = 3.0  # points of growth: published growth and that of levels differ by less on one base
LEAP = 6.0  # points: growth at current prices less real growth moves by less in a quarter


def off(levels: pd.Series, published: pd.Series, apart: float = APART) -> list[str]:
    """Return the periods in which levels do not grow as published, percent on a year before."""
    grown = 100 * (levels / levels.shift(12) - 1)
    both = pd.DataFrame({"levels": grown, "published": published}).dropna()
    return [str(at) for at in both.index[(both["levels"] - both["published"]).abs() > apart]]


@pytest.fixture(scope="module")
def office(this_project: Project) -> pd.DataFrame:
    """The office's newest accounts of those held."""
    tables = {name: read_raw(this_project, "nbs", name) for name in clean.ACCOUNTS_DATASETS}
    return vintages.as_of(clean.china_accounts(tables))


def of(office: pd.DataFrame, series: str) -> pd.Series:
    return office[office["series"] == series].set_index("period")["value"].sort_index()


def measured() -> str:
    """Return the code of the cell that takes amounts whose revisions are measured."""
    path = REPOSITORY / "notebooks" / "16_revisions.ipynb"
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return next("".join(cell["source"]) for cell in cells if cell["id"] == "monthly")


def test_levels_of_two_bases_are_found() -> None:
    months = [f"{year}-{month:02d}" for year in (2017, 2018, 2019) for month in range(1, 13)]
    on_one = pd.Series([100 * 1.1 ** (place / 12) for place in range(36)], months)
    growth = pd.Series(10.0, months)
    assert off(on_one, growth) == []
    rebased = on_one.where(on_one.index < "2018", 0.94 * on_one)
    assert off(rebased, growth) == [month for month in months if month.startswith("2018")]


def test_retail_sales_mix_bases_and_are_in_no_revision(
    this_project: Project, office: pd.DataFrame
) -> None:
    monthly = clean.china_monthly([read_raw(this_project, "nbs-monthly", "monthly")])
    rows = monthly[monthly["series"] == "RETAIL_YOY"]
    published = rows.set_index(rows["month"].dt.strftime("%Y-%m"))["value"]
    months = pd.period_range("1978-01", "2024-12", freq="M").astype(str)
    levels = of(office, "RETAIL").reindex(months)
    assert any(month.startswith("2018") for month in off(levels, published))
    assert '"RETAIL' not in measured()


def test_the_amounts_whose_revisions_are_measured_are_on_one_base(office: pd.DataFrame) -> None:
    """Growth of GDP at current prices less real growth is that of a price, which does not leap."""
    assert '"GDP_Q"' in measured()
    quarterly, real = of(office, "GDP_Q"), of(office, "GDP_REAL_Q_YOY")
    price = (100 * (quarterly / quarterly.shift(4) - 1) - real).dropna()
    assert len(price) > 100
    assert price.diff().abs().max() < LEAP
