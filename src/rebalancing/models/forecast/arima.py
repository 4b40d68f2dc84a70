"""ARIMA models of low order, chosen by AICc.

The number of differences is that after which the KPSS test no longer rejects a constant level at
5% (Hyndman and Khandakar 2008, Automatic time series forecasting, Journal of Statistical Software
27), at most two. Then all orders p up to 2 and q up to 1 are compared: with a mean before
differencing, with and without a constant after one difference, and without one after two, where it
would be a quadratic trend. The likelihood is exact, of the differenced series, as in R's ``arima``.
Orders are compared by the likelihood in `batch`; for a single sample statsmodels then estimates
the model chosen.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from statsmodels.tools.sm_exceptions import ModelWarning
from statsmodels.tsa.statespace.sarimax import SARIMAX

from rebalancing.models.forecast import batch, likelihoods
from rebalancing.models.forecast._moments import Moments, from_responses, restore
from rebalancing.models.forecast.search import minimise
from rebalancing.models.forecast.smoothing import aicc
from rebalancing.models.longrun import bartlett_sum
from rebalancing.models.validate import FloatArray

MOST_DIFFERENCES = 2
ORDERS = ((0, 0), (1, 0), (0, 1), (1, 1), (2, 0), (2, 1))
# Kwiatkowski, Phillips, Schmidt and Shin (1992), table 1, level stationarity at 5%.
KPSS_CRITICAL = 0.463
_CONSTANT = batch.RegressionColumns((0.0, -1.0), (0.0, 0.0), (0.0, 0.0))
_NO_CONSTANT = batch.RegressionColumns((0.0,), (0.0,), (0.0,))
_PARTIALS = np.array([-2.0, -1.0, -0.4, 0.4, 1.0, 2.0])
_PARTIAL_BOUNDS = (-4.0, 4.0)


class Order(NamedTuple):
    """Autoregressive order, differences, moving-average order, and whether with a constant."""

    p: int
    d: int
    q: int
    constant: bool


def differences(y: FloatArray) -> int:
    """Return how often to difference a sample."""
    for d in range(MOST_DIFFERENCES):
        if np.ptp(y) <= 1e-10 * np.abs(y).max(initial=1e-300) or kpss_statistic(y) <= KPSS_CRITICAL:
            return d
        y = np.diff(y)
    return MOST_DIFFERENCES


def arima(y: FloatArray, horizon: int) -> tuple[Moments, Order]:
    """Forecast one sample by the ARIMA model of lowest AICc, estimated by statsmodels."""
    d = differences(y)
    size = float(np.std(np.diff(y)))
    # Differences have no level; before differencing the model has a mean.
    scaled = (y - y[-1]) / size
    samples = batch.stack(np.diff(scaled, n=d)[None])
    found = [(of_order(samples, order, horizon), order) for order in _candidates(d)]
    estimate, order = min(found, key=lambda each: float(each[0].aicc[0]))
    fit = fit_arima(scaled, order, estimate.starting_values(order))
    phi, theta = np.zeros((2, 1)), np.zeros(1)
    phi[: order.p, 0], theta[: order.q] = fit.arparams, fit.maparams
    free = len(y) - d - order.p - order.q - order.constant
    innovations = fit.filter_results.standardized_forecasts_error[0]
    variance = float((innovations**2).sum() * fit.params[-1]) / free
    mean = _integrate(np.asarray(fit.forecast(horizon))[None], _ends(scaled[:, None], d))
    psi = _responses(phi, theta, d, horizon)
    covariance = from_responses(psi, np.array([variance * size**2]))
    return Moments(mean * size + y[-1], covariance), order


def fit_arima(y: FloatArray, order: Order, start: FloatArray | None = None) -> Any:
    """Return statsmodels' estimate of one model of the differenced series.

    Mixed models have several maxima, so that it starts where the likelihood is known to be high.
    """
    model = SARIMAX(
        y, order=order[:3], trend="c" if order.constant else "n", simple_differencing=True
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ModelWarning)
        warnings.simplefilter("ignore", UserWarning)
        return model.fit(start, disp=False, maxiter=500, pgtol=1e-8, factr=10)


def arima_many(windows: FloatArray, horizon: int) -> Moments:
    """Forecast many samples, each by the ARIMA model of lowest AICc."""
    d = np.array([differences(row[~np.isnan(row)]) for row in windows])
    n = len(windows)
    mean, covariance = np.empty((n, horizon)), np.empty((n, horizon, horizon))
    for times in np.unique(d):
        rows = d == times
        part = _arima_many(windows[rows], int(times), horizon)
        mean[rows], covariance[rows] = part.mean, part.covariance
    return Moments(mean, covariance)


def _arima_many(windows: FloatArray, d: int, horizon: int) -> Moments:
    samples = batch.stack(np.diff(windows, n=d, axis=1))
    found = [of_order(samples, order, horizon) for order in _candidates(d)]
    choice = np.argmin([each.aicc for each in found], axis=0)
    lanes = np.arange(len(choice))

    def chosen(name: str) -> FloatArray:
        return np.asarray(np.stack([getattr(each, name) for each in found])[choice, lanes])

    mean = _integrate(restore(chosen("mean"), samples.order), _ends(windows.T, d))
    covariance = from_responses(chosen("responses"), chosen("variance"))
    return Moments(mean, restore(covariance, samples.order))


def _candidates(d: int) -> Sequence[Order]:
    """Return the orders to compare, fewest parameters first."""
    constants = {0: (True,), 1: (False, True), 2: (False,)}[d]
    return [Order(p, d, q, constant) for p, q in ORDERS for constant in constants]


@dataclass(frozen=True)
class ArmaEstimate:
    """One model of each sample's differences.

    Attributes:
        aicc: Its AICc, by sample.
        phi: Two autoregressive coefficients by samples.
        theta: The moving-average coefficient, by sample.
        average: The mean of the differences, by sample; zero without a constant.
        mean: Forecasts of the series, samples by horizon.
        responses: Responses of the series to a shock, samples by horizon.
        variance: Variance of the shocks, by sample.
    """

    aicc: FloatArray
    phi: FloatArray
    theta: FloatArray
    average: FloatArray
    mean: FloatArray
    responses: FloatArray
    variance: FloatArray

    def starting_values(self, order: Order) -> FloatArray:
        """Return the first sample's parameters as statsmodels orders them."""
        phi = self.phi[:, 0]
        intercept = [self.average[0] * (1 - phi.sum())] * order.constant
        return np.array(
            [*intercept, *phi[: order.p], *self.theta[: order.q], float(self.variance[0])]
        )


