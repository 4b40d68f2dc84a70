"""Straight lines by regime: least squares, standard errors and the moving block bootstrap."""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from arch.bootstrap import optimal_block_length
from scipy.stats import t as student

from rebalancing.models import validate
from rebalancing.models.longrun import bartlett_sum

IntArray = npt.NDArray[np.int64]
# Shorter samples have too few lags for the autocorrelations that the optimal length needs.
_FEWEST_FOR_OPTIMUM = 8


class Lines(NamedTuple):
    """Fitted lines. Each estimate is a weighted sum of the observations, ``weights @ y``.

    Attributes:
        slopes: Weights of the slopes, regimes by observations.
        starts: Weights of the lines' values at the regimes' first observations.
        hat: Weights of the fitted values, observations by observations.
        data: The observations.
        residual: Observations less fitted values.
        scale: Factor that makes up for the degrees of freedom used, by observation.
        regime: Number of each observation's regime, from 0.
        df: Degrees of freedom behind each slope's standard error.
        df_difference: The same for each difference.
    """

    slopes: validate.FloatArray
    starts: validate.FloatArray
    hat: validate.FloatArray
    data: validate.FloatArray
    residual: validate.FloatArray
    scale: validate.FloatArray
    regime: IntArray
    df: IntArray
    df_difference: IntArray


def fit(values: validate.FloatArray, edges: IntArray) -> Lines:
    """Fit a line to each regime."""
    sizes = np.diff(edges)
    n, m = len(values), len(sizes)
    time = np.arange(n)
    regime = np.repeat(np.arange(m), sizes)
    own = regime[:, None] == np.arange(m)
    since = time[:, None] - edges[:-1]
    design = np.column_stack([own, own * since]).astype(float)
    to_slopes = np.column_stack([np.zeros((m, m)), np.eye(m)])
    to_starts = np.column_stack([np.eye(m), np.zeros((m, m))])
    df, df_difference = sizes - 2, sizes[:-1] + sizes[1:] - 4
    scale = np.sqrt(sizes / (sizes - 2))
    inverse = np.linalg.pinv(design)
    # Subtract the first value: rounding errors grow with the level.
    residual = (values - values[0]) - design @ (inverse @ (values - values[0]))
    return Lines(
        to_slopes @ inverse, to_starts @ inverse, design @ inverse, values, residual,
        scale[regime], regime, df, df_difference,
    )  # fmt: skip


def estimates(
    lines: Lines,
    *,
    bandwidth: int,
    level: float,
    block_length: int,
    replications: int,
    seed: int,
) -> pd.DataFrame:
    """Return slopes, then their differences, one row each, with errors and intervals."""
    weights = np.vstack([lines.slopes, np.diff(lines.slopes, axis=0)])
    centre = weights @ (lines.data - lines.data[0])
    reach = _bootstrap(lines, weights, block_length, replications, seed, level)
    se = np.sqrt(bartlett_sum((weights * (lines.residual * lines.scale)).T, bandwidth))
    half = student.ppf(0.5 + level / 2, np.concatenate([lines.df, lines.df_difference])) * se
    return pd.DataFrame(
        {
            "estimate": centre,
            "se": se,
            "lower": centre - half,
            "upper": centre + half,
            "bootstrap_lower": centre - reach,
            "bootstrap_upper": centre + reach,
        }
    )


def block_length(lines: Lines) -> int:
    """Return the block length for the residuals, at least the cube root of their number."""
    n = len(lines.data)
    least: int = round(n ** (1 / 3))
    if n < _FEWEST_FOR_OPTIMUM:
        return least
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # residuals of an exact line have no autocorrelation
        best = float(optimal_block_length(_unit_variance(lines)[0])["circular"].iloc[0])
    return int(np.clip(np.ceil(best), least, max(least, n // 3))) if np.isfinite(best) else least


def _unit_variance(lines: Lines) -> tuple[validate.FloatArray, validate.FloatArray]:
    """Return residuals over the root mean square of their regime, and these roots."""
    counts = np.bincount(lines.regime)
    roots = np.sqrt(np.bincount(lines.regime, lines.residual**2) / counts)[lines.regime]
    return lines.residual / np.where(roots > 0, roots, 1), roots


def _bootstrap(
    lines: Lines,
    weights: validate.FloatArray,
    block: int,
    replications: int,
    seed: int,
    level: float,
) -> validate.FloatArray:
    """Return half the intervals' widths by the moving block bootstrap."""
    n = len(lines.data)
    units, roots = _unit_variance(lines)
    # Errors drawn in blocks have mean zero only after the mean of each place in the block is
    # removed.
    means = np.array([units[place : place + n - block + 1].mean() for place in range(block)])
    generator = np.random.default_rng(seed)
    first = generator.integers(0, n - block + 1, (replications, -(-n // block)))
    chosen = (first[:, :, None] + np.arange(block)).reshape(replications, -1)[:, :n]
    errors = (units[chosen] - means[np.arange(n) % block]) * roots * lines.scale
    deviations = errors @ weights.T
    again = (errors - errors @ lines.hat.T) * lines.scale
    own = np.sqrt(bartlett_sum((weights * (lines.residual * lines.scale)).T, block - 1))
    half = np.zeros(len(weights))
    for i, row in enumerate(weights):
        se = np.sqrt(bartlett_sum((row * again).T, block - 1))
        ratio = np.abs(deviations[:, i]) / np.where(se > 0, se, np.inf)
        half[i] = np.quantile(ratio, level) * own[i]
    return half
