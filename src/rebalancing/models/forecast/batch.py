"""Likelihoods of small state-space models for many samples at once.

A backtest estimates each model on some 1500 samples. One at a time that takes minutes; here the
filters run over all samples side by side, a step of time at a time. The models have two states,
and unknown means or initial states enter as regression coefficients (de Jong 1991, The diffuse
Kalman filter, Annals of Statistics 19), which with the scale drop out of the likelihood in closed
form. The tests hold the results against those of statsmodels, one sample at a time.

Arrays end in two axes: candidates of parameters, then samples. Samples end together and are in
order of their start, the longest first. Parameters that all samples share have one column: then the
filter's gains, and all that is regressed on, are computed once for all samples, which must be of
one length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from rebalancing.models.validate import FloatArray

_TINY = 1e-280
# A logarithm takes as long as a dozen products: variances are multiplied first.
_BETWEEN_LOGS = 8


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
States = tuple[FloatArray, FloatArray]  # the first and the second, of one column
Products = list[list[FloatArray]]  # of columns, by the later of the two and the earlier


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


def part_of(samples: Samples, kept: npt.NDArray[np.int64]) -> Samples:
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
    states, ssp = _start(samples, columns, shape)
    for t, m in enumerate(samples.started):
        if m == 0:
            continue
        innovations = []
        for observed, (level, slope) in zip(_observed(samples, columns, t), states, strict=True):
            grown = phi[:, :m] * slope[:, :m]
            forecast = level[:, :m] + grown
            v = observed - forecast
            level[:, :m] = forecast + alpha[:, :m] * v
            slope[:, :m] = grown + beta[:, :m] * v
            innovations.append(v)
        _add_products(ssp, innovations, innovations, m)
    zero = np.zeros(shape)
    return _concentrate(ssp, states, zero, (zero, zero, zero))


@dataclass(frozen=True)
class Autoregressive:
    """How the states of an autoregression of order two move on, in Harvey's form."""

    phi1: FloatArray
    phi2: FloatArray

    def of_first(self, m: int) -> Autoregressive:
        """Return the transition of the first samples."""
        return Autoregressive(self.phi1[:, :m], self.phi2[:, :m])

    def first(self, x: FloatArray, y: FloatArray) -> FloatArray:
        """Return the next first state."""
        return self.phi1 * x + y

    def second(self, x: FloatArray, y: FloatArray) -> FloatArray:
        """Return the next second state."""
        return self.phi2 * x


@dataclass(frozen=True)
class Trend:
    """How a level and its slope move on."""

    damping: FloatArray

    def of_first(self, m: int) -> Trend:
        """Return the transition of the first samples."""
        return Trend(self.damping[:, :m])

    def first(self, x: FloatArray, y: FloatArray) -> FloatArray:
        """Return the next level."""
        return x + y

    def second(self, x: FloatArray, y: FloatArray) -> FloatArray:
        """Return the next slope."""
        return self.damping * y


def kalman(
    samples: Samples,
    columns: Columns,
    transition: Autoregressive | Trend,
    disturbance: tuple[Value, Value, Value],
    noise: Value,
    initial: tuple[Value, Value, Value],
    shape: tuple[int, ...],
) -> Filtered:
    """Filter two states of which the first is observed, with noise.

    Args:
        samples: The data.
        columns: What is regressed on.
        transition: How the states move on.
        disturbance: Covariance of the states' disturbances: first, both, second.
        noise: Variance of the observation's noise.
        initial: Covariance of the initial states: first, both, second.
        shape: Candidates by samples, or by one where all samples share the parameters.
    """
    p1, p12, p2 = (np.array(np.broadcast_to(x, shape), dtype=float) for x in initial)
    states, ssp = _start(samples, columns, shape)
    logdet, determinant = np.zeros(shape), np.ones(shape)
    before = 0
    for t, m in enumerate(samples.started):
        if m == 0:
            continue
        s = (slice(None), slice(m))
        if m > before:
            move, before = transition.of_first(m), m
            q1, q12, q2, h = (x if isinstance(x, float) else x[s] for x in (*disturbance, noise))
        c, d, e = p1[s], p12[s], p2[s]
        f = np.maximum(c + h, _TINY)
        determinant[s] *= f
        if t % _BETWEEN_LOGS == 0:
            logdet += np.log(np.maximum(determinant, _TINY))
            determinant[:] = 1
        m1, m2 = move.first(c, d), move.second(c, d)
        n1, n2 = move.first(d, e), move.second(d, e)
        precision = 1 / f
        gain1, gain2 = m1 * precision, m2 * precision
        innovations, weighted = [], []
        for observed, (first, second) in zip(_observed(samples, columns, t), states, strict=True):
            v = observed - first[s]
            moved = move.second(first[s], second[s])
            first[s] = move.first(first[s], second[s]) + gain1 * v
            second[s] = moved + gain2 * v
            innovations.append(v)
            weighted.append(v * precision)
        _add_products(ssp, weighted, innovations, m)
        p1[s] = np.maximum(move.first(m1, n1) - m1 * gain1 + q1, 0)
        p12[s] = move.second(m1, n1) - m1 * gain2 + q12
        p2[s] = np.maximum(move.second(m2, n2) - m2 * gain2 + q2, 0)
    logdet += np.log(np.maximum(determinant, _TINY))
    return _concentrate(ssp, states, logdet, (p1, p12, p2))


