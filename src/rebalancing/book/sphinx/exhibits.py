"""The index of all figures and tables, with the data behind each, as a Sphinx directive.

``{exhibits}`` lists what the chapters saved, in the order of the book. The list is made when its
page is written, once the titles of all chapters are known.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from jinja2 import Environment, StrictUndefined
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

from rebalancing.book.pages import named_data
from rebalancing.book.sphinx import used
from rebalancing.book.sphinx.html import Html
from rebalancing.report.passports import passports

_PLACE = "<!--exhibits-->"
_KINDS = {"figure": ("figures", "fig"), "table": ("tables", "tab")}
_FILES = (("csv", ".csv", "CSV"), ("png", ".png", "PNG"), ("json", ".json", "passport"))
_LIST = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True).from_string(
    """\
{% for chapter in chapters %}
<h2 id="of-{{ chapter.name }}"><a href="{{ chapter.name }}.html">{{ chapter.title }}</a></h2>
<ul class="exhibits">
{% for e in chapter.exhibits %}
<li><a href="{{ chapter.name }}.html#{{ e.anchor }}">{{ e.title }}</a>
<small>{{ e.kind }}
{% for end, name in e.files %}
 · <a href="{{ e.base }}{{ end }}" aria-label="{{ name }}: {{ e.title }}">{{ name }}</a>
{% endfor %}
</small></li>
{% endfor %}
</ul>
{% endfor %}
"""
)


class Exhibits(SphinxDirective):
    """The list of all figures and tables."""

    def run(self) -> list[nodes.Node]:
        """Return a place for the list."""
        used.note(self.env, "exhibits")
        return [Html("", html=_PLACE)]


@used.looked_up("exhibits")
def _every(env: BuildEnvironment, _: str) -> Any:
    """Return what all chapters saved, for the order of the pages is known only later."""
    folder = Path(env.srcdir) / env.config.report_outputs
    chapters = {path.name for path in folder.glob("*/*") if path.is_dir()}
    return {chapter: list(_saved(folder, chapter)) for chapter in sorted(chapters)}


def _saved(folder: Path, chapter: str) -> Iterator[dict[str, Any]]:
    """Yield what a chapter saved: figures, then tables, each in the order of their names."""
    for kind, (place, prefix) in _KINDS.items():
        for path in passports(folder / place / chapter):
            passport = json.loads(path.read_text("utf-8"))
            files = [(end, words) for key, end, words in _FILES if key in {*passport, "json"}]
            if path.with_name(f"{path.stem}{named_data.SUFFIX}").is_file():
                files.insert(1, (named_data.SUFFIX, "CSV with names"))
            yield {
                "kind": kind,
                "title": passport["title"],
                "anchor": f"{prefix}-{passport['name']}",
                "files": files,
                "base": f"{place}/{chapter}/{passport['name']}",
            }


def _fill(app: Sphinx, _: str, __: str, context: dict[str, Any], ___: Any) -> None:
    """Put the list into its place."""
    if _PLACE not in context.get("body", ""):
        return
    env = app.env
    folder = Path(env.srcdir) / env.config.report_outputs
    pages = env.toctree_includes.get(str(env.config.root_doc), [])
    found = [(page, list(_saved(folder, page))) for page in pages]
    chapters = [
        {"name": page, "title": env.titles[page].astext(), "exhibits": exhibits}
        for page, exhibits in found
        if exhibits
    ]
    context["body"] = context["body"].replace(_PLACE, _LIST.render(chapters=chapters))


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("exhibits", Exhibits)
    app.connect("html-page-context", _fill)
