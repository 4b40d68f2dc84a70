from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rebalancing.data.views import milestones
from rebalancing.models.unitroot import LagChoice
from rebalancing.requirements import trends as requirements

LAGS = LagChoice()


def share(first: int, last: int) -> pd.Series:
    years = range(first, last + 1)
    return pd.Series(np.random.default_rng(first).normal(40, 1, len(years)), index=years)


@pytest.mark.parametrize(
    ("years", "breaks", "unit_roots"),
    [(28, True, True), (27, False, True), (11, False, True), (10, False, False)],
)
def test_tests_need_years(years: int, breaks: bool, unit_roots: bool) -> None:
    own = share(2001, 2000 + years)
    few = f"{years} yearly figures of Japan are too few for the tests"
    assert requirements.breaks(own, "Japan", 0.15) == ("" if breaks else few)
    assert requirements.unit_roots(own, "Japan", LAGS) == ("" if unit_roots else few)


def test_tests_need_chance() -> None:
    """Some shares are means of the three years before, as a publisher has estimated them."""
    own = share(2001, 2020)
    for year in range(2004, 2021):
        own[year] = own.loc[year - 3 : year - 1].mean()
    said = requirements.unit_roots(own, "Japan", LAGS)
    assert said.startswith("the figures of Japan follow from those of the years before by a fixed")


@pytest.mark.parametrize(
    ("economy", "first", "last", "said"),
    [
        ("CHN", 1970, 2024, ""),
        ("CHN", 2004, 2009, ""),
        ("CHN", 2005, 2024, "does not hold 2004"),
        ("CHN", 1970, 2008, "does not hold 2004"),
        ("CHN", 1970, 2000, "does not hold 2004"),
        ("JPN", 1970, 2024, "no milestones of such a policy"),
    ],
)
def test_milestones_need_the_first_and_five_years_more(
    economy: str, first: int, last: int, said: str
) -> None:
    reason = requirements.milestones(milestones.read_milestones(economy), share(first, last))
    assert (said in reason) if said else reason == ""


def test_revisions_need_two_releases() -> None:
    assert requirements.revisions(["2023", "2024"]) == ""
    assert requirements.revisions(["2024"])
