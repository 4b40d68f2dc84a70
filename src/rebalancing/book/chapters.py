"""The text of chapters, told anew from what was recorded: in the book and in executed notebooks.

A sentence that changes runs no computation again: prose cells are rendered here from results.json,
as their kernel would have rendered them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from rebalancing.book import cells
from rebalancing.book.texts import titles
from rebalancing.errors import RebalancingError
from rebalancing.files import write_atomic
from rebalancing.notebooks import Notebook
from rebalancing.notebooks.format import BadNotebookError
from rebalancing.notebooks.prose import parse
from rebalancing.notebooks.retold import dumped, retell, source_of
from rebalancing.report.prose import Prose
from rebalancing.report.prose.bibliography import Bibliography
from rebalancing.report.prose.notebook import bundles
from rebalancing.report.prose.plain import Plain, UnknownNumberError
from rebalancing.report.prose.premises import appears, prose_before
from rebalancing.report.sections import skipped


class ChapterTextError(RebalancingError):
    """A chapter whose text cannot be told anew."""


@dataclass(frozen=True)
class Teller:
    """Tells the text of an edition's chapters.

    Attributes:
        prose: Renders templates.
        recorded: The content of results.json.
        bibliography: Names what chapters cite.
        results: The recorded results by key, as ``prose`` looks them up.
    """

    prose: Prose
    recorded: Mapping[str, Any]
    bibliography: Bibliography
    results: Mapping[str, Mapping[str, Any]]
    _told: dict[tuple[str, str, str], str] = field(default_factory=dict, init=False, repr=False)

    def page(self, notebook: Notebook, executed: Path) -> dict[str, Any]:
        """Return a chapter's page, and bring the text of its executed notebook up to date.

        Args:
            notebook: The chapter as it is stored.
            executed: The executed notebook; written only where its text has changed.

        Raises:
            ProseError: Text that cannot be rendered.
            ChapterTextError: The executed notebook is not of this one.
        """
        before = executed.read_text(encoding="utf-8")
        told = self._retold(notebook, json.loads(before))
        after = dumped(told)
        if after != before:
            write_atomic(executed, after)
        return cells.chapter_page(
            told,
            self.recorded["left_out"],
            lambda cell: self.text(notebook, cell),
            self.title(notebook),
        )

    def text(self, notebook: Notebook, cell: Mapping[str, Any]) -> str:
        """Return what a prose cell says, in MyST Markdown; nothing where it does not appear.

        Raises:
            ProseError: It cannot be rendered.
            ChapterTextError: Its first line says what nobody knows.
        """
        key = (notebook.name, cell["id"], source_of(cell))
        if key not in self._told:  # a title, an output and a part of a page may ask for the same
            self._told[key] = self._text(notebook, cell)
        return self._told[key]

    def _text(self, notebook: Notebook, cell: Mapping[str, Any]) -> str:
        where = _where(notebook, cell)
        try:
            said = parse(source_of(cell))
            before = prose_before(notebook.cells, cell["id"])
        except ValueError as error:
            raise ChapterTextError(f"{where}: {error}") from None
        economy = self.recorded["edition"]["parameters"]["economy"]
        if not appears(said, before, self.results, economy):
            return ""
        return self.prose.render(said.text, where)

    def title(self, notebook: Notebook) -> str:
        """Return what heads a chapter's page, in Markdown: the title of its text, or its label.

        Raises:
            ProseError: A title that cannot be rendered.
            UnknownNumberError: A title with a number that nobody recorded.
        """
        for cell in json.loads(notebook.cleared)["cells"]:
            is_out = skipped(cell["metadata"].get("tags", ()), self.recorded["left_out"])
            if is_out or not titles.is_title(source_of(cell)):
                continue
            if brought := titles.apart(self.text(notebook, cell))[0]:
                return self._plain.words(brought)
        return notebook.heading

    def _retold(self, notebook: Notebook, executed: dict[str, Any]) -> dict[str, Any]:
        def outputs(cell: dict[str, Any]) -> list[dict[str, Any]]:
            if skipped(cell["metadata"].get("tags", ()), self.recorded["left_out"]):
                return []
            try:
                shown = bundles(self.text(notebook, cell), self._plain)
            except UnknownNumberError as error:
                raise ChapterTextError(f"{_where(notebook, cell)}: {error}") from None
            return [
                {"output_type": "display_data", "data": bundle, "metadata": {}} for bundle in shown
            ]

        stored = json.loads(notebook.cleared)
        # A heading cannot skip itself while a notebook runs; here it goes with its section.
        stored["cells"] = [cell for cell in stored["cells"] if not self._is_bare(cell)]
        try:
            return retell(executed, stored, outputs)
        except BadNotebookError as error:
            raise ChapterTextError(f"notebooks/{notebook.path.name}: {error}") from None

    def _is_bare(self, cell: dict[str, Any]) -> bool:
        """Return whether a cell is Markdown of a section that the edition goes without."""
        tags = cell["metadata"].get("tags", ())
        return cell["cell_type"] == "markdown" and skipped(tags, self.recorded["left_out"])

    @cached_property
    def _plain(self) -> Plain:
        return Plain(self.results, self.bibliography.cited)


def _where(notebook: Notebook, cell: Mapping[str, Any]) -> str:
    return f"notebooks/{notebook.path.name}, cell {cell['id']}"
