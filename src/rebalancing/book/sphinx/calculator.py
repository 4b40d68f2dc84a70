"""A calculator of the arithmetic of rebalancing, as a Sphinx directive.

``{calculator}`` puts a form on the page that starts from the edition's latest shares of GDP. The
first answer is computed here, by `rebalancing.models.accounting.arithmetic`, so that it stands on
the page without a script; ``calculator.js`` computes the same when a reader moves a control. A test
holds the two against each other.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import rebalancing
from rebalancing.book.sphinx import used
from rebalancing.book.sphinx.html import Html


class Calculator(SphinxDirective):
    """The calculator, from the results ``scenarios.part.*``, ``.target`` and ``.growth.gdp``."""

    def run(self) -> list[nodes.Node]:
        """Return the form."""
        from rebalancing.book.sphinx.calculator_form import form
        from rebalancing.models.accounting import arithmetic

        path = Path(self.env.srcdir) / self.env.config.report_outputs / "results.json"
        recorded = json.loads(path.read_text(encoding="utf-8"))["results"]
        values = {result["key"]: result["value"] for result in recorded}
        used.note_file(self.env, path)
        keys = {item: f"scenarios.part.{item.replace(' ', '_')}" for item in arithmetic.ITEMS}
        needed = [*keys.values(), "scenarios.target", "scenarios.growth.gdp"]
        missing = [key for key in needed if key not in values]
        if missing:
            raise self.error(f"the calculator needs the result {missing[0]!r}")
        start = {item: values[key] for item, key in keys.items()}
        target, end_year = values["scenarios.target"], values["scenarios.target.year"]
        years = int(end_year - values["scenarios.year"])
        growth = values["scenarios.growth.gdp"]
        return [Html("", html=form(start, target=target, years=years, growth=growth))]


def _add_files(
    app: Sphinx, page: str, _: str, __: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Load script and style on pages that have the form."""
    if doctree and any("calculator" in node["html"] for node in doctree.findall(Html)):
        app.add_js_file("calculator.js", loading_method="defer")
        app.add_css_file("calculator.css")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive with Sphinx."""
    app.add_directive("calculator", Calculator)
    app.connect("html-page-context", _add_files)
    return {"version": rebalancing.__version__, "parallel_read_safe": True}
