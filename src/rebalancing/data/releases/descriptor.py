"""The descriptor of a release: a Frictionless Data Package, datapackage.json.

Beyond what the standard (version 1) asks for, a package says when it was public and on what grounds
(``released``), how to cite it, that a person transcribed it or research estimated it (``origin``),
why it leaves some series to earlier releases (``partial``), where the answers that it was read from
are kept (``originals``), and what to beware of (``notes``); a resource has its rows, its economies,
and for each series the plain meaning, the unit and the period that it covers.
`read_descriptor` is the one way in: whoever uses a key of a descriptor can rely on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from rebalancing import files
from rebalancing.data.releases import days, schema
from rebalancing.data.releases.sources import Dated, Licence, Publisher
from rebalancing.errors import DataError
from rebalancing.reading import first_problem, read_json

if TYPE_CHECKING:
    import pandas as pd

FILE = "datapackage.json"
VARYING_UNIT = "differs between economies; see the column unit"


class DescriptorError(DataError):
    """A descriptor that is missing or malformed.

    Attributes:
        why: What is wrong with it, without its name and what to do.
    """

    def __init__(self, said: str, why: str = "") -> None:
        super().__init__(said)
        self.why = why or said


Text = Annotated[str, Field(min_length=1)]
Day = Annotated[str, AfterValidator(days.existing)]
Period = Annotated[str, Field(pattern=f"^{schema.PERIOD}$")]


class _Part(BaseModel):
    """A part of a descriptor; it may say more than is asked for here."""

    model_config = ConfigDict(extra="allow", strict=True)


class _Titled(_Part):
    title: Text


class _Licence(_Titled):
    note: str | None = None


class _Released(_Part):
    date: Day
    basis: Text
    label: Text | None = None


class _Origin(_Part):
    kind: Literal["transcribed", "estimate"]
    foot: Text


class _Series(_Titled):
    code: Text
    unit: Text
    first: Period
    last: Period


class _Resource(_Titled):
    name: Text
    path: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*\.parquet$")
    bytes: int = Field(ge=0)
    hash: str = Field(pattern=r"^sha256:[0-9a-f]{64}$")
    rows: int = Field(ge=0)
    economies: list[Text] = Field(min_length=1)
    series: list[_Series] = Field(min_length=1)


class _Originals(_Part):
    name: Text
    path: Text | None = None
    bytes: int = Field(ge=0)
    hash: str = Field(pattern=r"^sha256:[0-9a-f]{64}$")


class _Package(_Titled):
    released: _Released
    homepage: Text
    contributors: list[_Titled] = Field(min_length=1)
    licenses: list[_Licence] = Field(min_length=1)
    citation: Text
    origin: _Origin | None = None
    partial: Text | None = None
    originals: _Originals | None = None
    notes: list[Text]
    resources: list[_Resource] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once(self) -> _Package:
        for what in ("name", "path"):
            named = [getattr(resource, what) for resource in self.resources]
            if len(set(named)) < len(named):
                raise ValueError(f"two resources have the same {what}")
        return self


def read_descriptor(path: Path) -> dict[str, Any]:
    """Return the content of a datapackage.json, which nobody may change.

    Raises:
        DescriptorError: It is missing, damaged, or lacks what a descriptor must have.
    """
    remedy = f"restore it with git checkout HEAD -- {quote(str(path))}"
    try:
        status = path.stat()
        return _read(path, status.st_size, status.st_ino, status.st_mtime_ns, status.st_ctime_ns)
    except ValidationError as error:
        why = f"{path.name}: {first_problem(error)}"
    except DescriptorError as error:
        why = str(error)
    except OSError as error:
        why = error.strerror or "it cannot be read"
    raise DescriptorError(f"{path} is missing or damaged ({why}); {remedy}", why)


@lru_cache(maxsize=1024)
def _read(path: Path, *_: int) -> dict[str, Any]:
    """Return a valid descriptor, read once as long as size and times stay the same."""
    content: dict[str, Any] = read_json(path, path.name, DescriptorError)
    _Package.model_validate(content)
    return content


def package(publisher: Publisher, dated: Dated, resources: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the descriptor of a release.

    Args:
        publisher: Whose figures they are.
        dated: The release's name, date and what the date rests on.
        resources: One per dataset, as `resource` returns them.
    """
    sources = [{"title": f"{publisher.name}: {publisher.title}", "path": publisher.address}]
    label = dated.label or dated.name
    released = {"date": dated.date, "basis": dated.basis}
    origin = publisher.origin and {"kind": publisher.origin.kind, "foot": publisher.origin.foot}
    return {
        "profile": "data-package",
        "name": f"{publisher.id}-{dated.name}".lower(),
        "title": f"{publisher.title}, {dated.name}",
        "version": dated.name,
        "released": released | ({"label": dated.label} if dated.label else {}),
        "homepage": publisher.address,
        "contributors": [{"title": publisher.name, "path": publisher.address, "role": "publisher"}],
        "licenses": [_licence(publisher.licence)],
        "citation": publisher.citation.format(release=label, date=dated.date),
        **({"origin": origin} if origin else {}),
        "sources": [*sources, *({"title": f"through {way}"} for way in publisher.through)],
        "notes": list(publisher.notes),
        "resources": resources,
    }


def resource(
    path: Path, name: str, title: str, frame: pd.DataFrame, titles: Mapping[str, str]
) -> dict[str, Any]:
    """Return the description of one dataset.

    Args:
        path: The Parquet file, already written.
        name: The dataset's name.
        title: What the dataset is.
        frame: Its rows, as `schema.conform` returns them.
        titles: The meaning of each series in it.
    """
    return {
        "profile": "data-resource",
        "name": name,
        "title": title,
        "path": path.name,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{files.sha256(path)}",
        "rows": len(frame),
        "schema": {
            "fields": [
                {
                    "name": column,
                    "type": "number" if column == "value" else "string",
                    "description": schema.DESCRIPTIONS[column],
                    "constraints": {"required": column != "partner"},
                }
                for column in schema.COLUMNS
            ],
        },
        "economies": sorted(frame["economy"].unique()),
        "partners": sorted(frame["partner"].dropna().unique()),
        "series": _series(frame, titles),
    }


def _licence(licence: Licence) -> dict[str, str]:
    entries = {
        "name": licence.name,
        "title": licence.title,
        "path": licence.path,
        "note": licence.note,
    }
    return {key: value for key, value in entries.items() if value is not None}


def _series(frame: pd.DataFrame, titles: Mapping[str, str]) -> list[dict[str, str]]:
    """Return code, title, unit, first and last period of each series."""
    summary = frame.groupby("series").agg(
        unit=("unit", "first"),
        units=("unit", "nunique"),
        first=("period", "min"),
        last=("period", "max"),
    )
    return [
        {
            "code": str(row.Index),
            "title": titles[str(row.Index)],
            "unit": str(row.unit) if row.units == 1 else VARYING_UNIT,
            "first": str(row.first),
            "last": str(row.last),
        }
        for row in summary.itertuples()
    ]
