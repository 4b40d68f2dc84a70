"""Theil-Sen slopes of many series over many windows, with errors for dependent observations.

Windows of one series share most pairs of observations. Their slopes are sorted once for all of
them; within a window one only counts, to where the slope with a given rank stands.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from rebalancing.models.longrun import bartlett_sum
from rebalancing.models.validate import FloatArray

NORMAL = float(norm.ppf(0.975))  # Sen's interval covers 95%
RANKED_TO = 10**8  # steps from zero to the largest residual
BLOCK = 8  # pairs that are counted together
Positions = npt.NDArray[np.int64]


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


class Pairs:
    """The slopes between all pairs of observations of each series, in order of size."""

    def __init__(self, y: FloatArray) -> None:
        """Compute and sort them.

        Args:
            y: Observations, evenly spaced, by series; what no window uses may be missing.
        """
        n = len(y)
        early, late = np.triu_indices(n, 1)
        differences = y[late] - y[early]
        self._y, self._tied = y, (differences == 0).any(axis=0)
        slopes = np.ascontiguousarray((differences / (late - early)[:, None]).T)
        order = slopes.argsort(axis=1)
        self._slopes = np.take_along_axis(slopes, order, axis=1)
        # What fills up the last block ends after the last observation, outside every window.
        filled = ((0, -len(early) % BLOCK), (0, 0))
        small = np.min_scalar_type(n)
        ends = (np.ascontiguousarray(each.astype(small)[order].T) for each in (early, late))
        self._early, self._late = (np.pad(each, filled, constant_values=n) for each in ends)

    def fit(self, first: int, last: int, series: Sequence[int] | Positions) -> TheilSen:
        """Estimate from a window of some series.

        Sen (1968), Journal of the American Statistical Association 63, pp. 1379-1389.

        Args:
            first: Position of the window's first observation.
            last: Position of its last.
            series: Positions of the series.
        """
        chosen = np.asarray(series)
        y, tied = self._y[first : last + 1, chosen], np.flatnonzero(self._tied[chosen])
        n = len(y)
        count = n * (n - 1) // 2
        ties = np.zeros(len(chosen))
        ties[tied] = _ties(y[:, tied])
        half = NORMAL * np.sqrt((n * (n - 1) * (2 * n + 5) - ties) / 18)
        lower = np.maximum(np.round((count - half) / 2).astype(int) - 1, 0)
        upper = np.minimum(np.round((count + half) / 2).astype(int), count - 1)
        middle = [np.full(len(chosen), place) for place in {(count - 1) // 2, count // 2}]
        low, high, *medians = self._ranked(first, last, chosen, [lower, upper, *middle])
        slopes = 0.5 * (medians[0] + medians[-1])
        return TheilSen(slopes, (high - low) / (2 * NORMAL), _scores(y, slopes))

    def _ranked(
        self, first: int, last: int, chosen: Positions, ranks: list[Positions]
    ) -> list[FloatArray]:
        """Return a window's slopes with some ranks, each counted from 0 and by series."""
        is_all = np.array_equal(chosen, np.arange(self._early.shape[1]))
        columns = slice(None) if is_all else chosen
        inside = (self._early[:, columns] >= first) & (self._late[:, columns] <= last)
        lanes = np.arange(len(chosen))
        # Sums of bytes as bytes are the fast ones, and row by row they are faster than numpy's own.
        blocks = inside.view(np.uint8).reshape(-1, BLOCK, len(chosen))
        ends = blocks.sum(axis=1, dtype=np.uint8).astype(np.min_scalar_type(len(inside)))
        for earlier, later in itertools.pairwise(ends):
            later += earlier
        number = np.min_scalar_type(len(ends))
        found = []
        for rank in ranks:
            passed = (ends <= rank.astype(ends.dtype)).view(np.uint8)
            block = passed.sum(axis=0, dtype=number).astype(int)
            left = rank - np.where(block > 0, ends[block - 1, lanes], 0)
            counted = blocks[block, np.arange(BLOCK)[:, None], lanes].cumsum(axis=0, dtype=np.uint8)
            within = (counted <= left.astype(np.uint8)).sum(axis=0)
            found.append(self._slopes[chosen, block * BLOCK + within])
        return found


def _ties(y: FloatArray) -> FloatArray:
    """Return what ties take from the variance of Kendall's S, times 18.

    The sum over groups of k equal values of k (k - 1) (2k + 5) is the sum over observations of
    (k - 1) (2k + 5).
    """
    equal = (y[:, None] == y).sum(axis=1)
    return np.asarray(((equal - 1) * (2 * equal + 5)).sum(axis=0))


def _scores(y: FloatArray, slopes: FloatArray) -> FloatArray:
    """Return centred time times the centred rank of the residual, observations by series."""
    n = len(y)
    time = np.arange(n) - (n - 1) / 2
    residuals = y - np.outer(time, slopes)
    # The median slope is that between two observations, whose residuals are the same but for
    # rounding errors and must not be ranked by these.
    centred = residuals - residuals.mean(axis=0)
    size = np.abs(centred).max(axis=0)
    rounded = np.rint(centred * (RANKED_TO / np.where(size > 0, size, 1.0))).astype(np.int32)
    # The number of smaller residuals less the number of larger ones. That is twice the residual's
    # rank, less n + 1; equal residuals share the mean of their ranks.
    balance = np.zeros(y.shape, np.min_scalar_type(-n))
    for lag in range(1, n):
        signs = (rounded[lag:] > rounded[:-lag]).view(np.int8)
        signs -= (rounded[lag:] < rounded[:-lag]).view(np.int8)
        balance[lag:] += signs
        balance[:-lag] -= signs
    return np.asarray(time[:, None] * ((n + 1.0 + balance) / (n + 1) - 1))
