"""Zivot and Andrews' regressions for every possible break at once.

Not taken from statsmodels 0.15, which cannot run without lags (there 0 means Schwert's number),
leaves out 15% of the sample at each end although the paper leaves out none, and stops at a singular
matrix even when asked not to.

By the theorem of Frisch, Waugh and Lovell, the constant, trend and lagged changes, which are the
same for every break, are first projected out of everything; what is left per break is a regression
on the lagged level and one or two dummies, done in closed form for all breaks together.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from rebalancing.models.unitroot.result import Terms
from rebalancing.models.validate import FloatArray

IntArray = npt.NDArray[np.int64]

# Zivot and Andrews (1992), tables 2 to 4: percentage points of the asymptotic distributions.
PERCENTS = np.array([0.01, 0.025, 0.05, 0.10, 0.50, 0.90, 0.95, 0.975, 0.99])
PERCENTAGE_POINTS = {
    "c": np.array([-5.34, -5.02, -4.80, -4.58, -3.75, -2.99, -2.77, -2.56, -2.32]),
    "t": np.array([-4.93, -4.67, -4.42, -4.11, -3.23, -2.48, -2.31, -2.17, -1.97]),
    "ct": np.array([-5.57, -5.30, -5.08, -4.82, -3.98, -3.25, -3.06, -2.91, -2.72]),
}
# Ten percent, two-sided and asymptotic, as in the paper's choice of lags.
LAST_LAG_SIGNIFICANT = 1.60
# A column counts as a combination of the others when this little of its sum of squares is left.
_NOTHING_LEFT = 1e-10


class Fits(NamedTuple):
    """Regressions with a break after each observation, those without a result being not a number.

    Attributes:
        statistics: t statistic of the lagged level, one per break.
        ssr: Sum of squared residuals.
        df: Degrees of freedom of a regression, the same for all.
    """

    statistics: FloatArray
    ssr: FloatArray
    df: int


class Minimum(NamedTuple):
    """The break most favourable to the alternative.

    Attributes:
        statistic: The smallest t statistic.
        position: Number of observations up to the break, that of the last one before the change.
        lags: Lagged changes in that regression.
    """

    statistic: float
    position: int
    lags: int


def minimum(y: FloatArray, breaks: IntArray, trend: Terms, lags: int) -> Minimum | None:
    """Return the smallest statistic with a given number of lags, or None if there is none."""
    found = _fits(y, breaks, trend, lags, sample_of=lags).statistics
    return _smallest(found, breaks, np.full(len(breaks), lags))


def minimum_with_selected_lags(
    y: FloatArray, breaks: IntArray, trend: Terms, max_lags: int
) -> Minimum | None:
    """Return the smallest statistic, lags chosen for each break by the last one's significance."""
    best = _fits(y, breaks, trend, 0, sample_of=0).statistics
    lags = np.zeros(len(breaks), dtype=int)
    for k in range(1, max_lags + 1):
        with_last = _fits(y, breaks, trend, k, sample_of=k)
        without = _fits(y, breaks, trend, k - 1, sample_of=k)
        # The squared t statistic of one regressor is the F statistic of leaving it out.
        with np.errstate(invalid="ignore", divide="ignore"):
            last = np.sqrt(np.maximum(without.ssr / with_last.ssr - 1, 0) * with_last.df)
        keep = np.nan_to_num(last) >= LAST_LAG_SIGNIFICANT
        best = np.where(keep, with_last.statistics, best)
        lags = np.where(keep, k, lags)
    return _smallest(best, breaks, lags)


def p_value(statistic: float, trend: Terms) -> float:
    """Return the asymptotic p-value, between the outermost printed percentage points."""
    scores = np.interp(statistic, PERCENTAGE_POINTS[trend], norm.ppf(PERCENTS))
    return float(norm.cdf(scores))


def _smallest(statistics: FloatArray, breaks: IntArray, lags: IntArray) -> Minimum | None:
    """Return the first smallest statistic that exists."""
    if not np.isfinite(statistics).any():
        return None
    at = int(np.nanargmin(statistics))
    return Minimum(float(statistics[at]), int(breaks[at]), int(lags[at]))


def _fits(y: FloatArray, breaks: IntArray, trend: Terms, lags: int, *, sample_of: int) -> Fits:
    """Regress the change on the lagged level, dummies, constant, trend and lagged changes.

    Args:
        y: Observations.
        breaks: Number of observations up to each break.
        trend: What breaks: "c", "t" or "ct".
        lags: Lagged changes among the regressors.
        sample_of: Use the observations that a regression with this many lags has.
    """
    change = np.diff(y, prepend=y[0])
    rows = np.arange(sample_of + 1, len(y))
    fixed = np.column_stack(
        [np.ones(len(rows)), rows / len(y), *(change[rows - i] for i in range(1, lags + 1))]
    )
    basis = np.linalg.qr(fixed)[0]
    left, level = _residual(basis, change[rows]), _residual(basis, y[rows - 1])
    since = np.maximum(rows[:, None] + 1 - breaks[None, :], 0).astype(float)
    dummies = {"c": [since > 0], "t": [since], "ct": [since > 0, since]}[trend]
    lefts, levels = np.tile(left[:, None], len(breaks)), np.tile(level[:, None], len(breaks))
    usable = np.ones(len(breaks), dtype=bool)
    previous: list[FloatArray] = []
    for dummy in dummies:
        column = np.asarray(dummy, dtype=float)
        size = np.sum(column**2, axis=0)
        column = _residual(basis, column)
        for unit in previous:
            column = column - unit * np.sum(unit * column, axis=0)
        remains = np.sum(column**2, axis=0)
        usable &= remains > _NOTHING_LEFT * np.maximum(size, 1)
        unit = column / np.sqrt(np.where(remains > 0, remains, 1))
        lefts = lefts - unit * np.sum(unit * lefts, axis=0)
        levels = levels - unit * np.sum(unit * levels, axis=0)
        previous.append(unit)
    df = len(rows) - fixed.shape[1] - len(dummies) - 1
    return _last_step(lefts, levels, usable, df)


def _last_step(
    lefts: FloatArray, levels: FloatArray, usable: npt.NDArray[np.bool_], df: int
) -> Fits:
    """Regress what is left of the change on what is left of the lagged level, for each break."""
    power = np.sum(levels**2, axis=0)
    total = np.sum(lefts**2, axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = np.sum(levels * lefts, axis=0) / power
        ssr = np.sum((lefts - levels * slope) ** 2, axis=0)
        statistics = slope * np.sqrt(power * df / ssr)
    exact = (ssr <= _NOTHING_LEFT**2 * np.maximum(total, 1e-300)) | (power == 0) | (df < 1)
    good = usable & np.logical_not(exact)
    return Fits(np.where(good, statistics, np.nan), np.where(good, ssr, np.nan), df)


def _residual(basis: FloatArray, values: FloatArray) -> FloatArray:
    """Return what an orthonormal basis leaves of one or more columns."""
    return np.asarray(values - basis @ (basis.T @ values))
