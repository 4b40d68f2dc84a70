"""Trends: slopes and their uncertainty, filters, average changes."""

from rebalancing.models.trend._regime_slopes import regime_slopes
from rebalancing.models.trend.slopes import (
    FEW_OBSERVATIONS,
    HAMILTON_HORIZON_AND_LAGS,
    HP_SMOOTHING,
    Hamilton,
    HodrickPrescott,
    LatestSlope,
    LocalLevel,
    LocalLinearTrend,
    hamilton,
    hp,
    local_level,
    local_linear_trend,
)

__all__ = [
    "FEW_OBSERVATIONS",
    "HAMILTON_HORIZON_AND_LAGS",
    "HP_SMOOTHING",
    "Hamilton",
    "HodrickPrescott",
    "LatestSlope",
    "LocalLevel",
    "LocalLinearTrend",
    "hamilton",
    "hp",
    "local_level",
    "local_linear_trend",
    "regime_slopes",
]
