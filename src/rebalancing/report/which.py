"""Which notebook is running: it is asked for its name by nobody, so it must be found.

papermill and nbclient do not tell a kernel which notebook it runs, JupyterLab and VS Code do, each
in its own way. What all have is the sources of the cells run so far, and these are in one of the
stored notebooks.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rebalancing.errors import InputError
from rebalancing.notebooks import NAME_VARIABLE, Notebook, read_notebook
from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.project import Project

_OF_JUPYTER = "JPY_SESSION_NAME"
_OF_VS_CODE = "__vsc_ipynb_file__"


class WhichNotebookError(InputError):
    """A kernel that does not know which notebook it runs."""


def find(project: Project, sources: Sequence[str], names: Mapping[str, Any]) -> Notebook:
    """Return the stored notebook that is running.

    Args:
        project: Its notebooks are looked at.
        sources: The cells run so far, the running one last.
        names: The names that the notebook has defined, where VS Code puts its path.

    Raises:
        WhichNotebookError: None or several come into question; the message says what to write.
    """
    told = os.environ.get(NAME_VARIABLE, "")
    if (path := project.notebooks / f"{told}.ipynb").is_file():
        return read_notebook(path)
    stored = {notebook.name: notebook for notebook in find_notebooks(project)}
    alike = _most_alike(list(stored.values()), sources)
    if len(alike) == 1:
        return alike[0]
    of_editor = Path(str(names.get(_OF_VS_CODE) or os.environ.get(_OF_JUPYTER) or "")).stem
    if of_editor in stored and (not alike or stored[of_editor] in alike):
        return stored[of_editor]
    found = ", ".join(notebook.name for notebook in alike)
    why = f"{found} begin alike" if alike else "no stored notebook begins like this one; save it"
    raise WhichNotebookError(
        f'cannot tell which notebook this is: {why}, or say which: open_chapter("02_consumption")'
    )


def _most_alike(notebooks: Sequence[Notebook], sources: Sequence[str]) -> list[Notebook]:
    """Return the notebooks that have the running cell, and most of those before it."""
    run = [source.strip() for source in sources if source.strip()]
    if not run:
        return []
    found: dict[int, list[Notebook]] = {}
    for notebook in notebooks:
        own = {cell.source.strip() for cell in notebook.code_cells}
        if run[-1] in own:
            found.setdefault(sum(source in own for source in run), []).append(notebook)
    return found[max(found)] if found else []
