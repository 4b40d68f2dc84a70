"""Series that are fetched and that no chapter uses, with the reason, from ``kept.csv``.

They are kept for researchers: what is not stored when a publisher puts it out cannot be had as it
stood then. `tests/data/fetch/test_kept.py` compares the list with what is fetched and what the
chapters name.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rebalancing.data.releases import shipped_tables

LIST = Path(__file__).with_name("kept.csv")
COLUMNS = ("publisher", "name", "series", "reason")


@dataclass(frozen=True)
class Kept:
    """Some series of a publisher, and why they are kept.

    Attributes:
        publisher: Its folder in data/raw, which need not exist yet.
        name: Of the publisher, in words.
        series: Their codes.
        reason: A sentence.
    """

    publisher: str
    name: str
    series: tuple[str, ...]
    reason: str


def kept() -> list[Kept]:
    """Return what is kept, as listed.

    Raises:
        ShippedTableError: The list is damaged, or a row has no series or no reason.
    """
    rows = shipped_tables.read_shipped(LIST, COLUMNS)
    for row in rows:
        if not (row["series"].split() and row["reason"]):
            raise shipped_tables.wrong(LIST, f"{row['publisher']}: a row without series or reason")
    return [
        Kept(row["publisher"], row["name"], tuple(row["series"].split()), row["reason"])
        for row in rows
    ]
