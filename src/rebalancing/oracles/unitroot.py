"""Unit roots: annual series of the United States to 1970 (Nelson and Plosser 1982).

Every series is taken over its own sample, in logarithms except the bond yield.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from rebalancing.models import unitroot

SERIES = {
    "real GNP": "gnp.r",
    "nominal GNP": "gnp.n",
    "real per capita GNP": "gnp.pc",
    "industrial production": "ip",
    "employment": "emp",
    "unemployment": "ur",
    "GNP deflator": "gnp.p",
    "consumer prices": "cpi",
    "nominal wages": "wg.n",
    "real wages": "wg.r",
    "money": "M",
    "velocity": "vel",
    "bond yield": "bnd",
    "stock prices": "sp",
}
# The paper's lagged changes, and what breaks: "c" the level, "ct" level and slope.
ZIVOT_ANDREWS: dict[str, tuple[int, unitroot.Terms]] = {
    "real GNP": (8, "c"),
    "nominal GNP": (8, "c"),
    "real per capita GNP": (7, "c"),
    "industrial production": (8, "c"),
    "employment": (7, "c"),
    "GNP deflator": (5, "c"),
    "consumer prices": (2, "c"),
    "nominal wages": (7, "c"),
    "money": (6, "c"),
    "velocity": (0, "c"),
    "bond yield": (2, "c"),
    "stock prices": (1, "ct"),
    "real wages": (8, "ct"),
}


def nelson_plosser(folder: Path, name: str) -> pd.Series[float]:
    """Return one series by year, without the years before it begins."""
    column = SERIES[name]
    series = pd.read_csv(folder / "nporg.csv", index_col="year")[column].dropna()
    return series if column == "bnd" else pd.Series(np.log(series), index=series.index)


def zivot_andrews(name: str, folder: Path) -> dict[str, float]:
    """Test with the paper's number of lags."""
    lags, trend = ZIVOT_ANDREWS[name]
    y = nelson_plosser(folder, name)
    test = unitroot.zivot_andrews(y, lags=lags, trend=trend)
    return {"statistic": test.statistic, "break": float(str(test.break_label))}


def zivot_andrews_models(name: str, folder: Path) -> dict[str, float]:
    """Test with fixed lags against breaks of level, of slope and of both."""
    y = nelson_plosser(folder, name)
    found = {}
    models: dict[unitroot.Terms, int] = {"c": 1, "t": 2, "ct": 4}
    for trend, lags in models.items():
        test = unitroot.zivot_andrews(y, lags=lags, trend=trend)
        found[f"{trend}, {lags} lags"] = test.statistic
        found[f"{trend}, {lags} lags, break"] = float(str(test.break_label))
    return found


def kpss(name: str, folder: Path) -> dict[str, float]:
    """Test stationarity around a mean and a trend with fixed lags."""
    y = nelson_plosser(folder, name)
    return {
        "trend, 8 lags": unitroot.kpss(y, lags=8, trend="ct").statistic,
        "mean, 4 lags": unitroot.kpss(y, lags=4, trend="c").statistic,
        "mean, 0 lags": unitroot.kpss(y, lags=0, trend="c").statistic,
    }


def dickey_fuller(name: str, folder: Path) -> dict[str, float]:
    """Test for a unit root with fixed lags, by least squares and by GLS."""
    y = nelson_plosser(folder, name)
    return {
        "ADF, none, 0 lags": unitroot.adf(y, lags=0, trend="n").statistic,
        "ADF, constant, 4 lags": unitroot.adf(y, lags=4, trend="c").statistic,
        "ADF, trend, 1 lag": unitroot.adf(y, lags=1, trend="ct").statistic,
        "ADF, trend, 8 lags": unitroot.adf(y, lags=8, trend="ct").statistic,
        "DF-GLS, constant, 1 lag": unitroot.dfgls(y, lags=1, trend="c").statistic,
        "DF-GLS, trend, 2 lags": unitroot.dfgls(y, lags=2, trend="ct").statistic,
    }


def phillips_perron(name: str, folder: Path) -> dict[str, float]:
    """Test for a unit root with 4 (n / 100)^(1/4) lags, n being the changes, as R does."""
    y = nelson_plosser(folder, name)
    lags = int(4 * ((len(y) - 1) / 100) ** 0.25)
    return {"trend": unitroot.phillips_perron(y, lags=lags, trend="ct").statistic}


def critical_values(_: Path) -> dict[str, float]:
    """Return the asymptotic critical values that do not depend on the sample."""
    y = np.cumsum(np.random.default_rng(0).normal(size=60))
    found: dict[str, float] = {}
    models: dict[str, unitroot.Terms] = {"A": "c", "B": "t", "C": "ct"}
    for model, trend in models.items():
        values = unitroot.zivot_andrews(y, trend=trend).critical_values
        found |= {f"Zivot-Andrews, model {model}, {size}": value for size, value in values.items()}
    for trend in (models["A"], models["C"]):
        values = unitroot.kpss(y, trend=trend).critical_values
        found |= {f"KPSS, {trend}, {size}": value for size, value in values.items()}
    return found


CASES: dict[str, Callable[[Path], dict[str, float]]] = {
    **{f"Zivot-Andrews, {name}": partial(zivot_andrews, name) for name in ZIVOT_ANDREWS},
    **{f"Zivot-Andrews models, {name}": partial(zivot_andrews_models, name) for name in SERIES},
    **{f"KPSS, {name}": partial(kpss, name) for name in SERIES},
    **{f"Dickey-Fuller, {name}": partial(dickey_fuller, name) for name in SERIES},
    **{f"Phillips-Perron, {name}": partial(phillips_perron, name) for name in SERIES},
    "critical values": critical_values,
}
