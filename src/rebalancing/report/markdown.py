"""Words of others in our Markdown: they are shown as they are, and do nothing.

A publisher's title or error may hold markup, ``@somebody`` or ``fixes #1``. A backslash keeps the
first from being markup in the book and on a host. It does not keep a host from calling somebody or
closing an issue, for hosts look for those in the text that readers see; an invisible space does.
"""

from __future__ import annotations

import re

INVISIBLE = "\N{ZERO WIDTH SPACE}"
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#$~&])")
# Somebody; #1 and GH-1; an issue's or a commit's address.
_CALLS = re.compile(r"(@|#(?=\d)|\bgh-(?=\d)|github\.com/)", re.IGNORECASE)
_FENCES = re.compile("`{3,}")


def plain(text: str) -> str:
    """Return words in one line, for a paragraph, a list or a table's cell."""
    flat = " ".join(text.split())
    escaped = _MARKUP.sub(r"\\\1", _CALLS.sub(rf"\1{INVISIBLE}", flat))
    return escaped.replace("|", "&#124;")  # tables are cut at every other form of it


def fenced(text: str) -> str:
    """Return lines in a block that none of them can close."""
    fence = max([*_FENCES.findall(text), "``"], key=len) + "`"
    return f"{fence}text\n{text.rstrip()}\n{fence}"
