"""Pooled regressions with the estimates without each economy in turn.

All estimates without an economy come from cross-products: with S the sum over economies of
S_i = X_i'X_i, leaving out economy i gives (S - S_i)^-1 (X'y - X_i'y_i). The regressors are first
made orthonormal over the whole sample, so nothing is lost by cross-products.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rebalancing.models import validate
from rebalancing.models.validate import FloatArray, ModelInputError

COLLINEAR = 1e-8
# If the smallest pivot of S - S_i is no larger than this, some coefficient rests on economy i
# alone. In the orthonormal basis S is the identity matrix, so a pivot is the part that the other
# economies contribute: 1 if economy i tells nothing about a direction, 0 if only economy i tells
# about it.
DETERMINED_BY_ONE = 1e-8


@dataclass(frozen=True, eq=False)
class Pooled:
    """A pooled regression and what is needed to leave economies out.

    Attributes:
        names: Columns of the design: constant or years, then regressors.
        economies: In order.
        owner: Position of each row's economy.
        design: Rows by columns, orthonormal.
        back: Turns coefficients of the orthonormal columns into those of the original ones.
        y: Dependent variable.
        products: Economies by columns by columns: X_i'X_i.
        moments: Economies by columns: X_i'y_i.
    """

    names: list[str]
    economies: pd.Index
    owner: np.ndarray
    design: FloatArray
    back: FloatArray
    y: FloatArray
    products: FloatArray
    moments: FloatArray

    def estimate(self, without: int | None = None) -> PooledEstimate:
        """Estimate, and estimate again without each economy.

        Args:
            without: Position of an economy that is left out to begin with.
        """
        kept = np.arange(len(self.economies)) != (-1 if without is None else without)
        total = self.products[kept].sum(axis=0)
        moment = self.moments[kept].sum(axis=0)
        coefficients = np.linalg.solve(total, moment)
        left = total - self.products[kept]
        _check_determined(left, self.economies[kept])
        jackknife = np.linalg.solve(left, (moment - self.moments[kept])[..., None])[..., 0]
        rows = kept[self.owner]
        place = (np.cumsum(kept) - 1)[self.owner[rows]]
        x, y = self.design[rows], self.y[rows]
        own = y - x @ coefficients
        outside = y - np.einsum("ij,ij->i", x, jackknife[place])
        # Residual times the residual without the own economy is the residual divided by one less
        # its leverage, block by block: unbiased where errors are independent, nearly so otherwise.
        variance = float(np.mean(own * outside))
        spread = jackknife - coefficients
        n = int(kept.sum())
        cov = (n - 1) / n * spread.T @ spread
        return PooledEstimate(
            coefficients=coefficients,
            cov=cov,
            error_variance=variance,
            jackknife=jackknife,
            economies=self.economies[kept],
            persistent_share=_common_share(own, place, variance),
        )


@dataclass(frozen=True, eq=False)
class PooledEstimate:
    """Coefficients of the orthonormal columns and the variances around a prediction.

    Attributes:
        coefficients: By column.
        cov: Their jackknife covariance by economy.
        error_variance: Of y around the regression, country component included.
        jackknife: Economies by columns: coefficients without that economy.
        economies: Those estimated on.
        persistent_share: Share of the error variance that an economy's years have in common.
    """

    coefficients: FloatArray
    cov: FloatArray
    error_variance: float
    jackknife: FloatArray
    economies: pd.Index
    persistent_share: float

    def predict(self, rows: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return the predictions, their parameters' and their total standard errors."""
        parameters = np.einsum("ij,jk,ik->i", rows, self.cov, rows)
        total = parameters + self.error_variance
        return rows @ self.coefficients, np.sqrt(parameters), np.sqrt(total)


def pooled(
    table: pd.DataFrame, y: str, x: list[str], economy: str, year: str, *, year_effects: bool
) -> Pooled:
    """Prepare a pooled regression.

    Raises:
        ModelInputError: Collinear regressors.
    """
    columns = regressors(table, x, year, years=_years(table, year) if year_effects else None)
    design = columns.to_numpy(float)
    scale = np.linalg.norm(design, axis=0)
    scale[scale == 0] = 1.0
    q, r = np.linalg.qr(design / scale)
    left = np.abs(np.diag(r))
    if (left < COLLINEAR).any():
        name = columns.columns[int(np.argmax(left < COLLINEAR))]
        raise ModelInputError(
            f"x: {name!r} follows from the regressors before it"
            f"{' and the year effects' if year_effects else ' and the constant'}; leave one out"
        )
    owner, economies = table[economy].factorize()
    y_values = table[y].to_numpy(float)
    starts = np.flatnonzero(np.r_[True, np.diff(owner) != 0])  # rows are sorted by economy
    blocks = np.split(np.arange(len(table)), starts[1:])
    return Pooled(
        names=[str(name) for name in columns],
        economies=pd.Index(economies, name=economy),
        owner=owner,
        design=q,
        back=np.linalg.inv(r) / scale[:, None],
        y=y_values,
        products=np.stack([q[rows].T @ q[rows] for rows in blocks]),
        moments=np.stack([q[rows].T @ y_values[rows] for rows in blocks]),
    )


def regressors(
    table: pd.DataFrame, x: list[str], year: str, *, years: list[int] | None
) -> pd.DataFrame:
    """Return the design: constant or a column per year, then the regressors."""
    own = table[x].to_numpy(float)
    if years is None:
        return pd.DataFrame(np.c_[np.ones(len(own)), own], table.index, ["(constant)", *x])
    effects = table[year].to_numpy()[:, None] == np.array(years)
    names = [*(f"year {label}" for label in years), *x]
    return pd.DataFrame(np.c_[1.0 * effects, own], table.index, names)


def _common_share(residuals: FloatArray, owner: np.ndarray, variance: float) -> float:
    """Return the mean product of an economy's residuals in two years, over the variance."""
    sizes = np.bincount(owner)
    pairs = float(np.sum(sizes * (sizes - 1)))
    if pairs == 0 or variance <= 0:
        return float("nan")
    products = np.sum(np.bincount(owner, residuals) ** 2) - residuals @ residuals
    return float(np.clip(products / pairs / variance, 0.0, 1.0))


def _years(table: pd.DataFrame, year: str) -> list[int]:
    return sorted(int(label) for label in table[year].unique())


def _check_determined(left: FloatArray, economies: pd.Index) -> None:
    """Raise ModelInputError if a coefficient rests on one economy alone."""
    try:
        pivots = np.diagonal(np.linalg.cholesky(left), axis1=1, axis2=2).min(axis=1) ** 2
    except np.linalg.LinAlgError:  # one is not positive definite, to the last digit
        pivots = np.linalg.eigvalsh(left).min(axis=1)
    if pivots.min() > DETERMINED_BY_ONE:
        return
    name = validate.label(economies[int(np.argmax(pivots <= DETERMINED_BY_ONE))])
    raise ModelInputError(
        f"x: without {name} a coefficient cannot be estimated, so it rests on this "
        "economy alone; leave out the regressor or year that only it tells about"
    )
