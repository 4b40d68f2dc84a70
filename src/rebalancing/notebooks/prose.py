"""Prose cells: text with numbers that shows itself where it stands.

A prose cell is a code cell whose first line is ``%%prose``; below it stands Markdown with lookups
(`rebalancing.report.prose`)::

    %%prose
    The median economy's share is {{ n("consumption.share.world_median") }}.

Words after ``%%prose`` say when the text appears::

    %%prose ahead                             stands before the numbers that it uses
    %%prose if="consumption.since_2016=flat"  only while a finding is this word; several allowed
    %%prose for="CHN"                         only in the editions of this economy
    %%prose otherwise                         where none of the prose cells just before it appears

Premises that make the line long stand on lines of their own below it, before the text::

    %%prose ahead for="CHN"
    if="consumption.since_2016=flat"
    if="consumption.place=low"

A page is text throughout. In it such a line begins a part that appears as a prose cell would, and
``%%prose`` alone begins text that always appears.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from itertools import pairwise

from rebalancing.quoting import shown

MAGIC = "%%prose"
TAG = "prose"
_HEAD = re.compile(rf"\s*{MAGIC}(?P<options>(?:[ \t][^\n]*)?(?:\n(?:if|for)=[^\n]*)*)(?:\n|$)")
_KNOWN = 'ahead, otherwise, if="key=word" and for="CHN"'


@dataclass(frozen=True)
class ProseCell:
    """What a prose cell says of itself.

    Attributes:
        text: Markdown with lookups.
        ahead: Whether it stands before the numbers that it uses.
        otherwise: Whether it stands in for the prose cells just before it.
        premises: Keys of findings, each with the word that it must be.
        economies: Codes of the economies that it is about; empty if about any.
    """

    text: str
    ahead: bool = False
    otherwise: bool = False
    premises: tuple[tuple[str, str], ...] = ()
    economies: tuple[str, ...] = ()


def is_prose(source: str) -> bool:
    """Return whether a code cell's source is that of a prose cell."""
    return _HEAD.match(source) is not None


def without_head(source: str) -> str:
    """Return the text of a prose cell, its head as empty lines: lines stay where they are."""
    length = head_length(source)
    return "".join(["\n" * length, *source.splitlines(keepends=True)[length:]])


def head_length(source: str) -> int:
    """Return how many lines say when a prose cell, or a part of a page, appears; 0 if none does."""
    head = _HEAD.match(source)
    return len(head[0].splitlines()) if head else 0


def parse(source: str) -> ProseCell:
    """Return what a prose cell says of itself.

    Raises:
        ValueError: The source is none of a prose cell, or its first line says what nobody knows;
            the message says what is allowed.
    """
    found = _HEAD.match(source)
    if found is None:
        raise ValueError(f"its first line is not {MAGIC}")
    return _with_options(source[found.end() :].strip("\n"), found["options"])


def parts(page: str) -> list[tuple[int, ProseCell]]:
    """Return the parts of a page, each with the number of its first line, counted from 1.

    Raises:
        ValueError: The first line of a part says what nobody knows; the message names the line.
    """
    lines = page.splitlines(keepends=True)
    limits = [*(n for n, line in enumerate(lines) if is_prose(line)), len(lines)]
    found = [(1, ProseCell("".join(lines[: limits[0]]).strip("\n")))]
    for start, end in pairwise(limits):
        try:
            cell = parse("".join(lines[start:end]))
        except ValueError as error:
            raise ValueError(f"line {start + 1}: {error}") from None
        if cell.ahead:
            raise ValueError(f"line {start + 1}: a page has all its numbers; leave out `ahead`")
        found.append((start + 1, cell))
    return found


def _with_options(text: str, options: str) -> ProseCell:
    flags = {"ahead": False, "otherwise": False}
    premises: list[tuple[str, str]] = []
    economies: list[str] = []
    try:
        words = shlex.split(options)
    except ValueError:
        raise ValueError(
            f"{MAGIC}{options.replace(chr(10), ' ')}: a quotation mark is not closed"
        ) from None
    for word in words:
        name, _, value = word.partition("=")
        key, _, finding = value.partition("=")
        if word in flags:
            flags[word] = True
        elif name == "if" and key and finding:
            premises.append((key, finding))
        elif name == "for" and re.fullmatch(r"\w+", value):
            economies.append(value)
        else:
            raise ValueError(f"{MAGIC} does not know {shown(word)}; it knows {_KNOWN}")
    return ProseCell(text, flags["ahead"], flags["otherwise"], tuple(premises), tuple(economies))
