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


def test_every_number_is_somebody_s_and_nothing_of_ours_is_called_published() -> None:
    kinds = PUBLISHED["source"].map(oracles.kind)
    assert set(kinds) == {oracles.LITERATURE, oracles.PROGRAM, oracles.OWN}
    is_arithmetic = PUBLISHED["area"] == "arithmetic"
    assert (kinds[is_arithmetic] == oracles.OWN).all()
    assert (kinds[~is_arithmetic] != oracles.OWN).all()


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("Baltagi (2008), Econometric Analysis of Panel Data, table 2.1", oracles.LITERATURE),
        ("NIST Statistical Reference Datasets, Longley, certified values", oracles.LITERATURE),
        ("R urca 1.3-3", oracles.PROGRAM),
        ("R LMDIR (Heun), tests of Z_byname(), after Wood and Lenzen (2006)", oracles.PROGRAM),
        ("GAUSS Time Series MT 2.1", oracles.PROGRAM),
        ("Arithmetic: 100 ln(50 / 39.9) / 10", oracles.OWN),
    ],
)
def test_output_of_a_program_is_not_called_literature(source: str, kind: str) -> None:
    assert oracles.kind(source) == kind


def test_a_source_that_says_nobody_s_name_is_refused() -> None:
    with pytest.raises(ValueError, match="name author and year"):
        oracles.kind("Computed for this report")
