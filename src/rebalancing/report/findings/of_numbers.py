"""Findings from numbers, each by a rule that names its words and its thresholds."""

from __future__ import annotations

from collections.abc import Sequence

from rebalancing.report.findings.finding import Finding, decided, finite
from rebalancing.report.text import FRACTIONS

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
CLOSE = 1.5  # points: from a simple fraction, to be called by its name
SLIGHT = 10.0  # percent: mean scores that differ by less are about the same
WIDER = 0.95  # probability of a second interval, to see whether an answer hangs on the first


def direction(lower: float, upper: float) -> Finding:
    """Return whether something is rising, falling, or neither can be said, from an interval.

    Args:
        lower: Lower bound of the interval of a slope or change.
        upper: Its upper bound.

    Raises:
        FindingError: A bound is not finite.
    """
    finite(lower, upper)
    return decided(
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
    finite(value)
    return decided(
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
    finite(percentile)
    return decided(
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
    finite(above_minimum, below_maximum)
    return decided(
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
    finite(latest, maximum)
    return decided(
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
    finite(value)
    return decided(
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
    finite(past, needed)
    return decided(
        "whether there was a gap above zero, and whether it was as large as the one needed",
        ("none", "slower", "as fast"),
        (past <= 0, "none"),
        (past < needed, "slower"),
    )


def either(holds: bool, rule: str, *, words: tuple[str, str]) -> Finding:
    """Return one of two words, by whether something holds.

    Args:
        holds: What was asked.
        rule: What was asked, in words.
        words: What it is if that holds, and if it does not.

    Raises:
        FindingError: The words are yes and no.
    """
    return decided(rule, words, (holds, words[0]))


def both(first: bool, second: bool, words: tuple[str, str, str, str]) -> Finding:
    """Return which of two things hold.

    Args:
        first: Whether the first holds.
        second: Whether the second holds.
        words: For both, the first alone, the second alone, and neither.
    """
    at = {(True, True): 0, (True, False): 1, (False, True): 2, (False, False): 3}[first, second]
    return decided("which of the two there are", words, (True, words[at]))


def agreement(share_positive: float) -> Finding:
    """Return whether nearly all estimates of a change have one sign.

    Args:
        share_positive: Those above zero, 0 to 100.

    Raises:
        FindingError: Not finite.
    """
    finite(share_positive)
    return decided(
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
    finite(percentage)
    return decided(
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
    finite(percentage)
    return decided(
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
    return decided(
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
    return decided(
        "for how many it holds",
        ("none", "all", "some"),
        (count == 0, "none"),
        (count == total, "all"),
    )


def breaks(first: float, second: float, significance: float) -> Finding:
    """Return whether two tests for breaks agree, by their p-values.

    Args:
        first: The p-value of one.
        second: The p-value of the other.
        significance: At or below it a test finds a break.

    Raises:
        FindingError: A p-value is not finite.
    """
    finite(first, second)
    found = sum(p <= significance for p in (first, second))
    return decided(
        f"how many of the two p-values are at most {significance:g}: both, neither or one",
        ("break", "none", "differ"),
        (found == 2, "break"),
        (found == 0, "none"),
    )


def skill(difference: float, p_value: float) -> Finding:
    """Return whether a forecaster beats another, loses to it, or neither can be said.

    Args:
        difference: Of mean losses, the forecaster's less the other's.
        p_value: Of the test that there is none.

    Raises:
        FindingError: Not finite.
    """
    finite(difference, p_value)
    is_clear = p_value <= TEST
    return decided(
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
    finite(gain)
    return decided(
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
    finite(*held, promised)
    return decided(
        f"short if all held fewer by more than {MISSED:g} points",
        ("short", "enough"),
        (all(each < promised - MISSED for each in held), "short"),
    )
