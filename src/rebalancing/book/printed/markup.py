"""Pages in the notation of Typst.

Text is handed over as strings, so that none of its signs means anything. Every place that a link
leads to is a label, ``<page:anchor>``; a link to what is not printed is left out where it leads
within the site, and stays where it leads outside.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rebalancing.book.printed import formulas
from rebalancing.book.printed.notation import quoted
from rebalancing.book.printed.pages import Element

MOST_ROWS = 40  # of a table; the rest is in its file
MOST_ROWS_TOGETHER = 16  # of a table that no page breaks, with its head
MOST_TOGETHER = 9000  # letters of such a table in Typst's notation
_LETTER = 0.56  # em: the room of a letter that is not narrow
SHORT, FEW = 16, 6  # letters that stay in one line, and the columns of a table that has the room
LONG, LONGEST = 30, 40  # letters: words that need room, and all that they are given
_LEFT_OUT_TAGS = frozenset(
    {"nav", "form", "button", "script", "style", "noscript", "footer", "svg", "input", "datalist"}
)
_LEFT_OUT = frozenset(
    {
        *("headerlink", "notebook-download", "contents-fold", "figure-links", "cell_input"),
        *("calculator", "scroll-sign", "toctree-wrapper", "as-of", "explore"),
    }
)
_BLOCKS = frozenset(
    {
        *("p", "div", "section", "article", "main", "figure", "figcaption", "details", "table"),
        *("ul", "ol", "li", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6"),
        *(
            "pre",
            "blockquote",
            "thead",
            "tbody",
            "tr",
            "td",
            "th",
            "nav",
            "footer",
            "form",
            "aside",
        ),
    }
)
_BLANKS = re.compile(r"\s+")


@dataclass
class Setter:
    """Sets the pages of a book.

    Attributes:
        site: The folder of the built site.
        labels: The places that links may lead to; those of all pages, known before any is set.
        page: The page that is being set.
        drawings: The files of the drawings in use, by their name in the source.
    """

    site: Path
    labels: frozenset[str]
    page: str = ""
    drawings: dict[str, Path] = field(default_factory=dict)
    _placed: set[str] = field(default_factory=set)

    def chapter(self, page: str, main: Element) -> str:
        """Return a page in Typst's notation."""
        self.page = page
        start = self._label("", is_page=True)
        return f"#pagebreak(weak: true)\n{start}{self._within(main)}\n"

    def _within(self, element: Element) -> str:
        """Return what an element holds; blanks between blocks would be paragraphs of their own."""
        has_blocks = any(child.tag in _BLOCKS for child in element.elements)
        shown = (c for c in element.children if not (has_blocks and _is_blank(c)))
        return "".join(map(self._set, shown))

    def _set(self, child: Element | str) -> str:
        if isinstance(child, str):
            return _text(_BLANKS.sub(" ", child))
        if _is_for_screens(child):
            return ""
        anchor = self._label(child.attributes.get("id", ""))
        how = _ELEMENTS.get(child.tag, Setter._within)
        return f"{anchor}{how(self, child)}"

    def _label(self, anchor: str, *, is_page: bool = False) -> str:
        """Return a place that links lead to; each once, as the labels of a book must be."""
        name = label(self.page, anchor)
        if not (anchor or is_page) or name not in self.labels or name in self._placed:
            return ""
        self._placed.add(name)
        return f"#[#metadata(none)#label({quoted(name)})]"

    def _heading(self, element: Element) -> str:
        level = element.tag.removeprefix("h")
        return f"\n#heading(level: {level})[{self._within(element).strip()}]\n"

    def _paragraph(self, element: Element) -> str:
        words = self._within(element).strip().removeprefix(_text(" ")).removesuffix(_text(" "))
        style = next((c for c in _PARAGRAPHS if c in element.classes), None)
        return f"\n#{_PARAGRAPHS[style]}[{words}]\n" if style else f"\n#par[{words}]\n"

    def _box(self, element: Element) -> str:
        within = self._within(element)
        if "math" in element.classes:
            return f"\n$ {self._formulas(element)} $\n"
        if "highlight" in element.classes:
            code = "".join(_raw(pre) for pre in element.all("pre"))
            return f"\n#raw(block: true, {quoted(code.strip())})\n"
        if "key-numbers" in element.classes:
            cells = ", ".join(f"[{self._within(one)}]" for one in element.elements)
            return f"\n#keynumbers({cells})\n"
        style = next((c for c in _BOXES if c in element.classes), None)
        return f"\n#{_BOXES[style]}[{within}]\n" if style else within

    def _part(self, element: Element) -> str:
        if "math" in element.classes:
            return f"${self._formulas(element)}$"
        if element.classes & {"fn-bracket", "label"}:  # works are cited by author, not by number
            return ""
        words = self._within(element)
        return f"#unit[{words}]" if "words" in element.classes else words

    def _formulas(self, element: Element) -> str:
        return " ".join(formulas.typst(one) for one in element.all("math"))

    def _link(self, element: Element) -> str:
        words = self._within(element)
        address = element.attributes.get("href", "")
        if "result" in element.classes or not words:
            return words
        if address.startswith(("https:", "http:", "mailto:")):
            return f"#link({quoted(address)})[{words}]"
        page, _, anchor = address.partition("#")
        name = label(page.removesuffix(".html") or self.page, anchor)
        return f"#link(label({quoted(name)}))[{words}]" if name in self.labels else words

    def _strong(self, element: Element) -> str:
        return f"#strong[{self._within(element)}]"

    def _em(self, element: Element) -> str:
        return f"#emph[{self._within(element)}]"

    def _small(self, element: Element) -> str:
        return f"#text(size: 0.85em)[{self._within(element)}]"

    def _raised(self, element: Element) -> str:
        return f"#super[{self._within(element)}]"

    def _code(self, element: Element) -> str:
        return f"#raw({quoted(_raw(element))})"

    def _block_of_code(self, element: Element) -> str:
        return f"\n#raw(block: true, {quoted(_raw(element))})\n"

    def _list(self, element: Element) -> str:
        kind = "enum" if element.tag == "ol" else "list"
        entries = [f"[{self._within(one).strip()}]" for one in element.elements if one.tag == "li"]
        return f"\n#{kind}({', '.join(entries)})\n"

    def _term(self, element: Element) -> str:
        return f"\n#term[{self._within(element).strip()}]\n"

    def _meaning(self, element: Element) -> str:
        return f"\n#meaning[{self._within(element).strip()}]\n"

    def _details(self, element: Element) -> str:
        """Set a table or words that a fold holds; code and lists of data are for the screen."""
        is_table = "table" in element.classes  # which its own title names
        if not is_table and element.all("pre", "table"):
            return ""
        rows = len(element.all("tr")) - 1
        if is_table and rows > MOST_ROWS:
            title, exhibit = element.all("summary")[0].words, element.all("figure")[0]
            said = f"{title}. Its {rows} rows are on the site."
            return f"{self._label(exhibit.attributes['id'])}\n#figuresource[{_text(said)}]\n"
        named = [one for one in element.elements if one.tag == "summary" and not is_table]
        title = "".join(f"\n#foldtitle[{self._within(one).strip()}]\n" for one in named)
        shown = (c for c in element.children if not (_is(c, "summary") or _is_blank(c)))
        return title + "".join(map(self._set, shown))

    def _figure(self, element: Element) -> str:
        drawing = ""
        if "report-figure" in element.classes:
            drawing = self._drawing(element)
        within = self._within(element)
        title, _, rest = within.partition("#figuresource[")
        tail = f"#figuresource[{rest}" if rest else ""
        is_whole = len(element.all("tr")) <= MOST_ROWS_TOGETHER and len(within) < MOST_TOGETHER
        how = "drawing" if drawing else "whole" if is_whole else "exhibit"
        return f"\n#{how}[{title}{drawing}{tail}]\n"

    def _drawing(self, element: Element) -> str:
        """Return the drawing of a figure, whose file is named by the one for phones."""
        holder = next(e for e in element.walk() if "figure-narrow" in e.classes)
        body = next(e for e in element.walk() if "figure-body" in e.classes)
        source = holder.attributes["data-src"].removesuffix("-narrow.js")
        name = f"{source}.svg"
        self.drawings[name] = self.site / f"{source}-wide.svg"
        alt = quoted(body.attributes.get("aria-label", ""))
        return f"\n#image({quoted(name)}, width: 100%, alt: {alt})\n"

    def _table(self, element: Element) -> str:
        rows = [[c for c in r.elements if c.tag in {"td", "th"}] for r in element.all("tr")]
        rows = [row for row in rows if row]
        columns = max((sum(_span_of(c) for c in row) for row in rows), default=0)
        heads = len([r for r in element.all("tr") if _is_head(r, element)])
        if not columns:
            return ""
        cut = len(rows) - heads - MOST_ROWS
        shown = rows[: heads + MOST_ROWS] if cut > 0 else rows
        body = [self._cell(cell) for row in shown[heads:] for cell in row]
        head = [self._cell(cell) for row in rows[:heads] for cell in row]
        top = f"table.header({', '.join(head)}), " if head else ""
        said = f"\n#figuresource[{_text(f'{cut} more rows are in the file.')}]" if cut > 0 else ""
        size = "8.5pt" if columns <= 5 else "7.5pt" if columns <= 8 else "6.2pt"
        widths = _widths(shown, columns)
        return f"\n#sheet({widths}, {size}, {top}{', '.join(body)}){said}\n"

    def _cell(self, cell: Element) -> str:
        is_number = cell.classes & {"number", "text-right"}
        align = "right" if is_number else "left"
        span = f"colspan: {_span_of(cell)}, " if _span_of(cell) > 1 else ""
        words = self._within(cell).strip()
        return f"table.cell({span}align: {align})[{words}]"


