"""The kinds of charts, each drawn into a figure that is given."""

from rebalancing.report.charts.basic import (
    distribution,
    gap,
    lines,
    ranked_bars,
    trend,
)

__all__ = [
    "distribution",
    "gap",
    "lines",
    "ranked_bars",
    "trend",
]
