"""A comparison of two releases in plain text, for a terminal, an issue or a log."""

from __future__ import annotations

from collections.abc import Sequence

from rebalancing.data.compare import Comparison


def text(
    comparison: Comparison, severity: str, reasons: Sequence[str], watched: Sequence[str]
) -> str:
    """Return headline, reasons, largest revisions and coverage."""
    return "\n".join([comparison.title, severity, *reasons]) + "\n"
