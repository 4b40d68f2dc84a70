"""Revisions of published figures."""

from rebalancing.models.revisions.vintages import (
    FEW_OBSERVATIONS,
    TOTAL,
    RevisionStatistics,
    RevisionTriangle,
    statistics,
    triangle,
)

__all__ = [
    "FEW_OBSERVATIONS",
    "TOTAL",
    "RevisionStatistics",
    "RevisionTriangle",
    "statistics",
    "triangle",
]
