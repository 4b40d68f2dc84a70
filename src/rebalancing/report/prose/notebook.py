"""Prose cells in a notebook that runs: each shows its text with its numbers where it stands.

``open_chapter`` lets the kernel know ``%%prose``. A cell uses what was recorded above it and what
the chapters recorded whose results the notebook declares to read; one that is ``ahead`` of its
numbers fills itself in as they are recorded below. What is shown is plain Markdown, with the
record of each number beside it under a type of our own, so that nothing need be installed to read
an executed notebook.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from IPython.display import DisplayHandle

from rebalancing.notebooks.prose import ProseCell, parse
from rebalancing.report.prose.plain import Plain, UnknownNumberError
from rebalancing.report.prose.premises import appears
from rebalancing.report.prose.rendering import Prose, ProseError, Recorded
from rebalancing.report.results import Result

PROVENANCE = "application/vnd.rebalancing.prose+json"
NOT_YET = "*The text here shows itself when the numbers that it uses have been computed below.*"
_KEY_NUMBERS = re.compile(
    r"^(:{3,})\{key-numbers\}[^\n]*\n(?P<body>.*?)^\1[ \t]*$", re.MULTILINE | re.DOTALL
)
_NUMBERS = re.compile(r"\{result\}`(?:[^`<]*<)?([\w.]+)>?`")
Bundle = dict[str, Any]


def bundles(rendered: str, plain: Plain) -> list[Bundle]:
    """Return rendered prose as what a notebook shows: one output, and one per row of key numbers.

    Args:
        rendered: MyST Markdown, as the book takes it.
        plain: What makes it plain.

    Returns:
        By media type: ``text/markdown`` (and ``text/html`` for key numbers), and under
        `PROVENANCE` the record of each number that is shown.
    """
    found, at = [], 0
    for row in _KEY_NUMBERS.finditer(rendered):
        found.append(_text(rendered[at : row.start()], plain))
        markup, words = plain.key_numbers(row["body"])
        keys = [line.partition("|")[0].strip() for line in row["body"].splitlines()]
        shown = [key for key in keys if key]
        found.append({"text/html": markup, "text/markdown": words, **_records(shown, plain)})
        at = row.end()
    found.append(_text(rendered[at:], plain))
    return [bundle for bundle in found if bundle["text/markdown"]]


def _text(rendered: str, plain: Plain) -> Bundle:
    return {"text/markdown": plain.words(rendered), **_records(_NUMBERS.findall(rendered), plain)}


def _records(keys: Sequence[str], plain: Plain) -> Bundle:
    """Return the records of the numbers that are shown, if there are any."""
    numbers = [dict(plain.results[key]) for key in dict.fromkeys(keys)]
    return {PROVENANCE: {"numbers": numbers}} if numbers else {}


@dataclass
class _Waiting:
    """A cell ahead of its numbers, and the outputs that it fills in."""

    cell: ProseCell
    where: str
    outputs: list[DisplayHandle]
    shown: list[Bundle] = field(default_factory=list)


@dataclass
class NotebookProse:
    """The prose of a chapter that runs.

    Attributes:
        known: Returns the results that a cell may use, by key.
        names: Returns what else a template may use.
        cited: Returns keys of the bibliography as a citation.
        economy: The code of the edition's economy.
    """

    known: Callable[[], Mapping[str, Result]]
    names: Callable[[], Mapping[str, Any]]
    cited: Callable[[list[str]], str]
    economy: str
    _waiting: dict[str, _Waiting] = field(default_factory=dict)

    def show(self, source: str, where: str, before: Sequence[ProseCell] = ()) -> None:
        """Show a prose cell.

        Args:
            source: The cell's, with its first line.
            where: The notebook and the cell, for messages.
            before: The prose cells just before it, for one that stands in for them.

        Raises:
            ProseError: The cell cannot be rendered.
        """
        try:
            cell = parse(source)
        except ValueError as error:
            raise ProseError(f"{where}: {error}") from None
        results = self._results()
        if not appears(cell, before, results, self.economy):
            return
        if not cell.ahead:
            for bundle in self._bundles(cell, where, results):
                DisplayHandle().display(bundle, raw=True)
            return
        # As many outputs as it can come to, as none can be added to a cell that has run.
        outputs = [DisplayHandle() for _ in range(1 + 2 * cell.text.count("{key-numbers}"))]
        for number, output in enumerate(outputs):
            output.display({"text/markdown": "" if number else NOT_YET}, raw=True)
        self._waiting[where] = _Waiting(cell, where, outputs)
        self.fill_in()

    def fill_in(self) -> None:
        """Fill in the cells that are ahead of their numbers, as far as these are recorded."""
        results = self._results() if self._waiting else {}
        for waiting in self._waiting.values():
            try:
                made = self._bundles(waiting.cell, waiting.where, results)
            except ProseError:
                continue  # a number is still to come, as the cell says
            if made != waiting.shown:
                empty: Bundle = {"text/markdown": ""}
                filled = made + [empty] * (len(waiting.outputs) - len(made))
                for output, bundle in zip(waiting.outputs, filled, strict=True):
                    output.update(bundle, raw=True)
                waiting.shown = made

    def _results(self) -> dict[str, Mapping[str, Any]]:
        return {key: asdict(result) for key, result in self.known().items()}

    def _bundles(
        self, cell: ProseCell, where: str, results: Mapping[str, Mapping[str, Any]]
    ) -> list[Bundle]:
        prose = Prose(Recorded(results), self.names())
        rendered = prose.render(cell.text, where)
        try:
            return bundles(rendered, Plain(results, self.cited))
        except UnknownNumberError as error:
            raise ProseError(f"{where}: {error}") from None
