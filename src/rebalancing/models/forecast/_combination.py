"""Combination and calibration of densities, and the probability of reaching a level."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr

from rebalancing.models import validate
from rebalancing.models.forecast._backtest import BENCHMARK, LEVELS, Backtest
from rebalancing.models.forecast._density import Density, MixtureDensity
from rebalancing.models.forecast._scores import crps_normal_mixture, inside
from rebalancing.models.validate import FloatArray, ModelInputError

COMBINATION = "combination"
Weights = Literal["equal", "inverse crps", "past winners"]


class PooledCases(NamedTuple):
    """Cases of a backtest with the normal densities to pool for each.

    Attributes:
        cases: Rows of the backtest, one per case: origin, economy, horizon, target and actual.
        means: Members by cases, in units of y.
        sds: Standard deviations, of the same shape.
        weights: Of the same shape; they sum to one over the members.
    """

    cases: pd.DataFrame
    means: FloatArray
    sds: FloatArray
    weights: FloatArray


def combine(
    densities: Mapping[str, Density] | Sequence[Density],
    weights: Mapping[str, float] | Sequence[float] | pd.Series | None = None,
) -> MixtureDensity:
    """Return the linear pool of densities.

    Stone (1961), The opinion pool, Annals of Mathematical Statistics 32; Hall and Mitchell (2007),
    Combining density forecasts, International Journal of Forecasting 23. The pool is wider than its
    members on average; where these already cover enough, it covers too much.

    Args:
        densities: Of the same labels.
        weights: One per density, by name where ``densities`` has names; none negative, and scaled
            to sum to one. Default: equal.

    Raises:
        ModelInputError: No densities, different labels, or weights that do not match.
    """
    parts = list(densities.values()) if isinstance(densities, Mapping) else list(densities)
    if not parts:
        raise ModelInputError("densities: none given; pass at least one")
    for part in parts[1:]:
        if not part.index.equals(parts[0].index):
            raise ModelInputError(
                f"densities: labels differ ({validate.span(parts[0].index)} and "
                f"{validate.span(part.index)}); forecast the same periods with all"
            )
    names = list(densities) if isinstance(densities, Mapping) else None
    shares = _shares(weights, len(parts), names)
    cautions = tuple(dict.fromkeys(text for part in parts for text in part.cautions))
    return MixtureDensity(tuple(parts), shares, cautions)


def inverse_crps_weights(result: Backtest, horizon: int | None = None) -> pd.Series[float]:
    """Return weights in proportion to one over the mean CRPS, by forecaster.

    Only cases that every forecaster has count. To weight a forecast from some origin out of sample,
    pass ``result.known_by(origin)``.

    Args:
        result: From `backtest`.
        horizon: Periods ahead; default: all together.

    Raises:
        ModelInputError: A horizon that was not forecast, or no common case.
    """
    table = _by_case(result.rows, "crps")
    if horizon is not None:
        table = table[table.index.get_level_values("horizon") == horizon]
    table = table.dropna()
    if table.empty:
        raise ModelInputError(
            f"horizon: no case of horizon {horizon} that every forecaster has; use another"
        )
    inverse = 1 / table.mean()
    return (inverse / inverse.sum()).rename("weight")


def past_winners(result: Backtest) -> pd.Series[float]:
    """Return equal weights for the forecasters that have not lost to the random walk.

    Aiolfi and Timmermann (2006), Persistence in forecasting performance and conditional combination
    strategies, Journal of Econometrics 135: choose by past scores, then average. The others weigh
    nothing; the random walk is always among the chosen. To choose for a forecast from some origin
    out of sample, pass ``result.known_by(origin)``.

    Args:
        result: From `backtest`; the random walk must be in it.

    Raises:
        ModelInputError: No random walk.
    """
    crps = result.rows.groupby("forecaster", sort=False)["crps"].mean()
    if BENCHMARK not in crps.index:
        raise ModelInputError(f"result: has no {BENCHMARK}, which winners are measured by")
    won = (crps <= crps[BENCHMARK]).astype(float)
    weights: pd.Series[float] = (won / won.sum()).rename("weight")
    return weights


def with_combination(
    result: Backtest, *, members: Sequence[str] | None = None, weights: Weights = "equal"
) -> Backtest:
    """Return a backtest with the linear pool of its forecasters as one more, "combination".

    Weights by past scores are from targets no later than the origin, inverse-CRPS weights those of
    each horizon; where there are none yet, weights are equal.

    Args:
        result: From `backtest`.
        members: Names of the forecasters to pool; default: all.
        weights: "equal", "inverse crps" or "past winners".

    Raises:
        ModelInputError: Unknown members or weights, fewer than two members, or no common case.
    """
    cases = pooled_cases(result, members, weights, at_least=2)
    pooled = pooled_rows(cases, COMBINATION)
    return Backtest(pd.concat([result.rows, pooled], ignore_index=True), result.cautions)


def probability_of_reaching(
    density: Density,
    threshold: float,
    by: Hashable,
    *,
    ever: bool = False,
    draws: int = 20_000,
    seed: int = 0,
) -> float:
    """Return the probability that y is at or above a threshold.

    By default: in the period ``by`` itself. This is not the probability of having been there at
    any time up to then, which is higher, and which ``ever`` gives from joint paths of all horizons;
    between periods a path counts as not observed.

    Args:
        density: The forecast.
        threshold: In units of y.
        by: A label of the density.
        ever: Whether any period up to ``by`` will do.
        draws: Number of paths for ``ever``; with 20000 the simulation's standard error is at most
            0.4 percentage points.
        seed: Of the paths.

    Raises:
        ModelInputError: A label that is not in the density, or a threshold that is not finite.
    """
    level = validate.number(threshold, "threshold")
    if by not in density.index:
        raise ModelInputError(
            f"by: {validate.label(by)} is not forecast; the density has "
            f"{validate.span(density.index)}"
        )
    position = list(density.index).index(by)
    if not ever:
        return density.at_least(position + 1, level)
    paths = density.paths(draws, seed)[:, : position + 1]
    return float((paths >= level).any(axis=1).mean())


def calibrate(density: Density, factors: float | Sequence[float] | pd.Series) -> Density:
    """Return a density whose spread about its mean is multiplied by factors.

    Args:
        density: The forecast.
        factors: One in all, or one per horizon, such as a row of `scale_factors`.

    Raises:
        ModelInputError: Factors that are not positive, or a different number than horizons.
    """
    values = np.asarray(factors, dtype=float)
    if values.ndim > 1 or (values.ndim == 1 and len(values) != density.horizon):
        raise ModelInputError(
            f"factors: shape {values.shape} for {density.horizon} horizons; pass one in all or "
            "one per horizon"
        )
    return density.rescaled(values)


def _shares(
    weights: Mapping[str, float] | Sequence[float] | pd.Series | None,
    count: int,
    names: list[str] | None,
) -> FloatArray:
    if weights is None:
        return np.full(count, 1 / count)
    if isinstance(weights, Mapping | pd.Series) and names is not None:
        given = dict(weights.items())
        if set(given) != set(names):
            raise ModelInputError(
                f"weights: names {sorted(map(str, given))} do not match the densities, "
                f"{sorted(names)}"
            )
        weights = [float(given[name]) for name in names]
    elif isinstance(weights, Mapping):
        raise ModelInputError("weights: have names but densities do not; pass both by name")
    values = validate.sample(np.asarray(weights, dtype=float), "weights")
    if len(values) != count or (values < 0).any() or values.sum() == 0:
        raise ModelInputError(
            f"weights: must be {count}, one per density, none negative and not all zero"
        )
    return np.asarray(values / values.sum())


def _by_case(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return one column of the rows by forecaster, one row per origin, economy and horizon."""
    return rows.pivot(index=["origin", "economy", "horizon"], columns="forecaster", values=column)


