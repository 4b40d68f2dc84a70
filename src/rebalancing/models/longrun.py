"""Long-run covariance matrices: quadratic spectral kernel, automatic bandwidth, prewhitening.

The long-run covariance of a vector series v is the sum of its autocovariances at all lags. The
estimator weights sample autocovariances by a kernel (Andrews 1991, Econometrica 59), with the
bandwidth that is optimal if each component is a first-order autoregression, after the series was
whitened by a first-order vector autoregression (Andrews and Monahan 1992, Econometrica 60).
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from rebalancing.models import validate
from rebalancing.models.validate import FloatArray, ModelInputError

Convention = Literal["bai-perron", "sandwich"]
Lags = int | Literal["auto"]
TINY = np.finfo(float).tiny


def long_run_covariance(
    v: FloatArray, *, prewhiten: bool = True, convention: Convention = "bai-perron"
) -> FloatArray:
    """Return the long-run covariance of a series with mean zero.

    Args:
        v: Observations by components, in order of time.
        prewhiten: Whether to whiten by a first-order vector autoregression first.
        convention: What articles leave open. "bai-perron", as their program does: divide by the
            number of observations, less the one lost to whitening, less the number of components;
            autoregressions for the automatic bandwidth without an intercept. "sandwich", as R's
            kernHAC does: the lost one is counted, and they have an intercept.

    Returns:
        Components by components, in units of v squared.

    Raises:
        ModelInputError: Too few observations.
    """
    k = v.shape[1]
    if len(v) < k + 2:
        raise ModelInputError(
            f"v: {len(v)} observations cannot tell the covariances of {k} components; pass at "
            f"least {k + 2}"
        )
    whitened, coefficients = v, np.zeros((k, k))
    if prewhiten:
        coefficients = _autoregression(v)
        whitened = v[1:] - v[:-1] @ coefficients
    lost = len(v) - len(whitened) if convention == "sandwich" else 0
    bandwidth = automatic_bandwidth(whitened, intercept=convention == "sandwich")
    products = _products(whitened)
    weighted = products @ _quadratic_spectral(len(whitened), bandwidth)
    estimated = (weighted + weighted.T - products[:, :, 0]) / (len(whitened) - k + lost)
    if k == 1:
        return np.asarray(estimated / (1 - coefficients) ** 2)
    recolour = np.linalg.inv(np.eye(k) - coefficients.T)
    return np.asarray(recolour @ estimated @ recolour.T)


def _autoregression(v: FloatArray) -> FloatArray:
    """Return the coefficients of a first-order vector autoregression, lagged by current."""
    if v.shape[1] == 1:  # what lstsq finds, too, but slowly
        squares = v[:-1].T @ v[:-1]
        return np.asarray(v[:-1].T @ v[1:] / np.where(squares > 0, squares, 1.0))
    return np.asarray(np.linalg.lstsq(v[:-1], v[1:], rcond=None)[0])


def _products(v: FloatArray) -> FloatArray:
    """Return the sums of products of each component with those of each lag from 0 on."""
    return np.array(
        [[np.correlate(now, before, "full")[len(v) - 1 :] for before in v.T] for now in v.T]
    )


def _quadratic_spectral(lags: int, bandwidth: float) -> FloatArray:
    """Return the weights of lags from 0 on, after Andrews (1991), equation 2.7.

    arch gives the same; its class takes a sixth of a millisecond for each of the 36 long-run
    variances of a break search, which was a quarter of the search.
    """
    z = 6 * np.pi * np.arange(1, lags) / (5 * bandwidth)
    return np.concatenate([[1.0], 3 / z**2 * (np.sin(z) / z - np.cos(z))])


def newey_west_lags(n: int) -> int:
    """Return the usual number of lags for Bartlett weights, 4 (n / 100)^(2/9) rounded down.

    Newey and West (1994), Review of Economic Studies 61.
    """
    return int(4 * (n / 100) ** (2 / 9))


def bartlett_lags(n: int, lags: Lags = "auto") -> int:
    """Return the number of lags for Bartlett weights in a sample of n observations.

    Args:
        n: Observations.
        lags: The number wanted, of which no more than half of the observations are used; or "auto"
            for the usual one (`newey_west_lags`).

    Raises:
        ModelInputError: Neither "auto" nor a whole number from 0 on.
    """
    return newey_west_lags(n) if lags == "auto" else min(validate.whole(lags, "lags", 0), n // 2)


def bartlett_sum(scores: FloatArray, lags: int) -> FloatArray:
    """Return the long-run variance of scores times their number, one series per column.

    Newey and West (1987), Econometrica 55: autocovariances weighted by 1 - j / (lags + 1). All
    series at once, as the thousands of a specification curve need it; arch's Bartlett kernel takes
    one at a time, or all with the covariances between them.
    """
    total = np.sum(scores**2, axis=0)
    for lag in range(1, lags + 1):
        weight = 2 * (1 - lag / (lags + 1))
        total = total + weight * np.sum(scores[lag:] * scores[:-lag], axis=0)
    # The weights make the sum positive; rounding errors may not.
    return np.asarray(np.maximum(total, 0.0))


def automatic_bandwidth(v: FloatArray, *, intercept: bool = False) -> float:
    """Return Andrews' (1991) bandwidth, each component taken as a first-order autoregression.

    Equations 5.3 and 6.2 for the quadratic spectral kernel. That of arch is another one, which
    Newey and West (1994) estimate from autocovariances.

    Args:
        v: Observations by components.
        intercept: Whether the autoregressions have one.
    """
    before, after = v[:-1], v[1:]
    if intercept:
        before, after = before - before.mean(axis=0), after - after.mean(axis=0)
    squares = np.maximum((before**2).sum(axis=0), TINY)
    rho = (before * after).sum(axis=0) / squares
    # At one the formula has a pole; a bandwidth beyond the sample would mean nothing anyway.
    rho = np.minimum(np.maximum(rho, -0.97), 0.97)
    variance = ((after - rho * before) ** 2).sum(axis=0) / len(after)
    denominator = (variance**2 / (1 - rho) ** 4).sum()
    if denominator == 0:
        return 1.0
    numerator = (4 * rho**2 * variance**2 / (1 - rho) ** 8).sum()
    return float(max(1.3221 * (numerator / denominator * len(v)) ** (1 / 5), 1e-6))
