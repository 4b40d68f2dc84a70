"""Multiple structural breaks at unknown dates: estimates, tests, confidence intervals.

Bai and Perron (1998, Econometrica 66; 2003, Journal of Applied Econometrics 18): least squares in
``m + 1`` regimes with the break dates that minimise the sum of squared residuals, found exactly
by dynamic programming; tests for the number of breaks; intervals for the dates.

Not for levels of series with a unit root or a trend: the tests take regressors and errors to be
stationary within regimes, and a random walk "has breaks" almost surely. Test differences;
`bai_perron` warns where the data look integrated. With a trend among the regressors the dates are
still good, but critical values and intervals are not made for it.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Sequence
from functools import cache, partial

import numpy as np
import pandas as pd

from rebalancing.models import unitroot, validate
from rebalancing.models.breaks import _inputs as inputs
from rebalancing.models.breaks import critical_values as printed
from rebalancing.models.breaks._regression import Covariance, Errors, Regression, regress
from rebalancing.models.breaks._result import Breaks as Breaks
from rebalancing.models.breaks.intervals import interval, rounded
from rebalancing.models.breaks.search import Partition, best_single_break, partitions
from rebalancing.models.longrun import Convention
from rebalancing.models.unitroot.result import Terms, UnitRootTest
from rebalancing.models.validate import FloatArray, ModelInputError
from rebalancing.models.warnings import IntegratedSeriesWarning, SmallSampleWarning

MOST_BREAKS, TRIM = 5, 0.15
SIGNIFICANCE = 0.05  # of the sequential tests
FEW_PER_REGIME = 15
_PENALTY, _EXCESS = 0.299, 0.1  # Liu, Wu and Zidek (1997, Statistica Sinica 7)


def bai_perron(
    y: pd.Series[float] | Sequence[float] | FloatArray,
    x: inputs.Regressors | None = None,
    *,
    max_breaks: int = MOST_BREAKS,
    trim: float = TRIM,
    select: inputs.SelectionRule | int = "sequential",
    covariance: Covariance = "hac",
    level: float = 0.95,
    convention: Convention = "bai-perron",
) -> Breaks:
    """Estimate breaks at unknown dates in a linear regression and test for their number.

    Bai and Perron (1998, 2003); with the defaults, results are those of their program. Errors and
    regressors must be stationary within regimes. Intervals are for breaks that are not too small:
    with 100 observations, one break in the middle and independent errors, 95% intervals covered
    95% of the time at a shift of 1.5 standard deviations and 90% at a shift of one, in simulations.

    Args:
        y: By time, without gaps; at least 20 observations.
        x: Regressors, in rows as y; a constant if not given. Give a constant among them if there
            is to be one.
        max_breaks: The most breaks to consider; fewer where critical values at this trim end
            earlier (9 at 0.05, 8 at 0.10, 5 at 0.15, 3 at 0.20, 2 at 0.25).
        trim: Shortest regime as a part of the sample, 0.05 to 0.25.
        select: "sequential" (the first l with supF(l + 1 | l) not significant at 5%; where breaks
            offset each other supF(1) can be small although ``ud_max`` is large), "bic", "lwz", or a
            number of breaks.
        covariance: Of the errors: "hac" (quadratic spectral kernel, bandwidth of Andrews 1991,
            whitened before), "hac unwhitened", "robust" to heteroskedasticity, "homoskedastic".
            With lagged y among the regressors, neither "hac". Intervals let the errors' variance
            differ between regimes in all cases.
        level: Probability that intervals cover.
        convention: What articles leave open. "bai-perron", as in the authors' program and so the
            published intervals: ends are rounded to the nearest observation, and one is added to
            the upper end for each break from the interval's own on, which errs on the wide side;
            "sandwich", as in the R packages strucchange and sandwich: ends are rounded outwards,
            and the HAC estimator has another divisor and bandwidth. With "homoskedastic" or "hac"
            intervals then are strucchange's by default or with kernHAC.

    Raises:
        ModelInputError: Data or an option that cannot be used.

    Warns:
        IntegratedSeriesWarning: Unit-root tests call y integrated: the tests do not hold.
        SmallSampleWarning: The shortest regime may have fewer than 15 observations.
    """
    series = validate.time_series(y, at_least=20)
    values = np.asarray(series, dtype=float)
    regressors, names = inputs.regressors(x, series)
    errors = inputs.error_options(covariance, convention)
    level = validate.probability(level)
    select = inputs.selection(select)
    most = inputs.most_breaks(select, max_breaks, trim, regressors.shape[1])
    shortest = int(trim * len(values) + 1e-9)  # 0.15 of 20 is 3 and not 2
    inputs.check_rank(regressors, shortest, names)

    found = _partitions(values, regressors, shortest, most, select)
    most = len(found) - 1
    sup_f, sequential = _tests(values, regressors, found, shortest, errors)
    critical = printed.critical_values(regressors.shape[1], trim, most)
    bic, lwz = _criteria(found, len(values), regressors.shape[1])
    limits = printed.limits(regressors.shape[1], trim, most, SIGNIFICANCE)
    n_breaks, rule = _select(select, sequential, limits["sequential"], bic, lwz)
    ud_max = float(sup_f.iloc[: printed.MOST_IN_UD_MAX].max())
    masked = select == "sequential" and n_breaks == 0 and ud_max > limits["ud_max"][0]
    trending = inputs.has_trend(regressors)
    chosen = regress(values, regressors, found[n_breaks].breaks)
    regimes = _regimes(series.index, chosen.edges)
    positions = tuple(chosen.edges[1:-1])
    return Breaks(
        n_breaks=n_breaks,
        positions=positions,
        labels=tuple(series.index[position - 1] for position in positions),
        intervals=rounded(_intervals(regressors, chosen, errors, level), convention),
        level=level,
        covariance=errors.covariance,
        params=pd.DataFrame(chosen.coefficients, index=regimes.index, columns=names),
        bse=pd.DataFrame(chosen.standard_errors(errors), index=regimes.index, columns=names),
        ssr=chosen.ssr,
        sup_f=sup_f,
        sequential=sequential,
        ud_max=ud_max,
        critical_values=critical,
        bic=bic,
        lwz=lwz,
        partitions={k: tuple(b + 1 for b in p.breaks) for k, p in enumerate(found)},
        regimes=regimes,
        fitted=(series - chosen.residuals).rename("fitted"),
        selected_by=rule,
        cautions=_cautions(series, shortest, trending=trending, masked=masked),
    )


def _partitions(
    y: FloatArray, x: FloatArray, shortest: int, most: int, select: inputs.SelectionRule | int
) -> list[Partition]:
    """Return the best partitions, if there is something to break and room for what was asked."""
    found = partitions(y, x, shortest, most)
    if found[0].ssr == 0:
        raise ModelInputError(
            "y: the regressors explain it exactly, so there is nothing to break; leave this "
            "series out"
        )
    most = len(found) - 1
    if isinstance(select, int) and select > most:
        raise ModelInputError(
            f"select: {select} breaks are too many for {len(y)} observations with regimes of at "
            f"least {shortest}, and for the tables of critical values; use at most {most} or a "
            "smaller trim"
        )
    return found


def _cautions(
    series: pd.Series[float], shortest: int, *, trending: bool, masked: bool
) -> tuple[str, ...]:
    """Give the warnings that the sample calls for, and return all that limits the results."""
    said = []
    if _looks_integrated(series, "ct" if trending else "c"):
        said.append(
            "Unit-root tests call the series integrated: tests and intervals for breaks in its "
            "level do not hold; test its differences."
        )
        warnings.warn(said[-1], IntegratedSeriesWarning, stacklevel=3)
    if shortest < FEW_PER_REGIME:
        said.append(
            f"Regimes may be as short as {shortest} observations: too few for the asymptotic "
            "distributions of tests and intervals."
        )
        warnings.warn(said[-1], SmallSampleWarning, stacklevel=3)
    if trending:
        said.append(
            "The regressors hold a trend: critical values and intervals are for regressors "
            "without one."
        )
    if masked:
        said.append(
            "UDmax finds breaks that the sequential tests miss, as where breaks offset each "
            "other: look at the partitions with more breaks."
        )
    return tuple(said)


def _looks_integrated(series: pd.Series[float], trend: Terms) -> bool:
    """Return whether no unit-root test of three rejects at 5%, one of them allowing for a break.

    Several breaks in the mean can look the same (Perron 1989, Econometrica 57), which is why this
    is a caution and no verdict.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SmallSampleWarning)  # the caller gives this warning itself
        tests: tuple[Callable[..., UnitRootTest], ...] = (  # the cheapest first
            partial(unitroot.zivot_andrews, lags=0),
            unitroot.phillips_perron,
            unitroot.adf,
        )
        try:
            return all(test(series, trend=trend).p_value > 0.05 for test in tests)
        except ModelInputError:  # an exact line, or too short: nothing to test
            return False


