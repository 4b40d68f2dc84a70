"""Samples side by side, and filters of small state-space models over all of them at once.

A backtest estimates each model on some 1500 samples. The likeliest parameters come from
`likelihoods`; here a filter with two states runs once at these, a step of time at a time, for the
states and their covariance. Unknown means or initial states enter as regression coefficients (de
Jong 1991, The diffuse Kalman filter, Annals of Statistics 19), which with the scale drop out of the
likelihood in closed form. The tests hold the results against those of statsmodels, one sample at a
time.

Samples start together and are in order of their end, the longest first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from rebalancing.models.validate import FloatArray

_TINY = 1e-280
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Samples:
    """Samples side by side, without their level and scale.

    Attributes:
        y: Time by samples; what is after a sample's end is zero.
        active: Number of samples that have not ended, by time.
        length: Number of observations by sample.
        last: What was taken out of each sample, its last value or its first.
        size: What each was divided by.
        order: Positions of the samples as they were given.
    """

    y: FloatArray
    active: Counts
    length: Counts
    last: FloatArray
    size: FloatArray
    order: Counts


ArrayOrFloat = FloatArray | float
States = tuple[FloatArray, FloatArray]  # the first and the second, of one column
Products = list[list[FloatArray]]  # of columns, by the later of the two and the earlier


@dataclass(frozen=True)
class RegressionColumns:
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
        coefficients: One row per coefficient.
        states: The two states after the last observation, predicted for the next period.
        covariance: Of these: first, both, second; up to the scale.
    """

    ssr: FloatArray
    log_determinant: FloatArray
    coefficients: FloatArray
    states: FloatArray
    covariance: tuple[FloatArray, FloatArray, FloatArray]


def stack(windows: FloatArray) -> Samples:
    """Return samples, one row each, missing before their start, side by side."""
    length = (~np.isnan(windows)).sum(axis=1)
    order = np.argsort(-length, kind="stable")
    windows, length = windows[order], length[order]
    last = windows[:, -1].copy()
    size = np.sqrt(np.nanmean(np.diff(windows, axis=1) ** 2, axis=1))
    size = np.where(size > 0, size, 1.0)
    y = np.zeros((length[0], len(windows)))
    for lane, (row, n) in enumerate(
        zip((windows - last[:, None]) / size[:, None], length, strict=True)
    ):
        y[:n, lane] = row[len(row) - n :]
    return Samples(y, _active(length), length, last, size, order)


def from_first(samples: Samples) -> Samples:
    """Return samples less their first value in place of their last.

    A model that knows nothing of the level takes a first value that is far from zero for an
    enormous surprise, and what it then explains of it is lost in rounding.
    """
    first = samples.y[0]
    relative = np.where(known(samples), samples.y - first, 0.0)
    return replace(samples, y=relative, last=samples.last + samples.size * first)


def known(samples: Samples) -> npt.NDArray[np.bool_]:
    """Return, time by samples, where a sample has not ended."""
    return np.asarray(np.arange(len(samples.y))[:, None] < samples.length)


def _active(length: Counts) -> Counts:
    """Return how many samples have not ended, by time; the first is the longest."""
    return np.array([(length > time).sum() for time in range(length[0])])


def part_of(samples: Samples, kept: Counts) -> Samples:
    """Return some of the samples, in order."""
    length = samples.length[kept]
    y = samples.y[: length[0], kept]
    return Samples(
        y, _active(length), length, samples.last[kept], samples.size[kept], samples.order[kept]
    )


def fixed_gain(
    samples: Samples,
    columns: RegressionColumns,
    alpha: FloatArray,
    beta: ArrayOrFloat = 0.0,
    phi: ArrayOrFloat = 1.0,
) -> Filtered:
    """Filter with given gains of level and slope, as in exponential smoothing."""
    beta, phi = np.broadcast_to(beta, alpha.shape), np.broadcast_to(phi, alpha.shape)
    states, ssp = _start(samples, columns)
    for t, m in enumerate(samples.active):
        innovations = []
        for observed, (level, slope) in zip(_observed(samples, columns, t), states, strict=True):
            grown = phi[:m] * slope[:m]
            forecast = level[:m] + grown
            v = observed - forecast
            level[:m] = forecast + alpha[:m] * v
            slope[:m] = grown + beta[:m] * v
            innovations.append(v)
        add_products(ssp, innovations, innovations, m)
    zero = np.zeros(alpha.shape)
    return _concentrate(ssp, states, zero, (zero, zero, zero))


@dataclass(frozen=True)
class Autoregressive:
    """How the states of an autoregression of order two move on, in Harvey's form."""

    phi1: FloatArray
    phi2: FloatArray

    def of_first(self, m: int) -> Autoregressive:
        """Return the transition of the first samples."""
        return Autoregressive(self.phi1[:m], self.phi2[:m])

    def first(self, x: FloatArray, y: FloatArray) -> FloatArray:
        """Return the next first state."""
        return self.phi1 * x + y

    def second(self, x: FloatArray, y: FloatArray) -> FloatArray:
        """Return the next second state."""
        return self.phi2 * x


