"""How fast the report is made, as measured: the table on the page on reproduction.

``book/targets.csv`` is written by ``make bench``, one row for each target::

    row,what,measured,unit,beside,beside_measured,ratio,target,met
    help,`rebalancing --help`,0.12,s of CPU time,an interpreter,0.02,6.00,under 0.15 s,yes
    on.cores,Cores,2,,,,,,

Rows whose name begins with ``on.`` say where it was measured. What is ``met`` is ``yes``, ``no``,
``not measured``, or nothing where there is no target.
"""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from rebalancing.project import Project
from rebalancing.quoting import shown
from rebalancing.reading import UnreadableError, read_table

SOURCE = "targets.csv"
COLUMNS = (
    *("row", "what", "measured", "unit", "beside", "beside_measured", "ratio", "target"),
    "met",
)
FACT = "on."
YES, NO, NOT_MEASURED = "yes", "no", "not measured"
_ALLOWED = (YES, NO, NOT_MEASURED, "")


def read_speed(project: Project) -> dict[str, list[dict[str, Any]]]:
    """Return what was measured, for a page to list.

    Args:
        project: Its book holds the table; one without it has measured nothing.

    Returns:
        ``rows``: ``what``, ``measured`` and ``beside`` with their units, ``ratio``, ``target`` and
        ``met``; ``facts``: ``what`` and ``said``, where it was measured. All in Markdown.

    Raises:
        UnreadableError: The table is damaged, or says something else of a target.
    """
    path, name = project.book / SOURCE, f"book/{SOURCE}"
    found: dict[str, list[dict[str, Any]]] = {"rows": [], "facts": []}
    if not path.is_file():
        return found
    for row in read_table(path, name, COLUMNS):
        if row["met"] not in _ALLOWED:
            raise UnreadableError(
                f"{name}: {shown(row['row'])}: met is {shown(row['met'])}; "
                f"it is {YES}, {NO}, {NOT_MEASURED} or empty"
            )
        if row["row"].startswith(FACT):
            found["facts"].append({"what": row["what"], "said": row["measured"]})
        else:
            found["rows"].append(_shown(row))
    return found


def _shown(row: dict[str, str]) -> dict[str, Any]:
    """Return a row as the page has it; what is beside comes with its figure."""
    unit = row["unit"]
    is_measured = row["met"] != NOT_MEASURED
    beside = row["beside"]
    if is_measured and row["beside_measured"]:
        beside = f"{row['beside_measured']} {unit}, {beside}"
    return {
        "what": Markup(row["what"]),
        "measured": f"{row['measured']} {unit}" if is_measured else NOT_MEASURED,
        "beside": Markup(beside or "–"),
        "ratio": row["ratio"] if is_measured and row["ratio"] else "–",
        "target": row["target"] or "none",
        "met": row["met"] or "–",
    }
