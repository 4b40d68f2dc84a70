"""The list of literature is in the order of what is printed."""

from __future__ import annotations

from pathlib import Path

import pytest
from held import REPOSITORY
from pybtex.database import parse_file, parse_string

from rebalancing.book.sphinx import literature
from rebalancing.book.sphinx.literature import AsPrinted, ByFamily

WORKS = """
@article{b, author = {{World Bank}}, title = {Growth}, journal = {J}, year = {2013}}
@article{a, author = {Zivot, Eric}, title = {Breaks}, journal = {J}, year = {1992}}
@article{c, author = {K{\\"u}nsch, Hans}, title = {Jackknife}, journal = {J}, year = {1989}}
@article{d, author = {Kwiatkowski, Denis}, title = {Tests}, journal = {J}, year = {1992}}
@article{e, title = {{US} talks}, journal = {J}, year = {2025}}
"""


def test_braces_and_accents_do_not_count() -> None:
    entries = parse_string(WORKS, "bibtex").entries
    assert [entry.key for entry in AsPrinted().sort(entries.values())] == list("cdeba")


@pytest.mark.slow
def test_what_is_printed_begins_with_what_it_is_sorted_by() -> None:
    path: Path = REPOSITORY / "book" / "references.bib"
    entries = list(parse_file(path).entries.values())
    literature.register()
    style = ByFamily()
    ordered = AsPrinted().sort(entries)
    for entry in ordered:
        if entry.persons.get("author"):
            shown = style.format_entry("", entry).text.render_as("text")
            first = entry.persons["author"][0].rich_last_names[0].render_as("text")
            assert shown.startswith(first), entry.key
