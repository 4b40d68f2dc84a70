"""The printed book: formulas, links and tables in Typst's notation, and one PDF the same twice."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from rebalancing.book.printed import formulas, markup, pages, pdf
from rebalancing.book.sphinx.formulas import mathml


def set_(html: str, *labels: str) -> str:
    setter = markup.Setter(Path(), frozenset(labels), page="here")
    return setter.chapter("here", pages.read(html))


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        ("x", "x"),
        ("\\mu_t", "attach(#$μ$, b: #$t$)"),
        ("\\frac{1}{n}", 'frac(#$"1"$, #$n$)'),
        ("x^2", 'attach(#$x$, t: #$"2"$)'),
    ],
)
def test_formulas_are_set_anew(tex: str, expected: str) -> None:
    math = pages.read(mathml(tex, as_block=False)).elements[0]
    assert formulas.typst(math) == expected


def test_a_formula_that_cannot_be_set_is_no_blank() -> None:
    with pytest.raises(formulas.FormulaError, match="mglyph"):
        formulas.typst(pages.read("<math><mglyph></mglyph></math>").elements[0])


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


def test_terms_without_ends_are_terms_and_meanings() -> None:
    said = set_("<dl><dt>A<dd><p>one</p></dd><dt>B<dd><p>two</p></dd></dl>")
    assert re.findall(r"#(term|meaning)\[", said) == ["term", "meaning"] * 2


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


@pytest.mark.slow
def test_the_book_is_one_file_and_the_same_twice(made_up_site: Path, tmp_path: Path) -> None:
    folder = tmp_path / "CHN"
    shutil.copytree(made_up_site, folder / "site")
    shutil.copyfile(made_up_site.parent / "results.json", folder / "results.json")
    made = pdf.write(folder)
    content = made.read_bytes()
    assert content.startswith(b"%PDF-")
    assert pdf.write(folder).read_bytes() == content
    assert {path.name for path in folder.iterdir()} == {"site", "results.json", "report-CHN.pdf"}
    printed = pdf.order(folder / "site")
    assert printed[0] == "index"
    assert {"02_consumption", "methods", "references"} <= set(printed)
    assert not {"01_clean", "explore", "exhibits", "search"} & set(printed)
