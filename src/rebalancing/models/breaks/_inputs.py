"""Checks of what a break regression is given."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import pandas as pd

from rebalancing.models import validate
from rebalancing.models.breaks import critical_values as printed
from rebalancing.models.breaks._regression import Covariance, Errors
from rebalancing.models.longrun import Convention
from rebalancing.models.validate import FloatArray, ModelInputError

SelectionRule = Literal["sequential", "bic", "lwz"]
Regressors = pd.DataFrame | pd.Series | FloatArray


def regressors(given: Regressors | None, series: pd.Series[float]) -> tuple[FloatArray, list[str]]:
    """Return regressors as observations by columns, with names."""
    n = len(series)
    if given is None:
        return np.ones((n, 1)), ["constant"]
    if isinstance(given, pd.Series):
        given = given.to_frame(str(given.name) if given.name is not None else "x1")
    if isinstance(given, pd.DataFrame) and not given.index.equals(series.index):
        raise ModelInputError(
            "x: its index is not that of y; select the same observations, in the same order"
        )
    try:
        array = np.asarray(given, dtype=float)
    except (TypeError, ValueError):
        raise ModelInputError("x: not all columns are numbers; convert or drop them") from None
    array = array[:, None] if array.ndim == 1 else array
    if array.ndim != 2 or array.shape[1] == 0:
        raise ModelInputError(
            f"x: shape {array.shape} is not observations by regressors; pass at least one "
            f"column, or None"
        )
    if len(array) != n:
        raise ModelInputError(f"x: {len(array)} rows for {n} observations of y; align them")
    if not np.isfinite(array).all():
        raise ModelInputError(
            "x: missing or infinite values; shorten the sample to observations without gaps"
        )
    if isinstance(given, pd.DataFrame):
        names = [str(column) for column in given.columns]
    else:
        names = [f"x{number}" for number in range(1, array.shape[1] + 1)]
    if len(set(names)) < len(names):
        raise ModelInputError("x: two columns have the same name; rename one")
    return array, names


def error_options(covariance: Covariance, convention: Convention) -> Errors:
    """Return what is assumed of the errors, checked."""
    validate.one_of(covariance, "covariance", get_args(Covariance))
    validate.one_of(convention, "convention", get_args(Convention))
    return Errors(covariance, convention)


def selection(select: SelectionRule | int) -> SelectionRule | int:
    """Return the rule for the number of breaks, or the number itself."""
    if isinstance(select, int | np.integer) and not isinstance(select, bool):
        return validate.whole(select, "select", 0)
    if select not in get_args(SelectionRule):
        raise ModelInputError(
            f"select: {select!r} is not allowed; use 'sequential', 'bic', 'lwz' or a number"
        )
    return select


def most_breaks(select: SelectionRule | int, max_breaks: int, trim: float, q: int) -> int:
    """Check the options; return the most breaks to consider."""
    share = validate.number(trim, "trim")
    if not printed.TRIMS[0] <= share <= printed.TRIMS[-1]:
        raise ModelInputError(
            f"trim: {share:g} is not between 0.05 and 0.25; pass 0.15 for regimes of at least 15% "
            "of the sample"
        )
    validate.whole(max_breaks, "max_breaks", 1)
    if q > printed.MOST_REGRESSORS:
        raise ModelInputError(
            f"x: {q} regressors change; critical values end at {printed.MOST_REGRESSORS}, so leave "
            "some out"
        )
    wanted = max(max_breaks, select) if isinstance(select, int) else max_breaks
    return min(int(wanted), printed.most_breaks(share))


def check_rank(x: FloatArray, shortest: int, names: list[str]) -> None:
    """Raise ModelInputError unless every regime could be estimated."""
    if shortest < x.shape[1] + 2:
        raise ModelInputError(
            f"trim: regimes of {shortest} observations cannot hold {x.shape[1]} coefficients and "
            "their errors; use a larger trim, a longer sample or fewer regressors"
        )
    windows = np.lib.stride_tricks.sliding_window_view(x, shortest, axis=0)
    norms = np.linalg.norm(windows, axis=2, keepdims=True)
    singular = np.linalg.svd(windows / np.where(norms > 0, norms, 1), compute_uv=False)
    if (singular[:, -1] <= 1e-9 * singular[:, 0]).any():
        raise ModelInputError(
            f"x: {', '.join(names)} are collinear in at least one possible regime; drop one or use "
            "a larger trim"
        )
    if (singular[:, -1] < 1e-5 * singular[:, 0]).any():
        raise ModelInputError(
            f"x: {', '.join(names)} are so nearly collinear, as a year and its square are, that "
            "rounding would decide; subtract their means first, or drop one"
        )


def has_trend(x: FloatArray) -> bool:
    """Return whether the regressors can draw a straight line through time."""
    time = np.linspace(-1, 1, len(x))
    left = time - x @ np.linalg.lstsq(x, time, rcond=None)[0]
    return bool(left @ left < 1e-8 * (time @ time))
