"""Slopes of many series over many windows: specifications grouped by what they share.

All specifications with the same window and regressors are one least-squares problem with many
dependent variables. A plan says which; `estimate` then solves it for one or for many sets of data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from rebalancing.models import validate
from rebalancing.models.longrun import newey_west_lags
from rebalancing.models.trend import theil_sen
from rebalancing.models.trend.least_squares import solve
from rebalancing.models.validate import FloatArray, ModelInputError

SlopeMethod = Literal["ols", "log", "difference", "theil-sen"]
DEFAULTS: dict[str, Any] = {
    "start": None, "end": None, "trend": "ols", "lags": None, "break_after": None,
}  # fmt: skip
FEWEST = 5
FEWEST_PER_SIDE = 3
# Standard errors below this share of the data's size are rounding errors.
EXACT = 1e-12
# Series times sets of data that are treated at once: all pairs of years of all are in memory.
AT_ONCE = 3000
Positions = npt.NDArray[np.int64]
ByLag = Callable[[int], tuple[FloatArray, FloatArray]]


@dataclass
class SlopeGroup:
    """Specifications with the same window and regressors.

    Attributes:
        first: Position of the window's first observation.
        last: Position of its last.
        trend: How the slope is estimated.
        shift: Observations of the window before its break; 0 for none.
        rows: Positions of the specifications.
        series: Position of each one's series.
        lags: Each one's lags.
    """

    first: int
    last: int
    trend: SlopeMethod
    shift: int
    rows: list[int] = field(default_factory=list)
    series: list[int] = field(default_factory=list)
    lags: list[int] = field(default_factory=list)

    @property
    def n(self) -> int:
        """Observations of the regression."""
        return _observations(self.first, self.last, self.trend)

    @property
    def df(self) -> int:
        """Observations less coefficients."""
        return self.n - (1 if self.trend == "difference" else 2) - (self.shift > 0)


@dataclass(frozen=True)
class SlopePlan:
    """Groups, and why other specifications are in none."""

    groups: list[SlopeGroup]
    reasons: dict[int, str]
    size: int


def checked(data: pd.DataFrame) -> pd.DataFrame:
    """Return series as floats on an index without gaps; values may be missing.

    Raises:
        ModelInputError: Not such a frame.
    """
    if not isinstance(data, pd.DataFrame) or data.empty:
        raise ModelInputError("data: pass a DataFrame with one column per series, by year")
    if data.columns.has_duplicates:
        twice = data.columns[data.columns.duplicated()][0]
        raise ModelInputError(f"data: column {twice!r} occurs twice; name each series once")
    places = pd.Series(np.arange(len(data), dtype=float), data.index)
    validate.time_series(places, "data", at_least=FEWEST)
    for name, column in data.items():
        if not pd.api.types.is_numeric_dtype(column):
            raise ModelInputError(f"data: {name!r} is not numeric; convert it")
    table = data.astype(float)
    if np.isinf(table.to_numpy()).any():
        name = table.columns[np.isinf(table.to_numpy()).any(axis=0)][0]
        raise ModelInputError(f"data: {name!r} has an infinite value; leave it out")
    return table


def plan_slopes(specs: pd.DataFrame, data: pd.DataFrame) -> SlopePlan:
    """Group specifications.

    Raises:
        ModelInputError: A dimension, series or option that does not exist.
    """
    choices = _choices(specs, data)
    absent, below = _counted(data.isna()), _counted(data <= 0)
    place = {label: position for position, label in enumerate(data.index)}
    number = {name: position for position, name in enumerate(data.columns)}
    ends = [_known(data[name]) for name in data.columns]
    groups: dict[tuple[int, int, str, int], SlopeGroup] = {}
    reasons: dict[int, str] = {}
    for row, (name, start, end, trend, lags, break_after) in enumerate(choices):
        series = number[name]
        first = ends[series][0] if start is None else place.get(start, -1)
        last = ends[series][1] if end is None else place.get(end, -1)
        split = None if break_after is None else place.get(break_after, -1)
        reason = _reason(first, last, split, trend, lags)
        if reason is None and absent[last + 1, series] > absent[first, series]:
            reason = "values missing in the window"
        if reason is None and trend == "log" and below[last + 1, series] > below[first, series]:
            reason = "no logarithm of values that are not positive"
        if reason is not None:
            reasons[row] = reason
            continue
        key = (first, last, trend, 0 if split is None else split - first + 1)
        group = groups.setdefault(key, SlopeGroup(*key))
        group.rows.append(row)
        group.series.append(series)
        group.lags.append(newey_west_lags(group.n) if lags is None else lags)
    return SlopePlan(list(groups.values()), reasons, len(specs))


def estimate(todo: SlopePlan, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return slopes and standard errors, specifications by sets of data.

    Args:
        todo: What to estimate.
        values: Observations by series by sets of data.

    Returns:
        Missing where the plan has no group, or where nothing varies around the line.
    """
    step = max(1, AT_ONCE // values.shape[1])
    parts = [
        _estimate(todo, values[:, :, start : start + step])
        for start in range(0, values.shape[2], step)
    ]
    slopes, errors = (np.concatenate([part[i] for part in parts], axis=1) for i in (0, 1))
    return slopes, errors


def _estimate(todo: SlopePlan, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return what `estimate` does, for as many sets of data as are treated at once."""
    sets = values.shape[2]
    slopes = np.full((todo.size, sets), np.nan)
    errors = np.full((todo.size, sets), np.nan)
    for group, by_lag in _fits(todo.groups, values):
        used, column = np.unique(group.series, return_inverse=True)
        size = np.abs(_window(group, used, values)).max(axis=0)
        lags = np.array(group.lags)
        for each in np.unique(lags):
            slope, error = by_lag(int(each))
            error = np.where(error > EXACT * size, error, np.nan)
            chosen = lags == each
            rows = np.array(group.rows)[chosen]
            slopes[rows] = slope.reshape(len(used), sets)[column[chosen]]
            errors[rows] = error.reshape(len(used), sets)[column[chosen]]
    return slopes, errors


def _window(group: SlopeGroup, used: Positions, values: FloatArray) -> FloatArray:
    """Return a group's observations by series and sets."""
    return values[group.first : group.last + 1, used].reshape(group.last - group.first + 1, -1)


def _fits(groups: list[SlopeGroup], values: FloatArray) -> Iterator[tuple[SlopeGroup, ByLag]]:
    """Yield each group with a function of the lags that gives its slopes and their errors."""
    medians = [group for group in groups if group.trend == "theil-sen"]
    for group in groups:
        if group.trend != "theil-sen":
            yield group, _regression(group, _window(group, np.unique(group.series), values))
    if not medians:
        return
    first, last = min(group.first for group in medians), max(group.last for group in medians)
    used = np.unique(np.concatenate([group.series for group in medians]))
    pairs = theil_sen.Pairs(values[first : last + 1, used].reshape(last - first + 1, -1))
    columns = np.arange(len(used) * values.shape[2]).reshape(len(used), -1)
    for group in medians:
        series = columns[np.isin(used, group.series)].ravel()
        fit = pairs.fit(group.first - first, group.last - first, series)
        yield group, partial(_median, fit)


def _median(fit: theil_sen.TheilSen, lags: int) -> tuple[FloatArray, FloatArray]:
    return fit.slopes, fit.standard_errors(lags)


def _regression(group: SlopeGroup, y: FloatArray) -> ByLag:
    """Return a function of the lags that gives slopes and Newey-West errors."""
    after = np.arange(len(y)) >= group.shift
    unit = np.ones(y.shape[1])
    if group.trend == "difference":
        y = np.diff(y, axis=0)
        columns = [np.ones(len(y)), np.diff(after.astype(float))]
        regressor = 0
    else:
        if group.trend == "log":
            # The slope of a logarithm times the mean is in units of the series, as the others.
            unit, y = y.mean(axis=0), np.log(y)
        time = np.arange(len(y)) - (len(y) - 1) / 2
        columns = [np.ones(len(y)), time, after.astype(float)]
        regressor = 1
    x = np.column_stack(columns if group.shift else columns[:-1])
    fit = solve(x, y)
    return lambda lags: (
        fit.coefficients[regressor] * unit,
        fit.newey_west_se(regressor, lags) * unit,
    )


def _choices(specs: pd.DataFrame, data: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Return each specification's choices in the order of their names, defaults filled in."""
    names = ["series", *DEFAULTS]
    unknown = [name for name in specs.columns if name not in names]
    if unknown:
        raise ModelInputError(
            f"spec_grid: {unknown[0]!r} is not a choice of this estimator; use {', '.join(names)}"
        )
    if "series" not in specs:
        raise ModelInputError("spec_grid: no dimension 'series'; name columns of data")
    full = specs.assign(
        **{name: value for name, value in DEFAULTS.items() if name not in specs}
    ).astype(object)
    for name in full["series"].unique():
        if name not in data.columns:
            raise ModelInputError(
                f"spec_grid: series {name!r} is not a column of data; it has "
                f"{', '.join(map(str, data.columns))}"
            )
    for trend in full["trend"].unique():
        validate.one_of(trend, "spec_grid: trend", get_args(SlopeMethod))
    for lags in full["lags"].unique():
        if lags is not None:
            validate.whole(lags, "spec_grid: lags", 0)
    return list(full[names].itertuples(index=False, name=None))


def _counted(where: pd.DataFrame) -> FloatArray:
    """Return how many rows before each position are true, one row more than the table."""
    return np.pad(where.to_numpy(dtype=float).cumsum(axis=0), ((1, 0), (0, 0)))


def _known(series: pd.Series[float]) -> tuple[int, int]:
    """Return the positions of the first and last value that is not missing."""
    known = np.flatnonzero(series.notna())
    return (int(known[0]), int(known[-1])) if len(known) else (-1, -1)


def _observations(first: int, last: int, trend: SlopeMethod) -> int:
    return last - first + (0 if trend == "difference" else 1)


def _reason(
    first: int, last: int, split: int | None, trend: SlopeMethod, lags: int | None
) -> str | None:
    """Return why a window cannot be used, or None."""
    if first < 0 or last < 0:
        return "the window begins or ends outside the data"
    if last < first:
        return "the window ends before it begins"
    n = _observations(first, last, trend)
    if n < FEWEST:
        return f"fewer than {FEWEST} observations"
    if lags is not None and lags >= n:
        return "as many lags as observations"
    if split is None:
        return None
    if trend == "theil-sen":
        return "Theil-Sen slopes take no break"
    if split - first + 1 < FEWEST_PER_SIDE or last - split < FEWEST_PER_SIDE:
        return f"fewer than {FEWEST_PER_SIDE} observations on a side of the break"
    return None
