"""An edition as of a day, built with and without the releases that came later."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import held
import pytest

from rebalancing import build
from rebalancing.data import releases as raw
from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.project import Project
from rebalancing.report import provenance, results
from rebalancing.study import Study

REPOSITORY = Path(__file__).parents[1]
DAY = "2025-01-15"
CHAPTERS = ["02_consumption", "07_forecasts", "10_revisions"]
FORECASTS = "forecasts/07_forecasts.json"
STUDY = {"economy": "KOR", "peers": ["CHN", "JPN"], "as_of": DAY}


def test_every_chapter_that_reads_data_declares_the_day() -> None:
    without = [
        notebook.name
        for notebook in find_notebooks(Project(REPOSITORY))
        if not notebook.is_shared and "as_of" not in notebook.parameters
    ]
    assert without == []


def built(project: Project) -> tuple[dict[str, Any], Path]:
    study = Study.load(project, STUDY)
    build.update(project, study, only=CHAPTERS)
    folder = project.build / study.edition(project)
    merged = results.merge(folder, provenance.edition(project, study))
    return json.loads(merged.read_text()), folder


@pytest.fixture
def whole(own_project: Project) -> Project:
    shutil.copyfile(REPOSITORY / "requirements.lock", own_project.root / "requirements.lock")
    shutil.copyfile(
        REPOSITORY / "data" / "corrections.yml", own_project.root / "data" / "corrections.yml"
    )
    return own_project


@pytest.mark.slow
def test_later_releases_change_nothing(whole: Project) -> None:
    recorded, folder = built(whole)
    later = [
        release
        for publisher in raw.publishers(whole)
        for release in raw.releases(whole, publisher)
        if release.public > DAY
    ]
    assert {release.publisher for release in later} >= {"unsd-ama", "worldbank-wdi", "imf-weo"}
    cited = [result["release"] for result in recorded["results"]]
    for path in [*folder.glob("figures/*/*.json"), *folder.glob("tables/*/*.json")]:
        passport = json.loads(path.read_text())
        assert "As of 15 January 2025" in passport["note"]
        cited.append(passport["release"])
    assert len(cited) > 100
    for release in later:
        assert not any(release.citation.rstrip(".") in text for text in cited)
    forecasts = json.loads((folder / FORECASTS).read_text())
    assert {entry["release"] for entry in forecasts["forecasts"]} == {"unsd-ama 2023"}
    remove(whole, later)
    assert built(whole)[0]["results"] == recorded["results"]
    assert json.loads((folder / FORECASTS).read_text()) == forecasts


def remove(project: Project, later: list[raw.Release]) -> None:
    """Take the later releases out of a project; a publisher keeps one."""
    earlier = raw.publishers(held.project().as_of(DAY))
    gone = [release for release in later if release.publisher in earlier]
    for release in gone:
        release.folder.unlink()  # a link
    sums = project.raw / "SHA256SUMS"
    kept = [
        line
        for line in sums.read_text().splitlines(keepends=True)
        if not any(f"{release.publisher}/{release.name}/" in line for release in gone)
    ]
    sums.write_text("".join(kept))
