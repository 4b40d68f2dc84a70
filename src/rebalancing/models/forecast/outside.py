"""Errors of forecasts that others published, by horizon, beside those of naive forecasts."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t as student

from rebalancing.models import validate
from rebalancing.models.validate import FloatArray, ModelInputError
from rebalancing.models.warnings import SmallSampleWarning

FEW_TARGETS = 20


@dataclass(frozen=True, eq=False, repr=False)
class ForecastErrors:
    """How far published forecasts were from their outcomes.

    Attributes:
        table: By horizon: n (forecasts), targets (years forecast), bias (mean of outcome less
            forecast, negative where forecasts were too high) with its interval lower and upper,
            mae, rmse, all in units of the forecasts; and for each benchmark relative_<name>, the
            mean absolute error over the benchmark's in the cases that both have.
        level: Of the interval.
        cautions: The warnings given, in words.
    """

    table: pd.DataFrame
    level: float
    cautions: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return the table."""
        return self.table.copy()

    def __repr__(self) -> str:
        """Say how many errors there are, and what they are at the nearest horizon."""
        first = self.table.iloc[0]
        return (
            f"ForecastErrors: {int(self.table['n'].sum())} forecasts, "
            f"{len(self.table)} horizons\n"
            f"  horizon {self.table.index[0]}: bias {first['bias']:.4g}, mae {first['mae']:.4g}, "
            f"n = {first['n']:.0f}"
        )


def errors_by_horizon(
    rows: pd.DataFrame, *, benchmarks: Sequence[str] = (), level: float = 0.8
) -> ForecastErrors:
    """Return bias, mean absolute and root mean square errors by horizon.

    Errors for the same year share its surprises, whoever is forecast and from whichever release, so
    that the interval of the bias clusters them by the year forecast (Liang and Zeger 1986,
    Biometrika 73), with the t distribution of the number of years less one degrees of freedom; with
    one forecast per year it is the usual interval of a mean. It takes years as independent of each
    other. Economies count equally, whatever their size.

    Args:
        rows: Columns horizon, year (forecast), forecast, outcome, and one for each benchmark; one
            row per forecast, those without an outcome left out.
        benchmarks: Columns of naive forecasts, gaps allowed.
        level: Of the interval of the bias.

    Raises:
        ModelInputError: Columns that lack, no rows, or missing or infinite values.

    Warns:
        SmallSampleWarning: A horizon with fewer than 20 years.
    """
    lacking = {"horizon", "year", "forecast", "outcome", *benchmarks} - set(rows.columns)
    if lacking:
        raise ModelInputError(f"rows: no column {sorted(lacking)[0]}; see the columns needed")
    validate.probability(level)
    for column in ("forecast", "outcome"):
        if rows.empty or not np.isfinite(rows[column].to_numpy(dtype=float)).all():
            raise ModelInputError(
                f"rows: none, or missing or infinite values of {column}; leave forecasts without "
                "an outcome out"
            )
    table = pd.DataFrame(
        {
            horizon: _summary(group, benchmarks, level)
            for horizon, group in rows.groupby("horizon", sort=True)
        }
    ).T.rename_axis("horizon")
    return ForecastErrors(table, level, _few(table["targets"]))


def _summary(rows: pd.DataFrame, benchmarks: Sequence[str], level: float) -> dict[str, float]:
    """Return the measures of one horizon."""
    error = (rows["outcome"] - rows["forecast"]).to_numpy(dtype=float)
    years = pd.Series(error - error.mean()).groupby(rows["year"].to_numpy()).sum().to_numpy()
    half = _half_width(years, len(error), level)
    measures = {
        "n": float(len(error)),
        "targets": float(len(years)),
        "bias": float(error.mean()),
        "lower": float(error.mean()) - half,
        "upper": float(error.mean()) + half,
        "mae": float(np.abs(error).mean()),
        "rmse": float(np.sqrt((error**2).mean())),
    }
    for name in benchmarks:
        theirs = (rows["outcome"] - rows[name]).abs().to_numpy(dtype=float)
        both = ~np.isnan(theirs)
        loss = theirs[both].mean() if both.any() else np.nan
        measures[f"relative_{name}"] = (
            float(np.abs(error[both]).mean() / loss) if loss > 0 else np.nan
        )
    return measures


def _half_width(sums: FloatArray, n: int, level: float) -> float:
    """Return half the width of the interval of a mean, from sums of deviations by year."""
    count = len(sums)
    if count < 2:
        return np.nan
    error = np.sqrt(count / (count - 1) * (sums**2).sum()) / n
    return float(student.ppf(0.5 + level / 2, count - 1) * error)


def _few(targets: pd.Series[float]) -> tuple[str, ...]:
    if targets.min() >= FEW_TARGETS:
        return ()
    text = (
        f"The errors are those of {targets.min():.0f} to {targets.max():.0f} years by horizon, and "
        f"those of one year go together ({FEW_TARGETS} years or more are better): the intervals "
        "are rough, and one year can decide a mean."
    )
    warnings.warn(text, SmallSampleWarning, stacklevel=3)
    return (text,)
