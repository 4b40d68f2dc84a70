"""How a specification curve of slopes looks when no series has a trend."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from arch.bootstrap import optimal_block_length
from scipy.stats import t as student

from rebalancing.models import validate
from rebalancing.models.specification import _slope_plan as slope_plan
from rebalancing.models.specification._grid import SpecGrid, expand
from rebalancing.models.trend.least_squares import solve
from rebalancing.models.validate import FloatArray, ModelInputError
from rebalancing.models.warnings import PersistentErrorsWarning, SmallSampleWarning

FEWEST_YEARS = 15
FEW_BLOCKS = 10
FEWEST_REPLICATIONS = 99
FEW_PERIODS = 40
PERSISTENT = 0.85  # corrected for bias
MOST_PERSISTENT = 0.97
BURN_IN = 60
BoolArray = npt.NDArray[np.bool_]
STATISTICS = ["median estimate", "share significant", "average t"]


@dataclass(frozen=True, eq=False, repr=False)
class NullCurve:
    """A specification curve beside curves of data without a trend.

    Attributes:
        table: One row per statistic: "median estimate" (its size; units of the series per
            period), "share significant" (with the more frequent of the two signs), "average t"
            (its size). Columns observed, null_median, null_q95, p_value.
        null: The statistics of every replication.
        n_specifications: Specifications in the curve.
        n_periods: Periods from which residuals were drawn.
        block_length: Periods per block.
        replications: Number of bootstrap samples.
        level: Of the intervals that say what is significant.
        seed: Of the random numbers.
        cautions: The warnings given, in words.
    """

    table: pd.DataFrame
    null: pd.DataFrame
    n_specifications: int
    n_periods: int
    block_length: int
    replications: int
    level: float
    seed: int
    cautions: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return the table, one row per statistic."""
        return self.table.copy()

    def __repr__(self) -> str:
        """Say how unusual the curve would be without a trend."""
        lines = [
            f"NullCurve: {self.n_specifications} specifications, {self.replications} samples "
            f"without a trend, blocks of {self.block_length} of {self.n_periods} periods"
        ]
        lines += [
            f"  {name}: {row['observed']:.4g}, without a trend {row['null_median']:.4g} (95% below "
            f"{row['null_q95']:.4g}), p = {row['p_value']:.3g}"
            for name, row in self.table.to_dict("index").items()
        ]
        return "\n".join(lines)