def _past_weights(rows: pd.DataFrame, cases: pd.DataFrame, names: list[str]) -> FloatArray:
    """Return weights, cases by forecasters, from scores that were known at each origin."""
    scores = rows.groupby(["horizon", "target", "forecaster"])["crps"].agg(["sum", "size"])
    sums, counts = (scores[name].unstack("forecaster")[names] for name in ("sum", "size"))
    past_sums, past_counts = (table.groupby(level="horizon").cumsum() for table in (sums, counts))
    inverse = past_counts / past_sums
    known = inverse.div(inverse.sum(axis=1), axis=0)
    shares = np.full((len(cases), len(names)), 1 / len(names))
    for h in np.unique(cases["horizon"]):
        positions = np.flatnonzero(cases["horizon"] == h)
        table = known.xs(h, level="horizon")
        latest = table.index.searchsorted(cases["origin"].iloc[positions], side="right") - 1
        has = latest >= 0
        shares[positions[has]] = table.to_numpy()[latest[has]]
    return shares


def _weights_of_winners(rows: pd.DataFrame, cases: pd.DataFrame, names: list[str]) -> FloatArray:
    """Return weights, cases by forecasters, for those that had not lost by each origin."""
    shares = np.full((len(cases), len(names)), 1 / len(names))
    for origin in cases["origin"].unique():
        past = rows[rows["target"] <= origin]
        if len(past):
            chosen = past_winners(Backtest(past, ())).reindex(names)
            shares[(cases["origin"] == origin).to_numpy()] = chosen.to_numpy()
    return shares


