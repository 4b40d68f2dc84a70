"""The foot of each page names the releases that the page rests on, and no others."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

# What tells the releases of one publisher's database apart; a page may name several at once.
_RELEASE = re.compile(r", (?:data to|releases to|vintage) .*")


def used(sources: Sequence[dict[str, Any]], body: str) -> list[dict[str, Any]]:
    """Return the sources that a page names, in its figures, tables and the cards of its numbers.

    Args:
        sources: Those of the edition, each with its ``source`` as cards and figures name it.
        body: The page's HTML.
    """
    said = _plain(html.unescape(body))
    stems = [_RELEASE.sub("", source["source"]) for source in sources]
    return [
        source
        for source, stem in zip(sources, stems, strict=True)
        if _plain(source["source"]) in said
        or (sum(other.startswith(stem) for other in stems) == 1 and _plain(stem) in said)
    ]


def _plain(words: str) -> str:
    """Return words in one line with plain apostrophes and blanks, however they were typeset."""
    return " ".join(words.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())


def _choose(
    _: Sphinx, __: str, ___: str, context: dict[str, Any], ____: nodes.document | None
) -> None:
    context["sources"] = used(context["sources"], context.get("body", ""))


def setup(app: Sphinx) -> None:
    """Choose the sources of every page that is written."""
    app.connect("html-page-context", _choose)
