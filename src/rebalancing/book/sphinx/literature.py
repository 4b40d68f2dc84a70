"""How the book lists and cites literature: family names first, in the order of what is printed."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Any, ClassVar

from pybtex.plugin import register_plugin as register_for_lists
from pybtex.style.formatting.plain import Style as Plain
from pybtex.style.sorting.author_year_title import SortingStyle
from sphinx.application import Sphinx
from sphinxcontrib.bibtex.plugin import register_plugin
from sphinxcontrib.bibtex.style.referencing import BracketStyle
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle

_FORMATTED = "report_formatted"  # of Sphinx's environment


@dataclass
class RoundBrackets(AuthorYearReferenceStyle):
    """Citations by author and year in round brackets: (Harvey, 1989; Ravn and Uhlig, 2002)."""

    bracket_parenthetical: BracketStyle = field(
        default_factory=lambda: BracketStyle(left="(", right=")", sep="; ")
    )


class AsPrinted(SortingStyle):  # type: ignore[misc]
    """By author, year and title as a reader sees them: without braces and accents.

    What has no author stands by its title.
    """

    def sorting_key(self, entry: Any) -> tuple[str, ...]:
        """Return what an entry is sorted by."""
        author, year, title = super().sorting_key(entry)
        return (_letters(author or title), year, _letters(title))


class ByFamily(Plain):  # type: ignore[misc]
    """The plain style with family names first, by which the list is sorted.

    All literature is formatted in every build, and each entry twice, which takes longer than to
    write a page. So what was formatted is remembered with what pages say of each other.
    """

    default_name_style = "lastfirst"
    default_sorting_style = "as-printed"
    before: ClassVar[dict[str, Any]] = {}
    now: ClassVar[dict[str, Any]] = {}

    def format_entry(self, label: str, entry: Any, bib_data: Any = None) -> Any:
        """Return an entry as it is listed."""
        said = repr((label, entry.key, entry))
        if said not in self.now:
            known = self.before.get(said)
            self.now[said] = known or super().format_entry(label, entry, bib_data)
        return self.now[said]


def _letters(words: str) -> str:
    plain = unicodedata.normalize("NFKD", words).casefold()
    return "".join(sign for sign in plain if sign.isalnum() or sign == " ")


def _remember(app: Sphinx) -> None:
    """Take what the build before has formatted, and leave to the next what this one does."""
    ByFamily.before, ByFamily.now = getattr(app.env, _FORMATTED, {}), {}
    setattr(app.env, _FORMATTED, ByFamily.now)


def setup(app: Sphinx) -> None:
    """Register the styles, and remember what they have formatted."""
    register()
    app.connect("builder-inited", _remember)


def register() -> None:
    """Register the styles."""
    register_for_lists("pybtex.style.sorting", "as-printed", AsPrinted)
    register_for_lists("pybtex.style.formatting", "by-family", ByFamily)
    register_plugin("sphinxcontrib.bibtex.style.referencing", "round", RoundBrackets, force=True)
