"""The pages of a built site as trees of elements, which is all that is asked of HTML here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr", "col"})

_ENDED_BY = {"dt": ("dt", "dd"), "dd": ("dt", "dd"), "li": ("li",), "option": ("option",)}


@dataclass
class Element:
    """An element with its attributes and what it holds: elements and text, in order."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    @property
    def classes(self) -> set[str]:
        """The classes of the element."""
        return set(self.attributes.get("class", "").split())

    @property
    def elements(self) -> list[Element]:
        """The elements directly within."""
        return [child for child in self.children if isinstance(child, Element)]

    def walk(self) -> Iterator[Element]:
        """Yield the element and all within it, in the order of the page."""
        yield self
        for child in self.elements:
            yield from child.walk()

    def all(self, *tags: str) -> list[Element]:
        """Return the elements within that have one of the tags."""
        return [element for element in self.walk() if element.tag in tags]

    @property
    def words(self) -> str:
        """The text within, with single blanks."""
        parts = (c.words if isinstance(c, Element) else c for c in self.children)
        return " ".join("".join(f"{part} " if part else "" for part in parts).split())


class _TreeReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("page")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # What follows ends what HTML lets stand without an end.
        while self.open[-1].tag in _ENDED_BY.get(tag, ()):
            self.open.pop()
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if any(element.tag == tag for element in self.open[1:]):
            while self.open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read_page(html: str) -> Element:
    """Return what a page holds."""
    reader = _TreeReader()
    reader.feed(html)
    reader.close()
    return reader.open[0]
