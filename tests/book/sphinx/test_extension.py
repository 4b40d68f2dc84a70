from __future__ import annotations

import re
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def chapter(made_up_site: Path) -> str:
    return (made_up_site / "02_consumption.html").read_text()


@pytest.fixture(scope="module")
def front(made_up_site: Path) -> str:
    return (made_up_site / "index.html").read_text()


def test_a_number_leads_to_the_code_that_recorded_it(front: str, chapter: str) -> None:
    number = re.search(r'<a class="result" href="02_consumption.html#(cell-[\w-]+)"', front)
    assert number
    assert f'id="{number[1]}"' in chapter or f'<span id="{number[1]}"></span>' in chapter


def test_a_magnitude_is_shown_without_its_sign(front: str) -> None:
    assert re.search(r'data-key="consumption.gap"[^>]*>18\.4 ', front)


def test_a_number_in_a_heading_is_plain_text_everywhere(chapter: str) -> None:
    heading = re.search(r"<h3>(.*?)</h3>", chapter)
    assert heading
    assert heading[1].startswith("In 5 economies")
    assert 'class="result"' not in heading[1]


def test_key_numbers_show_value_and_label_with_their_numbers(front: str) -> None:
    row = front[front.index('<div class="key-numbers') :]
    assert re.search(r'<p class="value">\s*<a class="result"[^>]*>39\.9%</a></p>', row)
    assert '<p class="label">to the median of 5 economies' in row  # a count has no card


def test_a_figure_can_be_referred_to_from_any_page(front: str, chapter: str) -> None:
    assert 'href="02_consumption.html#fig-history"' in front
    assert 'href="#fig-world"' in chapter
    assert 'href="#tab-levels"' in chapter


def test_code_is_folded_under_its_label_with_the_anchors_of_its_cells(chapter: str) -> None:
    folds = re.findall(r'<details class="fold"><summary>([^<]+)</summary>', chapter)
    assert folds[0] == "How this chapter is set up"
    assert set(folds[1:]) == {"How this was computed"}
    for cell in ("cell-parameters", "cell-history", "cell-after"):
        assert f'id="{cell}"' in chapter


def test_titles_and_words_of_figures_can_be_searched_for(made_up_site: Path) -> None:
    index = "".join(path.read_text() for path in made_up_site.glob("search/*.js"))
    assert '"larger":' in index
    assert "In most economies households spend a larger share of GDP" in index


def test_a_term_carries_its_definition_and_leads_to_the_glossary(
    chapter: str, made_up_site: Path
) -> None:
    term = re.search(r'<a class="term" href="glossary.html#([\w-]+)" ([^>]*)>([^<]*)</a>', chapter)
    assert term
    assert term[3] == "household consumption"
    assert 'data-definition="What households spend on goods and services' in term[2]
    assert f'<dt id="{term[1]}">' in (made_up_site / "glossary.html").read_text()


def test_claims_are_quoted_and_parameters_are_plain(chapter: str) -> None:
    assert '<span class="claim">“nearly 40%”</span>' in chapter
    assert "has the setting 6.25." in chapter


def test_literature_is_cited_in_round_brackets_and_listed(chapter: str, made_up_site: Path) -> None:
    assert re.search(r"\(<a [^>]*>European Commission <em>et al\.</em>, 2009</a>\)", chapter)
    assert "System of National Accounts 2008" in (made_up_site / "references.html").read_text()


def test_tables_of_markdown_scroll_in_their_own_box(made_up_site: Path) -> None:
    html = (made_up_site / "data-and-definitions.html").read_text()
    assert re.search(r'<div class="[^"]*\btable-scroll\b[^"]*">\s*<table', html)
