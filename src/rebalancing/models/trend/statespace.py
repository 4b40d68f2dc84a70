"""Exact diffuse maximum likelihood of the trend models; statsmodels smooths at the optimum.

The scale is concentrated out of the likelihood, so that only the ratios of the variances are
searched; and because the optimum often lies where some variance is zero, every set of variances
that may be positive is searched in its own right and the results are compared. A general optimiser
on the variances themselves stops early and can only come near to zero.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from statsmodels.tsa.statespace.initialization import Initialization
from statsmodels.tsa.statespace.kalman_smoother import KalmanSmoother

from rebalancing.models.trend import likelihood
from rebalancing.models.trend.likelihood import Array
from rebalancing.models.validate import FloatArray, ModelInputError

VARIANCES = ("irregular", "level", "slope")
DAMPING_LIMIT = 0.98

# Logarithms of a variance over the first positive one: where to start, and how far to go.
_COARSE = np.log(10) * np.arange(-7.0, 7.1, 1.0)
_FINE = np.log(10) * np.unique(np.r_[-7.0:7.1:1.0, np.arange(-9, 10) / 3])
_RATIO_BOUNDS = (-9 * np.log(10), 9 * np.log(10))
_DAMPINGS = np.array([0.05, 0.2, 0.4, 0.6, 0.8, 0.95])
# A variance is zero if the log-likelihood without it is less than half of this below the highest.
_TIE = 2e-6
# A series nearer to a straight line than this, relative to its size, is one up to rounding.
_ROUNDING = 1e-11


@dataclass(frozen=True)
class TrendEstimate:
    """Variances and smoothed states, one row per state: the level, then any slope.

    The damping is 1 where none was asked for and 0 where a damped slope is zero throughout.
    """

    variances: dict[str, float]
    damping: float
    loglike: float
    states: FloatArray
    standard_errors: FloatArray

    @property
    def at_boundary(self) -> tuple[str, ...]:
        """Names of the variances that are zero, and "damping" if it is at its limit."""
        zero = tuple(name for name, value in self.variances.items() if value == 0)
        return (*zero, "damping") if abs(self.damping - DAMPING_LIMIT) < 1e-6 else zero


@dataclass(frozen=True)
class _Scale:
    """The straight line and the size taken out of the data before estimation."""

    line: FloatArray
    size: float


def estimate(y: FloatArray, *, slope: bool, damped: bool = False) -> TrendEstimate:
    """Return the trend model of highest likelihood."""
    scale = _scale(y, slope=slope and not damped)
    x = (y - scale.line) / scale.size
    variances, damping = _maximise(x, slope=slope, damped=damped)
    ssm = _filter(x, slope=slope)
    return _smooth(ssm, scale, variances, damping)


def smooth(y: FloatArray, irregular: float, level: float, slope: float) -> TrendEstimate:
    """Return the local linear trend with the given ratios of variances and the likeliest scale."""
    scale = _scale(y, slope=True)
    ssm = _filter((y - scale.line) / scale.size, slope=True)
    return _smooth(ssm, scale, np.array([irregular, level, slope]), 1.0)


def _scale(y: FloatArray, *, slope: bool) -> _Scale:
    """Return what to take out: a line where the model absorbs any line, else the mean."""
    time = np.linspace(-1, 1, len(y))
    fit = np.polynomial.Polynomial.fit(time, y, deg=1 if slope else 0)
    line = np.asarray(fit(time), dtype=float)
    size = float(np.std(y - line))
    if size <= _ROUNDING * np.abs(y).max():
        raise ModelInputError(
            "y: the values lie exactly on a straight line, so there is no trend to estimate; "
            "leave this series out or check that it was not interpolated"
        )
    return _Scale(line, size)


def _filter(x: FloatArray, *, slope: bool) -> KalmanSmoother:
    """Return the filter of the data with everything set but variances and damping."""
    states = 2 if slope else 1
    ssm = KalmanSmoother(k_endog=1, k_states=states, k_posdef=states)
    ssm.bind(np.ascontiguousarray(x[:, None]))
    ssm["design", 0, 0] = 1.0
    ssm["transition"] = np.triu(np.ones((states, states)))
    ssm["selection"] = np.eye(states)
    ssm.initialize_diffuse()
    return ssm


def _set(ssm: KalmanSmoother, variances: FloatArray, damping: float) -> None:
    """Give the filter its variances (irregular, level and any slope) and damping."""
    ssm["obs_cov", 0, 0] = variances[0]
    for state, variance in enumerate(variances[1:]):
        ssm["state_cov", state, state] = variance
    if damping < 1:
        ssm["transition", 1, 1] = damping
        start = Initialization(ssm.k_states)
        start.set(0, "diffuse")
        start.set(1, "known", [0.0], [[variances[2] / (1 - damping**2)]])
        ssm.initialize(start)


def _maximise(y: FloatArray, *, slope: bool, damped: bool) -> tuple[FloatArray, float]:
    """Return the likeliest ratios of the variances and damping; the fewest positive on a tie."""
    count = 3 if slope else 2
    found = [
        _search(y, positive, count, damped=damped)
        for size in range(1, count + 1)
        for positive in itertools.combinations(range(count), size)
    ]
    lowest = min(deviance for deviance, _, _ in found)
    return next(
        (variances, damping) for deviance, variances, damping in found if deviance <= lowest + _TIE
    )


def _search(
    y: FloatArray, positive: tuple[int, ...], count: int, *, damped: bool
) -> tuple[float, FloatArray, float]:
    """Return the lowest deviance, and where, with only some of the variances positive."""
    ratios = len(positive) - 1
    free_damping = damped and 2 in positive
    diffuse_slope = count == 3 and not damped

    def unpack(points: Array) -> tuple[Array, Array]:
        variances = np.zeros((3, points.shape[1]), points.dtype)
        variances[positive[0]] = 1.0
        variances[list(positive[1:])] = np.exp(points[:ratios])
        if free_damping:
            return variances, points[-1]
        # A damped slope without disturbances is zero, whatever the damping.
        return variances, np.full(points.shape[1], 1.0 if diffuse_slope else 0.0)

    def function(points: Array) -> Array:
        return likelihood.deviance(y, *unpack(points), diffuse_slope=diffuse_slope)

    axes = [_COARSE] * ratios + [_DAMPINGS] if free_damping else [_FINE] * ratios
    bounds = np.array([_RATIO_BOUNDS] * ratios + [(0.0, DAMPING_LIMIT)] * free_damping)
    lowest, point = likelihood.minimise(function, axes, bounds)
    variances, damping = unpack(point[:, None])
    return lowest, variances[:count, 0], float(damping[0]) if damped else 1.0


def _smooth(
    ssm: KalmanSmoother, scale: _Scale, variances: FloatArray, damping: float
) -> TrendEstimate:
    """Return the smoothed states in the units of the data, at the likeliest scale."""
    _set(ssm, variances, damping)
    ssm.filter_concentrated = True
    variances = variances * float(ssm.filter().scale)
    _set(ssm, variances, damping)
    ssm.filter_concentrated = False
    result = ssm.smooth()
    n = len(scale.line)
    states = result.smoothed_state * scale.size
    states[0] += scale.line
    if ssm.k_states == 2 and damping == 1:
        states[1] += scale.line[1] - scale.line[0]
    diagonal = np.diagonal(result.smoothed_state_cov).T
    named = zip(VARIANCES, (variances * scale.size**2).tolist(), strict=False)
    return TrendEstimate(
        variances=dict(named),
        damping=damping,
        # Diffuse observations carry no scale: their density is improper.
        loglike=float(result.llf) - (n - result.nobs_diffuse) * np.log(scale.size),
        states=states,
        standard_errors=np.sqrt(np.maximum(diagonal, 0)) * scale.size,
    )
