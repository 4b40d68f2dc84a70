"""Text that every edition shows speaks of no economy but its own."""

from __future__ import annotations

import re

import pytest
from held import REPOSITORY

from rebalancing.notebooks import Notebook
from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.notebooks.prose import is_prose, parse
from rebalancing.project import Project

OF_EDITIONS = [n for n in find_notebooks(Project(REPOSITORY)) if not n.is_shared]
CHINA = re.compile(r"\bChin(?:a|ese)\b")


def spoken(notebook: Notebook) -> list[str]:
    """Return the lines about China in text that the editions of other economies show, too.

    The claims are about China wherever they are shown.
    """
    texts = [
        parse(cell.source)
        for cell in notebook.cells
        if is_prose(cell.source) and "needs-claims" not in cell.tags
    ]
    return [
        line
        for text in texts
        if not text.economies
        for line in text.text.splitlines()
        if CHINA.search(line)
    ]


@pytest.mark.parametrize("notebook", OF_EDITIONS, ids=lambda notebook: notebook.name)
def test_what_every_edition_shows_is_not_about_china(notebook: Notebook) -> None:
    assert spoken(notebook) == []
