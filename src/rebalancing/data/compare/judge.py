"""Judge what a new release changes, by the thresholds of data/thresholds.yml.

`_readings` measures a comparison. A reading is *notable* or *severe* from the threshold of the same
name on. A severe release is accepted only with a stated reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rebalancing.data.compare import text as compare_text
from rebalancing.data.compare._readings import READINGS, ThresholdReading
from rebalancing.data.compare.comparison import Comparison
from rebalancing.data.compare.thresholds import (
    Band,
    Severity,
    Thresholds,
    ThresholdsError,
    file,
    read_thresholds,
)

__all__ = [
    "Band",
    "Judgement",
    "Severity",
    "Thresholds",
    "ThresholdsError",
    "file",
    "judge",
    "read_thresholds",
]


@dataclass(frozen=True)
class Judgement:
    """How severe a release is and why.

    Attributes:
        severity: "none" (nothing changed), "small" (no threshold was reached), "notable", "severe".
        reasons: What reached a threshold, the severe first, in words.
        readings: Every measure that was taken, by its name in data/thresholds.yml.
        text: The judgement and the comparison for a person.
    """

    severity: Severity
    reasons: tuple[str, ...]
    readings: Mapping[str, float]
    text: str

    @property
    def stops(self) -> bool:
        """Whether the release needs a stated reason to be accepted."""
        return self.severity == "severe"

    def to_dict(self) -> dict[str, Any]:
        """Return the judgement for JSON, without the text."""
        return {
            "severity": self.severity,
            "stops": self.stops,
            "reasons": list(self.reasons),
            "readings": dict(self.readings),
        }


def judge(comparison: Comparison, thresholds: Thresholds) -> Judgement:
    """Judge a comparison.

    Args:
        comparison: As from `compare.compare_releases`.
        thresholds: As from `read_thresholds`.
    """
    own = thresholds.of(comparison.publisher)
    readings = {name: measure(comparison, own) for name, measure in READINGS.items()}
    reasons: dict[str, list[str]] = {"severe": [], "notable": []}
    for name, reading in readings.items():
        band: Band = getattr(own, name)
        if reading.value >= band.severe:
            reasons["severe"].append(_reason(reading, own, "severe", band.severe))
        elif reading.value >= band.notable:
            reasons["notable"].append(_reason(reading, own, "notable", band.notable))
    severity: Severity = "none" if comparison.identical else "small"
    severity = "severe" if reasons["severe"] else "notable" if reasons["notable"] else severity
    said = (*reasons["severe"], *reasons["notable"])
    text = compare_text.text(comparison, severity, said, own.watched)
    values = {name: reading.value for name, reading in readings.items()}
    return Judgement(severity, said, values, text)


def _reason(reading: ThresholdReading, own: Thresholds, severity: Severity, limit: float) -> str:
    """Say what reached a threshold: ``2 series gone: GDP, HFCE (severe from 1)``."""
    said = reading.said.format(value=_number(reading.value), own=own)
    where = f": {reading.where}" if reading.where else ""
    return f"{said}{where} ({severity} from {_number(limit)})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
