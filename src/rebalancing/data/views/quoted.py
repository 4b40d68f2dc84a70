"""Numbers of other bodies that are quoted because their data are not held.

``quoted.csv`` beside this module has one row per number, with the words of its source for the foot
line and the key of its work in the bibliography.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from rebalancing.data.releases import shipped_tables

LIST = Path(__file__).with_name("quoted.csv")
_COLUMNS = ("economy", "key", "year", "value", "unit", "what", "citation", "source")


class Quoted(NamedTuple):
    """A number as somebody else gives it.

    Attributes:
        year: What it is of.
        value: The number.
        unit: Its unit.
        what: What it measures.
        citation: A key of the bibliography.
        source: Who says so, for a foot line.
    """

    year: int
    value: float
    unit: str
    what: str
    citation: str
    source: str


def number(economy: str, key: str) -> Quoted | None:
    """Return a number of an economy; None if none is quoted.

    Args:
        economy: Its code.
        key: What is asked for.

    Raises:
        ShippedTableError: The list is missing or damaged.
    """
    return numbers().get((economy, key))


@cache
def numbers() -> dict[tuple[str, str], Quoted]:
    """Return all quoted numbers by economy and key; all callers share them.

    Raises:
        ShippedTableError: The list is missing or damaged, or names a number twice.
    """
    found: dict[tuple[str, str], Quoted] = {}
    for row in shipped_tables.read_shipped(LIST, _COLUMNS):
        place = (row["economy"], row["key"])
        if place in found:
            raise shipped_tables.wrong(LIST, f"{' '.join(place)} is listed twice")
        try:
            year, value = int(row["year"]), float(row["value"])
        except ValueError:
            said = f"{' '.join(place)}: {row['year']!r} or {row['value']!r} is no number"
            raise shipped_tables.wrong(LIST, said) from None
        found[place] = Quoted(year, value, row["unit"], row["what"], row["citation"], row["source"])
    return found
