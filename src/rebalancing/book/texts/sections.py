"""What an edition goes without, by the headings that readers know instead of the names in code.

``book/sections.csv`` has one row for each section that a chapter may leave out::

    section,chapter,heading
    partners,08_markets,To whom
    now,04_now,

A section without a heading is all that its chapter has: an edition that goes without it goes
without the chapter. One that is not in the list is listed by its name.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from markupsafe import Markup

from rebalancing.notebooks.chapters import find_notebooks
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


def whole_chapters(project: Project, reasons: Collection[str]) -> list[str]:
    """Return the names of the chapters that an edition goes without, as all they have is left out.

    Args:
        project: Its book holds the headings.
        reasons: Sections that the edition goes without.
    """
    known = read_headings(project)
    found = (known[section] for section in reasons if section in known)
    return [chapter for chapter, heading in found if chapter and not heading]


def left_out(project: Project, reasons: Mapping[str, str]) -> list[dict[str, str]]:
    """Return what an edition goes without, for a page to list.

    Args:
        project: Its book holds the headings.
        reasons: Reason by section that the edition goes without.

    Returns:
        ``name`` (in Markdown, a link to the chapter if there is one) and ``reason`` of each. A
        chapter that is left out whole goes by its title, without a link, and without its sections.
    """
    known, gone = read_headings(project), whole_chapters(project, reasons)
    titles = {notebook.name: notebook.title for notebook in find_notebooks(project)}
    found = []
    for section, reason in reasons.items():
        chapter, heading = known.get(section, ("", section.replace("-", " ")))
        there = bool(chapter) and (project.notebooks / f"{chapter}.ipynb").is_file()
        if not heading:
            title = plain(titles.get(chapter, chapter))
            found.append({"name": f"{title}, the whole chapter", "reason": reason})
            continue
        if chapter in gone:
            continue
        words = plain(heading)
        name = Markup(f"[{words}]({chapter}.ipynb)") if there else words
        found.append({"name": name, "reason": reason})
    return found
