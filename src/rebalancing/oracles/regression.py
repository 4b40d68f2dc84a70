"""Least squares: the nearly collinear regression of Longley (1967), certified by NIST."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from statsmodels.datasets import longley

from rebalancing.models.trend.least_squares import solve


def longley_employment(_: Path) -> dict[str, float]:
    """Regress employment on prices, output, unemployment, forces, population and the year."""
    table = longley.load_pandas().data
    y = table[["TOTEMP"]].to_numpy(float)
    regressors = table.drop(columns="TOTEMP").to_numpy(float)
    fit = solve(np.column_stack([np.ones(len(y)), regressors]), y)
    residual_ss = float(np.sum(fit.residuals**2))
    total_ss = float(np.sum((y - y.mean()) ** 2))
    found = {f"B{i}": float(value) for i, value in enumerate(fit.coefficients[:, 0])}
    found |= {f"B{i} s.e.": float(v) for i, v in enumerate(fit.homoskedastic_se()[:, 0])}
    return found | {
        "s": float(np.sqrt(residual_ss / fit.df)),
        "R squared": 1 - residual_ss / total_ss,
        "residual sum of squares": residual_ss,
        "F": (total_ss - residual_ss) / (fit.coefficients.shape[0] - 1) / residual_ss * fit.df,
    }


CASES = {"Longley": longley_employment}
