"""Any study that the parameters allow ends in a complete set of texts, or in one line."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from rebalancing.errors import RebalancingError
from rebalancing.project import Project
from rebalancing.study import Study

from . import harness

Draw = random.Random
Parameters = dict[str, Any]
Stratum = Callable[[Draw, int], Parameters]

TINY = ("AIA", "COK", "MSR", "NRU", "TCA", "TUV", "VGB")
FORMER = ("ANT", "CSK", "ETF", "SUN", "YMD", "YUG")
OLD = ("BRA", "CUB", "DEU", "IRL", "JPN", "KWT", "USA", "ZWE")
USUAL = (*OLD, "AGO", "ARE", "ERI", "SGP", "TLS")

NOT_FORESEEN = {
    # What only an estimate or the chapter's own sources tell.
    "chance",
    "claims",
    "data-chapters",
    "episodes",
    "low-starters",
    "precedents",
    "revisions-census",
    "revisions-headline",
    "revisions-monthly",
    "revisions-vintages",
}


def _ends_early(draw: Draw, last: int) -> Parameters:
    return {"economy": draw.choice(OLD), "last_year": last}


def _short(draw: Draw, last: int) -> Parameters:
    return _ending(draw.choice(OLD), last, draw.randint(7, 12))


def _tiny(draw: Draw, last: int) -> Parameters:
    return _ending(draw.choice(TINY), last, draw.randint(8, 20))


def _former(draw: Draw, last: int) -> Parameters:
    return {"economy": draw.choice(FORMER)}


def _on_a_day(draw: Draw, last: int) -> Parameters:
    day = f"{draw.randint(2015, 2019)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
    return {"economy": draw.choice(USUAL), "first_year": 2000, "as_of": day}


def _odd_peers(draw: Draw, last: int) -> Parameters:
    peers = draw.sample([*TINY, *FORMER, *USUAL], draw.randint(1, 6))
    return _ending(draw.choice(OLD), last, 14) | {"peers": peers}


def _far_and_near(draw: Draw, last: int) -> Parameters:
    return _ending(draw.choice(USUAL), last, 18) | {"horizon": draw.choice((1, 50))}


def _china(draw: Draw, last: int) -> Parameters:
    return _ending("CHN", max(last, 2007), draw.randint(8, 20))


def _ending(economy: str, last: int, years: int) -> Parameters:
    return {"economy": economy, "first_year": max(1970, last - years), "last_year": last}


STRATA: tuple[Stratum, ...] = (
    _ends_early,
    _short,
    _tiny,
    _former,
    _on_a_day,
    _odd_peers,
    _far_and_near,
    _china,
)
# As few as are allowed: no sample is about what they find.
FEW_DRAWS: Parameters = {"slope_draws": 99, "break_draws": 99, "curve_draws": 99}
FEW = (_short, _former, _odd_peers, _china)  # of each a sample is tried at every run
MANY = int(os.environ.get("SAMPLES", "60"))  # tried by the long campaign
FEW_ENDS = (1992,)  # what is estimated over all economies is shared, and there is less of it


def _samples(
    count: int, ends: Sequence[int], strata: Sequence[Stratum] = STRATA
) -> dict[str, Parameters]:
    """Return the parameters of some samples by name, drawn from the strata in turn."""
    draw = random.Random(20041225)
    drawn = {}
    for number in range(count):
        stratum = strata[number % len(strata)]
        drawn[f"{number}{stratum.__name__}"] = FEW_DRAWS | stratum(draw, draw.choice(ends))
    return drawn


def wrong_with(workshop: Project, parameters: Parameters) -> list[str]:
    """Return what is wrong with the report on a sample, or with the line that refuses it."""
    try:
        Study.load(workshop, parameters)
    except RebalancingError as refusal:
        return [] if "\n" not in str(refusal) else [f"more than a line: {refusal}"]
    try:
        edition = harness.run(workshop, parameters)
    except Exception as error:
        return [f"{type(error).__name__}: {error}"]
    found = edition.problems()
    told = {
        name
        for name, reason in edition.left_out.items()
        if name not in NOT_FORESEEN and "below zero" not in reason
    }
    foreseen = set(harness.foreseen(workshop, parameters))
    if told != foreseen:
        found.append(f"foreseen and left out differ in {sorted(told ^ foreseen)}")
    return found


def test_a_sample_ends_in_a_report_or_in_one_line(small_workshop: Project) -> None:
    """One test, so that what is the same for all samples is computed once."""
    samples = _samples(len(FEW), FEW_ENDS, FEW)
    wrong = {name: wrong_with(small_workshop, parameters) for name, parameters in samples.items()}
    assert [name for name in samples if wrong[name]] == [], {k: v for k, v in wrong.items() if v}


@pytest.mark.faults
@pytest.mark.parametrize(
    "parameters",
    [pytest.param(value, id=name) for name, value in _samples(MANY, range(1977, 2025)).items()],
)
def test_every_sample_ends_in_a_report_or_in_one_line(
    workshop: Project, parameters: Parameters
) -> None:
    assert wrong_with(workshop, parameters) == []
