"""What is known of single economies, or of the world, so no chapter has to name one.

``particulars.csv`` beside this module has one row per fact::

    economy,kind,value,words,source
    CHN,event,2001,WTO entry,"World Trade Organization: Protocol on the Accession of ..."

=============  =====================================================================================
balance        The code of an economy whose balance of goods is drawn beside that of every other; a
               row of the world, ``WLD``.
census         A year from which its flow of funds, as held, rests on a later census than before.
event          A year that charts mark, with ``words`` short enough for a chart; those of the world
               are marked for every economy.
forerunner     The code of an economy that grew rich earlier and that this one is compared with.
level          A share of household consumption, % of GDP, that somebody asks whether it will reach.
tariff         The code of an economy whose American tariffs are drawn beside those of every other;
               also a row of the world.
turn           A year in which the course of that share changed, or was meant to (see `windows`).
window         Another year that changes are measured from, with the reason for it.
=============  =====================================================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Literal

from rebalancing.data.releases import shipped_tables
from rebalancing.data.tables import economies

LIST = Path(__file__).with_name("particulars.csv")
WORLD = "WLD"
_COLUMNS = ("economy", "kind", "value", "words", "source")
_CODES = ("balance", "tariff", "forerunner")  # kinds whose value is an economy's code
_KINDS = (*_CODES, "census", "event", "level", "turn", "window")


def events(economy: str) -> list[tuple[int, str]]:
    """Return the years to mark in an economy's charts, its own and the world's, in a few words.

    Args:
        economy: Its code.

    Raises:
        ShippedTableError: The list is missing or damaged; the same for the other functions.
    """
    rows = [row for code in dict.fromkeys((economy, WORLD)) for row in _rows(code, "event")]
    return [(int(row["value"]), row["words"]) for row in rows]


def forerunners(economy: str) -> list[str]:
    """Return the codes of the economies that this one is compared with as it grows rich."""
    return [row["value"] for row in _rows(economy, "forerunner")]


def beside(what: Literal["balance", "tariff"]) -> list[str]:
    """Return the codes of economies whose balances, or tariffs, are drawn beside any other's.

    Args:
        what: Which of the two.
    """
    return [row["value"] for row in _rows(WORLD, what)]


def with_named_level(economy: str, goals: Sequence[int]) -> list[int]:
    """Return rising goals, the last one replaced by a level that somebody named.

    Args:
        economy: Its code.
        goals: Shares of household consumption, % of GDP, two or more. The named level takes the
            place of the last one if it lies between the last two.
    """
    named = (int(row["value"]) for row in _rows(economy, "level"))
    last = next((level for level in named if goals[-2] < level < goals[-1]), goals[-1])
    return [*goals[:-1], last]


def windows(economy: str, kinds: Sequence[str] = ("turn", "window")) -> dict[int, str]:
    """Return the years that changes of an economy's share are measured from, each with its reason.

    Args:
        economy: Its code; one without such years gives none.
        kinds: Which of the two kinds.
    """
    return {int(row["value"]): row["words"] for kind in kinds for row in _rows(economy, kind)}


def has_later_census(economy: str, first: int, last: int) -> bool:
    """Return whether an economy's flow of funds rests on a later census in a year than in another.

    Args:
        economy: Its code.
        first: The earlier year.
        last: The later year.
    """
    return any(first < int(row["value"]) <= last for row in _rows(economy, "census"))


def _rows(economy: str, kind: str) -> list[dict[str, str]]:
    return [row for row in listed() if row["economy"] == economy and row["kind"] == kind]


@cache
def listed() -> list[dict[str, str]]:
    """Return the facts about all economies, by column; all callers share them.

    Raises:
        ShippedTableError: The list is missing or damaged, or has an economy, a kind or a value that
            cannot be; or the list of economies is missing or damaged.
    """
    rows, known = shipped_tables.read_shipped(LIST, _COLUMNS), economies.codes()
    for row in rows:
        if row["kind"] not in _KINDS:
            raise shipped_tables.wrong(LIST, f"{row['kind']!r} is none of {', '.join(_KINDS)}")
        is_code = row["kind"] in _CODES
        for code in (row["economy"], row["value"]) if is_code else (row["economy"],):
            if code not in known:
                raise shipped_tables.wrong(LIST, f"{code!r} is the code of no economy")
        if not is_code and not row["value"].isdecimal():
            raise shipped_tables.wrong(LIST, f"{row['value']!r} is no whole number")
    return rows
