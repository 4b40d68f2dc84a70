"""The ledger of claims: each with the definitions tried, and the verdict that follows from them.

A claim is tested under *readings*: definitions that give it a number, each with one of the rules.
A reading is *literal* if it is what the words say, *fair* if it is what a reader could take them
to mean, and *beside* if it is shown and decides nothing, such as a bound. The verdict:

1. a claim on what should be, or what somebody argued, is a "judgement";
2. all literal readings support it: "holds";
3. they do, if one within its rounding, or a fair one does: "holds as defined", as the ledger names;
4. else, one reading with data does not: "does not hold";
5. else "no official data".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from rebalancing.claims.rules import ROUNDING, ClaimError, Rule, Verdict
from rebalancing.files import write_json
from rebalancing.report import text

Role = Literal["literal", "fair", "beside"]
NO_WIDTH = 1e-9
MARKS: dict[str, str] = {
    "holds": "✓",
    "holds as defined": "◐",
    "does not hold": "✗",
    "judgement": "◇",
    "no official data": "∅",
}
"""A sign for each verdict, so that they differ without colour."""
_SUPPORTING = ("holds", "holds as defined")


@dataclass(frozen=True)
class ClaimReading:
    """A definition under which a claim has a number, or would have one.

    Attributes:
        definition: What is measured.
        value: The number; None where no official figures are at hand.
        unit: A unit of `rebalancing.report.text`.
        period: The year or span of the number, or of what is missing.
        release: The data release; what is missing where there is no number.
        rule: When the number supports the claim.
        role: Whether it is what the words say, what they could mean, or only shown.
        margin: Half the width of the interval around the number, for revisions or rounding.
        lower: The interval's lower end, where it is not symmetric.
        upper: The interval's upper end, where it is not symmetric.
    """

    definition: str
    value: float | None
    unit: str
    period: str
    release: str
    rule: Rule
    role: Role = "fair"
    margin: float = 0.0
    lower: float | None = None
    upper: float | None = None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The interval around the number; None where there is no number."""
        if self.value is None:
            return None
        low = self.value - self.margin if self.lower is None else self.lower
        return low, self.value + self.margin if self.upper is None else self.upper

    @property
    def verdict(self) -> Verdict:
        """What the rule makes of the number."""
        if self.value is None or self.interval is None:
            return "no official data"
        return self.rule.check(self.value, *self.interval)

    @property
    def tolerance(self) -> float | None:
        """How far off a number may be: the rule's tolerance, else the margin of the number."""
        return self.rule.tolerance if self.rule.tolerance is not None else self.margin or None

    def to_json(self) -> dict[str, Any]:
        """Return what claims.json says of it."""
        lower, upper = self.interval or (None, None)
        return {
            "definition": self.definition,
            "verdict": self.verdict,
            "value": self.value,
            "unit": self.unit,
            "period": self.period,
            "lower": lower,
            "upper": upper,
            "tolerance": self.tolerance,
            "rule": self.rule.words,
            "role": self.role,
            "release": self.release,
        }


