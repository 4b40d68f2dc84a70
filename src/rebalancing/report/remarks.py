"""Remarks that hold for one economy only, so chapters and pages name none.

``book/remarks.csv`` has one row for each, in Markdown without templates::

    economy,remark,text
    CHN,series-break,The {term}`economic census` of December 2024 moved the whole series ...

A text shows a remark where its edition has it::

    {% if "series-break" in remarks %} {{ remarks["series-break"] }}{% endif %}
"""

from __future__ import annotations

from markupsafe import Markup

from rebalancing.project import Project
from rebalancing.quoting import shown
from rebalancing.reading import UnreadableError, read_table

SOURCE = "remarks.csv"
COLUMNS = ("economy", "remark", "text")


def read_remarks(project: Project) -> dict[str, dict[str, Markup]]:
    """Return the remarks by economy and name; none if a project has no such list.

    Raises:
        UnreadableError: The list is damaged, or an economy has a remark twice.
    """
    path, name = project.book / SOURCE, f"book/{SOURCE}"
    if not path.is_file():
        return {}
    found: dict[str, dict[str, Markup]] = {}
    for row in read_table(path, name, COLUMNS):
        of_economy = found.setdefault(row["economy"], {})
        if row["remark"] in of_economy:
            raise UnreadableError(
                f"{name}: {row['economy']} has the remark {shown(row['remark'])} twice; remove one"
            )
        of_economy[row["remark"]] = Markup(row["text"])
    return found
