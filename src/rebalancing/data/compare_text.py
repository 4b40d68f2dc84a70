"""A comparison of two releases in plain text, for a terminal, an issue or a log."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from rebalancing.data.compare import Comparison
from rebalancing.data.compare_sections import HEADLINES, Section, sections

MOST = 8
# Longer cells are cut; the last column has nothing to its right.
WIDEST, WIDEST_LAST = 44, 90


def text(
    comparison: Comparison, severity: str, reasons: Sequence[str], watched: Sequence[str]
) -> str:
    """Return headline, reasons, largest revisions, coverage and counts.

    Args:
        comparison: As from `compare.compare`.
        severity: One of "none", "small", "notable", "severe".
        reasons: Why, in words.
        watched: The economies that come first.
    """
    lines = [comparison.title, HEADLINES[severity], *(f"  - {reason}" for reason in reasons)]
    explained = ""
    for section in sections(comparison, watched, MOST):
        note = [] if section.note == explained else textwrap.wrap(section.note, WIDEST_LAST)
        explained = section.note
        lines += ["", section.heading, *note, *_table(section)]
    return "\n".join(lines) + "\n"


def _table(section: Section) -> list[str]:
    """Return a table in columns as wide as what is in them."""
    rows = [
        (*(_cut(cell, WIDEST) for cell in row[:-1]), _cut(row[-1], WIDEST_LAST))
        for row in (section.columns, *section.rows)
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


def _cut(cell: str, widest: int) -> str:
    flat = " ".join(cell.split())
    return flat if len(flat) <= widest else f"{flat[: widest - 1].rstrip()}…"
