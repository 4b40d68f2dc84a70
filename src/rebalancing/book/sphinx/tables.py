"""Tables that fit: every table of a page is measured when the page is written.

The heads of columns get at most two lines, broken where they are shortest. A table of up to
`STACKED` columns that is too wide for a phone is marked: its rows stand below one another there,
each cell behind the head of its column; so do the others of the page with the same heads. A table
wider than the text is marked as well; on a desk it may leave the column, elsewhere it scrolls. One
of many rows is marked, too: of such a table of the report a phone shows the first until it is asked
for all.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

STACKED = 6  # columns
MANY = 13  # rows
PHONE, TEXT = 312, 664  # px: the room for a table on a phone of 360, and in the column of text
_LETTER, _HEAD_LETTER, _GAP = 7.7, 8.3, 17.0  # px: mean width of a letter; between two columns
_LONGEST = 18  # letters of a line of words in a column that may break its lines
_ONE_LINE = 10  # letters of a head that is never broken
_TABLE = re.compile(r"<table\b([^>]*)>(.*?)</table>", re.DOTALL)
_ROW = re.compile(r"<tr\b[^>]*>.*?</tr>", re.DOTALL)
_CELL = re.compile(r"<(t[hd])\b([^>]*)>(.*?)</\1>", re.DOTALL)
_PARAGRAPH = re.compile(r"(<td\b[^>]*>)<p>((?:(?!</?p>).)*)</p>(</td>)", re.DOTALL)  # a cell of one
_TAG = re.compile(r"<[^>]*>")
_BROKEN_AT = re.compile(r"[ \n]")  # not at a no-break space


def fitted(page: str) -> str:
    """Return the HTML of a page with its tables marked by how they fit."""
    tables = [_read(table) for table in _TABLE.finditer(page)]
    stacked = {table.names for table in tables if table and table.stacks}
    marked = iter([table.marked(table.names in stacked) if table else "" for table in tables])
    return _TABLE.sub(lambda table: next(marked) or table[0], page)


def two_lines(words: str) -> tuple[str, str]:
    """Return words in two lines, the longer as short as it can be; the second may be empty."""
    parts = words.split(" ")
    if len(words) <= _ONE_LINE or len(parts) == 1:
        return words, ""
    cuts = [(" ".join(parts[:at]), " ".join(parts[at:])) for at in range(1, len(parts))]
    return min(cuts, key=lambda lines: max(map(len, lines)))


@dataclass(frozen=True)
class _Table:
    """A table of a page, as it is written.

    Attributes:
        attributes: Of its tag.
        head: All before the end of its head.
        body: All after it.
        names: The heads of its columns, in words.
        rooms: By column, the letters of its longest line.
        rows: How many it has below its head.
    """

    attributes: str
    head: str
    body: str
    names: tuple[str, ...]
    rooms: tuple[int, ...]
    rows: int

    @property
    def width(self) -> float:
        """The width that it needs, in pixels."""
        sorts = 2 if "sortable" in self.attributes else 0  # letters of the arrow that sorts
        return sum(
            max(_LETTER * room, _HEAD_LETTER * (_head_letters(name, room) + sorts)) + _GAP
            for name, room in zip(self.names, self.rooms, strict=True)
        )

    @property
    def stacks(self) -> bool:
        """Whether its rows stand below one another on a phone."""
        return self.width > PHONE and len(self.names) <= STACKED

    def marked(self, stacks: bool) -> str:
        """Return its HTML with what it does on narrow and wide screens."""
        found = {"stacks": stacks, "wide": self.width > TEXT, "many-rows": self.rows >= MANY}
        marks = [mark for mark, is_due in found.items() if is_due]
        columns = zip(_CELL.findall(self.head), self.names, self.rooms, strict=True)
        broken = iter([_broken(text, name, room) for (*_, text), name, room in columns])
        head = _CELL.sub(lambda cell: f"<{cell[1]}{cell[2]}>{next(broken)}</{cell[1]}>", self.head)
        body = self.body.replace(' class="row-odd"', "").replace(' class="row-even"', "")
        body = _PARAGRAPH.sub(r"\1\2\3", body)
        if stacks:
            body = _ROW.sub(lambda row: _labelled(row[0], self.names), body)
        return f"<table{_marked(self.attributes, marks)}>{head}</thead>{body}</table>"


def _read(table: re.Match[str]) -> _Table | None:
    """Return a table with the room that its columns need, or nothing if it is no plain one."""
    attributes, content = table.groups()
    head, split, body = content.partition("</thead>")
    heads = _CELL.findall(head)
    if not split or not heads or "colspan" in content or "rowspan" in content:
        return None
    rows = [_CELL.findall(row) for row in _ROW.findall(body)]
    if any(len(row) != len(heads) for row in rows):
        return None
    columns = [[_words(row[at][2]) for row in rows] for at in range(len(heads))]
    numeric = ["number" in own or "text-right" in own for _, own, _ in heads]
    names = tuple(_words(text) for *_, text in heads)
    rooms = tuple(map(_letters, columns, numeric))
    return _Table(attributes, head, body, names, rooms, len(rows))


def _words(text: str) -> str:
    return html.unescape(_TAG.sub("", text)).strip()


def _letters(column: list[str], is_numeric: bool) -> int:
    """Return how many letters the longest line of a column's cells has at least."""
    if is_numeric:
        return max(map(len, column), default=0)
    longest = max((len(word) for cell in column for word in _BROKEN_AT.split(cell)), default=0)
    return max(longest, min(_LONGEST, max(map(len, column), default=0)))


def _head_letters(name: str, room: int) -> int:
    return max(map(len, two_lines(name))) if len(name) > room else 0


def _broken(text: str, name: str, room: int) -> str:
    """Return a head in two lines at most, if it is plain words and wider than its column."""
    first, second = two_lines(name)
    plain = re.sub(r"</?p>", "", text)
    if " " not in name or len(name) <= room or "<" in plain:
        return text
    parts = filter(None, (first, second))
    lines = " ".join(f'<span class="line">{html.escape(line)}</span>' for line in parts)
    return text.replace(plain, lines)


def _labelled(row: str, names: Sequence[str]) -> str:
    """Return a row whose cells, but the first, say the head of their column."""
    labels: Iterator[str] = iter(["", *(f' data-label="{html.escape(n)}"' for n in names[1:])])

    def labelled(cell: re.Match[str]) -> str:
        label, content = next(labels), cell[3]
        if label and "<" in content:  # in parts, which stay together beside the label
            content = f"<div>{content}</div>"
        return f"<{cell[1]}{cell[2]}{label}>{content}</{cell[1]}>"

    return _CELL.sub(labelled, row)


def _marked(attributes: str, marks: list[str]) -> str:
    if not marks:
        return attributes
    if 'class="' in attributes:
        return attributes.replace('class="', f'class="{" ".join(marks)} ', 1)
    return f'{attributes} class="{" ".join(marks)}"'


def _fit(
    _: Sphinx, __: str, ___: str, context: dict[str, Any], ____: nodes.document | None
) -> None:
    if "body" in context:
        context["body"] = fitted(context["body"])


def setup(app: Sphinx) -> None:
    """Fit the tables of every page that is written."""
    app.connect("html-page-context", _fit)
