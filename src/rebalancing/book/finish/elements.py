"""The elements of a built page, as a browser that follows the HTML standard has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser


@dataclass(frozen=True, slots=True)
class BareElement:
    """An element of a page: its tag, its attributes, and what a style sheet inside it says."""

    tag: str
    attributes: dict[str, str]
    style: str = ""


def of_page(path: Path) -> Iterator[BareElement]:
    """Yield the elements of an HTML page, in order."""
    yield from of_tree(LexborHTMLParser(path.read_text("utf-8")))


def of_tree(page: LexborHTMLParser) -> Iterator[BareElement]:
    """Yield the elements of a page that has been parsed, in order."""
    for node in page.root.traverse(include_text=False) if page.root else ():
        tag = node.tag or ""
        attributes = {name: value or "" for name, value in node.attributes.items()}
        yield BareElement(tag, attributes, node.text() if tag == "style" else "")
