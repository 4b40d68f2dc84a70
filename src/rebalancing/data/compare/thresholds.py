"""The thresholds by which new releases are judged; data/thresholds.yml says why each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from rebalancing.errors import InputError
from rebalancing.project import Project
from rebalancing.reading import first_problem, read_yaml

NAME = "data/thresholds.yml"
Severity = Literal["none", "small", "notable", "severe"]


class ThresholdsError(InputError):
    """data/thresholds.yml is missing or malformed."""


class Band(BaseModel):
    """The values from which a reading is notable, and severe."""

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
    own: tuple[str, ...] = Field(min_length=1)
    own_gdp: Band
    own_breaks: Band
    watched_units: Band
    watched_factor: Band
    watched_even: Band
    watched_flipped: Band
    watched_jump: Band
    watched_spike: Band
    watched_slipped: Band
    watched_elsewhere: Band
    series_factor: Band
    series_flipped: Band
    series_elsewhere: Band
    base_years: Band
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


def file(project: Project) -> Path:
    """Return where the thresholds are."""
    return project.root / "data" / "thresholds.yml"


def read_thresholds(project: Project) -> Thresholds:
    """Read the thresholds.

    Raises:
        ThresholdsError: The file is missing or malformed.
    """
    try:
        content = read_yaml(file(project), f"{NAME} is not YAML that can be used", ThresholdsError)
        return Thresholds.model_validate(content)
    except FileNotFoundError:
        raise ThresholdsError(
            "data/thresholds.yml is missing; restore it with `git checkout data/thresholds.yml`"
        ) from None
    except ValidationError as error:
        raise ThresholdsError(f"{NAME}: {first_problem(error)}; correct it there") from None
