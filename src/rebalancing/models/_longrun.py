"""Long-run covariance matrices: kernels, automatic bandwidth, prewhitening.

The long-run covariance of a vector series v is the sum of its autocovariances at all lags. The
estimator weights sample autocovariances by a kernel (Andrews 1991, Econometrica 59), with the
bandwidth that is optimal if each component is a first-order autoregression, after the series was
whitened by a first-order vector autoregression (Andrews and Monahan 1992, Econometrica 60).
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from rebalancing.models import _validate as validate
from rebalancing.models._validate import FloatArray, ModelInputError

Kernel = Literal["quadratic spectral", "bartlett", "parzen"]
Convention = Literal["bai-perron", "sandwich"]
# Andrews (1991), equations 5.3 and 6.2: constant, exponent, and which of the alphas enters.
_OPTIMAL = {
    "quadratic spectral": (1.3221, 1 / 5, 2),
    "parzen": (2.6614, 1 / 5, 2),
    "bartlett": (1.1447, 1 / 3, 1),
}


def long_run_covariance(
    v: FloatArray,
    *,
    kernel: Kernel = "quadratic spectral",
    bandwidth: float | None = None,
    prewhiten: bool = True,
    convention: Convention = "bai-perron",
) -> FloatArray:
    """Return the long-run covariance of a series with mean zero.

    Args:
        v: Observations by components, in order of time.
        kernel: How autocovariances are weighted.
        bandwidth: Of the kernel; None for Andrews' automatic one.
        prewhiten: Whether to whiten by a first-order vector autoregression first.
        convention: What articles leave open. "bai-perron", as their program does: divide by the
            number of observations, less the one lost to whitening, less the number of components;
            autoregressions for the automatic bandwidth without an intercept. "sandwich", as R's
            kernHAC does: the lost one is counted, and they have an intercept.

    Returns:
        Components by components, in units of v squared.

    Raises:
        ModelInputError: An unknown kernel, a bandwidth that is not positive, or too few
            observations.
    """
    check_options(kernel, bandwidth, convention)
    k = v.shape[1]
    if len(v) < k + 2:
        raise ModelInputError(
            f"v: {len(v)} observations cannot tell the covariances of {k} components; pass at "
            f"least {k + 2}"
        )
    whitened, recolour = v, np.eye(k)
    if prewhiten:
        coefficients, *_ = np.linalg.lstsq(v[:-1], v[1:], rcond=None)
        whitened = v[1:] - v[:-1] @ coefficients
        recolour = np.linalg.inv(np.eye(k) - coefficients.T)
    if bandwidth is None:
        bandwidth = automatic_bandwidth(whitened, kernel=kernel, intercept=convention == "sandwich")
    rows = len(whitened)
    total = whitened.T @ whitened
    weights = kernel_weights(np.arange(1.0, rows), kernel, bandwidth)
    for lag in np.flatnonzero(np.abs(weights) > 1e-12) + 1:
        cross = whitened[lag:].T @ whitened[:-lag]
        total = total + weights[lag - 1] * (cross + cross.T)
    divisor = (rows if convention == "bai-perron" else len(v)) - k
    return np.asarray(recolour @ (total / divisor) @ recolour.T)


def newey_west_lags(n: int) -> int:
    """Return the usual number of lags for Bartlett weights, 4 (n / 100)^(2/9) rounded down.

    Newey and West (1994), Review of Economic Studies 61.
    """
    return int(4 * (n / 100) ** (2 / 9))


def bartlett_sum(scores: FloatArray, lags: int) -> FloatArray:
    """Return the long-run variance of scores times their number, one series per column.

    Newey and West (1987), Econometrica 55: autocovariances weighted by 1 - j / (lags + 1).
    """
    total = np.sum(scores**2, axis=0)
    for lag in range(1, lags + 1):
        weight = 2 * (1 - lag / (lags + 1))
        total = total + weight * np.sum(scores[lag:] * scores[:-lag], axis=0)
    # The weights make the sum positive; rounding errors may not.
    return np.asarray(np.maximum(total, 0.0))


def automatic_bandwidth(v: FloatArray, *, kernel: Kernel, intercept: bool = False) -> float:
    """Return Andrews' (1991) bandwidth, each component taken as a first-order autoregression.

    Args:
        v: Observations by components.
        kernel: The kernel it is for.
        intercept: Whether the autoregressions have one.
    """
    constant, exponent, order = _OPTIMAL[kernel]
    before, after = v[:-1], v[1:]
    if intercept:
        before, after = before - before.mean(axis=0), after - after.mean(axis=0)
    squares = np.maximum((before**2).sum(axis=0), np.finfo(float).tiny)
    rho = (before * after).sum(axis=0) / squares
    # At one the formula has a pole; a bandwidth beyond the sample would mean nothing anyway.
    rho = np.clip(rho, -0.97, 0.97)
    variance = ((after - rho * before) ** 2).mean(axis=0)
    denominator = (variance**2 / (1 - rho) ** 4).sum()
    if denominator == 0:
        return 1.0
    if order == 2:
        numerator = (4 * rho**2 * variance**2 / (1 - rho) ** 8).sum()
    else:
        numerator = (4 * rho**2 * variance**2 / ((1 - rho) ** 6 * (1 + rho) ** 2)).sum()
    return float(max(constant * (numerator / denominator * len(v)) ** exponent, 1e-6))


def kernel_weights(lags: FloatArray, kernel: Kernel, bandwidth: float) -> FloatArray:
    """Return the kernel's weights of lags of at least one."""
    x = np.asarray(lags, dtype=float) / bandwidth
    if kernel == "quadratic spectral":
        d = 6 * np.pi * x / 5
        return np.asarray(3 * (np.sin(d) / d - np.cos(d)) / d**2)
    if kernel == "bartlett":
        return np.maximum(1 - x, 0.0)
    inner, outer = 1 - 6 * x**2 + 6 * x**3, 2 * (1 - np.minimum(x, 1)) ** 3
    return np.where(x <= 0.5, inner, outer)


def check_options(kernel: str, bandwidth: float | None, convention: str = "bai-perron") -> None:
    """Raise ModelInputError unless the options can be used."""
    for name, value, known in (
        ("kernel", kernel, get_args(Kernel)),
        ("convention", convention, get_args(Convention)),
    ):
        if value not in known:
            raise ModelInputError(
                f"{name}: {value!r} is not allowed; use one of {', '.join(known)}"
            )
    if bandwidth is not None and not validate.number(bandwidth, "bandwidth") > 0:
        raise ModelInputError(
            f"bandwidth: {bandwidth!r} is not positive; pass a number above 0, or None for the "
            "automatic one"
        )
