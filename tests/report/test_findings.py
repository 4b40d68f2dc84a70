from __future__ import annotations

import math

import pytest

from rebalancing.report import findings
from rebalancing.report.findings import FindingError


@pytest.mark.parametrize(
    ("found", "word"),
    [
        (findings.direction(0.1, 0.4), "rising"),
        (findings.direction(-0.4, -0.1), "falling"),
        (findings.direction(-0.1, 0.4), "unsettled"),
        (findings.direction(0.0, 0.4), "unsettled"),
        (findings.change(0.6), "rising"),
        (findings.change(-0.6), "falling"),
        (findings.change(0.5), "flat"),
        (findings.change(0.6, flat=1.0), "flat"),
        (findings.place(32.9), "low"),
        (findings.place(33), "middle"),
        (findings.place(67.1), "high"),
        (findings.extreme(0.0, 9.0), "lowest"),
        (findings.extreme(9.0, 0.05), "highest"),
        (findings.extreme(0.06, 9.0), "between"),
        (findings.extreme(0.0, 0.0), "lowest"),
        (findings.weight(17.9, 20.0), "less"),
        (findings.weight(18.0, 20.0), "as much"),
        (findings.side(0.05), "above"),
        (findings.side(-0.05), "below"),
        (findings.side(0.049), "none"),
        (findings.either(True, "it rains", words=("wet", "dry")), "wet"),
        (findings.either(False, "it rains", words=("wet", "dry")), "dry"),
        (findings.how_many(0), "none"),
        (findings.how_many(1), "one"),
        (findings.how_many(2), "several"),
        (findings.agreement(90), "rising"),
        (findings.agreement(89), "mixed"),
        (findings.agreement(10), "falling"),
        (findings.rarity(0.0), "none"),
        (findings.rarity(9.9), "rare"),
        (findings.rarity(10.0), "common"),
        (findings.path(["falling", "rising", "flat"], are_named=True), "recovered"),
        (findings.path(["falling", "rising", "flat"], are_named=False), "another"),
        (findings.path(["falling", "rising"], are_named=True), "another"),
        (findings.part(0, 7), "none"),
        (findings.part(7, 7), "all"),
        (findings.part(1, 7), "some"),
    ],
)
def test_the_word_follows_from_the_numbers(found: findings.Finding, word: str) -> None:
    assert found.word == str(found) == word
    assert word in found.words


def test_the_rule_names_words_and_threshold() -> None:
    assert findings.change(1).rule == "rising, falling or flat: flat up to 0.5 points either way"


def test_a_word_says_what_was_found() -> None:
    with pytest.raises(findings.FindingError, match="yes, no: say what was found"):
        findings.either(True, "it rains", words=("yes", "no"))


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_nothing_is_found_from_what_is_not_known(value: float) -> None:
    with pytest.raises(FindingError, match="record only what is known"):
        findings.direction(value, 1.0)
