"""Structural breaks at unknown dates (Bai and Perron), and how sure they are."""

from rebalancing.models.breaks._result import Breaks
from rebalancing.models.breaks.multiple import (
    FEW_PER_REGIME,
    MOST_BREAKS,
    SIGNIFICANCE,
    TRIM,
    bai_perron,
)

__all__ = [
    "FEW_PER_REGIME",
    "MOST_BREAKS",
    "SIGNIFICANCE",
    "TRIM",
    "Breaks",
    "bai_perron",
]
