"""Paragraphs of the study's own economy whose premises no longer hold.

The report still builds: what was written for other economies stands in their place. Whoever keeps
the report is told, in the build's last lines, on the page "What changed" and in the proposal of an
update, which paragraph to write anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rebalancing.files import write_json
from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.notebooks.prose import ProseCell, parse, parts
from rebalancing.project import Project
from rebalancing.reading import read_text
from rebalancing.report import markdown, stored
from rebalancing.report.prose import ProseError

FILE = "premises.json"
REWRITE = "this paragraph no longer holds; rewrite it"
NOT_RECORDED = "not recorded"


@dataclass(frozen=True)
class Fallen:
    """A paragraph that does not appear, as a premise of it has fallen.

    Attributes:
        where: The page and the line, or the notebook and the cell.
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
        found = self.now or NOT_RECORDED
        return f"{self.where}: {self.key} is {found}, no longer {self.before}"


def paragraphs(project: Project) -> Iterator[tuple[str, ProseCell]]:
    """Yield the parts of pages and the prose cells of chapters, each with where it stands.

    Raises:
        BadNotebookError: A notebook cannot be read.
        ProseError: The first line of one says what nobody knows.
    """
    for path in sorted(project.book.glob("*.md")):
        name = f"book/{path.name}"
        try:
            for line, part in parts(read_text(path, name)):
                yield f"{name}, line {line}", part
        except ValueError as error:
            raise ProseError(f"{name}, {error}") from None
    for notebook in find_notebooks(project):
        for cell in notebook.cells:
            if cell.is_prose:
                where = f"notebooks/{notebook.path.name}, cell {cell.id}"
                try:
                    yield where, parse(cell.source)
                except ValueError as error:
                    raise ProseError(f"{where}: {error}") from None


def find(
    written: Iterable[tuple[str, ProseCell]],
    results: Mapping[str, Mapping[str, Any]],
    economy: str,
) -> list[Fallen]:
    """Return the paragraphs about an economy whose premises do not hold, one per fallen premise.

    Args:
        written: Paragraphs, each with where it stands.
        results: The recorded results by key, each with its ``value``.
        economy: The code of the edition's economy.
    """
    return [
        Fallen(where, said.text, key, word, now)
        for where, said in written
        if economy in said.economies
        for key, word in said.premises
        if (now := str(results[key]["value"]) if key in results else "") != word
    ]


def write_fallen(folder: Path, fallen: Sequence[Fallen]) -> Path:
    """Keep what has fallen beside an edition's results."""
    return write_json(folder / FILE, [asdict(each) for each in fallen], durable=False)


def read_fallen(folder: Path) -> list[Fallen]:
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
    paragraphs = _paragraphs(fallen)
    one = len(paragraphs) == 1
    parts = [
        f"## {'A paragraph no longer holds' if one else 'Paragraphs that no longer hold'}",
        f"What stands in {'its' if one else 'their'} place is true, but short.",
    ]
    for where, premises in paragraphs:
        found = "; ".join(
            f"{markdown.code(each.key)} was {markdown.code(each.before)}, and is now "
            f"{markdown.code(each.now) if each.now else NOT_RECORDED}"
            for each in premises
        )
        parts += [
            f"- {markdown.plain(where)}: {REWRITE}. {found}. It says:",
            markdown.fenced(premises[0].text),
        ]
    return "\n\n".join(parts) + "\n"


def in_short(fallen: Sequence[Fallen]) -> list[str]:
    """Return each paragraph that has fallen in a line of Markdown, with its first premise."""
    return [
        f"{markdown.plain(where)}: {markdown.code(premises[0].key)} is "
        f"{markdown.code(premises[0].now) if premises[0].now else NOT_RECORDED}, no longer "
        f"{markdown.code(premises[0].before)}"
        for where, premises in _paragraphs(fallen)
    ]


def as_lines(fallen: Sequence[Fallen]) -> str:
    """Return what has fallen as the last lines of a build; nothing if nothing has."""
    return "\n".join(
        line
        for where, premises in _paragraphs(fallen)
        for line in (
            f"{where}: {REWRITE}",
            *(
                f"  {each.key} was {each.before}, and is now {each.now or NOT_RECORDED}"
                for each in premises
            ),
            *(f"    {line}".rstrip() for line in premises[0].text.splitlines()),
        )
    )


def _paragraphs(fallen: Sequence[Fallen]) -> list[tuple[str, list[Fallen]]]:
    """Return each paragraph with its premises that have fallen."""
    found: dict[str, list[Fallen]] = {}
    for each in fallen:
        found.setdefault(each.where, []).append(each)
    return list(found.items())
