"""One estimate under all defensible choices."""

from rebalancing.models.specification._grid import expand
from rebalancing.models.specification._null_curve import under_the_null
from rebalancing.models.specification.curve import (
    FEW_OBSERVATIONS,
    Estimator,
    SpecificationCurve,
    regime_slope,
    run,
)

__all__ = [
    "FEW_OBSERVATIONS",
    "Estimator",
    "SpecificationCurve",
    "expand",
    "regime_slope",
    "run",
    "under_the_null",
]
