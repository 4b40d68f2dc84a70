"""Exponential smoothing (ETS) and the Theta method.

ETS models are compared by the likelihood in `batch`, the initial states concentrated out; for a
single sample statsmodels then estimates the model chosen, and the Theta method.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy.special import expit
from statsmodels.tools.sm_exceptions import ModelWarning
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.forecasting.theta import ThetaModel

from rebalancing.models.forecast import batch, likelihoods
from rebalancing.models.forecast._moments import Moments, from_responses, restore
from rebalancing.models.forecast.search import minimise
from rebalancing.models.validate import FloatArray

SmoothingTrend = Literal["none", "additive", "damped"]
# Trends of the models compared, with the number of parameters and initial states: Hyndman et al.
# (2008), in the notation of chapter 2: (A,N,N), (A,A,N), (A,Ad,N).
TRENDS: dict[SmoothingTrend, int] = {"none": 2, "additive": 4, "damped": 5}
_GAINS: dict[SmoothingTrend, int] = {"none": 1, "additive": 2, "damped": 3}  # with the damping
_EDGE = 1e-4
_DAMPING = (0.8, 0.98)
_LOGITS = np.array([-4.0, -2.0, -0.7, 0.7, 2.0, 5.0])
_LOGIT_BOUNDS = (-12.0, 12.0)
_LEVEL = batch.RegressionColumns((0.0, 0.0), (0.0, 1.0), (0.0, 0.0))
_LEVEL_AND_SLOPE = batch.RegressionColumns((0.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
UNKNOWN_STATES = {"none": _LEVEL, "additive": _LEVEL_AND_SLOPE, "damped": _LEVEL_AND_SLOPE}
_KNOWN_LEVEL = batch.RegressionColumns((0.0,), (0.0,), (0.0,))
_NO_SLOPE = (np.zeros(1), np.ones(1))  # gain and damping


def aicc(minus_twice_loglike: Any, parameters: Any, n: Any) -> Any:
    """Return the corrected criterion of Akaike, infinite where it has no degrees of freedom."""
    left = np.asarray(n - parameters - 1, dtype=float)
    correction = 2 * parameters * (parameters + 1) / np.where(left > 0, left, np.nan)
    value = minus_twice_loglike + 2 * parameters + correction
    return np.where(left > 0, value, np.inf)


def ets(y: FloatArray, horizon: int) -> Moments:
    """Forecast one sample by the additive-error ETS model of lowest AICc, by statsmodels.

    The likelihood has several maxima, so that statsmodels starts where it is known to be high.
    """
    samples = batch.stack(y[None])
    found = {trend: _estimate(samples, trend, horizon) for trend in TRENDS}
    trend = min(found, key=lambda name: float(found[name].aicc[0]))
    model = ETSModel(
        pd.Series(samples.y[:, 0]),
        trend=None if trend == "none" else "add",
        damped_trend=trend == "damped",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ModelWarning)
        start = found[trend].starting_values(trend)
        fit = model.fit(start, disp=False, maxiter=2000, pgtol=1e-9, factr=10)
    beta = float(fit.smoothing_trend) if trend != "none" else 0.0
    phi = float(fit.damping_trend) if trend == "damped" else 1.0
    variance = float((fit.resid**2).sum()) / (len(y) - TRENDS[trend]) * samples.size**2
    psi = _responses(np.array([fit.alpha]), np.array([beta]), np.array([phi]), horizon)
    mean = np.asarray(fit.forecast(horizon))[None] * samples.size + samples.last
    return Moments(mean, from_responses(psi, variance))


def ets_many(windows: FloatArray, horizon: int) -> Moments:
    """Forecast many samples, each by the ETS model of lowest AICc."""
    samples = batch.stack(windows)
    found = [_estimate(samples, trend, horizon) for trend in TRENDS]
    choice = np.argmin([each.aicc for each in found], axis=0)
    lanes = np.arange(len(choice))

    def chosen(name: str) -> FloatArray:
        return np.asarray(np.stack([getattr(each, name) for each in found])[choice, lanes])

    mean = chosen("mean") * samples.size[:, None] + samples.last[:, None]
    covariance = from_responses(chosen("responses"), chosen("variance") * samples.size**2)
    return Moments(restore(mean, samples.order), restore(covariance, samples.order))


def theta(y: FloatArray, horizon: int) -> Moments:
    """Forecast one sample by the Theta method, by statsmodels."""
    size = float(np.std(np.diff(y)))
    scaled = (y - y[-1]) / size
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ModelWarning)
        fit = ThetaModel(pd.Series(scaled), deseasonalize=False).fit()
    mean = np.asarray(fit.forecast(horizon))[None] * size + y[-1]
    alpha = float(fit.params["alpha"])
    level, ssr = scaled[0], 0.0
    for value in scaled[1:]:
        ssr += (value - level) ** 2
        level += alpha * (value - level)
    psi = _responses(np.array([alpha]), np.zeros(1), np.ones(1), horizon)
    return Moments(mean, from_responses(psi, np.array([ssr / (len(y) - 2) * size**2])))


def theta_many(windows: FloatArray, horizon: int) -> Moments:
    """Forecast many samples by the Theta method."""
    samples = batch.stack(windows)
    relative = batch.from_first(samples)

    def objective(point: FloatArray, part: batch.Samples) -> FloatArray:
        gains = (_unit(point[0]), *_NO_SLOPE)
        return np.log(likelihoods.smoothing(part.y, part.active, gains, unknown=0))

    grid = np.linspace(-9, 9, 25)[None]
    alpha = _unit(minimise(objective, grid, np.array([_LOGIT_BOUNDS]), relative)[0])
    end = batch.fixed_gain(relative, _KNOWN_LEVEL, alpha)
    age = np.arange(len(samples.y))[:, None] - (samples.length - 1) / 2
    centred = np.where(batch.known(samples), age, 0.0)
    slope = (centred * samples.y).sum(axis=0) / (centred**2).sum(axis=0)
    extra = (1 - (1 - alpha) ** samples.length) / alpha
    ahead = np.arange(horizon) + extra[:, None]
    mean = (end.states[0] + samples.y[0])[:, None] + slope[:, None] / 2 * ahead
    variance = end.ssr / (samples.length - 2) * samples.size**2
    psi = _responses(alpha, np.zeros_like(alpha), np.ones_like(alpha), horizon)
    mean = mean * samples.size[:, None] + samples.last[:, None]
    covariance = from_responses(psi, variance)
    return Moments(restore(mean, samples.order), restore(covariance, samples.order))


@dataclass(frozen=True)
class _SmoothingEstimate:
    """One model of each sample, in its scale; mean and responses are samples by horizon."""

    aicc: FloatArray
    gains: tuple[FloatArray, FloatArray, FloatArray]
    initial_states: FloatArray
    mean: FloatArray
    responses: FloatArray
    variance: FloatArray

    def starting_values(self, trend: SmoothingTrend) -> FloatArray:
        """Return the first sample's parameters as statsmodels orders them."""
        gains = [float(gain[0]) for gain in self.gains[: _GAINS[trend]]]
        return np.array([*gains, *self.initial_states[:, 0]])


