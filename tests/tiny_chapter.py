"""A notebook of a few cells, for tests that run it in a kernel."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import nbformat

from rebalancing.project import Project

OPEN = "from rebalancing.report.chapter import open_chapter\nchapter = open_chapter()"


def code(identity: str, source: str, *tags: str) -> nbformat.NotebookNode:
    """Return a code cell."""
    return nbformat.v4.new_code_cell(source, id=identity, metadata={"tags": list(tags)})


def write(project: Project, cells: Sequence[nbformat.NotebookNode]) -> Path:
    """Add a notebook to a project that opens its chapter and then has the cells given."""
    first = [code("parameters", "economy: str | None = None", "parameters"), code("open", OPEN)]
    notebook = nbformat.v4.new_notebook(
        cells=[*first, *cells],
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "rebalancing": {"title": "Tiny", "reads": [], "writes": ["results/09_tiny.json"]},
        },
    )
    path = project.notebooks / "09_tiny.ipynb"
    nbformat.write(notebook, path)
    return path
