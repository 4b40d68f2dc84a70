"""Headed tables of words: in columns for a terminal, and as a page that needs nothing else."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2

from rebalancing.quoting import one_line

TEMPLATE = Path(__file__).with_name("headed_tables.html")
# Longer cells are cut in a terminal; the last column has nothing to its right.
WIDEST, WIDEST_LAST = 44, 90


@dataclass(frozen=True)
class Section:
    """A headed table; ``right`` are the columns that hold figures."""

    heading: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[int, ...] = ()


def text(sections: Sequence[Section]) -> str:
    """Return the tables for a terminal; a note is not repeated right after itself."""
    lines: list[str] = []
    said = ""
    for section in sections:
        note = [] if section.note == said else textwrap.wrap(section.note, WIDEST_LAST)
        said = section.note
        lines += ["", section.heading, *note, *_columns(section)]
    return "\n".join(lines) + "\n"


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


def _columns(section: Section) -> list[str]:
    """Return a table in columns as wide as what is in them."""
    heading = [section.columns] if any(section.columns) and section.rows else []
    rows = [
        (*(one_line(cell, WIDEST) for cell in row[:-1]), one_line(row[-1], WIDEST_LAST))
        for row in (*heading, *section.rows)
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  "
        + "  ".join(
            cell.rjust(width) if number in section.right else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
