"""What a release changes against the one before, and whether that may be so."""

from rebalancing.data.compare.comparison import (
    ADDED,
    CHANGES,
    COLUMNS,
    COUNTS,
    LARGEST_FIRST,
    LEFT_OUT,
    REMOVED,
    ROWS_IN_JSON,
    ROWS_OF_AN_ECONOMY,
    Comparison,
    NotComparableError,
    compare_releases,
)

__all__ = [
    "ADDED",
    "CHANGES",
    "COLUMNS",
    "COUNTS",
    "LARGEST_FIRST",
    "LEFT_OUT",
    "REMOVED",
    "ROWS_IN_JSON",
    "ROWS_OF_AN_ECONOMY",
    "Comparison",
    "NotComparableError",
    "compare_releases",
]
