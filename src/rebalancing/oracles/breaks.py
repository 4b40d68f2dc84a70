"""Breaks: the Nile, the US real rate of interest, and a US Phillips curve."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from rebalancing.models.breaks import Breaks, bai_perron
from rebalancing.oracles.trend import nile_flow

# What R's strucchange does by default, and with the covariance kernHAC of sandwich.
independent = partial(bai_perron, covariance="homoskedastic", convention="sandwich")
kernel_hac = partial(bai_perron, covariance="hac", convention="sandwich")


def real_rate(folder: Path) -> pd.Series[float]:
    """Return the ex-post real rate of interest by quarter, 1961Q1 to 1986Q3, in percent."""
    table = pd.read_csv(folder / "realint.csv")
    return pd.Series(table["y"].to_numpy(), pd.period_range("1961Q1", periods=len(table), freq="Q"))


def nile(_: Path) -> dict[str, float]:
    """Find the break in the mean flow, with independent errors."""
    found = independent(nile_flow())
    ((lower, upper),) = found.label_intervals
    return {
        "breaks": found.n_breaks,
        "break": found.labels[0],
        "lower": lower,
        "upper": upper,
        "mean 1": found.params["constant"][1],
        "mean 2": found.params["constant"][2],
        "supF(1)": found.sup_f[1],
    }


def us_real_rate(folder: Path) -> dict[str, float]:
    """Test for breaks in the mean real rate, and estimate two, as Bai and Perron do."""
    found = bai_perron(real_rate(folder), select=2)
    critical = found.critical_values[0.05]
    return {
        **_positions(found),
        **_intervals(found),
        **{f"mean {i}": value for i, value in found.params["constant"].items()},
        **{f"s.e. {i}": value for i, value in found.bse["constant"].items()},
        "SSR": found.ssr,
        **{f"supF({k})": value for k, value in found.sup_f.items()},
        **{f"supF({k}|{k - 1})": found.sequential[k] for k in range(1, 6)},
        "UDmax": found.ud_max,
        "supF(1), 5%": critical["sup_f", 1],
        "UDmax, 5%": critical["ud_max", 0],
    }


def phillips_curve(driver: str, folder: Path) -> dict[str, float]:
    """Test for breaks in inflation on its lag, its lead and a measure of slack."""
    table = pd.read_csv(folder / "nkpc.csv")
    x = pd.DataFrame(
        {
            "constant": 1.0,
            "lag": table["inflation"].shift(1),
            "driver": table[driver],
            "lead": table["inflation"].shift(-1),
        }
    ).iloc[1:-1]
    found = bai_perron(table["inflation"].iloc[1:-1], x, trim=0.10, covariance="hac unwhitened")
    return {"supF(1)": found.sup_f[1], "supF(2|1)": found.sequential[2]}


def partitions(model: str, folder: Path) -> dict[str, float]:
    """Return dates, sums of squares and strucchange's BIC for every number of breaks."""
    y, x = MODELS[model](folder)
    trim = 0.10 if model.endswith("10%") else 0.15
    found = independent(y, x, trim=trim, max_breaks=8, select=0)
    n, q = len(found.fitted), found.params.shape[1]
    # R counts the constant of the normal density, all coefficients and the variance.
    constant = n * (1 + np.log(2 * np.pi)) + (q + 1) * np.log(n)
    numbers: dict[str, float] = {}
    for k, positions in found.partitions.items():
        chosen = independent(y, x, trim=trim, max_breaks=8, select=k)
        numbers |= {f"{k} breaks: RSS": chosen.ssr, f"{k} breaks: BIC": n * found.bic[k] + constant}
        numbers |= {f"{k} breaks: {i}": place for i, place in enumerate(positions, 1)}
    return numbers


def intervals(model: str, estimate: Callable[..., Breaks], folder: Path) -> dict[str, float]:
    """Return strucchange's intervals, by number of breaks and level."""
    y, x = MODELS[model](folder)
    numbers: dict[str, float] = {}
    for level in (0.90, 0.95, 0.99):
        for k in (1, 2, 3):
            found = estimate(y, x, select=k, level=level)
            numbers |= {f"{k} at {level}: {end}": at for end, at in _intervals(found).items()}
    return numbers


def regressions(model: str, folder: Path) -> dict[str, float]:
    """Return the coefficients with two breaks, and supF(1) with independent errors."""
    y, x = MODELS[model](folder)
    found = independent(y, x, select=2)
    numbers = {"supF(1)": found.sup_f[1]}
    for name, column in found.params.items():
        numbers |= {f"regime {i}: {name}": value for i, value in column.items()}
    return numbers


def _autoregression(folder: Path) -> tuple[pd.Series[float], pd.DataFrame]:
    y = real_rate(folder)
    return y.iloc[1:], pd.DataFrame({"constant": 1.0, "lag": y.shift(1)}).iloc[1:]


def _trend(_: Path) -> tuple[pd.Series[float], pd.DataFrame]:
    y = nile_flow()
    return y, pd.DataFrame({"constant": 1.0, "time": np.arange(1, len(y) + 1)}, index=y.index)


def _positions(found: Breaks) -> dict[str, float]:
    return {f"break {i}": position for i, position in enumerate(found.positions, 1)}


def _intervals(found: Breaks) -> dict[str, float]:
    numbers: dict[str, float] = {}
    for i, (lower, upper) in enumerate(found.intervals, 1):
        numbers |= {f"lower {i}": lower, f"upper {i}": upper}
    return numbers


MODELS: dict[str, Callable[[Path], tuple[pd.Series[float], pd.DataFrame | None]]] = {
    "nile": lambda _: (nile_flow(), None),
    "nile with trend": _trend,
    "real rate": lambda folder: (real_rate(folder), None),
    "real rate, 10%": lambda folder: (real_rate(folder), None),
    "real rate on its lag": _autoregression,
}
CASES: dict[str, Callable[[Path], dict[str, float]]] = {
    "nile": nile,
    "real rate": us_real_rate,
    "Phillips curve, output gap": partial(phillips_curve, "gap"),
    "Phillips curve, labour share": partial(phillips_curve, "labour_share"),
    **{f"partitions, {model}": partial(partitions, model) for model in MODELS},
    **{
        f"intervals, {model}, {name}": partial(intervals, model, estimate)
        for model in ("nile", "real rate", "real rate on its lag")
        for name, estimate in (("independent", independent), ("kernHAC", kernel_hac))
    },
    "regressions, real rate on its lag": partial(regressions, "real rate on its lag"),
    "regressions, nile with trend": partial(regressions, "nile with trend"),
}
