"""What every page is given beside its text, and formulas as the browser draws them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from docutils import nodes
from docutils.utils import new_document
from docutils.utils.math import MathError

from rebalancing.book.finish import drawings
from rebalancing.book.sphinx import formulas, pages


def document(*paragraphs: nodes.Node) -> nodes.document:
    made = new_document("page")
    made += paragraphs
    return made


def test_a_page_is_described_by_its_standfirst() -> None:
    lead = nodes.container("", nodes.paragraph("", "The finding."), classes=["standfirst"])
    page = document(nodes.paragraph("", "A question?"), lead)
    assert pages.description(page) == "The finding."
    assert pages.description(document(nodes.paragraph("", "A question?"))) == "A question?"
    assert pages.description(document()) == ""


def test_a_description_ends_with_a_sentence_or_says_that_it_goes_on() -> None:
    long = "Households spend little. " * 20
    assert pages.description(document(nodes.paragraph("", long))).endswith("little.")
    words = pages.description(document(nodes.paragraph("", "word " * 100)))
    assert words.endswith("word…")
    assert len(words) <= 300


def test_the_map_of_a_site_lists_its_pages() -> None:
    said = pages.site_map("https://example.org/CHN/", {"index", "changes"})
    assert re.findall("<loc>(.*?)</loc>", said) == [
        "https://example.org/CHN/changes.html",
        "https://example.org/CHN/index.html",
    ]


def test_a_drawing_is_kept_as_words_of_a_script() -> None:
    script = drawings.drawing("02/a", '<svg aria-label="x">\n</svg>')
    (said,) = re.findall(r'\["02/a"\] = (".*");', script)
    assert json.loads(said) == '<svg aria-label="x">\n</svg>'


def test_formulas_are_mathml_and_unknown_commands_are_errors() -> None:
    assert "<msub>" in formulas.mathml("\\mu_t", as_block=False)
    assert 'display="block"' in formulas.mathml("\\mu_t", as_block=True)
    with pytest.raises(MathError):
        formulas.mathml("\\nosuchcommand", as_block=False)


def test_pages_name_no_address_while_the_site_has_none(made_up_site: Path) -> None:
    for path in made_up_site.glob("*.html"):
        page = path.read_text()
        assert "canonical" not in page, path.name
        assert page.count('name="viewport"') == 1, path.name
    assert not (made_up_site / "sitemap.xml").exists()
    assert (
        'name="description" content="Households spend'
        in (made_up_site / "02_consumption.html").read_text()
    )


def test_pages_of_data_are_described_as_data_sets() -> None:
    config = SimpleNamespace(html_context={"author": "Nobody"}, html_baseurl="https://example.org/")
    app = cast("Any", SimpleNamespace(config=config))
    page = {"plain_title": "Data", "pageurl": "https://example.org/exhibits.html"}
    body = '<a href="results.json">all</a> <a href="figures/a/b.csv">CSV</a> <a href="a.html">A</a>'
    of_data = {**page, "pagename": "exhibits", "body": body}
    said = json.loads(pages.linked_data(app, of_data, "All data.", ""))
    assert (said["@type"], said["name"]) == ("Dataset", "Data")
    assert [file["contentUrl"] for file in said["distribution"]] == [
        "https://example.org/results.json",
        "https://example.org/figures/a/b.csv",
    ]
    assert [file["encodingFormat"] for file in said["distribution"]] == [
        "application/json",
        "text/csv",
    ]
    text = json.loads(pages.linked_data(app, {**of_data, "pagename": "methods"}, "", ""))
    assert (text["@type"], text["headline"]) == ("ScholarlyArticle", "Data")
    assert "distribution" not in text


def test_the_index_of_exhibits_leads_to_each_and_to_its_data(made_up_site: Path) -> None:
    page = (made_up_site / "exhibits.html").read_text()
    for address in ("02_consumption.html#fig-history", "figures/02_consumption/history-named.csv"):
        assert f'href="{address}"' in page
    assert 'href="07_exports.html#tab-many"' in page


def test_code_has_no_markup_that_says_nothing() -> None:
    words = '<span class="pre">a</span> <span class="pre">&lt;b&gt;</span>'
    made = f'<code class="docutils literal notranslate">{words}</code>'
    assert pages.light(f"<p>{made}</p>") == "<p><code>a &lt;b&gt;</code></p>"
    assert pages.light('<code class="other"><span class="pre">a</span></code>').count("span") == 2


def test_names_in_the_contents_break_after_their_points() -> None:
    made = '<code class="docutils literal notranslate"><span class="pre">a.b</span></code>'
    found = pages.breakable(f'<a href="#a.b">1.5 {made}</a>')
    assert found == '<a href="#a.b">1.5 <code>a.<wbr>b</code></a>'


def test_the_list_of_pages_marks_the_one_that_is_shown() -> None:
    def entry(page: str) -> str:
        return f'<li class="toctree-l1"><a class="reference internal" href="{page}.html">{page}</a>'

    listed = f"<ul>{entry('a')}</ul><ul>{entry('b')}{entry('c')}</ul>"
    shown = '<li class="toctree-l1 current"><a class="current reference internal" href="#">c</a>'
    expected = f'<ul>{entry("a")}</ul><ul class="current">{entry("b")}{shown}</ul>'
    assert pages.chapters(listed, "c") == expected
    assert pages.chapters(listed, "search") == listed


def test_each_page_is_marked_in_its_own_list(made_up_site: Path) -> None:
    marked = re.compile(r'<li class="toctree-l1 current"><a [^>]*href="#">([^<]*)</a>')
    titles = re.compile(r"<h1>(.*?)<")
    for name in ("02_consumption", "glossary"):
        page = (made_up_site / f"{name}.html").read_text()
        listed = page[page.index('class="chapters"') : page.index("</nav>")]
        assert marked.findall(listed) == [titles.findall(page)[0]], name
        assert f'href="{name}.html"' not in listed
        assert 'href="methods.html"' in listed
