from __future__ import annotations

from typing import Any

import pytest

from rebalancing.book.sphinx import markup

RESULT: dict[str, Any] = {
    "key": "share.latest",
    "unit": "% of GDP",
    "period": "2024",
    "definition": 'Consumption & "more"',
    "release": "accounts 2024",
}
PASSPORT: dict[str, Any] = {
    "name": "history",
    "chapter": "a",
    "title": "A < B",
    "subtitle": "% of GDP",
    "alt": "Lines.",
    "release": "accounts 2024",
    "note": "",
    "csv": "history.csv",
    "png": "history.png",
    "svg": "history.svg",
}


def test_a_number_carries_its_card_and_its_address() -> None:
    html = markup.number(RESULT, "39.9%", "02_consumption.html#cell-a")
    assert html.startswith('<a class="result" href="02_consumption.html#cell-a"')
    assert 'data-definition="Consumption &amp; &#34;more&#34;"' in html
    assert html.endswith(">39.9%</a>")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("−1.2 points a year", '>−1.2 <span class="words">points a year</span></a>'),
        ("United States", ">United States</a>"),
    ],
)
def test_only_units_in_words_are_set_apart(text: str, shown: str) -> None:
    assert markup.number(RESULT, text, "a.html").endswith(shown)


def test_a_name_that_begins_with_a_number_is_not_taken_for_one_with_a_unit() -> None:
    said = {**RESULT, "unit": "words"}
    assert markup.number(said, "9 of 9 series wander", "a.html").endswith(
        ">9 of 9 series wander</a>"
    )


def test_a_figure_has_both_bodies_its_words_and_its_files() -> None:
    html = markup.figure(
        PASSPORT, wide="<svg>w</svg>", narrow="260 / 266", files="figures/a", computed="a.html#b"
    )
    for part in (
        'id="fig-history"',
        "A &lt; B</p>",
        'aria-label="Lines."',
        '<div class="figure-wide" aria-hidden="true"><svg>w</svg></div>',
        'data-src="figures/a/history-narrow.js" style="aspect-ratio: 260 / 266"></div>',
        '<a href="figures/a/history.csv" download>Data (CSV)</a>',
        '<a href="figures/a/history.png" download>Image (PNG)</a>',
        '<a href="a.html#b">How this was computed</a>',
        "Source: accounts 2024.</span>",
    ):
        assert part in html


def test_a_figure_with_series_has_switches_for_them_and_others_have_none() -> None:
    files = {"wide": "<svg/>", "narrow": "1 / 1", "files": "figures/a", "computed": "a.html"}
    series = [
        {"key": "A&B", "name": "A & B", "kind": "line", "colour": "economy"},
        {"key": "C", "name": "C", "kind": "dots", "colour": "ink"},
    ]
    together = {"series": series, "wide": [{"series": [0, 1]}]}
    apart = {"series": series, "wide": [{"series": [0]}, {"series": [1]}]}
    html = markup.figure(PASSPORT, values=together, **files)
    assert 'data-values="a/history" data-src="figures/a/history-values.js"' in html
    assert '<button type="button" aria-pressed="true" data-key="A&amp;B">' in html
    assert html.count("aria-pressed") == 2
    html = markup.figure(PASSPORT, values=apart, **files)
    assert "aria-pressed" not in html
    assert 'class="as-table" aria-expanded="false"' in html
    assert "figure-controls" not in markup.figure(PASSPORT, **files)


def test_a_table_scrolls_in_its_own_box_and_offers_no_picture() -> None:
    passport = {key: PASSPORT[key] for key in ("name", "title", "release", "note", "csv")}
    html = markup.table(passport, body="<table></table>", files="tables/a", computed="a.html")
    assert '<div class="table-scroll" tabindex="0" role="region"' in html
    assert "<table></table>" in html
    assert "PNG" not in html


def test_a_folded_table_shows_its_title_and_keeps_its_anchor_inside() -> None:
    shown = {"body": "<table></table>", "files": "tables/a", "computed": "a.html"}
    folded = markup.table({**PASSPORT, "folded": True}, **shown)
    assert folded.startswith('<details class="fold table"><summary>Table: A &lt; B</summary>')
    assert markup.table(PASSPORT, **shown) in folded
    assert "<details" not in markup.table(PASSPORT, **shown)
