"""Trends: the annual flow of the Nile at Aswan, 1871 to 1970 (Cobb 1978, Biometrika 65)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from statsmodels.datasets import nile

from rebalancing.models import trend


def nile_flow() -> pd.Series[float]:
    """Return the flow by year, as it ships with statsmodels."""
    table = nile.load_pandas().data
    return pd.Series(table["volume"].to_numpy(), index=table["year"].astype(int), name="flow")


def local_level(_: Path) -> dict[str, float]:
    """Estimate the local level of the Nile."""
    fitted = trend.local_level(nile_flow())
    variances = {str(name): float(value) for name, value in fitted.variances.items()}
    return {**variances, "loglike": fitted.loglike}


CASES = {"nile local level": local_level}
