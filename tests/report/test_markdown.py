from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rebalancing.report.markdown import INVISIBLE, fenced, plain

GITHUB = MarkdownIt("gfm-like", {"html": True, "linkify": False})
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
