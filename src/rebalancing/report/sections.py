"""What an edition goes without, by the headings that readers know instead of the names in code.

``book/sections.csv`` has one row for each section that a chapter may leave out::

    section,chapter,heading
    partners,03_exports,To whom

A section that is not in it is listed by its name.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping

from markupsafe import Markup

from rebalancing.project import Project
from rebalancing.report.markdown import plain

SOURCE = "sections.csv"


def read(project: Project) -> dict[str, tuple[str, str]]:
    """Return chapter and heading of each section; none if a project has no such list."""
    path = project.book / SOURCE
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as stream:
        return {row["section"]: (row["chapter"], row["heading"]) for row in csv.DictReader(stream)}


def left_out(project: Project, reasons: Mapping[str, str]) -> list[dict[str, str]]:
    """Return what an edition goes without, for a page to list.

    Args:
        project: Its book holds the headings.
        reasons: Reason by section that the edition goes without.

    Returns:
        ``name`` (in Markdown, a link to the chapter if there is one) and ``reason`` of each.
    """
    known = read(project)
    found = []
    for section, reason in reasons.items():
        chapter, heading = known.get(section, ("", section.replace("-", " ")))
        there = bool(chapter) and (project.notebooks / f"{chapter}.ipynb").is_file()
        words = plain(heading)
        name = Markup(f"[{words}]({chapter}.ipynb)") if there else words
        found.append({"name": name, "reason": reason})
    return found
