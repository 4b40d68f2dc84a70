"""What the processed tables hold: for anyone who looks for a series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import pandas as pd
import pyarrow.parquet as pq

from rebalancing.data.tables.columns import COLUMNS, NAMES, TableName
from rebalancing.data.tables.store import path, read_processed
from rebalancing.project import Project

_NAMING = ("series", "item", "partner")  # columns that name a series in a long table
_TIMES = ("year", "month", "period")
_NO_SERIES = {"release", "currency", "economy", "unit", "flag", "first_forecast_year"}


@dataclass(frozen=True)
class TableSummary:
    """A processed table.

    Attributes:
        name: What `Chapter.read` calls it.
        rows: How many it has; none where it has not been made yet.
        columns: Their names.
    """

    name: str
    rows: int | None
    columns: tuple[str, ...]


@dataclass(frozen=True)
class SeriesSummary:
    """A series of a processed table.

    Attributes:
        series: Its code, or the name of its column.
        first: The first year, quarter or month with a figure.
        last: The last.
        economies: For how many economies there are figures.
        figures: How many figures there are, over all releases.
    """

    series: str
    first: str
    last: str
    economies: int
    figures: int


def listed(project: Project) -> list[TableSummary]:
    """Return the processed tables, in alphabetical order."""
    found = []
    for name in sorted(NAMES):
        file = path(project, name)
        rows = pq.read_metadata(file).num_rows if file.is_file() else None
        found.append(TableSummary(name, rows, tuple(COLUMNS[name])))
    return found


def naming(name: TableName) -> str:
    """Return which column names the series of a table; nothing where each has its own column."""
    return next((column for column in _NAMING if column in COLUMNS[name]), "")


def series_of(project: Project, name: str) -> list[SeriesSummary]:
    """Return the series of a processed table; none for a table that holds no figures by time.

    Raises:
        DataError: There is no such table, or it has not been made yet.
    """
    table = read_processed(project, name)
    time = next((column for column in _TIMES if column in table), None)
    if time is None or "economy" not in table:
        return []
    if by := naming(cast("TableName", name)):
        return [_summary(str(code), rows, time) for code, rows in table.groupby(by)]
    wide = [column for column in table.columns if column not in {*_NO_SERIES, time}]
    return [_summary(column, table.dropna(subset=column), time) for column in wide]


def _summary(series: str, rows: pd.DataFrame, time: str) -> SeriesSummary:
    def shown(at: object) -> str:
        return f"{at:%Y-%m}" if isinstance(at, pd.Timestamp) else str(at)

    first, last = (shown(rows[time].min()), shown(rows[time].max())) if len(rows) else ("–", "–")
    return SeriesSummary(series, first, last, rows["economy"].nunique(), len(rows))
