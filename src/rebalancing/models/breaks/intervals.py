"""Confidence intervals of break dates (Bai 1997, Review of Economics and Statistics 79).

As the breaks shrink, the error of an estimated date, scaled by (d'Qd)^2 / (d'Od) of the regime
before it, tends to the argmax of a two-sided Wiener process with drift. Its distribution function
is known in closed form and depends on three ratios: of d'Qd and of d'Od / d'Qd after and before.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq
from scipy.special import log_ndtr, ndtr

from rebalancing.models.longrun import Convention
from rebalancing.models.validate import FloatArray


def interval(
    position: int,
    change: FloatArray,
    moments: tuple[FloatArray, FloatArray],
    long_run: tuple[FloatArray, FloatArray],
    level: float,
) -> tuple[float, float]:
    """Return the confidence interval of a break date before its ends are rounded.

    Args:
        position: Last observation of the regime before, counted from 1.
        change: Change of the coefficients.
        moments: Mean of x x' before and after.
        long_run: Long-run covariance of x times the error, before and after.
        level: Probability to cover.
    """
    before, after = (float(change @ q @ change) for q in moments)
    noise_before, noise_after = (float(change @ o @ change) for o in long_run)
    low, high = sorted((noise_before, noise_after))
    if low <= 1e-10 * high or high <= 0:  # a perfect fit on one side pins the date down
        return float(position), float(position)
    phi_before, phi_after = noise_before / before, noise_after / after
    scale = before / phi_before
    cdf = argmax_cdf(after / before, phi_before, phi_after)
    tail = (1 - level) / 2
    low, high = (_quantile(cdf, p) for p in (tail, 1 - tail))
    return position - high / scale, position - low / scale


def rounded(ends: list[tuple[float, float]], convention: Convention) -> tuple[tuple[int, int], ...]:
    """Return intervals of all break dates in whole observations.

    Args:
        ends: The intervals, in the order of the breaks.
        convention: "sandwich": outwards, as in R's strucchange. "bai-perron", as in their program:
            to the nearest observation, and one added to the upper end for each break from the
            interval's own on.
    """
    if convention == "sandwich":
        return tuple((int(np.floor(low)), int(np.ceil(high))) for low, high in ends)
    last = len(ends)
    return tuple(
        (int(np.rint(low)), int(np.rint(high)) + (last - number if high > low else 0))
        for number, (low, high) in enumerate(ends)
    )


def argmax_cdf(xi: float, phi_before: float, phi_after: float) -> Callable[[float], float]:
    """Return the distribution function of the scaled error of a date.

    Args:
        xi: d'Qd of the regime after the break over that before.
        phi_before: d'Od / d'Qd of the regime before.
        phi_after: The same of the regime after.
    """
    a = phi_before / phi_after
    gamma = (phi_after / phi_before + 1) * xi / 2
    b = np.sqrt(phi_before * xi / phi_after)
    delta = np.sqrt(phi_after * xi / phi_before) + b / 2
    alpha, beta = a * (1 + a) / 2, (1 + 2 * a) / 2

    def cdf(x: float) -> float:
        root = np.sqrt(abs(x))
        if x <= 0:
            # exp times a normal tail, together in logarithms: each alone over- or underflows.
            tail = np.exp(-alpha * x + log_ndtr(-beta * root))
            value = (
                -np.sqrt(-x / (2 * np.pi)) * np.exp(x / 8)
                - beta / alpha * tail
                + (2 * beta**2 / alpha - 2 - x / 2) * ndtr(-root / 2)
            )
        else:
            tail = np.exp(gamma * x + log_ndtr(-delta * root))
            value = (
                1
                + b / np.sqrt(2 * np.pi) * root * np.exp(-(b**2) * x / 8)
                + b * delta / gamma * tail
                + (2 - b**2 * x / 2 - 2 * delta**2 / gamma) * ndtr(-b * root / 2)
            )
        return float(value)

    return cdf


def _quantile(cdf: Callable[[float], float], probability: float) -> float:
    low, high = -1.0, 1.0
    while cdf(low) > probability:
        low *= 2
    while cdf(high) < probability:
        high *= 2
    return float(brentq(lambda x: cdf(x) - probability, low, high, xtol=1e-8))
