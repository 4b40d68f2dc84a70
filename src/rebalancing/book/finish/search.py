"""The search of a built site: which words stand in which passages, in small files.

A passage is a heading, a sentence or a row of a table. The words are in files by their first two
letters, the passages in files of `PER_FILE`, so that a query loads a few kilobytes. All are
scripts, because a page that was opened as a file may load nothing else; ``search.js`` of the theme
asks for them. One file holds all words alone, for a query with a letter wrong.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

FOLDER = "search"
PER_FILE = 24
MISTYPED_FROM = 4  # letters, as in search.js
_COMMON_WORDS = """
a an and are as at be but by for from has have in is it its of on or than that the their they this
to was were which with
"""
COMMON = frozenset(_COMMON_WORDS.split())  # as in search.js, which does not look them up
_WORD = re.compile(r"\d[\d,]*(?:\.\d+)?|[^\W\d_]+")
_SENTENCE = re.compile(r"(?<=[.?!])\s+(?=[A-Z“(])")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})
_BLOCKS = _HEADINGS | {"p", "li", "dt", "dd", "tr", "summary", "figure", "table", "section", "div"}
_PASSED_OVER = frozenset(
    {"script", "style", "svg", "pre", "nav", "form", "footer", "math", "button"}
)
_ANCHORS = frozenset({"section", "figure", "details", "dt"})
HEADING, TEXT, ROW = "h", "t", "r"


class Passage(NamedTuple):
    """What is found and shown: what it says, what kind that is, and the anchor nearest above.

    Last stand the words by which it is found, each once.
    """

    kind: str
    words: str
    anchor: str
    found_by: tuple[str, ...]

    @classmethod
    def of(cls, kind: str, words: str, anchor: str) -> Passage:
        """Return a passage of what it says."""
        return cls(kind, words, anchor, tuple(sorted({*words_of(words)} - COMMON)))


@dataclass(frozen=True)
class SearchablePage:
    """What of a page can be found: its title and its passages, each once."""

    title: str
    passages: list[Passage]

    @classmethod
    def of(cls, tree: LexborHTMLParser) -> SearchablePage:
        """Read the main part of a page that has been parsed."""
        reader = _PassageReader()
        main = tree.css_first("main")
        if main is not None:
            reader.read(main)
        return cls(reader.title, list(dict.fromkeys(reader.passages)))

    @classmethod
    def read(cls, path: Path) -> SearchablePage:
        """Read the same of a file."""
        return cls.of(LexborHTMLParser(path.read_text("utf-8")))


@dataclass
class _PassageReader:
    """Reads the passages of one page."""

    passages: list[Passage] = field(default_factory=list)
    title: str = ""
    _parts: list[str] = field(default_factory=list)
    _kind: str = TEXT

    def read(self, main: LexborNode) -> None:
        """Read the main part of a page."""
        self._read(main, anchor="", in_row=False)

    def _read(self, node: LexborNode, anchor: str, in_row: bool) -> None:
        """Read an element that stands below an anchor; a row of a table is one passage."""
        tag = node.tag or ""
        attributes = node.attributes
        ends = tag in _BLOCKS and not in_row
        if ends:
            self._end(anchor)
            self._kind = HEADING if tag in _HEADINGS else ROW if tag == "tr" else TEXT
        if tag in {"td", "th"} and self._parts:
            self._parts.append(" · ")
        if tag in _ANCHORS:
            anchor = attributes.get("id") or anchor
        if attributes.get("role") == "img":
            self._parts.append(attributes.get("aria-label") or "")
        for child in node.iter(include_text=True):
            if child.tag == "-text":
                self._parts.append(child.text_content or "")
            elif child.tag not in _PASSED_OVER and child.attributes.get("class") != "headerlink":
                self._read(child, anchor, in_row or tag == "tr")
        if ends:
            self._end(anchor)

    def _end(self, anchor: str) -> None:
        words = " ".join("".join(self._parts).split())
        self._parts.clear()
        if not words:
            return
        if self._kind == HEADING and not self.title:
            self.title = words
        said = _SENTENCE.split(words) if self._kind == TEXT else [words]
        self.passages += [Passage.of(self._kind, sentence, anchor) for sentence in said]


def words_of(text: str) -> list[str]:
    """Return the words of a text as they are looked up: small letters, numbers without commas."""
    return [word.replace(",", "") for word in _WORD.findall(text.lower())]


def files(
    site: Path, read: Callable[[Path], SearchablePage] = SearchablePage.read
) -> dict[str, str]:
    """Return the files of the search of a built site, by their places in it.

    Args:
        site: The built site.
        read: Says what of a page can be found.
    """
    return {f"{FOLDER}/{name}.js": _script(name, said) for name, said in _contents(site, read)}


def _contents(site: Path, read: Callable[[Path], SearchablePage]) -> Iterator[tuple[str, object]]:
    """Yield what each file holds, by its name."""
    pages: list[list[str | int]] = []
    passages: list[Passage] = []
    for path in sorted(site.glob("*.html"), key=_findings_first):
        if path.stem in {"search", "404"}:
            continue
        page = read(path)
        pages.append([path.name, page.title, len(passages)])
        passages += page.passages
    where: dict[str, list[int]] = defaultdict(list)
    for number, passage in enumerate(passages):
        for word in passage.found_by:
            where[word].append(number)
    by_start: dict[str, dict[str, list[int]]] = defaultdict(dict)
    for word in sorted(where):
        by_start[word[:2]][word] = _steps(where[word])
    for start, words in by_start.items():
        yield f"w-{_letters(start)}", words
    yield "words", " ".join(word for word in sorted(where) if _may_be_mistyped(word))
    about = {
        "pages": pages,
        "kinds": "".join(passage.kind for passage in passages),
        "starts": [_letters(start) for start in by_start],
        "perFile": PER_FILE,
    }
    yield "index", about
    for first in range(0, len(passages), PER_FILE):
        shown = [[p.words, p.anchor] for p in passages[first : first + PER_FILE]]
        yield f"p-{first // PER_FILE}", shown


def _findings_first(path: Path) -> tuple[bool, Path]:
    return not path.stem[0].isdigit() or path.stem.startswith("01_"), path


def _may_be_mistyped(word: str) -> bool:
    """Return whether a word is one that a reader may have meant with a letter wrong."""
    return len(word) >= MISTYPED_FROM and word.isalpha()


def _letters(start: str) -> str:
    """Return the first letters of words as the name of a file may have them."""
    return "-".join(str(ord(letter)) for letter in start)


def _steps(numbers: list[int]) -> list[int]:
    """Return rising numbers as the steps between them, which are shorter to write."""
    return [now - before for before, now in zip([0, *numbers], numbers, strict=False)]


def _script(name: str, content: object) -> str:
    said = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return f'(window.reportSearch ??= {{}})["{name}"]={said};\n'
