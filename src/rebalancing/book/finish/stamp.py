"""The commit that pages name, put in last, so that a commit alone has no page made anew.

While pages are made, marks stand in its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

_SHORT = 10  # digits of a commit
_NAMED, _SHOWN = "@@named_commit@@", "@@shown_commit@@"


def words(code: Mapping[str, Any]) -> dict[str, str]:
    """Return what pages say of the commit of an edition's code; nothing outside a repository.

    Args:
        code: Of the head of results.json: ``commit``, and whether sources were ``changed`` since.

    Returns:
        ``named`` for a citation, and ``shown`` for the foot of a page, which names changes as well.
    """
    if not code["commit"]:
        return {"named": "", "shown": ""}
    named = f", commit {code['commit'][:_SHORT]}"
    return {"named": named, "shown": f"{named} with changes" if code["changed"] else named}


def marks() -> dict[str, str]:
    """Return what stands in the place of these words."""
    return {"named": _NAMED, "shown": _SHOWN}


def put(folder: Path, code: Mapping[str, Any]) -> None:
    """Put the words into the pages of a site that nobody reads yet."""
    said = words(code)
    for page in folder.glob("*.html"):
        before = page.read_bytes()
        after = before
        for name, mark in marks().items():
            after = after.replace(mark.encode(), said[name].encode())
        if after != before:
            page.write_bytes(after)
