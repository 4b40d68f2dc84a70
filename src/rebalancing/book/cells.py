"""An executed notebook as a page of the book.

The text stays, rendered; a cell that shows a figure or a table gives way to the directive that
places it, unless the chapter's text places it elsewhere, with all the code since the last text or
figure folded below it; code that shows nothing is folded where it stands. What a cell prints or
returns is left to the notebook. Each fold carries the anchors of its cells (``cell-<id>``), so that
a number or a figure can point to the code behind it. A title that a prose cell brings
(`rebalancing.book.texts.titles`) takes the heading's place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from rebalancing.book.anchors import ANCHORS
from rebalancing.book.texts import titles
from rebalancing.notebooks.prose import is_prose, parse
from rebalancing.notebooks.retold import computes, source_of
from rebalancing.report.sections import skipped

_NO_PARAGRAPH = re.compile(r"#|[:`]{3}|<|\||[-*] |\d+\. ")  # how other blocks begin

BookCell = Mapping[str, Any]

SET_UP = {"parameters", "injected-parameters"}
SET_UP_LABEL = "How this chapter is set up"
_PLACED = re.compile(r"^`{3,}\{report-(figure|table)\}[ \t]+(\S+)", re.MULTILINE)


def chapter_page(
    notebook: Mapping[str, Any],
    left_out: Collection[str],
    text: Callable[[BookCell], str],
    title: str = "",
) -> dict[str, Any]:
    """Return an executed notebook made ready for the book.

    Args:
        notebook: The notebook as JSON (format 4), with the text of the stored one.
        left_out: Sections that this edition goes without; cells tagged ``needs-<section>`` go too.
        text: Returns what a prose cell says, in MyST Markdown; nothing where it does not appear.
        title: What heads the page, in Markdown, in place of the heading; the heading if empty.

    Raises:
        ProseError: Text that cannot be rendered.
    """
    used = [cell for cell in notebook["cells"] if not skipped(_tags(cell), left_out)]
    rendered = [_markdown(text(cell)) if _is_prose(cell) else cell for cell in _lead_first(used)]
    titled = _titled(rendered, title)
    filled = [cell for cell in titled if source_of(cell).strip() and cell["cell_type"] != "raw"]
    placed = _placed(filled)
    cells: list[BookCell] = []
    for kind, group in groupby(filled, key=lambda cell: cell["cell_type"]):
        run = list(group)
        cells.extend(_code(run, placed) if kind == "code" else run)
    cells = _folds_after_text(_led_in(cells))
    kept = {"kernelspec", "language_info"} & set(notebook["metadata"])
    return {
        "cells": [{**cell, "id": f"page-{number}"} for number, cell in enumerate(cells, start=1)],
        "metadata": {key: notebook["metadata"][key] for key in sorted(kept)},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _tags(cell: BookCell) -> set[str]:
    return set(cell["metadata"].get("tags", []))


def _is_prose(cell: BookCell) -> bool:
    return bool(cell["cell_type"] == "code") and is_prose(source_of(cell))


def _lead_first(cells: Sequence[BookCell]) -> list[BookCell]:
    """Return cells with the text that leads a chapter before the code that sets it up.

    In the notebook the set-up comes first, as without it no text can show itself.
    """
    start = next((n for n, cell in enumerate(cells) if cell["cell_type"] == "code"), 0)
    end = next((n for n in range(start, len(cells)) if not computes(cells[n])), start)
    last = end
    while last < len(cells) and _is_prose(cells[last]) and parse(source_of(cells[last])).ahead:
        last += 1
    return [*cells[:start], *cells[end:last], *cells[start:end], *cells[last:]]


def _led_in(cells: Sequence[BookCell]) -> list[BookCell]:
    """Return a page's cells with a paragraph between each heading and the figure that follows it.

    It is the first of the text after the figure: in the notebook, text follows the code that
    records its numbers, but a reader is told what to look for before looking.
    """
    led = list(cells)
    for place, cell in enumerate(led[:-1]):
        if not _is_heading(cell) or not _PLACED.match(source_of(led[place + 1])):
            continue
        after = next(
            (n for n in range(place + 1, len(led)) if _is_text(led[n])),
            len(led),
        )
        first, _, rest = source_of(led[after]).partition("\n\n") if after < len(led) else ("",) * 3
        if first and not _NO_PARAGRAPH.match(first):
            led[place] = {**cell, "source": f"{source_of(cell).rstrip()}\n\n{first}"}
            led[after] = {**led[after], "source": rest.lstrip("\n")}
    return [cell for cell in led if source_of(cell).strip()]


def _folds_after_text(cells: Sequence[BookCell]) -> list[BookCell]:
    """Return a page's cells with no fold between a heading and the text that follows.

    In the notebook the code stands before the text that tells of it. Folds that then stand side by
    side are joined.
    """
    moved = _joined(cells)
    for place in range(len(moved)):
        while _is_fold_before_text(moved[place : place + 3]):
            moved[place + 1 : place + 3] = [moved[place + 2], moved[place + 1]]
            moved = _joined(moved)
    return moved


def _is_fold_before_text(cells: Sequence[BookCell]) -> bool:
    return (
        len(cells) == 3
        and _is_heading(cells[0])
        and _is_plain_fold(cells[1])
        and _is_text(cells[2])
    )


def _joined(cells: Sequence[BookCell]) -> list[BookCell]:
    """Return a page's cells with folds that stand side by side as one."""
    joined: list[BookCell] = []
    for cell in cells:
        if joined and _is_plain_fold(joined[-1]) and _is_plain_fold(cell):
            joined.append(_join(joined.pop(), cell))
        else:
            joined.append(cell)
    return joined


