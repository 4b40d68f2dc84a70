"""The titles of chapters: a label in the contents, and what the chapter finds at its head.

A chapter's first cell is its label, which holds for every economy: ``# Household consumption``. A
prose cell may bring a title that says what is found, for the edition and the findings that its
first line names, and that title heads the page then::

    %%prose ahead for="CHN"
    :::{title}
    Households buy {{ word("consumption.fraction") }} of what China produces
    :::
"""

from __future__ import annotations

import re
from typing import Any

_TITLE = re.compile(r"^:::\{title\}[ \t]*\n(?P<title>.*?)^:::[ \t]*\n?", re.MULTILINE | re.DOTALL)


def apart(text: str) -> tuple[str, str]:
    """Return the title that a rendered text brings, or nothing, and the rest of the text."""
    found = _TITLE.search(text)
    if found is None:
        return "", text
    return " ".join(found["title"].split()), text[: found.start()] + text[found.end() :]


def headed(text: str, title: str) -> str:
    """Return a text that begins with a heading, with a title in place of the heading's words."""
    heading, break_, rest = text.partition("\n")
    return f"# {title}{break_}{rest}" if heading.startswith("# ") else f"# {title}\n\n{text}"


def labelled(contents: dict[str, Any], labels: dict[str, str]) -> dict[str, Any]:
    """Return the table of contents with the labels of chapters, where it does not give others.

    Args:
        contents: What ``_toc.yml`` holds.
        labels: By the name of a chapter.
    """
    return {key: _labelled(value, labels) for key, value in contents.items()}


def _labelled(value: Any, labels: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_labelled(entry, labels) for entry in value]
    if not isinstance(value, dict):
        return value
    entry = {key: _labelled(inner, labels) for key, inner in value.items()}
    label = labels.get(str(entry.get("file", "")))
    return {**entry, "title": label} if label and "title" not in entry else entry


def is_title(text: str) -> bool:
    """Return whether a text that is not rendered yet brings a title."""
    return _TITLE.search(text) is not None
