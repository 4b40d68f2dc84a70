"""Least squares in all segments of a sample, and the partition with the smallest sum of squares.

Bai and Perron (2003), Computation and analysis of multiple structural change models, Journal of
Applied Econometrics 18: the sums of squared residuals of all segments follow from recursive
residuals; the best partition into any number of segments follows from them by dynamic programming.
"""

from __future__ import annotations

import numpy as np

from rebalancing.models.validate import FloatArray


def segment_ssr(y: FloatArray, x: FloatArray, shortest: int) -> FloatArray:
    """Return the sum of squared residuals of every segment.

    Args:
        y: Observations.
        x: Observations by regressors, of full rank in every segment of ``shortest``.
        shortest: The fewest observations of a segment, at least the number of regressors.

    Returns:
        T by T; entry (i, j) for the segment from i to j inclusive, infinite where too short.
    """
    n = len(y)
    table = np.full((n, n), np.inf)
    starts = np.arange(n - shortest + 1)
    if x.shape[1] == 1 and np.ptp(x) == 0:
        return _ssr_about_means(y, shortest, table)
    windows = starts[:, None] + np.arange(shortest)
    xs, ys = x[windows], y[windows]
    # All segments of the shortest length by QR, then each grows by one observation at a time.
    q, r = np.linalg.qr(xs)
    coefficients = np.linalg.solve(r, np.einsum("sto,st->so", q, ys)[..., None])[..., 0]
    ssr = ((ys - np.einsum("sto,so->st", xs, coefficients)) ** 2).sum(axis=1)
    inverse_r = np.linalg.inv(r)
    inverse = inverse_r @ inverse_r.transpose(0, 2, 1)
    table[starts, starts + shortest - 1] = ssr
    for length in range(shortest, n):
        starts = starts[: n - length]
        rows, inverse, coefficients = x[starts + length], inverse[starts], coefficients[starts]
        leverage = np.einsum("sij,sj->si", inverse, rows)
        scale = 1 + (rows * leverage).sum(axis=1)
        error = y[starts + length] - (rows * coefficients).sum(axis=1)
        ssr = ssr[starts] + error**2 / scale
        gain = leverage / scale[:, None]
        coefficients = coefficients + gain * error[:, None]
        inverse = inverse - gain[:, :, None] * leverage[:, None, :]
        table[starts, starts + length] = ssr
    return table


def _ssr_about_means(y: FloatArray, shortest: int, table: FloatArray) -> FloatArray:
    """Fill in the sums of squares about segments' means, by updating as the segments grow."""
    n = len(y)
    starts = np.arange(n)
    mean, ssr = y.copy(), np.zeros(n)
    if shortest == 1:
        table[starts, starts] = 0.0
    for length in range(1, n):
        starts = starts[: n - length]
        error = y[starts + length] - mean[starts]
        ssr = ssr[starts] + error**2 * length / (length + 1)
        mean = mean[starts] + error / (length + 1)
        if length + 1 >= shortest:
            table[starts, starts + length] = ssr
    return table


def best_partitions(table: FloatArray, most: int) -> list[tuple[float, list[int]]]:
    """Return the smallest sum of squares with 1, 2, ..., ``most`` breaks, and where they are.

    Args:
        table: As from `segment_ssr`.
        most: The largest number of breaks.

    Returns:
        Per number of breaks, the sum of squares and the positions of the last observations of all
        regimes but the last, counted from 0.
    """
    n = len(table)
    best = table[0].copy()  # of the observations up to each one, in one segment
    origins: list[np.ndarray] = []
    found = []
    for _ in range(most):
        # Entry (i, j): up to i as well as possible, then one segment from i + 1 to j.
        sums = best[:-1, None] + table[1:, :]
        last = sums.argmin(axis=0)
        best = sums[last, np.arange(n)]
        origins.append(last)
        breaks = [int(last[-1])]
        for earlier in reversed(origins[:-1]):
            breaks.append(int(earlier[breaks[-1]]))
        found.append((float(best[-1]), breaks[::-1]))
    return found