@dataclass(frozen=True)
class Claim:
    """A claim with the readings under which it is tested.

    Attributes:
        id: Lower-case words joined by hyphens; its section's anchor is ``claim-<id>``.
        words: The claim, in our words.
        said_by: Who says so.
        readings: The definitions tried, the most literal first.
        evidence: Where the book shows it: ``02_consumption#fig-share-history``.
        is_judgement: Whether no figures could decide it.
    """

    id: str
    words: str
    said_by: str
    readings: tuple[ClaimReading, ...]
    evidence: tuple[str, ...]
    is_judgement: bool = False

    @property
    def key(self) -> str:
        """What its recorded results begin with: ``claims.share_china``."""
        return f"claims.{self.id.replace('-', '_')}"

    @property
    def verdict(self) -> Verdict:
        """The verdict that follows from the readings."""
        if self.is_judgement:
            return "judgement"
        if self._literal and all(r.verdict == "holds" for r in self._literal):
            return "holds"
        if self._supporting:
            return "holds as defined"
        failing = any(reading.verdict == "does not hold" for reading in self._deciding)
        return "does not hold" if failing else "no official data"

    @property
    def reading(self) -> ClaimReading:
        """The reading that the verdict rests on; its number is the claim's."""
        if self.verdict == "holds as defined":
            return self._supporting[0]
        if self.verdict == "does not hold":
            return next(r for r in self._deciding if r.verdict == "does not hold")
        known = [reading for reading in self._deciding if reading.value is not None]
        return known[0] if known and self.verdict != "no official data" else self.readings[0]

    @property
    def _deciding(self) -> list[ClaimReading]:
        return [reading for reading in self.readings if reading.role != "beside"]

    @property
    def _literal(self) -> list[ClaimReading]:
        return [reading for reading in self.readings if reading.role == "literal"]

    @property
    def _supporting(self) -> list[ClaimReading]:
        """The readings under which the claim holds as defined.

        Literal readings count together: each is a part of the claim.
        """
        if self._literal and all(r.verdict in _SUPPORTING for r in self._literal):
            return [r for r in self._literal if r.verdict == "holds as defined"]
        fair = (reading for reading in self._deciding if reading.role == "fair")
        return [reading for reading in fair if reading.verdict in _SUPPORTING]

    def to_json(self) -> dict[str, Any]:
        """Return what claims.json says of it."""
        own = self.reading.to_json()
        taken = ("value", "unit", "period", "lower", "upper", "tolerance", "definition", "rule")
        return {
            "claim": self.words,
            "said_by": self.said_by,
            "verdict": self.verdict,
            **{name: own[name] for name in taken},
            "tried": [reading.to_json() for reading in self.readings],
            "evidence": [_address(place) for place in self.evidence],
        }


def write_ledger(path: Path, claims: Sequence[Claim]) -> Path:
    """Write the ledger, ``claims.json``: the claims by their ids, none where they are left out.

    ::

        {"share-china": {"verdict": "holds", "value": 39.93, ..., "tried": [...],
                         "evidence": [{"page": "02_consumption.html", "anchor": "fig-a"}]}}

    Raises:
        ClaimError: Two claims with one id, or one without readings.
    """
    for claim in claims:
        if not claim.readings:
            raise ClaimError(f"{claim.id} has no readings; give it one, without a value if need be")
    ids = [claim.id for claim in claims]
    if len(set(ids)) < len(ids):
        raise ClaimError(f"two claims have one id: {', '.join(sorted(ids))}")
    return write_json(path, {claim.id: claim.to_json() for claim in claims})


def as_text(reading: ClaimReading) -> str:
    """Return a reading's number as prose shows it; a dash where there is none."""
    return "–" if reading.value is None else text.form(reading.value, reading.unit)


def interval_text(reading: ClaimReading) -> str:
    """Return the interval around a number; a dash where it has none."""
    lower, upper = reading.interval or (0.0, 0.0)
    if upper - lower < NO_WIDTH:
        return "–"
    return f"{text.bare(lower, reading.unit)} to {text.form(upper, reading.unit)}"


def tried_table(claim: Claim) -> pd.DataFrame:
    """Return the readings of a claim in words, one in a row, by what each measures."""
    rows = {
        reading.definition: {
            "Number": as_text(reading),
            "Year": reading.period,
            "Interval": interval_text(reading),
            "Holds if": reading.rule.words,
            "Verdict": f"{MARKS[reading.verdict]} {reading.verdict}",
        }
        for reading in claim.readings
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Definition")


def margin(reading: ClaimReading) -> str:
    """Return the rule's tolerance or, for a bound, the interval of revisions or of the estimate."""
    tolerance, interval = reading.rule.tolerance, interval_text(reading)
    if tolerance is None or (tolerance <= ROUNDING and interval != "–"):
        return interval
    return (
        "–"
        if reading.value is None
        else f"± {text.number(tolerance, 1 if tolerance >= 0.1 else 2)}"
    )


def _address(place: str) -> dict[str, str]:
    page, _, anchor = place.partition("#")
    return {"page": f"{page}.html", "anchor": anchor}
