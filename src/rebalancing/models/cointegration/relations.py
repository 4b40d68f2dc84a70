"""Cointegration: do integrated series share a relation that deviations return to?

`johansen` tests how many relations there are among several series that all respond; `ardl_bounds`
tests one relation for one dependent variable, whether its regressors are integrated or stationary.
Both assume errors without autocorrelation, and parameters that stay the same: a relation that broke
looks like none. A relation says that series move together in the long run, not that one drives
another.

All critical values are asymptotic. With fifty annual observations the tests reject far too often,
so that what they find is a suggestion. Shares that add up to 100 cannot enter together.
"""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import get_args

import numpy as np
import pandas as pd

from rebalancing.models import validate
from rebalancing.models.cointegration import _ardl, _johansen, johansen_critical_values
from rebalancing.models.cointegration import _inputs as inputs
from rebalancing.models.cointegration import bounds_critical_values as bounds_values
from rebalancing.models.cointegration._ardl import BoundsTest
from rebalancing.models.cointegration._inputs import FEW_OBSERVATIONS, Deterministic
from rebalancing.models.cointegration._johansen import Johansen
from rebalancing.models.validate import ModelInputError
from rebalancing.models.warnings import SmallSampleWarning

__all__ = [
    "FEW_OBSERVATIONS",
    "BoundsTest",
    "Deterministic",
    "Johansen",
    "ardl_bounds",
    "johansen",
]

Columns = pd.DataFrame | validate.FloatArray
Observed = pd.Series | Sequence[float] | validate.FloatArray


def johansen(
    data: Columns,
    *,
    lags: int,
    deterministic: Deterministic,
    seasons: int = 0,
    exog: pd.DataFrame | pd.Series[float] | validate.FloatArray | None = None,
) -> Johansen:
    """Test how many cointegrating relations there are among several series, and estimate them.

    Johansen (1988, 1991), Econometrica 59; Johansen (1995), Likelihood-Based Inference in
    Cointegrated Vector Autoregressive Models. For series integrated of order one or zero, with
    Gaussian errors that are not autocorrelated: choose the lags so. A stationary series counts as
    a relation of its own. Do not use it for series integrated of order two, as price levels often
    are, nor where the samples are so short that lags use up most observations.

    Args:
        data: At least 2 and at most 11 series in one column each, evenly spaced, no gaps.
        lags: Lags in levels, at least 1; one fewer in changes.
        deterministic: "none"; "restricted constant" (relations have a mean other than zero, levels
            have no trend); "constant" (levels have linear trends, relations have none);
            "restricted trend" (levels and relations have linear trends).
        seasons: 4 or 12 for centred seasonal dummies, 0 for none. They leave the distributions
            of the statistics as they are.
        exog: Further regressors, such as dummies, for the same periods as ``data``; stationary and
            unrestricted. Critical values hold if they come to nothing in the long run, as the
            dummy of a single period does; those of a step do not hold.

    Raises:
        ModelInputError: Series or an option that cannot be used as they are.

    Warns:
        SmallSampleWarning: Fewer than 80 observations after the lags.
    """
    system, further = _system(data, lags, deterministic, seasons, exog)
    found = _johansen.estimate(system, lags, deterministic, seasons, further)
    if found.nobs >= FEW_OBSERVATIONS:
        return found
    text = (
        f"{found.nobs} observations are few for the rank test of {system.shape[1]} series with "
        f"{lags} lags ({FEW_OBSERVATIONS} or more are better): it finds too many relations. Scaled "
        "for the sample after Reinsel and Ahn (1992) the trace statistic of no relation is "
        f"{found.trace_scaled[0]:.2f} instead of {found.trace[0]:.2f}."
    )
    return replace(found, cautions=_caution(text))


