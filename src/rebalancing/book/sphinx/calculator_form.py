"""The form of the calculator, with the answer to its first question.

Kept apart from the directive because the arithmetic is slow to import, and few books ask for it.
"""

from __future__ import annotations

from collections.abc import Mapping

from jinja2 import Environment, StrictUndefined

from rebalancing.models.accounting import arithmetic
from rebalancing.report.text import number

_LIMITS = {"target": (5, 95, 0.5), "years": (2, 40, 1), "growth": (-5, 15, 0.1)}

_FORM = Environment(autoescape=True, undefined=StrictUndefined).from_string(
    """\
<form class="calculator" data-shares="{{ shares | tojson | forceescape }}">
<noscript><p>The controls need JavaScript. These are the answers to the first question.</p>\
</noscript>
<fieldset class="controls" disabled>
<legend>The question</legend>
{% for name, label, value, unit in controls %}
<label>{{ label }}
<span class="control"><input type="range" name="{{ name }}" min="{{ limits[name][0] }}" \
max="{{ limits[name][1] }}" step="{{ limits[name][2] }}" value="{{ value }}">
<output name="{{ name }}-shown"><span>{{ value }}</span>{{ unit }}</output></span></label>
{% endfor %}
<label>Who gives way
<select name="falls">
<option value="proportional">all others, in proportion</option>
{% for item in others %}<option value="{{ item }}">{{ item }}</option>
{% endfor %}
</select></label>
</fieldset>
<dl aria-live="polite">
{% for name, label, value in answers %}
<div><dt>{{ label }}</dt><dd><output name="{{ name }}">{{ value }}</output></dd></div>
{% endfor %}
</dl>
<p class="impossible"><output name="impossible"></output></p>
</form>
"""
)


def answers(
    shares: Mapping[str, float],
    *,
    target: float,
    years: int,
    growth: float,
    falls: arithmetic.Falls,
) -> dict[str, str]:
    """Return what the calculator shows, by the names of its outputs.

    Args:
        shares: Parts of GDP in percent, as `arithmetic.scenario` takes them.
        target: Consumption's share at the end, in percent.
        years: Years until then.
        growth: Real growth of GDP, percent a year.
        falls: Who gives way, as `arithmetic.scenario` names it.

    Returns:
        ``gap-log`` and ``gap-points`` (log points and percentage points a year), ``consumption``
        (its growth, percent a year) and one entry per other item (its share at the end), all as
        shown on the page.
    """
    start = shares["household consumption"]
    points = arithmetic.growth_gap_percent(start, target, years, growth)
    end = arithmetic.scenario(
        shares, years=years, gdp_growth=growth, target=target, falls=falls, below_zero="warn"
    ).shares.iloc[-1]
    shown = {
        "gap-log": number(arithmetic.growth_gap(start, target, years), 2),
        "gap-points": number(points, 2),
        "consumption": f"{number(growth + points, 2)}%",
    }
    others = [item for item in arithmetic.ITEMS if item != "household consumption"]
    return shown | {item.replace(" ", "-"): f"{number(end[item], 1)}%" for item in others}


def form(shares: Mapping[str, float], *, target: float, years: int, growth: float) -> str:
    """Return the calculator's HTML with the answer to its first question; see `answers`."""
    first = answers(shares, target=target, years=years, growth=growth, falls="proportional")
    others = [item for item in arithmetic.ITEMS if item != "household consumption"]
    labels = {
        "gap-log": "Gap, log points a year",
        "gap-points": "Gap, percentage points a year",
        "consumption": "Consumption grows a year",
        **{item.replace(" ", "-"): f"{item.capitalize()}, of GDP" for item in others},
    }
    controls = [
        ("target", "Household consumption is to reach", f"{target:g}", "% of GDP"),
        ("years", "In how many years", f"{years}", " years"),
        ("growth", "While GDP grows by", f"{growth:g}", "% a year"),
    ]
    return _FORM.render(
        shares=dict(shares),
        controls=controls,
        limits=_LIMITS,
        others=others,
        answers=[(name, labels[name], value) for name, value in first.items()],
    )
