"""What the report has written and reads again, checked for its form.

A file that was cut, emptied or edited into something else is one error that names it and says how
to get it back. `read_stored` returns what is in the file, with all its keys; a form lists the keys
that are used, and their types. A form of something that has a class elsewhere bears its name after
``Stored``: `StoredClaim` is that of a `rebalancing.claims.ledger.Claim`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, Field, TypeAdapter, model_validator

from rebalancing.errors import DamagedFileError, RebalancingError

EDITIONS = "editions"
Number = Annotated[float, Field(allow_inf_nan=False)]
StoredDay = Annotated[str, Field(pattern=r"^(latest|\d{4}-\d\d-\d\d)$")]
T = TypeVar("T")


class NoResultsError(RebalancingError):
    """An edition whose notebooks have not run."""


class StoredParameters(BaseModel):
    """The values of a study."""

    economy: str = ""
    peers: list[str] = []
    first_year: int = 0
    last_year: int | Literal["latest"] = "latest"
    releases: dict[str, str] = {}
    as_of: StoredDay = "latest"


class StoredRelease(BaseModel):
    """The release of a publisher that an edition rests on."""

    release: str
    date: str
    sha256: str


class Name(BaseModel):
    """The name of an edition."""

    name: str


class Named(BaseModel):
    """The part of results.json that names the edition."""

    edition: Name


class Edition(BaseModel):
    """The head of an edition's results."""

    name: str
    parameters: StoredParameters
    releases: dict[str, StoredRelease]
    without: list[str] = []


class StoredValue(BaseModel):
    """The fields of a recorded number that are needed to split its change into parts."""

    key: str
    value: Number | int | str | None
    chapter: str


class StoredResult(StoredValue):
    """The fields of a recorded number that are needed to compare editions."""

    unit: str
    period: str
    definition: str
    text: str


class StoredValues(BaseModel):
    """The part of results.json that is needed to split changes into parts."""

    edition: Edition
    results: list[StoredValue]


class StoredResults(BaseModel):
    """The part of results.json that is needed to compare editions."""

    edition: Edition
    left_out: dict[str, str] = {}
    results: list[StoredResult]


class StoredCode(BaseModel):
    """The code that an edition was made by."""

    version: str
    committed: str | None = None


class OwnParameters(StoredParameters):
    """The values of a study, with the economy that it is about."""

    economy: str


class OwnEdition(Edition):
    """The head of an edition's results, with everything about the edition itself."""

    parameters: OwnParameters
    code: StoredCode


class Whole(StoredResults):
    """results.json, built or kept."""

    edition: OwnEdition


class Part(BaseModel):
    """results/<chapter>.json."""

    chapter: str
    left_out: dict[str, str]
    results: list[StoredResult]


class StoredClaim(BaseModel):
    """A claim in claims.json."""

    claim: str
    verdict: str


class Front(BaseModel):
    """sentences.json."""

    sentences: list[str]
    front: list[str]


class Digest(BaseModel):
    """The part of changes.json that says which results the changes led to."""

    digest: str


class Pair(BaseModel):
    """A sentence before and now."""

    before: str
    after: str


class ChangedVerdict(Pair):
    """A claim whose verdict has changed."""

    claim: str


class OtherFinding(Pair):
    """A finding whose word has changed."""

    definition: str


class OtherSections(BaseModel):
    """The sections that an edition lost and gained, in words."""

    lost: list[str]
    gained: list[str]


class StoredMove(BaseModel):
    """A result that has changed."""

    key: str
    definition: str
    before: Number | int | str | None
    after: Number | int | str | None
    text_before: str
    text_after: str
    period_before: str
    period_after: str
    size: Number
    measure: Literal["points", "per cent", "difference", "words"]
    parts: dict[str, Number] | None


class StoredSection(BaseModel):
    """A table of what a release changed."""

    heading: str
    columns: list[str]
    rows: list[list[Any]]


class Head(BaseModel):
    """The head of the results before or after a change."""

    releases: dict[str, Any]


class Replaced(BaseModel):
    """What a new release changed."""

    publisher: str
    old: str
    new: str
    source: str
    newest_before: str | None
    newest_now: str | None
    severity: Literal["none", "small", "notable", "severe"]
    reasons: list[str]
    sections: list[StoredSection]


class Changes(BaseModel):
    """changes.json."""

    edition: str
    digest: str
    before: Head | None
    after: Head
    data: list[Replaced]
    moved: list[StoredMove]
    front: list[str]
    unseen: int
    same: int
    new: list[str]
    gone: list[str]
    sentences: list[Pair]
    verdicts: list[ChangedVerdict]
    findings: list[OtherFinding]
    sections: OtherSections


