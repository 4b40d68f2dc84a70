from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from rebalancing.data.tables import overview
from rebalancing.data.tables.columns import COLUMNS, NAMES
from rebalancing.data.tables.overview import SeriesSummary
from rebalancing.errors import DataError
from rebalancing.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    project.processed.mkdir(parents=True)
    rows = [
        ("2025", "CHN", "RETAIL", pd.Timestamp(2024, 1, 1), 1.0, "CNY billion"),
        ("2025", "CHN", "RETAIL", pd.Timestamp(2024, 3, 1), 2.0, "CNY billion"),
        ("2025", "CHN", "CPI", pd.Timestamp(2024, 2, 1), 3.0, "%"),
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS["china_monthly"]))
    table.to_parquet(project.processed / "china_monthly.parquet")
    return project


def test_every_table_is_listed_made_or_not(project: Project) -> None:
    found = {each.name: each for each in overview.listed(project)}
    assert found.keys() == set(NAMES)
    assert found["china_monthly"].rows == 3
    assert "series" in found["china_monthly"].columns
    assert found["customs"].rows is None


def test_a_table_tells_its_series_and_their_span(project: Project) -> None:
    assert overview.series_of(project, "china_monthly") == [
        SeriesSummary("CPI", "2024-02", "2024-02", economies=1, figures=1),
        SeriesSummary("RETAIL", "2024-01", "2024-03", economies=1, figures=2),
    ]


def test_a_table_says_which_column_names_its_series() -> None:
    assert overview.naming("china_monthly") == "series"
    assert overview.naming("national_accounts") == "item"
    assert overview.naming("customs") == "partner"
    assert overview.naming("expenditure_shares") == ""


def test_a_table_that_is_not_there_is_told_so(project: Project) -> None:
    with pytest.raises(DataError, match="There is no table 'custom'"):
        overview.series_of(project, "custom")
    with pytest.raises(DataError, match="does not exist yet; run `make report`"):
        overview.series_of(project, "customs")
