"""Likelihoods of many samples at many points of their parameters, without states.

A Kalman filter carries states, their covariance, and what is regressed on. None of that is needed
once the data are filtered so that each value is correlated with the two before it at most: their
covariance then has five diagonals, and one pass over time factors it. The likelihood is the same up
to a constant, as that of differences is that of the data with diffuse initial states. The tests
hold it against the filters in `batch`.

Arrays end in two axes: candidates of parameters, then samples, which start together, the longest
first. Parameters that all samples share have one column, and so has what depends on them alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rebalancing.models.forecast import batch
from rebalancing.models.forecast.batch import ArrayOrFloat, Counts
from rebalancing.models.validate import FloatArray

# A logarithm takes as long as a dozen products: variances are multiplied first.
_BETWEEN_LOGS = 8
Values = tuple[ArrayOrFloat, ...]


@dataclass(frozen=True)
class Process:
    """A process with mean zero, up to its scale.

    Attributes:
        ar: Coefficients on the observation before, and on the one before that.
        moments: Variance of what these coefficients leave of an observation, and its covariance
            with the one before (None: zero). One pair for each period; the last pair holds from
            then on.
        apart: Covariance with the observation two periods before.
    """

    ar: Values
    moments: tuple[tuple[ArrayOrFloat, ArrayOrFloat | None], ...]
    apart: ArrayOrFloat | None = None


def gaussian(
    y: FloatArray, active: Counts, process: Process, shape: tuple[int, ...], *, mean: bool = False
) -> tuple[FloatArray, FloatArray]:
    """Return the sum of squared standardised innovations, and the log determinant.

    Args:
        y: Time by samples.
        active: Number of samples that have not ended, by time.
        process: What the samples are of.
        shape: Candidates by samples.
        mean: Whether the process has a mean, which then takes its likeliest value.
    """
    columns = (y, np.ones((len(y), 1))) if mean else (y,)
    sums = batch.room_for_products(len(columns), shape)
    logs, determinant = np.zeros(shape), np.ones(shape)
    # Of the last observation and the one before it: 1 / variance (precision, older) and
    # innovation / variance (latest, before). slope: coefficient of the last on the one before.
    precision, older, slope = 0.0, 0.0, 0.0
    latest = before = (0.0,) * len(columns)
    for t, m in enumerate(active):
        if t == 0 or m < active[t - 1]:
            ar, moments, apart = _of_first((process.ar, process.moments, process.apart), m)
            memory = _of_first((precision, older, slope, latest, before), m)
            precision, older, slope, latest, before = memory
        variance, beside = moments[min(t, len(moments) - 1)]
        innovations: Values = tuple(_filtered(column, ar, t, m) for column in columns)
        if beside is not None:
            own = beside if apart is None else beside - apart * slope
            slope = own * precision
            variance = variance - own * slope
            innovations = _less(innovations, own, latest)
        if apart is not None:
            variance = variance - apart * (apart * older)
            innovations = _less(innovations, apart, before)
        older, before = precision, latest
        precision = 1 / variance
        latest = tuple(v * precision for v in innovations)
        batch.add_products(sums, latest, innovations, m)
        determinant[:, :m] *= variance
        if t % _BETWEEN_LOGS == 0:
            logs += np.log(determinant)
            determinant[:] = 1
    return batch.regress(sums)[0], logs + np.log(determinant)


def smoothing(
    y: FloatArray,
    active: Counts,
    gains: tuple[FloatArray, FloatArray, FloatArray],
    *,
    unknown: int,
) -> FloatArray:
    """Return the sum of squared one-step errors of exponential smoothing.

    An error is the change, less phi times the change before, plus a combination of the two errors
    before it. What initial states add to the errors follows from the first two alone: it combines
    one series of responses with the same a period later, or with its changes, which rounding
    harms less.

    Args:
        y: Time by samples.
        active: Number of samples that have not ended, by time.
        gains: Of level and slope, and the damping; a single slope's or damping is that of all.
        unknown: Initial states that take their likeliest values: level and slope, or the level, or
            none, where the level starts at the first value. Without a slope only alpha counts.
    """
    alpha, beta, phi = gains
    change = np.diff(y, axis=0)
    ar: Values = (phi,)
    past: Values = (phi * (1 - beta) + 1 - alpha, phi * (alpha - 1))
    if unknown < 2:
        ar, past = (), (1 - alpha,)
    sums = batch.room_for_products(1 + unknown, (len(alpha), y.shape[1]))
    errors: Values = (0.0, 0.0)  # the last and the one before
    responses: Values = (1.0, 0.0)
    added: Values = (0.0, 1.0, 1.0)[: 1 + unknown]
    batch.add_products(sums, added, added, active[0])
    for t, m in enumerate(active[1:]):
        if t == 0 or m < active[t]:
            ar, past, errors, responses = _of_first((ar, past, errors, responses), m)
        error = _filtered(change, ar, t, m) + _combined(past, errors)
        response = _combined(past, responses)
        added = (error, response, response - responses[0])[: 1 + unknown]
        batch.add_products(sums, added, added, m)
        errors, responses = (error, errors[0]), (response, responses[0])
    return batch.regress(sums)[0]


def _filtered(y: FloatArray, ar: Values, t: int, m: int) -> FloatArray:
    """Return what an autoregression leaves of an observation."""
    left = y[t, :m]
    for lag, coefficient in enumerate(ar[:t], 1):
        left = left - coefficient * y[t - lag, :m]
    return left


def _less(values: Values, coefficient: ArrayOrFloat, earlier: Values) -> Values:
    """Return each value less a coefficient times an earlier one."""
    return tuple(v - coefficient * w for v, w in zip(values, earlier, strict=True))


def _combined(coefficients: Values, values: Values) -> ArrayOrFloat:
    """Return the sum of as many values as there are coefficients, each times its own."""
    first, *others = (a * x for a, x in zip(coefficients, values, strict=False))
    return first + others[0] if others else first


def _of_first(x: Any, m: int) -> Any:
    """Return the part of the first samples, of an array or of all in a tuple."""
    if isinstance(x, tuple):
        return tuple(_of_first(each, m) for each in x)
    return x[..., :m] if isinstance(x, np.ndarray) else x
