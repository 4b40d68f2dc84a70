"""The regression with given breaks: coefficients by regime, their covariance, and F statistics.

Follows Bai and Perron (2003, Journal of Applied Econometrics 18, sections 4 and 5) and, where the
paper is silent, their program.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.linalg import qr

from rebalancing.models._longrun import Convention, Kernel, long_run_covariance
from rebalancing.models._validate import FloatArray, ModelInputError

Covariance = Literal["hac", "robust", "homoskedastic"]
EXACT = 1e-24  # of the squares of y: what is left are rounding errors


@dataclass(frozen=True)
class Errors:
    """What is assumed of the errors, and how their covariance is estimated.

    Attributes:
        covariance: "hac" (heteroskedastic and autocorrelated), "robust" (heteroskedastic) or
            "homoskedastic".
        kernel: Of the HAC estimator.
        bandwidth: Of the kernel; None for Andrews' automatic one.
        prewhiten: Whether the HAC estimator whitens by a first-order vector autoregression.
        convention: Whose program the HAC estimator follows where articles are silent.
    """

    covariance: Covariance = "hac"
    kernel: Kernel = "quadratic spectral"
    bandwidth: float | None = None
    prewhiten: bool = True
    convention: Convention = "bai-perron"

    def long_run(self, scores: FloatArray) -> FloatArray:
        """Return the long-run covariance of regressors times errors."""
        if self.covariance == "robust":
            return np.asarray(scores.T @ scores / (len(scores) - scores.shape[1]))
        return long_run_covariance(
            scores,
            kernel=self.kernel,
            bandwidth=self.bandwidth,
            prewhiten=self.prewhiten,
            convention=self.convention,
        )


@dataclass(frozen=True, eq=False)
class Regression:
    """Least squares with given breaks.

    Attributes:
        edges: First positions of the regimes, counted from 0, and the number of observations.
        design: The regressors by regime, zero outside it, side by side.
        fixed: The regressors whose coefficients do not change.
        changing: Coefficients of x, regimes by regressors.
        constant: Coefficients of z.
        residuals: One per observation, all zero in a regime where the fit is exact.
        rounding: Variance that rounding may hide where the fit is exact; zero if it nowhere is.
    """

    edges: list[int]
    design: FloatArray
    fixed: FloatArray
    changing: FloatArray
    constant: FloatArray
    residuals: FloatArray
    rounding: float

    @property
    def ssr(self) -> float:
        """Sum of squared residuals."""
        return float(self.residuals @ self.residuals)

    def standard_errors(self, errors: Errors) -> tuple[FloatArray, FloatArray]:
        """Return the standard errors of the changing and of the constant coefficients."""
        q, width = self.changing.shape[1], self.design.shape[1]
        together = np.hstack([self.design, self.fixed])
        regimes = self.edges if not self.fixed.shape[1] else None
        covariance = _covariance(together, self.residuals, regimes, q, errors)
        # Long-run variances of whitened scores are not negative, but may round to less than zero.
        bse = np.sqrt(np.maximum(np.diag(covariance), 0))
        return bse[:width].reshape(-1, q), bse[width:]

    def f_statistic(self, errors: Errors) -> float:
        """Return the F statistic of no change, divided by the number of breaks, not by q.

        That is how Bai and Perron scale it and tabulate its critical values. The effect of the
        constant coefficients is taken out of the regressors before, as in their program.
        """
        regimes, q = self.changing.shape
        breaks, n = regimes - 1, len(self.residuals)
        difference = np.kron(np.eye(breaks, regimes, 1) - np.eye(breaks, regimes), np.eye(q))
        change = difference @ self.changing.ravel()
        own, within = self.design, None
        if self.fixed.shape[1]:
            own = own - self.fixed @ np.linalg.lstsq(self.fixed, own, rcond=None)[0]
        else:
            within = self.edges
        covariance = _covariance(own, self.residuals, within, q, errors)
        if self.rounding:
            covariance = covariance + self.rounding * _inverse_moments(own)
        spread = difference @ covariance @ difference.T
        scale = np.sqrt(np.diag(spread))
        standardised = change / scale
        solved = np.linalg.lstsq(spread / np.outer(scale, scale), standardised, rcond=None)[0]
        lost = regimes * q + len(self.constant)
        return float((n - lost) / (n * breaks) * (standardised @ solved))


def regress(y: FloatArray, x: FloatArray, z: FloatArray, breaks: list[int]) -> Regression:
    """Estimate the regression with breaks after given positions.

    Args:
        y: Observations.
        x: Observations by regressors whose coefficients change.
        z: Observations by regressors whose coefficients do not.
        breaks: Last positions of all regimes but the last, counted from 0.

    Raises:
        ModelInputError: A z that does what the breaks do.
    """
    edges = [0, *(position + 1 for position in breaks), len(y)]
    design = by_regime(x, edges)
    together = np.hstack([design, z])
    coefficients, _, rank, _ = np.linalg.lstsq(together / _norms(together), y, rcond=1e-12)
    if rank < together.shape[1]:
        raise ModelInputError(
            f"z: collinear with x where breaks are after {', '.join(str(e) for e in edges[1:-1])} "
            "observations; drop the regressor that steps or bends there"
        )
    residuals = y - together @ (coefficients / _norms(together))
    rounding, level = 0.0, float(y @ y) / len(y)
    for start, end in itertools.pairwise(edges):
        own = residuals[start:end]
        if float(own @ own) <= EXACT * level * len(own):
            residuals[start:end], rounding = 0.0, EXACT * level
    coefficients, width = coefficients / _norms(together), design.shape[1]
    changing, constant = coefficients[:width].reshape(-1, x.shape[1]), coefficients[width:]
    return Regression(edges, design, z, changing, constant, residuals, rounding)


def by_regime(x: FloatArray, edges: list[int]) -> FloatArray:
    """Return regressors that are zero outside their regime, side by side."""
    design = np.zeros((len(x), x.shape[1] * (len(edges) - 1)))
    for number, (start, end) in enumerate(itertools.pairwise(edges)):
        design[start:end, number * x.shape[1] : (number + 1) * x.shape[1]] = x[start:end]
    return design


def beyond(design: FloatArray, z: FloatArray) -> FloatArray:
    """Return the columns of z without those that other regressors and columns make up."""
    scaled = z / _norms(z)
    left = scaled - design @ np.linalg.lstsq(design, scaled, rcond=None)[0]
    _, r, order = qr(left, mode="economic", pivoting=True)
    return np.asarray(z[:, np.sort(order[: int((np.abs(np.diag(r)) > 1e-8).sum())])])


def _norms(x: FloatArray) -> FloatArray:
    norms = np.linalg.norm(x, axis=0)
    return np.where(norms > 0, norms, 1.0)


def _covariance(
    design: FloatArray,
    residuals: FloatArray,
    regimes: list[int] | None,
    q: int,
    errors: Errors,
) -> FloatArray:
    """Return the covariance of coefficients.

    Args:
        design: Their regressors.
        residuals: Of the regression.
        regimes: Its edges, if every coefficient belongs to one regime: each then has its own
            long-run covariance. None for one matrix of the whole sample.
        q: Coefficients per regime.
        errors: What is assumed of the errors.
    """
    n = len(residuals)
    bread = _inverse_moments(design)
    if errors.covariance == "homoskedastic":
        return np.asarray(bread * float(residuals @ residuals) / n)
    scores = design * residuals[:, None]
    if regimes is None:
        return np.asarray(bread @ (n * errors.long_run(scores)) @ bread)
    meat = np.zeros_like(bread)
    for number, (start, end) in enumerate(itertools.pairwise(regimes)):
        own = slice(number * q, (number + 1) * q)
        meat[own, own] = (end - start) * errors.long_run(scores[start:end, own])
    return np.asarray(bread @ meat @ bread)


def _inverse_moments(design: FloatArray) -> FloatArray:
    inverse_r = np.linalg.inv(np.linalg.qr(design, mode="r"))
    return np.asarray(inverse_r @ inverse_r.T)