def _estimate(samples: batch.Samples, trend: SmoothingTrend, horizon: int) -> _SmoothingEstimate:
    """Return the likeliest model with a trend."""
    count, axes = TRENDS[trend], [_LOGITS] * _GAINS[trend]

    def objective(point: FloatArray, part: batch.Samples) -> FloatArray:
        return np.asarray(part.length * np.log(sum_of_squares(part, point, trend)))

    grid = np.stack(np.meshgrid(*axes, indexing="ij")).reshape(len(axes), -1)
    bounds = np.array([_LOGIT_BOUNDS] * len(axes))
    best = minimise(objective, grid, bounds, samples)
    alpha, beta, phi = np.broadcast_arrays(*gains_at(best, trend))
    end = batch.fixed_gain(samples, UNKNOWN_STATES[trend], alpha, beta, phi)
    n, ssr = samples.length, end.ssr
    level, slope = end.states
    growth = np.cumsum(phi[:, None] ** np.arange(1, horizon + 1), axis=1)
    mean = level[:, None] + growth * slope[:, None]
    variance = np.where(n > count, ssr / np.maximum(n - count, 1), np.inf)
    return _SmoothingEstimate(
        aicc=aicc(n * (np.log(2 * np.pi * ssr / n) + 1), count + 1, n),
        gains=(alpha, beta, phi),
        initial_states=end.coefficients,
        mean=mean,
        responses=_responses(alpha, beta, phi, horizon),
        variance=variance,
    )


def gains_at(point: FloatArray, trend: SmoothingTrend) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the gains of level and slope, and the damping.

    What a model fixes is one value for all samples.
    """
    alpha = _unit(point[0])
    if trend == "none":
        return alpha, *_NO_SLOPE
    low, high = _DAMPING
    phi = low + (high - low) * expit(point[2]) if trend == "damped" else np.ones(1)
    return alpha, alpha * _unit(point[1]), phi


def sum_of_squares(samples: batch.Samples, point: FloatArray, trend: SmoothingTrend) -> FloatArray:
    """Return the sum of squared errors at the likeliest initial states, candidates by samples.

    Args:
        samples: What to model.
        point: Parameters as the search has them, unbounded, by candidates and samples.
        trend: What kind of trend the model has.
    """
    unknown = 1 if trend == "none" else 2
    return likelihoods.smoothing(samples.y, samples.active, gains_at(point, trend), unknown=unknown)


def _responses(alpha: FloatArray, beta: FloatArray, phi: FloatArray, horizon: int) -> FloatArray:
    """Return the responses of y to a shock, samples by horizon."""
    growth = np.cumsum(phi[:, None] ** np.arange(1, horizon), axis=1)
    later = alpha[:, None] + beta[:, None] * growth
    return np.concatenate([np.ones((len(alpha), 1)), later], axis=1)


def _unit(x: FloatArray) -> FloatArray:
    """Return a parameter strictly inside 0 to 1."""
    return np.asarray(_EDGE + (1 - 2 * _EDGE) * expit(x))
