"""A chapter follows the methods that a study chooses: its results, its notes and its texts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rebalancing.project import Project

from . import harness

pytestmark = pytest.mark.slow
# Few years and few draws, because most time goes into the tests for breaks.
SHORT = {"first_year": 1990, "slope_draws": 99, "break_draws": 99}


def results(folder: Path) -> dict[str, Any]:
    """Return the recorded values by key."""
    recorded = json.loads((folder / "results.json").read_text("utf-8"))["results"]
    return {result["key"]: result["value"] for result in recorded}


def note(folder: Path, place: str) -> str:
    """Return the note of a saved table."""
    return str(json.loads((folder / "tables" / f"{place}.json").read_text("utf-8"))["note"])


def pair(workshop: Project, chapter: str, **chosen: Any) -> tuple[Path, Path]:
    """Run a chapter as usual and with other methods."""
    usual = harness.run_chapters(workshop, SHORT, only=[chapter])
    other = harness.run_chapters(workshop, SHORT | chosen, only=[chapter])
    return usual, other


def test_consumption_follows_the_smoothing(workshop: Project) -> None:
    usual, other = pair(workshop, "02_consumption", smoothing=100)
    before, after = results(usual), results(other)
    # Chapters that other tests ran for the usual study are recorded beside this one.
    changed = {key for key in before.keys() & after.keys() if before[key] != after[key]}
    assert "consumption.hp.slope" in changed
    assert all(key.startswith(("consumption.hp.", "consumption.direction")) for key in changed)
    figure = json.loads((other / "figures/02_consumption/share-trend.json").read_text("utf-8"))
    assert "Hodrick–Prescott filter, smoothing 100." in figure["note"]


def test_trends_follow_every_method(workshop: Project) -> None:
    chosen = {
        "smoothing": 400,
        "trimming": 0.2,
        "unit_root_lags": 1,
        "unit_root_criterion": "bic",
        "hac_lags": 5,
        "slope_draws": 199,
        "break_draws": 149,
    }
    usual, other = pair(workshop, "09_trends", **chosen)
    before, after = results(usual), results(other)
    for key in (
        "trends.filters.hp.slope",
        "breaks.consumption.supf.critical",
        "breaks.consumption.supf.p",
        "trends.consumption.slope.whole.lower",
        "unitroot.consumption.adf.statistic",
    ):
        assert before[key] != after[key], key
    assert (before["breaks.draws"], after["breaks.draws"]) == (99, 149)
    folder = "09_trends"
    assert "at least 20% of the years" in note(other, f"{folder}/break-tests")
    assert "lags by BIC, among 1 at most" in note(other, f"{folder}/unit-roots")
    assert "with 5 lags; 199 bootstrap samples" in note(other, f"{folder}/regimes")


def test_relations_and_scenarios_follow_their_assumptions(workshop: Project) -> None:
    usual, other = pair(workshop, "14_scenarios", gdp_growth=2.5)
    before, after = results(usual), results(other)
    assert (before["scenarios.growth.gdp"], after["scenarios.growth.gdp"]) == (4.0, 2.5)
    lower = before["scenarios.growth.consumption"] - after["scenarios.growth.consumption"]
    assert lower == pytest.approx(1.5, abs=0.1)
    assert "GDP grows by 2.5% a year" in note(other, "14_scenarios/outcomes")

    whole = {"first_year": 1980}  # a relation needs thirty years
    usual = harness.run_chapters(workshop, whole, only=["10_drivers"])
    other = harness.run_chapters(workshop, whole | {"ardl_lags": 1}, only=["10_drivers"])
    before, after = results(usual), results(other)
    assert (before["drivers.relation.most_lags"], after["drivers.relation.most_lags"]) == (2, 1)
    assert after["drivers.exports.n"] == before["drivers.exports.n"] + 1
