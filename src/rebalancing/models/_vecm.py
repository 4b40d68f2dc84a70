"""The vector error correction model, and its result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.tsa.vector_ar.vecm import VECM

from rebalancing.models import _cointegration_inputs as inputs
from rebalancing.models import _johansen as johansen
from rebalancing.models import _validate as validate
from rebalancing.models._validate import FloatArray, ModelInputError

# Names of statsmodels: constant outside, constant inside, trend inside the relations.
_DETERMINISTIC = {
    "none": "n",
    "restricted constant": "ci",
    "constant": "co",
    "restricted trend": "coli",
}


@dataclass(frozen=True, eq=False, repr=False)
class ErrorCorrection:
    """A vector error correction model with a given number of relations.

    Attributes:
        beta: One relation per column; the first series have coefficient 1 in their own relation
            and 0 in the others, which for one relation is the normalisation of `johansen`. The
            constant and the trend are on the same side as the series.
        beta_bse: Standard errors of ``beta``, missing for the coefficients that are set.
        alpha: Change of each series (rows) in one period per unit of the relation (columns).
        alpha_bse: Standard errors of ``alpha``.
        gamma: Coefficients of lagged changes; rows by series that responds, columns by lag and
            series. Without columns for one lag in levels.
        gamma_bse: Standard errors of ``gamma``.
        loglike: Gaussian log-likelihood.
        residuals: By period and series.
        residual_covariance: With the divisor nobs, as maximum likelihood has it.
        portmanteau_lags: Lags in the test of residual autocorrelation.
        portmanteau_p_value: Of no autocorrelation up to there, adjusted for short samples.
        normality_p_value: Of normal residuals, from skewness and kurtosis together.
        rank: Number of relations.
        lags: Lags of the series in levels.
        deterministic: Deterministic terms.
        seasons: Seasons in a year, 0 without seasonal dummies.
        nobs: Observations used, after the lags.
        sample: First and last period used.
        cautions: The warnings given, in words.
    """

    beta: pd.DataFrame
    beta_bse: pd.DataFrame
    alpha: pd.DataFrame
    alpha_bse: pd.DataFrame
    gamma: pd.DataFrame
    gamma_bse: pd.DataFrame
    loglike: float
    residuals: pd.DataFrame
    residual_covariance: pd.DataFrame
    portmanteau_lags: int
    portmanteau_p_value: float
    normality_p_value: float
    rank: int
    lags: int
    deterministic: str
    seasons: int
    nobs: int
    sample: str
    cautions: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Return relations and adjustment, one row per coefficient, with standard errors."""
        frames = {
            part: pd.DataFrame({"estimate": values.T.unstack(), "bse": errors.T.unstack()})
            for part, values, errors in (
                ("beta", self.beta, self.beta_bse),
                ("alpha", self.alpha, self.alpha_bse),
            )
        }
        return pd.concat(frames, names=["part", "term", "relation"])

    def __repr__(self) -> str:
        """Say what was estimated, on which sample, with which result."""
        return (
            f"VECM: {len(self.alpha)} series, rank {self.rank}, {self.lags} lags, "
            f"deterministic {self.deterministic!r}\n"
            f"  sample: {self.sample}, {self.nobs} observations, loglike {self.loglike:.4f}\n"
            f"  no autocorrelation up to lag {self.portmanteau_lags}: "
            f"p-value {self.portmanteau_p_value:.3f}; "
            f"normality: p-value {self.normality_p_value:.3f}\n"
            f"{self.to_frame().to_string(float_format='{:.5g}'.format)}"
        )


