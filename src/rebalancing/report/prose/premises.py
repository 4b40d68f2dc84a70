"""Whether a prose cell appears: its premises are findings that a chapter recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rebalancing.notebooks.format import Cell
from rebalancing.notebooks.prose import ProseCell, parse


def holds(cell: ProseCell, results: Mapping[str, Mapping[str, Any]], economy: str) -> bool:
    """Return whether all that a cell presupposes is so.

    Args:
        cell: What the prose cell says of itself.
        results: The recorded results by key, each with its ``value``. A finding that was not
            recorded, as its section is left out, is not so.
        economy: The code of the edition's economy.
    """
    of_another = bool(cell.economies) and economy not in cell.economies
    return not of_another and all(
        key in results and str(results[key]["value"]) == word for key, word in cell.premises
    )


def appears(
    cell: ProseCell,
    before: Sequence[ProseCell],
    results: Mapping[str, Mapping[str, Any]],
    economy: str,
) -> bool:
    """Return whether a prose cell appears, given those just before it.

    One that says ``otherwise`` stands in for the cells with premises that precede it: it appears
    where none of them does.

    Args:
        cell: The prose cell.
        before: The prose cells that precede it without another cell between, in order.
        results: As for `holds`.
        economy: As for `holds`.
    """
    if not holds(cell, results, economy):
        return False
    if not cell.otherwise:
        return True
    for other in reversed(before):
        if not (other.premises or other.economies):
            break
        if holds(other, results, economy):
            return False
    return True


def prose_before(cells: Sequence[Cell], identity: str) -> list[ProseCell]:
    """Return the prose cells just before the cell of an id, without another cell between.

    Raises:
        ValueError: The first line of one of them says what nobody knows.
    """
    found: list[ProseCell] = []
    for cell in cells:
        if cell.id == identity:
            return found
        found = [*found, parse(cell.source)] if cell.is_prose else []
    return []
