"""Trends with bands: local level, local linear trend, Hodrick-Prescott and Hamilton.

The first three are one state-space model with different restrictions::

    y[t]       = level[t] + irregular[t]
    level[t+1] = level[t] + slope[t] + level disturbance[t]
    slope[t+1] = damping * slope[t] + slope disturbance[t]

so that ``slope[t]`` is the change of the level expected from ``t`` to ``t + 1``. The disturbances
are independent and normal; level and slope start out exactly diffuse (Durbin and Koopman 2012,
Time Series Analysis by State Space Methods, chapter 5), except that a damped slope is stationary
and starts from its own distribution. The filter and smoother are those of statsmodels.

Smoothed values use the whole sample: the level of a year is what all years, later ones included,
say about it. Bands take the variances as known; with some fifty observations they are not, so
that the bands are somewhat too narrow.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd
from scipy.stats import norm
from statsmodels.tsa.filters.hamilton_filter import hamilton_filter

from rebalancing.models import validate
from rebalancing.models.trend import statespace
from rebalancing.models.trend._regime_slopes import RegimeSlopes as RegimeSlopes
from rebalancing.models.trend._regime_slopes import regime_slopes as regime_slopes
from rebalancing.models.warnings import BoundaryWarning, SmallSampleWarning

FEW_OBSERVATIONS = 30
# Ravn and Uhlig (2002): the quarterly value times the fourth power of the ratio of frequencies.
HP_SMOOTHING = {"annual": 6.25, "quarterly": 1600.0, "monthly": 129600.0}
# Hamilton (2018): two years ahead from the last year's observations.
HAMILTON_HORIZON_AND_LAGS = {"annual": (2, 1), "quarterly": (8, 4), "monthly": (24, 12)}

_LOCAL_LEVEL = {
    "irregular": "the smoothed level is the data themselves and its band has no width",
    "level": "the level is one constant, the mean",
}
_LOCAL_LINEAR_TREND = {
    "irregular": "the smoothed level is the data themselves and its band has no width",
    "level": "the level changes only through its slope",
    "slope": "the slope is one constant, so the latest slope is the average of the sample",
}
_DAMPED_TREND = {
    **_LOCAL_LINEAR_TREND,
    "slope": "the slope is zero throughout",
    "damping": "the slope hardly fades; an undamped trend may do as well",
}


class LatestSlope(NamedTuple):
    """The slope at the last observation, in units of y per period, with its interval."""

    value: float
    lower: float
    upper: float


@dataclass(frozen=True, eq=False, repr=False)
class LocalLevel:
    """An estimated level with what is needed to judge it.

    Attributes:
        observed: The data.
        variances: Of the disturbances, by name ("irregular", "level", "slope"), in units of y
            squared.
        loglike: Diffuse log-likelihood in units of y, with the constants of Durbin and Koopman.
        level: Smoothed level, in units of y.
        level_se: Its standard error, variances taken as known.
        at_boundary: Names of the variances estimated as zero; "damping" if it is at its limit.
        cautions: The warnings given when the model was estimated, in words.
    """

    observed: pd.Series[float]
    variances: pd.Series[float]
    loglike: float
    level: pd.Series[float]
    level_se: pd.Series[float]
    at_boundary: tuple[str, ...]
    cautions: tuple[str, ...]

    def band(self, level: float) -> pd.DataFrame:
        """Return the pointwise interval of the smoothed level, columns lower and upper.

        Args:
            level: Probability to cover, such as 0.8.

        Raises:
            ModelInputError: A level that is not between 0 and 1.
        """
        return _band(self.level, self.level_se, level)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per observation: data, smoothed states and their standard errors."""
        return pd.DataFrame(
            {"observed": self.observed, "level": self.level, "level_se": self.level_se}
        )

    def __repr__(self) -> str:
        """Say what was estimated, on which sample, with which result."""
        estimates = ", ".join(
            f"{name} {'0 (boundary)' if name in self.at_boundary else f'{value:.6g}'}"
            for name, value in self.variances.items()
        )
        return (
            f"{type(self).__name__}: {len(self.observed)} observations, "
            f"{validate.span(self.observed.index)}\n"
            f"  variances: {estimates}\n"
            f"  log-likelihood: {self.loglike:.4f}\n"
            f"  latest level: {self.level.iloc[-1]:.6g} (s.e. {self.level_se.iloc[-1]:.3g})"
        )


