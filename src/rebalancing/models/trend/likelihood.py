"""The likelihood of the trend models at many points at once, and where it is highest.

With a diffuse start the likelihood of a trend model is that of data differenced until they are
stationary, here Δy less damping times its value before: a moving average of order two, so that its
covariance has five diagonals and one pass over time factors it, at all points side by side. Its
derivatives are exact (Squire and Trapp 1998, Using complex variables to estimate derivatives of
real functions, SIAM Review 40), so that the search ends where the slope is zero to rounding, on
whatever machine. No sum is left to a library whose order of adding depends on the processor.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.ndimage import minimum_filter

from rebalancing.models.validate import FloatArray

Array = npt.NDArray[Any]
ArrayObjective = Callable[[Array], Array]

_STARTS = 8
_TINY_STEP = 1e-30  # along the imaginary axis: nothing is subtracted, so that nothing is lost
_STEP = 1e-4  # between derivatives, for the curvature
_MOST_STEPS = 60
_LONGEST = 2.0
_LEAST_CURVATURE = 1e-8
# A search ends when a step is shorter than this; its error is then far smaller.
_END = 1e-9
_SHRINK = np.array([1.0, 0.5, 0.1, 0.01])
_ByPeriod = tuple[tuple[Array, Array], ...]


def moments(variances: Array, damping: Array, *, diffuse_slope: bool) -> tuple[_ByPeriod, Array]:
    """Return the moments of a trend's changes, each less the damping times the one before.

    Args:
        variances: Of irregular, level and slope.
        damping: As for `deviance`.
        diffuse_slope: Whether the first slope is unknown; otherwise it is stationary, and the first
            change stands alone.

    Returns:
        By period, the variance and the covariance with the period before, of which the last pair
        holds from then on; and the covariance with the period before that.
    """
    irregular, level, slope = variances
    own = slope + (1 + damping**2) * level + 2 * (1 + damping + damping**2) * irregular
    later = own, -damping * level - (1 + damping) ** 2 * irregular
    apart = damping * irregular
    if diffuse_slope:
        return (later,), apart
    first = slope / (1 - damping**2) + level + 2 * irregular
    second = -damping * level - (1 + 2 * damping) * irregular
    return ((first, second), (own, second), later), apart


def deviance(y: FloatArray, variances: Array, damping: Array, *, diffuse_slope: bool) -> Array:
    """Return minus twice the log-likelihood at the likeliest scale, up to a constant, by point.

    Args:
        y: The data.
        variances: Ratios of irregular, level and slope, by points; may be complex.
        damping: By points; 1 with a diffuse slope, 0 without a slope.
        diffuse_slope: Whether the first slope is unknown; otherwise it is stationary.
    """
    change = np.diff(y)
    x = change[1:, None] - damping * change[:-1, None]
    if not diffuse_slope:
        x = np.concatenate([np.broadcast_to(change[:1, None], x[:1].shape), x])
    pairs, apart = moments(variances, damping, diffuse_slope=diffuse_slope)
    d1 = pairs[0][0]
    v1, l1 = x[0] + 0 * d1, np.zeros_like(d1)
    d2, v2 = np.ones_like(d1), np.zeros_like(d1)
    squares, logs = v1 * v1 / d1, np.log(d1)
    for t in range(1, len(x)):
        far = apart if t > 1 else 0.0
        variance, near = pairs[min(t, len(pairs) - 1)]
        l2 = far / d2
        l1 = (near - far * l1) / d1
        v = x[t] - l1 * v1 - l2 * v2
        d = variance - l1 * l1 * d1 - l2 * l2 * d2
        d1, d2, v1, v2 = d, d1, v, v1
        squares = squares + v * v / d
        logs = logs + np.log(d)
    return np.asarray(len(x) * np.log(squares) + logs)


def minimise(
    function: ArrayObjective, axes: list[FloatArray], bounds: FloatArray
) -> tuple[float, FloatArray]:
    """Return the lowest value and its place: a grid, then Newton steps from its lowest hollows.

    Args:
        function: From parameters by points to points.
        axes: Of the grid.
        bounds: Parameters by two: lowest and highest.
    """
    if not axes:
        return float(function(np.empty((0, 1)))[0]), np.empty(0)
    grid = np.stack(np.meshgrid(*axes, indexing="ij"))
    values = function(grid.reshape(len(axes), -1)).reshape(grid.shape[1:])
    hollows = np.flatnonzero(values == minimum_filter(values, size=3, mode="nearest"))
    starts = hollows[np.argsort(values.ravel()[hollows], kind="stable")][:_STARTS]
    x = grid.reshape(len(axes), -1)[:, starts]
    low, high = bounds[:, :1], bounds[:, 1:]
    best = values.ravel()[starts]
    for _ in range(_MOST_STEPS):
        step = _newton_step(function, x, low, high)
        tried = np.clip(x[:, None] + _SHRINK[:, None] * step[:, None], low[:, None], high[:, None])
        found = function(tried.reshape(len(axes), -1)).reshape(tried.shape[1:])
        # Near the end the function cannot tell points apart, but its derivatives still can.
        closing = np.abs(step).max(axis=0) < np.sqrt(_END)
        choice = np.where(closing, 0, found.argmin(axis=0))
        lanes = np.arange(len(best))
        better = closing | (found[choice, lanes] < best)
        x = np.where(better, tried[:, choice, lanes], x)
        best = np.where(better, found[choice, lanes], best)
        if (np.abs(step).max(axis=0) < _END).all() or not better.any():
            break
    lowest = int(best.argmin())
    return float(best[lowest]), x[:, lowest]


def _newton_step(
    function: ArrayObjective, x: FloatArray, low: FloatArray, high: FloatArray
) -> Array:
    """Return a step down from each point; along bounds where it would lead out of them."""
    k, count = x.shape
    eye = np.eye(k)
    shifts = np.concatenate([np.zeros((1, k)), _STEP * eye, -_STEP * eye])
    points = x[:, None, None] + shifts.T[:, :, None, None] + 1j * _TINY_STEP * eye[:, None, :, None]
    slopes = function(points.reshape(k, -1)).imag.reshape(len(shifts), k, count) / _TINY_STEP
    gradient, ahead, behind = slopes[0], slopes[1 : k + 1], slopes[k + 1 :]
    curvature = (ahead - behind) / (2 * _STEP)
    curvature = (curvature + curvature.transpose(1, 0, 2)) / 2
    held = ((x <= low) & (gradient > 0)) | ((x >= high) & (gradient < 0))
    gradient = np.where(held, 0.0, gradient)
    curvature = np.where(held[:, None] | held[None], eye[:, :, None], curvature)
    roots, vectors = np.linalg.eigh(curvature.transpose(2, 0, 1))
    along = np.einsum("nij,in->nj", vectors, gradient)
    step = -np.einsum("nij,nj->in", vectors, along / np.maximum(np.abs(roots), _LEAST_CURVATURE))
    longest = np.maximum(np.abs(step).max(axis=0), _LONGEST)
    return np.asarray(step * (_LONGEST / longest))
