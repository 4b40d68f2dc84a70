"""Which cell of a chapter runs, and whether it skips itself.

A code cell tagged ``needs-x`` needs section ``x`` of the book. After ``leave_out("x", reason)`` it
shows ``Left out: reason`` in place of what it would have done, so that its code needs no guards. A
cell with several such tags needs all of those sections. The tags are those of the stored notebook.

JupyterLab says with each request which cell it is, so that a cell that was edited and not saved is
known, too. papermill, nbclient and nbconvert send only the source.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from rebalancing.notebooks import Notebook
from rebalancing.notebooks.format import Cell
from rebalancing.report.sections import needs, skipped

if TYPE_CHECKING:
    from rebalancing.report.results import Results


def stored(notebook: Notebook, source: str) -> list[Cell]:
    """Return the stored code cells that the running one may be: one, unless sources are equal.

    Args:
        notebook: As stored.
        source: The source that runs, for a client that does not say which cell it is.
    """
    asked = _requested_cell()
    by_id = [cell for cell in notebook.code_cells if cell.id == asked]
    return by_id or [c for c in notebook.code_cells if c.source.strip() == source.strip()]


class Running(Protocol):
    """What a chapter does while its notebook runs."""

    @property
    def notebook(self) -> Notebook:
        """The notebook as it is stored."""

    @property
    def results(self) -> Results:
        """Where it records, and which sections it leaves out."""

    def show_prose(self, line: str, text: str) -> None:
        """Show a prose cell: what follows ``%%prose`` on its first line, and its text."""

    def after_cell(self, *_: object) -> None:
        """Write what a cell has recorded, and fill in the text that waited for it."""


class Skip:
    """Puts a line that says why in place of a cell to be skipped, before IPython reads it."""

    def __init__(self, notebook: Notebook, results: Results) -> None:
        self.notebook = notebook
        self.results = results

    def __call__(self, lines: list[str]) -> list[str]:
        """Return the lines of a cell, or those that take their place; of text, none.

        A cell that runs again decides again what to leave out.
        """
        cells = stored(self.notebook, "".join(lines))
        for cell in cells[:1]:
            self.results.take_back(cell.id)
        left_out = self.results.left_out
        if not cells or not all(skipped(cell.tags, left_out) for cell in cells):
            return lines
        if cells[0].is_prose:
            return []
        reasons = (left_out[name] for name in needs(cells[0].tags) if name in left_out)
        return [f"print({f'Left out: {reason}'!r})\n" for reason in dict.fromkeys(reasons)]


def install(chapter: Running) -> None:
    """Let the notebook that runs skip cells, show prose, and write what each cell has recorded.

    Outside a notebook there is nothing to do. An earlier chapter in the same kernel counts no more.
    """
    shell = _shell()
    if shell is None:
        return
    others = [t for t in shell.input_transformers_cleanup if not isinstance(t, Skip)]
    shell.input_transformers_cleanup[:] = [Skip(chapter.notebook, chapter.results), *others]
    chapter.results.writes_at_once = False
    shell.register_magic_function(chapter.show_prose, "cell", "prose")
    for earlier in list(shell.events.callbacks["post_run_cell"]):
        if getattr(earlier, "__name__", "") == chapter.after_cell.__name__:
            shell.events.unregister("post_run_cell", earlier)
    shell.events.register("post_run_cell", chapter.after_cell)


def show(saved: object) -> None:
    """Show a figure or table in the notebook that runs; outside a notebook there is nothing to do.

    Shown as it is saved, it cannot be lost to a semicolon, an ``if`` or a later line of its cell.
    """
    if _shell() is not None:
        from IPython.display import display

        display(saved)


def history() -> list[str]:
    """Return the sources of the cells run so far, as they were typed; empty outside a notebook."""
    shell = _shell()
    return list(shell.history_manager.input_hist_raw) if shell else []


def names() -> dict[str, Any]:
    """Return the names that the notebook has defined; empty outside a notebook."""
    shell = _shell()
    return dict(shell.user_ns) if shell else {}


def current_cell(notebook: Notebook) -> str:
    """Return the id of the running cell; empty where neither the client nor the source tells it.

    A cell that was added in JupyterLab and not saved yet has its id already.
    """
    found = stored(notebook, (history() or [""])[-1])
    return found[0].id if found else _requested_cell()


def _requested_cell() -> str:
    """Return the id of the cell that the client asked to run; empty where it does not say."""
    parent: Any = getattr(_shell(), "get_parent", dict)()
    return str((parent or {}).get("metadata", {}).get("cellId", ""))


def _shell() -> Any:
    try:
        from IPython import get_ipython
    except ImportError:  # pragma: no cover - IPython comes with Jupyter
        return None
    return get_ipython()
