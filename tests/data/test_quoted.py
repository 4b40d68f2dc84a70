"""Numbers of other bodies."""

from __future__ import annotations

from pathlib import Path

from pybtex.database import parse_file

from rebalancing.data.tables import economies
from rebalancing.data.views import quoted

REPOSITORY = Path(__file__).parents[2]


def test_every_number_has_a_source_and_a_work_of_the_bibliography() -> None:
    works = parse_file(REPOSITORY / "book" / "references.bib").entries
    for (economy, _), number in quoted.numbers().items():
        assert economy in economies.codes()
        assert number.citation in works
        assert len(number.source) > 20
        assert number.unit
        assert number.what


def test_what_is_not_quoted_is_none() -> None:
    assert quoted.number("JPN", "foreign_value_added") is None
