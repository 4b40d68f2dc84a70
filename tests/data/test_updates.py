"""An import judges a newer release as a refresh would."""

from pathlib import Path

import pandas as pd
import pytest

from rebalancing.data import releases
from rebalancing.data.compare import updates
from rebalancing.data.imports import importer
from rebalancing.data.imports.publishers import chosen
from rebalancing.project import Project

from .conftest import Compiled

THRESHOLDS = Path(__file__).parents[2] / "data/thresholds.yml"
NEWER, OLDER = "nbs/2024-06-21/retail.parquet", "nbs/2024-01-31/retail.parquet"


@pytest.fixture
def project(small_project: Project) -> Project:
    (small_project.root / "data/thresholds.yml").write_bytes(THRESHOLDS.read_bytes())
    return small_project


def add(compiled: Compiled, path: str) -> None:
    """List a release of retail sales alone, in which everything else is gone."""
    old = pd.read_parquet(compiled.root / "nbs/2024-05-31/retail.parquet")
    gone = old[(old["economy"] == "USA") & (old["period"] == "2001")].assign(series="RETAIL")
    compiled.write(path, gone)
    compiled.catalogue()


def taken(project: Project, compiled: Compiled, accept: str | None) -> list[str]:
    new = importer.import_folder(
        project, compiled.root, chosen(["nbs"]), review=updates.review(project, accept)
    )
    return [release.name for release in new]


@pytest.mark.slow
def test_a_newer_release_that_loses_series_needs_a_reason(
    project: Project, compiled: Compiled
) -> None:
    add(compiled, NEWER)
    with pytest.raises(updates.StoppedError, match=r"nbs 2024-06-21 was not imported.*--accept"):
        taken(project, compiled, None)
    assert "2024-06-21" not in {one.name for one in releases.releases(project, "nbs")}

    assert taken(project, compiled, "It holds retail sales alone.") == ["2024-06-21"]
    accepted = releases.resolve(project, "nbs").descriptor["accepted"]
    assert accepted["reason"] == "It holds retail sales alone."
    assert accepted["severity"] == "severe"
    assert accepted["despite"]
    assert taken(project, compiled, None) == []  # the reason is no difference of figures


@pytest.mark.slow
def test_an_older_release_fills_up_history_unjudged(project: Project, compiled: Compiled) -> None:
    add(compiled, OLDER)
    assert taken(project, compiled, None) == ["2024-01-31"]
    assert "accepted" not in releases.resolve(project, "nbs", "2024-01-31").descriptor
