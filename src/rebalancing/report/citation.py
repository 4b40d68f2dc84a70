"""How to cite the report, in the forms that people paste; CITATION.cff is the one source."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from markupsafe import Markup

from rebalancing.errors import RebalancingError
from rebalancing.report.markdown import plain


class CitationError(RebalancingError):
    """A CITATION.cff that is missing or lacks what a citation needs."""


@dataclass(frozen=True)
class Citation:
    """What a citation of the report says."""

    title: str
    authors: tuple[str, ...]
    version: str
    year: str
    address: str

    @property
    def apa(self) -> Markup:
        """The citation as a line of a reference list, in Markdown."""
        *others, last = map(plain, self.authors)
        authors = " & ".join(filter(None, [", ".join(others), last]))
        title, version = plain(self.title), plain(self.version)
        line = f"{authors}. ({plain(self.year)}). *{title}* (Version {version})."
        return Markup(f"{line} {plain(self.address)}".strip())

    @property
    def bibtex(self) -> str:
        """The citation as an entry for BibTeX."""
        fields = {
            # Braces keep the name of a group whole and a title's capitals as they are.
            "author": " and ".join(f"{{{name}}}" for name in self.authors),
            "title": f"{{{self.title}}}",
            "year": self.year,
            "version": self.version,
            "url": self.address,
        }
        word = re.sub(r"\W+", "", self.title.split()[0].removesuffix("'s")).lower()
        lines = [f"  {name:<7} = {{{value}}}," for name, value in fields.items() if value]
        return "\n".join([f"@misc{{{word}-{self.year},", *lines, "}"])


def read(path: Path, *, year: str) -> Citation:
    """Return the citation that a CITATION.cff describes.

    Args:
        path: The file.
        year: The year to cite when the file gives no release date.

    Raises:
        CitationError: The file is missing or lacks title, authors or version.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        released = str(content.get("date-released", ""))
        return Citation(
            title=content["title"],
            authors=tuple(_name(author) for author in content["authors"]),
            version=str(content["version"]),
            year=released[:4] or year,
            address=content.get("url") or content.get("repository-code") or "",
        )
    except FileNotFoundError:
        raise CitationError(f"{path} is missing; restore it from git") from None
    except (KeyError, AttributeError, yaml.YAMLError) as error:
        raise CitationError(f"{path.name} cannot be used for the citation page: {error}") from None


def _name(author: Mapping[str, Any]) -> str:
    if "name" in author:
        return str(author["name"])
    return f"{author['family-names']}, {author['given-names']}"
