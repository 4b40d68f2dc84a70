"""What the book's pages may use beyond MyST, as a Sphinx extension.

Roles and directives, all on outputs of the edition::

    {result}`consumption.share.latest`          a recorded number, with its hover card
    {result}`1.2 points <consumption.change>`   the same in other words

    ```{report-figure} 02_consumption/share-history
    ```                                         a figure with title, source and downloads

    ```{report-table} 02_consumption/levels
    ```                                         the same for a table

    ```{key-numbers}
    consumption.share.latest | of GDP is spent by households
    ```                                         a row of large numbers, one per line

    {term}`unit root`, {claim}`nearly 30%`, {stated}`6.25`
                                                words (rebalancing.book.sphinx.terms)

    :::{standfirst}                             the finding of a page, below its title
    :::{change-our-mind}                        a box: what new data would change our mind

The outputs are in the folder that the configuration value ``report_outputs`` names, relative to
the pages: results.json, figures/ and tables/.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst.directives.admonitions import BaseAdmonition
from myst_nb.sphinx_ import HideCodeCellNode  # type: ignore[import-untyped]
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.util.docutils import ReferenceRole, SphinxDirective
from sphinx.writers.html5 import HTML5Translator

import rebalancing
from rebalancing.book.anchors import ANCHORS
from rebalancing.book.finish import stamp
from rebalancing.book.pages import page_numbers
from rebalancing.book.sphinx import (
    calculator,
    colours,
    exhibits,
    explore,
    forks,
    formulas,
    html,
    literature,
    markup,
    pages,
    sources,
    tables,
    terms,
    used,
)
from rebalancing.book.sphinx.html import Html
from rebalancing.report import text
from rebalancing.report.text import BOUNDS, unbroken


@cache
def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


@cache
def _recorded(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the recorded results by key, and the numbers of pages that are no chapters."""
    results = _json(folder / "results.json")["results"]
    others = folder / page_numbers.NAME
    return {r["key"]: r for r in (*results, *(_json(others) if others.is_file() else ()))}


@used.looked_up("result")
def _result(env: BuildEnvironment, key: str) -> Any:
    """Return all that a page shows of a recorded number."""
    recorded = _recorded(Path(env.srcdir) / env.config.report_outputs)
    return [recorded.get(key + bound) for bound in BOUNDS]


@used.looked_up("cited as")
def _cited_as(env: BuildEnvironment, _: str) -> Any:
    """Return all settings that `markup.cited` names."""
    context, config = env.config.html_context, env.config
    named = [context.get(name) for name in ("author", "year", "edition", "commit")]
    return [*named, config.html_title, config.html_baseurl]


def _interval(recorded: Mapping[str, Mapping[str, Any]], key: str) -> str:
    """Return both bounds of a number's interval in words, or nothing where it has none."""
    bounds = [recorded.get(key + bound) for bound in BOUNDS[1:]]
    if not all(bound and isinstance(bound["value"], int | float) for bound in bounds):
        return ""
    lower, upper = (text.bare(bound["value"], bound["unit"]) for bound in bounds if bound)
    return f"{lower} to {upper}"


def _labelled(label: str) -> text.Shown:
    """Return the parts of a number as the Markdown of a page has it: ``1.2 points``."""
    figures, _, words = label.partition(" ")
    has_figures = any(map(str.isdigit, figures))
    return text.Shown(figures, words) if has_figures else text.Shown(label)


class _Outputs:
    """The outputs of the edition, seen from the page that is being read."""

    def __init__(self, env: BuildEnvironment) -> None:
        self.env = env
        self.folder = Path(env.srcdir) / env.config.report_outputs
        self.root = "../" * env.docname.count("/")

    def number(self, key: str, shown: str | None = None) -> nodes.Node | None:
        """Return a recorded number for the page, or None when there is none of that key.

        What says itself what it is, such as a year, has no card.
        """
        recorded = _recorded(self.folder)
        used.note(self.env, "result", key)
        if key not in recorded:
            return None
        result = recorded[key]
        words = nodes.Text(shown or result["text"])
        if not text.has_card(result["unit"]):
            return words
        parts = _labelled(shown) if shown else text.parts(result["value"], result["unit"])
        code = self.code(result["chapter"], result["cell"])
        html = markup.number(result, parts, code, _interval(recorded, key))
        return Html("", words, html=html, key=key)

    def code(self, chapter: str, cell: str) -> str:
        """Return the address of the code in a cell."""
        return f"{self.root}{chapter}.html" + (f"#cell-{cell}" if cell else "")


