"""The ledger of claims: a verdict on each claim as it was said, and what it is true of.

A claim is tested under *readings*: definitions that give it a number, each with one of the rules.
A reading is *said* if a fair reader takes the words to mean it, *other* if it is another quantity,
which the words do not name but may have been meant, and *beside* if it is shown and decides
nothing. Only what was said decides the verdict:

1. "judgement": the claim is on what should be, and no figures decide it;
2. "true": every reading of what was said has figures, and all of them bear it out;
3. "false": none of the figures of what was said bears it out;
4. "open": those figures disagree, or there are too few of them.

What a claim is *true of* is the first reading that bears it out, said or other. So a claim that
fails as it was said does not become true by another definition, which is named beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

import pandas as pd

from rebalancing.claims.rules import ROUNDING, ClaimError, Outcome, Rule
from rebalancing.files import write_json
from rebalancing.report import text

Role = Literal["said", "other", "beside"]
Verdict = Literal["true", "false", "open", "judgement"]
VERDICTS: tuple[str, ...] = get_args(Verdict)
OUTCOMES: tuple[str, ...] = get_args(Outcome)
BORNE_OUT = ("said", "other", "nothing")
"""What a claim may be true of: a reading of what was said, another quantity, or nothing."""
NO_WIDTH = 1e-9
MARKS: dict[str, str] = {
    "holds": "✓",
    "too close": "≈",
    "fails": "✗",
    "undecided": "·",
    "no figures": "∅",
}
"""A sign for what each reading says, so they differ without colour."""
ROLES: dict[str, str] = {"said": "as said", "other": "another quantity", "beside": "for comparison"}
"""What the role of a reading is called where it is shown."""


@dataclass(frozen=True)
class ClaimReading:
    """A definition under which a claim has a number, or would have one.

    Attributes:
        definition: What is measured.
        value: The number; None where no release holds official figures.
        unit: A unit of `rebalancing.report.text`.
        period: The year or span of the number, or of what is missing.
        release: The data release; what is missing where there is no number.
        rule: When the number supports the claim.
        role: Whether the words mean it, another quantity is meant, or it is only shown.
        margin: Half the width of the interval around the number, for revisions or rounding.
        lower: The interval's lower end, where it is not symmetric.
        upper: The interval's upper end, where it is not symmetric.
        name: What a text looks it up by, where one does: ``claims.<claim>.tried.<name>``.
    """

    definition: str
    value: float | None
    unit: str
    period: str
    release: str
    rule: Rule
    role: Role = "said"
    margin: float = 0.0
    lower: float | None = None
    upper: float | None = None
    name: str = ""

    def named(self, name: str) -> ClaimReading:
        """Return the same reading with a name that a text may look it up by."""
        return replace(self, name=name)

    @property
    def interval(self) -> tuple[float, float] | None:
        """The interval around the number; None where there is no number."""
        if self.value is None:
            return None
        low = self.value - self.margin if self.lower is None else self.lower
        return low, self.value + self.margin if self.upper is None else self.upper

    @property
    def outcome(self) -> Outcome:
        """What the rule makes of the number."""
        if self.value is None or self.interval is None:
            return "no figures"
        return self.rule.check(self.value, *self.interval)

    @property
    def is_firm(self) -> bool:
        """Whether the rule makes the same of both ends of the interval."""
        ends = self.interval or ()
        return all(self.rule.check(end, end, end) == self.outcome for end in ends)

    @property
    def tolerance(self) -> float | None:
        """How far off a number may be: the rule's tolerance, else the margin of the number."""
        return self.rule.tolerance if self.rule.tolerance is not None else self.margin or None

    def to_json(self) -> dict[str, Any]:
        """Return what claims.json says of it."""
        lower, upper = self.interval or (None, None)
        return {
            "definition": self.definition,
            "outcome": self.outcome,
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
        readings: The definitions tried, those that the words mean first.
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
        """The verdict on the claim as it was said."""
        if self.is_judgement:
            return "judgement"
        outcomes = {reading.outcome for reading in self._said}
        if outcomes == {"holds"}:
            return "true"
        return "false" if outcomes - {"no figures"} == {"fails"} else "open"

    @property
    def true_of(self) -> ClaimReading | None:
        """The first reading that bears the claim out; None if there is none, or it is a judgement.

        Of a true claim it is what was said.
        """
        if self.is_judgement:
            return None
        others = [reading for reading in self.readings if reading.role == "other"]
        holding = (r for r in [*self._said, *others] if r.outcome == "holds")
        return next(holding, None)

    @property
    def borne_out(self) -> str:
        """The kind of what the claim is true of, one of `BORNE_OUT`."""
        return BORNE_OUT[-1] if self.true_of is None else self.true_of.role

    @property
    def reading(self) -> ClaimReading:
        """The reading whose number is the claim's: the first of what was said that has figures."""
        return next((r for r in self._said if r.value is not None), self.readings[0])

    @property
    def _said(self) -> list[ClaimReading]:
        return [reading for reading in self.readings if reading.role == "said"]

    def to_json(self) -> dict[str, Any]:
        """Return what claims.json says of it."""
        own = self.reading.to_json()
        taken = ("value", "unit", "period", "lower", "upper", "tolerance", "definition", "rule")
        return {
            "claim": self.words,
            "said_by": self.said_by,
            "verdict": self.verdict,
            "true_of": None if self.true_of is None else self.true_of.definition,
            **{name: own[name] for name in taken},
            "tried": [reading.to_json() for reading in self.readings],
            "evidence": [_address(place) for place in self.evidence],
        }


def write_ledger(path: Path, claims: Sequence[Claim]) -> Path:
    """Write the ledger, ``claims.json``: the claims by their ids, none where they are left out.

    ::

        {"share-china": {"verdict": "true", "true_of": ..., "value": 39.93, ..., "tried": [...],
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
    if not has_width(reading):
        return "–"
    return text.between(*(reading.interval or (0.0, 0.0)), reading.unit)


def has_width(reading: ClaimReading) -> bool:
    """Return whether there is an interval around a number."""
    lower, upper = reading.interval or (0.0, 0.0)
    return upper - lower >= NO_WIDTH


def tried_table(claim: Claim) -> pd.DataFrame:
    """Return the readings of a claim in words, one in a row, by what each measures."""
    rows = {
        reading.definition: {
            "Number": as_text(reading),
            "Year": reading.period,
            "Interval": interval_text(reading),
            "Holds if": reading.rule.words,
            "What it is": ROLES[reading.role],
            "Outcome": f"{MARKS[reading.outcome]} {reading.outcome}",
        }
        for reading in claim.readings
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Definition")


def margin(reading: ClaimReading) -> str:
    """Return the rule's tolerance or, for a bound, the interval of revisions or of the estimate."""
    tolerance = reading.rule.tolerance
    if tolerance is None or (tolerance <= ROUNDING and has_width(reading)):
        return interval_text(reading)
    return (
        "–"
        if reading.value is None
        else f"± {text.number(tolerance, 1 if tolerance >= 0.1 else 2)}"
    )


def _address(place: str) -> dict[str, str]:
    page, _, anchor = place.partition("#")
    return {"page": f"{page}.html", "anchor": anchor}
