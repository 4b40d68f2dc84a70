"""Means and covariances of forecasts for many samples at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rebalancing.models.validate import FloatArray


@dataclass(frozen=True)
class Moments:
    """Normal forecasts of many samples.

    Attributes:
        mean: Samples by horizon, in units of y.
        covariance: Samples by horizon by horizon, in units of y squared.
    """

    mean: FloatArray
    covariance: FloatArray

    @property
    def std(self) -> FloatArray:
        """Samples by horizon, in units of y."""
        return np.sqrt(np.diagonal(self.covariance, axis1=1, axis2=2))


def from_responses(psi: FloatArray, variance: FloatArray) -> FloatArray:
    """Return the covariance of forecast errors.

    Args:
        psi: Samples by horizon: the response of y to a shock 0, 1, ... periods before, first 1.
        variance: Of the shocks, by sample.
    """
    n, horizon = psi.shape
    lower = np.zeros((n, horizon, horizon))
    for lag in range(horizon):
        rows = np.arange(lag, horizon)
        lower[:, rows, rows - lag] = psi[:, lag, None]
    return np.asarray(lower @ lower.transpose(0, 2, 1) * variance[:, None, None])


def restore(values: FloatArray, order: npt.NDArray[np.int64]) -> FloatArray:
    """Return rows that are in a given order as they were before."""
    back = np.empty_like(values)
    back[order] = values
    return back
