"""Likelihoods of small state-space models for many samples at once.

A backtest estimates each model on some 1500 samples. One at a time that takes minutes; here the
filters run over all samples side by side, a step of time at a time. The models have two states,
and unknown means or initial states enter as regression coefficients (de Jong 1991, The diffuse
Kalman filter, Annals of Statistics 19), which with the scale drop out of the likelihood in closed
form. The tests hold the results against those of statsmodels, one sample at a time.

Arrays end in two axes: candidates of parameters, then samples. Samples end together and are in
order of their start, the longest first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from rebalancing.models.validate import FloatArray

_TINY = 1e-280
# Candidates times samples that are evaluated together: more do not fit in the processor's cache.
_CHUNK = 8_000
_STEP = 2e-3
_LONGEST_STEP = 2.0
_LEAST_CURVATURE = 1e-6
# A sample is done when its step is no longer than the first; below the second it is taken as it is:
# near the end the function, minus twice a log-likelihood, cannot tell points apart, but its
# derivatives still can, so that machines that round otherwise come to the same point.
_END, _CLOSING = 1e-9, 1e-3
_MOST_STEPS = 200
# A slope smaller than this is rounding: nothing is known of where the function is lowest.
_ROUNDING = 1e-10
# A step that wins less than the first is on its way to a bound, and goes there at once if all that
# can be won on the way is as little; one that wins less than the second is the last.
_FLAT, _NOTHING = 1e-6, 1e-11
_SHRINK = np.array([1.0, 0.5, 0.2, 0.05, 0.01])


@dataclass(frozen=True)
class Samples:
    """Samples side by side, without their level and scale.

    Attributes:
        y: Time by samples; what is before a sample's start is zero.
        started: Number of samples that have started, by time.
        length: Number of observations by sample.
        last: What was taken out of each sample, its last value or its first.
        size: What each was divided by.
        order: Positions of the samples as they were given.
    """

    y: FloatArray
    started: npt.NDArray[np.int64]
    length: npt.NDArray[np.int64]
    last: FloatArray
    size: FloatArray
    order: npt.NDArray[np.int64]


Value = FloatArray | float
Objective = Callable[[FloatArray, Samples], FloatArray]


@dataclass(frozen=True)
class Columns:
    """The data and what is regressed on: observations and initial states, one row each.

    The first row is the data, whose observation is not used. A coefficient on an initial state has
    observation 0 and the state 1; a coefficient on a constant has observation -1.
    """

    observed: tuple[float, ...]
    first_state: tuple[float, ...]
    second_state: tuple[float, ...]


@dataclass(frozen=True)
class Filtered:
    """What the likelihood and the forecasts need.

    Attributes:
        ssr: Sum of squared standardised innovations at the best coefficients.
        log_determinant: Of the covariance of the innovations, up to the scale.
        log_information: Log determinant of the information about the coefficients.
        coefficients: One row per coefficient.
        states: The two states after the last observation, predicted for the next period.
        covariance: Of these: first, both, second; up to the scale.
    """

    ssr: FloatArray
    log_determinant: FloatArray
    log_information: FloatArray
    coefficients: FloatArray
    states: FloatArray
    covariance: tuple[FloatArray, FloatArray, FloatArray]


def stack(windows: FloatArray) -> Samples:
    """Return samples, one row each, missing before their start, side by side."""
    known = ~np.isnan(windows)
    length = known.sum(axis=1)
    order = np.argsort(-length, kind="stable")
    y, length = windows[order].T, length[order]
    last = y[-1].copy()
    centred = np.where(np.isnan(y), 0.0, y - last)
    change = np.diff(y, axis=0)
    size = np.sqrt(np.nanmean(change**2, axis=0))
    size = np.where(size > 0, size, 1.0)
    started = (centred / size)[len(y) - length[0] :]  # nothing is known before the longest
    return Samples(started, _started(length), length, last, size, order)


def from_first(samples: Samples) -> Samples:
    """Return samples less their first value in place of their last.

    A model that knows nothing of the level takes a first value that is far from zero for an
    enormous surprise, and what it then explains of it is lost in rounding.
    """
    lanes, start = np.arange(len(samples.length)), len(samples.y) - samples.length
    first = samples.y[start, lanes]
    known = np.arange(len(samples.y))[:, None] >= start
    relative = np.where(known, samples.y - first, 0.0)
    return replace(samples, y=relative, last=samples.last + samples.size * first)


def _started(length: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return how many samples have started, by time; the first is the longest."""
    return np.array([(length >= left).sum() for left in range(length[0], 0, -1)])


def _part(samples: Samples, kept: npt.NDArray[np.int64]) -> Samples:
    """Return some of the samples, in order."""
    length = samples.length[kept]
    y = samples.y[len(samples.y) - length[0] :, kept]
    return Samples(
        y, _started(length), length, samples.last[kept], samples.size[kept], samples.order[kept]
    )


