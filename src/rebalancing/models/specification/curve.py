"""Specification curves: one estimate for every defensible combination of choices.

Simonsohn, Simmons and Nelson (2020), Specification curve analysis, Nature Human Behaviour 4.

`run` estimates all combinations and reports all, with what each choice does to the estimate and
the combinations that could not be estimated. `regime_slope` is the estimator of a trend over a
window; `under_the_null` asks how the whole curve would look if there were no trend.

Every specification has the same weight in the summary. That is a choice too: a dimension with many
options, or options that hardly differ, fills the curve without adding evidence, and shares of
specifications are not probabilities. Specifications use the same data, so that a thousand of them
that agree are no thousand tests. Keep the trivial specification in the grid, whatever is found
with the others: for a trend it is "difference", the mean change of a random walk with drift.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t as student

from rebalancing.models import validate
from rebalancing.models.specification import _slope_plan as slope_plan
from rebalancing.models.specification._grid import SpecGrid, expand
from rebalancing.models.specification._null_curve import NullCurve, under_the_null
from rebalancing.models.specification._summary import influence, labels, summary
from rebalancing.models.validate import ModelInputError
from rebalancing.models.warnings import SmallSampleWarning

__all__ = ["NullCurve", "SpecificationCurve", "regime_slope", "run", "under_the_null"]

FEW_OBSERVATIONS = 10

Estimator = Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]


@dataclass(frozen=True, eq=False, repr=False)
class SpecificationCurve:
    """The estimates of all specifications.

    Attributes:
        estimates: One row per specification that could be estimated: its choices, then estimate,
            std_error, lower, upper, significant (whether the interval leaves out zero), n, df
            (degrees of freedom of Student's t; infinite for the normal distribution).
        dropped: One row per specification that could not: its choices, then reason.
        dimensions: Names of the choices.
        level: Probability that an interval is to cover.
        cautions: The warnings given, in words.
    """

    estimates: pd.DataFrame
    dropped: pd.DataFrame
    dimensions: tuple[str, ...]
    level: float
    cautions: tuple[str, ...]

    def summary(self) -> pd.DataFrame:
        """Return the distribution of estimates: of all, then by choice, every row alike.

        Columns n, median, q05, q25, q75, q95, lowest, highest, share_same_sign (as the median of
        all), share_significant, share_significant_same_sign.
        """
        return summary(self.estimates, self.dimensions)

    def influence(self) -> pd.DataFrame:
        """Return how much each choice moves the estimate, other choices alike.

        An additive regression of the estimates on all choices. Columns n, median, effect (of the
        choice, around the mean of all estimates, in their units), share_of_variance (of the
        estimates, that only the dimension accounts for).
        """
        return influence(self.estimates, self.dimensions)

    def to_frame(self) -> pd.DataFrame:
        """Return the estimates from the lowest to the highest."""
        return self.estimates.sort_values("estimate", kind="stable", ignore_index=True)

    def __repr__(self) -> str:
        """Say how many were estimated and what they say together."""
        row = self.summary().iloc[0].to_dict()
        text = (
            f"SpecificationCurve: {len(self.estimates)} specifications of "
            f"{', '.join(self.dimensions)}; {len(self.dropped)} could not be estimated\n"
            f"  median {row['median']:.4g}, from {row['lowest']:.4g} to {row['highest']:.4g}, "
            f"middle 90% {row['q05']:.4g} to {row['q95']:.4g}\n"
            f"  {100 * row['share_same_sign']:.0f}% with the sign of the median, "
            f"{100 * row['share_significant_same_sign']:.0f}% with that sign and an interval "
            "without zero"
        )
        reasons = self.dropped["reason"].value_counts()
        return "\n".join([text, *(f"  dropped: {n}, {why}" for why, n in reasons.items())])


def run(
    spec_grid: SpecGrid,
    estimator: Estimator,
    data: pd.DataFrame,
    *,
    level: float = 0.95,
    batch_size: int = 5000,
) -> SpecificationCurve:
    """Estimate every specification of a grid.

    Args:
        spec_grid: Choices by dimension, all combinations of which are estimated; or a list of
            specifications, each with the same dimensions.
        estimator: Takes specifications (one row each, columns the dimensions) and data; returns a
            frame with the same index and columns estimate, std_error, n, optionally df (of
            Student's t; default: normal) and reason (why it could not be estimated, else missing).
        data: Handed to the estimator.
        level: Probability that an interval is to cover.
        batch_size: Specifications handed over at once.

    Raises:
        ModelInputError: A grid or an estimator's answer that cannot be used, a grid without any
            specification that could be estimated, or a dimension that moves no estimate: each
            would be counted once per choice.

    Warns:
        SmallSampleWarning: Specifications with fewer than 10 observations.
    """
    probability = validate.probability(level)
    specs = expand(spec_grid)
    validate.whole(batch_size, "batch_size", 1)
    batches = [
        _checked(estimator(part, data), part)
        for part in (specs[i : i + batch_size] for i in range(0, len(specs), batch_size))
    ]
    found = pd.concat(batches)
    bad = found["reason"].notna()
    if bad.all():
        raise ModelInputError(
            "spec_grid: no specification could be estimated; the first one because of "
            f"{found['reason'].iloc[0]!r}"
        )
    half = student.ppf(0.5 + probability / 2, found["df"]) * found["std_error"]
    found["lower"], found["upper"] = found["estimate"] - half, found["estimate"] + half
    found["significant"] = (found["lower"] > 0) | (found["upper"] < 0)
    shown = ["estimate", "std_error", "lower", "upper", "significant", "n", "df"]
    estimates = specs.join(found[shown])[~bad].reset_index(drop=True)
    _check_that_each_moves(estimates, list(specs.columns))
    return SpecificationCurve(
        estimates=estimates.astype({"n": int}),
        dropped=specs.join(found["reason"])[bad].reset_index(drop=True),
        dimensions=tuple(specs.columns),
        level=probability,
        cautions=_cautions(estimates["n"]),
    )


def regime_slope(specs: pd.DataFrame, data: pd.DataFrame) -> pd.DataFrame:
    """Estimate the slope of a series over a window, for many specifications at once.

    All slopes are in units of the series per period, such as percentage points a year, so that
    they can be compared. Standard errors are those of Newey and West (1987), Econometrica 55, with
    the small-sample factor n / df, for Student's t with df degrees of freedom.

    Choices, with the default where a grid does not have them:

    - ``series``: a column of data.
    - ``start``, ``end``: labels of the window's first and last observation; None: the series'.
    - ``trend``: "ols", the least-squares slope; "log", that of the logarithm times the mean of the
      series over the window, which is taken as known; "difference", the mean change, the estimate
      for a random walk with drift; "theil-sen", the median slope between all pairs, which a few
      odd years do not move, with Sen's (1968) standard error, scaled by what Newey and West find
      for its scores.
    - ``lags``: of Newey and West; None: 4 (n/100)^(2/9) rounded down.
    - ``break_after``: label after which the level shifts for good; the slope is then the same
      before and after. None: no shift. Not for "theil-sen".

    With some fifty observations and dependent errors the intervals are too narrow, and for a
    series with a unit root only "difference" has errors of the right size.

    Args:
        specs: One row per specification, columns as above.
        data: Series by period, evenly spaced; missing values outside the windows are no harm.

    Returns:
        Columns estimate, std_error, n, df, reason, with the index of specs.

    Raises:
        ModelInputError: Data, a dimension, series or option that cannot be used.
    """
    table = slope_plan.checked(data)
    todo = slope_plan.plan_slopes(specs, table)
    slopes, errors = slope_plan.estimate(todo, table.to_numpy()[:, :, None])
    n, df = np.full(len(specs), np.nan), np.full(len(specs), np.nan)
    for group in todo.groups:
        n[group.rows], df[group.rows] = group.n, group.df
    reasons = pd.Series(todo.reasons, dtype=object).reindex(range(len(specs)))
    exact = np.isnan(errors[:, 0]) & reasons.isna()
    reasons[exact] = "no variation around the line in the window"
    found = pd.DataFrame({"estimate": slopes[:, 0], "std_error": errors[:, 0], "n": n, "df": df})
    return found.assign(reason=reasons).set_index(specs.index)


def _checked(found: pd.DataFrame, specs: pd.DataFrame) -> pd.DataFrame:
    """Return an estimator's answer with all columns.

    Raises:
        ModelInputError: It does not answer what was asked.
    """
    if not isinstance(found, pd.DataFrame) or not found.index.equals(specs.index):
        raise ModelInputError(
            "estimator: must return a DataFrame with the index of the specifications it is given"
        )
    lacking = {"estimate", "std_error", "n"} - set(found.columns)
    if lacking:
        raise ModelInputError(
            f"estimator: returns no column {sorted(lacking)[0]!r}; it must return estimate, "
            "std_error and n"
        )
    full = found.assign(
        df=found.get("df", np.inf),
        reason=found["reason"].astype(object) if "reason" in found else None,
    )
    numbers = full.loc[full["reason"].isna(), ["estimate", "std_error"]].astype(float)
    if not np.isfinite(numbers.to_numpy()).all() or (numbers["std_error"] <= 0).any():
        raise ModelInputError(
            "estimator: an estimate or standard error is missing, infinite or not positive; give "
            "the reason in a column 'reason'"
        )
    return full


def _check_that_each_moves(estimates: pd.DataFrame, dimensions: list[str]) -> None:
    """Raise ModelInputError if a dimension has several choices and none moves an estimate."""
    for name in dimensions:
        others = [other for other in dimensions if other != name]
        if estimates[name].map(str).nunique() < 2 or not others:
            continue
        alike = estimates.groupby([labels(estimates[other]) for other in others])["estimate"]
        spread = (alike.max() - alike.min())[alike.size() > 1]
        if len(spread) and (spread == 0).all():
            raise ModelInputError(
                f"spec_grid: {name!r} moves no estimate, so each would count once per choice; "
                "leave it out, and compare its standard errors apart"
            )


def _cautions(n: pd.Series) -> tuple[str, ...]:
    """Warn of small samples, and return it in words."""
    few = int((n < FEW_OBSERVATIONS).sum())
    if few == 0:
        return ()
    text = (
        f"{few} of {len(n)} specifications have fewer than {FEW_OBSERVATIONS} observations: their "
        "intervals are too narrow."
    )
    warnings.warn(text, SmallSampleWarning, stacklevel=3)
    return (text,)
