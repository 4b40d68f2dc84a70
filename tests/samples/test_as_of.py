"""An edition as of a day, with and without the releases that came later."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

import held

from rebalancing.data import releases as raw
from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.project import Project
from rebalancing.report.passports import passports

from . import harness

REPOSITORY = Path(__file__).parents[2]
DAY = "2025-01-15"
CHAPTERS = ["02_consumption", "12_forecasts", "16_revisions"]
FORECASTS = "forecasts/12_forecasts.json"
STUDY = {"economy": "KOR", "peers": ["CHN", "JPN"], "as_of": DAY}


def test_every_chapter_that_reads_data_declares_the_day() -> None:
    without = [
        notebook.name
        for notebook in find_notebooks(Project(REPOSITORY))
        if not notebook.is_shared and "as_of" not in notebook.parameters
    ]
    assert without == []


def test_later_releases_change_nothing(small_workshop: Project, tmp_path: Path) -> None:
    whole = small_workshop
    folder = harness.run_chapters(whole, STUDY, only=CHAPTERS)
    later = [
        release
        for publisher in raw.publishers(whole)
        for release in raw.releases(whole, publisher)
        if release.public > DAY
    ]
    assert {release.publisher for release in later} >= {"unsd-ama", "worldbank-wdi", "imf-weo"}
    recorded = json.loads((folder / "results.json").read_text())["results"]
    cited = [result["release"] for result in recorded]
    homes = [*folder.glob("figures/*"), *folder.glob("tables/*")]
    for path in (path for home in homes for path in passports(home)):
        passport = json.loads(path.read_text())
        assert "As of 15 January 2025" in passport["note"]
        cited.append(passport["release"])
    assert len(cited) > 100
    for release in later:
        assert not any(release.citation.rstrip(".") in text for text in cited)
    forecasts = json.loads((folder / FORECASTS).read_text())
    assert {entry["release"] for entry in forecasts["forecasts"]} == {"unsd-ama 2023"}

    earlier = harness.linked(tmp_path / "earlier")
    remove(earlier, {(release.publisher, release.name) for release in later})
    harness.make_tables(earlier)
    harness.keep_few(earlier, earlier)
    folder = harness.run_chapters(earlier, STUDY, only=CHAPTERS)
    assert json.loads((folder / "results.json").read_text())["results"] == recorded
    assert json.loads((folder / FORECASTS).read_text()) == forecasts


def remove(project: Project, later: Collection[tuple[str, str]]) -> None:
    """Take the later releases out of a project; a publisher keeps one."""
    known = raw.publishers(held.project().as_of(DAY))
    gone = [(publisher, name) for publisher, name in later if publisher in known]
    for publisher, name in gone:
        (project.raw / publisher / name).unlink()  # a link
    sums = project.raw / "SHA256SUMS"
    kept = [
        line
        for line in sums.read_text().splitlines(keepends=True)
        if not any(f"{publisher}/{name}/" in line for publisher, name in gone)
    ]
    sums.write_text("".join(kept))
