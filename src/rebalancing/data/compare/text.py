"""A comparison of two releases in plain text, for a terminal, an issue or a log."""

from __future__ import annotations

from collections.abc import Sequence

from rebalancing import headed_tables
from rebalancing.data.compare.comparison import Comparison
from rebalancing.data.compare.sections import HEADLINES, sections
from rebalancing.data.compare.thresholds import Severity

MOST = 8


def text(
    comparison: Comparison, severity: Severity, reasons: Sequence[str], watched: Sequence[str]
) -> str:
    """Return headline, reasons, largest revisions, coverage and counts.

    Args:
        comparison: As from `compare.compare_releases`.
        severity: How severe the change is.
        reasons: Why, in words.
        watched: The economies that come first.
    """
    lines = [comparison.title, HEADLINES[severity], *(f"  - {reason}" for reason in reasons)]
    return headed_tables.text(sections(comparison, watched, MOST), "\n".join(lines))
