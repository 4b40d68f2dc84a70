"""Tables and folds in Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from rebalancing.report.markdown import plain


def markdown_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown; its cells are words, but for those that are Markdown already."""
    cells = [columns, [Markup("---")] * len(columns), *rows]
    return "\n".join("| " + " | ".join(map(_cell, row)) + " |" for row in cells)


def fold(title: str, text: str) -> str:
    """Return a text that hosts of pull requests show once its title is clicked."""
    return f"<details>\n<summary>{plain(title)}</summary>\n\n{text.rstrip()}\n\n</details>"


def _cell(words: str) -> Markup:
    return words if isinstance(words, Markup) else plain(str(words))
