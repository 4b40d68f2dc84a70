"""Prose as plain Markdown, for front ends that do not know the book's roles and directives.

The book turns ``{result}`39.9% <key>``` into a number with a card, ``{term}`` into a link to the
glossary, ``[@key]`` into a citation and ``:::{standfirst}`` into a block of its own. JupyterLab,
VS Code and nbconvert would show their source; here each becomes what it says, in words.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rebalancing.errors import RebalancingError
from rebalancing.report import text

_ROLE = re.compile(r"\{(?P<name>[a-z][a-z:-]*)\}`(?P<body>[^`]+)`")
_TITLED = re.compile(r"(?P<title>.*?)\s*<(?P<target>[^<>]+)>", re.DOTALL)
_BLOCK = re.compile(
    r"^(?P<fence>:{3,})\{(?P<name>[a-z-]+)\}[ \t]*(?P<title>[^\n]*)\n"
    r"(?P<body>.*?)^(?P=fence)[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
_PLACED = re.compile(r"^`{3,}\{[a-z-]+\}[^\n]*\n(?:.*?\n)?`{3,}[ \t]*$", re.MULTILINE | re.DOTALL)
_ONLY_IN_PAGE = re.compile(r" ?\((?:\[[^\]]*\]\(#[^)\s]*\)(?:, | and )?)+\)")
_IN_PAGE = re.compile(r"\[(?P<words>[^\]]*)\]\(#[^)\s]*\)")
_PAGE = re.compile(r"\[(?P<words>[^\]]*)\]\([\w-]+\.md(?:#[\w-]*)?\)")
_FILE = re.compile(r'<a href="(?!https?:)[^"]*">(?P<words>[^<]*)</a>')
_STYLED = re.compile(r"\[(?P<words>[^\]]*)\]\{[.#][^}]*\}")
_LABEL = re.compile(r"^\([\w-]+\)=[ \t]*\n", re.MULTILINE)
CHANGE_OUR_MIND = "What would change our mind"
# JupyterLab reads an escaped dollar rightly and then looks for formulas in what it shows, where two
# dollars of one paragraph would enclose one. None begins in an element and ends in another.
_DOLLAR = "<span>\\$</span>"
_ROW = "display:flex;flex-wrap:wrap;gap:1.2em 2.4em;margin:0.4em 0 1em"
_ENTRY = "flex:1 1 9em;max-width:16em"
_UNIT = "font-size:0.55em"
_VALUE = "font-size:1.9em;line-height:1.15;font-weight:600"


class UnknownNumberError(RebalancingError):
    """A number that is shown although no chapter recorded it."""


Cited = Callable[[list[str]], str]


@dataclass(frozen=True)
class Plain:
    """Turns rendered prose into plain Markdown.

    Attributes:
        results: The recorded results by key, each with its ``text``.
        cited: Returns keys of the bibliography as a citation in brackets.
    """

    results: Mapping[str, Mapping[str, Any]]
    cited: Cited

    def words(self, rendered: str) -> str:
        """Return prose without roles, directives and links that lead only in the book."""
        plain = _STYLED.sub(r"**\g<words>**", _LABEL.sub("", _PLACED.sub("", rendered)))
        plain = _BLOCK.sub(self._block, plain)
        plain = _ONLY_IN_PAGE.sub("", plain)  # brackets that hold nothing else
        plain = _IN_PAGE.sub(lambda link: link["words"], self._inline(plain))
        plain = _FILE.sub(lambda link: link["words"], _PAGE.sub(lambda link: link["words"], plain))
        return re.sub(r"\n{3,}", "\n\n", plain.replace("\\$", _DOLLAR)).strip()

    def key_numbers(self, body: str) -> tuple[str, str]:
        """Return a row of key numbers as HTML, in the look of the book, and as Markdown.

        Args:
            body: ``key | label`` on each line, as between ``:::{key-numbers}`` and ``:::``.
        """
        entries = []
        for line in filter(str.strip, body.splitlines()):
            key, _, label = (part.strip() for part in line.partition("|"))
            entries.append((self._parts(key), self._inline(label).replace("\\$", "$")))
        cells = "".join(
            f'<div style="{_ENTRY}">{_large(value)}<div>{html.escape(label)}</div></div>'
            for value, label in entries
        )
        row = f'<div style="{_ROW}">{cells}</div>'
        listed = (f"- **{text.unbroken(str(value))}** {label}" for value, label in entries)
        return row, _dollars("\n".join(listed))

    def _block(self, block: re.Match[str]) -> str:
        body = block["body"].strip()
        if block["name"] == "key-numbers":
            return self.key_numbers(body)[1]
        if block["name"] == "title":
            return f"**{body}**"
        if block["name"] == "change-our-mind":
            body = f"**{CHANGE_OUR_MIND}.** {body}"
            return "\n".join(f"> {line}".rstrip() for line in body.splitlines())
        return f"**{block['title']}**\n\n{body}" if block["title"] else body

    def _inline(self, words: str) -> str:
        return _ROLE.sub(self._role, words)

    def _role(self, role: re.Match[str]) -> str:
        name, body = role["name"], role["body"]
        titled = _TITLED.fullmatch(body)
        if name == "result":
            return _dollars(text.unbroken(titled["title"]) if titled else self._shown(body))
        if name == "claim":
            return f"“{body}”"
        if name.startswith("cite"):
            return self.cited([key.strip() for key in body.split(",")])
        return titled["title"] if titled else body

    def _shown(self, key: str) -> str:
        return text.unbroken(str(self._recorded(key)["text"]))

    def _parts(self, key: str) -> text.Shown:
        result = self._recorded(key)
        return text.parts(result["value"], result["unit"])

    def _recorded(self, key: str) -> Mapping[str, Any]:
        if key not in self.results:
            raise UnknownNumberError(f"no result {key!r} is recorded")
        return self.results[key]


def _large(value: text.Shown) -> str:
    """Return a number in large type, the words of its unit smaller."""
    figures = html.escape(text.unbroken(value.figures))
    small = f' <span style="{_UNIT}">{html.escape(value.words)}</span>' if value.words else ""
    return f'<div style="{_VALUE}">{figures}{small}</div>'


def _dollars(words: str) -> str:
    """Return words whose dollars begin no formula."""
    return re.sub(r"(?<!\\)\$", r"\\$", words)
