"""Any study that the parameters allow ends in a complete set of texts, or in one line."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from rebalancing.errors import RebalancingError
from rebalancing.project import Project
from rebalancing.study import Study

from . import harness

Draw = random.Random
Parameters = dict[str, Any]

TINY = ("AIA", "COK", "MSR", "NRU", "TCA", "TUV", "VGB")
FORMER = ("ANT", "CSK", "ETF", "SUN", "YMD", "YUG")
OLD = ("BRA", "CUB", "DEU", "IRL", "JPN", "KWT", "USA", "ZWE")
USUAL = (*OLD, "AGO", "ARE", "ERI", "SGP", "TLS")


def _ends_early(draw: Draw) -> Parameters:
    return {"economy": draw.choice(OLD), "last_year": draw.randint(1977, 1999)}


def _short(draw: Draw) -> Parameters:
    first = draw.randint(1980, 2016)
    return _between(draw.choice(USUAL), first, first + draw.randint(7, 12))


def _tiny(draw: Draw) -> Parameters:
    last = draw.randint(1990, 2024)
    return _between(draw.choice(TINY), last - draw.randint(8, 20), last)


def _former(draw: Draw) -> Parameters:
    return {"economy": draw.choice(FORMER)}


def _on_a_day(draw: Draw) -> Parameters:
    day = f"{draw.randint(2015, 2019)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
    return {"economy": draw.choice(USUAL), "first_year": 2000, "as_of": day}


def _odd_peers(draw: Draw) -> Parameters:
    peers = draw.sample([*TINY, *FORMER, *USUAL], draw.randint(1, 6))
    return _between(draw.choice(USUAL), 1995, draw.randint(2004, 2014)) | {"peers": peers}


def _far_and_near(draw: Draw) -> Parameters:
    return _between(draw.choice(USUAL), 1999, 2018) | {"horizon": draw.choice((1, 50))}


def _china(draw: Draw) -> Parameters:
    last = draw.randint(2004, 2024)
    return _between("CHN", last - draw.randint(8, 20), last)


STRATA = (
    _ends_early,
    _short,
    _tiny,
    _former,
    _on_a_day,
    _odd_peers,
    _far_and_near,
    _china,
)


def _between(economy: str, first: int, last: int) -> Parameters:
    return {"economy": economy, "first_year": first, "last_year": min(last, 2024)}


def _samples(count: int) -> list[Any]:
    draw = random.Random(20041205)
    strata: list[Callable[[Draw], Parameters]] = [STRATA[n % len(STRATA)] for n in range(count)]
    drawn = [(stratum.__name__.strip("_"), stratum(draw)) for stratum in strata]
    return [
        pytest.param(parameters, id=f"{n}-{name}") for n, (name, parameters) in enumerate(drawn)
    ]


def check(workshop: Project, parameters: Parameters) -> None:
    try:
        Study.load(workshop, parameters)
    except RebalancingError as error:
        refusal = str(error)
    else:
        assert harness.run(workshop, parameters).problems() == []
        return
    assert refusal.count("\n") == 0


@pytest.mark.parametrize("parameters", _samples(len(STRATA)))
def test_a_sample_ends_in_a_report_or_in_one_line(
    workshop: Project, parameters: Parameters
) -> None:
    check(workshop, parameters)


@pytest.mark.faults
@pytest.mark.parametrize("parameters", _samples(60)[len(STRATA) :])
def test_every_sample_ends_in_a_report_or_in_one_line(
    workshop: Project, parameters: Parameters
) -> None:
    check(workshop, parameters)