def of_order(samples: batch.Samples, order: Order, horizon: int) -> ArmaEstimate:
    """Return the likeliest model of an order.

    Args:
        samples: What to model, differenced as often as the order says.
        order: The order.
        horizon: Number of periods to forecast.
    """
    # Samples come without their last value; without a constant their own zero is wanted.
    used = samples if order.constant else _at_own_zero(samples)
    count, free = samples.y.shape[1], order.p + order.q

    def objective(point: FloatArray, part: batch.Samples) -> FloatArray:
        return deviance(part, point, order)

    best = np.zeros((0, count))
    if free:
        grid = np.stack(np.meshgrid(*[_PARTIALS] * free, indexing="ij")).reshape(free, -1)
        best = minimise(objective, grid, np.array([_PARTIAL_BOUNDS] * free), used)
    phi1, phi2, theta = _coefficients(best, order)
    end = run_filter(used, best, order)
    phi = np.stack([phi1, phi2])
    n, k, ssr = samples.length, free + order.constant, end.ssr
    with_scale = n * (np.log(2 * np.pi * ssr / n * samples.size**2) + 1) + end.log_determinant
    average = end.coefficients[0] if order.constant else np.zeros(count)
    zero = samples.last if order.constant else np.zeros(count)
    ahead = _arma_forecast(end.states, phi, horizon) + average[:, None]
    return ArmaEstimate(
        aicc=aicc(with_scale, k + 1, n),
        phi=phi,
        theta=theta,
        average=average * samples.size + zero,
        mean=ahead * samples.size[:, None] + zero[:, None],
        responses=_responses(phi, theta, order.d, horizon),
        variance=np.where(n > k, ssr / np.maximum(n - k, 1), np.inf) * samples.size**2,
    )


