"""A comparison of two releases as one page that needs nothing else: no script, font or image."""

from __future__ import annotations

from pathlib import Path

import jinja2

from rebalancing.data.compare import Comparison
from rebalancing.data.compare_sections import HEADLINES, sections
from rebalancing.data.judge import Judgement, Thresholds

TEMPLATE = Path(__file__).with_name("comparison.html")
MOST = 40


def page(comparison: Comparison, judgement: Judgement, thresholds: Thresholds) -> str:
    """Return the page as HTML.

    Args:
        comparison: As from `compare.compare`.
        judgement: What `judge.judge` says of it.
        thresholds: By which it was judged; they name the watched economies.
    """
    watched = thresholds.of(comparison.publisher).watched
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        title=comparison.title,
        severity=judgement.severity,
        headline=HEADLINES[judgement.severity],
        reasons=judgement.reasons,
        sections=sections(comparison, watched, MOST),
    )
