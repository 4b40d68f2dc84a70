"""Distributions of the trace and the maximal eigenvalue statistic.

Critical values without a constant or with an unrestricted one are those of MacKinnon, Haug and
Michelis (1996), Queen's University discussion paper, as they ship with statsmodels; the printed
ones (1999, Journal of Applied Econometrics 14) differ in the third decimal. For a constant or a
trend restricted to the relations they are those of Osterwald-Lenum (1992), Oxford Bulletin of
Economics and Statistics 54, tables 1* and 2*, which are up to 4% lower than those of MacKinnon,
Haug and Michelis. P-values follow the gamma approximation of Doornik (1998), Journal of
Economic Surveys 12, pp. 573-593, which agrees with MacKinnon, Haug and Michelis.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal, get_args

import numpy as np
import pandas as pd
from scipy.stats import gamma
from statsmodels.tsa.coint_tables import c_sja, c_sjt

from rebalancing.models.cointegration._inputs import Deterministic

Size = Literal["10%", "5%", "1%"]
Statistic = Literal["trace", "max_eig"]
MOST_SERIES = 11
SOURCES = {
    "none": "MacKinnon, Haug and Michelis (1996)",
    "restricted constant": "Osterwald-Lenum (1992)",
    "constant": "MacKinnon, Haug and Michelis (1996)",
    "restricted trend": "Osterwald-Lenum (1992)",
}
_ORDER = {"none": -1, "constant": 0}  # of the polynomial in time, in the names of statsmodels
# Doornik (1998), table 7: mean and variance of the trace statistic as combinations of
# n^2, n, 1, (n = 1), (n = 2), n^(1/2), where n is the number of series less the rank.
_TRACE = {
    "none": ((2, -1.00, 0.07, 0.07, 0, 0), (3, -0.33, -0.55, 0, 0, 0)),
    "restricted constant": ((2, 2.01, 0, 0.06, 0.05, 0), (3, 3.60, 0.75, -0.40, -0.30, 0)),
    "constant": ((2, 1.05, -1.55, -0.50, -0.23, 0), (3, 1.80, 0, -2.80, -1.10, 0)),
    "restricted trend": ((2, 4.05, 0.50, -0.23, -0.07, 0), (3, 5.70, 3.20, -1.30, -0.50, 0)),
}
# Table 8: the same of the maximal eigenvalue statistic, of n, 1, (n = 1), (n = 2), n^(1/2).
_MAX_EIG = {
    "none": (
        (6.0019, -2.7558, 0.67185, 0.11490, -2.7764),
        (1.8806, -15.499, 1.1136, 0.070508, 14.714),
    ),
    "restricted constant": (
        (5.9498, 0.43402, 0.048360, 0.018198, -2.3669),
        (2.2231, -7.9064, 0.58592, -0.034324, 12.058),
    ),
    "constant": (
        (5.8271, -1.6487, -1.6118, -0.25949, -1.5666),
        (2.0785, -9.7846, -3.3680, -0.24528, 13.074),
    ),
    "restricted trend": (
        (5.8658, 2.5595, -0.34443, -0.077991, -1.7552),
        (1.9955, -5.5428, 1.2425, 0.41949, 12.841),
    ),
}


def critical_values(n: int, deterministic: Deterministic) -> pd.DataFrame:
    """Return the critical values of a system of ``n`` series, one row per rank.

    Args:
        n: Number of series, at most `MOST_SERIES`.
        deterministic: Deterministic terms.

    Returns:
        Columns by statistic ("trace", "max_eig") and size ("10%", "5%", "1%").
    """
    rank = pd.Index(range(n), name="rank")
    if deterministic in _ORDER:
        order = _ORDER[deterministic]
        tables = {
            "trace": np.array([c_sjt(n - r, order) for r in rank]),
            "max_eig": np.array([c_sja(n - r, order) for r in rank]),
        }
    else:
        own = _restricted().loc[deterministic]
        tables = {name: own.loc[name].to_numpy()[n - 1 :: -1] for name in get_args(Statistic)}
    frames = {
        name: pd.DataFrame(values, index=rank, columns=list(get_args(Size)))
        for name, values in tables.items()
    }
    return pd.concat(frames, axis="columns", names=["statistic", "size"])


def p_value(statistic: Statistic, value: float, n: int, deterministic: Deterministic) -> float:
    """Return the asymptotic p-value of a statistic.

    Args:
        statistic: "trace" or "max_eig".
        value: Its value.
        n: Number of series less the rank under the null hypothesis.
        deterministic: Deterministic terms.
    """
    terms = np.array([n**2, n, 1, n == 1, n == 2, np.sqrt(n)])
    if statistic == "trace":
        mean, variance = np.array(_TRACE[deterministic]) @ terms
    else:
        mean, variance = np.array(_MAX_EIG[deterministic]) @ terms[1:]
    return float(gamma.sf(value, mean**2 / variance, scale=variance / mean))


@cache
def _restricted() -> pd.DataFrame:
    with (files(__package__) / "johansen_critical_values.csv").open() as file:
        return pd.read_csv(file, index_col=["deterministic", "statistic", "n"])
