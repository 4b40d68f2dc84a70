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
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from rebalancing.files import write_atomic

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
_PASSED_OVER = frozenset({"script", "style", "svg", "pre", "nav", "form", "footer", "math"})
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr", "col"})
HEADING, TEXT, ROW = "h", "t", "r"


@dataclass(frozen=True)
class Passage:
    """What is found and shown: words, what kind they are, and the anchor nearest above."""

    kind: str
    words: str
    anchor: str


@dataclass
class _Reader(HTMLParser):
    """Reads the passages of one page."""

    passages: list[Passage] = field(default_factory=list)
    title: str = ""
    _open: list[tuple[str, str]] = field(default_factory=list)  # tags and the anchors around them
    _parts: list[str] = field(default_factory=list)
    _kind: str = TEXT

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a passage, or pass over what is no text."""
        values = {name: value or "" for name, value in attrs}
        if tag in _BLOCKS and not self._within("tr"):
            self._end()
            self._kind = HEADING if tag in _HEADINGS else ROW if tag == "tr" else TEXT
        if tag in {"td", "th"} and self._parts:
            self._parts.append(" · ")
        if tag not in _VOID:
            around = self._open[-1][1] if self._open else ""
            takes = tag in {"main", "section", "figure", "details", "dt"}
            self._open.append((tag, (values.get("id") if takes else "") or around))
        if values.get("role") == "img" and self._within("main"):
            self._parts.append(values.get("aria-label", ""))

    def handle_endtag(self, tag: str) -> None:
        """End a passage."""
        if tag in _BLOCKS and not (tag != "tr" and self._within("tr")):
            self._end()
        while self._open and tag not in _VOID:
            if self._open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        """Take words of the page's text."""
        passed_over = any(tag in _PASSED_OVER for tag, _ in self._open)
        is_permalink = data == "#" and self._within("a")
        if self._within("main") and not passed_over and not is_permalink:
            self._parts.append(data)

    def _within(self, tag: str) -> bool:
        return any(tag == other for other, _ in self._open)

    def _end(self) -> None:
        words = " ".join("".join(self._parts).split())
        self._parts.clear()
        if not words:
            return
        anchor = self._open[-1][1] if self._open else ""
        anchor = "" if anchor == "main" else anchor
        if self._kind == HEADING and not self.title:
            self.title = words
        said = _SENTENCE.split(words) if self._kind == TEXT else [words]
        self.passages += [Passage(self._kind, sentence, anchor) for sentence in said]


def words_of(text: str) -> list[str]:
    """Return the words of a text as they are looked up: small letters, numbers without commas."""
    return [word.replace(",", "") for word in _WORD.findall(text.lower())]


def write_index(site: Path) -> None:
    """Write the files of the search into a built site."""
    pages: list[list[str | int]] = []
    passages: list[Passage] = []
    for path in sorted(site.glob("*.html"), key=_findings_first):
        if path.stem in {"search", "404"}:
            continue
        reader = _Reader()
        reader.feed(path.read_text("utf-8"))
        pages.append([path.name, reader.title, len(passages)])
        passages += list(dict.fromkeys(reader.passages))
    where: dict[str, list[int]] = defaultdict(list)
    for number, passage in enumerate(passages):
        for word in sorted({*words_of(passage.words)} - COMMON):
            where[word].append(number)
    files: dict[str, dict[str, list[int]]] = defaultdict(dict)
    for word in sorted(where):
        files[word[:2]][word] = _steps(where[word])
    for start, words in files.items():
        _write(site, f"w-{_letters(start)}", words)
    _write(site, "words", " ".join(word for word in sorted(where) if _may_be_mistyped(word)))
    about = {
        "pages": pages,
        "kinds": "".join(passage.kind for passage in passages),
        "starts": [_letters(start) for start in files],
        "perFile": PER_FILE,
    }
    _write(site, "index", about)
    for first in range(0, len(passages), PER_FILE):
        shown = [[p.words, p.anchor] for p in passages[first : first + PER_FILE]]
        _write(site, f"p-{first // PER_FILE}", shown)


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


def _write(site: Path, name: str, content: object) -> None:
    said = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    script = f'(window.reportSearch ??= {{}})["{name}"]={said};\n'
    write_atomic(site / FOLDER / f"{name}.js", script, durable=False)
