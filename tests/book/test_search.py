from __future__ import annotations

import json
from pathlib import Path

import pytest

from rebalancing.book import folders
from rebalancing.book.finish import search

PAGE = """<!DOCTYPE html><nav>Menu words</nav><main id="main"><section id="first"><h1>A title</h1>
<p>Households spend <a>39.9%</a> of GDP. In 2024 goods worth $1,189 billion were sold.</p>
<pre>code = 1</pre><button>Press</button>
<table><tr><th>Economy</th><th>Share</th></tr><tr><th>China</th><td>39.9</td></tr></table>
</section></main>"""


def read(site: Path, name: str) -> object:
    text = (site / "search" / f"{name}.js").read_text()
    return json.loads(text.split("=", 2)[2].rstrip(";\n"))


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "02_a.html").write_text(PAGE)
    (tmp_path / "search.html").write_text(PAGE.replace("title", "searching"))
    folders.hold(tmp_path / "made", search.files(tmp_path))
    return tmp_path / "made"


def test_passages_are_headings_sentences_and_rows(site: Path) -> None:
    assert read(site, "p-0") == [
        ["A title", "first"],
        ["Households spend 39.9% of GDP.", "first"],
        ["In 2024 goods worth $1,189 billion were sold.", "first"],
        ["Economy · Share", "first"],
        ["China · 39.9", "first"],
    ]
    index = read(site, "index")
    assert index["pages"] == [["02_a.html", "A title", 0]]
    assert index["kinds"] == "httrr"


def test_numbers_are_looked_up_without_commas(site: Path) -> None:
    assert read(site, f"w-{ord('1')}-{ord('1')}") == {"1189": [2]}
    assert read(site, f"w-{ord('3')}-{ord('9')}") == {"39.9": [1, 3]}


def test_menus_code_and_common_words_are_not_looked_up(site: Path) -> None:
    words = "".join(path.read_text() for path in site.glob("search/w-*.js"))
    assert not [word for word in ("menu", "code", "press", '"of"', "searching") if word in words]


def test_words_that_may_be_mistyped_are_kept_alone(site: Path) -> None:
    words = str(read(site, "words")).split()
    assert {"households", "spend", "china"} <= set(words)
    assert not [word for word in words if len(word) < search.MISTYPED_FROM or not word.isalpha()]
