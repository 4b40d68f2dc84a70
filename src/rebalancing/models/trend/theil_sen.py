"""Theil-Sen slopes of many series at once, with errors for dependent observations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm, rankdata

from rebalancing.models.longrun import bartlett_sum
from rebalancing.models.validate import FloatArray

# Series that are treated at once: all pairs of years of all of them are in memory.
AT_ONCE = 1000
LEVEL = 0.95
RANKED_TO = 8  # decimals of the largest residual


@dataclass(frozen=True, eq=False)
class TheilSen:
    """Slopes by series.

    Attributes:
        slopes: Median of the slopes between all pairs of observations.
        independent_se: Half of Sen's 95% interval over the normal quantile.
        scores: Observations by series: centred time times centred rank of the residual.
    """

    slopes: FloatArray
    independent_se: FloatArray
    scores: FloatArray

    def standard_errors(self, lags: int) -> FloatArray:
        """Return errors for observations that depend on each other up to some lags.

        The slope is, to first order, a sum of the scores. Their Newey-West variance over their
        plain one is what dependence multiplies the slope's variance by.
        """
        plain = np.sum(self.scores**2, axis=0)
        ratio = bartlett_sum(self.scores, lags) / np.where(plain > 0, plain, 1.0)
        errors: FloatArray = self.independent_se * np.sqrt(ratio)
        return errors


def fit(y: FloatArray) -> TheilSen:
    """Estimate from evenly spaced observations.

    Sen (1968), Journal of the American Statistical Association 63, pp. 1379-1389.

    Args:
        y: Observations by series.
    """
    parts = [_fit(y[:, start : start + AT_ONCE]) for start in range(0, y.shape[1], AT_ONCE)]
    slopes, errors = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
    time = np.arange(len(y)) - (len(y) - 1) / 2
    residuals = y - np.outer(time, slopes)
    # The median slope is that between two observations, whose residuals are the same but for
    # rounding errors and must not be ranked by these.
    size = np.abs(residuals - residuals.mean(axis=0)).max(axis=0)
    ranks = rankdata(np.round(residuals / np.where(size > 0, size, 1.0), RANKED_TO), axis=0)
    scores = time[:, None] * (2 * ranks / (len(y) + 1) - 1)
    return TheilSen(slopes, errors, scores)


def _fit(y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return slopes and standard errors for independent observations."""
    n = len(y)
    early, late = np.triu_indices(n, 1)
    series = np.ascontiguousarray(y.T)
    pairs = (series[:, late] - series[:, early]) / (late - early)
    pairs.sort(axis=1)
    count = pairs.shape[1]
    slopes = 0.5 * (pairs[:, (count - 1) // 2] + pairs[:, count // 2])
    # Variance of Kendall's S, with the correction for ties: the sum over groups of k equal values
    # of k (k - 1) (2k + 5) is the sum over observations of (k - 1) (2k + 5).
    equal = (series[:, :, None] == series[:, None, :]).sum(axis=2)
    ties = np.sum((equal - 1) * (2 * equal + 5), axis=1)
    half = norm.ppf(0.5 + LEVEL / 2) * np.sqrt((n * (n - 1) * (2 * n + 5) - ties) / 18)
    upper = np.minimum(np.round((count + half) / 2).astype(int), count - 1)
    lower = np.maximum(np.round((count - half) / 2).astype(int) - 1, 0)
    rows = np.arange(len(series))
    width = pairs[rows, upper] - pairs[rows, lower]
    return slopes, width / (2 * norm.ppf(0.5 + LEVEL / 2))