def fixed_gain(
    samples: Samples,
    columns: Columns,
    alpha: FloatArray,
    beta: FloatArray | float = 0.0,
    phi: FloatArray | float = 1.0,
) -> Filtered:
    """Filter with given gains of level and slope, as in exponential smoothing."""
    shape = np.shape(alpha)
    beta, phi = np.broadcast_to(beta, shape), np.broadcast_to(phi, shape)
    state, ssp = _start(samples, columns, shape)
    observed = np.array(columns.observed)[:, None, None]
    for t, m in enumerate(samples.started):
        if m == 0:
            continue
        level, slope = state[:, 0, :, :m], state[:, 1, :, :m]
        grown = phi[:, :m] * slope
        forecast = level + grown
        v = observed - forecast
        v[0] += samples.y[t, :m]
        for i in range(len(v)):
            ssp[i, : i + 1, :, :m] += v[i] * v[: i + 1]
        state[:, 0, :, :m] = forecast + alpha[:, :m] * v
        state[:, 1, :, :m] = grown + beta[:, :m] * v
    zero = np.zeros(shape)
    return _concentrate(ssp, state, zero, (zero, zero, zero))


def kalman(
    samples: Samples,
    columns: Columns,
    transition: tuple[FloatArray | float, ...],
    disturbance: tuple[FloatArray | float, ...],
    noise: FloatArray | float,
    initial: tuple[FloatArray | float, ...],
    shape: tuple[int, int],
) -> Filtered:
    """Filter two states of which the first is observed, with noise.

    Args:
        samples: The data.
        columns: What is regressed on.
        transition: Row by row.
        disturbance: Covariance of the states' disturbances: first, both, second.
        noise: Variance of the observation's noise.
        initial: Covariance of the initial states: first, both, second.
        shape: Candidates by samples.
    """
    p1, p12, p2 = (np.array(np.broadcast_to(x, shape), dtype=float) for x in initial)
    state, ssp = _start(samples, columns, shape)
    observed = np.array(columns.observed)[:, None, None]
    logdet = np.zeros(shape)
    for t, m in enumerate(samples.started):
        if m == 0:
            continue
        s = (slice(None), slice(m))
        t11, t12, t21, t22, q1, q12, q2, h = (
            x if isinstance(x, float) else x[s] for x in (*transition, *disturbance, noise)
        )
        first, second = state[:, 0, :, :m], state[:, 1, :, :m]
        v = observed - first
        v[0] += samples.y[t, :m]
        c, d, e = p1[s], p12[s], p2[s]
        f = np.maximum(c + h, _TINY)
        logdet[s] += np.log(f)
        w = v / f
        for i in range(len(v)):
            ssp[i, : i + 1, :, :m] += w[i] * v[: i + 1]
        m1, m2 = _sum(t11, c, t12, d), _sum(t21, c, t22, d)
        n1, n2 = _sum(t11, d, t12, e), _sum(t21, d, t22, e)
        before = _sum(t11, first, t12, second)
        state[:, 1, :, :m] = _sum(t21, first, t22, second) + m2 * w
        state[:, 0, :, :m] = before + m1 * w
        p1[s] = np.maximum(_sum(m1, t11, n1, t12) - m1 * m1 / f + q1, 0)
        p12[s] = _sum(m1, t21, n1, t22) - m1 * m2 / f + q12
        p2[s] = np.maximum(_sum(m2, t21, n2, t22) - m2 * m2 / f + q2, 0)
    return _concentrate(ssp, state, logdet, (p1, p12, p2))


def _sum(a: Value, b: Value, c: Value, d: Value) -> Value:
    """Return ab + cd; where factors are the numbers 0 and 1, without computing with them."""
    first, second = _product(a, b), _product(c, d)
    if isinstance(first, float) and first == 0:
        return second
    if isinstance(second, float) and second == 0:
        return first
    return first + second


def _product(a: Value, b: Value) -> Value:
    for one, other in ((a, b), (b, a)):
        if isinstance(one, float) and one in (0, 1):
            return other if one else 0.0
    return a * b


