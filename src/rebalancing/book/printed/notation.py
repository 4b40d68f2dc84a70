"""What text and formulas share of the notation of Typst."""

from __future__ import annotations


def quoted(words: str) -> str:
    """Return text as a string of Typst, in which no sign means anything."""
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