# What sets an element; the others, such as `section` or `label`, are what is within them.
_ELEMENTS: dict[str, Callable[[Setter, Element], str]] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), Setter._heading),
    **dict.fromkeys(("ul", "ol"), Setter._list),
    "p": Setter._paragraph,
    "div": Setter._box,
    "span": Setter._part,
    "a": Setter._link,
    "strong": Setter._strong,
    "em": Setter._em,
    "small": Setter._small,
    "sup": Setter._raised,
    "code": Setter._code,
    "pre": Setter._block_of_code,
    "dt": Setter._term,
    "dd": Setter._meaning,
    "details": Setter._details,
    "figure": Setter._figure,
    "table": Setter._table,
}
_PARAGRAPHS = {
    "figure-title": "figuretitle",
    "figure-subtitle": "figuresubtitle",
    "figure-foot": "figuresource",
    "value": "value",
    "label": "label_",
    "admonition-title": "figuretitle",
}
_BOXES = {"standfirst": "standfirst", "admonition": "boxed", "citation": "work"}


def label(page: str, anchor: str) -> str:
    """Return the label of a place."""
    return f"{page}:{anchor}"


def labels_of(page: str, main: Element) -> set[str]:
    """Return the labels of the places of a page."""
    anchors = {each.attributes["id"] for each in _printed(main) if "id" in each.attributes}
    return {label(page, ""), *(label(page, anchor) for anchor in anchors)}