def _join(first: BookCell, second: BookCell) -> BookCell:
    """Return two folds as one."""
    anchors = [*first["metadata"][ANCHORS], *second["metadata"][ANCHORS]]
    metadata = {**second["metadata"], ANCHORS: anchors}
    source = f"{source_of(first)}\n\n{source_of(second)}"
    return {**second, "metadata": metadata, "source": source}


def _is_plain_fold(cell: BookCell) -> bool:
    """Return whether a cell is a fold that shows nothing and has no name of its own."""
    named = "mystnb" in cell["metadata"]
    return bool(cell["cell_type"] == "code") and not cell["outputs"] and not named


def _is_heading(cell: BookCell) -> bool:
    """Return whether the last line of a cell is a heading."""
    lines = source_of(cell).strip().splitlines() if cell["cell_type"] == "markdown" else []
    return bool(lines) and lines[-1].startswith("#")


def _is_text(cell: BookCell) -> bool:
    """Return whether a cell is text, and not a figure or a table alone."""
    return bool(cell["cell_type"] == "markdown") and not _PLACED.match(source_of(cell))


def _titled(cells: Sequence[BookCell], title: str) -> Iterator[BookCell]:
    """Yield cells with a title in place of the heading, and without the block that brought it."""
    for number, cell in enumerate(cells):
        if number == 0 and title:
            yield {**cell, "source": titles.headed(source_of(cell), title)}
        elif cell["cell_type"] == "markdown":
            yield {**cell, "source": titles.apart(source_of(cell))[1]}
        else:
            yield cell


def _markdown(text: str) -> BookCell:
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def _placed(cells: Sequence[BookCell]) -> set[tuple[str, str]]:
    """Return the figures and tables, by kind and reference, that the text has places for."""
    texts = [source_of(cell) for cell in cells if cell["cell_type"] == "markdown"]
    return {found for text in texts for found in _PLACED.findall(text)}


def _code(run: Sequence[BookCell], placed: Collection[tuple[str, str]]) -> Iterator[BookCell]:
    """Yield a run of code cells as directives, each followed by the fold that leads to it.

    A figure or table that the text places is not shown a second time.
    """
    showing = [number for number, cell in enumerate(run) if _shows(cell, placed)]
    if not showing:
        yield _fold(run)
        return
    starts = [0, *(number + 1 for number in showing[:-1])]
    ends = [*(number + 1 for number in showing[:-1]), len(run)]  # what is left joins the last fold
    for start, end in zip(starts, ends, strict=True):
        part = run[start:end]
        for cell in part:
            yield from (
                _markdown(f"```{{report-{kind}}} {reference}\n```")
                for kind, reference in _references(cell)
                if (kind, reference) not in placed
            )
        yield _fold(part)


def _shows(cell: BookCell, placed: Collection[tuple[str, str]] = ()) -> bool:
    """Return whether a cell shows something that stays where it is."""
    shows_other = any(_is_display(output) and not _ours(output) for output in cell["outputs"])
    return shows_other or any(reference not in placed for reference in _references(cell))


def _ours(output: Mapping[str, Any]) -> Mapping[str, str]:
    """Return ``{"figure": reference}`` or ``{"table": reference}`` if an output is one."""
    shown: Mapping[str, str] = output.get("metadata", {}).get("rebalancing", {})
    return shown


def _is_display(output: Mapping[str, Any]) -> bool:
    return bool(output["output_type"] == "display_data")


def _references(cell: BookCell) -> Iterator[tuple[str, str]]:
    """Yield the figures and tables that a cell shows, in their order, by kind and reference."""
    for output in cell["outputs"]:
        yield from _ours(output).items()


def _fold(cells: Sequence[BookCell]) -> BookCell:
    """Return one folded cell with the code of several, and what they display beside figures."""
    only_set_up = bool(_tags(cells[0]) & SET_UP) and not any(_shows(cell) for cell in cells)
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {
            "tags": ["hide-input"],
            ANCHORS: [f"cell-{cell['id']}" for cell in cells],
            **({"mystnb": {"code_prompt_show": SET_UP_LABEL}} if only_set_up else {}),
        },
        "outputs": [
            output
            for cell in cells
            for output in cell["outputs"]
            if _is_display(output) and not _ours(output)
        ],
        "source": "\n\n".join(source_of(cell).strip("\n") for cell in cells),
    }
