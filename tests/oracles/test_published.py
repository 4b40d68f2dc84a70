"""Every published number is reproduced at the precision in which it was printed."""

from functools import cache

import pytest

from rebalancing import oracles

PUBLISHED = oracles.published(oracles.FOLDER)
SLOW = {"breaks", "forecast", "panel"}


@cache
def ours(area: str, case: str) -> dict[str, float]:
    return oracles.computed(area, case, oracles.FOLDER)


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(
            row,
            id=f"{row.area}: {row.case}: {row.quantity} {row.value:g}",
            marks=pytest.mark.slow if row.area in SLOW else (),
        )
        for row in PUBLISHED.itertuples()
    ],
)
def test_published_value(row) -> None:
    own = ours(row.area, row.case)[row.quantity]
    same = oracles.agrees(own, row.value, int(row.decimals), cut=row.cut)
    assert same, f"ours {own}, published {row.value}"


def test_no_case_is_computed_without_a_published_number() -> None:
    for area in PUBLISHED["area"].unique():
        module = __import__(f"rebalancing.oracles.{area}", fromlist=["CASES"])
        assert set(module.CASES) == set(PUBLISHED.loc[PUBLISHED["area"] == area, "case"])


def test_every_area_is_named_and_says_what_it_is_about() -> None:
    areas = sorted(PUBLISHED["area"].unique())
    assert sorted(oracles.MODULES) == [f"rebalancing.oracles.{area}" for area in areas]
    assert all(": " in oracles.about(area) for area in areas)
