from __future__ import annotations

import pytest

from rebalancing.book.sphinx import tables
from rebalancing.report.book_tables import html_table


def made(columns: int, head: str = "Change between, points a year") -> str:
    import pandas as pd

    values = {f"{head} {number}": [1.25, -0.88] for number in range(1, columns)}
    return html_table(pd.DataFrame(values, index=pd.Index(["China", "India"], name="Economy")))


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("Year", ("Year", "")),
        ("Unbreakable", ("Unbreakable", "")),
        ("Change between, points a year", ("Change between,", "points a year")),
        ("80% interval", ("80%", "interval")),
        ("0.8\N{NO-BREAK SPACE}points a year", ("0.8\N{NO-BREAK SPACE}points", "a year")),
    ],
)
def test_a_head_is_broken_where_its_lines_are_shortest(words: str, lines: tuple[str, str]) -> None:
    assert tables.two_lines(words) == lines


def test_rows_of_few_columns_stack_with_each_cell_behind_its_head() -> None:
    fitted = tables.fitted(made(5))
    assert '<table class="stacks">' in fitted
    assert '<td class="number" data-label="Change between, points a year 1">1.2</td>' in fitted
    assert '<th scope="row">China</th>' in fitted
    lines = '<span class="line">Change between,</span> <span class="line">points a year 1</span>'
    assert lines in fitted


def test_a_table_that_fits_a_phone_is_left_a_table() -> None:
    assert "stacks" not in tables.fitted(made(3, "Share"))


def test_tables_of_a_page_with_the_same_heads_do_the_same() -> None:
    narrow = made(3, "Share")
    long = narrow.replace("China", "Thelongestnameofaneconomythatdoesnotfit")
    assert "stacks" not in tables.fitted(narrow)
    assert tables.fitted(long + narrow).count('<table class="stacks">') == 2
    assert tables.fitted(long + made(3, "Part")).count('<table class="stacks">') == 1


def test_a_short_head_stays_in_one_line() -> None:
    table = '<table><thead><tr><th>Year</th><th class="number">in 2030, %</th></tr></thead>'
    row = "<tbody><tr><td>40%</td><td>1.2</td></tr></tbody></table>"
    assert '<span class="line">in 2030, %</span>' in tables.fitted(table + row)


def test_many_columns_do_not_stack_but_may_leave_the_column_of_text() -> None:
    fitted = tables.fitted(made(9))
    assert '<table class="wide">' in fitted
    assert "data-label" not in fitted


def test_a_table_of_many_rows_says_so() -> None:
    table = made(3, "Share")
    row = table[
        table.index("<tr", table.index("<tbody")) : table.index("</tr>", table.index("China")) + 5
    ]
    for count, is_marked in ((tables.MANY, True), (tables.MANY - 1, False)):
        long = table.replace(row, row * (count - 1))
        assert ("many-rows" in tables.fitted(long)) == is_marked


def test_heads_with_markup_and_tables_with_joined_cells_are_left_alone() -> None:
    row = "<tr><td>words</td><td>1</td></tr>"
    head = '<th class="head"><p>How <em>long</em> is this head of a column</p></th>'
    table = f"<table><thead><tr>{head}<th>Year</th></tr></thead><tbody>{row}</tbody></table>"
    assert head in tables.fitted(table)
    joined = table.replace("<td>words</td>", '<td colspan="2">words</td>')
    assert tables.fitted(joined) == joined


def test_words_stay_escaped() -> None:
    fitted = tables.fitted(made(5, "Less < more & <b>bold</b> in this head"))
    assert "<b>" not in fitted
    assert 'data-label="Less &lt; more &amp; &lt;b&gt;bold&lt;/b&gt; in this head 1"' in fitted
