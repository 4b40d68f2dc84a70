"""Critical bounds and p-values of the bounds test.

The bounds are those printed by Pesaran, Shin and Smith (2001), Journal of Applied Econometrics
16, tables CI(i) to CI(v) for F and CII(i), (iii) and (v) for t. P-values come from the response
surfaces that ship with statsmodels, fitted to 32 million simulated statistics per case in the way
of the paper; their bounds differ from the printed ones by at most 2.4%.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd
from scipy.stats import norm
from statsmodels.tsa.ardl import pss_critical_values as surfaces

from rebalancing.models.validate import FloatArray

SIZES = ("10%", "5%", "1%")
MOST_REGRESSORS = 10
_KINDS = ("I(0)", "I(1)")
SOURCE = "Pesaran, Shin and Smith (2001), asymptotic"


def bounds(k: int, case: int) -> pd.DataFrame:
    """Return the bounds of both statistics.

    Args:
        k: Number of regressors in levels beside the dependent variable, 1 to 10.
        case: Deterministic terms, 1 to 5 as in the paper.

    Returns:
        One row per size; columns by statistic ("F", "t") and order of integration of the
        regressors ("I(0)", "I(1)"). Those of t are missing in cases 2 and 4, for which none exist.
    """
    table = _table()
    own = table[(table["case"] == case) & (table["k"] == k)]
    wide = own.pivot(index="size", columns="statistic", values=list(_KINDS))
    wide = wide.swaplevel(axis="columns").rename_axis(columns=["statistic", "regressors"])
    order = pd.MultiIndex.from_product([("F", "t"), _KINDS], names=["statistic", "regressors"])
    return wide.reindex(index=pd.Index(SIZES, name="size"), columns=order)


def p_value(f_stat: float, k: int, case: int, *, integrated: bool) -> float:
    """Return the asymptotic p-value of the F statistic.

    Args:
        f_stat: The F statistic, positive.
        k: Number of regressors in levels beside the dependent variable, 1 to 10.
        case: Deterministic terms, 1 to 5.
        integrated: Whether all regressors are I(1), or all I(0).
    """
    key = (k, case, integrated)
    switch = surfaces.stat_star[key]
    if f_stat > switch:
        return _surface(np.array([f_stat]), surfaces.small_p[key])
    # For ten regressors the surface turns down again near 0, where the p-value is close to 1.
    return _surface(np.linspace(max(f_stat, 1e-12), switch, 200), surfaces.large_p[key])


def _surface(statistics: FloatArray, coefficients: list[float]) -> float:
    """Return the largest p-value on a polynomial in the logarithm of the statistic."""
    values = np.polynomial.polynomial.polyval(np.log(statistics), coefficients)
    return float(norm.sf(values).max())


@cache
def _table() -> pd.DataFrame:
    with (files(__package__) / "bounds_critical_values.csv").open() as file:
        return pd.read_csv(file)
