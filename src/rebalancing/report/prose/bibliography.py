"""Citations in plain words, for front ends that do not know the book's bibliography."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

_MOST_AUTHORS = 2
_INSTEAD = ("organization", "institution", "publisher", "journal", "title")  # of an author


class Bibliography:
    """The entries of a BibTeX file, read when the first is cited."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def cited(self, keys: list[str]) -> str:
        """Return a citation in brackets: ``(Hodrick and Prescott, 1997; Ravn and Uhlig, 2002)``.

        A key that the file does not have stands as it is; the book's build names it.
        """
        return f"({'; '.join(map(self._named, keys))})"

    def _named(self, key: str) -> str:
        entry = self._entries.get(key)
        if entry is None:
            return key
        people = entry.persons.get("author") or entry.persons.get("editor") or []
        names = [_plain(" ".join(person.last_names)) for person in people]
        if len(names) > _MOST_AUTHORS:
            names = [f"{names[0]} et al."]
        if not names:
            fields = (entry.fields.get(field, "") for field in _INSTEAD)
            names = [_plain(next(filter(None, fields), key))]
        return f"{' and '.join(names)}, {entry.fields.get('year', 'no year')}"

    @cached_property
    def _entries(self) -> dict[str, Any]:
        if not self.path.is_file():
            return {}
        from pybtex.database import parse_file

        return dict(parse_file(str(self.path)).entries)


def _plain(latex: str) -> str:
    """Return a name without LaTeX's braces and accents."""
    from pybtex.richtext import Text

    return str(Text.from_latex(latex))
