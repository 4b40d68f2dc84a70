"""The regression with given breaks: coefficients by regime, their covariance, and F statistics.

Follows Bai and Perron (2003, Journal of Applied Econometrics 18, sections 4 and 5) and, where the
paper is silent, their program.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rebalancing.models.longrun import Convention, long_run_covariance
from rebalancing.models.validate import FloatArray

Covariance = Literal["hac", "hac unwhitened", "robust", "homoskedastic"]
EXACT = 1e-24  # of the squares of y: what is left are rounding errors


@dataclass(frozen=True)
class Errors:
    """What is assumed of the errors, and how their covariance is estimated.

    Attributes:
        covariance: "hac" (heteroskedastic and autocorrelated; the estimator whitens by a
            first-order vector autoregression), "hac unwhitened", "robust" (heteroskedastic) or
            "homoskedastic".
        convention: Whose program the HAC estimator follows where articles are silent.
    """

    covariance: Covariance = "hac"
    convention: Convention = "bai-perron"

    def long_run(self, scores: FloatArray) -> FloatArray:
        """Return the long-run covariance of regressors times errors."""
        if self.covariance == "robust":
            return np.asarray(scores.T @ scores / (len(scores) - scores.shape[1]))
        whiten = self.covariance == "hac"
        return long_run_covariance(scores, prewhiten=whiten, convention=self.convention)


@dataclass(frozen=True, eq=False)
class Regression:
    """Least squares with given breaks.

    Attributes:
        edges: First positions of the regimes, counted from 0, and the number of observations.
        design: The regressors by regime, zero outside it, side by side.
        coefficients: Regimes by regressors.
        residuals: One per observation, all zero in a regime where the fit is exact.
        rounding: Variance that rounding may hide where the fit is exact; zero if it nowhere is.
    """

    edges: list[int]
    design: FloatArray
    coefficients: FloatArray
    residuals: FloatArray
    rounding: float

    @property
    def ssr(self) -> float:
        """Sum of squared residuals."""
        return float(self.residuals @ self.residuals)

    def standard_errors(self, errors: Errors) -> FloatArray:
        """Return the standard errors of the coefficients, regimes by regressors."""
        # Long-run variances of whitened scores are not negative, but may round to less than zero.
        bse = np.sqrt(np.maximum(np.diag(self._covariance(errors)), 0))
        return np.asarray(bse.reshape(self.coefficients.shape))

    def f_statistic(self, errors: Errors) -> float:
        """Return the F statistic of no change, divided by the number of breaks, not by q.

        That is how Bai and Perron scale it and tabulate its critical values.
        """
        regimes, q = self.coefficients.shape
        breaks, n = regimes - 1, len(self.residuals)
        change = np.diff(self.coefficients, axis=0).ravel()
        covariance = self._covariance(errors)
        if self.rounding:
            covariance = covariance + self.rounding * _inverse_moments(self.design)
        spread = covariance[q:] - covariance[:-q]
        spread = spread[:, q:] - spread[:, :-q]
        scale = np.sqrt(np.diag(spread))
        standardised = change / scale
        solved = np.linalg.lstsq(spread / np.outer(scale, scale), standardised, rcond=None)[0]
        return float((n - regimes * q) / (n * breaks) * (standardised @ solved))

    def _covariance(self, errors: Errors) -> FloatArray:
        """Return the covariance of coefficients; each regime has its own long-run covariance."""
        n, q = len(self.residuals), self.coefficients.shape[1]
        bread = _inverse_moments(self.design)
        if errors.covariance == "homoskedastic":
            return np.asarray(bread * float(self.residuals @ self.residuals) / n)
        scores = self.design * self.residuals[:, None]
        meat = np.zeros_like(bread)
        for number, (start, end) in enumerate(itertools.pairwise(self.edges)):
            own = slice(number * q, (number + 1) * q)
            meat[own, own] = (end - start) * errors.long_run(scores[start:end, own])
        return np.asarray(bread @ meat @ bread)


def regress(y: FloatArray, x: FloatArray, breaks: list[int]) -> Regression:
    """Estimate the regression with breaks after given positions.

    Args:
        y: Observations.
        x: Observations by regressors.
        breaks: Last positions of all regimes but the last, counted from 0.
    """
    edges = [0, *(position + 1 for position in breaks), len(y)]
    design = by_regime(x, edges)
    norms = np.linalg.norm(design, axis=0)
    norms = np.where(norms > 0, norms, 1.0)
    coefficients = np.linalg.lstsq(design / norms, y, rcond=1e-12)[0] / norms
    residuals = y - design @ coefficients
    rounding, level = 0.0, float(y @ y) / len(y)
    for start, end in itertools.pairwise(edges):
        own = residuals[start:end]
        if float(own @ own) <= EXACT * level * len(own):
            residuals[start:end], rounding = 0.0, EXACT * level
    return Regression(edges, design, coefficients.reshape(-1, x.shape[1]), residuals, rounding)


def by_regime(x: FloatArray, edges: list[int]) -> FloatArray:
    """Return regressors that are zero outside their regime, side by side."""
    design = np.zeros((len(x), x.shape[1] * (len(edges) - 1)))
    for number, (start, end) in enumerate(itertools.pairwise(edges)):
        design[start:end, number * x.shape[1] : (number + 1) * x.shape[1]] = x[start:end]
    return design


def _inverse_moments(design: FloatArray) -> FloatArray:
    inverse_r = np.linalg.inv(np.linalg.qr(design, mode="r"))
    return np.asarray(inverse_r @ inverse_r.T)
