"""Long-run elasticities from an autoregressive distributed lag model whose lags the data choose.

`estimate` tries all orders up to a largest one on one common sample, keeps the one with the lowest
Bayesian information criterion and tests it by `cointegration.ardl_bounds`. The elasticities say how
series in logs moved together over the sample; they are no effects of one on another.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from scipy.stats import norm

from rebalancing.models import validate
from rebalancing.models.cointegration.relations import BoundsTest, ardl_bounds
from rebalancing.models.validate import ModelInputError
from rebalancing.models.warnings import SmallSampleWarning

FEWEST_OBSERVATIONS = 30
SIZE = 0.05  # of each of the two tests
UNRESTRICTED_CONSTANT, WITH_TREND = 3, 5


@dataclass(frozen=True, eq=False, repr=False)
class Elasticities:
    """A relation between logarithms in the long run.

    Attributes:
        bounds_test: The test of the relation, with all its coefficients.
        table: One row per regressor: elasticity, bse (delta method), t_stat.
        tried: Bayesian information criterion by order, lowest first.
        cautions: The warnings given, in words.
    """

    bounds_test: BoundsTest
    table: pd.DataFrame
    tried: pd.Series[float]
    cautions: tuple[str, ...]

    @property
    def order(self) -> tuple[int, ...]:
        """Lags of the dependent variable, then of each regressor."""
        return self.bounds_test.order

    @property
    def related(self) -> bool:
        """Whether both tests reject at 5% that there is no relation: F, and t where it has bounds.

        F alone can reject because of the regressors' levels; the relation then is degenerate.
        """
        f_limit, t_limit = self.bounds
        t_rejects = math.isnan(t_limit) or self.bounds_test.t_stat < t_limit
        return self.bounds_test.f_stat > f_limit and t_rejects

    @property
    def bounds(self) -> tuple[float, float]:
        """The 5% bounds of F and t beyond which the tests reject; that of t may be missing."""
        limits = self.bounds_test.bounds.loc[f"{SIZE:.0%}"].xs("I(1)", level=1)
        f_limit, t_limit = map(float, limits[["F", "t"]].to_numpy(dtype=float))
        return f_limit, t_limit

    def interval(self, regressor: str, level: float) -> tuple[float, float]:
        """Return the interval of an elasticity, normal, of probability ``level``."""
        row = self.table.loc[regressor, ["elasticity", "bse"]].to_numpy(dtype=float)
        value, error = map(float, row)
        half = float(norm.ppf((1 + validate.probability(level)) / 2)) * error
        return value - half, value + half

    def to_frame(self) -> pd.DataFrame:
        """Return the elasticities with their standard errors."""
        return self.table.copy()

    def __repr__(self) -> str:
        """Say which order was chosen and what the tests say."""
        rows = "; ".join(
            f"{name} {row.elasticity:.3f} ({row.bse:.3f})" for name, row in self.table.iterrows()
        )
        test = self.bounds_test
        return (
            f"Elasticities: ARDL({', '.join(map(str, self.order))}), {test.sample}, "
            f"{test.nobs} observations\n  {rows}\n"
            f"  F {test.f_stat:.3f}, t {test.t_stat:.3f}: "
            f"{'related' if self.related else 'no relation found'} at {SIZE:.0%}"
        )


def estimate(
    endog: pd.Series[float],
    exog: pd.DataFrame,
    *,
    most_lags: int = 2,
    case: int = UNRESTRICTED_CONSTANT,
) -> Elasticities:
    """Estimate long-run elasticities and test whether there is a relation at all.

    Pesaran and Shin (1999), An autoregressive distributed-lag modelling approach to cointegration
    analysis, in Strom (ed.), on the choice of lags; Pesaran, Shin and Smith (2001), Journal of
    Applied Econometrics 16, on the test. Assumes what `ardl_bounds` does. That the lags were
    chosen on the same data is not in the standard errors. Do not use it for a dependent variable
    that is a part of a regressor, as consumption is of income, to say what follows from what.

    Args:
        endog: Logarithm of the dependent variable, evenly spaced, no gaps.
        exog: Logarithms of its regressors, for the same periods.
        most_lags: The largest number of lags tried, 1 to 4.
        case: Deterministic terms as for `ardl_bounds`.

    Raises:
        ModelInputError: Series that cannot be used, or fewer than 30 observations after the lags.

    Warns:
        SmallSampleWarning: Fewer than 80 observations, as `ardl_bounds` does, once.
    """
    if isinstance(most_lags, bool) or most_lags not in (1, 2, 3, 4):
        raise ModelInputError(f"most_lags: {most_lags!r} is not allowed; use 1, 2, 3 or 4")
    used = len(endog) - most_lags
    if used < FEWEST_OBSERVATIONS:
        raise ModelInputError(
            f"endog: {max(used, 0)} observations after {most_lags} lags; a relation in the long "
            f"run needs {FEWEST_OBSERVATIONS} at least"
        )
    start = endog.index[most_lags]
    orders = [
        (own, *others)
        for own in range(1, most_lags + 1)
        for others in product(range(most_lags + 1), repeat=exog.shape[1])
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SmallSampleWarning)
        tests = {o: ardl_bounds(endog, exog, o, case=case, start=start) for o in orders}
    tried = pd.Series({order: _bic(test) for order, test in tests.items()}, name="bic")
    tried = tried.sort_values(kind="stable")
    chosen = tests[tried.index[0]]
    if chosen.cautions:
        warnings.warn(chosen.cautions[0], SmallSampleWarning, stacklevel=2)
    table = chosen.long_run.loc[list(map(str, exog.columns))]
    return Elasticities(
        bounds_test=chosen,
        table=table.rename(columns={"coefficient": "elasticity"}),
        tried=tried,
        cautions=chosen.cautions + _cautions(chosen),
    )


def side_by_side(fits: Mapping[str, Elasticities]) -> pd.DataFrame:
    """Return several relations as one table with a row per regressor.

    Args:
        fits: Relations by name, in the order to show; at least one.

    Returns:
        Index: the relation's name and the regressor's. Columns elasticity and bse; and, in the
        first row of each relation only, f_stat, f_bound, t_stat, t_bound (those of 5%), related,
        lags and sample in words.
    """
    parts = {}
    for name, fit in fits.items():
        test, (f_bound, t_bound) = fit.bounds_test, fit.bounds
        whole = {
            "f_stat": test.f_stat,
            "f_bound": f_bound,
            "t_stat": test.t_stat,
            "t_bound": t_bound,
            "related": fit.related,
            "lags": ", ".join(map(str, fit.order)),
            "sample": test.sample,
        }
        first = pd.DataFrame(whole, index=fit.table.index[:1])
        parts[name] = fit.table[["elasticity", "bse"]].join(first)
    return pd.concat(parts, names=["relation", "regressor"])


def _bic(test: BoundsTest) -> float:
    """Return the Bayesian information criterion, up to a constant of the sample."""
    residuals = np.asarray(test.residuals)
    mean_square = float(residuals @ residuals) / test.nobs
    return test.nobs * math.log(mean_square) + len(test.coefficients) * math.log(test.nobs)


def _cautions(test: BoundsTest) -> tuple[str, ...]:
    """Return what makes the long-run coefficients unusable, in words."""
    if test.ec_coefficient >= 0:
        return (
            "Deviations from the relation do not shrink (the coefficient of the lagged dependent "
            f"variable is {validate.label(round(test.ec_coefficient, 3))}), so the "
            "elasticities mean nothing.",
        )
    return ()