def estimate(
    data: pd.DataFrame,
    lags: int,
    rank: int,
    deterministic: str,
    seasons: int,
    exog: pd.DataFrame | None,
) -> ErrorCorrection:
    """Estimate on checked data.

    Args:
        data: One series per column.
        lags: Lags in levels.
        rank: Number of relations, from 1 to the number of series less one.
        deterministic: Deterministic terms.
        seasons: Seasons in a year, or 0.
        exog: Further regressors of the same periods, or None.

    Raises:
        ModelInputError: The regressors are collinear or more than the sample bears.
    """
    levels, others = johansen.regressors(data, lags, deterministic, seasons, exog)[1:]
    # statsmodels inverts products of the series: let all be of like size, whatever their units.
    unit = data.diff().std().to_numpy()
    model = VECM(
        data.to_numpy() / unit,
        exog=None if exog is None else (exog / exog.std()).to_numpy(),
        k_ar_diff=lags - 1,
        coint_rank=rank,
        deterministic=_DETERMINISTIC[deterministic],
        seasons=seasons,
    )
    fitted = model.fit(method="ml")
    names, index = data.columns, data.index[lags:]
    relations = pd.Index(range(1, rank + 1), name="relation")
    changes = pd.MultiIndex.from_product([range(1, lags), names], names=["lag", "series"])
    # What brings the units back, cell by cell.
    of_terms = np.concatenate([unit, np.ones(levels.shape[1] - len(unit))])
    of_beta = unit[:rank] / of_terms[:, None]
    of_alpha = unit[:, None] / unit[:rank]
    of_gamma = np.tile(unit[:, None] / unit, (1, lags - 1))
    level_residuals = inputs.residuals(levels.to_numpy() / of_terms, others.to_numpy())
    beta = np.vstack([fitted.beta, fitted.det_coef_coint]) * of_beta
    beta[:rank] = np.eye(rank)  # as set, without rounding error
    horizon = _portmanteau_lags(len(index), lags)

    def by_series(values: FloatArray, columns: pd.Index) -> pd.DataFrame:
        return pd.DataFrame(values, index=names, columns=columns)

    return ErrorCorrection(
        beta=pd.DataFrame(beta, index=levels.columns, columns=relations),
        beta_bse=pd.DataFrame(
            _beta_bse(fitted, level_residuals) * of_beta, index=levels.columns, columns=relations
        ),
        alpha=by_series(fitted.alpha * of_alpha, relations),
        alpha_bse=by_series(fitted.stderr_alpha * of_alpha, relations),
        gamma=by_series(fitted.gamma * of_gamma, changes),
        gamma_bse=by_series(fitted.stderr_gamma * of_gamma, changes),
        loglike=float(fitted.llf - len(index) * np.log(unit).sum()),
        residuals=pd.DataFrame(fitted.resid * unit, index=index, columns=names),
        residual_covariance=by_series(fitted.sigma_u * np.outer(unit, unit), names),
        portmanteau_lags=horizon,
        portmanteau_p_value=float(fitted.test_whiteness(nlags=horizon, adjusted=True).pvalue),
        normality_p_value=float(fitted.test_normality().pvalue),
        rank=rank,
        lags=lags,
        deterministic=deterministic,
        seasons=seasons,
        nobs=len(index),
        sample=validate.span(index),
    )


def _beta_bse(fitted: Any, level_residuals: FloatArray) -> FloatArray:
    """Return the standard errors of the relations, after Luetkepohl (2005, section 7.2.2).

    Those of statsmodels 0.15 are in the wrong cells where there are two relations or more.
    """
    rank = fitted.alpha.shape[1]
    free = level_residuals[:, rank:]
    by_term = np.linalg.inv(free.T @ free).diagonal()
    by_relation = np.linalg.inv(
        fitted.alpha.T @ np.linalg.solve(fitted.sigma_u, fitted.alpha)
    ).diagonal()
    errors = np.full((level_residuals.shape[1], rank), np.nan)
    errors[rank:] = np.sqrt(np.outer(by_term, by_relation))
    return errors


def _portmanteau_lags(nobs: int, lags: int) -> int:
    """Return ten lags, fewer in short samples, but more than the model has."""
    return max(lags + 1, min(10, nobs // 4))


def check_rank(rank: int, n: int) -> None:
    """Raise ModelInputError unless there are some relations, but fewer than series."""
    if rank == 0:
        raise ModelInputError(
            "rank: no relation leaves nothing to correct; model the changes with a VAR instead"
        )
    if rank >= n:
        raise ModelInputError(
            f"rank: {rank} relations of {n} series would make all of them stationary; "
            "pass fewer, or model the levels with a VAR"
        )
