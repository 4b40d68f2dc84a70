"""What a specification curve says: its distribution, and what each choice does."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
import pandas as pd

from rebalancing.models.validate import FloatArray

SummaryRows = dict[tuple[Hashable, Hashable], dict[str, float]]
QUANTILES = {"q05": 0.05, "q25": 0.25, "q75": 0.75, "q95": 0.95}


def summary(estimates: pd.DataFrame, dimensions: Sequence[str]) -> pd.DataFrame:
    """Return the distribution of all estimates and of those with each choice."""
    sign = np.sign(estimates["estimate"].median())
    rows: SummaryRows = {("all", "all"): _describe(estimates, sign)}
    for name in dimensions:
        for choice, part in estimates.groupby(labels(estimates[name]), sort=False):
            rows[name, choice] = _describe(part, sign)
    return _by_choice(rows)


def influence(estimates: pd.DataFrame, dimensions: Sequence[str]) -> pd.DataFrame:
    """Return the effect of each choice in an additive regression on all choices."""
    y = estimates["estimate"].to_numpy(float)
    dummies = {name: pd.get_dummies(labels(estimates[name]), dtype=float) for name in dimensions}
    coefficients, residual = _additive(y, list(dummies.values()))
    total = float(np.sum((y - y.mean()) ** 2))
    rows: SummaryRows = {}
    position = 1
    for name, table in dummies.items():
        own = coefficients[position : position + table.shape[1]]
        position += table.shape[1]
        counts = table.sum().to_numpy()
        rest = [other for key, other in dummies.items() if key != name]
        without = _additive(y, rest)[1]
        share = (without - residual) / total if total > 0 else float("nan")
        for i, choice in enumerate(table.columns):
            rows[name, choice] = {
                "n": counts[i],
                "median": float(np.median(y[table.iloc[:, i].to_numpy() > 0])),
                "effect": float(own[i] - counts @ own / len(y)),
                "share_of_variance": max(share, 0.0) if total > 0 else share,
            }
    return _by_choice(rows)


def labels(choices: pd.Series) -> pd.Series:
    """Return choices with "none" for None, which pandas would take for a missing value."""
    return choices.map(lambda choice: "none" if choice is None else choice)


def _describe(part: pd.DataFrame, sign: float) -> dict[str, float]:
    estimate = part["estimate"]
    same = np.sign(estimate) == sign
    quantiles = {name: float(estimate.quantile(q)) for name, q in QUANTILES.items()}
    return {
        "n": len(part),
        "median": float(estimate.median()),
        **quantiles,
        "lowest": float(estimate.min()),
        "highest": float(estimate.max()),
        "share_same_sign": float(same.mean()),
        "share_significant": float(part["significant"].mean()),
        "share_significant_same_sign": float((same & part["significant"]).mean()),
    }


def _additive(y: FloatArray, dummies: list[pd.DataFrame]) -> tuple[FloatArray, float]:
    """Return the coefficients of a constant and all dummies, of least length, and the SSR."""
    x = np.column_stack([np.ones(len(y)), *dummies])
    # Cross-products of dummies are counts, exact and small however many specifications there are.
    coefficients = np.linalg.pinv(x.T @ x, rcond=1e-10, hermitian=True) @ (x.T @ y)
    return coefficients, float(np.sum((y - x @ coefficients) ** 2))


def _by_choice(rows: SummaryRows) -> pd.DataFrame:
    table = pd.DataFrame(list(rows.values())).astype({"n": int})
    table.index = pd.MultiIndex.from_tuples(list(rows), names=["dimension", "choice"])
    return table
