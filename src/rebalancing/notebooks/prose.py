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
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

from rebalancing.quoting import shown

MAGIC = "%%prose"
TAG = "prose"
_FIRST_LINE = re.compile(rf"\s*{MAGIC}(?P<options>(?:[ \t][^\n]*)?)(?:\n|$)")
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
    return _FIRST_LINE.match(source) is not None


def parse(source: str) -> ProseCell:
    """Return what a prose cell says of itself.

    Raises:
        ValueError: The source is none of a prose cell, or its first line says what nobody knows;
            the message says what is allowed.
    """
    found = _FIRST_LINE.match(source)
    if found is None:
        raise ValueError(f"its first line is not {MAGIC}")
    return _with_options(source[found.end() :].strip("\n"), found["options"])


def _with_options(text: str, options: str) -> ProseCell:
    flags = {"ahead": False, "otherwise": False}
    premises: list[tuple[str, str]] = []
    economies: list[str] = []
    try:
        words = shlex.split(options)
    except ValueError:
        raise ValueError(f"{MAGIC}{options}: a quotation mark is not closed") from None
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
