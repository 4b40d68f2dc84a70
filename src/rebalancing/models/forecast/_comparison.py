"""Which forecasts are better: Diebold-Mariano tests and the model confidence set."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from arch.bootstrap import MCS
from scipy.stats import t as student

from rebalancing.models import validate
from rebalancing.models.validate import FloatArray, ModelInputError
from rebalancing.models.warnings import SmallSampleWarning

FEW_ERRORS = 30
FEW_CLUSTERS = 20


@dataclass(frozen=True, eq=False, repr=False)
class DieboldMariano:
    """A test of equal expected loss.

    Attributes:
        statistic: Negative where the first forecasts lost less.
        p_value: Two-sided.
        degrees_of_freedom: Of the t distribution.
        mean_difference: Mean loss of the first less that of the second.
        standard_error: Of the mean difference, before any small-sample correction.
        horizon: Periods ahead.
        n: Number of loss differences.
        method: How the variance was estimated.
        cautions: The warnings given, in words.
    """

    statistic: float
    p_value: float
    degrees_of_freedom: int
    mean_difference: float
    standard_error: float
    horizon: int
    n: int
    method: str
    cautions: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row with the test."""
        shown = ["statistic", "p_value", "degrees_of_freedom", "mean_difference"]
        shown += ["standard_error", "horizon", "n", "method"]
        return pd.DataFrame([{name: getattr(self, name) for name in shown}])

    def __repr__(self) -> str:
        """Say which forecasts lost less, and how surely."""
        which = "first" if self.mean_difference < 0 else "second"
        return (
            f"DieboldMariano: {self.n} loss differences, horizon {self.horizon}, {self.method}\n"
            f"  the {which} lost less on average: t({self.degrees_of_freedom}) = "
            f"{self.statistic:.4g}, p = {self.p_value:.3g}"
        )


@dataclass(frozen=True, eq=False, repr=False)
class ModelConfidenceSet:
    """The forecasters that cannot be told from the best.

    Attributes:
        table: By forecaster: mean_loss, p_value, included; lowest mean loss first.
        size: Of the test: with probability 1 - size or more the set contains the best.
        reps: Number of bootstrap samples.
        block_size: Mean length of bootstrap blocks, in rows.
        cautions: The warnings given, in words.
    """

    table: pd.DataFrame
    size: float
    reps: int
    block_size: int
    cautions: tuple[str, ...]

    @property
    def included(self) -> list[str]:
        """Names of the forecasters in the set."""
        return list(self.table.index[self.table["included"]])

    def to_frame(self) -> pd.DataFrame:
        """Return the table."""
        return self.table.copy()

    def __repr__(self) -> str:
        """Say which are in the set."""
        return (
            f"ModelConfidenceSet at {100 * (1 - self.size):g}%: {', '.join(self.included)}\n"
            f"  {len(self.table)} compared, {self.reps} bootstrap samples, blocks of "
            f"{self.block_size} rows"
        )


def diebold_mariano(
    e1: pd.Series[float] | Sequence[float] | FloatArray,
    e2: pd.Series[float] | Sequence[float] | FloatArray,
    *,
    horizon: int = 1,
    power: float = 2,
) -> DieboldMariano:
    """Test whether two forecasters' errors cost the same, on one series.

    Diebold and Mariano (1995, Journal of Business and Economic Statistics 13) with the variance
    from autocovariances to lag horizon - 1, and the small-sample factor and t distribution with
    n - 1 degrees of freedom of Harvey, Leybourne and Newbold (1997, International Journal of
    Forecasting 13), as R's ``forecast::dm.test``: where that variance is not positive, the test is
    that for one period ahead. Loss is the absolute error to the given power. The test compares
    forecasts, not models; for nested models it is conservative.

    Args:
        e1: Errors of the first, in order of time; Series are matched by label.
        e2: Errors of the second, for the same periods.
        horizon: Periods ahead.
        power: 2 for squared, 1 for absolute errors.

    Raises:
        ModelInputError: Errors that do not match, missing values, too few for the horizon, equal
            losses throughout, or a power that is not positive.

    Warns:
        SmallSampleWarning: Fewer than 30 errors, or a variance that is not positive.
    """
    difference = _loss_difference(e1, e2, power)
    steps, n = validate.whole(horizon, "horizon", 1), len(difference)
    if n < max(4, 2 * steps):
        raise ModelInputError(
            f"e1: {n} errors are too few for a horizon of {steps}; "
            f"{max(4, 2 * steps)} or more are needed"
        )
    cautions = _few(n)
    used = steps
    variance = _variance_of_mean(difference, used)
    if variance <= 0 and steps > 1:
        text = (
            "The variance from autocovariances is not positive; the test is that for one period "
            "ahead, which takes the differences as uncorrelated."
        )
        warnings.warn(text, SmallSampleWarning, stacklevel=2)
        cautions, used = (*cautions, text), 1
        variance = _variance_of_mean(difference, used)
    mean, error = float(difference.mean()), float(np.sqrt(variance))
    factor = np.sqrt((n + 1 - 2 * used + used * (used - 1) / n) / n)
    statistic = float(mean / error * factor)
    return DieboldMariano(
        statistic=statistic,
        p_value=float(2 * student.sf(abs(statistic), n - 1)),
        degrees_of_freedom=n - 1,
        mean_difference=mean,
        standard_error=error,
        horizon=steps,
        n=n,
        method=f"{used - 1} autocovariances, small-sample correction",
        cautions=cautions,
    )


