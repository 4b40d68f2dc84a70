"""How the numbers of the front page moved with each set of releases that an edition was kept on.

``editions/<edition>/history.csv`` has a row for each kept edition and number, the oldest first. An
edition on the same releases as the one before takes its place: what changed then is code.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rebalancing.editions.changes import PER_CENT, POINTS, measure
from rebalancing.reading import read_table

NAME = "history.csv"
COLUMNS = ("edition", "released", "because", "key", "definition", "unit", "period", "value")
HistoryRow = dict[str, str]


def read_history(folder: Path) -> list[HistoryRow]:
    """Return the rows of an edition that is kept; none where none are.

    Raises:
        UnreadableError: The file is damaged.
    """
    path = folder / NAME
    name = f"editions/{folder.name}/{NAME}"
    return read_table(path, name, COLUMNS) if path.is_file() else []


def after(
    rows: Sequence[HistoryRow],
    recorded: Mapping[str, Any],
    front: Sequence[str],
    before: Mapping[str, Any] | None,
) -> list[HistoryRow]:
    """Return the rows once an edition is kept.

    Args:
        rows: Those so far.
        recorded: The content of its results.json.
        front: The keys that its front page shows.
        before: The content of the kept results.json that it replaces; None where there is none.
    """
    now = {who: use["release"] for who, use in recorded["edition"]["releases"].items()}
    old = before["edition"]["releases"] if before else {}
    then = {who: use["release"] for who, use in old.items()}
    number = int(rows[-1]["edition"]) if rows else 0
    because = [f"{who} {release}" for who, release in now.items() if then.get(who) != release]
    if rows and now == then:  # other code on the same releases
        because_of = rows[-1]["because"]
        rows = [row for row in rows if row["edition"] != str(number)]
    else:
        number, because_of = number + 1, "; ".join(because) if rows else "the first kept"
    released = max((use["date"] for use in recorded["edition"]["releases"].values()), default="")
    results = {result["key"]: result for result in recorded["results"]}
    return [
        *rows,
        *(
            {
                "edition": str(number),
                "released": released,
                "because": because_of,
                **{name: str(results[key][name]) for name in COLUMNS[3:]},
            }
            for key in front
            if key in results and is_headline(results[key])
        ),
    ]


def text(rows: Sequence[HistoryRow]) -> str:
    """Return rows as CSV."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def is_headline(result: Mapping[str, Any]) -> bool:
    """Return whether a result is a number in points or in per cent."""
    is_number = isinstance(result["value"], int | float) and not isinstance(result["value"], bool)
    return is_number and measure(result["unit"]) in (POINTS, PER_CENT)
