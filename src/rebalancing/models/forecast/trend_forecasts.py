"""Forecasts from the local linear trend, with and without damping, by exact diffuse likelihood.

The model and its likelihood are those of `rebalancing.models.trend`, here maximised for many
samples at once. Forecasts include the uncertainty of the last level and slope; variances are taken
as known.
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from rebalancing.models.forecast import batch, likelihoods
from rebalancing.models.forecast._moments import Moments, restore
from rebalancing.models.forecast.search import minimise
from rebalancing.models.trend import likelihood, statespace
from rebalancing.models.validate import FloatArray

# Where the search starts, in logarithms: the level's variance over the irregular's, and the slope's
# variance over the sum of those two.
_LEVEL_RATIOS = np.array([-9.0, -6.0, -4.0, -2.5, -1.0, 0.0, 1.0, 2.5, 4.0, 6.0, 9.0])
_SLOPE_RATIOS = np.array([-16.0, -10.0, -7.5, -6.0, -4.5, -3.0, -1.5, 0.0, 2.0, 5.0])
# The bounds of the search: beyond them the likelihood is so flat that rounding would decide. For a
# damped slope the lower bound is higher. Such a slope starts around zero, with a spread in
# proportion to its variance; so a small variance keeps it near zero throughout, and the likelihood
# becomes flat sooner.
_LEVEL_BOUNDS, _SLOPE_BOUNDS, _DAMPED_BOUNDS = (-20.0, 10.0), (-20.0, 8.0), (-12.5, 8.0)
# The slope counts as constant if fixing it raises minus twice the log-likelihood by less than this.
_TIE = 1e-3
_DAMPINGS = np.array([-1.5, 0.5, 2.5])
_DAMPING_BOUNDS = (-4.0, 11.5)
_BOTH_DIFFUSE = batch.RegressionColumns((0.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
_LEVEL_DIFFUSE = batch.RegressionColumns((0.0, 0.0), (0.0, 1.0), (0.0, 0.0))


def local_linear_trend(windows: FloatArray, horizon: int, *, damped: bool) -> Moments:
    """Forecast many samples, one row each, missing before their start."""
    samples = batch.from_first(batch.stack(windows))
    point = estimate(samples, damped=damped)
    return _forecast(samples, point, horizon, damped=damped)


def slope_is_constant(y: FloatArray, *, damped: bool) -> bool:
    """Return whether a constant slope fits as well."""
    samples = batch.stack(y[None])
    point = estimate(samples, damped=damped)[:, None]
    without = point.copy()
    without[2] = 0
    gap = deviance(samples, without, damped=damped) - deviance(samples, point, damped=damped)
    return bool(gap[0, 0] < _TIE)


def estimate(samples: batch.Samples, *, damped: bool) -> FloatArray:
    """Return the likeliest parameters by sample, as `deviance` takes them for a candidate.

    Args:
        samples: What to model.
        damped: Whether the slope fades.
    """

    def objective(point: FloatArray, part: batch.Samples) -> FloatArray:
        return deviance(part, variances_at(point, damped=damped), damped=damped)

    axes, limits = [_LEVEL_RATIOS, _SLOPE_RATIOS], [_LEVEL_BOUNDS, _SLOPE_BOUNDS]
    if damped:
        axes = [_LEVEL_RATIOS, _SLOPE_RATIOS[1:], _DAMPINGS]
        limits = [_LEVEL_BOUNDS, _DAMPED_BOUNDS, _DAMPING_BOUNDS]
    bounds = np.array(limits)
    grid = np.stack(np.meshgrid(*axes, indexing="ij")).reshape(len(axes), -1)
    return variances_at(minimise(objective, grid, bounds, samples), damped=damped)


def deviance(samples: batch.Samples, point: FloatArray, *, damped: bool) -> FloatArray:
    """Return minus twice the log-likelihood at the likeliest scale, up to a constant.

    It is that of the changes, each less the damping times the one before, as in
    `rebalancing.models.trend`.

    Args:
        samples: What is modelled.
        point: Irregular, level and slope variances, up to a scale, and the damping, each an array
            of candidates by samples.
        damped: Whether the slope fades.

    Returns:
        Candidates by samples.
    """
    damping, diffuse = point[3], diffuse_states(damped)
    moments = likelihood.moments(point[:3], damping, diffuse_slope=not damped)
    process = likelihoods.Process((damping,) if damped else (), *moments)
    y, active = np.diff(samples.y, n=diffuse, axis=0), samples.active[diffuse:]
    shape = (len(damping), len(samples.length))
    ssr, log_determinant = likelihoods.gaussian(y, active, process, shape)
    return np.asarray((samples.length - diffuse) * np.log(ssr) + log_determinant)


def diffuse_states(damped: bool) -> int:
    """Return how many states start out diffuse; a damped slope is stationary."""
    return 1 if damped else 2


def variances_at(point: FloatArray, *, damped: bool) -> FloatArray:
    """Return irregular, level and slope variances, up to a scale, and the damping."""
    level = expit(point[0])
    damping = statespace.DAMPING_LIMIT * expit(point[2]) if damped else np.ones_like(level)
    return np.stack([1 - level, level, np.exp(point[1]), damping])


def run_filter(samples: batch.Samples, point: FloatArray, *, damped: bool) -> batch.Filtered:
    """Run the filter over samples; arguments as for `deviance`, one candidate."""
    irregular, level, slope, damping = point
    initial = slope / (1 - damping**2) if damped else 0.0
    return batch.kalman(
        samples,
        _LEVEL_DIFFUSE if damped else _BOTH_DIFFUSE,
        transition=batch.DampedTrend(damping),
        disturbance=(level, 0.0, slope),
        noise=irregular,
        initial=(0.0, 0.0, initial),
    )


def _forecast(samples: batch.Samples, point: FloatArray, horizon: int, *, damped: bool) -> Moments:
    """Return forecasts of each sample at its own variances."""
    found = run_filter(samples, point, damped=damped)
    scale = found.ssr / (samples.length - diffuse_states(damped))
    irregular, q_level, q_slope, damping = point
    level, slope = found.states
    p1, p12, p2 = found.covariance
    n = len(level)
    mean, covariance = np.empty((n, horizon)), np.empty((n, horizon, horizon))
    for h in range(horizon):
        mean[:, h] = level
        covariance[:, h, h] = p1 + irregular
        # Covariance with the level j periods later: this level carries over in full, the slope as
        # far as it has not faded yet.
        lasting = np.zeros(n)
        for later in range(h + 1, horizon):
            lasting = 1 + damping * lasting
            covariance[:, h, later] = covariance[:, later, h] = p1 + lasting * p12
        level, slope = level + slope, damping * slope
        p1, p12 = p1 + 2 * p12 + p2 + q_level, damping * (p12 + p2)
        p2 = damping**2 * p2 + q_slope
    mean = mean * samples.size[:, None] + samples.last[:, None]
    covariance = covariance * (scale * samples.size**2)[:, None, None]
    return Moments(restore(mean, samples.order), restore(covariance, samples.order))
