"""The descriptor of a release: a Frictionless Data Package, datapackage.json.

Beyond what the standard (version 1) asks for, a package says when it was public and on what
grounds (``released``), how to cite it, and what to beware of (``notes``); a resource has its rows,
its economies, and for each series the plain meaning, the unit and the period that it covers.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rebalancing import files
from rebalancing.data import schema
from rebalancing.data.sources import Dated, Licence, Publisher

if TYPE_CHECKING:
    import pandas as pd

FILE = "datapackage.json"
VARYING_UNIT = "differs between economies; see the column unit"


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
