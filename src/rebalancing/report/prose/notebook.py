"""Prose cells in a notebook that runs: each shows its text with its numbers where it stands.

``open_chapter`` lets the kernel know ``%%prose``. A cell uses what was recorded above it and what
the chapters recorded whose results the notebook declares to read; one that is ``ahead`` of its
numbers fills itself in as they are recorded below. What is shown is plain Markdown, with the
record of each number beside it under a type of our own, so that nothing need be installed to read
an executed notebook.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from rebalancing.notebooks.prose import ProseCell, parse
from rebalancing.report.prose.plain import Plain, UnknownNumberError
from rebalancing.report.prose.premises import appears
from rebalancing.report.prose.rendering import Prose, ProseError, Recorded
from rebalancing.report.results import Result
from rebalancing.report.sections import needs, skipped

if TYPE_CHECKING:  # a book tells the same texts, and has no use for IPython
    from IPython.display import DisplayHandle

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
class _ShownCell:
    """A cell whose outputs may change when more is known, and these outputs."""

    cell: ProseCell
    before: tuple[ProseCell, ...]
    where: str
    tags: tuple[str, ...]
    outputs: list[DisplayHandle]
    shown: list[Bundle]


def _handles(count: int) -> list[DisplayHandle]:
    from IPython.display import DisplayHandle

    return [DisplayHandle() for _ in range(count)]


def _filled(made: list[Bundle], outputs: Sequence[DisplayHandle]) -> list[Bundle]:
    """Return what each output shows: nothing in those that are left."""
    empty: Bundle = {"text/markdown": ""}
    return made + [empty] * (len(outputs) - len(made))


@dataclass
class NotebookProse:
    """The prose of a chapter that runs.

    Attributes:
        known: Returns the results that a cell may use, by key.
        names: Returns what else a template may use.
        cited: Returns keys of the bibliography as a citation.
        left_out: Returns the sections that the edition goes without, as far as it is decided.
        economy: The code of the edition's economy.
    """

    known: Callable[[], Mapping[str, Result]]
    names: Callable[[], Mapping[str, Any]]
    cited: Callable[[list[str]], str]
    left_out: Callable[[], Collection[str]]
    economy: str
    _unsettled: dict[str, _ShownCell] = field(default_factory=dict)

    def show(
        self,
        source: str,
        where: str,
        *,
        tags: Iterable[str] = (),
        before: Sequence[ProseCell] = (),
    ) -> None:
        """Show a prose cell.

        Args:
            source: The cell's, with its first line.
            where: The notebook and the cell, for messages.
            tags: The cell's; it shows nothing once a section that it needs is left out.
            before: The prose cells just before it, for one that stands in for them.

        Raises:
            ProseError: The cell cannot be rendered.
        """
        try:
            cell = parse(source)
        except ValueError as error:
            raise ProseError(f"{where}: {error}") from None
        results = self._results()
        is_shown = appears(cell, before, results, self.economy)
        if not (is_shown or cell.ahead):
            return
        if not cell.ahead:
            made = self._bundles(cell, where, results)
            outputs = _handles(len(made))
            for output, bundle in zip(outputs, made, strict=True):
                output.display(bundle, raw=True)
            if needs(tags):  # the section may still be left out
                shown = _ShownCell(cell, tuple(before), where, tuple(tags), outputs, made)
                self._unsettled[where] = shown
            return
        # As many outputs as it can come to, as none can be added to a cell that has run.
        outputs = _handles(1 + 2 * cell.text.count("{key-numbers}"))
        waiting: list[Bundle] = [{"text/markdown": NOT_YET}] if is_shown else []
        for output, bundle in zip(outputs, _filled(waiting, outputs), strict=True):
            output.display(bundle, raw=True)
        self._unsettled[where] = _ShownCell(
            cell, tuple(before), where, tuple(tags), outputs, waiting
        )
        self.fill_in()

    def fill_in(self) -> None:
        """Fill in the cells that are ahead of their numbers, as far as these are recorded.

        What a section says that has been left out since is taken away.
        """
        results = self._results() if self._unsettled else {}
        for cell in self._unsettled.values():
            try:
                made = self._told(cell, results)
            except ProseError:
                continue  # a number is still to come, as the cell says
            if made != cell.shown:
                for output, bundle in zip(cell.outputs, _filled(made, cell.outputs), strict=True):
                    output.update(bundle, raw=True)
                cell.shown = made

    def _told(self, shown: _ShownCell, results: Mapping[str, Mapping[str, Any]]) -> list[Bundle]:
        if skipped(shown.tags, self.left_out()):
            return []
        if not shown.cell.ahead:
            return shown.shown
        if not appears(shown.cell, shown.before, results, self.economy):
            return []  # a premise that is decided below may still hold, or no longer
        return self._bundles(shown.cell, shown.where, results)

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