def minimise(
    function: Objective, grid: FloatArray, bounds: FloatArray, samples: Samples
) -> FloatArray:
    """Return where a function is lowest, sample by sample.

    The best point of a grid, then Newton steps with derivatives from differences; where the
    function is not convex the step goes down along the eigenvectors all the same.

    Args:
        function: From parameters by candidates by samples, and the samples, to candidates by
            samples.
        grid: Parameters by points.
        bounds: Parameters by two: lowest and highest.
        samples: The data.

    Returns:
        Parameters by samples.
    """
    count = len(samples.length)
    size = max(1, _CHUNK // count)
    values = np.concatenate(
        [
            function(np.repeat(grid[:, i : i + size, None], count, axis=2), samples)
            for i in range(0, grid.shape[1], size)
        ]
    )
    x, best = grid[:, values.argmin(axis=0)], values.min(axis=0)
    left, part = np.arange(count), samples
    for _ in range(_MOST_STEPS):
        x[:, left], best[left], going = _descend(function, x[:, left], best[left], bounds, part)
        if not going.any():
            break
        if not going.all():
            left, part = left[going], _part(part, np.flatnonzero(going))
    return np.asarray(x)


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
        value = function(at_bound[:, None], _part(samples, slow))[0]
        taken = (value < best[slow] + _NOTHING) & (value > best[slow] - _FLAT)
        x[:, slow[taken]], best[slow[taken]] = at_bound[:, taken], value[taken]
    return x, best, better & (length > _END) & (closing | (won > _NOTHING))


def _to_bound(x: FloatArray, step: FloatArray, bounds: FloatArray) -> FloatArray:
    """Return points with the parameter that a step changes most at the bound that it goes to."""
    lanes, most = np.arange(x.shape[1]), np.abs(step).argmax(axis=0)
    moved = x.copy()
    moved[most, lanes] = np.where(step[most, lanes] > 0, bounds[most, 1], bounds[most, 0])
    return moved


def _start(
    samples: Samples, columns: Columns, shape: tuple[int, ...]
) -> tuple[FloatArray, FloatArray]:
    """Return the initial states, and room for the sums of squares and products."""
    k = len(columns.observed)
    state = np.zeros((k, 2, *shape))
    state[:, 0] = np.array(columns.first_state)[:, None, None]
    state[:, 1] = np.array(columns.second_state)[:, None, None]
    return state, np.zeros((k, k, *shape))


def _concentrate(
    ssp: FloatArray,
    state: FloatArray,
    logdet: FloatArray,
    covariance: tuple[FloatArray, FloatArray, FloatArray],
) -> Filtered:
    """Return the filter's results at the best regression coefficients."""
    k = len(ssp) - 1
    ssr, information = ssp[0, 0], np.zeros_like(logdet)
    coefficients = np.zeros((k, *logdet.shape))
    if k == 1:
        xx = np.maximum(ssp[1, 1], _TINY)
        coefficients[0] = -ssp[1, 0] / xx
        ssr = ssr + coefficients[0] * ssp[1, 0]
        information = np.log(xx)
    elif k == 2:
        xx, xz, zz, xy, zy = ssp[1, 1], ssp[2, 1], ssp[2, 2], ssp[1, 0], ssp[2, 0]
        det = np.maximum(xx * zz - xz**2, _TINY)
        coefficients[0] = -(zz * xy - xz * zy) / det
        coefficients[1] = -(xx * zy - xz * xy) / det
        ssr = ssr + coefficients[0] * xy + coefficients[1] * zy
        information = np.log(det)
    at_best = state[0] + np.einsum("k...,ks...->s...", coefficients, state[1:])
    if k:
        covariance = _with_coefficients(ssp, state, covariance)
    return Filtered(np.maximum(ssr, _TINY), logdet, information, coefficients, at_best, covariance)


def _with_coefficients(
    ssp: FloatArray, state: FloatArray, covariance: tuple[FloatArray, FloatArray, FloatArray]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the covariance of the states with what the coefficients' uncertainty adds."""
    p1, p12, p2 = covariance
    if len(ssp) == 2:
        inverse = 1 / np.maximum(ssp[1, 1], _TINY)
        a, b = state[1]
        return p1 + a * a * inverse, p12 + a * b * inverse, p2 + b * b * inverse
    xx, xz, zz = ssp[1, 1], ssp[2, 1], ssp[2, 2]
    det = np.maximum(xx * zz - xz**2, _TINY)
    (a1, b1), (a2, b2) = state[1], state[2]

    def product(left: tuple[FloatArray, ...], right: tuple[FloatArray, ...]) -> FloatArray:
        cross = left[0] * right[1] + left[1] * right[0]
        return np.asarray((left[0] * right[0] * zz - cross * xz + left[1] * right[1] * xx) / det)

    first, second = (a1, a2), (b1, b2)
    return p1 + product(first, first), p12 + product(first, second), p2 + product(second, second)


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

    It goes along a bound that it would lead out of.
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
    gradient = np.where(held, 0.0, gradient)
    fixed = held.T[:, :, None] | held.T[:, None]
    hessian = np.where(fixed, np.eye(k), hessian / _STEP**2)
    roots, vectors = np.linalg.eigh(hessian)
    curvature = np.maximum(np.abs(roots), _LEAST_CURVATURE)
    slopes = np.einsum("nij,in->nj", vectors, gradient)
    along = np.where(np.abs(slopes) > _ROUNDING, slopes, 0.0) / curvature
    step = -np.einsum("nij,nj->in", vectors, along)
    longest = np.abs(step).max(axis=0)
    return np.asarray(step * np.minimum(1, _LONGEST_STEP / np.maximum(longest, _TINY)))
