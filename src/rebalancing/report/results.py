"""Recorded results: every number that a sentence may use, with what it means and rests on.

A chapter records into its own part, ``results/<chapter>.json``, so that chapters can run side by
side; `merge` joins the parts of an edition into ``results.json``::

    {"edition": {...}, "left_out": {...},
     "results": [{"key": "consumption.share.latest", "value": 39.93, "unit": "% of GDP",
                  "period": "2024", "definition": "...", "release": "unsd-ama 2024",
                  "chapter": "02_consumption", "cell": "shares", "text": "39.9%"}, ...]}
"""

from __future__ import annotations

import fcntl
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rebalancing.errors import RebalancingError
from rebalancing.files import make_way, write_json
from rebalancing.report import stored, text

SHARED = "shared"
DATA_CHAPTERS = "data-chapters"
ABOUT_ALL_RELEASES = "the chapters on data describe all releases held, later ones among them"


class ResultError(RebalancingError):
    """A result that cannot be recorded, or two that contradict each other."""


@dataclass(frozen=True)
class Result:
    """One recorded number; prints as prose shows it."""

    key: str
    value: float | int | str | None
    unit: str
    period: str
    definition: str
    release: str
    chapter: str
    cell: str
    text: str

    def __str__(self) -> str:
        return self.text

    @property
    def kind(self) -> str:
        """What it is: ``number``, ``count``, ``year``, ``finding`` or ``words``."""
        return text.kind(self.unit)


@dataclass
class Results:
    """The results of one chapter, kept in its part of the edition."""

    folder: Path
    chapter: str
    current_cell: Callable[[], str] = lambda: ""
    after_change: Callable[[], None] = lambda: None
    writes_at_once: bool = True
    left_out: dict[str, str] = field(default_factory=dict)
    _left_out_by: dict[str, str] = field(default_factory=dict)
    _recorded: dict[str, Result] = field(default_factory=dict)
    _is_changed: bool = False

    @property
    def recorded(self) -> Mapping[str, Result]:
        """What the chapter has recorded so far, by key."""
        return self._recorded

    @property
    def path(self) -> Path:
        """The chapter's part."""
        return self.folder / "results" / f"{self.chapter}.json"

    def record(
        self,
        key: str,
        value: float | str | None,
        *,
        unit: str,
        period: str | int,
        definition: str,
        release: str,
    ) -> Result:
        """Record one number and return it.

        Args:
            key: Lower-case words joined by dots, with codes as they are:
                ``consumption.share.peer.USA.latest``.
            value: A finite number (or words, with unit ``name``), unrounded; None where the
                publisher has no figure.
            unit: A unit of `rebalancing.report.text`.
            period: The year or span that the number is about.
            definition: What is measured, in words.
            release: The data release that it rests on.

        Raises:
            ResultError: The key is not of this form.
            UnitError: The unit is unknown or the value not finite.
        """
        if not re.fullmatch(r"[a-z][a-z0-9_]*(\.\w+)*", key):
            raise ResultError(f"{key!r} is not a key; use lower-case words joined by dots")
        plain: float | str | None = getattr(value, "item", lambda: value)()
        result = Result(
            key=key,
            value=plain,
            unit=unit,
            period=str(period),
            definition=" ".join(definition.split()),
            release=release,
            chapter=self.chapter,
            cell=self.current_cell(),
            text=text.form(plain, unit),
        )
        self._recorded[key] = result
        self._changed()
        return result

    def __getitem__(self, key: str) -> Result:
        """Return a result recorded in this chapter.

        Raises:
            ResultError: The chapter has not recorded it.
        """
        if key not in self._recorded:
            raise ResultError(f"{self.chapter} has not recorded {key}")
        return self._recorded[key]

    def __contains__(self, key: str) -> bool:
        """Return whether this chapter has recorded a result."""
        return key in self._recorded

    def leave_out(self, section: str, reason: str) -> None:
        """Leave a section out of the book for this edition, and say why."""
        self.left_out[section] = reason
        self._left_out_by[section] = self.current_cell()
        self._changed()

    def take_back(self, cell: str) -> None:
        """Take back what a cell has left out, because it runs again and decides anew."""
        again = [section for section, by in self._left_out_by.items() if by == cell]
        for section in again:
            del self.left_out[section], self._left_out_by[section]
        if again:
            self._changed()

    def _changed(self) -> None:
        self._is_changed = True
        if self.writes_at_once:
            self.write()

    def write(self) -> bool:
        """Write the chapter's part if something has changed, and return whether it has.

        A notebook does so after each cell; at each number it would cost more the more there are.
        """
        if not self._is_changed:
            return False
        self._is_changed = False
        recorded = [asdict(self._recorded[key]) for key in sorted(self._recorded)]
        part = {"chapter": self.chapter, "left_out": self.left_out, "results": recorded}
        write_json(self.path, part, durable=False)
        self.after_change()
        return True


def read_part(path: Path) -> dict[str, Result]:
    """Return the results in a chapter's part, by key.

    Raises:
        DamagedFileError: It cannot be read.
    """
    part = _part(path)
    return {result["key"]: Result(**result) for result in part["results"]}


def merge(folder: Path, edition: dict[str, Any]) -> Path:
    """Join the parts of an edition, and the shared ones, into results.json.

    Args:
        folder: The edition's folder; ``../shared`` holds the parts that all editions share.
        edition: What heads the file; parts of the chapters in ``without`` are not joined.

    Raises:
        ResultError: Two chapters recorded the same key.
        DamagedFileError: A part cannot be read.
    """
    merged: dict[str, dict[str, Any]] = {}
    without = edition.get("without", [])
    left_out = {DATA_CHAPTERS: ABOUT_ALL_RELEASES} if without else {}
    folder.mkdir(parents=True, exist_ok=True)
    make_way(folder / ".results.lock")
    with (folder / ".results.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        homes = {folder.parent / SHARED, folder}  # one and the same for a shared chapter
        parts = [path for home in homes for path in home.glob("results/*.json")]
        parts = [path for path in parts if path.stem not in without]
        for path in sorted(parts, key=lambda path: path.name):
            part = _part(path)
            left_out |= part["left_out"]
            for result in part["results"]:
                other = merged.setdefault(result["key"], result)
                if other is not result:
                    raise ResultError(
                        f"{result['key']} is recorded by {other['chapter']} and by "
                        f"{result['chapter']}; give one of them another key"
                    )
        content = {
            "edition": edition,
            "left_out": left_out,
            "results": [merged[key] for key in sorted(merged)],
        }
        return write_json(folder / "results.json", content)


def _part(path: Path) -> dict[str, Any]:
    remedy = f"run the notebook {path.stem} again, or: make report"
    content: dict[str, Any] = stored.read_stored(path, stored.Part, remedy)
    return content