def _observed(samples: Samples, columns: Columns, t: int) -> list[Value]:
    """Return what is observed at a time: of the samples that have started, and of the columns."""
    return [samples.y[t, : samples.started[t]], *columns.observed[1:]]


def _add_products(
    sums: Products, left: Sequence[FloatArray], right: Sequence[FloatArray], m: int
) -> None:
    """Add to the sums of products of the first samples, which have started."""
    for i, one in enumerate(left):
        for j in range(i + 1):
            sums[i][j][:, :m] += one * right[j]


def _start(
    samples: Samples, columns: Columns, shape: tuple[int, ...]
) -> tuple[list[States], Products]:
    """Return the initial states, and room for the sums of squares and products."""
    of_samples = (shape[0], len(samples.length))
    shapes = [of_samples, *[shape] * (len(columns.observed) - 1)]
    states = [
        (np.full(size, first), np.full(size, second))
        for size, first, second in zip(
            shapes, columns.first_state, columns.second_state, strict=True
        )
    ]
    products = [[np.zeros(shapes[min(i, j)]) for j in range(i + 1)] for i in range(len(shapes))]
    return states, products


def _concentrate(
    ssp: Products,
    states: Sequence[States],
    logdet: FloatArray,
    covariance: tuple[FloatArray, FloatArray, FloatArray],
) -> Filtered:
    """Return the filter's results at the best regression coefficients."""
    k = len(ssp) - 1
    ssr, information = ssp[0][0], np.zeros_like(logdet)
    coefficients = np.zeros((k, *ssr.shape))
    if k == 1:
        xx = np.maximum(ssp[1][1], _TINY)
        coefficients[0] = -ssp[1][0] / xx
        ssr = ssr + coefficients[0] * ssp[1][0]
        information = np.log(xx)
    elif k == 2:
        xx, xz, zz, xy, zy = ssp[1][1], ssp[2][1], ssp[2][2], ssp[1][0], ssp[2][0]
        det = np.maximum(xx * zz - xz**2, _TINY)
        coefficients[0] = -(zz * xy - xz * zy) / det
        coefficients[1] = -(xx * zy - xz * xy) / det
        ssr = ssr + coefficients[0] * xy + coefficients[1] * zy
        information = np.log(det)
    at_best = np.stack(states[0])
    for state in (0, 1):
        for coefficient, column in zip(coefficients, states[1:], strict=True):
            at_best[state] += coefficient * column[state]
    if k:
        covariance = _with_coefficients(ssp, states, covariance)
    return Filtered(np.maximum(ssr, _TINY), logdet, information, coefficients, at_best, covariance)


def _with_coefficients(
    ssp: Products,
    states: Sequence[States],
    covariance: tuple[FloatArray, FloatArray, FloatArray],
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the covariance of the states with what the coefficients' uncertainty adds."""
    p1, p12, p2 = covariance
    if len(ssp) == 2:
        inverse = 1 / np.maximum(ssp[1][1], _TINY)
        a, b = states[1]
        return p1 + a * a * inverse, p12 + a * b * inverse, p2 + b * b * inverse
    xx, xz, zz = ssp[1][1], ssp[2][1], ssp[2][2]
    det = np.maximum(xx * zz - xz**2, _TINY)
    (a1, b1), (a2, b2) = states[1], states[2]

    def product(left: tuple[FloatArray, ...], right: tuple[FloatArray, ...]) -> FloatArray:
        cross = left[0] * right[1] + left[1] * right[0]
        return np.asarray((left[0] * right[0] * zz - cross * xz + left[1] * right[1] * xx) / det)

    first, second = (a1, a2), (b1, b2)
    return p1 + product(first, first), p12 + product(first, second), p2 + product(second, second)
