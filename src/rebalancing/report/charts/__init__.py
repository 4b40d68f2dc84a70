"""The kinds of charts, each drawn into a figure that is given."""

from rebalancing.report.charts.basic import (
    bars,
    distribution,
    gap,
    lines,
    trend,
)

__all__ = [
    "bars",
    "distribution",
    "gap",
    "lines",
    "trend",
]
