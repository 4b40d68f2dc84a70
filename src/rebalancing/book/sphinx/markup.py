"""HTML of what the book adds to Markdown: numbers, terms, figures and tables.

The styles are in the book's theme; the markup is kept here whole, so that
the two can be read side by side.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from rebalancing.report.text import Shown, apostrophes, unbroken


def _typeset(value: object) -> object:
    """Set apostrophes and no-break spaces of words; what is HTML already stays as it is."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return unbroken(apostrophes(value))
    return value


_ENVIRONMENT = Environment(
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    finalize=_typeset,
)

_NUMBER = _ENVIRONMENT.from_string(
    '<a class="result" href="{{ href }}" data-key="{{ r.key }}" data-unit="{{ r.unit }}"'
    ' data-period="{{ r.period }}" data-definition="{{ r.definition }}"'
    ' data-release="{{ r.release }}"'
    '{% if interval %} data-interval="{{ interval }}"{% endif %}>{{ figures }}'
    '{% if words %} <span class="words">{{ words }}</span>{% endif %}</a>'
)

_TERM = _ENVIRONMENT.from_string(
    '<a class="term" href="{{ href }}" data-term="{{ term }}"'
    ' data-definition="{{ definition }}">{{ shown }}</a>'
)

_FOOT = """\
<p class="figure-foot">
<span class="figure-source">Source: {{ p.release }}.{% if p.note %} {{ p.note }}{% endif %}</span>
</p>
<footer class="figure-links">
<a href="{{ files }}/{{ p.csv }}" download>Data (CSV)</a>
{% if p.png is defined %}
<a href="{{ files }}/{{ p.png }}" download>Image (PNG)</a>
<a href="{{ files }}/{{ p.svg }}" download>Image (SVG)</a>
{% endif %}
<a href="{{ computed }}">How this was computed</a>
<a href="{{ place }}">Link to this</a>
<details class="cite"><summary>Cite this</summary><p>{{ cited }}</p></details>
</footer>
"""

# What figures.js answers to, on the page from the start, so that nothing moves when it comes.
_CONTROLS = """\
<div class="figure-controls">
{% if switched %}
<div class="figure-series" role="group" aria-label="Series shown">
{% for s in series %}
<button type="button" aria-pressed="true" data-key="{{ s.key }}">
{% if looks[s.kind, s.colour] == 1 %}
<i class="swatch {{ s.kind }}" style="--series: var(--{{ s.colour }})"></i>
{% endif %}
{{ s.name }}</button>
{% endfor %}
</div>
{% endif %}
<div class="figure-views">
<button type="button" class="as-table" aria-expanded="false">As a table</button>
<button type="button" class="copy-view">Copy link</button>
</div>
</div>
"""

_FIGURE = _ENVIRONMENT.from_string(
    """\
<figure class="report-figure" id="fig-{{ p.name }}" aria-labelledby="fig-{{ p.name }}-title"
 data-values="{{ p.chapter }}/{{ p.name }}" data-src="{{ files }}/{{ p.name }}-values.js"
{%- if not series %} data-rows{% endif %}>
<figcaption>
<p class="figure-title" id="fig-{{ p.name }}-title">{{ p.title }}</p>
<p class="figure-subtitle">{{ p.subtitle }}</p>
</figcaption>
<div class="figure-plot">
<div class="figure-body" role="img" aria-label="{{ p.alt }}">
<div class="figure-wide" aria-hidden="true">{{ wide }}</div>
<div class="figure-narrow" aria-hidden="true" data-drawing="{{ p.chapter }}/{{ p.name }}"
 data-src="{{ files }}/{{ p.name }}-narrow.js" style="aspect-ratio: {{ narrow }}"></div>
</div>
</div>
"""
    + _CONTROLS
    + _FOOT
    + "</figure>\n"
)

_TABLE = _ENVIRONMENT.from_string(
    """\
<figure class="report-table" id="tab-{{ p.name }}">
<figcaption><p class="figure-title" id="tab-{{ p.name }}-title">{{ p.title }}</p></figcaption>
<div class="table-scroll" tabindex="0" role="region" aria-labelledby="tab-{{ p.name }}-title">
{{ body }}
</div>
"""
    + _FOOT
    + "</figure>\n"
)

_FOLD = _ENVIRONMENT.from_string(
    '<details class="fold table"><summary>{{ title }}</summary>\n{{ body }}</details>\n'
)


def number(result: Mapping[str, Any], shown: Shown, href: str, interval: str = "") -> str:
    """Return a recorded number as a link to the code behind it, with what its hover card says.

    A unit in words (``1.2 points``) is marked, to be set smaller where the number is large.

    Args:
        result: Its record.
        shown: How it is shown.
        href: Address of the code.
        interval: Both bounds of its interval in words, where it has one.
    """
    parts = {"figures": shown.figures, "words": shown.words, "interval": interval}
    return _NUMBER.render(r=result, href=href, **parts)


def term(shown: str, name: str, definition: str, href: str) -> str:
    """Return a word as a link to its entry in the glossary, with what its hover card says."""
    return _TERM.render(shown=shown, term=name, definition=definition, href=href)


def cited(
    passport: Mapping[str, Any], context: Mapping[str, Any], report: str, address: str
) -> str:
    """Return how to cite a figure or table: with its edition, its data and its address.

    Args:
        passport: Of what is cited.
        context: What all pages are given: ``author``, ``year``, ``edition`` and ``commit``.
        report: The title of the report.
        address: Where it is published, or nothing.
    """
    edition, commit = context["edition"], context["commit"]["named"]
    made = f"edition {edition['name']}, version {edition['version']}{commit}"
    said = f"{context['author']} ({context['year']}): “{passport['title']}”. In: {report}, {made}."
    return f"{said} Data: {passport['release']}. {address}".rstrip()


def figure(
    passport: Mapping[str, Any],
    *,
    wide: str,
    narrow: str,
    values: Mapping[str, Any],
    **addresses: str,
) -> str:
    """Return a figure for the page.

    Args:
        passport: The figure's passport.
        wide: The SVG body for a column of text.
        narrow: Width and height of the drawing for a phone, which is loaded where it applies.
        values: What can be read off it, or the rows of its table (`rebalancing.report.readout`).
        addresses: ``files``, the folder with its CSV and pictures; ``computed``, the code that drew
            it; ``place``, itself in its chapter; and ``cited``, how to cite it.
    """
    panels, series = values.get("wide", []), values.get("series", [])
    shown = {
        "wide": Markup(wide),
        "narrow": narrow,
        "series": series,
        # A button shows the mark of its series unless another series has a mark that looks the
        # same. The drawing itself names such series.
        "looks": Counter((each["kind"], each["colour"]) for each in series),
        "switched": any(len(panel["series"]) > 1 for panel in panels),
    }
    return _FIGURE.render(p=passport, **addresses, **shown)


def table(passport: Mapping[str, Any], *, body: str, **addresses: str) -> str:
    """Return a table for the page; arguments as for `figure`, ``body`` being its HTML.

    One that its passport calls folded shows its title until a reader, or a link, opens it.
    """
    shown = _TABLE.render(p=passport, body=Markup(body), **addresses)
    if not passport.get("folded"):
        return shown
    return _FOLD.render(title=f"Table: {passport['title']}", body=Markup(shown))
