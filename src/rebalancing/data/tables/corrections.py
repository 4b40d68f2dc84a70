"""Corrections of published values: declared in one file, and refused once they are not needed.

data/raw holds what publishers published. The few values that cannot be right are corrected on the
way to data/processed, and only as declared in data/corrections.yml::

    corrections:
      - publisher: unsd-ama
        datasets: [current-usd]  # or patterns: constant-*-usd is every base year
        series: [EXP]
        economies: [CSK]
        periods: [1970, 1990]    # first and last; years, quarters or months as in the data
        value: null              # what to put in place; null removes the values
        reason: Why the published values cannot be right.
        date: 2026-01-15         # when this was declared
        guard:                   # shows that the mistake is still there: below, above or equals
          series: EXP            # a number, or missing: true
          period: 1974
          below: 0
        releases: ["2020"]       # only in these releases; in every release when left out

A guard of what is missing looks at a series of the same economies that is not corrected itself. The
guard is tried in every release that the correction covers, and cleaning stops when it does not
hold: then the publisher has changed the value, and ``releases`` must name the releases that still
have the mistake.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from rebalancing.data.releases.schema import PERIOD
from rebalancing.errors import InputError
from rebalancing.project import Project
from rebalancing.reading import first_problem, read_yaml

if TYPE_CHECKING:
    import pandas as pd

NAME = "data/corrections.yml"


def _as_text(value: object) -> object:
    """Accept a year that YAML has read as a number."""
    return str(value) if isinstance(value, int) else value


CorrectedPeriod = Annotated[str, BeforeValidator(_as_text), Field(pattern=f"^{PERIOD}$")]


class CorrectionError(InputError):
    """A correction that is badly declared or no longer needed."""


class Guard(BaseModel):
    """A condition that one published value meets while it is wrong."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    series: str
    period: CorrectedPeriod
    below: float | None = None
    above: float | None = None
    equals: float | None = None
    missing: Literal[True] | None = None

    @model_validator(mode="after")
    def _one_condition(self) -> Guard:
        if [self.below, self.above, self.equals, self.missing].count(None) != 3:
            raise ValueError("give the guard exactly one of below, above, equals and missing")
        return self

    def holds(self, value: float) -> bool:
        """Tell whether a published value is still the wrong one."""
        if self.below is not None:
            return value < self.below
        if self.above is not None:
            return value > self.above
        return value == self.equals


