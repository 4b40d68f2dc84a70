"""What a demanding reader expects of the report, line by line, and where each line is met.

``book/checklist.csv`` says it, one row per line::

    number,group,line,target,needs,reason
    9,Data,Hong Kong's re-exports,08_markets#tab-two-reports,partners,
    24,Exports,volume against value,limitations#limit-prices,,export prices are in no release

``target`` is a page and an anchor in it. A line that is not met leads to the page of limitations,
with the reason. Where an edition goes without a section that ``needs`` names, the line leads to
what that edition leaves out. In an edition this becomes ``checklist.json``; the anchors in it, and
those in ``claims.json``, are checked in the built site.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rebalancing.book.finish import linkcheck
from rebalancing.errors import InputError
from rebalancing.files import write_json
from rebalancing.project import Project
from rebalancing.reading import read_table

LINES = 46
OF_LIMITATIONS = 39  # the line that the page of limitations meets
SOURCE = "checklist.csv"
COLUMNS = ("number", "group", "line", "target", "needs", "reason")
LIMITATIONS = "limitations"
LEFT_OUT = "left-out-of-this-edition"
_TARGET = re.compile(r"(?P<page>[\w-]+)#(?P<anchor>[\w.-]+)")


class ChecklistError(InputError):
    """A checklist that does not say where each of its lines is met."""


@dataclass(frozen=True)
class Line:
    """One line of the checklist in an edition.

    Attributes:
        number: From 1.
        group: The heading that it stands under.
        line: What is expected.
        is_met: Whether the edition meets it.
        page: The page that meets it, or says why not: ``02_consumption.html``.
        anchor: The element of that page.
        reason: Why it is not met; empty where it is.
    """

    number: int
    group: str
    line: str
    is_met: bool
    page: str
    anchor: str
    reason: str


def read_checklist(project: Project, left_out: Mapping[str, str]) -> list[Line]:
    """Return the lines as an edition meets them, in order.

    Args:
        project: Its book holds the checklist.
        left_out: Reason by section that the edition goes without.

    Raises:
        ChecklistError: The file is missing, or a line of it is missing, repeated or incomplete.
    """
    path = project.book / SOURCE
    try:
        rows = read_table(path, f"book/{SOURCE}", COLUMNS, ChecklistError)
    except FileNotFoundError:
        raise ChecklistError(f"book/{SOURCE} is missing; restore it from git") from None
    lines = [_line(row, left_out) for row in rows]
    numbers = [line.number for line in lines]
    wrong = sorted(set(range(1, LINES + 1)).symmetric_difference(numbers))
    if wrong or len(set(numbers)) < len(numbers):
        listed = ", ".join(map(str, wrong)) or "some"
        raise ChecklistError(
            f"book/{SOURCE}: lines 1 to {LINES} must each stand once; look at {listed}"
        )
    return sorted(lines, key=lambda line: line.number)


def _line(row: Mapping[str, str], left_out: Mapping[str, str]) -> Line:
    where = f"book/{SOURCE}, line {row['number'][:20]}"
    match = _TARGET.fullmatch(row["target"])
    if not match or not re.fullmatch("[0-9]{1,3}", row["number"]) or not row["line"].strip():
        raise ChecklistError(f"{where}: needs a number, words and a target such as page#anchor")
    page, anchor, reason = match["page"], match["anchor"], row["reason"]
    if (page == LIMITATIONS and row["number"] != str(OF_LIMITATIONS)) != bool(reason):
        raise ChecklistError(
            f"{where}: a line that is not met leads to {LIMITATIONS} and says why in `reason`; "
            "one that is met does neither"
        )
    if missing := [section for section in row["needs"].split() if section in left_out]:
        page, anchor, reason = LIMITATIONS, LEFT_OUT, left_out[missing[0]]
    number, group, words = int(row["number"]), row["group"], row["line"]
    return Line(number, group, words, not reason, f"{page}.html", anchor, reason)


def write_checklist(path: Path, lines: list[Line]) -> Path:
    """Write ``checklist.json``: one entry per line, with page, anchor and reason."""
    return write_json(path, {"lines": [asdict(line) for line in lines]}, durable=False)


def problems(
    site: Path, read: Callable[[Path], linkcheck.PageLinks] = linkcheck.PageLinks.read
) -> list[str]:
    """Return which anchors that the checklist and the ledger name are not in a built site.

    Args:
        site: The built site.
        read: Says what is in a page.
    """
    read = cache(read)
    found = []
    for who, page, anchor in _named(site):
        path = site / page
        if not path.is_file():
            found.append(f"{who} leads to {page}, but there is no such page")
        elif anchor not in read(path).ids:
            found.append(f"{who} leads to {page}#{anchor}, but the page has no such anchor")
    return found


def _named(site: Path) -> Iterator[tuple[str, str, str]]:
    """Yield who names a place, the page and the anchor."""
    for line in _content(site / "checklist.json").get("lines", []):
        yield f"checklist line {line['number']}", line["page"], line["anchor"]
    for name, claim in _content(site / "claims.json").items():
        for place in claim["evidence"]:
            yield f"claim {name}", place["page"], place["anchor"]


def _content(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return content