class ResultRole(ReferenceRole):
    """A recorded number, by its key."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the number as a link with the data of its hover card."""
        number = _Outputs(self.env).number(
            self.target, self.title if self.has_explicit_title else None
        )
        if number is None:
            message = f"no result {self.target!r} is recorded"
            return [], [self.inliner.reporter.error(message, line=self.lineno)]
        return [number], []


class KeyNumbers(SphinxDirective):
    """A row of large numbers: ``key | label`` on each line."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the row."""
        row = nodes.container(classes=["key-numbers"])
        for offset, line in enumerate(self.content):
            if line.strip():
                row += self._entry(line, self.content_offset + offset)
        return [row]

    def _entry(self, line: str, line_number: int) -> nodes.container:
        key, separator, label = (part.strip() for part in line.partition("|"))
        number = _Outputs(self.env).number(key)
        if not separator or number is None:
            raise self.error(f"{line!r} is not `key of a recorded result | label`")
        words, _ = self.state.inline_text(label, line_number)
        return nodes.container(
            "",
            nodes.paragraph("", "", number, classes=["value"]),
            nodes.paragraph("", "", *words, classes=["label"]),
            classes=["key-number"],
        )


class _Placed(SphinxDirective):
    """A figure or a table, by ``<chapter>/<name>``."""

    required_arguments = 1
    kind: ClassVar[str]
    prefix: ClassVar[str]

    def run(self) -> list[nodes.Node]:
        """Return what is placed, known to references by its anchor."""
        reference = self.arguments[0]
        base = _Outputs(self.env).folder / f"{self.kind}s" / reference
        if not base.with_suffix(".json").is_file():
            raise self.error(f"no {self.kind} {reference!r} was saved")
        passport = _json(base.with_suffix(".json"))
        used.note_file(self.env, base.with_suffix(".json"))
        node = Html("", *self._words(passport), html=self._html(passport, base.parent))
        # The anchor is in the markup; the label makes [text](#fig-name) lead to its chapter.
        if self.env.docname == passport["chapter"]:
            anchor = f"{self.prefix}-{passport['name']}"
            labels = self.env.get_domain("std").data
            labels["anonlabels"][anchor] = self.env.docname, anchor
            labels["labels"][anchor] = self.env.docname, anchor, passport["title"]
        return [node]

    def _words(self, passport: dict[str, Any]) -> list[nodes.Text]:
        found = (passport.get(name, "") for name in ("title", "subtitle", "alt", "note"))
        return [nodes.Text(f"{words} ") for words in found if words]

    def _addresses(self, passport: dict[str, Any]) -> dict[str, str]:
        outputs = _Outputs(self.env)
        return {
            "files": f"{outputs.root}{self.kind}s/{passport['chapter']}",
            "computed": outputs.code(passport["chapter"], passport["cell"]),
            "place": f"{outputs.root}{self._place(passport)}",
            "cited": self._cited(passport),
        }

    def _place(self, passport: dict[str, Any]) -> str:
        return f"{passport['chapter']}.html#{self.prefix}-{passport['name']}"

    def _cited(self, passport: dict[str, Any]) -> str:
        config = self.env.config
        used.note(self.env, "cited as")
        base = config.html_baseurl
        address = f"{base}{self._place(passport)}" if base else ""
        return markup.cited(passport, config.html_context, config.html_title, address)

    def _html(self, passport: dict[str, Any], folder: Path) -> str:
        raise NotImplementedError


class ReportFigure(_Placed):
    """A figure of the report."""

    kind, prefix = "figure", "fig"

    def _html(self, passport: dict[str, Any], folder: Path) -> str:
        for name in ("wide", "narrow", "values"):
            used.note_file(self.env, folder / passport[name])
        wide, narrow = ((folder / passport[name]).read_text("utf-8") for name in ("wide", "narrow"))
        _, _, width, height = re.findall(r"[\d.]+", narrow[narrow.index("viewBox=") :])[:4]
        sizes = f"{width} / {height}"
        values = _json(folder / passport["values"])
        shown: dict[str, Any] = {"wide": wide, "narrow": sizes, "values": values}
        return markup.figure(passport, **(shown | self._addresses(passport)))


class ReportTable(_Placed):
    """A table of the report."""

    kind, prefix = "table", "tab"

    def _html(self, passport: dict[str, Any], folder: Path) -> str:
        used.note_file(self.env, folder / passport["html"])
        body = (folder / passport["html"]).read_text("utf-8")
        return markup.table(passport, body=body, **self._addresses(passport))


class Standfirst(SphinxDirective):
    """The finding of a page in two sentences."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return a container that the theme sets larger."""
        container = nodes.container(classes=["standfirst"])
        self.state.nested_parse(self.content, self.content_offset, container)
        return [container]


