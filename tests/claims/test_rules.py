from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebalancing.claims.rules import (
    About,
    Above,
    Below,
    ClaimError,
    Nearly,
    Rule,
    Undecided,
    half_step,
)


@pytest.mark.parametrize(
    ("rule", "value", "lower", "upper", "outcome"),
    [
        (Below(40), 39.93, 38.7, 41.1, "holds"),
        (Below(40), 39.96, 38.7, 41.1, "too close"),
        (Below(40), 40.0, 38.7, 41.1, "fails"),
        (Below(0, is_estimate=True), -0.2, -0.3, -0.1, "holds"),
        (Below(0, is_estimate=True), -0.1, -0.3, 0.1, "fails"),
        (Above(0), 1.0, -0.1, 2.1, "holds"),
        (Above(0), 0.04, 0.03, 0.05, "too close"),
        (Above(0), 0.0, -1.0, 1.0, "fails"),
        (Above(0, is_estimate=True), 1.0, -0.1, 2.1, "fails"),
        (About(70), 67.5, 60.0, 75.0, "holds"),
        (About(70), 67.4, 60.0, 75.0, "fails"),
        (About(70), 72.6, 72.6, 72.6, "fails"),
        (About(54), 54.44, 51.0, 57.0, "holds"),
        (About(54), 54.6, 51.0, 57.0, "fails"),
        (Nearly(30), 27.5, 27.5, 27.5, "holds"),
        (Nearly(30), 27.4, 27.4, 27.4, "fails"),
        (Nearly(30), 30.4, 30.4, 30.4, "holds"),
        (Nearly(30), 30.5, 30.5, 30.5, "fails"),
        (Undecided("why"), 1.0, 1.0, 1.0, "undecided"),
    ],
)
def test_each_rule_at_its_edges(
    rule: Rule, value: float, lower: float, upper: float, outcome: str
) -> None:
    assert rule.check(value, lower, upper) == outcome


def test_the_tolerance_follows_from_the_roundness_of_the_number() -> None:
    assert [half_step(number) for number in (70, 55, 54, 1)] == [2.5, 2.5, 0.5, 0.5]
    assert (About(70).tolerance, Nearly(30).tolerance, Below(40).tolerance) == (2.5, 2.5, 0.05)
    assert Below(40, is_estimate=True).tolerance is None


def test_a_number_with_decimals_has_no_roundness() -> None:
    with pytest.raises(ClaimError, match=r"54\.5 is not a whole number"):
        half_step(54.5)


def test_rules_say_what_they_ask() -> None:
    assert Below(40).words == "below 40"
    assert Above(0, is_estimate=True).words == "above 0, the whole interval"
    assert About(54).words == "within 0.5 of 54"
    assert Nearly(30).words == "from 27.5 to below 30.5"


@settings(max_examples=30)
@given(st.floats(-100, 100), st.floats(0, 10), st.floats(0, 10), st.integers(-50, 50))
def test_below_and_above_are_mirror_images(
    value: float, less: float, more: float, bound: int
) -> None:
    below = Below(bound).check(value, value - less, value + more)
    assert below == Above(-bound).check(-value, -value - more, -value + less)
