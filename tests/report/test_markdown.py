from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from myst_parser.config.main import MdParserConfig
from myst_parser.mdit_to_docutils.base import DocutilsRenderer
from myst_parser.parsers.mdit import create_md_parser

from rebalancing.report.markdown import INVISIBLE, code, escaped, fenced, link, plain

GITHUB = MarkdownIt("gfm-like", {"html": True, "linkify": False})
# The book's own reader, with the extensions of book/_config.yml but the one that sets quotes.
EXTENSIONS = {"attrs_inline", "colon_fence", "deflist", "dollarmath"}
BOOK = create_md_parser(MdParserConfig(enable_extensions=EXTENSIONS), DocutilsRenderer)
HOSTILE = st.text(alphabet="`~*_[]()<>!#@|\\\\$&;{}:/ -+1ax\n", max_size=60)


@pytest.mark.parametrize(
    "words",
    [
        "*a* _b_ `c` ~~d~~ [e](f) ![g](h) <i>j</i> $k$ {l}`m` &lt; | n \\\\ o",
        "<script>alert(1)</script> <!-- x -->",
        "# no heading",
    ],
)
def test_words_are_read_as_they_are(words: str) -> None:
    (paragraph, inline, _) = GITHUB.parse(f"x {plain(words)}")
    assert paragraph.type == "paragraph_open"
    assert {child.type for child in inline.children} <= {"text", "text_special"}
    read = "".join(child.content for child in inline.children)
    assert read.replace(INVISIBLE, "") == f"x {words}"


@pytest.mark.parametrize(
    ("words", "call"),
    [
        ("thanks @somebody", "@somebody"),
        ("fixes #12", "#12"),
        ("closes owner/name#12", "#12"),
        ("resolves GH-12", "GH-12"),
        ("fixes https://GitHub.com/owner/name/issues/12", "GitHub.com/owner"),
    ],
)
def test_words_call_nobody_and_close_nothing(words: str, call: str) -> None:
    (_, inline, _) = GITHUB.parse(plain(words))
    read = "".join(child.content for child in inline.children)
    assert call not in read
    assert read.replace(INVISIBLE, "") == words


@settings(max_examples=60)
@given(HOSTILE)
def test_a_cell_stays_a_cell(words: str) -> None:
    table = f"| a | b |\n| --- | --- |\n| {plain(words)} | end |\n\nafter\n"
    cells = [t for t in GITHUB.parse(table) if t.type in {"td_open", "paragraph_open"}]
    assert [token.type for token in cells] == ["td_open", "td_open", "paragraph_open"]


@settings(max_examples=60)
@given(HOSTILE)
def test_a_block_ends_where_it_should(text: str) -> None:
    fence, paragraph, *_ = GITHUB.parse(f"{fenced(text)}\n\nafter\n")
    assert (fence.type, fence.info, paragraph.type) == ("fence", "text", "paragraph_open")
    assert fence.content == f"{text.rstrip()}\n"


STARTS = [
    "- a",
    "+ a",
    "1. a",
    "12) a",
    ": a",
    ":::{raw} html",
    "=== ",
    "---",
    "+++ a",
    "% a",
    "(a)=",
]


@pytest.mark.parametrize(
    "words", [*STARTS, "-", "    a", "\n\n# a\n", "a\u2028- b", "\x1b[2J\u202ea"]
)
def test_nothing_begins_a_block(words: str) -> None:
    kinds = [token.type for token in BOOK.parse(f"{escaped(words).lstrip(' ')}\nb")]
    assert kinds == ["paragraph_open", "inline", "paragraph_close"]


@pytest.mark.slow
@settings(max_examples=150)
@given(st.text(alphabet="`~*_[]()<>!#@|\\$&;{}:/ -+=%^.1ax\n", max_size=60))
def test_the_book_reads_words_as_they_are(words: str) -> None:
    (_, inline, _) = BOOK.parse(f"x{escaped(words)}x")
    assert {child.type for child in inline.children} <= {"text", "text_special"}
    read = "".join(child.content for child in inline.children)
    assert read.replace("\n", " ").split() == f"x{words}x".split()


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("NY.GDP.MKTP.CD", "`NY.GDP.MKTP.CD`"),
        ("VA_TOTAL", "`VA_TOTAL`"),
        ("a`b", "a\\`b"),
        ("a|b", "a&#124;b"),
        ("", ""),
        ("a\n\n# b", "a  \\# b"),
    ],
)
def test_a_code_is_code_unless_it_would_end_its_mark(words: str, shown: str) -> None:
    assert code(words) == shown


@pytest.mark.parametrize("address", ["https://example.org/a_b?c=1&d=e#f", "http://127.0.0.1:8000/"])
def test_an_address_is_a_link(address: str) -> None:
    assert link(address) == f"<{address}>"


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "data:text/html,a", "https://a/> <script>", "https://a b", "//a", ""],
)
def test_what_is_no_address_of_a_page_is_no_link(address: str) -> None:
    tokens = BOOK.parse(f"x {link(address)}")
    assert {child.type for child in tokens[1].children} <= {"text", "text_special"}