class ChangeOurMind(BaseAdmonition):  # type: ignore[misc]
    """A box that says what new data would change the finding."""

    node_class = nodes.admonition
    required_arguments = 0

    def run(self) -> list[nodes.Node]:
        """Return an admonition with the house title."""
        self.arguments = ["What would change our mind"]
        self.options["class"] = ["change-our-mind"]
        return list(super().run())


class PlainTitles(SphinxTransform):
    """Numbers in titles are words: a title is itself a link wherever it is listed."""

    default_priority = 600

    def apply(self, **_: Any) -> None:
        """Replace the numbers in titles by their text."""
        for title in self.document.findall(nodes.title):
            for number in list(title.findall(Html)):
                number.replace_self(nodes.Text(number.astext()))


class BoundsInCards(SphinxTransform):
    """The bounds of an interval are in the card of their estimate, where it stands beside them."""

    default_priority = 610

    def apply(self, **_: Any) -> None:
        """Replace the bounds by their text."""
        numbers = [n for n in self.document.findall(Html) if n.get("key")]
        there = {(id(n.parent), n["key"]) for n in numbers}
        for number in numbers:
            estimate, _dot, bound = number["key"].rpartition(".")
            if f".{bound}" in BOUNDS and (id(number.parent), estimate) in there:
                number.replace_self(nodes.Text(number.astext()))


class UnbrokenNumbers(SphinxTransform):
    """No line ends between a symbol and its value, or between a value and its unit."""

    default_priority = 700

    def apply(self, **_: Any) -> None:
        """Set no-break spaces in all words that are neither code nor formula."""
        fixed = (nodes.FixedTextElement, nodes.literal, nodes.math, nodes.math_block, nodes.raw)
        for words in list(self.document.findall(nodes.Text)):
            shown = unbroken(str(words))
            if shown != words and not isinstance(words.parent, fixed):
                words.parent.replace(words, nodes.Text(shown))


class ScrollingTables(SphinxTransform):
    """Tables scroll in a box of their own instead of widening a phone's page."""

    default_priority = 900

    def apply(self, **_: Any) -> None:
        """Put each table into its box."""
        for table in list(self.document.findall(nodes.table)):
            box = nodes.container(classes=["table-scroll"])
            table.replace_self(box)
            box += table


def _name_commit(app: Sphinx, config: Config) -> None:
    """Let pages name the commit, or have a mark in its place where that is put in later."""
    path = Path(app.srcdir) / config.report_outputs / "results.json"
    if config.report_commit_follows:
        commit = stamp.marks()
    else:
        recorded = _json(path) if path.is_file() else {}
        commit = stamp.words(recorded.get("edition", {}).get("code", {"commit": ""}))
    config.html_context = {**config.html_context, "commit": commit}


def _anchor_cells(_: Sphinx, doctree: nodes.document) -> None:
    """Give each fold the anchors of the cells whose code is in it."""
    for container in doctree.findall(nodes.container):
        anchors = container.get("cell_metadata", {}).get(ANCHORS, [])
        container["ids"] = [*container["ids"], *anchors]


def _visit_fold(translator: HTML5Translator, node: HideCodeCellNode) -> None:
    translator.body.append(f'<details class="fold"><summary>{node["prompt_show"]}</summary>\n')


def _depart_fold(translator: HTML5Translator, _: HideCodeCellNode) -> None:
    translator.body.append("</details>\n")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register everything with Sphinx."""
    app.add_config_value("report_outputs", "_extra", "env")
    app.add_config_value("report_commit_follows", False, "")
    app.connect("config-inited", _name_commit)
    # Jupyter Book always sets this one, for an extension that these pages do without.
    app.add_config_value("comments_config", {}, "")
    html.setup(app)
    terms.setup(app)
    calculator.setup(app)
    colours.setup(app)
    exhibits.setup(app)
    explore.setup(app)
    forks.setup(app)
    formulas.setup(app)
    tables.setup(app)
    pages.setup(app)
    sources.setup(app)
    used.setup(app)
    app.add_node(HideCodeCellNode, override=True, html=(_visit_fold, _depart_fold))
    app.add_role("result", ResultRole())
    app.add_directive("report-figure", ReportFigure)
    app.add_directive("report-table", ReportTable)
    app.add_directive("key-numbers", KeyNumbers)
    app.add_directive("standfirst", Standfirst)
    app.add_directive("change-our-mind", ChangeOurMind)
    app.add_transform(PlainTitles)
    app.add_transform(BoundsInCards)
    app.add_transform(UnbrokenNumbers)
    app.add_transform(ScrollingTables)
    app.connect("doctree-read", _anchor_cells)
    literature.setup(app)
    return {"version": rebalancing.__version__, "parallel_read_safe": True}