def under_the_null(
    spec_grid: SpecGrid,
    data: pd.DataFrame,
    *,
    replications: int = 500,
    block_length: int | None = None,
    level: float = 0.95,
    seed: int = 0,
) -> NullCurve:
    """Test all specifications of `regime_slope` together against the absence of a trend.

    The joint test of Simonsohn, Simmons and Nelson (2020), Nature Human Behaviour 4, with the
    resampling that time series need. Each series becomes its mean plus a first-order
    autoregression, fitted to the residuals from its own line and corrected for bias, whose
    innovations are drawn in blocks (circular block bootstrap, Politis and Romano 1992), the same
    years for all series, so that they stay correlated over time and with each other. All
    specifications are estimated on every sample; a p-value is the share of samples, the data
    counted as one, whose statistic is at least that of the data.

    This answers the objection that among so many specifications some must be significant. It does
    not make the specifications right. Without a trend, series are taken to be stationary: those
    of a random walk drift by themselves, and the test then finds trends far too often. In
    simulations with 55 years, three series and autocorrelations of 0, 0.5 and 0.7 nominal 5% tests
    rejected in about 11, 9 and 13% (median), 5, 7 and 6% (share significant) of samples; for
    random walks in 33 and 9%. With breaks in the grid, the hypothesis is that there is neither
    trend nor break.

    Args:
        spec_grid: As for `run`, of choices of `regime_slope`.
        data: Series by period. Residuals come from the periods in which all series that the grid
            uses are known, which must be without gaps.
        replications: Bootstrap samples, 99 at least.
        block_length: Periods per block. None: the average over series of the optimum for the
            mean of the innovations (Politis and White 2004, corrected 2009), a third of the
            periods at most.
        level: Of the intervals that say what is significant.
        seed: Of the random numbers.

    Raises:
        ModelInputError: A grid, data or options that cannot be used.

    Warns:
        PersistentErrorsWarning: Residuals of a series with an autocorrelation above 0.85.
        SmallSampleWarning: Fewer than 40 periods or 10 blocks.
    """
    probability = validate.probability(level)
    count = validate.whole(replications, "replications", FEWEST_REPLICATIONS, 1_000_000)
    start = validate.whole(seed, "seed", 0, 2**63 - 1)
    specs, table = expand(spec_grid), slope_plan.checked(data)
    todo = slope_plan.plan_slopes(specs, table)
    used = sorted({position for group in todo.groups for position in group.series})
    values = table.to_numpy()
    observed = slope_plan.estimate(todo, values[:, :, None])
    kept = np.isfinite(observed[1][:, 0])
    if not kept.any():
        raise ModelInputError("spec_grid: no specification could be estimated; run() says why")
    model = _null_model(table.iloc[:, used])
    length = _block_length(model.innovations, block_length)
    drawn = np.full((*values.shape, count), np.nan)
    drawn[:, used] = _without_trend(model, len(table), length, count, start)
    _check_logarithms(todo, drawn)
    critical = _critical_values(todo, probability)
    null = _statistics(slope_plan.estimate(todo, drawn), kept, critical)
    ours = _statistics(observed, kept, critical)
    at_least = (null >= ours * (1 - 1e-12)).sum(axis=0)
    rows = {
        "observed": ours[0],
        "null_median": np.median(null, axis=0),
        "null_q95": np.quantile(null, 0.95, axis=0),
        "p_value": (1 + at_least) / (1 + count),
    }
    return NullCurve(
        table=pd.DataFrame(rows, index=pd.Index(STATISTICS, name="statistic")),
        null=pd.DataFrame(null, columns=STATISTICS),
        n_specifications=int(kept.sum()),
        n_periods=len(model.innovations) + 1,
        block_length=length,
        replications=count,
        level=probability,
        seed=start,
        cautions=_cautions(model, length),
    )


class NullModel(NamedTuple):
    """What series without a trend are made of.

    Attributes:
        means: By series.
        autocorrelations: By series, corrected for bias.
        innovations: Periods by series, the first period lost.
    """

    means: FloatArray
    autocorrelations: FloatArray
    innovations: FloatArray


def _null_model(table: pd.DataFrame) -> NullModel:
    """Return means, and autoregressions of the residuals from a line, of the periods in common.

    Raises:
        ModelInputError: Too few periods in common, gaps between them, or a series without noise.
    """
    known = np.flatnonzero(table.notna().all(axis=1))
    if len(known) < FEWEST_YEARS:
        raise ModelInputError(
            f"data: {len(known)} periods in which all series are known are too few to draw from; "
            f"{FEWEST_YEARS} are needed, so leave out the shortest series"
        )
    if len(known) <= known[-1] - known[0]:
        gap = table.index[known[np.argmax(np.diff(known) > 1)]]
        raise ModelInputError(
            f"data: values missing after {validate.label(gap)}, between periods that are known; "
            "leave the series out"
        )
    values = table.to_numpy()[known]
    n = len(values)
    fit = solve(np.column_stack([np.ones(n), np.arange(n) - (n - 1) / 2]), values)
    size = np.sqrt(np.mean(fit.residuals**2, axis=0))
    exact = size <= slope_plan.EXACT * np.abs(values).max(axis=0)
    if exact.any():
        raise ModelInputError(
            f"data: {table.columns[int(np.argmax(exact))]!r} is an exact line, so there is no "
            "noise to draw; leave it out"
        )
    later, earlier = fit.residuals[1:], fit.residuals[:-1]
    raw = np.sum(later * earlier, axis=0) / np.sum(earlier**2, axis=0)
    # Around an estimated line the coefficient is too low by about (2 + 4 phi) / n.
    phi = np.clip((raw + 2 / n) / (1 - 4 / n), -MOST_PERSISTENT, MOST_PERSISTENT)
    innovations = later - phi * earlier
    innovations -= innovations.mean(axis=0)
    # Two coefficients of the line, one mean and one autoregressive coefficient were estimated.
    return NullModel(values.mean(axis=0), phi, innovations * np.sqrt(n / (n - 4)))


