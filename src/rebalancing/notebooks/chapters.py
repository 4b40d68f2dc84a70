"""Which files of ``notebooks/`` are chapters of the report, and which are passed over."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path

from rebalancing.files import write_atomic
from rebalancing.notebooks.declared import Notebook, read_notebook
from rebalancing.notebooks.format import read_content
from rebalancing.project import Project

# What JupyterLab, its tools and programs that keep folders in step leave beside chapters.
_JUPYTERS_OWN = (
    *("Untitled.ipynb", "Untitled[0-9]*.ipynb", "Untitled-[0-9]*.ipynb", "*-Copy[0-9]*.ipynb"),
    *("*.nbconvert.ipynb", "* ([0-9]*).ipynb", "*conflicted copy*.ipynb"),
)


def find_notebooks(project: Project) -> list[Notebook]:
    """Return the project's notebooks in the order of their names, without those passed over.

    Raises:
        BadNotebookError: One cannot be read or does not declare what it must.
    """
    left = passed_over(project)
    return [read_notebook(path) for path in _files(project) if path not in left]


def passed_over(project: Project) -> list[Path]:
    """Return the notebooks that are no chapters: of a name that Jupyter gives, or empty.

    What book/_toc.yml names is a chapter, whatever it is called and however damaged.
    """
    return [path for path in _files(project) if _is_left(path) and not _is_listed(project, path)]


def with_outputs(project: Project) -> list[Path]:
    """Return the chapters whose files hold what running them put out.

    Raises:
        BadNotebookError: One cannot be read or does not declare what it must.
    """
    return [
        notebook.path
        for notebook in find_notebooks(project)
        if any(cell.get("outputs") for cell in read_content(notebook.path)["cells"])
    ]


def clear(project: Project) -> list[Path]:
    """Store chapters as they should be stored, without outputs, and return those that were not.

    Raises:
        BadNotebookError: One cannot be read or does not declare what it must.
    """
    cleared = []
    for notebook in find_notebooks(project):
        if notebook.path.read_text(encoding="utf-8") != notebook.cleared:
            write_atomic(notebook.path, notebook.cleared)
            cleared.append(notebook.path)
    return cleared


def _files(project: Project) -> list[Path]:
    return sorted(
        path
        for path in project.notebooks.glob("*.ipynb")
        if not path.name.startswith(".") and not path.is_dir()
    )


def _is_left(path: Path) -> bool:
    is_empty = path.is_file() and path.stat().st_size == 0
    return is_empty or any(fnmatch(path.name, pattern) for pattern in _JUPYTERS_OWN)


def _is_listed(project: Project, path: Path) -> bool:
    """Return whether the book's contents name a notebook."""
    contents = project.book / "_toc.yml"
    if not contents.is_file():
        return False
    text = contents.read_text(encoding="utf-8", errors="replace")
    return bool(re.search(rf"\bfile:\s*{re.escape(path.stem)}\s*$", text, re.MULTILINE))
