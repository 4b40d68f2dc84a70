"""The data of the page on which readers look up any measure for any economy.

::

    explore/measures.json            the measures, their releases and years; the economies by name
    explore/index.js                 the same for the page
    explore/<measure>-<release>.js   the values of a measure in a release, loaded when needed
    explore/<measure>-<release>.csv  the same for download: a row per economy, a column per year

The values are in scripts, because a page opened as a file can load nothing else. The theme's
``explore.js`` reads them. They have one digit more than readers see.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from rebalancing.book.pages.explored import CATALOGUE, INDEX
from rebalancing.book.pages.measures import MEASURES, Measure, releases_of, rows_of, table_of
from rebalancing.data import releases as raw
from rebalancing.data.tables import read_processed
from rebalancing.files import write_atomic, write_json
from rebalancing.project import Project
from rebalancing.report.text import apostrophes

_HALFWAY = 1e-6


@dataclass(frozen=True)
class HeldMeasure:
    """A measure in one release.

    Attributes:
        measure: The measure.
        release: The publisher's release that it is taken from.
        series: Values by economy and year, rounded, and as JSON writes them shortest.
        projected: The first projected year of each economy that has projections.
    """

    measure: Measure
    release: raw.Release
    series: dict[str, dict[int, float]]
    projected: dict[str, int]

    @classmethod
    def of(cls, measure: Measure, release: raw.Release, table: pd.DataFrame) -> HeldMeasure:
        """Return a measure from what `measures.table_of` returns."""
        values: dict[str, dict[int, float]] = {}
        projected: dict[str, int] = {}
        columns = ("economy", "year", "value", "projected")
        rows = zip(*(table[column].tolist() for column in columns), strict=True)
        for code, year, value, is_projected in rows:
            values.setdefault(code, {})[year] = _plain(short(value, measure.digits))
            if is_projected:
                projected.setdefault(code, year)
        return cls(measure, release, values, projected)

    @property
    def name(self) -> str:
        """What its files are called."""
        return f"{self.measure.key}-{self.release.name}"

    @cached_property
    def years(self) -> range:
        """From the first year of any economy to the last."""
        years = {year for one in self.series.values() for year in one}
        return range(min(years), max(years) + 1)

    @property
    def about(self) -> dict[str, Any]:
        """What the page says of it.

        ``known`` is the last year for which most economies have a value that is no projection.
        """
        count = Counter(
            year
            for code, one in self.series.items()
            for year in one
            if year < self.projected.get(code, year + 1)
        )
        most = max(count.values())
        return {
            "release": self.release.name,
            "date": self.release.date,
            "source": apostrophes(self.release.source),
            "licence": self.release.licence,
            "first": self.years[0],
            "last": self.years[-1],
            "known": max(year for year, economies in count.items() if economies * 2 > most),
            "projected": bool(self.projected),
        }


def write_explored(project: Project, edition: Mapping[str, Any], folder: Path) -> None:
    """Write the data of all measures that the project has into ``folder``.

    Args:
        project: Where the processed tables are.
        edition: What heads results.json; releases after those that it names are left out.
        folder: Where to write; it is made if need be.
    """
    found = list(_held(project, edition["releases"]))
    listed = _listed(project)
    shown: dict[str, dict[str, Any]] = {}
    for held in found:
        m = held.measure
        about = {"key": m.key, "title": m.title, "unit": m.unit, "digits": m.digits}
        shown.setdefault(m.key, {**about, "definition": m.definition, "releases": []})[
            "releases"
        ].append(held.about)
        write_atomic(folder / f"{held.name}.js", script(held), durable=False)
        write_atomic(folder / f"{held.name}.csv", as_csv(held, listed), durable=False)
    parameters = edition["parameters"]
    used = {code for held in found for code in held.series}
    catalogue = {
        "edition": edition["name"],
        "economy": parameters["economy"],
        "peers": list(parameters["peers"]),
        "measures": list(shown.values()),
        "economies": {c: entry for c, entry in listed.items() if c in used},
    }
    write_json(folder / CATALOGUE, catalogue, durable=False)
    line = json.dumps(catalogue, ensure_ascii=False)
    said = f"window.reportExplore = {{...{line}, data: {{}}}};\n"
    write_atomic(folder / INDEX, said, durable=False)


def short(value: float, digits: int) -> float:
    """Return a value with one digit more than is shown; more where it would be rounded otherwise.

    45.548 is not kept as 45.55, which would be shown as 45.6.
    """
    kept = round(value, digits + 1)
    is_halfway = abs(kept * 10**digits % 1 - 0.5) < _HALFWAY
    return round(value, digits + 5) if is_halfway else kept


def script(held: HeldMeasure) -> str:
    """Return the values of a measure as a script that registers them.

    Each economy has its first year and its values from then on, with null where one is missing;
    those with projections also have their first projected year.
    """
    values = {
        code: [min(one), [one.get(year) for year in range(min(one), max(one) + 1)]]
        for code, one in held.series.items()
    }
    content = {"values": values, "projected": held.projected}
    line = json.dumps(content, separators=(",", ":"))
    return f"window.reportExplore.data[{json.dumps(held.name)}] = {line};\n"


def as_csv(held: HeldMeasure, listed: Mapping[str, tuple[str, str]]) -> str:
    """Return the values of a measure with names and units, a row per economy."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    head = ["economy", "code", "measure", "unit", "source", "projected from"]
    writer.writerow([*head, *held.years])
    for code, one in held.series.items():
        about = [listed[code][0], code, held.measure.title, held.measure.unit, held.release.source]
        writer.writerow([*about, held.projected.get(code), *map(one.get, held.years)])
    return stream.getvalue()


def _held(project: Project, chosen: Mapping[str, Mapping[str, str]]) -> Iterator[HeldMeasure]:
    """Yield each measure in the releases that it is shown for, the newest first."""
    shown = [
        measure
        for measure in MEASURES
        if measure.publisher in chosen
        and (project.processed / f"{measure.table}.parquet").is_file()
    ]
    tables = {name: _read(project, name, shown) for name in {m.table for m in shown}}
    for measure in shown:
        rows = tables[measure.table]
        for column, values in rows_of(measure).items():
            rows = rows[rows[column].isin(values)]
        newest = chosen[measure.publisher]["release"]
        for name in releases_of(measure, rows, newest):
            table = table_of(measure, rows, name)
            if len(table):
                yield HeldMeasure.of(measure, raw.resolve(project, measure.publisher, name), table)


def _read(project: Project, name: str, measures: Sequence[Measure]) -> pd.DataFrame:
    """Read once what some measures need of a table."""
    asked = [rows_of(measure) for measure in measures if measure.table == name]
    columns = set.intersection(*(set(rows) for rows in asked))
    only = {c: {value for rows in asked for value in rows[c]} for c in sorted(columns)}
    return read_processed(project, name, only)


def _listed(project: Project) -> dict[str, tuple[str, str]]:
    """Return name and kind of each economy by code, in the order of the names."""
    table = read_processed(project, "economies").sort_values("name")
    rows = zip(table["economy"], table["name"], table["kind"], strict=True)
    return {code: (apostrophes(name), kind) for code, name, kind in rows}


def _plain(value: float) -> float:
    """Return a value as JSON writes it shortest: 40 and not 40.0, and no minus before zero."""
    return int(value) if value == int(value) else value
