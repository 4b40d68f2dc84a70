"""What numbers say, decided in one place: each rule names its words and its thresholds.

A chapter records a finding as it records a number, and its text asks which word it is. So the text
holds no threshold, and what changed a sentence can be looked up: rules for numbers are in
`of_numbers`, words that models, tests and ledgers decided in `of_words`.
"""

from rebalancing.report.findings.finding import Finding, FindingError
from rebalancing.report.findings.of_numbers import (
    FLAT,
    LITTLE,
    VISIBLE,
    WIDER,
    agreement,
    both,
    breaks,
    change,
    direction,
    either,
    extreme,
    fraction,
    how_many,
    pace,
    part,
    place,
    rarity,
    score,
    side,
    skill,
    tails,
    weight,
)
from rebalancing.report.findings.of_words import (
    borne_out,
    growth_weights,
    leader,
    news_or_noise,
    one_of,
    outcome,
    related,
    start,
    unit_roots,
    verdict,
)
from rebalancing.report.text import FRACTIONS

__all__ = [
    "FLAT",
    "FRACTIONS",
    "LITTLE",
    "VISIBLE",
    "WIDER",
    "Finding",
    "FindingError",
    "agreement",
    "borne_out",
    "both",
    "breaks",
    "change",
    "direction",
    "either",
    "extreme",
    "fraction",
    "growth_weights",
    "how_many",
    "leader",
    "news_or_noise",
    "one_of",
    "outcome",
    "pace",
    "part",
    "place",
    "rarity",
    "related",
    "score",
    "side",
    "skill",
    "start",
    "tails",
    "unit_roots",
    "verdict",
    "weight",
]
