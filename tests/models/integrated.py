"""Made-up integrated series, and what the tests of cointegration share."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pandas as pd
from hypothesis import settings

from rebalancing.models import cointegration

few = settings(max_examples=6)
CASES = (1, 2, 3, 4, 5)
DETERMINISTIC = get_args(cointegration.Deterministic)


def walks(seed: int, n: int = 120, series: int = 3, drift: float = 0.0) -> pd.DataFrame:
    """Simulate random walks that share nothing, by year."""
    rng = np.random.default_rng(seed)
    steps = drift + rng.normal(size=(n, series))
    return pd.DataFrame(
        np.cumsum(steps, axis=0), index=range(1901, 1901 + n), columns=list("abcdefghijkl"[:series])
    )


def related(seed: int, n: int = 400) -> pd.DataFrame:
    """Simulate y = 2 + 1.5 x - z + stationary, where y alone corrects, by half."""
    rng = np.random.default_rng(seed)
    x, z = np.cumsum(rng.normal(size=(2, n)), axis=1)
    target, y = 2 + 1.5 * x - z, np.zeros(n)
    y[0] = target[0]
    for t in range(1, n):
        y[t] = y[t - 1] - 0.5 * (y[t - 1] - target[t - 1]) + rng.normal()
    return pd.DataFrame({"y": y, "x": x, "z": z})


def quarters(data: pd.DataFrame, start: str) -> pd.DataFrame:
    return data.set_axis(pd.period_range(start, periods=len(data), freq="Q"), axis="index")