def deviance(samples: batch.Samples, point: FloatArray, order: Order) -> FloatArray:
    """Return minus twice the log-likelihood at the likeliest scale, up to a constant.

    Args:
        samples: What to model, differenced as often as the order says.
        point: Parameters as the search has them, unbounded, by candidates and samples.
        order: The order.

    Returns:
        Candidates by samples.
    """
    phi1, phi2, theta = _coefficients(point, order)
    first, both, second = _stationary(phi1, phi2, theta)
    later = (1 + theta**2, theta) if order.q else (1.0, None)
    moments = ((first, None), (1 + second, both), later)
    ssr, log_determinant = likelihoods.gaussian(
        samples.y,
        samples.active,
        likelihoods.Process((phi1, phi2)[: order.p], moments),
        (len(phi1), len(samples.length)),
        mean=order.constant,
    )
    return np.asarray(samples.length * np.log(ssr) + log_determinant)


def run_filter(samples: batch.Samples, point: FloatArray, order: Order) -> batch.Filtered:
    """Run the filter of an order over samples; arguments as for `deviance`, one candidate."""
    phi1, phi2, theta = _coefficients(point, order)
    return batch.kalman(
        samples,
        _CONSTANT if order.constant else _NO_CONSTANT,
        transition=batch.Autoregressive(phi1, phi2),
        disturbance=(1.0, theta, theta**2),
        noise=0.0,
        initial=_stationary(phi1, phi2, theta),
    )


def _at_own_zero(samples: batch.Samples) -> batch.Samples:
    """Return samples with their level, divided by their size only."""
    own = np.where(batch.known(samples), samples.y + samples.last / samples.size, 0.0)
    return replace(samples, y=own)


def _arma_forecast(states: FloatArray, phi: FloatArray, horizon: int) -> FloatArray:
    """Return the forecasts of an ARMA process without its mean, samples by horizon."""
    first, second = states
    path = []
    for _ in range(horizon):
        path.append(first)
        first, second = phi[0] * first + second, phi[1] * first
    return np.stack(path, axis=1)


def _coefficients(point: FloatArray, order: Order) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return two autoregressive and one moving-average coefficient, stationary and invertible."""
    zero = np.zeros(point.shape[1:])
    partial = np.tanh(point)
    theta = partial[-1] if order.q else zero
    if order.p == 0:
        return zero, zero, theta
    if order.p == 1:
        return partial[0], zero, theta
    return partial[0] * (1 - partial[1]), partial[1], theta


def _stationary(
    phi1: FloatArray, phi2: FloatArray, theta: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the covariance of the two states of Harvey's form in the stationary distribution."""
    fade = 1 - phi2
    gap = np.maximum(1 - phi1**2 - phi2**2 - 2 * phi1**2 * phi2 / fade, 1e-12)
    first = (1 + theta**2 + 2 * phi1 * theta / fade) / gap
    both = (phi1 * phi2 * first + theta) / fade
    return first, both, phi2**2 * first + theta**2


def _responses(phi: FloatArray, theta: FloatArray, d: int, horizon: int) -> FloatArray:
    """Return the responses of y to a shock, samples by horizon."""
    psi = np.zeros((phi.shape[1], horizon))
    for lag in range(horizon):
        psi[:, lag] = 1.0 if lag == 0 else phi[0] * psi[:, lag - 1]
        if lag == 1:
            psi[:, lag] += theta
        if lag > 1:
            psi[:, lag] += phi[1] * psi[:, lag - 2]
    for _ in range(d):
        psi = np.cumsum(psi, axis=1)
    return psi


def _ends(y: FloatArray, d: int) -> list[FloatArray]:
    """Return the last values of the series differenced 0 to d - 1 times, by sample."""
    return [np.diff(y, n=times, axis=0)[-1] for times in range(d)]


def _integrate(forecast: FloatArray, ends: list[FloatArray]) -> FloatArray:
    """Undo differencing."""
    for end in reversed(ends):
        forecast = np.cumsum(forecast, axis=1) + end[:, None]
    return forecast


def kpss_statistic(y: FloatArray) -> float:
    """Return the statistic of a constant level, with R urca's short number of lags."""
    n = len(y)
    residual = y - y.mean()
    variance = bartlett_sum(residual, int(3 * np.sqrt(n) / 13))
    return float((np.cumsum(residual) ** 2).sum() / (n * variance))