@dataclass(frozen=True, eq=False, repr=False)
class LocalLinearTrend(LocalLevel):
    """An estimated level with a slope of its own.

    Attributes:
        slope: Smoothed slope in units of y per period: the change expected to the next period.
        slope_se: Its standard error, variances taken as known.
        damping: Share of the slope kept from one period to the next: 1 if none was asked for, 0
            where a damped slope is zero throughout.
    """

    slope: pd.Series[float]
    slope_se: pd.Series[float]
    damping: float

    def slope_band(self, level: float) -> pd.DataFrame:
        """Return the pointwise interval of the smoothed slope, columns lower and upper.

        Raises:
            ModelInputError: A level that is not between 0 and 1.
        """
        return _band(self.slope, self.slope_se, level)

    def latest_slope(self, level: float) -> LatestSlope:
        """Return the slope at the last observation with the interval that is to cover it.

        Raises:
            ModelInputError: A level that is not between 0 and 1.
        """
        lower, upper = self.slope_band(level).iloc[-1]
        return LatestSlope(float(self.slope.iloc[-1]), float(lower), float(upper))

    def to_frame(self) -> pd.DataFrame:
        """Return one row per observation: data, smoothed states and their standard errors."""
        return super().to_frame().assign(slope=self.slope, slope_se=self.slope_se)

    def __repr__(self) -> str:
        """Say what was estimated, on which sample, with which result."""
        return (
            f"{super().__repr__()}\n"
            f"  latest slope: {self.slope.iloc[-1]:.6g} (s.e. {self.slope_se.iloc[-1]:.3g}), "
            f"damping {self.damping:.4g}"
        )


@dataclass(frozen=True, eq=False, repr=False)
class HodrickPrescott(LocalLinearTrend):
    """The trend of Hodrick and Prescott with a band.

    Attributes:
        smoothing: The filter's lambda, the irregular variance over the slope's.
    """

    smoothing: float

    @property
    def trend(self) -> pd.Series[float]:
        """The smoothed level under the filter's usual name."""
        return self.level

    @property
    def cycle(self) -> pd.Series[float]:
        """What the trend leaves over."""
        return self.observed - self.level


@dataclass(frozen=True, eq=False, repr=False)
class Hamilton:
    """The regression filter of Hamilton.

    Attributes:
        observed: The data.
        trend: What the past predicts; missing for the first ``horizon + lags - 1`` observations.
        cycle: The prediction's error.
        horizon: Periods ahead.
        lags: Number of past values in the regression.
    """

    observed: pd.Series[float]
    trend: pd.Series[float]
    cycle: pd.Series[float]
    horizon: int
    lags: int

    def to_frame(self) -> pd.DataFrame:
        """Return one row per observation: data, trend and cycle."""
        return pd.DataFrame({"observed": self.observed, "trend": self.trend, "cycle": self.cycle})

    def __repr__(self) -> str:
        """Say what was estimated, on which sample, with which result."""
        return (
            f"Hamilton: {len(self.observed)} observations, {validate.span(self.observed.index)}, "
            f"horizon {self.horizon}, lags {self.lags}\n"
            f"  latest trend: {self.trend.iloc[-1]:.6g}, cycle: {self.cycle.iloc[-1]:.3g}"
        )


def local_level(y: pd.Series[float] | Sequence[float] | validate.FloatArray) -> LocalLevel:
    """Estimate a random walk observed with noise by exact diffuse maximum likelihood.

    Durbin and Koopman (2012), chapter 2. Use it for a series without a lasting direction, and
    `local_linear_trend` where there is one.

    Args:
        y: Observations in order, evenly spaced, at least 5.

    Raises:
        ModelInputError: A series that cannot be used as it is.

    Warns:
        BoundaryWarning: A variance is estimated as zero.
        SmallSampleWarning: Fewer than 30 observations.
    """
    data = validate.time_series(y, at_least=5)
    estimate = statespace.estimate(validate.sample(data), slope=False)
    return LocalLevel(**_level_fields(data, estimate, _cautions(data, estimate, _LOCAL_LEVEL)))


def local_linear_trend(
    y: pd.Series[float] | Sequence[float] | validate.FloatArray, *, damped: bool = False
) -> LocalLinearTrend:
    """Estimate a level whose slope changes, by exact diffuse maximum likelihood.

    Durbin and Koopman (2012), section 3.2; with damping, Harvey (1989), Forecasting, Structural
    Time Series Models and the Kalman Filter, section 2.3. In short samples the slope's variance
    is often estimated as zero although it is not (Stock and Watson 1998, Median unbiased
    estimation of coefficient variance): the slope is then a single average, and no evidence
    against a change of direction. Likelihoods with and without damping do not compare, since
    only an undamped slope starts out diffuse.

    Args:
        y: Observations in order, evenly spaced, at least 8.
        damped: Whether the slope fades towards zero, by at least 2% a period.

    Raises:
        ModelInputError: A series that cannot be used as it is.

    Warns:
        BoundaryWarning: A variance is estimated as zero, or the damping at its limit.
        SmallSampleWarning: Fewer than 30 observations.
    """
    data = validate.time_series(y, at_least=8)
    estimate = statespace.estimate(validate.sample(data), slope=True, damped=damped)
    meanings = _DAMPED_TREND if damped else _LOCAL_LINEAR_TREND
    return LocalLinearTrend(**_slope_fields(data, estimate, _cautions(data, estimate, meanings)))


