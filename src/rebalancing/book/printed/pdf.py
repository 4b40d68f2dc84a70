"""One PDF of the whole book: its chapters and pages in their order, without the dumps of data.

The text is taken from the built site, so that both say the same; Typst sets it, offline and without
a browser. Figures stay drawings, formulas are set anew, links within the book lead to its pages,
and headings are bookmarks. The same site gives the same bytes.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory

import font_source_sans_pro
import font_source_serif_pro

from rebalancing.book.finish import archive
from rebalancing.book.pages.citation import read_citation
from rebalancing.book.printed import markup, pages
from rebalancing.book.printed.notation import quoted
from rebalancing.errors import RebalancingError
from rebalancing.files import write_atomic
from rebalancing.report import stored
from rebalancing.report.text import join

# Pages for a screen, and lists of data that have files of their own.
NOT_PRINTED = frozenset({"search", "404", "explore", "exhibits", "library", "forecast-log"})
_DATA = "01_"  # how the names of the chapters on data begin
_COLOUR = re.compile(r"var\(--[\w-]+, ?(#[0-9a-fA-F]+)\)")
_TEMPLATE = Path(__file__).with_name("book.typ")


class PdfError(RebalancingError):
    """A book that cannot be printed."""


def write_pdf(edition_folder: Path) -> Path:
    """Set the book of an edition as ``report-<edition>.pdf`` and return the file.

    Args:
        edition_folder: ``build/<edition>`` of a project, whose site has been built.

    Raises:
        PdfError: Typst cannot set it.
        CitationError: The project has no CITATION.cff that names the authors.
        FormulaError: A formula has an element that is not known here.
    """
    import typst  # thirty megabytes, which nothing else needs

    site = edition_folder / "site"
    recorded = stored.read_results(edition_folder)["edition"]
    day = datetime(*archive.day_of(recorded), tzinfo=UTC)
    cited = read_citation(edition_folder.parents[1] / "CITATION.cff", year=str(day.year))
    author = ", ".join(cited.authors)
    with TemporaryDirectory() as folder:
        root = Path(folder)
        address = f"{cited.site}{recorded['name']}/" if cited.site else ""
        text = source(site, root, recorded["name"], day, author=author, address=address)
        (root / "book.typ").write_text(text, encoding="utf-8")
        fonts = [Path(p.__file__).parent for p in (font_source_sans_pro, font_source_serif_pro)]
        try:
            made = typst.compile(
                str(root / "book.typ"),
                root=folder,
                font_paths=list(map(str, fonts)),
                ignore_system_fonts=True,
                timestamp=int(day.timestamp()),
            )
        except typst.TypstError as error:
            raise PdfError(f"the book cannot be printed: {error}") from None
    return write_atomic(edition_folder / f"report-{edition_folder.name}.pdf", made)


def source(
    site: Path, root: Path, edition: str, day: datetime, *, author: str, address: str = ""
) -> str:
    """Return the book in Typst's notation, and put the drawings that it shows into ``root``."""
    read = {page: _main(site / f"{page}.html") for page in order(site)}
    labels = {name for page, main in read.items() for name in markup.labels_of(page, main)}
    setter = markup.Setter(site, frozenset(labels))
    chapters = [setter.chapter(page, main) for page, main in read.items()]
    for name, drawing in setter.drawings.items():
        svg = _COLOUR.sub(r"\1", drawing.read_text(encoding="utf-8"))
        write_atomic(root / name, svg, durable=False)
    front = (site / "index.html").read_text(encoding="utf-8")
    said = {
        "title": _between(front, "<title>", "</title>"),
        "author": author,
        "edition": f"Edition {edition}, {day:%-d %B %Y}",
        "unprinted": _unprinted(site, address),
    }
    head = [f"#let {name} = {quoted(words)}" for name, words in said.items()]
    head.append(f"#let date = datetime(year: {day.year}, month: {day.month}, day: {day.day})")
    return "\n".join([*head, _TEMPLATE.read_text(encoding="utf-8"), *chapters])


def order(site: Path) -> list[str]:
    """Return the pages that are printed, in the order of the book's contents."""
    return ["index", *(page for page in _listed(site) if _is_printed(page) and page != "index")]


def _is_printed(page: str) -> bool:
    return page not in NOT_PRINTED and not page.startswith(_DATA)


def _listed(site: Path) -> dict[str, str]:
    """Return the pages that the site's menu lists, in its order, with what it calls them."""
    front = pages.read_page((site / "index.html").read_text(encoding="utf-8"))
    menu = next(e for e in front.walk() if e.attributes.get("id") == "chapter-menu")
    named = {link.attributes.get("href", ""): link.words for link in menu.all("a")}
    places = {href.partition("#")[0].removesuffix(".html"): words for href, words in named.items()}
    return {page: words for page, words in places.items() if page}


def _unprinted(site: Path, address: str) -> str:
    """Return where what is not printed can be read."""
    names = [f"“{words}”" for page, words in _listed(site).items() if not _is_printed(page)]
    where = f"the site ({address})" if address else "the site"
    return (
        f"Printed are the chapters and what explains them. Only {where} has {join(names)}, "
        "the code and the data behind every number, tables of many rows, and all that answers to "
        "a reader’s hand, such as what a page says of pointing at a number. Other folds are open."
    )


def _main(path: Path) -> pages.Element:
    page = pages.read_page(path.read_text(encoding="utf-8"))
    return next(element for element in page.walk() if element.tag == "main")


def _between(text: str, start: str, end: str) -> str:
    return unescape(text.partition(start)[2].partition(end)[0]).strip()
