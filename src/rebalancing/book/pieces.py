"""Pieces of a book that take long to make, kept while all that they are made from is the same.

They rest on tables, logs and kept editions, so that neither another sentence nor another parameter
of one chapter has them made again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from rebalancing.book import kept
from rebalancing.book.folders import link_all
from rebalancing.files import sha256, write_json
from rebalancing.project import Project

FOLDER = "pieces"  # in the folder of an edition


@dataclass(frozen=True)
class Pieces:
    """The pieces of an edition's book.

    Attributes:
        project: Where tables and logs are.
        recorded: The content of results.json.
        home: Where pieces are kept.
    """

    project: Project
    recorded: Mapping[str, Any]
    home: Path

    def explore(self) -> Path:
        """Return a folder with the data of the page that looks through measures."""

        def make(folder: Path) -> None:
            from rebalancing.book import explore

            explore.write(self.project, self.recorded, folder)

        edition = self.recorded["edition"]
        about = [edition["name"], edition["parameters"]["peers"], edition["releases"]]
        return self._made("explore", [about, self._data], make)

    def forecasts(self) -> tuple[dict[str, Any], Path]:
        """Return what the page on forecasts says, and a folder with its tables and figure."""

        def make(folder: Path) -> None:
            from rebalancing.book import forecast_page

            log = forecast_page.read_record(self.project, self.recorded)
            if log is not None:
                forecast_page.save_record(log, self.project, folder / "extra")
            write_json(folder / "names.json", forecast_page.numbers(log), durable=False)

        folder = self._made("forecasts", [self._data], make)
        said = json.loads((folder / "names.json").read_text(encoding="utf-8"))
        return said, folder / "extra"

    def history(self, rows: Sequence[Any]) -> Path:
        """Return a folder with the figure of headline numbers by edition, if there is one."""
        from rebalancing.book import history_figure

        as_of = self.recorded["edition"]["parameters"]["as_of"]
        return self._made(
            "history",
            [as_of, list(rows)],
            lambda folder: history_figure.save(rows, as_of, folder),
        )

    @cached_property
    def _data(self) -> list[Any]:
        """What tells tables, releases and the log of forecasts from those of another build."""
        project, parameters = self.project, self.recorded["edition"]["parameters"]
        tables = sorted(project.processed.glob("*.parquet"))
        descriptors = sorted(project.raw.glob("*/*/datapackage.json"))
        kept_editions = sorted((project.root / "editions").glob("*.csv"))
        files = [*tables, *descriptors, *kept_editions]
        about = [parameters["economy"], parameters["as_of"], project.until]
        return [*about, [[str(file), sha256(file)] for file in files]]

    def _made(self, name: str, rests_on: Any, make: Callable[[Path], object]) -> Path:
        """Return the folder of a piece, made if it is not there as it would be made."""
        said = json.dumps([kept.code(), rests_on], sort_keys=True, default=str)
        makers = hashlib.sha256(said.encode()).hexdigest()
        with kept.opened(self.home / name, makers) as folder:
            if not any(folder.iterdir()):
                make(folder)
        return folder


def put(piece: Path, target: Path) -> None:
    """Put a piece where it is needed; nothing where it is empty."""
    if piece.is_dir():
        link_all(piece, target)
        (target / kept.LIST).unlink(missing_ok=True)
