"""Forecasts and their comparison: R's package forecast, its arima, and numerical integration.

Nile: annual flow at Aswan, 1871 to 1970, in 10^8 cubic metres. Huron: annual level of Lake Huron,
1875 to 1972, in feet.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from rebalancing.models import forecast
from rebalancing.oracles.trend import nile_flow

HORIZON = 5
# Coefficients of the models that AICc chooses: (1, 1, 1) and (2, 1, 1), without a constant.
ARIMA_COEFFICIENTS = {"Nile": 2, "Huron": 3}


def series(name: str, folder: Path) -> pd.Series[float]:
    """Return one of the two series by year."""
    if name == "Nile":
        return nile_flow()
    return pd.read_csv(folder / "lakehuron.csv", index_col="year")["level"]


def diebold_mariano(power: float, folder: Path) -> dict[str, float]:
    """Compare the two models of web-server usage at several horizons."""
    errors = pd.read_csv(folder / "dm.csv")
    found: dict[str, float] = {}
    for horizon in (1, 2, 3, 5, 8):
        test = forecast.diebold_mariano(errors["e1"], errors["e2"], horizon=horizon, power=power)
        found[f"statistic, h = {horizon}"] = test.statistic
        found[f"p, h = {horizon}"] = test.p_value
    return found


def negative_variance(_: Path) -> dict[str, float]:
    """Compare alternating errors, whose variance at two periods ahead is negative."""
    t = np.arange(1, 41)
    first, second = 2 + np.cos(np.pi * t) + t / 50, 2 + np.sin(t) / 10
    found: dict[str, float] = {}
    for horizon in (1, 2, 3):
        test = forecast.diebold_mariano(first, second, horizon=horizon)
        found |= {f"statistic, h = {horizon}": test.statistic, f"p, h = {horizon}": test.p_value}
    return found


def crps(_: Path) -> dict[str, float]:
    """Score normal densities."""
    standard = {
        f"N(0, 1) at {at:g}": float(forecast.crps_normal(at)) for at in (0.0, 0.5, 1.0, 2.0, -3.0)
    }
    return {**standard, "N(45, 4) at 39.9": float(forecast.crps_normal(39.9, 45.0, 4.0))}


def simple(forecaster: str, name: str, folder: Path) -> dict[str, float]:
    """Forecast by a method with closed form or by smoothing."""
    return _moments(forecast.forecaster(forecaster).fit_predict(series(name, folder), HORIZON))


def arima(name: str, folder: Path) -> dict[str, float]:
    """Forecast by ARIMA; standard errors as R's ``predict``, from the likeliest variance.

    The library divides by the degrees of freedom, and R's ``predict`` by the observations.
    """
    y = series(name, folder)
    found = _moments(forecast.forecaster("ARIMA").fit_predict(y, HORIZON))
    n = len(y) - 1
    shrink = np.sqrt((n - ARIMA_COEFFICIENTS[name]) / n)
    return {key: value * (shrink if "std" in key else 1) for key, value in found.items()}


def _moments(density: forecast.NormalDensity) -> dict[str, float]:
    means, stds = density.mean.to_numpy(), density.std.to_numpy()
    found = {f"mean, h = {h}": float(means[h - 1]) for h in range(1, HORIZON + 1)}
    found |= {f"std, h = {h}": float(stds[h - 1]) for h in range(1, HORIZON + 1)}
    return found | {"change of the mean": float(means[1] - means[0])}


CASES: dict[str, Callable[[Path], dict[str, float]]] = {
    **{
        f"Diebold-Mariano, web-server usage, power {power}": partial(diebold_mariano, power)
        for power in (1, 2, 3)
    },
    "Diebold-Mariano, negative variance": negative_variance,
    "CRPS": crps,
    **{
        f"{name}, {forecaster}": partial(simple, forecaster, name)
        for name in ("Nile", "Huron")
        for forecaster in ("random walk", "drift", "ETS", "Theta")
    },
    **{f"{name}, ARIMA": partial(arima, name) for name in ("Nile", "Huron")},
}
