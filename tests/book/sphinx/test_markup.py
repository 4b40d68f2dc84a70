from __future__ import annotations

from typing import Any

import pytest

from rebalancing.book.finish import stamp
from rebalancing.book.sphinx import markup
from rebalancing.report.text import Shown, parts

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
    html = markup.number(RESULT, Shown("39.9%"), "02_consumption.html#cell-a")
    assert html.startswith('<a class="result" href="02_consumption.html#cell-a"')
    assert 'data-definition="Consumption &amp; &#34;more&#34;"' in html
    assert html.endswith(">39.9%</a>")


def test_the_card_of_an_estimate_has_its_interval() -> None:
    shown = Shown("39.9%")
    assert 'data-interval="38.0 to 41.0"' in markup.number(RESULT, shown, "a", "38.0 to 41.0")
    assert "data-interval" not in markup.number(RESULT, shown, "a")


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (-1.2, "% a year", '>−1.2% <span class="words">a year</span></a>'),
        ("United States", "words", ">United States</a>"),
        ("9 of 9 series wander", "words", ">9 of 9 series wander</a>"),
    ],
)
def test_only_units_in_words_are_set_apart(value: float | str, unit: str, shown: str) -> None:
    result = {**RESULT, "unit": unit}
    assert markup.number(result, parts(value, unit), "a.html").endswith(shown)


ROWS = {"heads": ["Economy", "Value"], "numeric": [False, True], "rows": [["China", "39.9"]]}
ADDRESSES = {"files": "tables/a", "computed": "a.html", "place": "a.html#b", "cited": "Nobody"}


def test_a_figure_has_both_bodies_its_words_and_its_files() -> None:
    shown = {"place": "a.html#fig-history", "cited": "Nobody (2026)", "computed": "a.html#b"}
    html = markup.figure(
        PASSPORT, wide="<svg>w</svg>", narrow="260 / 266", values=ROWS, files="figures/a", **shown
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
        '<a href="a.html#fig-history">Link to this</a>',
        "<summary>Cite this</summary><p>Nobody (2026)</p>",
        "Source: accounts 2024.</span>",
    ):
        assert part in html


def test_a_figure_with_series_has_switches_for_them_and_others_have_none() -> None:
    files = {**ADDRESSES, "wide": "<svg/>", "narrow": "1 / 1", "files": "figures/a"}
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
    assert html.count("swatch") == 2
    alike = {"series": [series[0], {**series[0], "key": "D"}, series[1]], "wide": together["wide"]}
    assert markup.figure(PASSPORT, values=alike, **files).count("swatch") == 1
    html = markup.figure(PASSPORT, values=apart, **files)
    assert "aria-pressed" not in html
    assert 'class="as-table" aria-expanded="false"' in html
    assert "data-rows" not in html
    html = markup.figure(PASSPORT, values=ROWS, **files)
    assert 'class="as-table" aria-expanded="false"' in html
    assert "data-rows" in html


def test_a_table_scrolls_in_its_own_box_and_offers_no_picture() -> None:
    passport = {key: PASSPORT[key] for key in ("name", "title", "release", "note", "csv")}
    html = markup.table(passport, body="<table></table>", **ADDRESSES)
    assert '<div class="table-scroll" tabindex="0" role="region"' in html
    assert "<table></table>" in html
    assert "PNG" not in html


def test_a_folded_table_shows_its_title_and_keeps_its_anchor_inside() -> None:
    shown = {"body": "<table></table>", **ADDRESSES}
    folded = markup.table({**PASSPORT, "folded": True}, **shown)
    assert folded.startswith('<details class="fold table"><summary>Table: A &lt; B</summary>')
    assert markup.table(PASSPORT, **shown) in folded
    assert 'class="fold' not in markup.table(PASSPORT, **shown)


def test_a_citation_names_edition_data_and_the_address_where_there_is_one() -> None:
    context = {
        "author": "Nobody",
        "year": "2026",
        "edition": {"name": "CHN", "version": "0.1.0"},
        "commit": stamp.words({"commit": "0123456789abcdef", "changed": True}),
    }
    said = markup.cited(PASSPORT, context, "The report", "")
    assert said == (
        "Nobody (2026): “A < B”. In: The report, edition CHN, version 0.1.0, commit 0123456789. "
        "Data: accounts 2024."
    )
    address = "https://example.org/CHN/a.html#fig-history"
    assert markup.cited(PASSPORT, context, "The report", address) == f"{said} {address}"
    context["commit"] = stamp.words({"commit": ""})
    assert "commit" not in markup.cited(PASSPORT, context, "The report", "")
