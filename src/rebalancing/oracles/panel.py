"""Panels: investment of ten firms, 1935 to 1954 (Grunfeld 1958), with firm and year effects."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from statsmodels.datasets import grunfeld

from rebalancing.models import panel

# R's plm divides out the small-sample factor of these.
PLAIN: dict[panel.PanelCovariance, int | None] = {"driscoll-kraay": 2, "robust": None}


def ten_firms() -> pd.DataFrame:
    """Return the data as they ship with statsmodels, without the firm that others do not have."""
    table: pd.DataFrame = grunfeld.load_pandas().data
    return table[table["firm"] != "American Steel"]


def estimate(
    effects: panel.Effects, covariance: panel.PanelCovariance, bandwidth: int | None = None
) -> panel.FixedEffects:
    """Regress investment on the firm's value and its capital."""
    return panel.fixed_effects(
        ten_firms(),
        "invest",
        ["value", "capital"],
        entity="firm",
        time="year",
        effects=effects,
        covariance=covariance,
        bandwidth=bandwidth,
    )


def fixed_effects(effects: panel.Effects, _: Path) -> dict[str, float]:
    """Estimate with every kind of standard errors."""
    fit = estimate(effects, "homoskedastic")
    found = {str(name): float(value) for name, value in fit.params.items()}
    found |= {"R squared": fit.r_squared_within, "s": fit.residual_sd}
    found |= _errors(fit, "") | _errors(estimate(effects, "clustered"), ", clustered")
    for name, bandwidth in PLAIN.items():
        found |= _errors(estimate(effects, name, bandwidth), f", {name}, HC0", plain=True)
    return found


def _errors(fit: panel.FixedEffects, suffix: str, *, plain: bool = False) -> dict[str, float]:
    """Return standard errors, without the small-sample factor if they are to be plain."""
    divisor = np.sqrt(fit.small_sample_factor) if plain else 1.0
    return {f"{name} s.e.{suffix}": float(value / divisor) for name, value in fit.bse.items()}


def benchmark(_: Path) -> dict[str, float]:
    """Predict the largest firm's investment from a regression on the others."""
    data = ten_firms()
    design = panel.Design(
        "invest",
        ["value", "capital"],
        economy="General Motors",
        economy_column="firm",
        year_effects=False,
    )
    result = panel.benchmark(data, design)
    found = {str(name): float(value) for name, value in result.params.items()}
    found |= {f"{name} s.e.": float(value) for name, value in result.bse.items()}
    return found | {"predicted, 1954": float(result.table["predicted"].iloc[-1])}


CASES: dict[str, Callable[[Path], dict[str, float]]] = {
    "Grunfeld, firm effects": partial(fixed_effects, "entity"),
    "Grunfeld, firm and year effects": partial(fixed_effects, "two-way"),
    "Grunfeld, General Motors predicted by the others": benchmark,
}
