"""The releases of one dataset, cell by cell: rows are series of an economy, columns are periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from rebalancing.data.releases import Release, schema

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]

ROW = ["economy", "partner", "series"]
NONE = ""  # the partner of a series that has none


@dataclass(frozen=True, eq=False, repr=False)
class Aligned:
    """One dataset in several releases, oldest first; the last one is the new release.

    Attributes:
        dataset: Its name.
        names: The releases that have it.
        rows: economy, partner (empty where there is none) and series of each row.
        periods: The periods, in order.
        values: Releases by rows by periods; missing where a release lacks a value.
        units: Releases by rows: the unit in words, empty where a release lacks the row.
    """

    dataset: str
    names: tuple[str, ...]
    rows: pd.DataFrame
    periods: tuple[str, ...]
    values: FloatArray
    units: npt.NDArray[np.str_]

    @cached_property
    def has(self) -> BoolArray:
        """Releases by rows: whether a release has the row."""
        return np.asarray(~np.isnan(self.values).all(axis=2), dtype=np.bool_)

    @cached_property
    def before(self) -> IntArray:
        """Releases by rows: the newest earlier release that has the row, -1 where none has.

        Publishers may release some series at a time, so that what a release replaces can come
        from several earlier ones; within one series of an economy nothing is joined.
        """
        number = np.where(self.has, np.arange(len(self.names))[:, None], -1)
        newest = np.maximum.accumulate(number, axis=0)
        return np.vstack([np.full((1, len(self.rows)), -1), newest[:-1]])

    def side(self, number: int) -> FloatArray:
        """Return rows by periods of one release."""
        picked: FloatArray = self.values[number]
        return picked

    def of(self, release: IntArray) -> FloatArray:
        """Return rows by periods, each row from its release; all missing where that is -1."""
        picked: FloatArray = self.values[release, np.arange(len(self.rows))]
        return np.where((release < 0)[:, None], np.nan, picked)

    def unit_of(self, release: IntArray) -> npt.NDArray[np.str_]:
        """Return the unit of each row in its release."""
        picked: npt.NDArray[np.str_] = np.where(
            release < 0, "", self.units[release, np.arange(len(self.rows))]
        )
        return picked

    @property
    def old(self) -> FloatArray:
        """What the new release replaces."""
        return self.of(self.before[-1])

    @property
    def new(self) -> FloatArray:
        """The new release."""
        return self.side(-1)

    @property
    def old_unit(self) -> npt.NDArray[np.str_]:
        """The unit of what the new release replaces."""
        return self.unit_of(self.before[-1])

    @property
    def new_unit(self) -> npt.NDArray[np.str_]:
        """The unit in the new release."""
        return np.asarray(self.units[-1], dtype=np.str_)

    @cached_property
    def comparable(self) -> BoolArray:
        """Rows that both sides have in the same unit."""
        both = (self.before[-1] >= 0) & self.has[-1]
        return np.asarray(both & (self.old_unit == self.new_unit), dtype=np.bool_)

    @cached_property
    def held(self) -> BoolArray:
        """Rows that the new release is expected to have.

        The new release has their series, and they were in the newest earlier release with that
        series; so an economy that was dropped earlier does not count as lost again.
        """
        source = self.before[-1]
        series = self.rows["series"].to_numpy()
        newest = pd.Series(source).groupby(series).transform("max").to_numpy()
        offered = pd.Series(self.has[-1]).groupby(series).transform("any").to_numpy()
        return np.asarray((source >= 0) & (source == newest) & offered, dtype=np.bool_)

    @cached_property
    def year_before(self) -> IntArray:
        """The column of the same period a year before, -1 where there is none."""
        place = {period: number for number, period in enumerate(self.periods)}
        earlier = (f"{int(period[:4]) - 1}{period[4:]}" for period in self.periods)
        return np.array([place.get(period, -1) for period in earlier], dtype=np.int64)

    def yearly(self, levels: FloatArray) -> FloatArray:
        """Return the change on the same period a year before."""
        lagged = np.where(self.year_before < 0, np.nan, levels[:, self.year_before])
        return levels - lagged

    def find(self, series: str) -> IntArray:
        """Return for each row the row of another series of its economy, -1 where there is none."""
        own = self.rows[(self.rows["series"] == series) & (self.rows["partner"] == NONE)]
        place = pd.Series(own.index.to_numpy(), own["economy"])
        return self.rows["economy"].map(place).fillna(-1).to_numpy(dtype=np.int64)


def align(dataset: str, releases: Sequence[Release], series: Sequence[str]) -> Aligned:
    """Return the rows of some series in releases that have the dataset, oldest first.

    Raises:
        SchemaError: A file is missing or damaged.
    """
    tables = [
        schema.read_arrow(release.file(dataset), series=sorted(series)) for release in releases
    ]
    layer = np.repeat(np.arange(len(tables)), [table.num_rows for table in tables])
    whole = pa.concat_tables(tables)
    codes, labels = zip(*(_encode(whole, name) for name in [*ROW, "period", "unit"]), strict=True)
    frame = pd.DataFrame(dict(zip(ROW, codes[:3], strict=True)))
    grouped = frame.groupby(ROW, sort=True)
    row = grouped.ngroup().to_numpy()
    keys = grouped.size().index.to_frame(index=False)
    rows = pd.DataFrame(
        {name: labels[number][keys[name].to_numpy()] for number, name in enumerate(ROW)},
        dtype="object",
    )
    values = np.full((len(tables), len(rows), len(labels[3])), np.nan)
    values[layer, row, codes[3]] = whole["value"].to_numpy()
    units = np.full((len(tables), len(rows)), "", dtype=labels[4].dtype)
    units[layer, row] = labels[4][codes[4]]
    names = tuple(release.name for release in releases)
    return Aligned(dataset, names, rows, tuple(map(str, labels[3])), values, units)


def _encode(table: pa.Table, column: str) -> tuple[IntArray, npt.NDArray[np.str_]]:
    """Return a text column as numbers of its labels, which are in order."""
    encoded = table[column].fill_null(NONE).combine_chunks().dictionary_encode()
    labels = np.array(encoded.dictionary.to_pylist(), dtype=np.str_)
    order = np.argsort(labels)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank[encoded.indices.to_numpy()], labels[order]