@dataclass(frozen=True)
class DampedTrend:
    """How a level and its slope move on."""

    damping: FloatArray

    def of_first(self, m: int) -> DampedTrend:
        """Return the transition of the first samples."""
        return DampedTrend(self.damping[:m])

    def first(self, x: FloatArray, y: FloatArray) -> FloatArray:
        """Return the next level."""
        return x + y

    def second(self, x: FloatArray, y: FloatArray) -> FloatArray:
        """Return the next slope."""
        return self.damping * y


def kalman(
    samples: Samples,
    columns: RegressionColumns,
    transition: Autoregressive | DampedTrend,
    disturbance: tuple[ArrayOrFloat, ArrayOrFloat, ArrayOrFloat],
    noise: ArrayOrFloat,
    initial: tuple[ArrayOrFloat, ArrayOrFloat, ArrayOrFloat],
) -> Filtered:
    """Filter two states of which the first is observed, with noise.

    Args:
        samples: The data.
        columns: What is regressed on.
        transition: How the states move on.
        disturbance: Covariance of the states' disturbances: first, both, second.
        noise: Variance of the observation's noise.
        initial: Covariance of the initial states: first, both, second.
    """
    shape = samples.length.shape
    p1, p12, p2 = (np.array(np.broadcast_to(x, shape), dtype=float) for x in initial)
    states, ssp = _start(samples, columns)
    logdet = np.zeros(shape)
    for t, m in enumerate(samples.active):
        move = transition.of_first(m)
        q1, q12, q2, h = (x if isinstance(x, float) else x[:m] for x in (*disturbance, noise))
        c, d, e = p1[:m], p12[:m], p2[:m]
        f = np.maximum(c + h, _TINY)
        logdet[:m] += np.log(f)
        m1, m2 = move.first(c, d), move.second(c, d)
        n1, n2 = move.first(d, e), move.second(d, e)
        precision = 1 / f
        gain1, gain2 = m1 * precision, m2 * precision
        innovations, weighted = [], []
        for observed, (first, second) in zip(_observed(samples, columns, t), states, strict=True):
            v = observed - first[:m]
            moved = move.second(first[:m], second[:m])
            first[:m] = move.first(first[:m], second[:m]) + gain1 * v
            second[:m] = moved + gain2 * v
            innovations.append(v)
            weighted.append(v * precision)
        add_products(ssp, weighted, innovations, m)
        p1[:m] = np.maximum(move.first(m1, n1) - m1 * gain1 + q1, 0)
        p12[:m] = move.second(m1, n1) - m1 * gain2 + q12
        p2[:m] = np.maximum(move.second(m2, n2) - m2 * gain2 + q2, 0)
    return _concentrate(ssp, states, logdet, (p1, p12, p2))


def _observed(samples: Samples, columns: RegressionColumns, t: int) -> list[ArrayOrFloat]:
    """Return what is observed at a time: of the samples that go on, and of the columns."""
    return [samples.y[t, : samples.active[t]], *columns.observed[1:]]


def _start(samples: Samples, columns: RegressionColumns) -> tuple[list[States], Products]:
    """Return the initial states, and room for the sums of squares and products."""
    count = len(samples.length)
    states = [
        (np.full(count, first), np.full(count, second))
        for first, second in zip(columns.first_state, columns.second_state, strict=True)
    ]
    return states, room_for_products(len(states), (count,))


def room_for_products(columns: int, shape: tuple[int, ...]) -> Products:
    """Return zeros to which products of columns are added."""
    return [[np.zeros(shape) for _ in range(i + 1)] for i in range(columns)]


def add_products(
    sums: Products, left: Sequence[ArrayOrFloat], right: Sequence[ArrayOrFloat], m: int
) -> None:
    """Add to the sums of products of the first samples, which have not ended."""
    for i, one in enumerate(left):
        for j in range(i + 1):
            sums[i][j][..., :m] += one * right[j]


def regress(ssp: Products) -> tuple[FloatArray, list[FloatArray]]:
    """Regress the first column on the others, two at most.

    Returns:
        The sum of squares that is left, and the coefficients, with which the others are added.
    """
    ssr, coefficients = ssp[0][0], []
    if len(ssp) == 2:
        coefficients = [-ssp[1][0] / np.maximum(ssp[1][1], _TINY)]
    elif len(ssp) == 3:
        xx, xz, zz, xy, zy = ssp[1][1], ssp[2][1], ssp[2][2], ssp[1][0], ssp[2][0]
        det = np.maximum(xx * zz - xz**2, _TINY)
        coefficients = [-(zz * xy - xz * zy) / det, -(xx * zy - xz * xy) / det]
    for coefficient, (product, *_) in zip(coefficients, ssp[1:], strict=True):
        ssr = ssr + coefficient * product
    return np.maximum(ssr, _TINY), coefficients


def _concentrate(
    ssp: Products,
    states: Sequence[States],
    logdet: FloatArray,
    covariance: tuple[FloatArray, FloatArray, FloatArray],
) -> Filtered:
    """Return the filter's results at the best regression coefficients."""
    ssr, coefficients = regress(ssp)
    at_best = np.stack(states[0])
    for state in (0, 1):
        for coefficient, column in zip(coefficients, states[1:], strict=True):
            at_best[state] += coefficient * column[state]
    if coefficients:
        covariance = _with_coefficients(ssp, states, covariance)
    return Filtered(ssr, logdet, np.array(coefficients), at_best, covariance)


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
