"""Tables with their passports: HTML for the page, CSV for reuse.

Numbers are right-aligned with the unit in the header; the row of the economy of interest is
marked; tables of more than ten rows can be sorted.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from rebalancing.errors import RebalancingError
from rebalancing.files import atomic, sha256, write_atomic, write_json
from rebalancing.report import running
from rebalancing.report.text import MINUS, apostrophes, minus_signs, number, sentences, with_day

SORTABLE_FROM = 11
LONG_WORDS = 30  # letters
YEARS = range(1700, 2201)
# Heads that belong to the one before them, which a row on a phone does not show beside them.
_LEANING = frozenset({"lower", "upper", "from", "to", "of", "in"})
_GAP = ">\N{EN DASH}</td>"
_SMALL = "font-size:0.85em;opacity:0.75"  # the foot of a table in a notebook
_CELL = re.compile(r"<t[hd](?: scope=\"(?:row|col)\")?(?: class=\"(?P<kind>\w+)\")?(?=>)")
_WRITTEN_OUT = re.compile(rf"[-{MINUS}]?[\d,]*\.?\d+%?")


class BookTableError(RebalancingError):
    """A table that lacks what its passport must say."""


@dataclass(frozen=True)
class SavedTable:
    """A saved table, as a notebook shows it: between its title and its foot, as in the book.

    Attributes:
        passport: What a reader must know of it.
        html: Its rows.
        frame: Its rows, for a front end that shows no HTML.
    """

    passport: Mapping[str, Any]
    html: str
    frame: pd.DataFrame

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        title, foot = self.passport["title"], _foot(self.passport)
        plain = f"{title}\n\n{self.frame.to_string()}\n\n{foot}"
        reference = f"{self.passport['chapter']}/{self.passport['name']}"
        data = {"text/html": self._framed(_words(title), _words(foot)), "text/plain": plain}
        return data, {"rebalancing": {"table": reference}}

    def _framed(self, title: str, foot: str) -> str:
        rows = f'{_aligned(self.html)}<p style="{_SMALL}">{foot}</p>'
        if self.passport.get("folded"):
            return f"<details><summary><strong>{title}</strong></summary>\n{rows}</details>\n"
        return f"<p><strong>{title}</strong></p>\n{rows}\n"


@dataclass(frozen=True)
class BookTables:
    """The tables of one chapter, or of a page of the book that no notebook made.

    Each shows itself as it is saved, wherever in a cell that is.
    """

    folder: Path
    chapter: str
    economy: str = ""
    current_cell: Callable[[], str] = lambda: ""
    as_of: str = "latest"
    is_notebook: bool = True
    show: Callable[[SavedTable], None] = running.show
    release: str = ""

    def save(
        self,
        name: str,
        frame: pd.DataFrame,
        *,
        title: str,
        release: str = "",
        decimals: int | Mapping[str, int] = 1,
        marked: str = "",
        note: str | Iterable[str] = "",
        dash: str = "",
        folded: bool = False,
    ) -> None:
        """Save a table and show it in the notebook.

        Args:
            name: Lower-case words joined by hyphens; the table's anchor is ``tab-<name>``.
            frame: The table; its columns are the headers, with units, its index the first column.
            title: What the table shows.
            release: The data release that it rests on; that of all if not given.
            decimals: Decimals of numbers, for all columns or by column.
            marked: The index label of the row to mark, the economy of interest's.
            note: What needs care, as a text or as sentences, of which some may be empty.
            dash: What a gap means, which is told where there is one.
            folded: Whether the page shows its title only, until a reader opens it: for long tables
                that few need.

        Raises:
            TableError: A name of another form, or an empty text or table.
        """
        if not re.fullmatch(r"[a-z][a-z0-9-]*", name):
            raise BookTableError(
                f"{name!r} is not a table's name; use lower-case words and hyphens"
            )
        release = release or self.release
        for field, words in {"title": title, "release": release}.items():
            if not words.strip():
                raise BookTableError(f"the table {name} has no {field}")
        if frame.empty:
            raise BookTableError(f"the table {name} is empty; leave its section out instead")
        for column in map(str, frame.columns):
            if column.strip() in _LEANING:
                raise BookTableError(
                    f"the head {column!r} of the table {name} says too little; say of what it is"
                )
        base = self.folder / "tables" / self.chapter / name
        markup = html_table(frame, decimals=decimals, marked=marked)
        csv, page = Path(f"{base}.csv"), write_atomic(Path(f"{base}.html"), markup, durable=False)
        with atomic(csv, durable=False) as path:
            frame.to_csv(path, float_format="%.10g")
        gaps = f"A dash: {dash}." if dash and _GAP in markup else ""
        note = sentences((sentences(note), gaps))
        passport = {
            "name": name,
            "chapter": self.chapter,
            "title": minus_signs(title),
            "release": release,
            "note": minus_signs(with_day(note, self.as_of)),
            "notebook": f"notebooks/{self.chapter}.ipynb" if self.is_notebook else "",
            "cell": self.current_cell(),
            "csv": csv.name,
            "html": page.name,
            "sha256": {"csv": sha256(csv), "html": sha256(page)},
            **({"folded": True} if folded else {}),
        }
        write_json(Path(f"{base}.json"), passport, durable=False)
        self.show(SavedTable(passport, markup, frame))


def _aligned(markup: str) -> str:
    """Return a table as the book aligns it, where its style sheet is missing.

    Front ends of notebooks put all cells to the right, words too, and mark no row.
    """
    bold = 'class="economy-of-interest"'

    def with_side(cell: re.Match[str]) -> str:
        side = "right" if cell["kind"] == "number" else "left"
        return f'{cell[0]} style="text-align:{side}"'

    return _CELL.sub(with_side, markup).replace(bold, f'{bold} style="font-weight:600"')


def _foot(passport: Mapping[str, Any]) -> str:
    return f"Source: {passport['release']}. {passport['note']}".strip()


def html_table(
    frame: pd.DataFrame, *, decimals: int | Mapping[str, int] = 1, marked: str = ""
) -> str:
    """Return a table as HTML: ``class="sortable"`` when long, the marked row with its class."""
    sortable = ' class="sortable"' if len(frame) >= SORTABLE_FROM else ""
    names = [str(frame.index.name or ""), *map(str, frame.columns)]
    numeric = [False, *(_is_numeric(frame.iloc[:, i]) for i in range(frame.shape[1]))]
    columns = [frame.index, *(frame.iloc[:, i] for i in range(frame.shape[1]))]
    years = [_are_years(frame.iloc[:, i]) for i in range(frame.shape[1])]
    head = "".join(
        f'<th scope="col"{_number(is_number) or _long(column)}>{_words(name)}</th>'
        for name, column, is_number in zip(names, columns, numeric, strict=True)
    )
    rows = []
    for label, *values in frame.itertuples():
        mark = ' class="economy-of-interest"' if marked and str(label) == marked else ""
        cells = "".join(
            f"<td{_number(is_number)}>"
            f"{_cell(value, _places(decimals, str(column)), is_year=is_year)}</td>"
            for column, value, is_number, is_year in zip(
                frame.columns, values, numeric[1:], years, strict=True
            )
        )
        rows.append(f'<tr{mark}><th scope="row">{_words(label)}</th>{cells}</tr>')
    return (
        f"<table{sortable}>\n<thead><tr>{head}</tr></thead>\n<tbody>\n"
        + "\n".join(rows)
        + "\n</tbody>\n</table>\n"
    )


def _is_numeric(column: pd.Series) -> bool:
    """Return whether a column holds numbers, or numbers already written out, as in the source."""
    if pd.api.types.is_numeric_dtype(column):
        return True
    known = [str(value) for value in column.dropna()]
    return bool(known) and all(_WRITTEN_OUT.fullmatch(value) for value in known)


def _are_years(column: pd.Series) -> bool:
    """Return whether the whole numbers of a column are years, which have no separators."""
    whole = [value for value in column if _is_whole(value)]
    return bool(whole) and all(value in YEARS for value in whole)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _number(is_number: bool) -> str:
    return ' class="number"' if is_number else ""


def _long(column: Iterable[object]) -> str:
    """Return the class of a column with long words, which must not become a narrow tower."""
    return ' class="long"' if max(len(str(words)) for words in column) > LONG_WORDS else ""


def _words(value: object) -> str:
    return html.escape(apostrophes(str(value)))


def _places(decimals: int | Mapping[str, int], column: str) -> int:
    return decimals if isinstance(decimals, int) else decimals.get(column, 1)


def _cell(value: object, places: int, *, is_year: bool) -> str:
    """Return a cell's text: numbers with a proper minus and separators, gaps as a dash."""
    if value is None or value is pd.NA or value != value:  # NaN and NaT differ from themselves
        return "–"
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if is_year else number(value, 0)
    if isinstance(value, float):
        return number(value, places)
    words = _words(value)
    return words.replace("-", MINUS) if _WRITTEN_OUT.fullmatch(words) else words