def ardl_bounds(
    endog: Observed,
    exog: pd.DataFrame | pd.Series[float] | validate.FloatArray,
    order: Sequence[int],
    *,
    case: int,
    fixed: pd.DataFrame | pd.Series[float] | validate.FloatArray | None = None,
    start: Hashable | None = None,
) -> BoundsTest:
    """Test whether one variable has a relation in levels with others, whatever their order.

    Pesaran, Shin and Smith (2001), Journal of Applied Econometrics 16, pp. 289-326. Assumes that no
    series is integrated of order two, errors without autocorrelation (choose the lags so), and
    that the dependent variable does not feed back on the levels of the others. A rejection by F
    alone may come from the regressors' levels: see that t rejects too (``t_verdict``). Do not use
    it where several relations are likely; `johansen` counts them.

    Args:
        endog: Dependent variable in levels, evenly spaced, no gaps.
        exog: Its regressors in levels, 1 to 10 columns, for the same periods.
        order: Lags of ``endog`` (1 or more), then of each column of ``exog`` in order (0 or
            more), all in levels as in ARDL(p, q1, ..., qk).
        case: 1 no constant, 2 restricted constant, 3 unrestricted constant (the usual one), 4
            unrestricted constant and restricted trend, 5 both unrestricted. "Restricted" terms
            belong to the relation and are tested with it.
        fixed: Regressors without lags and outside the relation, such as dummies of single
            periods, for the same periods.
        start: Label of the first observation used, so that models with other lags share one
            sample. None: the first one that the lags allow.

    Raises:
        ModelInputError: Series or an option that cannot be used as they are.

    Warns:
        SmallSampleWarning: Fewer than 80 observations used.
    """
    if case not in _ardl.CASES or isinstance(case, bool):
        raise ModelInputError(f"case: {case!r} is not allowed; use a number from 1 to 5")
    named = endog.name if isinstance(endog, pd.Series) and endog.name is not None else "endog"
    y = validate.time_series(endog, "endog", at_least=3).rename(str(named))
    x = inputs.columns(exog, "exog")
    inputs.same_periods(x, y.index, "exog", "endog")
    dummies = None if fixed is None else inputs.columns(fixed, "fixed")
    if dummies is not None:
        inputs.same_periods(dummies, y.index, "fixed", "endog")
    _check_names([str(y.name), *x.columns, *([] if dummies is None else dummies.columns)])
    lags = _order(order, x)
    tested = _ardl.estimate(y, x, lags, int(case), dummies, _first(y.index, start, max(lags)))
    if tested.nobs >= FEW_OBSERVATIONS:
        return tested
    text = (
        f"{tested.nobs} observations are few for the bounds test ({FEW_OBSERVATIONS} or more are "
        "better): the bounds are asymptotic, and at 50 observations those of Narayan (2005), "
        "Applied Economics 37, are a tenth or so larger."
    )
    return replace(tested, cautions=_caution(text))


def _system(
    data: Columns,
    lags: int,
    deterministic: Deterministic,
    seasons: int,
    exog: pd.DataFrame | pd.Series[float] | validate.FloatArray | None,
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Return usable series and further regressors."""
    number = validate.whole(lags, "lags", 1)
    validate.one_of(deterministic, "deterministic", get_args(Deterministic))
    system = inputs.columns(data, "data", at_least=number + 2)
    n = system.shape[1]
    if not 2 <= n <= johansen_critical_values.MOST_SERIES:
        raise ModelInputError(
            f"data: {n} series; pass 2 to {johansen_critical_values.MOST_SERIES}, for which "
            "critical values are tabulated"
        )
    inputs.check_seasons(seasons, system.index)
    if exog is None:
        return system, None
    further = inputs.columns(exog, "exog")
    inputs.same_periods(further, system.index, "exog", "data")
    _check_names([*system.columns, *further.columns])
    return system, further


def _check_names(names: list[str]) -> None:
    """Raise ModelInputError if two arguments have columns of the same name."""
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise ModelInputError(
            f"exog: {twice[0]!r} is the name of a column in another argument too; "
            "rename or leave out one of them"
        )


def _order(order: Sequence[int], exog: pd.DataFrame) -> tuple[int, ...]:
    """Return the lags, one number for each variable."""
    numbers = [order] if isinstance(order, int | np.integer) else list(order)
    if len(numbers) != exog.shape[1] + 1:
        raise ModelInputError(
            f"order: {len(numbers)} numbers for endog and {exog.shape[1]} columns of exog; pass "
            f"{exog.shape[1] + 1}, first the lags of endog"
        )
    own = validate.whole(numbers[0], "order, endog", 1)
    others = [
        validate.whole(lags, f"order, {column}", 0)
        for lags, column in zip(numbers[1:], exog.columns, strict=True)
    ]
    if exog.shape[1] > bounds_values.MOST_REGRESSORS:
        raise ModelInputError(
            f"exog: {exog.shape[1]} columns; bounds are tabulated for up to "
            f"{bounds_values.MOST_REGRESSORS}, so leave some out"
        )
    return own, *others


def _first(index: pd.Index, start: Hashable | None, least: int) -> int:
    """Return the position of the first observation used."""
    if least >= len(index):
        raise ModelInputError(
            f"order: {least} lags need more than {len(index)} observations; "
            "use fewer lags or a longer sample"
        )
    if start is None:
        return least
    try:
        found = index.get_loc(start)
    except (KeyError, TypeError, ValueError):
        raise ModelInputError(
            f"start: {start!r} is not among the periods {validate.span(index)}; pass one of them"
        ) from None
    position = found.start if isinstance(found, slice) else int(np.asarray(found).item())
    if position < least:
        raise ModelInputError(
            f"start: {validate.label(index[position])} leaves fewer than {least} observations for "
            f"the lags before it; start at {validate.label(index[least])} or later"
        )
    return position


def _caution(text: str) -> tuple[str, ...]:
    """Give a warning to whoever called the public function, and return it as the cautions."""
    warnings.warn(text, SmallSampleWarning, stacklevel=3)
    return (text,)
