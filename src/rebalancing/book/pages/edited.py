"""Reads the files that people edit before anything runs, so a mistake shows at once.

Without this a slip in CITATION.cff would stop the report after its last chapter. The book's own
``_config.yml`` and ``_toc.yml`` are templates, so they are read when they have been filled in.
"""

from __future__ import annotations

from rebalancing.book.pages import checklist, citation
from rebalancing.book.texts import sections
from rebalancing.data.compare import thresholds
from rebalancing.data.tables import corrections
from rebalancing.project import Project
from rebalancing.report import remarks


def check_edited(project: Project) -> None:
    """Read the files that people edit, as far as they are there.

    Raises:
        InputError: One is malformed; the message names the place.
    """
    if thresholds.file(project).is_file():
        thresholds.read_thresholds(project)
    if corrections.file(project).is_file():
        corrections.read_corrections(project)
    cited = project.root / "CITATION.cff"
    if cited.is_file():
        citation.read_citation(cited, year="")
    sections.read_headings(project)
    remarks.read_remarks(project)
    if (project.book / checklist.SOURCE).is_file():
        checklist.read_checklist(project, {})
