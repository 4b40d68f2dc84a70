from __future__ import annotations

import re
from pathlib import Path

import pytest

from rebalancing.report.prose.bibliography import Bibliography
from rebalancing.report.prose.notebook import PROVENANCE, bundles
from rebalancing.report.prose.plain import Plain
from rebalancing.report.text import form

RESULTS = {
    key: {"key": key, "value": value, "unit": unit, "text": form(value, unit), "definition": what}
    for key, value, unit, what in (
        ("share.latest", 39.9, "% of GDP", "Of GDP"),
        ("gap", 1.2, "percentage points", "A gap"),
        ("value", 992.0, "US$ billion", "Exports"),
        ("small", 0.01, "percentage points", "Another gap"),
    )
}
BOOKS = r"""
@misc{news2025, title = {A Paper of Note}, year = {2025}}
@article{kunsch1989, author = {K{\"u}nsch, Hans R.}, year = {1989}}
@article{hodrick1997, author = {Hodrick, Robert J. and Prescott, Edward C.}, year = {1997}}
@book{harvey1989, author = {Harvey, Andrew C.}, year = {1989}}
@article{kz2015, author = {Kee, A and Tang, B and Zhu, C}, year = {2015}}
"""


@pytest.fixture
def plain(tmp_path: Path) -> Plain:
    (tmp_path / "references.bib").write_text(BOOKS)
    return Plain(RESULTS, Bibliography(tmp_path / "references.bib").cited)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("It was {result}`share.latest`.", "It was 39.9%."),
        ("by {result}`1.2 points <gap>`", "by 1.2\N{NO-BREAK SPACE}points"),
        ("a {term}`unit root` of {term}`trends <trend>`", "a unit root of trends"),
        ("{claim}`nearly 30%`, with {stated}`6.25`", "“nearly 30%”, with 6.25"),
        ("so {cite:p}`hodrick1997,harvey1989`", "so (Hodrick and Prescott, 1997; Harvey, 1989)"),
        ("so {cite:p}`kz2015`", "so (Kee et al., 2015)"),
        ("so {cite:p}`nobody2000`", "so (nobody2000)"),
        ("see [above](#fig-share)", "see above"),
        ("It rose ([table](#tab-a), [figure](#fig-b)).", "It rose."),
        (
            "Let $Y$ be it, $$C / Y$$, by {result}`value`",
            "Let $Y$ be it, $$C / Y$$, by <span>\\$</span>992\N{NO-BREAK SPACE}billion",
        ),
        ("so {cite:p}`news2025`", "so (A Paper of Note, 2025)"),
        ("so {cite:p}`kunsch1989`", "so (Künsch, 1989)"),
        ("see [the log](forecast-log.md#one)", "see the log"),
        ('in <a href="claims.json">claims.json</a>', "in claims.json"),
        ('<a href="https://a.example">a</a>', '<a href="https://a.example">a</a>'),
        ("see [chapter 2](02_consumption.ipynb)", "see [chapter 2](02_consumption.ipynb)"),
        ("(target)=\n## Words", "## Words"),
        ("Verdict: [holds]{.verdict .holds}.", "Verdict: **holds**."),
        (":::{standfirst}\nIt rose.\n:::", "It rose."),
        (":::{change-our-mind}\nA fall.\n:::", "> **What would change our mind.** A fall."),
        (":::{note} Mind\nThis.\n:::", "**Mind**\n\nThis."),
        ("```{report-figure} a/b\n```\n\nWords", "Words"),
        ("{result}`value` in all", "<span>\\$</span>992\N{NO-BREAK SPACE}billion in all"),
    ],
)
def test_roles_and_directives_become_what_they_say(plain: Plain, written: str, read: str) -> None:
    assert plain.words(written) == read


def test_a_row_of_key_numbers_has_the_look_of_the_book_and_a_list_of_words(plain: Plain) -> None:
    rows = ":::{key-numbers}\nshare.latest | of GDP in {term}`a year`\ngap | apart\n:::"
    before, row, after = bundles(f"Before {{result}}`gap`.\n\n{rows}\n\nAfter.", plain)
    assert before["text/markdown"] == "Before 1.2\N{NO-BREAK SPACE}points."
    assert before[PROVENANCE] == {"numbers": [RESULTS["gap"]]}
    assert row["text/markdown"].splitlines() == [
        "- **39.9%** of GDP in a year",
        "- **1.2\N{NO-BREAK SPACE}points** apart",
    ]
    assert "39.9%" in row["text/html"]
    assert row[PROVENANCE] == {"numbers": [RESULTS["share.latest"], RESULTS["gap"]]}
    assert after == {"text/markdown": "After."}


def test_the_words_of_a_unit_are_smaller_than_its_figures(plain: Plain) -> None:
    (row,) = bundles(":::{key-numbers}\ngap | apart\nsmall | beside\n:::", plain)
    assert re.search(r">1\.2 <span [^>]*>points</span>", row["text/html"])
    assert ">under 0.05\N{NO-BREAK SPACE}points<" in row["text/html"]  # it has no figures


def test_words_of_others_cannot_break_the_markup_of_key_numbers(plain: Plain) -> None:
    (row,) = bundles(":::{key-numbers}\ngap | <b onclick=x>\n:::", plain)
    assert "<b" not in row["text/html"]


def test_nothing_is_shown_where_nothing_is_said(plain: Plain) -> None:
    assert bundles("\n \n", plain) == []
