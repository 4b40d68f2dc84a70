"""A comparison of two releases as one page."""

from __future__ import annotations

from rebalancing import headed_tables
from rebalancing.data.compare.comparison import Comparison
from rebalancing.data.compare.judge import Judgement, Thresholds
from rebalancing.data.compare.sections import HEADLINES, sections

MOST = 40


def comparison_page(comparison: Comparison, judgement: Judgement, thresholds: Thresholds) -> str:
    """Return the page as HTML.

    Args:
        comparison: As from `compare.compare_releases`.
        judgement: What `judge.judge` says of it.
        thresholds: By which it was judged; they name the watched economies.
    """
    watched = thresholds.of(comparison.publisher).watched
    return headed_tables.page(
        comparison.title,
        sections(comparison, watched, MOST),
        headline=HEADLINES[judgement.severity],
        severity=judgement.severity,
        reasons=judgement.reasons,
    )
