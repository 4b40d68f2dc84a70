"""Calibrated forecasts: a spread corrected by what a backtest says, judged out of sample."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from rebalancing.models.forecast._backtest import Backtest, scale_factors
from rebalancing.models.forecast._combination import (
    COMBINATION,
    PooledCases,
    Weights,
    calibrate,
    combine,
    pooled_cases,
    pooled_rows,
)
from rebalancing.models.forecast._density import Density
from rebalancing.models.forecast._forecasters import Forecaster, Sample
from rebalancing.models.validate import ModelInputError


def calibrated(
    result: Backtest,
    *,
    weights: Weights = "equal",
    level: float = 0.8,
    beside: Sequence[str] | None = None,
) -> Backtest:
    """Return every forecaster of a backtest, and their pool, with a spread corrected in time.

    These are scores of what `calibrated_forecasts` would have published at each origin: the factors
    are those of `scale_factors`, for each origin and horizon from the forecasts whose targets were
    no later than that origin. Cases of which no forecast had come due are left out, the same for
    all forecasters, so the random walk that they are compared with is calibrated as well.

    Args:
        result: From `backtest`.
        weights: Of the pool, "combination": "equal", "inverse crps" or "past winners".
        level: The interval that the factors make cover as often as it says.
        beside: Names of the forecasters to return with the pool, of all of them; default: all.

    Raises:
        ModelInputError: Names, weights or a level that cannot be used, fewer than two forecasters,
            or no forecast that had come due before a later origin.
    """
    names = result.names
    alone = names if beside is None else beside
    pools = {name: pooled_cases(result, [name], "equal", at_least=1) for name in alone}
    pools[COMBINATION] = pooled_cases(result, names, weights, at_least=2)
    parts = [_corrected(pool, name, level) for name, pool in pools.items()]
    return Backtest(pd.concat(parts, ignore_index=True), result.cautions)


def _corrected(pool: PooledCases, name: str, level: float) -> pd.DataFrame:
    """Return the rows of a pool whose spread was corrected by what was known at each origin."""
    factors = _factors_in_time(Backtest(pooled_rows(pool, name), ()), level)
    keys = pd.MultiIndex.from_frame(pool.cases[["origin", "horizon"]])
    by = factors.reindex(keys).to_numpy(dtype=float)
    known = ~np.isnan(by)
    if not known.any():
        raise ModelInputError(
            "result: no forecast had come due before a later origin; use more origins or shorter "
            "horizons"
        )
    means, sds, shares = pool.means[:, known], pool.sds[:, known], pool.weights[:, known]
    centre = (shares * means).sum(axis=0)
    stretched = centre + by[known] * (means - centre)
    return pooled_rows(PooledCases(pool.cases[known], stretched, by[known] * sds, shares), name)


def _factors_in_time(raw: Backtest, level: float) -> pd.Series[float]:
    """Return factors by origin and horizon from what was known at the origin."""
    found: dict[Hashable, pd.Series[float]] = {}
    for origin in sorted(raw.rows["origin"].unique()):
        if (raw.rows["target"] <= origin).any():
            found[origin] = scale_factors(raw.known_by(origin), level).iloc[0]
    if not found:
        return pd.Series(dtype=float, index=pd.MultiIndex.from_arrays([[], []]))
    together: pd.Series[float] = pd.concat(found)
    return together


def calibrated_forecasts(
    y: Sample,
    forecasters: Mapping[str, Forecaster],
    horizon: int,
    factors: pd.DataFrame,
    weights: Mapping[str, float] | None = None,
) -> dict[str, Density]:
    """Return the density of each forecaster and of their pool, each with its spread corrected.

    Args:
        y: Observations in order, evenly spaced.
        forecasters: By name.
        horizon: Number of periods ahead.
        factors: From `scale_factors`: forecasters and "combination" by horizon.
        weights: Of the forecasters in the pool; default: equal.

    Raises:
        ModelInputError: Factors that lack a forecaster or a horizon, or what the forecasters
            refuse.

    Warns:
        SmallSampleWarning: Fewer than 30 observations.
    """
    _check_factors(factors, forecasters, horizon)
    return calibrated_densities(each_forecast(y, forecasters, horizon), factors, weights)


def each_forecast(
    y: Sample, forecasters: Mapping[str, Forecaster], horizon: int
) -> dict[str, Density]:
    """Return the density of each forecaster as it is estimated, for `calibrated_densities`.

    Raises:
        ModelInputError: What the forecasters refuse.

    Warns:
        SmallSampleWarning: Fewer than 30 observations.
    """
    return {name: each.fit_predict(y, horizon) for name, each in forecasters.items()}


def calibrated_densities(
    alone: Mapping[str, Density],
    factors: pd.DataFrame,
    weights: Mapping[str, float] | None = None,
) -> dict[str, Density]:
    """Return densities and their pool, "combination", each with its spread corrected.

    Args:
        alone: The density of each forecaster in the pool, from `each_forecast`.
        factors: From `scale_factors`: forecasters and "combination" by horizon.
        weights: Of the forecasters in the pool; default: equal.

    Raises:
        ModelInputError: No densities, other labels, or factors that lack a forecaster or a horizon.
    """
    raw = {**alone, COMBINATION: combine(alone, weights)}
    horizon = raw[COMBINATION].horizon
    _check_factors(factors, alone, horizon)
    wanted = list(range(1, horizon + 1))
    return {
        name: calibrate(density, np.asarray(factors.loc[[name], wanted], dtype=float)[0].tolist())
        for name, density in raw.items()
    }


def _check_factors(factors: pd.DataFrame, names: Iterable[str], horizon: int) -> None:
    lacking = [name for name in [*names, COMBINATION] if name not in factors.index]
    if lacking or not set(range(1, horizon + 1)) <= set(factors.columns):
        what = lacking[0] if lacking else f"horizon {horizon}"
        raise ModelInputError(
            f"factors: none for {what}; take them from a backtest with all forecasters, their "
            "combination and all horizons"
        )
