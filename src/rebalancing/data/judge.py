"""Judge what a new release changes, by the thresholds of data/thresholds.yml.

What is measured of a comparison is in `READINGS`; each reading is *notable* or *severe* from the
thresholds of the same name on. A severe release is not taken in without a stated reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from rebalancing.data import _breaks, compare_text
from rebalancing.data.compare import REMOVED, Comparison
from rebalancing.errors import DataError
from rebalancing.project import Project

# Of fewer revisions no share is taken.
FEWEST = 20

Severity = Literal["none", "small", "notable", "severe"]


class ThresholdsError(DataError):
    """data/thresholds.yml is missing or not as it must be."""


class Band(BaseModel):
    """From where on a reading is notable, and from where on it is severe."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    notable: float = Field(gt=0)
    severe: float = Field(gt=0)

    @model_validator(mode="after")
    def _in_order(self) -> Band:
        if self.severe < self.notable:
            raise ValueError("severe must not be below notable")
        return self


class Thresholds(BaseModel):
    """The stated thresholds; the file says why each is what it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    watched: tuple[str, ...] = Field(min_length=1)
    watched_points: Band
    unusual_revision: float = Field(gt=0)
    watched_unusual: Band
    large_revision: float = Field(gt=0)
    economies_with_large_revision: Band
    values_revised: Band
    series_removed: Band
    economies_removed: Band
    series_shortened: Band
    units_changed: Band
    watched_breaks: Band
    watched_residual: Band
    large_residual: float = Field(gt=0)
    economies_with_large_residual: Band
    watched_outside: Band
    values_outside: Band
    publishers: Mapping[str, Mapping[str, Any]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _overrides_are_thresholds(self) -> Thresholds:
        for publisher in self.publishers:
            self.of(publisher)
        return self

    def of(self, publisher: str) -> Thresholds:
        """Return the thresholds that hold for a publisher."""
        own = self.publishers.get(publisher)
        if not own:
            return self
        return Thresholds.model_validate(self.model_dump() | {"publishers": {}} | dict(own))


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
        """Whether the release must not be taken in without a reason."""
        return self.severity == "severe"

    def to_dict(self) -> dict[str, Any]:
        """Return the judgement for JSON, without the text."""
        return {
            "severity": self.severity,
            "stops": self.stops,
            "reasons": list(self.reasons),
            "readings": dict(self.readings),
        }


def file(project: Project) -> Path:
    """Return where the thresholds are."""
    return project.root / "data" / "thresholds.yml"


def load(project: Project) -> Thresholds:
    """Read the thresholds.

    Raises:
        ThresholdsError: The file is missing or not as it must be.
    """
    try:
        content = yaml.safe_load(file(project).read_text(encoding="utf-8"))
        return Thresholds.model_validate(content)
    except FileNotFoundError:
        raise ThresholdsError(
            "data/thresholds.yml is missing; restore it with `git checkout data/thresholds.yml`"
        ) from None
    except ValidationError as error:
        problem = error.errors()[0]
        field = ".".join(map(str, problem["loc"])) or "publishers"
        raise ThresholdsError(
            f"data/thresholds.yml, {field}: {problem['msg']}; correct it there"
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        why = " ".join(str(error).split())
        raise ThresholdsError(f"data/thresholds.yml is not YAML ({why}); correct it") from None


def judge(comparison: Comparison, thresholds: Thresholds) -> Judgement:
    """Judge a comparison.

    Args:
        comparison: As from `compare.compare`.
        thresholds: As from `load`.
    """
    own = thresholds.of(comparison.publisher)
    readings = {name: measure(comparison, own) for name, measure in READINGS.items()}
    severe: list[str] = []
    notable: list[str] = []
    for name, reading in readings.items():
        band: Band = getattr(own, name)
        if reading >= band.notable:
            said = f"{_SAID[name].format(reading=_number(reading), own=own)}"
            is_severe = reading >= band.severe
            limit = band.severe if is_severe else band.notable
            (severe if is_severe else notable).append(
                f"{said} ({'severe' if is_severe else 'notable'} from {_number(limit)})"
            )
    severity: Severity = "none" if comparison.identical else "small"
    severity = "severe" if severe else "notable" if notable else severity
    reasons = (*severe, *notable)
    text = compare_text.text(comparison, severity, reasons, own.watched)
    return Judgement(severity, reasons, readings, text)


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _watched(table: pd.DataFrame, own: Thresholds) -> pd.DataFrame:
    return table[table["economy"].isin(own.watched)]


def _most(sizes: pd.Series) -> float:
    found = sizes.abs().dropna()
    return float(found.max()) if len(found) else 0.0


def _per_cent(part: float, whole: float) -> float:
    return float(100 * part / whole) if whole else 0.0


def _watched_points(comparison: Comparison, own: Thresholds) -> float:
    return _most(_watched(comparison.revised, own)["points"])


def _watched_unusual(comparison: Comparison, own: Thresholds) -> float:
    sds = _watched(comparison.revised, own)["sds"].abs().dropna()
    return _per_cent((sds >= own.unusual_revision).sum(), len(sds)) if len(sds) >= FEWEST else 0.0


def _economies_with_large_revision(comparison: Comparison, own: Thresholds) -> float:
    revised = comparison.revised
    large = revised[revised["points"].abs() >= own.large_revision]
    return _worst_share(comparison, large, "economies")


def _values_revised(comparison: Comparison, own: Thresholds) -> float:
    counts = comparison.counts
    return _per_cent(counts["revised"].sum(), counts[["revised", "same"]].sum().sum())


def _series_removed(comparison: Comparison, own: Thresholds) -> float:
    changes = comparison.changes
    return float(((changes["what"] == "series") & (changes["change"] == REMOVED)).sum())


def _economies_removed(comparison: Comparison, own: Thresholds) -> float:
    changes = comparison.changes
    removed = changes[(changes["what"] == "economies") & (changes["change"] == REMOVED)]
    gone = removed.groupby("dataset")["code"].nunique()
    return max(
        (_per_cent(gone.get(row.dataset, 0), row.economies) for row in _rows(comparison)),
        default=0.0,
    )


def _series_shortened(comparison: Comparison, own: Thresholds) -> float:
    coverage = comparison.coverage
    return _worst_share(comparison, coverage[coverage["kind"] != _breaks.GAPS], "series")


def _units_changed(comparison: Comparison, own: Thresholds) -> float:
    return _worst_share(comparison, comparison.units, "series")


def _watched_breaks(comparison: Comparison, own: Thresholds) -> float:
    coverage = comparison.coverage
    shorter = _watched(coverage[coverage["kind"] != _breaks.GAPS], own)
    return float(len(shorter) + len(_watched(comparison.units, own)))


def _watched_residual(comparison: Comparison, own: Thresholds) -> float:
    return _most(_watched(comparison.residuals, own)["change"])


def _economies_with_large_residual(comparison: Comparison, own: Thresholds) -> float:
    residuals = comparison.residuals
    large = residuals[residuals["change"].abs() >= own.large_residual]
    return _worst_share(comparison, large, "economies")


def _watched_outside(comparison: Comparison, own: Thresholds) -> float:
    return _most(_watched(comparison.outside, own)["excess"])


def _values_outside(comparison: Comparison, own: Thresholds) -> float:
    outside = comparison.outside.drop_duplicates([*_breaks.ROW, "period"])
    counts = comparison.counts
    return _per_cent(len(outside), counts[["revised", "added"]].sum().sum())


def _rows(comparison: Comparison) -> list[Any]:
    return list(comparison.counts.itertuples())


def _worst_share(comparison: Comparison, concerned: pd.DataFrame, of: str) -> float:
    """Return how many economies or series of economies are concerned, in the worst dataset."""
    columns = ["economy"] if of == "economies" else _breaks.ROW
    number = concerned.drop_duplicates(["dataset", *columns]).groupby("dataset").size()
    shares = [_per_cent(number.get(row.dataset, 0), getattr(row, of)) for row in _rows(comparison)]
    return max(shares, default=0.0)


READINGS: dict[str, Callable[[Comparison, Thresholds], float]] = {
    "watched_breaks": _watched_breaks,
    "units_changed": _units_changed,
    "series_removed": _series_removed,
    "economies_removed": _economies_removed,
    "series_shortened": _series_shortened,
    "watched_points": _watched_points,
    "watched_unusual": _watched_unusual,
    "watched_residual": _watched_residual,
    "watched_outside": _watched_outside,
    "economies_with_large_revision": _economies_with_large_revision,
    "economies_with_large_residual": _economies_with_large_residual,
    "values_revised": _values_revised,
    "values_outside": _values_outside,
}
_SAID = {
    "watched_breaks": "{reading} series of watched economies vanished, became shorter or have "
    "another unit",
    "units_changed": "{reading}% of the series have another unit",
    "series_removed": "{reading} series gone",
    "economies_removed": "{reading}% of the economies are gone",
    "series_shortened": "{reading}% of the series vanished for an economy or lost their latest "
    "period",
    "watched_points": "a revision of {reading} points of GDP for a watched economy",
    "watched_unusual": "{reading}% of the revisions of watched economies are of at least "
    "{own.unusual_revision:g} robust standard deviations of past revisions",
    "watched_residual": "an accounting residual that changed by {reading}% of the total for a "
    "watched economy",
    "watched_outside": "a value of a watched economy {reading} widths outside the range of all "
    "that its series has done",
    "economies_with_large_revision": "{reading}% of the economies have a revision of at least "
    "{own.large_revision:g} points of GDP",
    "economies_with_large_residual": "{reading}% of the economies have a residual that changed by "
    "at least {own.large_residual:g}% of the total",
    "values_revised": "{reading}% of the values were revised",
    "values_outside": "{reading}% of the new and revised values are outside the range of all that "
    "their series have done",
}
