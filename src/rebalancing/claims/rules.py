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

A figure within its rounding of a bound holds as published only. How far figures have been revised
is shown beside every verdict, which a revision may change, but a claim is judged by what is
published.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol, get_args

from rebalancing.errors import RebalancingError
from rebalancing.report import text

Verdict = Literal["holds", "holds as defined", "does not hold", "judgement", "no official data"]
VERDICTS: tuple[str, ...] = get_args(Verdict)


ROUNDING = 0.05  # half a unit of the one decimal that prose gives


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

    def check(self, value: float, lower: float, upper: float) -> Verdict:
        """Return "holds", "holds as defined" (as published only) or "does not hold"."""


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

    def check(self, value: float, lower: float, upper: float) -> Verdict:
        """Return how far a number is beyond the bound."""
        if self.is_estimate:
            nearest = lower if self.side > 0 else upper
            return "holds" if self._is_beyond(nearest) else "does not hold"
        if self._is_beyond(value - self.side * ROUNDING):
            return "holds"
        return "holds as defined" if self._is_beyond(value) else "does not hold"

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

    def check(self, value: float, lower: float, upper: float) -> Verdict:
        """Return whether a number is near."""
        return "holds" if abs(value - self.target) <= self.tolerance else "does not hold"


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

    def check(self, value: float, lower: float, upper: float) -> Verdict:
        """Return whether a number is near, from below."""
        inside = self.target - self.tolerance <= value < self.target + half_step(1)
        return "holds" if inside else "does not hold"


@dataclass(frozen=True)
class Undecided:
    """A number that is shown and cannot decide the claim, and why."""

    words: str
    gives: Verdict
    tolerance: None = None

    def check(self, value: float, lower: float, upper: float) -> Verdict:
        """Return what stands for a verdict, whatever the number."""
        return self.gives


def half_step(target: float) -> float:
    """Return half the step of a round number: 2.5 for a multiple of five, else 0.5.

    Raises:
        ClaimError: Not a whole number, whose precision would be unknown.
    """
    if target != int(target):
        raise ClaimError(f"{target:g} is not a whole number; state how far from it a number may be")
    return 2.5 if target % 5 == 0 else 0.5


def _plain(value: float) -> str:
    return text.number(value, 0 if value == int(value) else 1)
