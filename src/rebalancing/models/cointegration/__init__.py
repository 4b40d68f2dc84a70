"""Long-run relations between series."""

from rebalancing.models.cointegration._ardl import BoundsTest
from rebalancing.models.cointegration._inputs import Deterministic
from rebalancing.models.cointegration._johansen import Johansen
from rebalancing.models.cointegration.relations import (
    Columns,
    Observed,
    ardl_bounds,
    johansen,
)

__all__ = [
    "BoundsTest",
    "Columns",
    "Deterministic",
    "Johansen",
    "Observed",
    "ardl_bounds",
    "johansen",
]
