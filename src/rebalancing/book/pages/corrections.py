"""What the book said that was wrong, what is right, and why: the page of corrections.

``book/corrections.csv`` has one row for each, the newest first::

    since,edition,economy,chapter,title,said,right,why
    2026-11-29,2026-11-25,CHN,15_robustness,How many slopes,"4,780 ways ...",{robustness.count} ...

``said`` is history: the words of the edition of that day. ``right`` is Markdown in which a key in
braces stands for the number that this edition recorded, so it moves with the data as any other. A
row is about the editions of one economy, or of all where none is named.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from markupsafe import Markup

from rebalancing.notebooks import read_notebook
from rebalancing.project import Project
from rebalancing.quoting import shown
from rebalancing.reading import UnreadableError, read_table, read_text
from rebalancing.report import text
from rebalancing.report.markdown import plain

SOURCE = "corrections.csv"
COLUMNS = ("since", "edition", "economy", "chapter", "title", "said", "right", "why")
_KEY = re.compile(r"\{([a-z][\w.]*)\}")


def read_corrections(project: Project, economy: str) -> list[dict[str, Any]]:
    """Return the corrections to the editions of an economy, in the order of the list.

    Args:
        project: Its book holds the list; one without it has no corrections.
        economy: Its code.

    Returns:
        Of each: ``title``, ``since`` and ``edition`` as days in words, ``where`` (in Markdown, a
        link to the chapter if there is one), ``said``, ``why``, and ``right`` in pairs of words and
        the key of the number that follows them, and ``end``, the words after the last.

    Raises:
        UnreadableError: The list is damaged, or a row lacks a cell or has no day where one belongs.
    """
    path, name = project.book / SOURCE, f"book/{SOURCE}"
    if not path.is_file():
        return []
    found = []
    for row in read_table(path, name, COLUMNS):
        _check(row, name)
        if row["economy"] in ("", economy):
            right, end = _parts(row["right"])
            found.append(
                {
                    "title": plain(row["title"]),
                    "since": text.day(row["since"]),
                    "edition": text.day(row["edition"]),
                    "where": _where(project, row["chapter"]),
                    "said": plain(row["said"]),
                    "right": right,
                    "end": end,
                    "why": Markup(row["why"]),
                }
            )
    return found


def keys(project: Project) -> list[str]:
    """Return the keys of the numbers that the list names."""
    rows = read_table(project.book / SOURCE, f"book/{SOURCE}", COLUMNS)
    return [key for row in rows for key in _KEY.findall(row["right"])]


def _check(row: dict[str, str], name: str) -> None:
    empty = [column for column in COLUMNS if not row[column].strip() and column != "economy"]
    if empty:
        raise UnreadableError(f"{name}: {shown(row['title'])} has no {empty[0]}; add it")
    for column in ("since", "edition"):
        try:
            date.fromisoformat(row[column])
        except ValueError:
            raise UnreadableError(
                f"{name}: {shown(row['title'])}: {column} is {shown(row[column])}; "
                "write a day such as 2026-11-29"
            ) from None


def _where(project: Project, chapter: str) -> Markup:
    """Return the title of a chapter or page, as a link; the name of its file if there is none."""
    notebook, page = project.notebooks / f"{chapter}.ipynb", project.book / f"{chapter}.md"
    if notebook.is_file():
        return Markup(f"[{plain(read_notebook(notebook).heading)}]({notebook.name})")
    if page.is_file():
        title = read_text(page, f"book/{page.name}").partition("\n")[0].removeprefix("# ")
        return Markup(f"[{plain(title)}]({page.name})")
    return plain(chapter)


def _parts(words: str) -> tuple[list[tuple[Markup, str]], Markup]:
    *before, end = _KEY.split(words)
    pairs = zip(before[::2], before[1::2], strict=True)
    return [(Markup(said), key) for said, key in pairs], Markup(end)