def _tests(
    y: FloatArray,
    x: FloatArray,
    found: list[Partition],
    shortest: int,
    errors: Errors,
) -> tuple[pd.Series[float], pd.Series[float]]:
    """Return supF(k) and supF(l + 1 | l)."""
    numbers = range(1, len(found))
    sup_f = [regress(y, x, p.breaks).f_statistic(errors) for p in found[1:]]
    one_break = _one_break(y, x, shortest, errors)
    # The first of these, against no break, is supF(1).
    later = [_one_more(p, len(y), shortest, one_break) for p in found[1:-1]]
    sequential = [*sup_f[:1], *later]
    return (
        pd.Series(sup_f, index=numbers, name="sup_f", dtype=float),
        pd.Series(sequential, index=numbers, name="sequential", dtype=float),
    )


def _one_more(
    given: Partition, n: int, shortest: int, one_break: Callable[[int, int], float]
) -> float:
    """Return supF(l + 1 | l): the largest supF(1) within the regimes of the best l breaks."""
    edges = itertools.pairwise([0, *(b + 1 for b in given.breaks), n])
    long = [(start, end) for start, end in edges if end - start >= 2 * shortest]
    return max((one_break(start, end) for start, end in long), default=float("nan"))


def _one_break(
    y: FloatArray, x: FloatArray, shortest: int, errors: Errors
) -> Callable[[int, int], float]:
    """Return a function of a segment that gives its supF(1); partitions share segments."""

    @cache
    def sup_f(start: int, end: int) -> float:
        part, own = y[start:end], x[start:end]
        at = best_single_break(part, own, shortest)
        return 0.0 if at is None else regress(part, own, [at]).f_statistic(errors)

    return sup_f


