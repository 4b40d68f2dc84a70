"""How to cite the report, in the forms that people paste; CITATION.cff is the one source.

Where the site is published may be unknown until it is: whoever publishes it says so by a variable,
so that nothing need be committed.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

from markupsafe import Markup
from pydantic import BaseModel, BeforeValidator, Field, ValidationError, model_validator

from rebalancing.errors import InputError
from rebalancing.reading import first_problem, read_yaml
from rebalancing.report.markdown import plain

SITE_VARIABLE = "REBALANCING_SITE_URL"  # stands in for `url` of a CITATION.cff without one
_ADDRESS = re.compile(r"https?://[^\s/]+\S*")

CitationText = Annotated[str, Field(pattern=r"\S")]


class CitationError(InputError):
    """A CITATION.cff that is missing or lacks what a citation needs, or a site without address."""


@dataclass(frozen=True)
class Citation:
    """What a citation of the report says."""

    title: str
    authors: tuple[str, ...]
    version: str
    year: str
    address: str
    site: str = ""  # where the editions are published, each below its name

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


def read_citation(path: Path, *, year: str) -> Citation:
    """Return the citation that a CITATION.cff describes.

    Args:
        path: The file.
        year: The year to cite when the file gives no release date.

    Raises:
        CitationError: The file is missing or lacks title, authors or version; or `told_site` fails.
    """
    cannot = f"{path.name} cannot be used for the citation page"
    try:
        content = _File.model_validate(read_yaml(path, cannot, CitationError))
    except FileNotFoundError:
        raise CitationError(f"{path} is missing; restore it from git") from None
    except ValidationError as error:
        raise CitationError(f"{cannot}: {first_problem(error)}") from None
    url = content.url or told_site()
    return Citation(
        title=content.title,
        authors=tuple(author.shown for author in content.authors),
        version=content.version,
        year=str(content.released.year) if content.released else year,
        address=url or content.repository or "",
        site=f"{url.rstrip('/')}/" if url else "",
    )


def told_site() -> str:
    """Return where the environment says that the site is published, or nothing.

    Raises:
        CitationError: It says something that is no address.
    """
    told = os.environ.get(SITE_VARIABLE, "").strip()
    if told and not _ADDRESS.fullmatch(told):
        raise CitationError(f"{SITE_VARIABLE} must be an address such as https://example.org/book")
    return told


class _Author(BaseModel, strict=True):
    name: CitationText | None = None
    family: CitationText | None = Field(None, alias="family-names")
    given: CitationText | None = Field(None, alias="given-names")

    @model_validator(mode="after")
    def _has_a_name(self) -> _Author:
        if not (self.name or (self.family and self.given)):
            raise ValueError("an author needs a name, or family-names and given-names")
        return self

    @property
    def shown(self) -> str:
        """The author as the citation names them."""
        return self.name or f"{self.family}, {self.given}"


def _day(value: object) -> object:
    """Accept a day in quotes."""
    return date.fromisoformat(value) if isinstance(value, str) else value


class _File(BaseModel, strict=True):
    """What the citation needs of the file."""

    title: CitationText
    authors: list[_Author] = Field(min_length=1)
    version: CitationText
    released: Annotated[date | None, BeforeValidator(_day)] = Field(None, alias="date-released")
    url: CitationText | None = None
    repository: CitationText | None = Field(None, alias="repository-code")