def panel_diebold_mariano(
    loss1: pd.Series[float], loss2: pd.Series[float], *, horizon: int = 1
) -> DieboldMariano:
    """Test whether two forecasters lose the same on average over a panel.

    The mean of all loss differences, with a standard error clustered by economy and by origin
    (Cameron, Gelbach and Miller 2011, Journal of Business and Economic Statistics 29), and between
    origins less than ``horizon`` apart, whose forecasts overlap, also across economies (Thompson
    2011, Journal of Financial Economics 99). If that is not positive, the larger of the two
    one-way errors is used. The t distribution has the smaller number of clusters less one degrees
    of freedom. Economies count equally, whatever their size.

    Args:
        loss1: Losses of the first, labelled by origin and economy, as a column of
            ``Backtest.losses``.
        loss2: Losses of the second. Cases that either lacks are left out.
        horizon: Periods ahead.

    Raises:
        ModelInputError: Losses without such labels, fewer than 2 common origins or economies, or
            equal losses throughout.

    Warns:
        SmallSampleWarning: Fewer than 20 origins or economies.
    """
    steps = validate.whole(horizon, "horizon", 1)
    difference = _panel_difference(loss1, loss2)
    table = difference.unstack("economy").sort_index()
    values = np.asarray(table, dtype=float)
    mean, n = float(np.nanmean(values)), int((~np.isnan(values)).sum())
    clusters = min(values.shape)
    if clusters < 2:
        raise ModelInputError(
            "loss1: one origin or one economy only; for one economy use diebold_mariano"
        )
    u = np.where(np.isnan(values), 0.0, values - mean)
    if not u.any():
        raise ModelInputError("loss1: differs from loss2 by a constant, so there is no error")
    by_origin, by_economy = (u.sum(axis=1) ** 2).sum(), (u.sum(axis=0) ** 2).sum()
    total = by_origin + by_economy - (u**2).sum() + _overlap(u, _times(table.index), steps)
    method = "clustered by economy and origin"
    if total <= 0:
        total = max(by_origin, by_economy)
        method = f"clustered by {'origin' if by_origin >= by_economy else 'economy'}"
    error = float(np.sqrt(total) / n)
    statistic = mean / error
    return DieboldMariano(
        statistic=statistic,
        p_value=float(2 * student.sf(abs(statistic), clusters - 1)),
        degrees_of_freedom=clusters - 1,
        mean_difference=mean,
        standard_error=error,
        horizon=steps,
        n=n,
        method=method,
        cautions=_few_clusters(*values.shape),
    )


def model_confidence_set(
    losses: pd.DataFrame,
    *,
    size: float = 0.1,
    reps: int = 1000,
    block_size: int | None = None,
    seed: int = 0,
) -> ModelConfidenceSet:
    """Return the forecasters that contain the best with probability of at least 1 - size.

    Hansen, Lunde and Nason (2011), The model confidence set, Econometrica 79, by ``arch``: the
    range statistic over a stationary bootstrap. A large set means that the data cannot tell, not
    that its members are equally good.

    Args:
        losses: One column per forecaster, rows in order of time; or as from ``Backtest.losses``,
            by origin and economy, where a block keeps the economies of an origin together.
        size: Of the test.
        reps: Number of bootstrap samples.
        block_size: Mean length of blocks in rows; default: the mean number of economies per
            origin, or of a single series the cube root of the number of rows, rounded up.
        seed: Of the bootstrap.

    Raises:
        ModelInputError: Fewer than two columns or 10 rows, missing values, equal columns, or a
            size, number or length that cannot be used.

    Warns:
        SmallSampleWarning: Fewer than 30 rows.
    """
    _check_losses(losses)
    validate.probability(size, "size")
    for name, value in {"reps": reps, "block_size": block_size}.items():
        if value is not None:
            validate.whole(value, name, 1)
    n = len(losses)
    if block_size is None:
        block_size = int(np.ceil(n ** (1 / 3)))
        if isinstance(losses.index, pd.MultiIndex):
            block_size = max(1, round(n / losses.index.get_level_values(0).nunique()))
    if block_size >= n:
        raise ModelInputError(f"block_size: {block_size} rows are not fewer than all {n}")
    test = MCS(losses.reset_index(drop=True), size, reps=reps, block_size=block_size, seed=seed)
    test.compute()
    p_values = test.pvalues["Pvalue"]
    table = pd.DataFrame({"mean_loss": losses.mean(), "p_value": p_values})
    table["included"] = table.index.isin(test.included)
    table = table.sort_values("mean_loss", kind="stable").rename_axis("forecaster")
    return ModelConfidenceSet(table, size, reps, block_size, _few(n))


