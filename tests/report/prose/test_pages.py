"""Parts of a page appear as prose cells would, and words go with what is counted."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from rebalancing.notebooks.prose import ProseCell, parts
from rebalancing.report import text
from rebalancing.report.prose import Prose, ProseError, Recorded
from rebalancing.report.prose.premises import appears, as_template

PAGE = """\
# A page
{% set first = 1 %}
%%prose if="a.way=rising" if="a.place=low" for="CHN"
Rising and low.
%%prose if="a.way=falling"
Falling.
%%prose otherwise
Neither.
%%prose
For all{{ first }}.
%%prose otherwise
Always, as nothing before it presupposes anything.
"""


def recorded(**words: Any) -> Recorded:
    return Recorded({
        f"a.{name}": {"value": value, "unit": "count" if name == "many" else text.FINDING}
        for name, value in words.items()
        if value != ""
    })  # fmt: skip


@pytest.mark.parametrize("economy", ["CHN", "JPN"])
def test_parts_of_a_page_appear_as_prose_cells_would(economy: str) -> None:
    cells = [cell for _, cell in parts(PAGE)]
    for way, place in product(["rising", "falling", "flat", ""], ["low", "high", ""]):
        lookups = recorded(way=way, place=place)
        told = Prose(lookups, {"study": {"economy": economy}}).page(PAGE, "book/a.md")
        wanted = [
            cell.text.splitlines()[0].replace("{{ first }}", "1")
            for at, cell in enumerate(cells)
            if appears(cell, cells[:at], lookups.results, economy)
        ]
        assert told.splitlines() == wanted


def test_a_page_without_premises_is_as_it_was() -> None:
    assert as_template("A\n\nB") == "A\n\nB"
    assert parts("A\n") == [(1, ProseCell("A"))]


@pytest.mark.parametrize("more", [0, 1, 2])
def test_messages_count_lines_as_the_author_does(more: int) -> None:
    head = "\n".join(['%%prose for="CHN"', *['if="a.way=rising"'] * more])
    prose = Prose(recorded(way="rising"), {"study": {"economy": "CHN"}})
    assert prose.page(f"{head}\nA.\n%%prose\nB.\n", "book/a.md").splitlines() == ["A.", "B."]
    with pytest.raises(ProseError, match=rf"^book/a.md, line {4 + more}: "):
        prose.page(f"{head}\nA.\n%%prose\nIt is {{{{ n( }}}}.\n", "book/a.md")


@pytest.mark.parametrize(
    ("first", "said"),
    [
        ("%%prose soon", "line 2: %%prose does not know 'soon'"),
        ("%%prose ahead", "line 2: a page has all its numbers; leave out `ahead`"),
    ],
)
def test_a_first_line_that_no_page_knows_is_named(first: str, said: str) -> None:
    with pytest.raises(ProseError) as caught:
        Prose(recorded(), {}).page(f"# A\n{first}\nA.\n", "book/a.md")
    assert str(caught.value).startswith(f"book/a.md, {said}")


@pytest.mark.parametrize(
    ("many", "said"),
    [(0, "none is"), (1, "{result}`a.many` is"), (7, "{result}`a.many` are")],
)
def test_words_go_with_a_count(many: int, said: str) -> None:
    template = '{{ counted("a.many", "{} is", "{} are", "none is") }} so'
    assert Prose(recorded(many=many), {}).render(template, "a") == f"{said} so"


@pytest.mark.parametrize(
    ("value", "unit", "shown", "bare"),
    [
        (0.0, "percentage points", "under 0.05 points", "0.0"),
        (-0.04, "percentage points", "under 0.05 points", "0.0"),
        (0.05001, "percentage points", "0.1 points", "0.1"),
        (0.004, "percentage points a year", "under 0.005 points a year", "0.00"),
        (0.0, "% a year", "under 0.05% a year", "0.0%"),
        (0.03, "% of GDP", "under 0.1%", "0.0%"),
        (0.2, "US$ billion", "$0.2 billion", "$0.2"),
        (0.01, "US$ billion", "under $0.05 billion", "$0.0"),
        (9.96, "US$ billion", "$10.0 billion", "$10.0"),
        (12.3, "US$ billion", "$12 billion", "$12"),
    ],
)
def test_what_rounds_to_nothing_is_called_small(
    value: float, unit: str, shown: str, bare: str
) -> None:
    assert text.form(value, unit) == shown
    assert text.bare(value, unit) == bare
    assert text.is_nothing(value, unit) == shown.startswith("under")
