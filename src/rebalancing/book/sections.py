"""What an edition goes without, by the headings that readers know instead of the names in code.

``book/sections.csv`` has one row for each section that a chapter may leave out::

    section,chapter,heading
    partners,08_markets,To whom

A section that is not in it is listed by its name.
"""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from rebalancing.project import Project
from rebalancing.quoting import shown
from rebalancing.reading import UnreadableError, read_table
from rebalancing.report.markdown import plain

SOURCE = "sections.csv"
COLUMNS = ("section", "chapter", "heading")


def read_headings(project: Project) -> dict[str, tuple[str, str]]:
    """Return chapter and heading of each section; none if a project has no such list.

    Raises:
        UnreadableError: The list is damaged, or a section stands twice.
    """
    path, name = project.book / SOURCE, f"book/{SOURCE}"
    if not path.is_file():
        return {}
    found: dict[str, tuple[str, str]] = {}
    for row in read_table(path, name, COLUMNS):
        if row["section"] in found:
            raise UnreadableError(f"{name}: the section {shown(row['section'])} stands twice")
        found[row["section"]] = (row["chapter"], row["heading"])
    return found


def left_out(project: Project, reasons: Mapping[str, str]) -> list[dict[str, str]]:
    """Return what an edition goes without, for a page to list.

    Args:
        project: Its book holds the headings.
        reasons: Reason by section that the edition goes without.

    Returns:
        ``name`` (in Markdown, a link to the chapter if there is one) and ``reason`` of each.
    """
    known = read_headings(project)
    found = []
    for section, reason in reasons.items():
        chapter, heading = known.get(section, ("", section.replace("-", " ")))
        there = bool(chapter) and (project.notebooks / f"{chapter}.ipynb").is_file()
        words = plain(heading)
        name = Markup(f"[{words}]({chapter}.ipynb)") if there else words
        found.append({"name": name, "reason": reason})
    return found
