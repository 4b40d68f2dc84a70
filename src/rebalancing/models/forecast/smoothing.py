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

from rebalancing.models.forecast import batch
from rebalancing.models.forecast._moments import Moments, from_responses, restore
from rebalancing.models.forecast.search import minimise
from rebalancing.models.validate import FloatArray

Trend = Literal["none", "additive", "damped"]
# Trends of the models compared, with the number of parameters and initial states: Hyndman et al.
# (2008), in the notation of chapter 2: (A,N,N), (A,A,N), (A,Ad,N).
TRENDS: dict[Trend, int] = {"none": 2, "additive": 4, "damped": 5}
_EDGE = 1e-4
_DAMPING = (0.8, 0.98)
_LOGITS = np.array([-4.0, -2.0, -0.7, 0.7, 2.0, 5.0])
_LOGIT_BOUNDS = (-12.0, 12.0)
_LEVEL = batch.Columns((0.0, 0.0), (0.0, 1.0), (0.0, 0.0))
_LEVEL_AND_SLOPE = batch.Columns((0.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
_KNOWN_LEVEL = batch.Columns((0.0,), (0.0,), (0.0,))


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
    time = np.arange(len(samples.y))[:, None]
    age = time - (len(samples.y) - samples.length)
    known = age >= 0
    first = samples.y[len(samples.y) - samples.length, np.arange(len(samples.length))]
    relative = batch.Samples(
        np.where(known, samples.y - first, 0.0), samples.started, samples.length, samples.last,
        samples.size, samples.order,
    )  # fmt: skip

    def objective(point: FloatArray, part: batch.Samples) -> FloatArray:
        return np.log(batch.fixed_gain(part, _KNOWN_LEVEL, _unit(point[0])).ssr)

    grid = np.linspace(-9, 9, 25)[None]
    x = minimise(objective, grid, np.array([_LOGIT_BOUNDS]), relative)
    alpha = _unit(x[0])
    end = batch.fixed_gain(relative, _KNOWN_LEVEL, alpha[None])
    centred = np.where(known, age - (samples.length - 1) / 2, 0.0)
    slope = (centred * samples.y).sum(axis=0) / (centred**2).sum(axis=0)
    extra = (1 - (1 - alpha) ** samples.length) / alpha
    ahead = np.arange(horizon) + extra[:, None]
    mean = (end.states[0, 0] + first)[:, None] + slope[:, None] / 2 * ahead
    variance = end.ssr[0] / (samples.length - 2) * samples.size**2
    psi = _responses(alpha, np.zeros_like(alpha), np.ones_like(alpha), horizon)
    mean = mean * samples.size[:, None] + samples.last[:, None]
    covariance = from_responses(psi, variance)
    return Moments(restore(mean, samples.order), restore(covariance, samples.order))


@dataclass(frozen=True)
class _Estimate:
    """One model of each sample, in its scale; mean and responses are samples by horizon."""

    aicc: FloatArray
    gains: tuple[FloatArray, FloatArray, FloatArray]
    initial_states: FloatArray
    mean: FloatArray
    responses: FloatArray
    variance: FloatArray

    def starting_values(self, trend: Trend) -> FloatArray:
        """Return the first sample's parameters as statsmodels orders them."""
        used = {"none": 1, "additive": 2, "damped": 3}[trend]
        gains = [float(gain[0]) for gain in self.gains[:used]]
        return np.array([*gains, *self.initial_states[:, 0]])


def _estimate(samples: batch.Samples, trend: Trend, horizon: int) -> _Estimate:
    """Return the likeliest model with a trend."""
    count = TRENDS[trend]
    columns = _LEVEL if trend == "none" else _LEVEL_AND_SLOPE
    axes = [_LOGITS] * {"none": 1, "additive": 2, "damped": 3}[trend]

    def gains(point: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        alpha = _unit(point[0])
        beta = alpha * _unit(point[1]) if len(point) > 1 else np.zeros_like(alpha)
        low, high = _DAMPING
        phi = low + (high - low) * expit(point[2]) if len(point) > 2 else np.ones_like(alpha)
        return alpha, beta, phi

    def objective(point: FloatArray, part: batch.Samples) -> FloatArray:
        alpha, beta, phi = gains(point)
        return np.asarray(
            part.length * np.log(batch.fixed_gain(part, columns, alpha, beta, phi).ssr)
        )

    grid = np.stack(np.meshgrid(*axes, indexing="ij")).reshape(len(axes), -1)
    bounds = np.array([_LOGIT_BOUNDS] * len(axes))
    alpha, beta, phi = gains(minimise(objective, grid, bounds, samples))
    end = batch.fixed_gain(samples, columns, alpha[None], beta[None], phi[None])
    n, ssr = samples.length, end.ssr[0]
    level, slope = end.states[:, 0]
    growth = np.cumsum(phi[:, None] ** np.arange(1, horizon + 1), axis=1)
    mean = level[:, None] + growth * slope[:, None]
    variance = np.where(n > count, ssr / np.maximum(n - count, 1), np.inf)
    return _Estimate(
        aicc=aicc(n * (np.log(2 * np.pi * ssr / n) + 1), count + 1, n),
        gains=(alpha, beta, phi),
        initial_states=end.coefficients[:, 0],
        mean=mean,
        responses=_responses(alpha, beta, phi, horizon),
        variance=variance,
    )


def _responses(alpha: FloatArray, beta: FloatArray, phi: FloatArray, horizon: int) -> FloatArray:
    """Return the responses of y to a shock, samples by horizon."""
    growth = np.cumsum(phi[:, None] ** np.arange(1, horizon), axis=1)
    later = alpha[:, None] + beta[:, None] * growth
    return np.concatenate([np.ones((len(alpha), 1)), later], axis=1)


def _unit(x: FloatArray) -> FloatArray:
    """Return a parameter strictly inside 0 to 1."""
    return np.asarray(_EDGE + (1 - 2 * _EDGE) * expit(x))
