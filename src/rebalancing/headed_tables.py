"""Headed tables of words: in columns, to be printed, and as a page that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2

if TYPE_CHECKING:
    from rich.console import RenderableType

TEMPLATE = Path(__file__).with_name("headed_tables.html")


@dataclass(frozen=True)
class Section:
    """A headed table.

    Attributes:
        heading: What stands above it.
        note: What explains it.
        columns: Headings; a line break in one counts where it is printed.
        rows: Cells of words.
        right: The columns, by number, that hold figures.
        is_folded: Whether the second column stands below the first where it is printed.
    """

    heading: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[int, ...] = ()
    is_folded: bool = False


def show(sections: Sequence[Section], head: str = "") -> None:
    """Print the tables below a text, as wide as the terminal."""
    from rebalancing import printing

    printing.show(*_printed(sections, head))


def text(sections: Sequence[Section], head: str = "") -> str:
    """Return what `show` prints where there is no terminal."""
    from rebalancing import printing

    return printing.plain(*_printed(sections, head))


def page(
    title: str,
    sections: Sequence[Section],
    *,
    headline: str = "",
    severity: str = "",
    reasons: Sequence[str] = (),
) -> str:
    """Return the tables as one page of HTML without a script, font or image.

    Args:
        title: Of the page.
        sections: In order.
        headline: A sentence below the title.
        severity: How it is meant; "severe" is in the colour of a warning.
        reasons: What stands below the headline.
    """
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        title=title, sections=sections, headline=headline, severity=severity, reasons=reasons
    )


def _printed(sections: Sequence[Section], head: str) -> Iterator[RenderableType]:
    """Yield what rich prints; a note that was just said is not said again."""
    from rich.padding import Padding
    from rich.text import Text

    from rebalancing import printing

    if head:
        yield Text(head)
    said = ""
    for number, section in enumerate(sections):
        gap = "\n" if head or number else ""
        yield Text(gap + section.heading, style="bold")
        if section.note and section.note != said:
            yield Text(section.note)
        said = section.note
        if section.rows:
            columns, rows, right = section.columns, section.rows, section.right
            if section.is_folded:
                columns, right = (columns[0], *columns[2:]), tuple(n - 1 for n in right)
                rows = tuple((f"{row[0]}\n{row[1]}", *row[2:]) for row in rows)
            made = printing.table(columns, rows, right=right)
            yield Padding(made, (0, 0, 0, 2), expand=False)
