"""What both sides report of the same trade is told as a series, never as one year's ratio."""

from __future__ import annotations

import re

from held import REPOSITORY

from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.project import Project
from rebalancing.report.stored import read_results

LATEST = re.compile(r'"(exports\.mirror\.\w+|markets\.american\.ratio)\.latest"')
APART = 5  # years between the first ratio and the latest, at the least


def alone(text: str) -> list[str]:
    """Return the ratios of one year that a paragraph gives without an earlier one."""
    return [key for key in LATEST.findall(text) if f'"{key}.first"' not in text]


def test_each_ratio_in_the_text_has_an_earlier_one_beside_it() -> None:
    told = []
    for notebook in find_notebooks(Project(REPOSITORY)):
        for cell in notebook.cells:
            if not cell.computes:
                for paragraph in re.split(r"\n\s*\n", cell.text):
                    told += LATEST.findall(paragraph)
                    assert alone(paragraph) == [], cell.id
    assert "exports.mirror.USA" in told


def test_a_ratio_of_one_year_is_found() -> None:
    one = 'The ratio is {{ n("exports.mirror.USA.latest") }}.'
    assert alone(one) == ["exports.mirror.USA"]
    assert alone(one + ' It was {{ n("exports.mirror.USA.first") }}.') == []


def test_recorded_ratios_are_years_apart() -> None:
    results = {r["key"]: r for r in read_results(REPOSITORY / "editions" / "CHN")["results"]}
    latest = [key for key in results if re.fullmatch(r"exports\.mirror\.\w+\.latest", key)]
    assert len(latest) > 1
    for key in latest:
        first = results[key.replace(".latest", ".first")]
        assert int(results[key]["period"]) - int(first["period"]) >= APART, key
