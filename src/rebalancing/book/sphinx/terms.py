"""Words that need explaining or are not ours: roles of the book's pages.

::

    {term}`unit root`              a term of the glossary, with its definition on a hover card
    {term}`households <household consumption>`   the same in other words
    {claim}`nearly 30%`            what somebody else said, quoted
    {stated}`6.25`                 a parameter of a method or a definition, as plain text

The terms are Sphinx's own, defined in a `glossary` directive; without scripts they are links to it.
What may stand in the last two roles is the gate's to say (`rebalancing.book.texts.gate`).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxRole

from rebalancing.book.sphinx import markup
from rebalancing.book.sphinx.html import Html


class ClaimRole(SphinxRole):
    """What somebody else said."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the words in quotation marks."""
        return [
            nodes.inline(
                "",
                f"\N{LEFT DOUBLE QUOTATION MARK}{self.text}\N{RIGHT DOUBLE QUOTATION MARK}",
                classes=["claim"],
            )
        ], []


class StatedRole(SphinxRole):
    """A parameter of a method, or a definition."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the words as they are."""
        return [nodes.Text(self.text)], []


class TermCards(SphinxPostTransform):
    """Give each link to a term the term's definition, for its hover card."""

    default_priority = 20  # once references are resolved

    def run(self, **_: Any) -> None:
        """Replace the links that Sphinx made for the role."""
        for link in list(self.document.findall(nodes.reference)):
            if _is_term(link):
                link.replace_self(self._card(link))

    def _card(self, link: nodes.reference) -> Html:
        address, anchor = link.get("refuri", ""), link.get("refid", "")
        if not anchor:
            address, _, anchor = address.partition("#")
        term, definition = self._definition(anchor)
        shown = link.astext()
        html = markup.term(shown, term, definition, f"{address}#{anchor}")
        return Html("", nodes.Text(shown), html=html)

    def _definition(self, anchor: str) -> tuple[str, str]:
        """Return a term as the glossary has it, and the first paragraph on it."""
        objects = self.env.get_domain("std").get_objects()
        page = next(
            page for _, _, kind, page, there, _ in objects if (kind, there) == ("term", anchor)
        )
        return _defined(self.env, page)[anchor]


@lru_cache(maxsize=1)
def _defined(env: BuildEnvironment, page: str) -> dict[str, tuple[str, str]]:
    """Return each term of a page, by its anchor, and the first paragraph on it."""
    tree = env.get_doctree(page)
    return {
        anchor: (term.astext(), item.next_node(nodes.paragraph).astext())
        for item in tree.findall(nodes.definition_list_item)
        for term in _terms(item)
        for anchor in term["ids"]
    }


def _is_term(link: nodes.reference) -> bool:
    return any("std-term" in child.get("classes", ()) for child in link.findall(nodes.inline))


def _terms(item: nodes.definition_list_item) -> Iterator[nodes.term]:
    return (child for child in item.children if isinstance(child, nodes.term))


def setup(app: Sphinx) -> None:
    """Register the roles and the cards."""
    app.add_role("claim", ClaimRole())
    app.add_role("stated", StatedRole())
    app.add_post_transform(TermCards)
