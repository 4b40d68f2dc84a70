"""The printed book: formulas, links and tables in Typst's notation, and one PDF the same twice."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rebalancing.book.printed import formulas, markup, pages, pdf
from rebalancing.book.sphinx.formulas import mathml
from rebalancing.files import write_atomic

ROOT = Path(__file__).parents[2]


def set_(html: str, *labels: str) -> str:
    setter = markup.Setter(Path(), frozenset(labels), page="here")
    return setter.chapter("here", pages.read_page(html))


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        ("x", "x"),
        ("\\mu_t", "attach(#$μ$, b: #$t$)"),
        ("\\frac{1}{n}", 'frac(#$"1"$, #$n$)'),
        ("x^2", 'attach(#$x$, t: #$"2"$)'),
        ("\\hat{x}", "accent(#$x$, hat)"),
        ("\\bar{x}", "accent(#$x$, macron)"),
    ],
)
def test_formulas_are_set_anew(tex: str, expected: str) -> None:
    math = pages.read_page(mathml(tex, as_block=False)).elements[0]
    assert formulas.typst(math) == expected


def test_a_formula_that_cannot_be_set_is_no_blank() -> None:
    with pytest.raises(formulas.FormulaError, match="mglyph"):
        formulas.typst(pages.read_page("<math><mglyph></mglyph></math>").elements[0])


def test_an_accent_that_is_not_known_is_named() -> None:
    math = "<math><mover><mi>x</mi><mo>!</mo></mover></math>"
    with pytest.raises(formulas.FormulaError, match="accent '!'"):
        formulas.typst(pages.read_page(math).elements[0])


def test_no_sign_of_a_text_means_anything() -> None:
    said = set_('<p>#let x = "1"; *$ \\ @a</p>')
    assert '#par[#"#let x = \\"1\\"; *$ \\\\ @a";]' in said


def test_links_lead_to_what_is_printed_and_outside() -> None:
    html = """<p id="own"><a href="#own">a</a> <a href="other.html#x">b</a>
    <a href="gone.html">c</a> <a href="https://example.org">d</a>
    <a class="result" href="#own">9%</a></p>"""
    said = set_(html, "here:own", "other:x")
    assert '#link(label("here:own"))[#"a";]' in said
    assert '#link(label("other:x"))[#"b";]' in said
    assert '#link("https://example.org")[#"d";]' in said
    assert said.count("#link") == 3
    assert said.count('#metadata(none)#label("here:own")') == 1


def test_headings_of_every_level_are_headings_and_other_words_stay() -> None:
    html = "".join(f"<h{level}>Level {level}</h{level}>" for level in range(1, 7))
    said = set_(f"{html}<p><label>A label</label> <blink>and more</blink></p>")
    for level in range(1, 7):
        assert f'#heading(level: {level})[#"Level {level}";]' in said
    assert '#par[#"A label";#" ";#"and more";]' in said


def test_key_numbers_stand_in_cells() -> None:
    said = set_(
        "<div class='key-numbers'><div><p class='value'>40%</p><p class='label'>of GDP</p></div>"
        "<div><p class='value'>3 <span class='words'>years</span></p></div></div>"
    )
    first = '\n#value[#"40%";]\n\n#label_[#"of GDP";]\n'
    assert f'#keynumbers([{first}], [\n#value[#"3 ";#unit[#"years";]]\n])' in said


FIGURE = """<figure class="report-figure" id="fig-a">
<figcaption><p class="figure-title">Title</p><p class="figure-subtitle">Per cent</p></figcaption>
<div class="figure-body" role="img" aria-label='A line "falls"'><svg><text>gone</text></svg>
<div class="figure-narrow" data-src="_files/a-narrow.js"></div></div>
<p class="figure-foot"><span>Source: UN.</span></p>
<footer class="figure-links">Data <details class="cite">Cite this</details></footer></figure>"""


def test_a_figure_is_its_drawing_between_title_and_source() -> None:
    setter = markup.Setter(Path("site"), frozenset(), page="here")
    said = setter.chapter("here", pages.read_page(FIGURE))
    assert setter.drawings == {"_files/a.svg": Path("site/_files/a-wide.svg")}
    parts = [
        "#drawing[",
        '#figuretitle[#"Title";]',
        '#figuresubtitle[#"Per cent";]',
        '#image("_files/a.svg", width: 100%, alt: "A line \\"falls\\"")',
        '#figuresource[#"Source: UN.";]',
    ]
    places = [said.index(part) for part in parts]
    assert places == sorted(places)
    assert not any(word in said for word in ("gone", "Data", "Cite this"))


def test_the_book_says_title_authors_and_day_and_takes_colours_into_its_drawings(
    tmp_path: Path,
) -> None:
    site, root = tmp_path / "site", tmp_path / "root"
    write_atomic(
        site / "index.html",
        "<title>A &amp; B</title><nav id='chapter-menu'><a href='index.html'>Front</a>"
        "<a href='01_clean.html'>Data</a><a href='02_first.html#here'>First</a>"
        "<a href='search.html'>Search</a></nav><main><h1>Front</h1></main>",
    )
    write_atomic(site / "02_first.html", f"<main><h1>First</h1>{FIGURE}</main>")
    write_atomic(site / "_files" / "a-wide.svg", '<svg fill="var(--economy, #b3202c)"/>')
    said = pdf.source(site, root, "CHN", datetime(2026, 3, 1, tzinfo=UTC), author='The "authors"')
    assert said.startswith(
        '#let title = "A & B"\n#let author = "The \\"authors\\""\n'
        '#let edition = "Edition CHN, 1 March 2026"\n'
    )
    assert said.index('[#"Front";]') < said.index('[#"First";]')
    assert "Only the site has “Data” and “Search”, the code" in said
    assert said.count("Search") == 1
    day = datetime(2026, 3, 1, tzinfo=UTC)
    said = pdf.source(site, root, "CHN", day, author="", address="https://example.org/CHN/")
    assert "Only the site (https://example.org/CHN/) has" in said
    assert (root / "_files" / "a.svg").read_text() == '<svg fill="#b3202c"/>'


def test_terms_without_ends_are_terms_and_meanings() -> None:
    said = set_("<dl><dt>A<dd><p>one</p></dd><dt>B<dd><p>two</p></dd></dl>")
    assert re.findall(r"#(term|meaning)\[", said) == ["term", "meaning"] * 2


def test_columns_of_words_get_room_and_no_number_is_a_tower() -> None:
    def widths(words: str, first: str = "2004") -> str:
        head = "<thead><tr><th>When</th><th>What was announced</th></tr></thead>"
        row = f"<tr><td>{first}</td><td>{words}</td></tr>"
        said = set_(f"<table>{head}<tbody>{row}</tbody></table>")
        return said.partition("#sheet(")[2].partition(", 8.5pt")[0]

    assert widths("short") == "2"
    assert widths("words and more words of an announcement") == "(2.24em + 6pt, 39fr,)"
    long = "words and more words of an announcement"
    assert widths(long, "80% to 90%") == "(5.60em + 6pt, 39fr,)"
    assert widths(long, "more than a few words") == "(21fr, 39fr,)"
    assert widths(20 * "many words ") == f"(2.24em + 6pt, {markup.LONGEST}fr,)"


def test_a_long_table_in_a_fold_is_named_and_not_printed() -> None:
    def fold(rows: int) -> str:
        table = f"<table><tr><th>Case</th></tr>{'<tr><td>1</td></tr>' * rows}</table>"
        figure = f'<figure class="report-table" id="tab-a">{table}</figure>'
        summary = "<summary>Table: A of B</summary>"
        link = '<p><a href="#tab-a">all</a></p>'
        fold = f'{link}<details class="fold table">{summary}{figure}</details>'
        return set_(fold, "here:tab-a")

    assert "#sheet(" in fold(markup.MOST_ROWS)
    said = fold(markup.MOST_ROWS + 1)
    assert "#sheet(" not in said
    assert f"Table: A of B. Its {markup.MOST_ROWS + 1} rows are on the site." in said
    assert said.count('#metadata(none)#label("here:tab-a")') == 1  # where links to it lead


def test_what_wants_a_hand_is_left_out_with_its_section() -> None:
    page = pages.read_page(
        '<main><p><a href="#try">try it</a></p><section id="try"><h3>Try it</h3><p>The form</p>'
        '<div class="calculator"></div></section><section id="then"><h3>Then</h3></section></main>'
    )
    labels = markup.labels_of("here", page)
    assert labels == {"here:", "here:then"}
    said = markup.Setter(Path(), frozenset(labels), page="here").chapter("here", page)
    assert "form" not in said
    assert "#link" not in said
    assert "Then" in said


def test_a_long_table_says_how_much_of_it_is_left_out() -> None:
    rows = "".join(f"<tr><th>{n}</th><td class='number'>{n}</td></tr>" for n in range(50))
    head = "<thead><tr><th>Year</th><th>Value</th></tr></thead>"
    said = set_(f"<table>{head}<tbody>{rows}</tbody></table>")
    assert said.count("table.cell(") == 2 + 2 * markup.MOST_ROWS
    assert "10 more rows are in the file." in said
    assert "table.header(" in said


def test_code_and_lists_in_folds_are_for_the_screen() -> None:
    said = set_(
        "<details class='fold'><pre>code</pre></details>"
        "<details class='fold'><table><tr><td>data</td></tr></table></details>"
        "<details class='fold table'><table><tr><td>kept</td></tr></table></details>"
        "<details class='fold'><p>words</p></details>"
    )
    assert [word for word in ("code", "data", "kept", "words") if word in said] == ["kept", "words"]


def test_words_in_a_fold_have_its_title_and_no_paragraphs_of_blanks() -> None:
    said = set_("<details class='fold'><summary>Why</summary> <p>one</p> \n <p>two</p> </details>")
    assert '#foldtitle[#"Why";]' in said
    assert re.sub(r"\s+", "", said).endswith('#par[#"one";]#par[#"two";]')


def test_a_work_that_is_cited_is_there_without_its_number() -> None:
    said = set_('<div class="citation"><span class="label">1</span><p>Ang. A method.</p></div>')
    assert re.sub(r"\s+", "", said).endswith('#work[#par[#"Ang.Amethod.";]]')
    template = Path(pdf.__file__).with_name("book.typ").read_text(encoding="utf-8")
    assert not re.search(r"^#let .*\bpar\(", template, re.MULTILINE)  # Typst drops what it holds


def test_a_page_breaks_only_a_long_table() -> None:
    def exhibit(rows: int) -> str:
        cells = "<tr><td>1</td></tr>" * rows
        return set_(f'<figure class="report-table"><table>{cells}</table></figure>')

    assert "#whole[" in exhibit(markup.MOST_ROWS_TOGETHER)
    assert "#exhibit[" in exhibit(markup.MOST_ROWS_TOGETHER + 1)


@pytest.mark.slow
def test_the_book_is_one_file_and_the_same_twice(made_up_site: Path, tmp_path: Path) -> None:
    folder = tmp_path / "build" / "CHN"
    shutil.copytree(made_up_site, folder / "site")
    shutil.copyfile(ROOT / "CITATION.cff", tmp_path / "CITATION.cff")
    shutil.copyfile(made_up_site.parent / "results.json", folder / "results.json")
    made = pdf.write_pdf(folder)
    content = made.read_bytes()
    assert content.startswith(b"%PDF-")
    assert pdf.write_pdf(folder).read_bytes() == content
    assert {path.name for path in folder.iterdir()} == {"site", "results.json", "report-CHN.pdf"}
    printed = pdf.order(folder / "site")
    assert printed[0] == "index"
    assert {"02_consumption", "methods", "references"} <= set(printed)
    assert not {"01_clean", "explore", "exhibits", "search"} & set(printed)
