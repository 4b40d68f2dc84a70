"""What a chapter takes of the releases that its study uses, and how a foot line names them."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from rebalancing.notebooks import read_notebook
from rebalancing.project import Project
from rebalancing.report import chapter as module
from rebalancing.report import charts
from rebalancing.report.chapter import FOLDER_VARIABLE, Chapter, ChapterError, open_chapter

HELD = "2026-08-22"  # of nbs-monthly, the only release that the tests hold


@pytest.fixture
def claims(own_project: Project, monkeypatch: pytest.MonkeyPatch) -> Chapter:
    """The chapter on claims, which reads China's monthly figures."""
    monkeypatch.chdir(own_project.notebooks)
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    table = pd.DataFrame(
        {
            "release": [HELD, HELD, "2030-01-01"],
            "economy": "CHN",
            "series": ["PPI_YOY", "CPI_YOY", "CPI_YOY"],
            "month": pd.Timestamp("2026-07"),
            "value": [-2.0, 0.5, 9.0],
            "unit": "percent",
        }
    )
    monkeypatch.setattr(module.processed, "read_processed", lambda *_, **__: table)
    declared = read_notebook(own_project.notebooks / "03_claims.ipynb").parameters
    values: dict[str, Any] = dict.fromkeys(declared)
    return open_chapter("03_claims", values)


def test_rows_are_of_releases_that_are_held(claims: Chapter) -> None:
    rows = claims.chosen("china_monthly")
    assert rows["value"].to_list() == [-2.0, 0.5]
    assert claims.source_of("china_monthly", rows) == claims.source("nbs-monthly", HELD)


def test_a_table_that_is_not_declared_is_refused(claims: Chapter) -> None:
    with pytest.raises(ChapterError, match=r"does not declare .*leverage\.parquet"):
        claims.chosen("leverage")
    with pytest.raises(ChapterError, match=r"does not declare .*data/raw/nifd-leverage"):
        claims.source_of("leverage", pd.DataFrame())


@pytest.mark.slow
def test_the_foot_of_a_figure_says_what_was_transcribed(claims: Chapter) -> None:
    series = pd.DataFrame({"Modules": [1.0, 2.0]}, index=pd.Index([2023, 2024], name="year"))
    claims.figures.save(
        "modules",
        charts.lines(series, measure="Modules, GW", economy="Modules", names={}),
        title="Modules",
        release=claims.source("cpia-solar"),
    )
    passport = json.loads((claims.folder / "figures/03_claims/modules.json").read_text())
    assert passport["release"].endswith("(transcribed from publications that quote them)")