def _loss_difference(
    e1: pd.Series[float] | Sequence[float] | FloatArray,
    e2: pd.Series[float] | Sequence[float] | FloatArray,
    power: float,
) -> FloatArray:
    if validate.number(power, "power") <= 0:
        raise ModelInputError(f"power: {power} is not positive; use 2 for squared errors")
    first = validate.time_series(e1, "e1", at_least=1, constant=True)
    second = validate.time_series(e2, "e2", at_least=1, constant=True)
    both = isinstance(e1, pd.Series) and isinstance(e2, pd.Series)
    if len(first) != len(second) or (both and not first.index.equals(second.index)):
        raise ModelInputError(
            f"e2: {len(second)} errors, {validate.span(second.index)}, do not match e1's "
            f"{len(first)}, {validate.span(first.index)}; select the same periods"
        )
    x, y = first.to_numpy(), second.to_numpy()
    difference = np.abs(x) ** power - np.abs(y) ** power
    if np.ptp(difference) <= 1e-14 * max(np.abs(x).max(), np.abs(y).max(), 1e-300) ** power:
        raise ModelInputError(
            "e1: its losses differ from those of e2 by a constant, so there is nothing to test"
        )
    return np.asarray(difference)


def _variance_of_mean(d: FloatArray, horizon: int) -> float:
    n, centred = len(d), d - d.mean()
    covariances = [centred[lag:] @ centred[: n - lag] / n for lag in range(horizon)]
    return float((covariances[0] + 2 * sum(covariances[1:])) / n)


def _panel_difference(loss1: pd.Series[float], loss2: pd.Series[float]) -> pd.Series[float]:
    for name, losses in {"loss1": loss1, "loss2": loss2}.items():
        labelled = isinstance(losses, pd.Series) and isinstance(losses.index, pd.MultiIndex)
        if not labelled or list(losses.index.names) != ["origin", "economy"]:
            raise ModelInputError(
                f"{name}: must be a Series labelled by origin and economy; take a column of "
                "Backtest.losses"
            )
        if losses.index.has_duplicates:
            raise ModelInputError(f"{name}: an economy has an origin twice; select one horizon")
    difference = loss1.sub(loss2).dropna()
    if difference.empty:
        raise ModelInputError("loss2: no case in common with loss1; select the same backtest")
    validate.sample(difference, "loss1")
    return difference


def _times(origins: pd.Index) -> FloatArray:
    """Return origins in periods."""
    if isinstance(origins, pd.PeriodIndex):
        return np.asarray(origins.astype("int64"), dtype=float)
    if isinstance(origins, pd.DatetimeIndex):
        months = np.asarray(origins.year * 12 + origins.month, dtype=float)
        return np.asarray(months / max(1.0, np.diff(months).min(initial=np.inf)))
    if pd.api.types.is_numeric_dtype(origins):
        return np.asarray(origins, dtype=float)
    return np.arange(float(len(origins)))


def _overlap(u: FloatArray, times: FloatArray, horizon: int) -> float:
    """Return what pairs of different economies at overlapping origins add to the variance."""
    totals, added = u.sum(axis=1), 0.0
    for later in range(len(u)):
        for earlier in range(later):
            if times[later] - times[earlier] < horizon:
                added += 2 * float(totals[later] * totals[earlier] - u[later] @ u[earlier])
    return added


def _check_losses(losses: pd.DataFrame) -> None:
    if not isinstance(losses, pd.DataFrame) or losses.shape[1] < 2 or len(losses) < 10:
        raise ModelInputError(
            "losses: pass a DataFrame with a column for each of two or more forecasters and 10 "
            "rows or more"
        )
    values = losses.to_numpy(dtype=float)
    if not np.isfinite(values).all():
        raise ModelInputError("losses: missing or infinite values; call .dropna() first")
    for j, name in enumerate(losses.columns):
        for i in range(j):
            if np.ptp(values[:, i] - values[:, j]) == 0:
                raise ModelInputError(
                    f"losses: {losses.columns[i]} and {name} differ by a constant; leave one out"
                )


def _few(n: int) -> tuple[str, ...]:
    if n >= FEW_ERRORS:
        return ()
    text = (
        f"{n} losses are few for a comparison ({FEW_ERRORS} or more are better): "
        "the p-value is rough."
    )
    warnings.warn(text, SmallSampleWarning, stacklevel=3)
    return (text,)


def _few_clusters(origins: int, economies: int) -> tuple[str, ...]:
    if min(origins, economies) >= FEW_CLUSTERS:
        return ()
    text = (
        f"{origins} origins and {economies} economies: with fewer than {FEW_CLUSTERS} of either "
        "the clustered test rejects too often."
    )
    warnings.warn(text, SmallSampleWarning, stacklevel=3)
    return (text,)
