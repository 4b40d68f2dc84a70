"""Scores of forecast densities: CRPS and probability integral transform.

Gneiting and Raftery (2007), Strictly proper scoring rules, prediction, and estimation, Journal of
the American Statistical Association 102. The continuous ranked probability score is in units of y,
lower is better, and is the absolute error where the density is a point.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr

from rebalancing.models import validate
from rebalancing.models.validate import FloatArray, ModelInputError


def crps_normal(
    actual: npt.ArrayLike, mean: npt.ArrayLike = 0.0, std: npt.ArrayLike = 1.0
) -> FloatArray | float:
    """Return the CRPS of normal densities in closed form, in units of y.

    Gneiting, Raftery, Westveld and Goldman (2005), Monthly Weather Review 133, equation 5.

    Args:
        actual: What came about.
        mean: Of the densities; shapes broadcast.
        std: Of the densities; zero makes the score the absolute error.

    Returns:
        A number if all arguments are numbers, else an array.

    Raises:
        ModelInputError: Missing or infinite values, a negative std, or shapes that do not match.
    """
    x, m, s = _broadcast(actual=actual, mean=mean, std=std)
    _check_std(s)
    point = s == 0
    z = (x - m) / np.where(point, 1.0, s)
    score = s * (z * (2 * ndtr(z) - 1) + 2 * _bell(z) - 1 / np.sqrt(np.pi))
    return _as_given(np.where(point, np.abs(x - m), score))


def crps_normal_mixture(
    actual: FloatArray, means: FloatArray, stds: FloatArray, weights: FloatArray
) -> FloatArray:
    """Return the CRPS of mixtures of normal densities in closed form, in units of y.

    Grimit, Gneiting, Berrocal and Johnson (2006), Quarterly Journal of the Royal Meteorological
    Society 132, equation 2.

    Args:
        actual: What came about, one value per mixture.
        means: Parts by mixtures.
        stds: Parts by mixtures.
        weights: One per part, or parts by mixtures; they sum to one over the parts.
    """
    w = np.broadcast_to(weights if weights.ndim == 2 else weights[:, None], means.shape)
    score = (w * _mean_absolute(actual - means, stds)).sum(axis=0)
    for part in np.flatnonzero(w.any(axis=1)):
        # Every pair of different parts counts twice, each part once with itself.
        others = slice(part + 1)
        gaps = _mean_absolute(means[part] - means[others], np.hypot(stds[part], stds[others]))
        gaps[-1] /= 2
        score = score - w[part] * (w[others] * gaps).sum(axis=0)
    return np.asarray(score)


def pit(
    actual: npt.ArrayLike, mean: npt.ArrayLike = 0.0, std: npt.ArrayLike = 1.0
) -> FloatArray | float:
    """Return probability integral transforms under normal densities, uniform if they are right.

    Dawid (1984); Diebold, Gunther and Tay (1998), International Economic Review 39. Transforms of
    forecasts more than one period ahead from successive origins depend on each other.

    Args:
        actual: What came about.
        mean: Of the densities; shapes broadcast.
        std: Of the densities, positive.

    Returns:
        Probabilities; a number if all arguments are numbers.

    Raises:
        ModelInputError: Missing or infinite values, a std of zero or less, or other shapes.
    """
    x, m, s = _broadcast(actual=actual, mean=mean, std=std)
    _check_std(s, positive=True)
    return _as_given(ndtr((x - m) / s))


def pit_classes(pits: npt.ArrayLike, classes: int = 10) -> pd.Series[float]:
    """Return the share of outcomes in each class of the forecast distribution, in per cent.

    Args:
        pits: Probability integral transforms, between 0 and 1.
        classes: Number of classes, of equal probability.

    Returns:
        By percentiles of the forecast, such as ``0–10``, the lowest first; the sum is 100.

    Raises:
        ModelInputError: No pits, or values outside 0 to 1.
    """
    values = _probabilities(pits)
    edges = np.linspace(0, 1, validate.whole(classes, "classes", 1) + 1)
    names = [f"{100 * low:.0f}–{100 * high:.0f}" for low, high in pairwise(edges)]
    shares = 100 * np.histogram(values, edges)[0] / len(values)
    return pd.Series(shares, pd.Index(names, name="percentile of the forecast"))


def pit_distance(pits: npt.ArrayLike) -> float:
    """Return the Kolmogorov-Smirnov distance of transforms from uniform.

    Raises:
        ModelInputError: No transforms, or some outside 0 to 1.
    """
    values = np.sort(_probabilities(pits))
    n = len(values)
    above = np.arange(1, n + 1) / n - values
    below = values - np.arange(n) / n
    return float(max(above.max(), below.max()))


def inside(pits: FloatArray, level: float) -> npt.NDArray[np.bool_]:
    """Return whether values lie in the central interval of a level."""
    return np.asarray(np.abs(pits - 0.5) <= level / 2)


def _mean_absolute(mean: FloatArray, std: FloatArray) -> FloatArray:
    """Return the mean of the absolute value of a normal variable."""
    z = mean / std
    return np.asarray(2 * std * _bell(z) + mean * (2 * ndtr(z) - 1))


def _bell(z: FloatArray) -> FloatArray:
    """Return the standard normal density; scipy's own checks cost more than the density."""
    return np.asarray(np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi))


def _probabilities(pits: npt.ArrayLike) -> FloatArray:
    values = validate.sample(np.ravel(np.asarray(pits, dtype=float)), "pits")
    if ((values < 0) | (values > 1)).any():
        raise ModelInputError("pits: some are outside 0 to 1; compute them with pit()")
    return values


def _finite(values: npt.ArrayLike, name: str) -> FloatArray:
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise ModelInputError(f"{name}: must be numbers; convert it") from None
    if array.size == 0 or not np.isfinite(array).all():
        raise ModelInputError(f"{name}: empty, missing or infinite values; leave such cases out")
    return array


def _broadcast(**arguments: npt.ArrayLike) -> list[FloatArray]:
    arrays = {name: _finite(values, name) for name, values in arguments.items()}
    try:
        return [np.asarray(array) for array in np.broadcast_arrays(*arrays.values())]
    except ValueError:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise ModelInputError(
            f"{next(iter(arrays))}: shapes do not match ({shapes}); pass one density per value"
        ) from None


def _check_std(std: FloatArray, *, positive: bool = False) -> None:
    if (std < 0).any() or (positive and (std == 0).any()):
        words = "positive" if positive else "zero or more"
        raise ModelInputError(f"std: must be {words}; pass standard deviations, not variances")


def _as_given(values: FloatArray) -> FloatArray | float:
    return float(values) if np.ndim(values) == 0 else np.asarray(values)
