"""The figure of the page "What changed": headline numbers by edition, since the first that is kept.

It is made when the book is put together, as editions are kept after their chapters have run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rebalancing import editions
from rebalancing.editions import history
from rebalancing.editions.history import HistoryRow
from rebalancing.project import Project
from rebalancing.report import stored

PAGE, FIGURE, ANCHOR = "changes", "numbers-by-edition", "history"
MOST = 9  # charts side by side
LEAST = 2  # editions, or nothing has moved


def courses(rows: Sequence[HistoryRow]) -> list[tuple[HistoryRow, dict[int, float]]]:
    """Return the newest row of each headline number, with its values by edition.

    Only numbers that the newest edition has and an earlier one had, in the front page's order.
    """
    if not rows:
        return []
    newest = rows[-1]["edition"]
    found = []
    for row in (row for row in rows if row["edition"] == newest):
        own = {int(r["edition"]): float(r["value"]) for r in rows if r["key"] == row["key"]}
        if len(own) >= LEAST:
            found.append((row, dict(sorted(own.items()))))
    return found[:MOST]


def read_rows(project: Project, recorded: Mapping[str, Any]) -> list[HistoryRow]:
    """Return the rows of an edition up to today's results; none where no edition is kept.

    Args:
        project: Where editions are kept.
        recorded: The content of results.json, today's.
    """
    kept = editions.folder(project, recorded["edition"]["name"])
    rows = history.read_history(kept)
    if not rows or not stored.is_there(kept / "results.json"):
        return []
    return history.after(rows, recorded, editions.front_keys(kept), stored.read_results(kept))


def releases(rows: Sequence[HistoryRow]) -> list[dict[str, str]]:
    """Return ``edition``, ``released`` and ``because`` of each edition, for the page to list.

    There are none as long as no number has an earlier edition to be drawn with.
    """
    if not courses(rows):
        return []
    by_edition = {row["edition"]: row for row in rows}
    names = ("edition", "released", "because")
    return [{name: row[name] for name in names} for row in by_edition.values()]


def save(rows: Sequence[HistoryRow], as_of: str, extra: Path) -> None:
    """Draw the numbers by edition, where there is an earlier one, for the book to find.

    Args:
        rows: From `read_rows`.
        as_of: The edition's day, or ``latest``.
        extra: The book's folder of downloads.
    """
    found = courses(rows)
    if not found:
        return
    # Drawing is slow to import, and few pages draw while the book is put together.
    import pandas as pd

    from rebalancing.report.charts.panels import Panel, panels
    from rebalancing.report.figures import Figures

    shown = [
        Panel(
            _title(row),
            row["unit"],
            pd.Series(course, dtype=float),
            f"{row['value']} in {row['period']}",
        )
        for row, course in found
    ]
    moved = sum(len({*course.values()}) > 1 for _, course in found)
    Figures(extra, PAGE, lambda: ANCHOR, as_of, is_notebook=False).save(
        FIGURE,
        panels(shown, measure="Numbers of the front page, by edition", index="edition"),
        title=f"{moved} of {len(found)} numbers of the front page have moved since the first "
        "edition that is kept",
        release="The editions that are kept of this report, each on the releases of its time",
    )


def _title(row: HistoryRow) -> str:
    """Return the first words of a definition, and the period, which tells like ones apart."""
    return f"{re.split(r',| [(]|: ', row['definition'])[0]}, {row['period']}"
