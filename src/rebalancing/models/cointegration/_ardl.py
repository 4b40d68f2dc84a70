"""The conditional error correction regression behind the bounds test, and its result."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from statsmodels.regression.linear_model import OLS

from rebalancing.models import validate
from rebalancing.models.cointegration import _inputs as inputs
from rebalancing.models.cointegration import bounds_critical_values as printed
from rebalancing.models.cointegration._inputs import CONSTANT, TREND
from rebalancing.models.validate import FloatArray, ModelInputError

CASES = {
    1: "no constant, no trend",
    2: "restricted constant, no trend",
    3: "unrestricted constant, no trend",
    4: "unrestricted constant, restricted trend",
    5: "unrestricted constant, unrestricted trend",
}
_RESTRICTED = {2: [CONSTANT], 4: [TREND]}


@dataclass(frozen=True, eq=False, repr=False)
class BoundsTest:
    """The bounds test of a relation in levels, with the relation.

    Attributes:
        f_stat: F statistic of no relation in levels: that the coefficients of all lagged levels,
            in case 2 also of the constant and in case 4 of the trend, are zero.
        t_stat: t statistic of the lagged dependent variable.
        bounds: Critical bounds, one row per size ("10%", "5%", "1%"), columns by statistic ("F",
            "t") and order of integration of the regressors ("I(0)", "I(1)"). Beyond I(1) the
            test rejects whatever the orders, within I(0) it does not, between it is silent.
            Bounds of t are missing in cases 2 and 4, for which there are none.
        p_value: Of F if all regressors are I(1), the larger one, asymptotic.
        p_value_i0: Of F if all regressors are I(0).
        ec_coefficient: Coefficient of the lagged dependent variable, the part of a deviation from
            the relation that goes in one period, with a minus.
        long_run: The relation, y = sum of coefficient times regressor, one row per regressor and,
            where the regression has them, constant and trend (1 at the first period of the data).
            Columns coefficient, bse (delta method), t_stat. Units are those of the dependent
            variable per unit of the regressor. Means nothing where no relation is found.
        coefficients: Of the error correction regression; columns coefficient, bse, t_stat.
        residuals: By period.
        order: Lags of the dependent variable, then of each regressor.
        case: Deterministic terms, 1 to 5.
        k: Number of regressors in levels beside the dependent variable.
        nobs: Observations used, after the lags.
        sample: First and last period used.
        source: Of the bounds.
        cautions: The warnings given, in words.
    """

    f_stat: float
    t_stat: float
    bounds: pd.DataFrame
    p_value: float
    p_value_i0: float
    ec_coefficient: float
    long_run: pd.DataFrame
    coefficients: pd.DataFrame
    residuals: pd.Series[float]
    order: tuple[int, ...]
    case: int
    k: int
    nobs: int
    sample: str
    source: str
    cautions: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """The F test at 5% in words."""
        return _verdict(self.f_stat, *self._bounds_at_5_percent("F"))

    @property
    def t_verdict(self) -> str | None:
        """The t test at 5% in words, None in cases 2 and 4, for which there are no bounds."""
        lower, upper = self._bounds_at_5_percent("t")
        return None if np.isnan(lower) else _verdict(-self.t_stat, -lower, -upper)

    def _bounds_at_5_percent(self, statistic: str) -> tuple[float, float]:
        own = self.bounds[statistic]
        return float(own["I(0)"]["5%"]), float(own["I(1)"]["5%"])

    def to_frame(self) -> pd.DataFrame:
        """Return one row per statistic: its value, p-values and bounds by size."""
        rows = {
            "F": {"value": self.f_stat, "p I(0)": self.p_value_i0, "p I(1)": self.p_value},
            "t": {"value": self.t_stat, "p I(0)": np.nan, "p I(1)": np.nan},
        }
        for statistic, row in rows.items():
            for size in self.bounds.index:
                for kind, value in self.bounds.loc[size].loc[statistic].items():
                    row[f"{size} {kind}"] = value
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("statistic")

    def __repr__(self) -> str:
        """Say what was tested, on which sample, with which result."""
        lower, upper = self._bounds_at_5_percent("F")
        beside = f"  t {self.t_verdict}\n" if self.t_verdict else ""
        return (
            f"Bounds test: ARDL({', '.join(map(str, self.order))}), case {self.case} "
            f"({CASES[self.case]})\n"
            f"  sample: {self.sample}, {self.nobs} observations\n"
            f"  F {self.f_stat:.4f}, 5% bounds {lower:.2f} to {upper:.2f}, p-value "
            f"{self.p_value_i0:.3f} to {self.p_value:.3f}; t {self.t_stat:.4f}\n"
            f"  F {self.verdict}\n{beside}"
            f"  error correction {self.ec_coefficient:.4f}; in the long run:\n"
            f"{self.long_run.to_string(float_format='{:.5g}'.format)}"
        )


def _verdict(statistic: float, lower: float, upper: float) -> str:
    """Return in words whether a statistic is beyond, below or between its bounds."""
    if statistic > upper:
        return "rejects that there is no relation in levels at 5%"
    if statistic < lower:
        return "does not reject that there is no relation in levels at 5%"
    return "is silent at 5%: the answer depends on the orders of integration"


def estimate(
    endog: pd.Series[float],
    exog: pd.DataFrame,
    order: tuple[int, ...],
    case: int,
    fixed: pd.DataFrame | None,
    first: int,
) -> BoundsTest:
    """Run the regression and the test on checked data.

    Args:
        endog: Dependent variable.
        exog: Regressors in levels, for the same periods.
        order: Lags of the dependent variable, then of each regressor.
        case: Deterministic terms, 1 to 5.
        fixed: Regressors without lags and outside the relation, or None.
        first: Position of the first observation used.

    Raises:
        ModelInputError: The regressors are collinear or too many for the sample.
    """
    change, design = _regression(endog, exog, order, case, fixed, first)
    _check_size(change, design)
    # Columns of like length keep the normal equations accurate whatever the units.
    scale = np.linalg.norm(design.to_numpy(), axis=0)
    fitted = OLS(change.to_numpy(), design.to_numpy() / scale).fit()
    if fitted.ssr <= 1e-20 * np.sum(change.to_numpy() ** 2):
        raise ModelInputError(
            f"endog: follows from the regressors exactly, so there is nothing random to test; "
            f"look for an accounting identity among {', '.join(exog.columns)}"
        )
    estimates = pd.Series(fitted.params / scale, index=design.columns)
    covariance = pd.DataFrame(
        fitted.cov_params() / np.outer(scale, scale), index=design.columns, columns=design.columns
    )
    levels = [_level(endog.name), *(_level(name) for name in exog.columns)]
    tested = [*_RESTRICTED.get(case, []), *levels]
    null = estimates[tested].to_numpy()
    wald = null @ np.linalg.solve(covariance.loc[tested, tested].to_numpy(), null)
    f_stat, k = float(wald) / len(tested), exog.shape[1]
    coefficients = _table(estimates, np.sqrt(np.diag(covariance)))
    return BoundsTest(
        f_stat=f_stat,
        t_stat=float(coefficients["t_stat"][levels[0]]),
        bounds=printed.bounds(k, case),
        p_value=printed.p_value(f_stat, k, case, integrated=True),
        p_value_i0=printed.p_value(f_stat, k, case, integrated=False),
        ec_coefficient=float(estimates[levels[0]]),
        long_run=_long_run(estimates, covariance, levels),
        coefficients=coefficients,
        residuals=pd.Series(fitted.resid, index=change.index, name="residual"),
        order=order,
        case=case,
        k=k,
        nobs=len(change),
        sample=validate.span(change.index),
        source=printed.SOURCE,
    )


def _regression(
    endog: pd.Series[float],
    exog: pd.DataFrame,
    order: tuple[int, ...],
    case: int,
    fixed: pd.DataFrame | None,
    first: int,
) -> tuple[pd.Series[float], pd.DataFrame]:
    """Return the changes of the dependent variable and the regressors, from the first period on."""
    own, name = order[0], endog.name
    terms: dict[str, pd.Series[float]] = {}
    if case >= 2:
        terms[CONSTANT] = pd.Series(1.0, index=endog.index)
    if case >= 4:
        terms[TREND] = pd.Series(np.arange(1.0, len(endog) + 1), index=endog.index)
    terms[_level(name)] = endog.shift(1)
    for column, lags in zip(exog.columns, order[1:], strict=True):
        # Without lags the regressor itself stands for its level: there is no change to add.
        terms[_level(column)] = exog[column].shift(1 if lags else 0)
    terms |= {_change(name, lag): endog.diff().shift(lag) for lag in range(1, own)}
    for column, lags in zip(exog.columns, order[1:], strict=True):
        terms |= {_change(column, lag): exog[column].diff().shift(lag) for lag in range(lags)}
    parts = [pd.DataFrame(terms)] if fixed is None else [pd.DataFrame(terms), fixed]
    return endog.diff().iloc[first:], pd.concat(parts, axis="columns", sort=False).iloc[first:]


def _level(name: object) -> str:
    return f"{name}, level"


def _change(name: object, lag: int) -> str:
    return f"{name}, change" + (f" {lag} periods before" if lag else "")


def _check_size(change: pd.Series[float], design: pd.DataFrame) -> None:
    """Raise ModelInputError unless the sample is large enough and no regressor is redundant."""
    nobs, regressors = design.shape
    if nobs <= regressors:
        raise ModelInputError(
            f"endog: {nobs} observations after the lags are too few for {regressors} "
            f"coefficients; use fewer lags or a longer sample"
        )
    inputs.check_independent(design.to_numpy(), list(design.columns), "exog")
    if np.ptp(change.to_numpy()) == 0:
        raise ModelInputError(
            "endog: changes by the same amount every period, so there is nothing to model; "
            "leave this series out"
        )


def _long_run(
    estimates: pd.Series[float], covariance: pd.DataFrame, levels: list[str]
) -> pd.DataFrame:
    """Return the relation in levels, with standard errors by the delta method."""
    own, others = levels[0], levels[1:]
    terms = [*others, *(term for term in (CONSTANT, TREND) if term in estimates.index)]
    ratio = -estimates[terms] / estimates[own]
    # Of -a/b the derivatives are -1/b and a/b^2.
    gradient = np.column_stack(
        [-np.eye(len(terms)) / estimates[own], -ratio.to_numpy() / estimates[own]]
    )
    involved = covariance.loc[[*terms, own], [*terms, own]].to_numpy()
    bse = np.sqrt(np.diag(gradient @ involved @ gradient.T))
    names = [term.removesuffix(_level("")) for term in terms]
    return _table(ratio.set_axis(names), bse)


def _table(estimates: pd.Series[float], bse: FloatArray) -> pd.DataFrame:
    """Return coefficients with standard errors and t statistics."""
    return pd.DataFrame({"coefficient": estimates, "bse": bse, "t_stat": estimates / bse})
