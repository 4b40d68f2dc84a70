from __future__ import annotations

import pytest

from rebalancing.notebooks.format import Cell
from rebalancing.notebooks.prose import parse
from rebalancing.report.prose.premises import appears, prose_before

RESULTS = {"share.direction": {"value": "flat"}}


def cell(name: str, options: str) -> Cell:
    return Cell(name, "code", f"%%prose {options}\nwords", ())


@pytest.mark.parametrize(
    ("options", "economy", "expected"),
    [
        ("", "CHN", True),
        ('if="share.direction=flat"', "CHN", True),
        ('if="share.direction=rising"', "CHN", False),
        ('if="share.direction=flat" for="CHN"', "CHN", True),
        ('if="share.direction=flat" for="CHN"', "JPN", False),
        ('for="CHN" for="JPN"', "JPN", True),
        ('if="share.direction=flat" if="not.recorded=yes"', "CHN", False),
    ],
)
def test_text_appears_while_its_premises_hold(options: str, economy: str, expected: bool) -> None:
    assert appears(parse(f"%%prose {options}\n"), (), RESULTS, economy) is expected


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (['if="share.direction=flat"'], False),
        (['if="share.direction=rising"'], True),
        (['if="share.direction=flat" for="JPN"'], True),
        (['if="share.direction=flat"', 'if="share.direction=rising"'], False),
        (['if="share.direction=flat"', ""], True),  # what it stands in for comes right before it
        ([], True),
    ],
)
def test_otherwise_stands_in_where_no_cell_before_it_appears(
    before: list[str], expected: bool
) -> None:
    others = [parse(f"%%prose {options}\n") for options in before]
    assert appears(parse("%%prose otherwise\n"), others, RESULTS, "CHN") is expected


def test_cells_before_are_those_with_no_other_cell_between() -> None:
    cells = [cell("a", ""), Cell("b", "code", "x = 1", ()), cell("c", 'for="CHN"'), cell("d", "")]
    assert [found.economies for found in prose_before(cells, "d")] == [("CHN",)]
    assert prose_before(cells, "a") == prose_before(cells, "nowhere") == []
