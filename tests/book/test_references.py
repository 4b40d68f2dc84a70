"""The references page lists what the book cites, and the book cites nothing else."""

from __future__ import annotations

import re

from held import REPOSITORY

from rebalancing.data.views import milestones

ENTRY = re.compile(r"^@\w+\{([\w-]+),", re.MULTILINE)
CITED = re.compile(r"@([a-z]+\d{4}[a-z]?)")


def cited() -> set[str]:
    """Return the keys that pages, chapters and milestones cite."""
    texts = [*(REPOSITORY / "book").glob("*.md"), *(REPOSITORY / "notebooks").glob("*.ipynb")]
    found = {key for path in texts for key in CITED.findall(path.read_text(encoding="utf-8"))}
    return found | set(milestones.read_milestones("CHN")["source"])


def test_every_work_listed_is_cited_and_every_work_cited_is_listed() -> None:
    bibliography = (REPOSITORY / "book" / "references.bib").read_text(encoding="utf-8")
    listed = ENTRY.findall(bibliography)
    assert len(set(listed)) == len(listed)
    assert set(listed) == cited()
