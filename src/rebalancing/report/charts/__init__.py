"""The kinds of charts, each drawn into a figure that is given."""

from rebalancing.report.charts.basic import gap, lines, trend
from rebalancing.report.charts.ranking import distribution, ranked_bars

__all__ = [
    "distribution",
    "gap",
    "lines",
    "ranked_bars",
    "trend",
]
