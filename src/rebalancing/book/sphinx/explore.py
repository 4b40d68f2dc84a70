"""The form on which readers look through any economy and measure, as a Sphinx directive.

``{explore}`` puts the controls and the place of the drawing on the page, and below them a list of
the files with all values, which is there without scripts too. What is drawn is decided by
``explore.js`` of the theme, from the data that `rebalancing.book.pages.explore` wrote.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from docutils import nodes
from jinja2 import Environment, StrictUndefined
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import rebalancing
from rebalancing.book.pages.explored import CATALOGUE, FOLDER, INDEX
from rebalancing.book.sphinx import used
from rebalancing.book.sphinx.html import Html
from rebalancing.files import write_atomic

_FORM = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True).from_string(
    """\
{% if measures %}
<div class="explore" id="explore">
<form hidden aria-label="What is shown">
<label class="measure">Measure<select name="measure">
{% for m in measures %}
<option value="{{ m.key }}">{{ m.title }}, {{ m.unit }}</option>
{% endfor %}
</select></label>
<label class="release">Release<select name="release"></select></label>
<fieldset class="views"><legend>Show</legend>
<label><input type="radio" name="view" value="chart" checked>one chart</label>
<label><input type="radio" name="view" value="multiples">a small chart of each</label>
<label><input type="radio" name="view" value="list">ranked list</label>
</fieldset>
<label class="add">Add an economy<input name="add" list="explore-names" placeholder="Type a name" \
autocomplete="off"></label>
<label>From<select name="from"></select></label>
<label>To<select name="to"></select></label>
<label>Year<select name="at"></select></label>
<label>Find in the list<input type="search" name="find" autocomplete="off"></label>
<ul class="explore-chosen" aria-label="Chosen economies"></ul>
<datalist id="explore-names"></datalist>
</form>
<figure hidden>
<figcaption><p class="figure-title" aria-live="polite"></p>
<p class="figure-subtitle"></p></figcaption>
<p class="explore-readout"></p>
<div class="explore-chart" role="slider" tabindex="0" aria-label="Values by year; arrow keys move \
the year" aria-valuemin="0" aria-valuemax="0" aria-valuenow="0"></div>
<div class="explore-list" role="region" aria-label="Ranked list" tabindex="0" hidden></div>
<p class="figure-foot"><span class="figure-source"></span></p>
<div class="explore-share">
<button type="button" name="copy">Copy the link</button>
<button type="button" name="csv">Data (CSV)</button>
<button type="button" name="svg" data-picture>Image (SVG)</button>
<button type="button" name="png" data-picture>Image (PNG)</button>
</div>
<p class="explore-reports" hidden></p>
<details class="fold explore-values"><summary>As a table</summary>
<p></p><div class="table-scroll"></div></details>
</figure>
<noscript><p>Choosing needs JavaScript. All values are in the files below.</p></noscript>
</div>
<h2 id="all-values">All values<a class="headerlink" href="#all-values" \
title="Link to this heading">#</a></h2>
<ul class="exhibits">
{% for m in measures %}
<li>{{ m.title }}, {{ m.unit }}. {{ m.definition }}
<small>
{% for r in m.releases %}
<a href="{{ folder }}/{{ m.key }}-{{ r.release }}.csv" download>Release {{ r.release }}, \
{{ r.first }} to {{ r.last }} (CSV)</a>{{ "" if loop.last else " · " }}
{% endfor %}
</small></li>
{% endfor %}
</ul>
{% else %}
<p>This edition holds no figures of many economies.</p>
{% endif %}
"""
)


class Explore(SphinxDirective):
    """The controls, the place of the drawing and the files."""

    def run(self) -> list[nodes.Node]:
        """Return them; a line where nothing is held."""
        path = _folder(self.env.app) / CATALOGUE
        for name in (CATALOGUE, INDEX):
            used.note_file(self.env, path.with_name(name))
        held = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        measures = held.get("measures", [])
        return [Html("", html=_FORM.render(measures=measures, folder=FOLDER))]


def _folder(app: Sphinx) -> Path:
    return Path(app.srcdir, str(app.config.report_outputs), FOLDER)


def _place_index(app: Sphinx) -> None:
    """Put the index where Sphinx looks for it, to add a digest to its address."""
    if (index := _folder(app) / INDEX).is_file():
        write_atomic(Path(app.outdir) / FOLDER / INDEX, index.read_bytes(), durable=False)


def _add_files(
    app: Sphinx, _: str, __: str, ___: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Load scripts and style on the page that has the form."""
    if doctree and any('id="explore"' in node["html"] for node in doctree.findall(Html)):
        app.add_js_file(f"../{FOLDER}/{INDEX}", loading_method="defer")
        for script in ("explore-draw.js", "explore.js"):
            app.add_js_file(script, loading_method="defer")
        app.add_css_file("explore.css")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive with Sphinx."""
    app.add_directive("explore", Explore)
    app.connect("builder-inited", _place_index)
    app.connect("html-page-context", _add_files)
    return {"version": rebalancing.__version__, "parallel_read_safe": True}
