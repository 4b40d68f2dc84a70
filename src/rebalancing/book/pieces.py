"""Pieces of a book that take long to make.

Two rest on tables and the log of forecasts only: the workflow makes them while chapters run, and
again when one of these has changed. The third, the figure of headline numbers by edition, is kept
while all that it is made from is the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from rebalancing.book import kept
from rebalancing.book.folders import link_all, replaced
from rebalancing.files import write_json
from rebalancing.project import Project

FOLDER = "pieces"  # in the folder of an edition
PieceName = Literal["explore", "forecasts"]


@dataclass(frozen=True)
class Pieces:
    """The pieces of an edition's book.

    Attributes:
        project: Where tables and logs are.
        edition: What heads the content of results.json (`rebalancing.report.provenance.edition`).
        home: Where pieces are kept.
    """

    project: Project
    edition: Mapping[str, Any]
    home: Path

    def explore(self) -> Path:
        """Return a folder with the data of the page that looks through measures."""
        return self._there("explore")

    def forecasts(self) -> tuple[dict[str, Any], Path]:
        """Return what the page on forecasts says, and a folder with its tables and figure."""
        folder = self._there("forecasts")
        said = json.loads((folder / "names.json").read_text(encoding="utf-8"))
        return said, folder / "extra"

    def history(self, rows: Sequence[Any]) -> Path:
        """Return a folder with the figure of headline numbers by edition, if there is one."""
        from rebalancing.book.pages import history_figure

        as_of = self.edition["parameters"]["as_of"]
        rests_on = [kept.code(), as_of, list(rows)]
        said = json.dumps(rests_on, sort_keys=True, default=str)
        makers = hashlib.sha256(said.encode()).hexdigest()
        with kept.opened(self.home / "history", makers) as folder:
            if not any(folder.iterdir()):
                history_figure.save(rows, as_of, folder)
        return folder

    def make(self, name: PieceName) -> None:
        """Make a piece anew."""
        make = {"explore": self._explore, "forecasts": self._forecasts}[name]
        with replaced(self.home / name) as folder:
            make(folder)

    def _there(self, name: PieceName) -> Path:
        """Return the folder of a piece, made now if the workflow has not made it."""
        if not (self.home / name).is_dir():
            self.make(name)
        return self.home / name

    def _explore(self, folder: Path) -> None:
        from rebalancing.book.pages import explore

        explore.write_explored(self.project, self.edition, folder)

    def _forecasts(self, folder: Path) -> None:
        from rebalancing.book.pages import forecast_page

        log = forecast_page.read_record(self.project, self.edition)
        if log is not None:
            forecast_page.save_record(log, self.project, folder / "extra")
        write_json(folder / "names.json", forecast_page.numbers(log), durable=False)


def put(piece: Path, target: Path) -> None:
    """Put a piece where it is needed; nothing where it is empty."""
    if piece.is_dir():
        link_all(piece, target)
        (target / kept.LIST).unlink(missing_ok=True)
