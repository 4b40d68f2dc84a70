"""The stated rules for when a number supports a claim.

===============  ================================================================================
``Below(40)``    "less than 40": the published figure is below by more than its rounding, 0.05 where
                 figures are given to one decimal. Of an estimate, the whole interval is below.
``Above(0)``     "rising", "more than": the mirror image.
``About(70)``    "about", "close to": within half the step of the round number that was said, 2.5
                 for a multiple of five and 0.5 for any other whole number. Anybody who meant a
                 number further away would have said the next round number.
``Nearly(30)``   "nearly": the same below the number, and no more above it than rounds to it.
===============  ================================================================================

A figure within its rounding of a bound is too close to call. How far figures have been revised is
shown beside every verdict, which a revision may change, but a claim is judged by what is published.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

from rebalancing.errors import RebalancingError
from rebalancing.report import text

Outcome = Literal["holds", "too close", "fails", "undecided", "no figures"]
"""What a number says of a claim under one reading."""


ROUNDING = 0.05  # half a unit of the one decimal that prose gives
ROUND = 5  # its multiples are round numbers


class ClaimError(RebalancingError):
    """A claim that cannot be put into the ledger."""


class Rule(Protocol):
    """When a number supports a claim."""

    @property
    def words(self) -> str:
        """The rule, as the ledger shows it."""

    @property
    def tolerance(self) -> float | None:
        """How far a number may be from the one claimed; None where only its interval counts."""

    def check(self, value: float, lower: float, upper: float) -> Outcome:
        """Return what the number, with the ends of its interval, says of the claim."""


@dataclass(frozen=True)
class _Bound:
    """Beyond a bound: a figure by more than its rounding, or an estimate's whole interval."""

    bound: float
    is_estimate: bool = False
    side: ClassVar[int]
    word: ClassVar[str]

    @property
    def tolerance(self) -> float | None:
        """The rounding of published figures."""
        return None if self.is_estimate else ROUNDING

    @property
    def words(self) -> str:
        """The rule, as the ledger shows it."""
        whole = ", the whole interval" if self.is_estimate else ""
        return f"{self.word} {_plain(self.bound)}{whole}"

    def check(self, value: float, lower: float, upper: float) -> Outcome:
        """Return how far a number is beyond the bound."""
        if self.is_estimate:
            nearest = lower if self.side > 0 else upper
            return "holds" if self._is_beyond(nearest) else "fails"
        if self._is_beyond(value - self.side * ROUNDING):
            return "holds"
        return "too close" if self._is_beyond(value) else "fails"

    def _is_beyond(self, value: float) -> bool:
        return self.side * value > self.side * self.bound


@dataclass(frozen=True)
class Below(_Bound):
    """Less than a bound."""

    side = -1
    word = "below"


@dataclass(frozen=True)
class Above(_Bound):
    """More than a bound."""

    side = 1
    word = "above"


@dataclass(frozen=True)
class About:
    """Near a round number, on either side."""

    target: float

    @property
    def tolerance(self) -> float:
        """Half the step of the round number."""
        return half_step(self.target)

    @property
    def words(self) -> str:
        """The rule, as the ledger shows it."""
        return f"within {_plain(self.tolerance)} of {_plain(self.target)}"

    def check(self, value: float, lower: float, upper: float) -> Outcome:
        """Return whether a number is near."""
        return "holds" if abs(value - self.target) <= self.tolerance else "fails"


@dataclass(frozen=True)
class Nearly:
    """Near a round number from below."""

    target: float

    @property
    def tolerance(self) -> float:
        """Half the step of the round number."""
        return half_step(self.target)

    @property
    def words(self) -> str:
        """The rule, as the ledger shows it."""
        low, high = self.target - self.tolerance, self.target + half_step(1)
        return f"from {_plain(low)} to below {_plain(high)}"

    def check(self, value: float, lower: float, upper: float) -> Outcome:
        """Return whether a number is near, from below."""
        inside = self.target - self.tolerance <= value < self.target + half_step(1)
        return "holds" if inside else "fails"


@dataclass(frozen=True)
class Undecided:
    """A number that is shown and cannot decide the claim, and why."""

    words: str
    tolerance: None = None

    def check(self, value: float, lower: float, upper: float) -> Outcome:
        """Return that nothing follows, whatever the number."""
        return "undecided"


def half_step(target: float) -> float:
    """Return half the step of a round number: 2.5 for a multiple of five, else 0.5.

    Raises:
        ClaimError: Not a whole number, whose precision would be unknown.
    """
    if target != int(target):
        raise ClaimError(f"{target:g} is not a whole number; state how far from it a number may be")
    return ROUND / 2 if target % ROUND == 0 else 0.5


def _plain(value: float) -> str:
    return text.number(value, 0 if value == int(value) else 1)
