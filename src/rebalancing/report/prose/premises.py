"""Whether a prose cell appears: its premises are findings that a chapter recorded."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rebalancing.notebooks.format import Cell
from rebalancing.notebooks.prose import ProseCell, head_length, parse, parts


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


def as_template(page: str) -> str:
    """Return a page in which what a part presupposes is a condition of the template.

    Lines stay where they are, so that messages count them as the author does.

    Raises:
        ValueError: The first line of a part says what nobody knows.
    """
    lines = page.splitlines(keepends=True)
    _, *later = parts(page)
    instead: list[str] = []  # what the parts with premises just before presuppose
    for count, (line, cell) in enumerate(later):
        holds = _condition(cell)
        shown = [f"not ({' or '.join(instead)})"] if cell.otherwise and instead else []
        test = " and ".join([*shown, *filter(None, [holds])]) or "true"
        more = head_length("".join(lines[line - 1 :])) - 1
        # Further lines of the head are inside the tag: they are counted, and none is put out.
        test += "\n" * more
        opening = f"{'{% endif %}' * bool(count)}{{% if {test} %}}\n"
        lines[line - 1 : line + more] = [opening, *[""] * more]
        instead = [*instead, f"({holds})"] if holds else []
    if later:
        lines.append("{% endif %}\n" if lines[-1].endswith("\n") else "\n{% endif %}\n")
    return "".join(lines)


def _condition(cell: ProseCell) -> str:
    """Return what a part presupposes as a template asks it; nothing if it presupposes nothing."""
    terms = [f"word({json.dumps(key)}) == {json.dumps(word)}" for key, word in cell.premises]
    if cell.economies:
        terms.append(f"study.economy in {json.dumps(cell.economies)}")
    return " and ".join(terms)
