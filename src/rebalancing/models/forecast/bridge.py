"""Bridge equations: the change of a yearly figure from indicators that are out before it.

The change is regressed on one to three indicators of the same year. The forecast of a year whose
figure is not out is a Student t density that holds both the noise of the years to come and the
uncertainty of the coefficients (the predictive density of a linear regression with normal errors;
Zellner 1971, *An Introduction to Bayesian Inference in Econometrics*, section 3.2). The trivial
alternative is no change: a t density around zero whose scale is the root mean square of the same
past changes.

`score` judges bridges on past years: each `Case` holds what was known before its year's figure came
out, so nothing of a year or after it enters its own forecast.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import beta
from scipy.stats import t as student

from rebalancing.models import validate
from rebalancing.models.trend.least_squares import CollinearError, solve
from rebalancing.models.validate import FloatArray, ModelInputError

LEAST_DF = 4  # with fewer degrees of freedom intervals say nothing
MOST = 3  # indicators in one bridge


@dataclass(frozen=True)
class StudentDensity:
    """A Student t density.

    Attributes:
        mean: Its centre, in units of y.
        scale: Its scale, in units of y; positive.
        df: Its degrees of freedom, more than one.
    """

    mean: float
    scale: float
    df: float

    def interval(self, level: float) -> tuple[float, float]:
        """Return the central interval that is to cover the outcome.

        Raises:
            ModelInputError: A level that is not between 0 and 1.
        """
        half = self.scale * float(student.ppf(0.5 + validate.probability(level) / 2, self.df))
        return self.mean - half, self.mean + half

    def below(self, x: float) -> float:
        """Return the probability of at most ``x``."""
        return float(student.cdf((x - self.mean) / self.scale, self.df))

    def crps(self, actual: float) -> float:
        """Return the continuous ranked probability score in units of y; lower is better.

        In closed form: Jordan, Krüger and Lerch (2019), Journal of Statistical Software 90(12).
        """
        z, df = (actual - self.mean) / self.scale, self.df
        spread = 2 * np.sqrt(df) * beta(0.5, df - 0.5) / ((df - 1) * beta(0.5, df / 2) ** 2)
        density = 2 * student.pdf(z, df) * (df + z**2) / (df - 1)
        return float(self.scale * (z * (2 * student.cdf(z, df) - 1) + density - spread))


@dataclass(frozen=True)
class Pool:
    """A linear pool of densities with equal weights: one of them holds, none is preferred.

    Attributes:
        parts: One or more.
    """

    parts: tuple[StudentDensity, ...]

    @property
    def mean(self) -> float:
        """Expected value, in units of y."""
        return float(np.mean([part.mean for part in self.parts]))

    def below(self, x: float) -> float:
        """Return the probability of at most ``x``."""
        return float(np.mean([part.below(x) for part in self.parts]))

    def interval(self, level: float) -> tuple[float, float]:
        """Return the central interval that is to cover the outcome.

        Raises:
            ModelInputError: A level that is not between 0 and 1.
        """
        each = [part.interval(level) for part in self.parts]
        low, high = min(bounds[0] for bounds in each), max(bounds[1] for bounds in each)
        tail = (1 - level) / 2
        if low == high or len(self.parts) == 1:
            return low, high

        def bound(probability: float) -> float:
            return float(brentq(lambda x: self.below(x) - probability, low - 1e-9, high + 1e-9))

        return bound(tail), bound(1 - tail)

    def crps(self, actual: float) -> float:
        """Return the continuous ranked probability score, by quadrature of its definition."""
        under, _ = quad(lambda x: self.below(x) ** 2, -np.inf, actual)
        over, _ = quad(lambda x: (1 - self.below(x)) ** 2, actual, np.inf)
        return float(under + over)


@dataclass(frozen=True, eq=False)
class Bridge:
    """A regression of changes on indicators, with a constant.

    Attributes:
        coefficients: Constant first, then by indicator.
        standard_errors: The same, for independent errors of equal variance.
        r_squared: Part of the variance of the changes that is fitted.
        variance: Of the errors, in units of y squared.
        df: Observations less coefficients.
        n: Observations.
    """

    coefficients: pd.Series[float]
    standard_errors: pd.Series[float]
    r_squared: float
    variance: float
    df: int
    n: int
    _inverse: FloatArray

    def predict(
        self, rows: pd.DataFrame, uncertainty: pd.Series[float] | None = None
    ) -> StudentDensity:
        """Return the density of the sum of the changes of some years.

        Args:
            rows: Indicators of the years, one row each; the columns of the regression.
            uncertainty: Standard deviations of errors in the sums of indicators over the rows, by
                column, where they are estimates themselves; taken as independent.
        """
        x = np.array([float(len(rows)), *rows[self.coefficients.index[1:]].sum()])
        scale = self.variance * (len(rows) + x @ self._inverse @ x)
        if uncertainty is not None:
            slopes = self.coefficients[uncertainty.index]
            scale += float(((slopes * uncertainty) ** 2).sum())
        return StudentDensity(float(x @ self.coefficients), float(np.sqrt(scale)), self.df)


def fit(change: pd.Series[float], indicators: pd.DataFrame) -> Bridge:
    """Regress changes on indicators of the same years, by least squares.

    Args:
        change: By year, in units of y.
        indicators: By year, one to three columns; years in which all are known are used.

    Raises:
        ModelInputError: No or too many indicators, too few years in common, or indicators of which
            one is a combination of the others.
    """
    if not 1 <= indicators.shape[1] <= MOST:
        raise ModelInputError(
            f"indicators: {indicators.shape[1]} columns; pass one to {MOST}, as few years bear no "
            "more"
        )
    both = pd.concat([change.rename("change"), indicators], axis=1).dropna()
    n, k = len(both), indicators.shape[1] + 1
    if n < k + LEAST_DF:
        raise ModelInputError(
            f"change: {n} years with all indicators are too few; {k + LEAST_DF} or more are needed"
        )
    y, x = both["change"].to_numpy(), np.column_stack([np.ones(n), both[indicators.columns]])
    try:
        found = solve(x, y[:, None])
    except CollinearError as error:
        name = indicators.columns[error.column - 1]
        raise ModelInputError(
            f"indicators: {name} does not vary, or is a combination of the others; leave it out"
        ) from None
    left = float(np.sum(found.residuals**2))
    names = pd.Index(["constant", *indicators.columns])
    return Bridge(
        coefficients=pd.Series(found.coefficients[:, 0], names),
        standard_errors=pd.Series(found.homoskedastic_se()[:, 0], names),
        r_squared=1 - left / float(np.sum((y - y.mean()) ** 2)),
        variance=left / found.df,
        df=found.df,
        n=n,
        _inverse=np.asarray(found.weights @ found.weights.T),
    )


def no_change(change: pd.Series[float], steps: int = 1) -> StudentDensity:
    """Return the density of no change: around zero, as wide as past changes were large.

    Args:
        change: Past changes, at least five.
        steps: Years ahead.

    Raises:
        ModelInputError: Too few changes, missing ones, or none that is not zero.
    """
    known = validate.sample(change, "change")
    mean_square = float(np.mean(known**2))
    if len(known) <= LEAST_DF or mean_square == 0:
        raise ModelInputError(
            f"change: {len(known)} changes are too few, or all are zero; {LEAST_DF + 1} or more "
            "are needed"
        )
    years = validate.whole(steps, "steps", 1)
    return StudentDensity(0.0, float(np.sqrt(years * mean_square)), len(known))


class Case(NamedTuple):
    """What was known when a past year was to be forecast, and what came.

    Attributes:
        year: The last year forecast.
        change: Changes known then, by year.
        known: Indicators known then, of years with a change.
        new: Indicators of the years to be forecast, the last of which is ``year``.
        outcome: The sum of the changes of those years.
        uncertainty: As for `Bridge.predict`.
    """

    year: int
    change: pd.Series[float]
    known: pd.DataFrame
    new: pd.DataFrame
    outcome: float
    uncertainty: pd.Series[float] | None = None


def is_enough(case: Case) -> bool:
    """Return whether a case knows enough years to estimate a bridge from."""
    both = case.known.dropna().index.intersection(case.change.dropna().index)
    return len(both) >= case.known.shape[1] + 1 + LEAST_DF


def foresee(case: Case) -> tuple[StudentDensity, StudentDensity] | None:
    """Return what a bridge, and no change, would have said of a case.

    No change is as wide as the changes of the years that the bridge is estimated on.

    Returns:
        The two densities; None where too few years were known to estimate from.

    Raises:
        ModelInputError: The case knows changes of the years that it forecasts.
    """
    change = case.change.dropna()
    if len(change) and change.index.max() >= case.new.index.min():
        raise ModelInputError(
            f"case: that of {case.year} knows changes of the years that it forecasts; cut them off"
        )
    if not is_enough(case):
        return None
    both = case.known.dropna().index.intersection(change.index)
    bridge = fit(change[both], case.known.loc[both])
    return bridge.predict(case.new, case.uncertainty), no_change(change[both], len(case.new))


def score(cases: Iterable[Case], level: float) -> pd.DataFrame:
    """Score a bridge and no change on past years.

    Args:
        cases: In order of time; those with too few years to estimate from are passed over.
        level: Of the intervals whose coverage is counted.

    Returns:
        By year: outcome, forecast, crps, crps_no_change, inside and inside_no_change (whether the
        intervals held the outcome).

    Raises:
        ModelInputError: As `foresee`.
    """
    rows = {}
    for case in cases:
        if (both := foresee(case)) is not None:
            rows[case.year] = _scored(case.outcome, *both, level)
    return pd.DataFrame.from_dict(rows, orient="index", columns=_SCORED).rename_axis("year")


def score_pool(sets: Sequence[Sequence[Case]], level: float) -> pd.DataFrame:
    """Score the pool of several bridges beside that of their no changes, as `score`.

    Args:
        sets: The cases of each bridge; years in which all of them can be tried are scored.
        level: Of the intervals whose coverage is counted.

    Raises:
        ModelInputError: As `foresee`.
    """
    said = [
        {case.year: (case.outcome, both) for case in cases if (both := foresee(case)) is not None}
        for cases in sets
    ]
    rows = {}
    for year in sorted(set.intersection(*(set(one) for one in said)) if said else ()):
        outcome = said[0][year][0]
        bridges, naive = (Pool(tuple(one[year][1][at] for one in said)) for at in (0, 1))
        rows[year] = _scored(outcome, bridges, naive, level)
    return pd.DataFrame.from_dict(rows, orient="index", columns=_SCORED).rename_axis("year")


_SCORED = ["outcome", "forecast", "crps", "inside", "crps_no_change", "inside_no_change"]


def _scored(
    outcome: float, bridge: StudentDensity | Pool, naive: StudentDensity | Pool, level: float
) -> dict[str, float]:
    found = {"outcome": outcome, "forecast": bridge.mean}
    for name, density in (("", bridge), ("_no_change", naive)):
        low, high = density.interval(level)
        found[f"crps{name}"] = density.crps(outcome)
        found[f"inside{name}"] = float(low <= outcome <= high)
    return found


class BridgeRecord(NamedTuple):
    """How a bridge has done on past years, beside no change.

    Attributes:
        years: How many it was scored on.
        rmse: Root mean square error as a part of that of no change.
        crps: Mean score as a part of that of no change.
        held: Part of the outcomes that its intervals held.
        held_no_change: The same of no change.
    """

    years: int
    rmse: float
    crps: float
    held: float
    held_no_change: float


def summarise(scores: pd.DataFrame) -> BridgeRecord:
    """Return how a bridge has done, from what `score` returned.

    Raises:
        ModelInputError: No year was scored.
    """
    if scores.empty:
        raise ModelInputError("scores: no year was scored; use a longer sample")
    errors = scores["outcome"] - scores["forecast"]
    return BridgeRecord(
        years=len(scores),
        rmse=float(np.sqrt((errors**2).mean() / (scores["outcome"] ** 2).mean())),
        crps=float(scores["crps"].mean() / scores["crps_no_change"].mean()),
        held=float(scores["inside"].mean()),
        held_no_change=float(scores["inside_no_change"].mean()),
    )
