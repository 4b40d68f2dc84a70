"""Paragraphs of the study's own economy whose premises no longer hold.

The report still builds: what was written for other economies stands in their place. Whoever keeps
the report is told, in the build's last lines, on the page "What changed" and in the proposal of an
update, which paragraph to write anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rebalancing.files import write_json
from rebalancing.notebooks import Notebook
from rebalancing.notebooks.prose import parse
from rebalancing.report import markdown, stored

FILE = "premises.json"


@dataclass(frozen=True)
class Fallen:
    """A paragraph that does not appear, as a premise of it has fallen.

    Attributes:
        where: The notebook and the cell.
        text: The paragraph as it is written.
        key: The finding that it presupposes.
        before: The word that it presupposes.
        now: The word that was found; empty where none was recorded.
    """

    where: str
    text: str
    key: str
    before: str
    now: str

    def __str__(self) -> str:
        found = self.now or "not recorded"
        return f"{self.where}: {self.key} is {found}, no longer {self.before}"


def find(
    notebooks: Sequence[Notebook], results: Mapping[str, Mapping[str, Any]], economy: str
) -> list[Fallen]:
    """Return the paragraphs about an economy whose premises do not hold, one per fallen premise.

    Args:
        notebooks: The chapters as they are stored.
        results: The recorded results by key, each with its ``value``.
        economy: The code of the edition's economy.
    """
    return list(_fallen(notebooks, results, economy))


def _fallen(
    notebooks: Sequence[Notebook], results: Mapping[str, Mapping[str, Any]], economy: str
) -> Iterator[Fallen]:
    for notebook in notebooks:
        for cell in notebook.cells:
            said = parse(cell.source) if cell.is_prose else None
            if said is None or economy not in said.economies:
                continue
            for key, word in said.premises:
                now = str(results[key]["value"]) if key in results else ""
                if now != word:
                    where = f"notebooks/{notebook.path.name}, cell {cell.id}"
                    yield Fallen(where, said.text, key, word, now)


def write(folder: Path, fallen: Sequence[Fallen]) -> Path:
    """Keep what has fallen beside an edition's results."""
    return write_json(folder / FILE, [asdict(each) for each in fallen], durable=False)


def read(folder: Path) -> list[Fallen]:
    """Return what has fallen in an edition; nothing where that has not been found out.

    Raises:
        DamagedFileError: The file cannot be read.
    """
    if not stored.is_there(folder / FILE):
        return []
    return [Fallen(**entry) for entry in stored.read_stored(folder / FILE, list[Fallen])]


def as_markdown(fallen: Sequence[Fallen]) -> str:
    """Return what has fallen as a section of a page or a proposal; nothing if nothing has."""
    if not fallen:
        return ""
    one = len(fallen) == 1
    head = "A paragraph no longer holds" if one else "Paragraphs that no longer hold"
    parts = [
        f"## {head}",
        "What stands in its place is true, but short. Rewrite it:"
        if one
        else "What stands in their place is true, but short. Rewrite them:",
    ]
    for each in fallen:
        found = markdown.code(each.now) if each.now else "not recorded"
        parts.append(
            f"- {markdown.plain(each.where)}: {markdown.code(each.key)} was "
            f"{markdown.code(each.before)}, and is now {found}. It says:"
        )
        parts.append(markdown.fenced(each.text))
    return "\n\n".join(parts) + "\n"
