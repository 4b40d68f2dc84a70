"""Words of publishers do nothing in the site: it has the elements that it has without them."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag

import pytest

from rebalancing.book import assembly, site
from rebalancing.book.finish import active
from rebalancing.project import Project
from rebalancing.report.passports import passports

pytestmark = pytest.mark.slow

# Without quotation marks and with single blanks, so that the words can be looked for in the pages.
SIGNS = (
    "<script>alert(1)</script> <img src=x onerror=alert(1)> <svg onload=alert(1)> </table> "
    "</details> <style>*{color:red}</style> <iframe src=//e.example> [a](javascript:alert(1)) "
    "![b](//e.example/c) `d` ``e {raw}`f` {{ 7*7 }} {% raw %} $g$ $$ *h* __i__ j|k &lt;l&gt; &amp; "
    "<https://e.example/m> [n]: //e.example [@sna2008] [^o] ~~p~~ \\ <!-- q"
)
BLOCK = "\n\n:::{raw} html\n<b>r</b>\n:::\n\n```{include} /etc/hostname\n```\n\n# s\n\n---\n% t\n"
# What is no words in a descriptor: names of files, digests, days. A hostile code is no code in the
# page, and a hostile address no link (tests/report/test_markdown.py): these are other elements.
NO_WORDS = {"date", "hash", "path", "name", "first", "last", "code", "homepage"}
LEADING = {"href", "src", "action", "data"}
OF_PASSPORTS = {"title", "subtitle", "alt", "note", "release"}


def hostile(what: str) -> str:
    return f"- {what} {SIGNS} {BLOCK}"


def shown(what: str) -> str:
    """Return the words as the page has them: in one line."""
    return dashes(" ".join(hostile(what).split()))


def dashes(text: str) -> str:
    """Return a text with the typographic dashes that Markdown makes and finished HTML has not."""
    return text.replace("---", "\N{EM DASH}").replace("--", "\N{EN DASH}")


def poisoned(content: Any, is_words: Callable[[str], bool], key: str = "") -> Any:
    """Return JSON with hostile words in the fields chosen by their names."""
    match content:
        case dict():
            return {name: poisoned(part, is_words, name) for name, part in content.items()}
        case list():
            return [poisoned(part, is_words, key) for part in content]
        case str() if is_words(key):
            return hostile(key)
    return content


def poison(path: Path, is_words: Callable[[str], bool]) -> None:
    path.write_text(json.dumps(poisoned(json.loads(path.read_text()), is_words)))


class Page(HTMLParser):
    """Elements with the names of their attributes, the words shown, and where links lead."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.words: list[str] = []
        self.places: set[str] = set()
        self.feed(path.read_text())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # How tables are fitted follows from how long their words are, hostile or not.
        names = [name for name, _ in attrs if (tag, name) != ("table", "class")]
        if (tag, attrs) not in (("div", []), ("span", [("class", "line")])):
            self.elements.append(" ".join([tag, *(name for name in names if name != "data-label")]))
        self.places |= {urldefrag(value or "").url for name, value in attrs if name in LEADING}

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory, assembled_once: Path) -> Path:
    root = tmp_path_factory.mktemp("hostile") / "project"
    shutil.copytree(assembled_once, root, symlinks=True)
    project = Project(root)
    folder = project.build / "CHN"
    for path in project.raw.rglob("datapackage.json"):
        poison(path, lambda key: key not in NO_WORDS)
    results = folder / "results.json"
    recorded = json.loads(results.read_text())
    recorded["results"] = [
        {
            **result,
            "definition": f"{number} {hostile('definition')}",
            "release": hostile("citation"),
        }
        for number, result in enumerate(recorded["results"])
    ]
    recorded["left_out"] = {"partners": hostile("reason")}
    results.write_text(json.dumps(recorded))
    homes = [*folder.glob("figures/*"), *folder.glob("tables/*")]
    for path in (path for home in homes for path in passports(home)):
        poison(path, OF_PASSPORTS.__contains__)
    assembly.assemble(project, folder)
    return site.build(project, folder)


def test_the_site_has_the_elements_that_it_has_without_hostile_words(
    hostile_site: Path, made_up_site: Path
) -> None:
    for path in made_up_site.glob("*.html"):
        usual, found = Page(path), Page(hostile_site / path.name)
        assert found.elements == usual.elements, path.name
        # A script that holds names of series has another digest in its address.
        places, known = (
            {re.sub(r"\?v=\w+", "", p) for p in page.places} for page in (found, usual)
        )
        assert places <= known, path.name
    assert active.problems(hostile_site) == []


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("data-and-definitions", ("title", "notes", "citation", "definition")),
        ("citation", ("title", "citation")),
        ("reproduce", ("title",)),
        ("parameters", ("reason",)),
        ("limitations", ("reason",)),
        ("07_exports", ("reason",)),
        ("02_consumption", ("title", "note", "release")),
    ],
)
def test_hostile_words_are_shown_as_words(
    hostile_site: Path, page: str, words: tuple[str, ...]
) -> None:
    text = dashes(Page(hostile_site / f"{page}.html").text)
    assert not [word for word in words if shown(word) not in text]


def test_the_search_shows_what_it_finds_as_words(hostile_site: Path) -> None:
    found = "".join(path.read_text() for path in hostile_site.glob("search/p-*.js"))
    assert "<img src=x onerror=alert(1)>" in found
    assert "HTML" not in (hostile_site / "_static" / "search.js").read_text()