def pooled_cases(
    result: Backtest, members: Sequence[str] | None, weights: Weights, *, at_least: int
) -> PooledCases:
    """Return what to pool of a backtest.

    Raises:
        ModelInputError: Unknown members or weights, fewer members than needed, or no common case.
    """
    known = result.names
    names = known if members is None else list(members)
    unknown = set(names) - set(known)
    if unknown or len(set(names)) < at_least or len(set(names)) != len(names):
        many = "two or more names" if at_least > 1 else "one or more names"
        raise ModelInputError(f"members: pass {many} of forecasters in the backtest, each once")
    if weights not in get_args(Weights):
        raise ModelInputError(
            f"weights: {weights!r} is not allowed; use {' or '.join(get_args(Weights))}"
        )
    rows = result.rows[result.rows["forecaster"].isin(names)]
    means, sds = (_by_case(rows, column)[names].dropna() for column in ("mean", "sd"))
    if means.empty:
        raise ModelInputError("members: have no case in common; pool others")
    first = rows[rows["forecaster"] == names[0]].set_index(["origin", "economy", "horizon"])
    cases = first.loc[means.index].reset_index()
    shares = np.full(means.shape, 1 / len(names))
    if weights == "inverse crps":
        shares = _past_weights(rows, cases, names)
    elif weights == "past winners":
        shares = _weights_of_winners(rows, cases, names)
    return PooledCases(cases, means.to_numpy().T, sds.to_numpy().T, shares.T)


def pooled_rows(pool: PooledCases, name: str) -> pd.DataFrame:
    """Return the rows of a backtest for the pool of normal densities, under a name."""
    cases, means, sds, weights = pool
    actual = cases["actual"].to_numpy()
    mean = (weights * means).sum(axis=0)
    variance = (weights * (sds**2 + (means - mean) ** 2)).sum(axis=0)
    # Weights sum to one up to rounding only.
    transform = np.minimum((weights * ndtr((actual - means) / sds)).sum(axis=0), 1.0)
    covered: dict[str, npt.NDArray[np.bool_]] = {
        column: inside(transform, level) for column, level in LEVELS.items()
    }
    return cases.assign(
        forecaster=name,
        mean=mean,
        sd=np.sqrt(variance),
        error=actual - mean,
        crps=crps_normal_mixture(actual, means, sds, weights),
        pit=transform,
        **covered,
    )
