"""Words of others in our Markdown: they are shown as they are, and do nothing.

A publisher's title or error may hold markup, ``@somebody`` or ``fixes #1``. A backslash keeps the
first from being markup in the book and on a host. It does not keep a host from calling somebody or
closing an issue, for hosts look for those in the text that readers see; an invisible space does.

Words enter Markdown through this module only. What is Markdown already, such as a link that we
made, is marked as `Markup` and left alone.
"""

from __future__ import annotations

import re
import unicodedata

from markupsafe import Markup

INVISIBLE = "\N{ZERO WIDTH SPACE}"
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#$~&])")
# What begins a list, a block, a comment or a target, but only where a line begins.
_START = re.compile(r" *(?:\d*(?=[.)](?:\s|$))|(?=[-+:=](?:[-+:=\s]|$)|%|\([^)]*\)=))")
# Somebody; #1 and GH-1; an issue's or a commit's address.
_CALLS = re.compile(r"(@|#(?=\d)|\bgh-(?=\d)|github\.com/)", re.IGNORECASE)
_FENCES = re.compile("`{3,}")
_JOINERS = {INVISIBLE, "\N{ZERO WIDTH NON-JOINER}", "\N{ZERO WIDTH JOINER}"}
_ADDRESS = re.compile(r"https?://[\w.:~/?#%&=+,;@!()-]+", re.ASCII)


def escaped(text: str) -> Markup:
    """Return words in one line, blanks around them kept, for any place between other words."""
    line = _MARKUP.sub(r"\\\1", "".join(map(_shown, text)))
    line = line.replace("|", "&#124;")  # tables are cut at every other form of it
    start = _START.match(line)
    return Markup(f"{start[0]}\\{line[start.end() :]}" if start else line)


def plain(text: str) -> Markup:
    """Return words in one line that call nobody, for a paragraph, a list or a table's cell."""
    flat = " ".join(text.split())
    return escaped(_CALLS.sub(rf"\1{INVISIBLE}", flat))


def fenced(text: str, language: str = "text") -> Markup:
    """Return lines in a block that none of them can close."""
    fence = max([*_FENCES.findall(text), "``"], key=len) + "`"
    return Markup(f"{fence}{language}\n{text.rstrip()}\n{fence}")


def code(text: str) -> Markup:
    """Return a code, such as a series', as code; one that would end its mark stays words."""
    is_code = text.isprintable() and text.strip() and not set("`|\\") & set(text)
    return Markup(f"`{text}`") if is_code else escaped(text)


def link(address: str) -> Markup:
    """Return an address as a link; what is none, or leads to no page, stays words."""
    return Markup(f"<{address}>") if _ADDRESS.fullmatch(address) else escaped(address)


def _shown(sign: str) -> str:
    """Return a sign that is seen, a blank for a break, nothing for one that turns the writing."""
    category = unicodedata.category(sign)
    if category == "Cf":
        return sign if sign in _JOINERS else ""
    return " " if category in {"Cc", "Cs", "Zl", "Zp"} else sign
