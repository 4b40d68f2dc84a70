from __future__ import annotations

from pathlib import Path

import pytest

from rebalancing.book.finish import linkcheck

FINE = """\
<html><head><link rel="stylesheet" href="style.css?v=1"><link rel="next" href="other.html">
<link rel="canonical" href="https://example.org/"></head>
<body id="top"><a href="https://example.org/">A publisher</a> <a href="#top">up</a>
<a href="other.html#part">on</a> <a href="data/">data</a> <a href="mailto:a@example.org">us</a>
<img src="data:image/png;base64,AAAA"></body></html>
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "index.html").write_text(FINE)
    (tmp_path / "other.html").write_text('<p id="part">words</p>')
    (tmp_path / "style.css").write_text('@font-face { src: url("a%20font.woff2") }')
    (tmp_path / "a font.woff2").write_text("")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "index.html").write_text('<a href="../other.html">back</a>')
    return tmp_path


def test_a_site_that_is_complete_has_no_problems(folder: Path) -> None:
    assert linkcheck.problems(folder) == []


@pytest.mark.parametrize(
    "markup",
    [
        '<script src="https://cdn.example.org/a.js"></script>',
        '<script src="//cdn.example.org/a.js"></script>',
        '<link rel="preconnect" href="https://fonts.example.org">',
        '<img src="https://example.org/a.png">',
        '<svg><image xlink:href="https://example.org/a.png"/></svg>',
        '<p style="background: url(https://example.org/a.png)">words</p>',
        "<style>@import 'https://example.org/a.css';</style>",
        '<iframe src="http://example.org/"></iframe>',
    ],
)
def test_whatever_is_loaded_from_outside_is_found(folder: Path, markup: str) -> None:
    (folder / "other.html").write_text(f'<p id="part">words</p>{markup}')
    (problem,) = linkcheck.problems(folder)
    assert problem.startswith("other.html loads ")
    assert problem.endswith(" from outside")


def test_style_sheets_are_read_too(folder: Path) -> None:
    (folder / "style.css").write_text(
        "@import url(https://example.org/a.css);\na { b: url(c.png) }"
    )
    assert linkcheck.problems(folder) == [
        "style.css loads https://example.org/a.css from outside",
        "style.css leads to c.png, but there is no such file",
    ]


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("missing.html", "there is no such file"),
        ("other.html#nowhere", "other.html has no such anchor"),
        ("#nowhere", "index.html has no such anchor"),
    ],
)
def test_links_that_lead_nowhere_are_found(folder: Path, address: str, reason: str) -> None:
    (folder / "index.html").write_text(f'<a href="{address}">words</a>')
    assert linkcheck.problems(folder) == [f"index.html leads to {address}, but {reason}"]
