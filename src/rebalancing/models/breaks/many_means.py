"""Tests for breaks in the mean of many samples at once, as resampling needs them.

The statistics are those of `search.partitions` and `Regression.f_statistic` for a constant and HAC
errors, which a test compares one by one. Arrays over samples make thousands of them affordable.
"""

from __future__ import annotations

import numpy as np

from rebalancing.models.breaks._regression import Errors, regress
from rebalancing.models.breaks.critical_values import MOST_IN_UD_MAX
from rebalancing.models.breaks.search import partitions
from rebalancing.models.validate import FloatArray

AT_ONCE = 200  # samples, so that their tables of segments stay small


def statistics(samples: FloatArray, shortest: int, most: int) -> FloatArray:
    """Return supF(1) and UDmax for breaks in the mean of each sample.

    Args:
        samples: Samples by observations.
        shortest: The fewest observations of a regime.
        most: The largest number of breaks, one or more.

    Returns:
        Samples by two.
    """
    parts = range(0, len(samples), AT_ONCE)
    return np.concatenate([_some(samples[at : at + AT_ONCE], shortest, most) for at in parts])


def _some(samples: FloatArray, shortest: int, most: int) -> FloatArray:
    centred = samples - samples.mean(axis=1, keepdims=True)
    edges = _edges(_ssr_tables(centred, shortest), min(most, samples.shape[1] // shortest - 1))
    sup_f = np.column_stack([_f_statistics(centred, each) for each in edges])
    found = np.column_stack([sup_f[:, 0], sup_f[:, :MOST_IN_UD_MAX].max(axis=1)])
    for row in np.flatnonzero(~np.isfinite(sup_f).all(axis=1)):  # a regime without any errors
        found[row] = of_one(samples[row], shortest, most)
    return found


def of_one(sample: FloatArray, shortest: int, most: int) -> tuple[float, float]:
    """Return supF(1) and UDmax of one sample, by the functions for any regression.

    Args:
        sample: Its observations.
        shortest: The fewest observations of a regime.
        most: The largest number of breaks, one or more.
    """
    x = np.ones((len(sample), 1))
    found = partitions(sample, x, shortest, most)[1:]
    sup_f = [regress(sample, x, each.breaks).f_statistic(Errors()) for each in found]
    return sup_f[0], max(sup_f[:MOST_IN_UD_MAX])


def _ssr_tables(samples: FloatArray, shortest: int) -> FloatArray:
    """Return the sums of squares about the means of all segments: samples by starts by ends."""
    count, n = samples.shape
    tables = np.full((count, n, n), np.inf)
    starts = np.arange(n)
    mean, ssr = samples.copy(), np.zeros((count, n))
    if shortest == 1:
        tables[:, starts, starts] = 0.0
    for length in range(1, n):
        starts = starts[: n - length]
        error = samples[:, starts + length] - mean[:, starts]
        ssr = ssr[:, starts] + error**2 * length / (length + 1)
        mean = mean[:, starts] + error / (length + 1)
        if length + 1 >= shortest:
            tables[:, starts, starts + length] = ssr
    return tables


def _edges(tables: FloatArray, most: int) -> list[np.ndarray]:
    """Return the best partitions with 1, 2, ... breaks, each as samples by edges of regimes."""
    count, n, _ = tables.shape
    rows = np.arange(count)
    best, origins, found = tables[:, 0].copy(), list[np.ndarray](), []
    for breaks in range(1, most + 1):
        sums = best[:, :-1, None] + tables[:, 1:, :]
        last = sums.argmin(axis=1)
        best = np.take_along_axis(sums, last[:, None, :], axis=1)[:, 0]
        origins.append(last)
        edges = np.empty((count, breaks + 2), dtype=int)
        edges[:, 0], edges[:, -1] = 0, n
        end = np.full(count, n - 1)
        for number in range(breaks, 0, -1):
            end = origins[number - 1][rows, end]
            edges[:, number] = end + 1
        found.append(edges)
    return found


def _f_statistics(samples: FloatArray, edges: np.ndarray) -> FloatArray:
    """Return the F statistic of equal means, each regime with its own long-run variance."""
    n, regimes = samples.shape[1], edges.shape[1] - 1
    lengths = np.diff(edges, axis=1)
    means, variances = np.empty(lengths.shape), np.empty(lengths.shape)
    for length in np.unique(lengths):
        which = lengths == length
        row, number = np.nonzero(which)
        segments = samples[row[:, None], edges[row, number][:, None] + np.arange(length)]
        means[which] = segments.mean(axis=1)
        variances[which] = _long_run(segments - segments.mean(axis=1, keepdims=True)) / length
    with np.errstate(divide="ignore", invalid="ignore"):
        weights = 1 / variances
        common = (weights * means).sum(axis=1, keepdims=True) / weights.sum(axis=1, keepdims=True)
        spread = (weights * (means - common) ** 2).sum(axis=1)
    return np.asarray((n - regimes) / (n * (regimes - 1)) * spread)


def _long_run(errors: FloatArray) -> FloatArray:
    """Return long-run variances as `long_run_covariance` does, one per row."""
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = _autoregression(errors)
        white = errors[:, 1:] - slope[:, None] * errors[:, :-1]
        m = white.shape[1]
        rho = np.clip(_autoregression(white), -0.97, 0.97)
        width = np.maximum(1.3221 * (4 * rho**2 / (1 - rho) ** 4 * m) ** 0.2, 1e-6)
        total = (white**2).sum(axis=1)
        for lag in range(1, m):
            z = 6 * np.pi * lag / (5 * width)
            weight = 3 / z**2 * (np.sin(z) / z - np.cos(z))
            total += 2 * weight * (white[:, lag:] * white[:, :-lag]).sum(axis=1)
        return np.asarray(total / (m - 1) / (1 - slope) ** 2)


def _autoregression(rows: FloatArray) -> FloatArray:
    before, after = rows[:, :-1], rows[:, 1:]
    return np.asarray((before * after).sum(axis=1) / (before**2).sum(axis=1))