def _block_length(innovations: FloatArray, given: int | None) -> int:
    """Return the periods per block."""
    n = len(innovations)
    if given is not None:
        return validate.whole(given, "block_length", 1, n // 2)
    best = optimal_block_length(innovations)["circular"].mean()
    return int(min(np.ceil(best), n // 3))


def _without_trend(
    model: NullModel, periods: int, length: int, count: int, seed: int
) -> FloatArray:
    """Return periods by series by samples: means and autoregressions on blocks of innovations."""
    rng = np.random.default_rng(seed)
    n = len(model.innovations)
    blocks = -(-(periods + BURN_IN) // length)
    starts = rng.integers(0, n, size=(blocks, 1, count))
    places = ((starts + np.arange(length)[None, :, None]) % n).reshape(blocks * length, count)
    drawn = model.innovations[places[: periods + BURN_IN]].transpose(0, 2, 1)
    drawn = np.ascontiguousarray(drawn)
    for t in range(1, len(drawn)):
        drawn[t] += model.autocorrelations[:, None] * drawn[t - 1]
    return np.asarray(model.means[None, :, None] + drawn[BURN_IN:], dtype=np.float64)


def _check_logarithms(todo: slope_plan.SlopePlan, drawn: FloatArray) -> None:
    """Raise ModelInputError if a logarithm is wanted of a sample that is not positive."""
    for group in todo.groups:
        window = drawn[group.first : group.last + 1, sorted(set(group.series))]
        if group.trend == "log" and (window <= 0).any():
            raise ModelInputError(
                "spec_grid: without a trend some series falls to zero or below, where it has no "
                "logarithm; leave out the trend 'log'"
            )


def _critical_values(todo: slope_plan.SlopePlan, level: float) -> FloatArray:
    critical = np.full(todo.size, np.nan)
    for group in todo.groups:
        critical[group.rows] = student.ppf(0.5 + level / 2, group.df)
    return critical


def _statistics(
    estimates: tuple[FloatArray, FloatArray], kept: BoolArray, critical: FloatArray
) -> FloatArray:
    """Return the statistics of each set of data, whichever the direction."""
    slopes, errors = estimates[0][kept], estimates[1][kept]
    critical = critical[kept]
    # A sample without any variation in some window has no t statistic: it is not significant.
    ratio = np.nan_to_num(slopes / errors)
    above = (ratio > critical[:, None]).mean(axis=0)
    below = (ratio < -critical[:, None]).mean(axis=0)
    return np.column_stack(
        [
            np.abs(np.median(slopes, axis=0)),
            np.maximum(above, below),
            np.abs(ratio.mean(axis=0)),
        ]
    )


def _cautions(model: NullModel, length: int) -> tuple[str, ...]:
    """Warn of what limits the test, and return it in words."""
    said: list[str] = []

    def caution(text: str, category: type[Warning]) -> None:
        said.append(text)
        warnings.warn(text, category, stacklevel=4)

    persistent = int((model.autocorrelations > PERSISTENT).sum())
    if persistent:
        caution(
            f"{persistent} of {len(model.means)} series have residuals with an autocorrelation "
            f"above {PERSISTENT}: they may have a unit root, for which the test finds trends far "
            "too often.",
            PersistentErrorsWarning,
        )
    n = len(model.innovations) + 1
    if n < FEW_PERIODS or n < FEW_BLOCKS * length:
        caution(
            f"{n} periods, about {n // length} blocks of {length}, are few: the test is "
            "approximate, and finds trends somewhat too often.",
            SmallSampleWarning,
        )
    return tuple(said)
