"""Unit roots and stationarity of single series."""

from rebalancing.models.unitroot.result import NothingRandomError, Terms
from rebalancing.models.unitroot.univariate import (
    FEW_OBSERVATIONS,
    FEWEST_OBSERVATIONS,
    KPSS_BOUNDS,
    ZIVOT_ANDREWS_BOUNDS,
    ZIVOT_ANDREWS_FEW,
    ZIVOT_ANDREWS_MAX_LAGS,
    LagChoice,
    Observed,
    adf,
    battery,
    dfgls,
    kpss,
    phillips_perron,
    zivot_andrews,
)

__all__ = [
    "FEWEST_OBSERVATIONS",
    "FEW_OBSERVATIONS",
    "KPSS_BOUNDS",
    "ZIVOT_ANDREWS_BOUNDS",
    "ZIVOT_ANDREWS_FEW",
    "ZIVOT_ANDREWS_MAX_LAGS",
    "LagChoice",
    "NothingRandomError",
    "Observed",
    "Terms",
    "adf",
    "battery",
    "dfgls",
    "kpss",
    "phillips_perron",
    "zivot_andrews",
]
