"""The likeliest parameters of many samples at once: from a grid, by Newton's steps.

Samples are searched side by side, each from its best point of the grid, or from several that are as
good; one leaves when its search is done. Arrays are as in `likelihoods`: they end in candidates of
parameters, then samples.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from rebalancing.models.forecast.batch import Samples, part_of
from rebalancing.models.validate import FloatArray

Objective = Callable[[FloatArray, Samples], FloatArray]

# Values no further apart than this are the same but for rounding, which must not choose between
# them: an autoregressive term that undoes a moving average gives one value at six points of a grid.
_ALIKE = 1e-9
# Points of the grid times samples that are evaluated together.
_CHUNK = 20_000
_STEP = 2e-3
_LONGEST_STEP = 2.0
_LEAST_CURVATURE = 1e-6
# A sample is done when its step is no longer than _END. A step shorter than _CLOSING is taken in
# full, even if the function does not fall: that close to the minimum its values, minus twice a
# log-likelihood, differ by rounding alone. Its derivatives still show the way, so that machines
# that round differently reach the same point.
_END, _CLOSING = 1e-9, 1e-3
_MOST_STEPS = 200
# A slope smaller than this is rounding: nothing is known of where the function is lowest.
_ROUNDING = 1e-10
# A step that lowers the function by less than _FLAT is probably creeping towards a bound. The
# parameter that it changes most is then put on the bound at once, if the function falls by less
# than _FLAT on the way and does not rise. A step that lowers it by no more than _NOTHING is the
# last, unless it is shorter than _CLOSING.
_FLAT, _NOTHING = 1e-6, 1e-11
_SHRINK = np.array([1.0, 0.5, 0.2, 0.05, 0.01])


def minimise(
    function: Objective, grid: FloatArray, bounds: FloatArray, samples: Samples
) -> FloatArray:
    """Return where a function is lowest, sample by sample.

    The best point of a grid, or each of those that are as good, then Newton steps with derivatives
    from differences; where the function is not convex the step goes down along the eigenvectors all
    the same.

    Args:
        function: From parameters by candidates by samples, and the samples, to candidates by
            samples; also from parameters that all samples share, by candidates by one.
        grid: Parameters by points.
        bounds: Parameters by two: lowest and highest.
        samples: The data.

    Returns:
        Parameters by samples. A sample for which the function is not a number anywhere gets a point
        of the grid.
    """
    values = _known(_on_grid(function, grid, samples))
    sample, start = np.nonzero((values <= values.min(axis=0) + _ALIKE).T)
    x, best = grid[:, start], values[start, sample]
    left, part = np.arange(len(sample)), part_of(samples, sample)
    for _ in range(_MOST_STEPS):
        x[:, left], best[left], going = _descend(function, x[:, left], best[left], bounds, part)
        if not going.any():
            break
        if not going.all():
            left, part = left[going], part_of(part, np.flatnonzero(going))
    best, lowest = _known(best), np.full(len(samples.length), np.inf)
    np.minimum.at(lowest, sample, best)
    alike = np.flatnonzero(best <= lowest[sample] + _ALIKE)
    _, first = np.unique(sample[alike], return_index=True)
    return np.asarray(x[:, alike[first]])


def _known(values: FloatArray) -> FloatArray:
    """Return values with infinity for what is not a number, which is no minimum."""
    return np.where(np.isnan(values), np.inf, values)


def _on_grid(function: Objective, grid: FloatArray, samples: Samples) -> FloatArray:
    """Return a function's values, points by samples."""
    size = max(1, _CHUNK // len(samples.length))
    parts = [grid[:, start : start + size, None] for start in range(0, grid.shape[1], size)]
    return np.concatenate([function(part, samples) for part in parts])


def _descend(
    function: Objective, x: FloatArray, best: FloatArray, bounds: FloatArray, samples: Samples
) -> tuple[FloatArray, FloatArray, npt.NDArray[np.bool_]]:
    """Return each sample's point after one step, its value, and whether to go on."""
    low, high = bounds[:, :1], bounds[:, 1:]
    around = x[:, None] + _STEP * _stencil(len(x))[:, :, None]
    step = _newton_step(function(around, samples), best, x, (low, high))
    tried = np.clip(x[:, None] + _SHRINK[:, None] * step[:, None], low[:, None], high[:, None])
    found = function(tried, samples)
    length = np.abs(tried[:, 0] - x).max(axis=0)
    closing = length < _CLOSING
    choice = np.where(closing, 0, found.argmin(axis=0))
    lanes = np.arange(len(best))
    better = closing | (found[choice, lanes] < best)
    won = best - found[choice, lanes]
    x = np.where(better, tried[:, choice, lanes], x)
    best = np.where(better, found[choice, lanes], best)
    slow = np.flatnonzero(better & ~closing & (won < _FLAT))
    if len(slow):
        at_bound = _to_bound(x[:, slow], step[:, slow], bounds)
        value = function(at_bound[:, None], part_of(samples, slow))[0]
        taken = (value < best[slow] + _NOTHING) & (value > best[slow] - _FLAT)
        x[:, slow[taken]], best[slow[taken]] = at_bound[:, taken], value[taken]
    return x, best, better & (length > _END) & (closing | (won > _NOTHING))


def _to_bound(x: FloatArray, step: FloatArray, bounds: FloatArray) -> FloatArray:
    """Return points with the parameter that a step changes most at the bound that it goes to."""
    lanes, most = np.arange(x.shape[1]), np.abs(step).argmax(axis=0)
    moved = x.copy()
    moved[most, lanes] = np.where(step[most, lanes] > 0, bounds[most, 1], bounds[most, 0])
    return moved


def _stencil(k: int) -> FloatArray:
    """Return the points of central first and second differences, parameters by points."""
    eye = np.eye(k)
    points = [sign * eye[i] for i in range(k) for sign in (1, -1)]
    for i in range(k):
        for j in range(i):
            points += [eye[i] + eye[j], -eye[i] - eye[j]]
    return np.array(points).T


def _newton_step(
    values: FloatArray, centre: FloatArray, x: FloatArray, bounds: tuple[FloatArray, FloatArray]
) -> FloatArray:
    """Return a downhill step, parameters by samples, from the values on the stencil.

    It goes along a bound that it would lead out of, and nowhere where a value is not finite.
    """
    k = len(x)
    plus, minus = values[: 2 * k : 2], values[1 : 2 * k : 2]
    gradient = (plus - minus) / (2 * _STEP)
    hessian = np.zeros((centre.size, k, k))
    for i in range(k):
        hessian[:, i, i] = plus[i] - 2 * centre + minus[i]
    position = 2 * k
    for i in range(k):
        for j in range(i):
            both = values[position] + values[position + 1]
            cross = (both + 2 * centre - plus[i] - minus[i] - plus[j] - minus[j]) / 2
            hessian[:, i, j] = hessian[:, j, i] = cross
            position += 2
    held = ((x <= bounds[0]) & (gradient > 0)) | ((x >= bounds[1]) & (gradient < 0))
    held |= ~(np.isfinite(values).all(axis=0) & np.isfinite(centre))
    gradient = np.where(held, 0.0, gradient)
    fixed = held.T[:, :, None] | held.T[:, None]
    hessian = np.where(fixed, np.eye(k), hessian / _STEP**2)
    roots, vectors = np.linalg.eigh(hessian)
    curvature = np.maximum(np.abs(roots), _LEAST_CURVATURE)
    slopes = np.einsum("nij,in->nj", vectors, gradient)
    along = np.where(np.abs(slopes) > _ROUNDING, slopes, 0.0) / curvature
    step = -np.einsum("nij,nj->in", vectors, along)
    longest = np.abs(step).max(axis=0)
    return np.asarray(step * (_LONGEST_STEP / np.maximum(longest, _LONGEST_STEP)))
