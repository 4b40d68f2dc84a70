"""The folder of compiled official figures that the importer reads.

Parquet files by family and release, one row per observation, and beside them the lists that
explain them::

    catalog.csv, catalog-*.csv    path, ..., sha256 of every file
    series-annual.csv             family, series, name, unit
    io/sector-codes.csv           table, code, description

A file is read only when its bytes are those that a catalogue lists. Figures that the publisher
gives as text beside the values (flags) are CSV files with economy, series, period, flag.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd
import pyarrow as pa

from rebalancing.errors import DataError

CATALOGUE = "catalog.csv"
MORE_CATALOGUES = "catalog-*.csv"
NAMES = "series-annual.csv"


class CompiledFolderError(DataError):
    """The importer cannot read the folder to import."""


@dataclass(frozen=True)
class CompiledFolder:
    """Compiled figures on disk."""

    root: Path

    def match(self, pattern: str) -> dict[str, list[str]]:
        """Return the paths that match a pattern, by what ``{release}`` stands for in them.

        Args:
            pattern: A path in which ``{release}`` and ``*`` stand for any part of a name. Without
                ``{release}`` everything belongs to the release "".

        Raises:
            CompiledFolderError: Nothing matches.
        """
        parts = (
            {"{release}": "(?P<release>[^/]+)", "*": "[^/]+"}.get(part, re.escape(part))
            for part in re.split(r"(\{release\}|\*)", pattern)
        )
        expression = re.compile("".join(parts))
        found: dict[str, list[str]] = {}
        for path in sorted(self._digests):
            if matched := expression.fullmatch(path):
                found.setdefault(matched.groupdict().get("release", ""), []).append(path)
        if not found:
            raise CompiledFolderError(f"the catalogues of {self.root} list no {pattern}")
        return found

    def figures(self, path: str, prefixes: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the rows of one file, of the series whose code starts with one of the prefixes.

        Raises:
            CompiledFolderError: The file is missing, altered or not in the expected form.
        """
        last = "flag" if path.endswith(".csv") else "value"
        frame = self._table(path, ["economy", "series", "period", last])
        if prefixes is None:
            return frame
        return frame[frame["series"].str.startswith(tuple(prefixes))]

    @cached_property
    def names(self) -> dict[tuple[str, str], tuple[str, str]]:
        """Name and newest unit of each series, by family and code."""
        rows = self._table(NAMES, ["family", "series", "name", "unit"])
        keys = zip(rows["family"], rows["series"], strict=True)
        return dict(zip(keys, zip(rows["name"], rows["unit"], strict=True), strict=True))

    @cached_property
    def sectors(self) -> dict[tuple[str, str], str]:
        """Name of each sector, by input-output table without its size (nbs-2017) and code."""
        rows = self._table("io/sector-codes.csv", ["table", "code", "description"])
        tables = rows["table"].str.extract(r"^(\w+-\d{4})", expand=False)
        return dict(zip(zip(tables, rows["code"], strict=True), rows["description"], strict=True))

    @cached_property
    def _digests(self) -> dict[str, str]:
        """SHA-256 of each file that the catalogues list."""
        catalogues = [self._table(name, ["path", "sha256"]) for name in self._catalogues]
        rows = pd.concat(catalogues)
        return dict(zip(rows["path"], rows["sha256"], strict=True))

    @cached_property
    def _catalogues(self) -> list[str]:
        """The names of the catalogues: the first, and one for each later compilation."""
        return [CATALOGUE, *sorted(path.name for path in self.root.glob(MORE_CATALOGUES))]

    def _table(self, path: str, columns: Sequence[str]) -> pd.DataFrame:
        """Return one file, after checking its bytes and that it has the columns."""
        try:
            content = (self.root / path).read_bytes()
        except OSError as error:
            raise CompiledFolderError(
                f"{self.root / path} cannot be read ({error.strerror}); import a folder of "
                f"compiled figures with {CATALOGUE} and the files that it lists"
            ) from None
        # A catalogue cannot list itself, and it does not list the names of series.
        as_it_is = path == NAMES or path in self._catalogues
        if not as_it_is and hashlib.sha256(content).hexdigest() != self._digests.get(path):
            raise CompiledFolderError(
                f"{self.root / path} is not the file that the catalogue lists (its sha256 "
                f"differs); compile it again"
            )
        try:
            if path.endswith(".csv"):
                frame = pd.read_csv(io.BytesIO(content), dtype="str", keep_default_na=False)
            else:
                frame = pd.read_parquet(io.BytesIO(content))
        except (pa.ArrowException, ValueError) as error:
            reason = str(error).splitlines()[0]
            raise CompiledFolderError(f"{self.root / path} cannot be read: {reason}") from None
        if missing := [name for name in columns if name not in frame]:
            raise CompiledFolderError(f"{self.root / path} has no column {', '.join(missing)}")
        return frame
