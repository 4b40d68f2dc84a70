"""Five ways to draw a trend through yearly data, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rebalancing.models import validate
from rebalancing.models.trend.slopes import HP_SMOOTHING, hamilton, hp, local_linear_trend

MEAN_YEARS = 5
HP, LOCAL, DAMPED = "HP filter", "Local linear trend", "Damped trend"
HAMILTON, MEAN = "Hamilton filter", f"{MEAN_YEARS}-year mean"


@dataclass(frozen=True, eq=False, repr=False)
class Filters:
    """Trends by several filters.

    Attributes:
        levels: One column per filter, in units of y; missing where a filter gives no value.
        slopes: One row per filter: label (of the observation that the slope is at), slope (units
            of y per period), lower, upper (missing where a filter has no interval).
        level: Probability that the intervals are to cover.
        cautions: By filter, the warnings given, in words.
    """

    levels: pd.DataFrame
    slopes: pd.DataFrame
    level: float
    cautions: dict[str, tuple[str, ...]]

    @property
    def signs(self) -> tuple[int, int]:
        """Number of filters whose latest slope is above zero, and below."""
        return int((self.slopes["slope"] > 0).sum()), int((self.slopes["slope"] < 0).sum())

    @property
    def settled(self) -> tuple[int, int]:
        """Number of filters whose interval is all above zero, and all below."""
        return int((self.slopes["lower"] > 0).sum()), int((self.slopes["upper"] < 0).sum())

    def to_frame(self) -> pd.DataFrame:
        """Return one row per filter."""
        return self.slopes

    def __repr__(self) -> str:
        """Say what was compared, with which latest slopes."""
        slopes = ", ".join(f"{name} {slope:.3g}" for name, slope in self.slopes["slope"].items())
        return f"Filters: {len(self.levels)} observations, latest slopes: {slopes}"


def compare_filters(
    y: pd.Series[float] | Sequence[float] | validate.FloatArray,
    *,
    level: float = 0.95,
    smoothing: float = HP_SMOOTHING["annual"],
) -> Filters:
    """Draw a trend through yearly data in five ways, and say which slope each ends with.

    Three have intervals: the filter of Hodrick and Prescott, the local linear trend and its damped
    version (see `trend`). Two have none: the filter of Hamilton, whose trend lags by two years, and
    a centred moving average, which ends two years before the data. Their slopes are the last change
    of the trend. Intervals take variances as known, and the choice of a filter with them.

    Args:
        y: Yearly observations in order, without gaps, at least 8, in any unit.
        level: Probability that intervals are to cover.
        smoothing: Lambda of the first, above zero.

    Raises:
        ModelInputError: A series that cannot be used as it is.

    Warns:
        BoundaryWarning: A variance is estimated as zero.
        SmallSampleWarning: Fewer than 30 observations.
    """
    data = validate.time_series(y, at_least=8)
    validate.check_frequency(data.index, "annual")
    smooth = {
        HP: hp(data, frequency="annual", smoothing=smoothing),
        LOCAL: local_linear_trend(data),
        DAMPED: local_linear_trend(data, damped=True),
    }
    levels = pd.DataFrame({name: fit.level for name, fit in smooth.items()})
    levels[HAMILTON] = hamilton(data, frequency="annual").trend
    levels[MEAN] = data.rolling(MEAN_YEARS, center=True).mean()
    rows: dict[str, tuple[object, float, float, float]] = {
        name: (data.index[-1], *fit.latest_slope(level)) for name, fit in smooth.items()
    }
    for name in (HAMILTON, MEAN):
        known = levels[name].dropna()
        rows[name] = (known.index[-1], float(known.iloc[-1] - known.iloc[-2]), np.nan, np.nan)
    return Filters(
        levels=levels,
        slopes=pd.DataFrame.from_dict(
            rows, orient="index", columns=["label", "slope", "lower", "upper"]
        ),
        level=level,
        cautions={name: fit.cautions for name, fit in smooth.items() if fit.cautions},
    )


def describe(smoothing: float = HP_SMOOTHING["annual"]) -> dict[str, str]:
    """Return what each filter does, in a few words, by its name.

    Args:
        smoothing: Lambda of the filter of Hodrick and Prescott.
    """
    return {
        HP: f"smoothing {smoothing:g}, slope changes every year",
        LOCAL: "smoothing estimated",
        DAMPED: "smoothing estimated, slope fades",
        HAMILTON: "what was known two years before predicts",
        MEAN: f"average of {MEAN_YEARS} years around each",
    }
