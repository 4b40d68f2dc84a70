"""Least squares of many series on the same regressors at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rebalancing.models.longrun import bartlett_sum
from rebalancing.models.validate import FloatArray

# Columns scaled to length one; what is left of a column by those before it is rounding error.
COLLINEAR = 1e-11


class CollinearError(ValueError):
    """A regressor that is a combination of those before it."""

    def __init__(self, column: int) -> None:
        super().__init__(f"column {column}")
        self.column = column


@dataclass(frozen=True, eq=False)
class LeastSquares:
    """Regressions of the columns of y, all on x.

    Attributes:
        coefficients: Regressors by series.
        residuals: Observations by series.
        weights: Regressors by observations: the coefficients are these times y.
        df: Observations less regressors.
    """

    coefficients: FloatArray
    residuals: FloatArray
    weights: FloatArray
    df: int

    def homoskedastic_se(self) -> FloatArray:
        """Return standard errors for independent errors of equal variance, as `coefficients`."""
        variance = np.sum(self.residuals**2, axis=0) / self.df
        errors: FloatArray = np.sqrt(np.outer(np.sum(self.weights**2, axis=1), variance))
        return errors

    def newey_west_se(self, regressor: int, lags: int) -> FloatArray:
        """Return one regressor's standard errors, by series.

        Newey and West (1987), Econometrica 55, with the small-sample factor n / df.
        """
        scores = self.weights[regressor][:, None] * self.residuals
        errors: FloatArray = np.sqrt(bartlett_sum(scores, lags) * len(scores) / self.df)
        return errors


def solve(x: FloatArray, y: FloatArray) -> LeastSquares:
    """Regress each column of y on x by QR.

    Columns are scaled to the same length first, and the residuals are regressed once more, which
    recovers the digits that nearly collinear regressors cost.

    Args:
        x: Observations by regressors.
        y: Observations by series.

    Raises:
        CollinearError: A regressor that is a combination of those before it, or zero.
    """
    scale = np.linalg.norm(x, axis=0)
    q, r = np.linalg.qr(x / np.where(scale > 0, scale, 1.0))
    left = np.abs(np.diag(r))
    if (left < COLLINEAR).any():
        raise CollinearError(int(np.argmax(left < COLLINEAR)))
    weights = np.linalg.solve(r, q.T) / scale[:, None]
    coefficients = weights @ y
    coefficients += weights @ (y - x @ coefficients)
    return LeastSquares(coefficients, y - x @ coefficients, weights, len(x) - x.shape[1])
