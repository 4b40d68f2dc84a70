"""The forecasters by name, and what they have in common."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd

from rebalancing.models import validate
from rebalancing.models.forecast import arima, smoothing
from rebalancing.models.forecast import trend_forecasts as trend
from rebalancing.models.forecast._density import NormalDensity
from rebalancing.models.forecast._moments import Moments, from_responses
from rebalancing.models.validate import FloatArray, ModelInputError
from rebalancing.models.warnings import BoundaryWarning, SmallSampleWarning

FEW_OBSERVATIONS = 30
# Changes nearer to a constant than this, relative to the values, are one up to rounding.
_ROUNDING = 1e-10

Sample = pd.Series | Sequence[float] | FloatArray


class Window(NamedTuple):
    """A sample of a panel: column, first row and last row, the origin."""

    economy: int
    first: int
    origin: int


class Forecaster(Protocol):
    """Something that forecasts one series, and the economies of a panel in a backtest."""

    @property
    def name(self) -> str:
        """What it is called in tables."""

    @property
    def at_least(self) -> int:
        """Number of observations that it needs."""

    def fit_predict(self, y: Sample, horizon: int) -> NormalDensity:
        """Return the density of the next ``horizon`` values."""

    def predict_windows(
        self, panel: pd.DataFrame, windows: Sequence[Window], horizon: int
    ) -> Moments:
        """Return forecasts of many samples of a panel, each from data up to its origin."""


@dataclass(frozen=True)
class SeriesForecaster:
    """A forecaster that uses the past of the series alone.

    Attributes:
        name: What it is called in tables.
        at_least: Number of observations that it needs.
        many: Forecasts many samples, rows of an array with missing values before their start.
        one: Forecasts one sample; default: as ``many`` does.
        cautions: Returns what limits an estimate, in words.
    """

    name: str
    at_least: int
    many: Callable[[FloatArray, int], Moments]
    one: Callable[[FloatArray, int], Moments] | None = None
    cautions: Callable[[FloatArray], tuple[str, ...]] = field(default=lambda y: ())

    def fit_predict(self, y: Sample, horizon: int) -> NormalDensity:
        """Estimate on all of ``y`` and return the density of the next values.

        Args:
            y: Observations in order, evenly spaced, without gaps, in any unit.
            horizon: Number of periods ahead.

        Raises:
            ModelInputError: A series that cannot be used as it is, or a wrong horizon.

        Warns:
            SmallSampleWarning: Fewer than 30 observations.
            BoundaryWarning: A trend whose slope is estimated as constant.
        """
        data = validate.time_series(y, at_least=self.at_least)
        values = validate.sample(data)
        steps = validate.whole(horizon, "horizon", 1)
        if is_straight(values):
            raise ModelInputError(
                "y: the values lie exactly on a straight line, so there is no error to estimate; "
                "leave this series out or check that it was not interpolated"
            )
        moments = self.one(values, steps) if self.one else self.many(values[None], steps)
        return density(data, moments, self.cautions(values))

    def predict_windows(
        self, panel: pd.DataFrame, windows: Sequence[Window], horizon: int
    ) -> Moments:
        """Return forecasts of many samples of a panel, each from data up to its origin."""
        return self.many(cut(panel, windows), horizon)


def density(data: pd.Series[float], moments: Moments, cautions: tuple[str, ...]) -> NormalDensity:
    """Return the forecasts of one sample with labels, and warn of what limits them."""
    for text in cautions:
        warnings.warn(text, BoundaryWarning, stacklevel=3)
    if len(data) < FEW_OBSERVATIONS:
        text = (
            f"{len(data)} observations are few for estimated parameters ({FEW_OBSERVATIONS} or "
            "more are better): the intervals are too narrow."
        )
        warnings.warn(text, SmallSampleWarning, stacklevel=3)
        cautions = (*cautions, text)
    variances = np.diag(moments.covariance[0])
    if not (np.isfinite(variances) & (variances > 0)).all():
        raise ModelInputError(
            "y: the model fits exactly, so there is no error to estimate; "
            "check that the values were not computed from a formula"
        )
    labels = continue_labels(data.index, len(variances))
    return NormalDensity(pd.Series(moments.mean[0], labels), moments.covariance[0], cautions)


def cut(panel: pd.DataFrame, windows: Sequence[Window]) -> FloatArray:
    """Return the samples of a panel as rows that end together, missing before their start."""
    values = np.asarray(panel, dtype=float)
    longest = max(window.origin - window.first + 1 for window in windows)
    rows = np.full((len(windows), longest), np.nan)
    for row, window in zip(rows, windows, strict=True):
        sample = values[window.first : window.origin + 1, window.economy]
        row[longest - len(sample) :] = sample
    return rows


def is_straight(values: FloatArray) -> bool:
    """Return whether values lie on a straight line up to rounding."""
    return bool(np.ptp(np.diff(values)) <= _ROUNDING * np.abs(values).max(initial=0))


def continue_labels(index: pd.Index, horizon: int) -> pd.Index:
    """Return the labels of the next periods.

    Raises:
        ModelInputError: Labels that do not say what comes next.
    """
    if isinstance(index, pd.PeriodIndex):
        return pd.period_range(index[-1] + 1, periods=horizon, freq=index.freq, name=index.name)
    if isinstance(index, pd.DatetimeIndex):
        frequency = validate.frequency_of(index)
        if frequency is not None:
            months = {"annual": 12, "quarterly": 3, "monthly": 1}[frequency]
            ahead = [index[-1] + pd.DateOffset(months=months * h) for h in range(1, horizon + 1)]
            following = pd.DatetimeIndex(ahead, name=index.name)
            at_end = bool(index.is_month_end.all())
            return pd.DatetimeIndex(following + pd.offsets.MonthEnd(0)) if at_end else following
    elif pd.api.types.is_integer_dtype(index):
        start = int(index[-1]) + 1
        return pd.RangeIndex(start, start + horizon, name=index.name)
    elif pd.api.types.is_float_dtype(index):
        ahead_by_one = float(index[-1]) + np.arange(1.0, horizon + 1)
        return pd.Index(ahead_by_one, name=index.name)
    raise ModelInputError(
        "y: its labels do not say which period comes next; use years, dates or periods as index"
    )


def _random_walk(windows: FloatArray, horizon: int) -> Moments:
    changes = np.diff(windows, axis=1)
    variance = np.nanmean(changes**2, axis=1)
    ones = np.ones((len(windows), horizon))
    return Moments(windows[:, -1:] * ones, from_responses(ones, variance))


def _drift(windows: FloatArray, horizon: int) -> Moments:
    changes = np.diff(windows, axis=1)
    count = (~np.isnan(changes)).sum(axis=1)
    drift, variance = np.nanmean(changes, axis=1), np.nanvar(changes, axis=1, ddof=1)
    ahead = np.arange(1, horizon + 1)
    covariance = from_responses(np.ones((len(windows), horizon)), variance)
    uncertain_drift = (variance / count)[:, None, None] * np.outer(ahead, ahead)
    return Moments(windows[:, -1:] + np.outer(drift, ahead), covariance + uncertain_drift)


def _mean(windows: FloatArray, horizon: int) -> Moments:
    count = (~np.isnan(windows)).sum(axis=1)
    mean, variance = np.nanmean(windows, axis=1), np.nanvar(windows, axis=1, ddof=1)
    shape = np.eye(horizon) + (1 / count)[:, None, None]
    return Moments(np.tile(mean[:, None], horizon), variance[:, None, None] * shape)


def _one_arima(y: FloatArray, horizon: int) -> Moments:
    return arima.arima(y, horizon)[0]


def _constant_slope(y: FloatArray, *, damped: bool) -> tuple[str, ...]:
    if not trend.slope_is_constant(y, damped=damped):
        return ()
    if damped:
        return ("The slope's variance is estimated as zero: the forecast is the latest level.",)
    return (
        "The slope's variance is estimated as zero: the forecast goes on with the average slope "
        "of the sample.",
    )


SERIES_FORECASTERS = (
    SeriesForecaster("random walk", 3, _random_walk),
    SeriesForecaster("drift", 4, _drift),
    SeriesForecaster("mean", 3, _mean),
    SeriesForecaster("ETS", 8, smoothing.ets_many, smoothing.ets),
    SeriesForecaster("Theta", 6, smoothing.theta_many, smoothing.theta),
    SeriesForecaster("ARIMA", 10, arima.arima_many, _one_arima),
    SeriesForecaster(
        "local linear trend",
        8,
        partial(trend.local_linear_trend, damped=False),
        cautions=partial(_constant_slope, damped=False),
    ),
    SeriesForecaster(
        "damped trend",
        8,
        partial(trend.local_linear_trend, damped=True),
        cautions=partial(_constant_slope, damped=True),
    ),
)