def _criteria(found: list[Partition], n: int, q: int) -> tuple[pd.Series[float], pd.Series[float]]:
    """Return both information criteria, up to a constant that does not depend on the breaks."""
    breaks = np.arange(len(found))
    ssr = np.array([partition.ssr for partition in found])
    added = breaks * (q + 1)
    free = n - (breaks + 1) * q - breaks
    with np.errstate(divide="ignore"):  # the logarithm of zero where the fit is exact
        bic = np.log(ssr / n) + added * np.log(n) / n
        lwz = np.log(ssr / free) + added * _PENALTY * np.log(n) ** (2 + _EXCESS) / n
    return pd.Series(bic, index=breaks, name="bic"), pd.Series(lwz, index=breaks, name="lwz")


def _select(
    select: inputs.SelectionRule | int,
    sequential: pd.Series[float],
    limits: list[float],
    bic: pd.Series[float],
    lwz: pd.Series[float],
) -> tuple[int, str]:
    """Return the number of breaks and the rule in words."""
    if isinstance(select, int):
        return select, "the caller"
    if select != "sequential":
        criterion = bic if select == "bic" else lwz
        return int(np.argmin(criterion.to_numpy())), select.upper()
    rejected = sequential.to_numpy() > limits
    number = int(rejected.argmin()) if not rejected.all() else len(rejected)
    return number, f"sequential tests at {SIGNIFICANCE:.3g} significance"


def _intervals(
    x: FloatArray, chosen: Regression, errors: Errors, level: float
) -> list[tuple[float, float]]:
    """Return the intervals of the chosen break dates, not yet rounded."""
    moments, noise = [], []
    for start, end in itertools.pairwise(chosen.edges):
        own, residuals = x[start:end], chosen.residuals[start:end]
        moments.append(own.T @ own / (end - start))
        if errors.covariance == "homoskedastic":
            noise.append(moments[-1] * float(residuals @ residuals) / (end - start))
        else:
            noise.append(errors.long_run(own * residuals[:, None]))
    changes = np.diff(chosen.coefficients, axis=0)
    return [
        interval(
            chosen.edges[i + 1],
            change,
            (moments[i], moments[i + 1]),
            (noise[i], noise[i + 1]),
            level,
        )
        for i, change in enumerate(changes)
    ]


def _regimes(index: pd.Index, edges: list[int]) -> pd.DataFrame:
    """Return the span of each regime, numbered from 1."""
    starts, ends = edges[:-1], edges[1:]
    return pd.DataFrame(
        {
            "start": [index[start] for start in starts],
            "end": [index[end - 1] for end in ends],
            "n": np.diff(edges),
        },
        index=pd.RangeIndex(1, len(edges), name="regime"),
    )