class Correction(BaseModel):
    """One declared correction; the module shows how it is written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    publisher: str
    datasets: list[str] = Field(min_length=1)
    series: list[str] = Field(min_length=1)
    economies: list[str] = Field(min_length=1)
    periods: tuple[CorrectedPeriod, CorrectedPeriod]
    value: float | None
    reason: str = Field(min_length=20)
    date: datetime.date
    guard: Guard
    releases: list[str] | None = None

    @property
    def title(self) -> str:
        """The correction in a few words, for messages."""
        return f"{self.publisher} {', '.join(self.series)} of {', '.join(self.economies)}"

    def concerns(self, dataset: str) -> bool:
        """Tell whether the correction is about a dataset."""
        return any(fnmatchcase(dataset, pattern) for pattern in self.datasets)

    def covers(self, frame: pd.DataFrame) -> pd.Series:
        """Return the rows that the correction is about, in the releases that it covers."""
        import pandas as pd

        about = frame[frame["economy"].isin(self.economies) & frame["series"].isin(self.series)]
        about = about[about["period"].astype("str").between(*self.periods)]
        if self.releases is not None:
            about = about[about["release"].isin(self.releases)]
        return pd.Series(frame.index.isin(about.index), frame.index)


class _Declared(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    corrections: list[Correction]


def file(project: Project) -> Path:
    """Return where corrections are declared."""
    return project.root / "data" / "corrections.yml"


def read_corrections(project: Project) -> list[Correction]:
    """Read the declared corrections.

    Raises:
        CorrectionError: The file is missing or an entry is malformed.
    """
    must_hold = f"{NAME} must hold a list named corrections"
    try:
        content = read_yaml(file(project), must_hold, CorrectionError)
        if not isinstance(content, dict) or not isinstance(content.get("corrections"), list):
            raise CorrectionError(must_hold)
        return _Declared.model_validate(content).corrections
    except FileNotFoundError:
        raise CorrectionError(
            "data/corrections.yml is missing; restore it with `git checkout data/corrections.yml`"
        ) from None
    except ValidationError as error:
        raise CorrectionError(
            f"{NAME}: {first_problem(error)}; "
            "src/rebalancing/data/tables/corrections.py shows an entry"
        ) from None


def apply(
    frame: pd.DataFrame, declared: Sequence[Correction], publisher: str, dataset: str
) -> pd.DataFrame:
    """Return a dataset with the declared corrections made.

    Args:
        frame: release, economy, series, period, value and other columns; not changed.
        declared: All corrections; those of other publishers and datasets are passed over.
        publisher: Whose data these are.
        dataset: Which of the publisher's datasets.

    Raises:
        CorrectionError: A guard does not hold in a release.
    """
    own = [each for each in declared if each.publisher == publisher and each.concerns(dataset)]
    if not own:
        return frame
    frame = frame.reset_index(drop=True)
    # Most rows are about other economies, and are not looked at again for each correction.
    about = frame["economy"].isin({code for each in own for code in each.economies})
    before = after = frame[about]
    for correction in own:
        after = _corrected(after, correction, dataset)
    if not after["value"].equals(before.loc[after.index, "value"]):
        values = frame["value"].copy()
        values[after.index] = after["value"]
        frame = frame.assign(value=values)
    removed = before.index.difference(after.index)
    return frame.drop(index=removed).reset_index(drop=True) if len(removed) else frame


def _corrected(frame: pd.DataFrame, correction: Correction, dataset: str) -> pd.DataFrame:
    covered = correction.covers(frame)
    if correction.guard.missing:
        _check_missing(frame[frame["release"].isin(frame[covered]["release"])], correction, dataset)
    else:
        _check_guard(frame[covered], correction, dataset)
    if correction.value is None:
        return frame[~covered]
    return frame.assign(value=frame["value"].mask(covered, correction.value))


def _check_guard(covered: pd.DataFrame, correction: Correction, dataset: str) -> None:
    """Raise CorrectionError unless every release still has the wrong value."""
    guard = correction.guard
    watched = covered[(covered["series"] == guard.series) & (covered["period"] == guard.period)]
    if watched.empty:
        raise CorrectionError(
            f"The correction of {correction.title} finds no {guard.series} of {guard.period} in "
            f"{dataset}; remove it from data/corrections.yml or name the right datasets"
        )
    for release, value in zip(watched["release"], watched["value"], strict=True):
        if not guard.holds(value):
            raise _not_needed(correction, dataset, release, value)


def _check_missing(frame: pd.DataFrame, correction: Correction, dataset: str) -> None:
    """Raise CorrectionError if a release has a value where it had none.

    A release without the values to be corrected has no mistake: a new base year may end with them.
    """
    guard = correction.guard
    own = frame[frame["economy"].isin(correction.economies) & (frame["series"] == guard.series)]
    found = own[own["period"] == guard.period]
    if not found.empty:
        release, value = found.iloc[0][["release", "value"]]
        raise _not_needed(correction, dataset, str(release), value)


def _not_needed(
    correction: Correction, dataset: str, release: str, value: float
) -> CorrectionError:
    guard = correction.guard
    return CorrectionError(
        f"{correction.publisher} {release} ({dataset}) has {value:g} for {guard.series} of "
        f"{guard.period}, not the mistake that data/corrections.yml corrects; list the "
        f"releases that have it under the correction of {correction.title}, or remove it"
    )
