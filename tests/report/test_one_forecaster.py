"""The skill that readers see belongs to the forecast that they see."""

from __future__ import annotations

import re

import pytest

from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.project import Project

REPOSITORY = Project.find()
NOTEBOOK = next(each for each in find_notebooks(REPOSITORY) if each.name == "12_forecasts")
LEAD = "\n".join(cell.source for cell in NOTEBOOK.cells if cell.id.startswith("lead"))
FRONT = (REPOSITORY.book / "index.md").read_text(encoding="utf-8")
# Beside the headline: where it starts, and how many economies were tried.
BESIDE = re.compile(r"forecasts\.headline\.|forecasts\.(start|backtest\.economies)$")


def test_the_lede_says_how_the_headline_did() -> None:
    assert "forecasts.headline.own.score" in LEAD


@pytest.mark.parametrize("text", [LEAD, FRONT], ids=["lede", "front page"])
def test_probability_and_skill_are_of_the_headline(text: str) -> None:
    keys = set(re.findall(r"\bforecasts\.[\w.]*\w", text))
    assert "forecasts.headline.probability" in keys
    assert {key for key in keys if not BESIDE.match(key)} == set()


def test_only_calibrated_forecasts_are_scored() -> None:
    """`test_forecast_calibration` checks that what `calibrated` scores is what is published."""
    code = "\n".join(cell.source for cell in NOTEBOOK.code_cells if cell.computes)
    assert "scored = forecast.calibrated(tried, weights=RULE)" in code
    scored = set(re.findall(r"([\w.]+(?:\([^()]*\))?)\.(?:summary|losses)\(", code))
    assert scored == {"scored", "judged"}
    assert "judged = forecast.calibrated(of, weights=weights, beside=[WALK])" in code