class Forecast(BaseModel):
    """The forecasts of one forecaster from one release."""

    economy: str
    measure: str
    forecaster: str
    release: Annotated[str, Field(pattern=r"^\S+ \S+$")]
    released: str
    last_year: int
    last_value: Number
    levels: list[Number]
    quantiles: dict[Annotated[str, Field(pattern=r"^\d{4}$")], list[Number]]

    @model_validator(mode="after")
    def _has_a_value_for_each_level(self) -> Self:
        if any(len(values) != len(self.levels) for values in self.quantiles.values()):
            raise ValueError("a quantile is missing")
        return self


class Forecasts(BaseModel):
    """forecasts/<chapter>.json."""

    forecasts: list[Forecast]


class StoredJudgement(BaseModel):
    """The judgement on a release."""

    reasons: list[str]


class Refreshed(BaseModel):
    """The result of refreshing one publisher."""

    publisher: str
    state: Literal["new", "current", "stopped", "failed"]
    text: str
    release: str | None = None
    trouble: Literal["stopped", "another form", "out of reach", "an error"] | None
    judgement: StoredJudgement | None
    comparison: str | None = None


class Refresh(BaseModel):
    """build/refresh.json."""

    of_all: bool
    outcomes: list[Refreshed]


class Link(BaseModel):
    """A link that is not fine."""

    address: str
    reason: str
    pages: list[str]


class Links(BaseModel):
    """build/links.json."""

    checked: int
    broken: list[Link]
    unclear: list[Link]


class StoredAttempt(BaseModel):
    """build/attempt.json."""

    target: str
    said: str


class PackageVersion(BaseModel):
    """The version of a package, beside the newest."""

    locked: str
    newest: str
    released: str | None
    held_by: str | None = None
    reason: str | None = None


class Versions(BaseModel):
    """requirements.json."""

    asked: dict[str, PackageVersion]
    others: dict[str, PackageVersion]


def read_stored(path: Path, form: Any, remedy: str | None = None) -> Any:
    """Return the content of a JSON file.

    Args:
        path: The file.
        form: The class of this module, or a type made of them, that it must fit.
        remedy: What to do when it does not; where it was kept or built says so if not given.

    Raises:
        DamagedFileError: It is not JSON, or of another form.
        OSError: It does not exist or may not be read.
    """

    def fitting(text: str) -> Any:
        _adapter(form).validate_json(text, strict=True)
        return json.loads(text)

    return checked(path, fitting, remedy)


def is_there(path: Path) -> bool:
    """Return whether a file exists.

    Raises:
        DamagedFileError: A folder is in its place.
    """
    if path.is_dir():
        raise DamagedFileError(f"{path} is a folder; move it elsewhere, then {_remedy(path)}")
    return path.is_file()


def read_results(folder: Path, form: type[BaseModel] = Whole) -> dict[str, Any]:
    """Return results.json of an edition.

    Args:
        folder: Of an edition that was built or kept.
        form: What is needed of it.

    Raises:
        NoResultsError: The notebooks have not run.
        DamagedFileError: It cannot be read.
    """
    path = folder / "results.json"
    if not is_there(path):
        raise NoResultsError(f"no results.json in {folder}; run the notebooks first (make report)")
    content: dict[str, Any] = read_stored(path, form)
    return content


def text(path: Path, remedy: str | None = None) -> str:
    """Return a text file; errors as for `read_stored`."""
    return checked(path, str, remedy)


def checked(path: Path, fitting: Callable[[str], T], remedy: str | None = None) -> T:
    """Return what a function makes of a text file; its ValueError says that the file is damaged.

    Raises:
        DamagedFileError: It is.
        OSError: It does not exist or may not be read.
    """
    try:
        return fitting(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError, IsADirectoryError):
        raise DamagedFileError(f"{path} is damaged; {remedy or _remedy(path)}") from None


def _remedy(path: Path) -> str:
    """Return how a file of an edition comes back, by where it is."""
    below = path.parts[::-1].index(EDITIONS) if EDITIONS in path.parts else 0
    if below:
        name = Path(*path.parts[-below - 1 :]).as_posix()
        return f"restore it with: git checkout HEAD -- {name} (or remove it, then: make keep)"
    return "make it anew with: make report"


@cache
def _adapter(form: Any) -> TypeAdapter[Any]:
    return TypeAdapter(form)
