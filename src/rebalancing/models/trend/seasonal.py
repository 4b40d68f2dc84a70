"""Seasonal adjustment of monthly series that move with the lunar new year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from statsmodels.tsa.seasonal import STL

from rebalancing.models import validate
from rebalancing.models.validate import ModelInputError

# Months over which a month's seasonal factor is smoothed. With 13, the factors of the last year
# change least once later years arrive, among the windows that still follow a changing season.
SEASONAL_WINDOW = 13
FEWEST_MONTHS = 48


@dataclass(frozen=True, eq=False, repr=False)
class SeasonalAdjustment:
    """A monthly series and what is left of it without its season.

    Attributes:
        observed: The data used, January and February combined, in units of y.
        adjusted: Without the season, in units of y.
        seasonal: The season as a factor: 1.1 means 10% above what is usual.
        trend: The smooth part, in units of y.
        method: What was done, in one sentence.
    """

    observed: pd.Series[float]
    adjusted: pd.Series[float]
    seasonal: pd.Series[float]
    trend: pd.Series[float]
    method: str

    def to_frame(self) -> pd.DataFrame:
        """Return one row per month: data, adjusted series, seasonal factor and trend."""
        return pd.DataFrame(
            {
                "observed": self.observed,
                "adjusted": self.adjusted,
                "seasonal": self.seasonal,
                "trend": self.trend,
            }
        )

    def __repr__(self) -> str:
        """Say what was adjusted, on which sample, with which result."""
        return (
            f"SeasonalAdjustment: {len(self.adjusted)} months, "
            f"{validate.span(self.adjusted.index)}\n"
            f"  seasonal factors: {self.seasonal.min():.3g} to {self.seasonal.max():.3g}\n"
            f"  latest adjusted: {self.adjusted.iloc[-1]:.6g}, trend: {self.trend.iloc[-1]:.6g}"
        )


def adjust(y: pd.Series[float]) -> SeasonalAdjustment:
    """Remove the season from a monthly series by robust STL on its logarithm.

    Cleveland, Cleveland, McRae and Terpenning (1990), STL: a seasonal-trend decomposition
    procedure based on loess, Journal of Official Statistics 6. The lunar new year falls in January
    or in February and would move between them from year to year, so each is first replaced by the
    mean of the two, which keeps their sum. A sample that begins with a February or ends with a
    January loses that month, because its pair is incomplete. Effects of the holiday on March and
    of the number of working days stay in the adjusted series.

    Args:
        y: Positive values, one per month without gaps, at least 48, with a PeriodIndex or
            DatetimeIndex, which the results keep.

    Raises:
        ModelInputError: A series that cannot be used as it is.
    """
    if not isinstance(y, pd.Series) or not isinstance(y.index, pd.DatetimeIndex | pd.PeriodIndex):
        raise ModelInputError(
            "y: seasonal adjustment needs dates; pass a Series with a monthly PeriodIndex"
        )
    data = validate.time_series(y, at_least=1, constant=True)
    found = validate.frequency_of(data.index)
    if found != "monthly":
        raise ModelInputError(
            f"y: seasonal adjustment is for monthly data, and these are {found or 'too few'}; "
            "pass the monthly series"
        )
    lowest = int(data.argmin())
    if data.iloc[lowest] <= 0:
        raise ModelInputError(
            f"y: {data.iloc[lowest]:g} at {validate.label(data.index[lowest])} is not positive, "
            "and the logarithm is taken; adjust exports and imports, not their balance"
        )
    combined = validate.time_series(_combine_new_year(data), at_least=FEWEST_MONTHS)
    result = STL(
        np.log(combined.to_numpy()), period=12, seasonal=SEASONAL_WINDOW, robust=True
    ).fit()
    seasonal = pd.Series(np.exp(result.seasonal), combined.index, name="seasonal")
    return SeasonalAdjustment(
        observed=combined,
        adjusted=(combined / seasonal).rename("adjusted"),
        seasonal=seasonal,
        trend=pd.Series(np.exp(result.trend), combined.index, name="trend"),
        method=(
            "January and February combined (each is the mean of the two), then seasonally adjusted "
            "by robust STL on logarithms."
        ),
    )


def _combine_new_year(y: pd.Series[float]) -> pd.Series[float]:
    """Return the series with each January and February at the mean of the two, pairs complete."""
    dates = pd.PeriodIndex(y.index, freq="M")
    calendar = pd.DataFrame({"y": y, "year": dates.year, "month": dates.month}, index=y.index)
    pairs = calendar[calendar["month"] <= 2].groupby("year")["y"]
    complete = pairs.transform("size") == 2
    means = pairs.transform("mean")[complete]
    combined = y.copy()
    combined[means.index] = means
    return combined.drop(complete.index[~complete])
