"""Finished HTML as a node of a page."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator


class Html(nodes.General, nodes.Inline, nodes.Element):  # type: ignore[misc]
    """Finished HTML; its children are the words that the search index should know."""

    def astext(self) -> str:
        """Return the words, for titles and descriptions."""
        return "".join(child.astext() for child in self.children)


def _visit_html(translator: HTML5Translator, node: Html) -> None:
    translator.body.append(node["html"])
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Register the node."""
    app.add_node(Html, html=(_visit_html, None))
