"""What numbers say, decided in one place: each rule names its words and its thresholds.

A chapter records a finding as it records a number, and its text asks which word it is. So the text
holds no threshold, and what changed a sentence can be looked up.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

# Parts of the economies of the world: below the first third a share is low, above the second high.
LOWER_THIRD, UPPER_THIRD = 33.0, 67.0  # percentiles
VISIBLE = 0.05  # points: less than this rounds to nothing at one decimal
FLAT = 0.5  # points: a change over years that is smaller than what most releases revise
LITTLE = 1.0  # points: by about as much half of all newest shares move with the next release
NEAR = 0.9  # of a maximum: above it a share is about as large as it ever was
AGREE = 90.0  # percent: where as many estimates have one sign, choices hardly move it
TEST = 0.05  # size of a test
MISSED = 0.5  # points: outcomes that intervals may miss by chance alone
RARE = 10.0  # percent: what fewer economies do is rare
FRACTIONS = {  # percent
    "a fifth": 20.0,
    "a quarter": 25.0,
    "a third": 100 / 3,
    "two fifths": 40.0,
    "half": 50.0,
    "three fifths": 60.0,
    "two thirds": 200 / 3,
    "three quarters": 75.0,
    "four fifths": 80.0,
}
CLOSE = 1.5  # points: from a simple fraction, to be called by its name
SLIGHT = 10.0  # percent: mean scores that differ by less are about the same
WIDER = 0.95  # probability of a second interval, to see whether an answer hangs on the first


class FindingError(ValueError):
    """A number from which nothing can be found."""


@dataclass(frozen=True)
class Finding:
    """What numbers say, in a word.

    Attributes:
        word: One of ``words``.
        words: All that it could have been.
        rule: How it was decided, in words.
    """

    word: str
    words: tuple[str, ...]
    rule: str

    def __str__(self) -> str:
        return self.word


def _decided(rule: str, words: tuple[str, ...], *cases: tuple[bool, str]) -> Finding:
    """Return the word of the first case that holds; the last word where none does."""
    word = next((word for holds, word in cases if holds), words[-1])
    return Finding(word, words, f"{', '.join(words[:-1])} or {words[-1]}: {rule}")


def _finite(*values: float) -> None:
    if not all(math.isfinite(value) for value in values):
        raise FindingError(f"nothing can be found from {values}; record only what is known")


def direction(lower: float, upper: float) -> Finding:
    """Return whether something is rising, falling, or neither can be said, from an interval.

    Args:
        lower: Lower bound of the interval of a slope or change.
        upper: Its upper bound.

    Raises:
        FindingError: A bound is not finite.
    """
    _finite(lower, upper)
    return _decided(
        "whether the interval leaves out zero, and on which side",
        ("rising", "falling", "unsettled"),
        (lower > 0, "rising"),
        (upper < 0, "falling"),
    )


def change(value: float, flat: float = FLAT) -> Finding:
    """Return whether a change is a rise, a fall or too small to be called either.

    Args:
        value: The change, in percentage points.
        flat: Up to this size it is flat.

    Raises:
        FindingError: The change is not finite.
    """
    _finite(value)
    return _decided(
        f"flat up to {flat:g} points either way",
        ("rising", "falling", "flat"),
        (value > flat, "rising"),
        (value < -flat, "falling"),
    )


def place(percentile: float) -> Finding:
    """Return whether a share is low, high or near the middle among economies.

    Args:
        percentile: Its percentile rank, 0 to 100.

    Raises:
        FindingError: It is not finite.
    """
    _finite(percentile)
    return _decided(
        f"below the {LOWER_THIRD:g}rd, above the {UPPER_THIRD:g}th percentile, or between",
        ("low", "high", "middle"),
        (percentile < LOWER_THIRD, "low"),
        (percentile > UPPER_THIRD, "high"),
    )


def extreme(above_minimum: float, below_maximum: float) -> Finding:
    """Return whether a series ends at its lowest, at its highest, or between.

    Args:
        above_minimum: Its last value less its lowest, in points, not negative.
        below_maximum: Its highest value less its last, in points, not negative.

    Raises:
        FindingError: A distance is not finite.
    """
    _finite(above_minimum, below_maximum)
    return _decided(
        f"whether its last value is its lowest or highest, within {VISIBLE:g} points",
        ("lowest", "highest", "between"),
        (above_minimum <= VISIBLE, "lowest"),
        (below_maximum <= VISIBLE, "highest"),
    )


def weight(latest: float, maximum: float) -> Finding:
    """Return whether a share weighs less than at its highest, or about as much.

    Args:
        latest: The latest share.
        maximum: The highest share so far.

    Raises:
        FindingError: A share is not finite.
    """
    _finite(latest, maximum)
    return _decided(
        f"less if below {NEAR:.0%} of its highest",
        ("less", "as much"),
        (latest < NEAR * maximum, "less"),
    )


def side(value: float, visible: float = VISIBLE) -> Finding:
    """Return on which side of zero a difference lies, if it can be seen at one decimal.

    Args:
        value: The difference.
        visible: What rounds to nothing is smaller than this.

    Raises:
        FindingError: It is not finite.
    """
    _finite(value)
    return _decided(
        f"none if smaller than {visible:g}",
        ("above", "below", "none"),
        (value >= visible, "above"),
        (value <= -visible, "below"),
    )


def pace(past: float, needed: float) -> Finding:
    """Return whether what is needed has been done before.

    Args:
        past: The gap of growth that there was.
        needed: The gap of growth that is needed.

    Raises:
        FindingError: A gap is not finite.
    """
    _finite(past, needed)
    return _decided(
        "whether there was a gap above zero, and whether it was as large as the one needed",
        ("none", "slower", "as fast"),
        (past <= 0, "none"),
        (past < needed, "slower"),
    )


def whether(holds: bool, rule: str) -> Finding:
    """Return yes or no.

    Args:
        holds: What was asked.
        rule: What was asked, in words.
    """
    return _decided(rule, ("yes", "no"), (holds, "yes"))


def both(first: bool, second: bool, words: tuple[str, str, str, str]) -> Finding:
    """Return which of two things hold.

    Args:
        first: Whether the first holds.
        second: Whether the second holds.
        words: For both, the first alone, the second alone, and neither.
    """
    at = {(True, True): 0, (True, False): 1, (False, True): 2, (False, False): 3}[first, second]
    return _decided("which of the two there are", words, (True, words[at]))


def agreement(share_positive: float) -> Finding:
    """Return whether nearly all estimates of a change have one sign.

    Args:
        share_positive: Those above zero, 0 to 100.

    Raises:
        FindingError: Not finite.
    """
    _finite(share_positive)
    return _decided(
        f"at least {AGREE:g} percent of the estimates have the sign",
        ("rising", "falling", "mixed"),
        (share_positive >= AGREE, "rising"),
        (share_positive <= 100 - AGREE, "falling"),
    )


def fraction(percentage: float) -> Finding:
    """Return the simple fraction that a share is close to, for a headline.

    Args:
        percentage: The share, 0 to 100.

    Raises:
        FindingError: It is not finite.
    """
    _finite(percentage)
    return _decided(
        f"the simple fraction that is at most {CLOSE:g} points away",
        (*FRACTIONS, "no simple fraction"),
        *((abs(percentage - value) <= CLOSE, words) for words, value in FRACTIONS.items()),
    )


def rarity(percentage: float) -> Finding:
    """Return whether nobody, few or many do something.

    Args:
        percentage: Those who do, 0 to 100.

    Raises:
        FindingError: It is not finite.
    """
    _finite(percentage)
    return _decided(
        f"rare below {RARE:g} percent",
        ("none", "rare", "common"),
        (percentage <= 0, "none"),
        (percentage < RARE, "rare"),
    )


def how_many(count: int) -> Finding:
    """Return whether there is none, one or several.

    Args:
        count: How many there are, not negative.
    """
    return _decided(
        "how many there are",
        ("none", "one", "several"),
        (count == 0, "none"),
        (count == 1, "one"),
    )


def part(count: int, total: int) -> Finding:
    """Return whether something holds for none, for all or for some.

    Args:
        count: For how many it holds.
        total: How many there are, one or more.
    """
    return _decided(
        "for how many it holds",
        ("none", "all", "some"),
        (count == 0, "none"),
        (count == total, "all"),
    )


# --- Words that a model, a test or a ledger has decided


def one_of(word: str, words: Sequence[str], rule: str) -> Finding:
    """Return a word that was decided elsewhere, by a rule that is said here.

    Args:
        word: What was decided.
        words: All that it could have been, two or more.
        rule: How it was decided, in words.

    Raises:
        FindingError: It is none of the words.
    """
    if word not in words:
        raise FindingError(f"{word!r} is none of {', '.join(words)}; declare it with the others")
    return _decided(rule, tuple(words), *((word == each, each) for each in words))


def start(word: str) -> Finding:
    """Return whether a span begins at a low or a high (`rebalancing.data.views.windows`)."""
    words = ("low", "high", "neither")
    return one_of(word, words, "whether the first year has the lowest or highest value near it")


def breaks(first: float, second: float, significance: float) -> Finding:
    """Return whether two tests for breaks agree, by their p-values.

    Args:
        first: The p-value of one.
        second: The p-value of the other.
        significance: At or below it a test finds a break.

    Raises:
        FindingError: A p-value is not finite.
    """
    _finite(first, second)
    found = sum(p <= significance for p in (first, second))
    return _decided(
        f"how many of the two p-values are at most {significance:g}: both, neither or one",
        ("break", "none", "differ"),
        (found == 2, "break"),
        (found == 0, "none"),
    )


def unit_roots(reading: str) -> Finding:
    """Return what unit-root tests say together (`rebalancing.models.unitroot.integration`)."""
    return one_of(
        reading,
        ("unit root", "stationary", "neither null rejected", "both nulls rejected", "tests differ"),
        "whether ADF, DF-GLS and Phillips–Perron reject a unit root, and KPSS stationarity",
    )


def related(found: bool) -> Finding:
    """Return whether a bounds test finds a relation in the long run."""
    return whether(found, "whether F, and t where it has bounds, reject that there is none")


def growth_weights(method: str) -> Finding:
    """Return how contributions to growth are weighted (`decomposition.growth_contributions`)."""
    return one_of(
        method,
        ("additive", "annual overlap"),
        "by the shares of the year before where every part has a growth rate, else not at all",
    )


def skill(difference: float, p_value: float) -> Finding:
    """Return whether a forecaster beats another, loses to it, or neither can be said.

    Args:
        difference: Of mean losses, the forecaster's less the other's.
        p_value: Of the test that there is none.

    Raises:
        FindingError: Not finite.
    """
    _finite(difference, p_value)
    is_clear = p_value <= TEST
    return _decided(
        f"whether it lost less, and a test at {TEST:.0%} tells the two apart",
        ("better", "worse", "undecided"),
        (is_clear and difference < 0, "better"),
        (is_clear and difference > 0, "worse"),
    )


def score(gain: float) -> Finding:
    """Return whether a mean score is lower than that of another forecaster, higher or alike.

    It says nothing of chance, which `skill` does.

    Args:
        gain: By how much it is lower, in percent.

    Raises:
        FindingError: Not finite.
    """
    _finite(gain)
    return _decided(
        f"alike up to {SLIGHT:g} percent either way",
        ("lower", "higher", "alike"),
        (gain > SLIGHT, "lower"),
        (gain < -SLIGHT, "higher"),
    )


def tails(held: Sequence[float], promised: float) -> Finding:
    """Return whether wide intervals held fewer outcomes than they promise.

    Args:
        held: Outcomes inside, by horizon, 0 to 100.
        promised: What they promise, 0 to 100.

    Raises:
        FindingError: Not finite.
    """
    _finite(*held, promised)
    return _decided(
        f"short if all held fewer by more than {MISSED:g} points",
        ("short", "enough"),
        (all(each < promised - MISSED for each in held), "short"),
    )


def leader(name: str, names: Sequence[str], measure: str) -> Finding:
    """Return which of several comes first by a measure.

    Args:
        name: The one that does.
        names: All of them.
        measure: By what, in words: ``the lowest CRPS``.
    """
    return one_of(name, names, f"the one with {measure}")


def news_or_noise(verdict: str) -> Finding:
    """Return which regression of revisions is not rejected (`revisions.panel.rationality`)."""
    return one_of(
        verdict,
        ("news", "noise", "neither", "undecided"),
        "which slope of one is not rejected, none or both",
    )


def outcome(word: str, words: Sequence[str]) -> Finding:
    """Return what a number says of a claim under one reading.

    Args:
        word: What it says.
        words: All that it could.
    """
    return one_of(word, words, "by the rule of the ledger for one reading")


def borne_out(word: str, words: Sequence[str]) -> Finding:
    """Return what a claim is true of: what was said, another quantity, or nothing.

    Args:
        word: Which of them.
        words: All of them.
    """
    return one_of(word, words, "the first reading whose rule holds, what was said before others")


def verdict(word: str, words: Sequence[str]) -> Finding:
    """Return the verdict on a claim.

    Args:
        word: The verdict.
        words: All verdicts there are.
    """
    return one_of(word, words, "by the rule of the ledger for its reading")