def _printed(element: Element) -> Iterator[Element]:
    """Yield an element and all within it, but what is for screens."""
    yield element
    for child in element.elements:
        if not _is_for_screens(child):
            yield from _printed(child)


def _is_for_screens(element: Element) -> bool:
    """Return whether paper goes without an element: it is for hands, or the section of one."""
    if element.tag == "section":
        return any("calculator" in one.classes for one in element.elements)
    return element.tag in _LEFT_OUT_TAGS or bool(element.classes & _LEFT_OUT)


def _is(child: Element | str, tag: str) -> bool:
    return isinstance(child, Element) and child.tag == tag


def _is_head(row: Element, table: Element) -> bool:
    return any(row in head.elements for head in table.all("thead"))


def _is_blank(child: Element | str) -> bool:
    return isinstance(child, str) and not child.strip()


def _widths(rows: list[list[Element]], columns: int) -> str:
    """Return the widths of a table's columns: by their words where some are long, else their own.

    What cannot break, such as numbers, gets what it takes, and so do short words where columns are
    few; words share the rest by their letters, so that no column of them is a narrow tower.
    """
    texts = [[cell.words for cell in row] for row in rows if len(row) == columns]
    lengths = [max(map(len, column)) for column in zip(*texts[1:], strict=True)]
    if not lengths or max(lengths) <= LONG:
        return str(columns)
    words = [
        max(map(len, " ".join(column).split()), default=1) for column in zip(*texts, strict=True)
    ]
    short = SHORT if columns <= FEW else 0
    found = [
        f"{max(word, min(own, LONGEST))}fr"
        if own > max(word, short)
        else f"{_LETTER * max(word, own):.2f}em + 6pt"
        for word, own in zip(words, lengths, strict=True)
    ]
    return f"({', '.join(found)},)"


def _span_of(cell: Element) -> int:
    return int(cell.attributes.get("colspan", "1"))


def _raw(element: Element) -> str:
    return "".join(c if isinstance(c, str) else _raw(c) for c in element.children)


def _text(words: str) -> str:
    return f"#{quoted(words)};" if words else ""