def hp(
    y: pd.Series[float] | Sequence[float] | validate.FloatArray,
    frequency: validate.Frequency = "annual",
    *,
    smoothing: float | None = None,
) -> HodrickPrescott:
    """Smooth with the filter of Hodrick and Prescott (1997) and give the trend a band.

    The filter is the smoother of a local linear trend without level disturbances whose irregular
    variance is lambda times that of the slope (Harvey and Jaeger 1993); the scale of both is
    estimated by maximum likelihood, and the band follows. Unless given, lambda is 6.25 for annual,
    1600 for quarterly and 129600 for monthly data (Ravn and Uhlig 2002).

    Lambda is a choice, not an estimate. The band holds if the cycle is white noise; where the
    cycle is persistent, as it mostly is, the band is too narrow. The last years are revised as
    later data arrive: read the end of the trend with its band, never alone.

    Args:
        y: Observations in order, evenly spaced, at least 5.
        frequency: "annual", "quarterly" or "monthly".
        smoothing: Lambda, above zero; the usual value of the frequency if not given.

    Raises:
        ModelInputError: A series that cannot be used as it is, an unknown or wrong frequency, or a
            lambda that is not above zero.
    """
    data = validate.time_series(y, at_least=5)
    validate.check_frequency(data.index, frequency)
    smoothing = HP_SMOOTHING[frequency] if smoothing is None else _above_zero(smoothing)
    estimate = statespace.smooth(
        validate.sample(data), irregular=1.0, level=0.0, slope=1 / smoothing
    )
    fields = _slope_fields(data, estimate, cautions=()) | {"at_boundary": ()}
    return HodrickPrescott(**fields, smoothing=smoothing)


def _above_zero(smoothing: float) -> float:
    if not validate.number(smoothing, "smoothing") > 0:
        raise validate.ModelInputError(
            f"smoothing: {smoothing:g} is not above zero; pass 6.25 for annual data, or more"
        )
    return float(smoothing)


def hamilton(
    y: pd.Series[float] | Sequence[float] | validate.FloatArray,
    frequency: validate.Frequency = "annual",
) -> Hamilton:
    """Split a series into what its past predicts two years ahead and the error.

    Hamilton (2018), Why you should never use the Hodrick-Prescott filter: a regression of y on a
    constant and its values h to h + p - 1 periods before, with h = 2 and p = 1 for annual, 8 and 4
    for quarterly, 24 and 12 for monthly data. The trend lags turning points by construction.

    Args:
        y: Observations in order, evenly spaced, at least h + 3 p + 2.
        frequency: "annual", "quarterly" or "monthly".

    Raises:
        ModelInputError: A series that cannot be used as it is, or an unknown or wrong frequency.
    """
    data = validate.time_series(y, at_least=1)
    validate.check_frequency(data.index, frequency)
    horizon, lags = HAMILTON_HORIZON_AND_LAGS[frequency]
    data = validate.time_series(data, at_least=horizon + 3 * lags + 2)
    result = hamilton_filter(data, h=horizon, p=lags)
    return Hamilton(
        observed=data,
        trend=result.trend.rename("trend"),
        cycle=result.cycle.rename("cycle"),
        horizon=horizon,
        lags=lags,
    )


def _level_fields(
    data: pd.Series[float], estimate: statespace.TrendEstimate, cautions: tuple[str, ...]
) -> dict[str, Any]:
    """Return the fields that every trend has, by name."""
    return {
        "observed": data,
        "variances": pd.Series(estimate.variances, name="variance"),
        "loglike": estimate.loglike,
        "level": pd.Series(estimate.states[0], data.index, name="level"),
        "level_se": pd.Series(estimate.standard_errors[0], data.index, name="level_se"),
        "at_boundary": estimate.at_boundary,
        "cautions": cautions,
    }


def _slope_fields(
    data: pd.Series[float], estimate: statespace.TrendEstimate, cautions: tuple[str, ...]
) -> dict[str, Any]:
    """Return the fields that a trend with a slope has, by name."""
    return _level_fields(data, estimate, cautions) | {
        "slope": pd.Series(estimate.states[1], data.index, name="slope"),
        "slope_se": pd.Series(estimate.standard_errors[1], data.index, name="slope_se"),
        "damping": estimate.damping,
    }


def _cautions(
    data: pd.Series[float], estimate: statespace.TrendEstimate, meanings: dict[str, str]
) -> tuple[str, ...]:
    """Warn of what limits the estimate, and return the warnings in words."""
    said: list[str] = []
    for name in estimate.at_boundary:
        where = "damping at its limit" if name == "damping" else f"{name} variance at zero"
        said.append(f"The likelihood is highest with the {where}: {meanings[name]}.")
    if said:
        warnings.warn(" ".join(said), BoundaryWarning, stacklevel=3)
    if len(data) < FEW_OBSERVATIONS:
        said.append(
            f"{len(data)} observations are few for estimated variances "
            f"({FEW_OBSERVATIONS} or more are better): the bands are too narrow."
        )
        warnings.warn(said[-1], SmallSampleWarning, stacklevel=3)
    return tuple(said)


def _band(centre: pd.Series[float], error: pd.Series[float], level: float) -> pd.DataFrame:
    """Return the normal interval around a smoothed state."""
    half = norm.ppf(0.5 + validate.probability(level) / 2) * error
    return pd.DataFrame({"lower": centre - half, "upper": centre + half})
