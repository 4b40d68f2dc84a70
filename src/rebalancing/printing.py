"""Tables as commands print them, by rich: as wide as the terminal, and 100 columns elsewhere.

Cells that are too long are wrapped, never cut, so that what differs reads differently; a key that
is longer than its column breaks after a dot. Importing rich takes a while, so commands that print
no table do not import this.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from rich import console
from rich.console import RenderableType
from rich.containers import Lines
from rich.table import Table
from rich.text import Text

from rebalancing.quoting import one_line

WIDTH = 100  # of what goes to a file, a pipe or a log
_LEAST_FOR_WORDS = 26  # columns: the longest part of a key and its dot
_LONGEST = 2000  # characters of a cell, in case it is not the words that it should be


class Console(console.Console):
    """A console that leaves it to the command line to end when its output is closed."""

    def on_broken_pipe(self) -> None:
        """Say that nobody reads any more, as any stream does."""
        raise BrokenPipeError


class _Words(Text):
    """Words of a cell, of which one that is too long for a line breaks after a dot if it can."""

    def wrap(self, console: console.Console, width: int, **options: Any) -> Lines:
        """Return the lines, as those of any text."""
        broken = re.sub(r"\S+", lambda word: " ".join(_pieces(word[0], width)), self.plain)
        return Text(broken).wrap(console, width, **options)


def _pieces(word: str, width: int) -> Iterator[str]:
    """Yield a word in pieces that end with dots, as few as fit into lines; no two fit into one."""
    line = ""
    for piece in re.findall(r"[^.]*\.+|[^.]+", word) if len(word) > width else [word]:
        if line and len(line + piece) > width:
            yield line
            line = ""
        line += piece
    yield line


def show(*what: RenderableType) -> None:
    """Print what rich renders."""
    if sys.stdout.isatty():
        Console(highlight=False).print(*what, sep="\n")
    else:
        sys.stdout.write(plain(*what))


def plain(*what: RenderableType) -> str:
    """Return what `show` prints where there is no terminal."""
    stream = io.StringIO()
    Console(file=stream, width=WIDTH, force_terminal=False, highlight=False).print(*what, sep="\n")
    return "".join(f"{line.rstrip()}\n" for line in stream.getvalue().splitlines())


def table(
    columns: Sequence[str], rows: Sequence[Sequence[str]] = (), *, right: Sequence[int] = ()
) -> Table:
    """Return a table without rules.

    Args:
        columns: Headings; none is shown when all are empty.
        rows: Cells, as many a row as there are columns; a line break in one is kept.
        right: The columns, by number, that hold figures: words make room for them.
    """
    made = Table(box=None, pad_edge=False, header_style="bold", show_header=any(columns))
    lines = [[line for row in (columns, *rows) for line in row[n].split("\n")] for n in right]
    room = min(Console().width, WIDTH) - sum(max(map(len, each)) + 2 for each in lines)
    for number, heading in enumerate(columns):
        is_figure = number in right
        made.add_column(
            Text(heading),
            justify="right" if is_figure else "left",
            overflow="fold",
            no_wrap=is_figure and room >= _LEAST_FOR_WORDS,
        )
    for row in rows:
        made.add_row(*map(_cell, row))
    return made


def _cell(words: str) -> _Words:
    """Return words as they are: without signs that steer a terminal, or markup of rich's."""
    return _Words("\n".join(one_line(line, _LONGEST) for line in words.split("\n")))
