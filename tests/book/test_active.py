from __future__ import annotations

from pathlib import Path

import pytest

from rebalancing.book.finish import active

OURS = [
    *(f"<svg><style>{style}</style></svg>" for style in active.STYLES),
    '<script src="_static/report.js" defer></script>',
    '<a href="#main">a</a> <a href="https://example.org/">b</a> <a href="mailto:a@b.c">c</a>',
    '<a href="other.html#javascript:">d</a>',
    "<pre>&lt;script&gt;alert(1)&lt;/script&gt; onload=</pre>",
]
FOREIGN = [
    ("<script>alert(1)</script>", "a script inside the page"),
    ('<script type="module">import "x"</script>', "a script inside the page"),
    ('<script type="text/x-mathjax-config">MathJax.Hub.Config({})</script>', "a script inside"),
    ("<SCRIPT>alert(1)</SCRIPT>", "a script inside the page"),
    ('<svg><script href="a.js"></script></svg>', "a script inside the page"),
    ("<style>* {color: red}</style>", "a style"),
    ("<svg onload=alert(1)></svg>", "an attribute onload of <svg>"),
    ("<img src=x onerror=alert(1)>", "an attribute onerror of <img>"),
    ('<p ONCLICK="a()">', "an attribute onclick of <p>"),
    ("<iframe src=a.html></iframe>", "an element <iframe>"),
    ("<object data=a.svg></object>", "an element <object>"),
    ("<base href=/>", "an element <base>"),
    ('<meta http-equiv="refresh" content="0">', "an element <meta>"),
    ('<a href="javascript:alert(1)">a</a>', "an address 'javascript:alert(1)' of <a>"),
    ('<a href=" java\nscript:alert(1)">a</a>', "an address"),
    ('<a href=" java&#10;Script:alert(1)">a</a>', "an address"),
    ('<a href="&#106;avascript:alert(1)">a</a>', "an address"),
    ('<a href="data:text/html,a">a</a>', "an address"),
    ('<form action="vbscript:a">', "an address"),
    ('<button formaction="javascript:a">', "an address"),
    ('<svg><a xlink:href="javascript:a"></a></svg>', "an address"),
]


def test_what_is_ours_may_act(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("\n".join(OURS))
    assert active.problems(tmp_path) == []


@pytest.mark.parametrize(("html", "what"), FOREIGN)
def test_what_acts_and_is_not_ours_is_named(tmp_path: Path, html: str, what: str) -> None:
    (tmp_path / "index.html").write_text(html)
    (problem,) = active.problems(tmp_path)
    assert problem.startswith(f"index.html has {what}")
    assert problem.endswith("which is not one of ours")


def test_nothing_acts_in_the_site_but_what_is_ours(made_up_site: Path) -> None:
    assert active.problems(made_up_site) == []
