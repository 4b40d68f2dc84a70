from __future__ import annotations

import pandas as pd
import pytest

from rebalancing.data.views import milestones
from rebalancing.requirements import trends as requirements


def share(first: int, last: int) -> pd.Series:
    return pd.Series(40.0, index=range(first, last + 1))


@pytest.mark.parametrize(
    ("years", "breaks", "unit_roots"),
    [(28, True, True), (27, False, True), (11, False, True), (10, False, False)],
)
def test_tests_need_years(years: int, breaks: bool, unit_roots: bool) -> None:
    own = share(2001, 2000 + years)
    few = f"{years} yearly figures of Japan are too few for the tests"
    assert requirements.breaks(own, "Japan", 0.15) == ("" if breaks else few)
    assert requirements.unit_roots(own, "Japan") == ("" if unit_roots else few)


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
