"""Panel regressions with fixed effects."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from linearmodels.panel import PanelOLS
from linearmodels.panel.data import PanelData
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.stats import t as student

from rebalancing.models import validate
from rebalancing.models.longrun import newey_west_lags
from rebalancing.models.panel import _inputs as inputs
from rebalancing.models.validate import ModelInputError
from rebalancing.models.warnings import SmallSampleWarning

Effects = Literal["entity", "two-way"]
PanelCovariance = Literal["clustered", "driscoll-kraay", "robust", "homoskedastic"]
# Names here, and the options that linearmodels takes for the same.
COVARIANCES: dict[PanelCovariance, dict[str, Any]] = {
    "clustered": {"cov_type": "clustered", "cluster_entity": True, "group_debias": False},
    "driscoll-kraay": {"cov_type": "kernel", "kernel": "bartlett"},
    "robust": {"cov_type": "robust"},
    "homoskedastic": {"cov_type": "unadjusted"},
}
FEW_CLUSTERS = 40  # Cameron and Miller (2015): trouble begins somewhere between 20 and 50
FEW_PERIODS = 30
# What is left of a column, relative to its size, when it is nothing but rounding errors.
NO_VARIATION = 1e-10
COLLINEAR = 1e-8


@dataclass(frozen=True, eq=False, repr=False)
class FixedEffects:
    """Slopes of a panel regression with fixed effects.

    Attributes:
        dependent: Name of the dependent variable.
        params: Slopes by regressor, in units of y per unit of x.
        bse: Their standard errors.
        cov: Their covariance matrix.
        r_squared_within: Share of the variation of y, effects removed, that x accounts for.
        residual_sd: Standard deviation of the errors, in units of y, on ``df_resid``.
        nobs: Rows.
        n_entities: Entities.
        n_periods: Periods; the longest entity's number of rows where no period was given.
        df_resid: Rows less slopes and effects.
        df: Of Student's t in intervals and p-values; depends on the covariance.
        effects: "entity" or "two-way".
        covariance: How standard errors were computed.
        bandwidth: Lags with positive Bartlett weight of "driscoll-kraay", else None.
        small_sample_factor: What the covariance was multiplied by; divided by it, it is the plain
            sandwich, R's HC0.
        cautions: The warnings given, in words.
    """

    dependent: str
    params: pd.Series[float]
    bse: pd.Series[float]
    cov: pd.DataFrame
    r_squared_within: float
    residual_sd: float
    nobs: int
    n_entities: int
    n_periods: int
    df_resid: int
    df: int
    effects: Effects
    covariance: PanelCovariance
    bandwidth: int | None
    small_sample_factor: float
    cautions: tuple[str, ...]

    def intervals(self, level: float = 0.95) -> pd.DataFrame:
        """Return the slopes' intervals, columns lower and upper.

        Args:
            level: Probability to cover.

        Raises:
            ModelInputError: A level that is not between 0 and 1.
        """
        half = student.ppf(0.5 + validate.probability(level) / 2, self.df) * self.bse
        return pd.DataFrame({"lower": self.params - half, "upper": self.params + half})

    def to_frame(self, level: float = 0.95) -> pd.DataFrame:
        """Return one row per slope: estimate, standard error, t, p-value and interval."""
        ratio = self.params / self.bse
        table = pd.DataFrame(
            {
                "estimate": self.params,
                "std_error": self.bse,
                "t_stat": ratio,
                "p_value": 2 * student.sf(np.abs(ratio), self.df),
            }
        )
        return table.join(self.intervals(level))

    def __repr__(self) -> str:
        """Say what was estimated, on which sample, with which result."""
        lags = "" if self.bandwidth is None else f" with {self.bandwidth} lags"
        lines = [
            f"FixedEffects: {self.dependent}, {self.effects} effects, {self.nobs} observations of "
            f"{self.n_entities} entities in {self.n_periods} periods",
            f"  errors: {self.covariance}{lags}, t with {self.df} degrees of freedom; "
            f"R squared within {self.r_squared_within:.3f}",
        ]
        errors = self.bse.to_dict()
        lines += [
            f"  {name}: {value:.6g} (s.e. {errors[name]:.3g})"
            for name, value in self.params.to_dict().items()
        ]
        return "\n".join(lines)


def fixed_effects(
    data: pd.DataFrame,
    y: str,
    x: str | Sequence[str],
    *,
    entity: str,
    time: str | None = None,
    effects: Effects = "entity",
    covariance: PanelCovariance = "clustered",
    bandwidth: int | None = None,
) -> FixedEffects:
    """Regress y on x with a constant for every entity and, if asked, every period.

    The estimator is that of linearmodels. It uses only changes within an entity: what differs
    between entities but not over time cannot be estimated, and slopes are correlations over time,
    not effects of x, unless x is as good as random given the constants. Regressors must not
    respond to past errors; with a lagged y among them slopes have a bias of order 1/T
    (Nickell 1981, Econometrica 49).

    With n rows, N entities, T periods, K slopes and d effects (N, or N + T - 1 of two ways), the
    sandwich is multiplied by ``small_sample_factor``, and intervals use Student's t:

    - "clustered" by entity (Arellano 1987, Oxford Bulletin 49): N/(N-1) (n-1)/(n-K-1), with T - 1
      less in the last denominator for two ways; t(N - 1). As Stata and gretl; R's plm has factor
      1 ("HC0") unless asked for "sss". Many entities are needed; errors may be correlated in any
      way over time, not between entities.
    - "driscoll-kraay" (1998, Review of Economics and Statistics 80): n/(n-K-d), as linearmodels;
      t(T - 1). R's plm, vcovSCC, has factor 1, so that its standard errors are ours times the
      root of (n-K-d)/n. Many periods are needed; errors may be correlated between entities and,
      for a few periods, over time.
    - "robust" to unequal variances only: n/(n-K-d), t(n-K-d). Errors must not be correlated over
      time (Stock and Watson 2008, Econometrica 76, on what else is wrong with it).
    - "homoskedastic": independent errors of equal variance; t(n-K-d).

    Args:
        data: One row per entity and period, other columns ignored; may be unbalanced.
        y: Column of the dependent variable.
        x: Column or columns of the regressors.
        entity: Column of the entities.
        time: Column of the periods; needed for two-way effects and "driscoll-kraay".
        effects: "entity" or "two-way".
        covariance: "clustered", "driscoll-kraay", "robust" or "homoskedastic".
        bandwidth: Lags of "driscoll-kraay". None: 4 (T/100)^(2/9) rounded down.

    Raises:
        ModelInputError: Data or options that cannot be used as they are.

    Warns:
        SmallSampleWarning: Fewer than 40 entities for "clustered", or 30 periods for
            "driscoll-kraay": standard errors are then too small.
    """
    names = inputs.regressor_names(y, x)
    _check_options(effects, covariance, time, bandwidth)
    table = inputs.tidy(data, [entity] if time is None else [entity, time], [y, *names])
    if time is None:
        table = table.assign(**{_POSITION: table.groupby(entity).cumcount()})
    period = _POSITION if time is None else time
    _check_entities(table, entity)
    scale = _scale(table, y, names, entity, period, effects)
    periods = pd.Index(np.sort(table[period].unique()))
    lags = _bandwidth(covariance, bandwidth, periods)
    count = _effects_estimated(table, entity, period, effects)
    df_resid = len(table) - len(names) - count
    if df_resid < 1:
        raise ModelInputError(
            f"data: {len(table)} rows are too few for {len(names)} slopes and {count} effects; "
            "use more periods or fewer regressors"
        )
    fit = _estimate(table, y, scale, entity, period, effects, covariance, lags)
    entities = table[entity].nunique()
    factor = _factor(covariance, effects, len(table), entities, len(periods), len(names), df_resid)
    cov = factor * fit.cov.loc[names, names] / np.outer(scale, scale)
    params = (fit.params[names] / scale).rename("estimate")
    return FixedEffects(
        dependent=y,
        params=params,
        bse=pd.Series(np.sqrt(np.diag(cov)), names, name="std_error"),
        cov=cov,
        r_squared_within=float(fit.rsquared),
        residual_sd=math.sqrt(fit.resid_ss / df_resid),
        nobs=len(table),
        n_entities=entities,
        n_periods=len(periods),
        df_resid=df_resid,
        df={"clustered": entities - 1, "driscoll-kraay": len(periods) - 1}.get(
            covariance, df_resid
        ),
        effects=effects,
        covariance=covariance,
        bandwidth=lags,
        small_sample_factor=factor,
        cautions=_cautions(covariance, entities, len(periods)),
    )


_POSITION = "position within the entity"


def _check_options(
    effects: Effects, covariance: PanelCovariance, time: str | None, bandwidth: int | None
) -> None:
    validate.one_of(effects, "effects", get_args(Effects))
    validate.one_of(covariance, "covariance", COVARIANCES)
    if time is None and (effects == "two-way" or covariance == "driscoll-kraay"):
        asked = effects if effects == "two-way" else covariance
        raise ModelInputError(f"time: {asked!r} needs the periods; name their column")
    if bandwidth is not None and covariance != "driscoll-kraay":
        raise ModelInputError(
            f"bandwidth: {covariance!r} errors have none; leave it out or use 'driscoll-kraay'"
        )


def _check_entities(table: pd.DataFrame, entity: str) -> None:
    """Raise ModelInputError for a single entity and for entities seen once."""
    sizes = table[entity].value_counts()
    if len(sizes) < 2:
        raise ModelInputError(f"data: one {entity} only; a panel needs at least two")
    if sizes.min() < 2:
        alone = validate.label(sizes.index[-1])
        raise ModelInputError(
            f"data: {alone} has one row, from which its effect alone is estimated; leave out "
            "entities with one row"
        )


def _scale(
    table: pd.DataFrame, y: str, x: list[str], entity: str, time: str, effects: Effects
) -> pd.Series[float]:
    """Return the size of each regressor once the effects are removed.

    Raises:
        ModelInputError: Nothing is left of a variable, or of a regressor given those before it.
    """
    columns = PanelData(_indexed(table, entity, time)[[y, *x]])
    within = columns.demean("entity" if effects == "entity" else "both").values2d
    before, after = np.linalg.norm(columns.values2d, axis=0), np.linalg.norm(within, axis=0)
    absorbed = after <= NO_VARIATION * before
    if absorbed.any():
        position = int(np.argmax(absorbed))
        raise ModelInputError(
            f"{'x' if position else 'y'}: {[y, *x][position]!r} never changes within an entity"
            f"{'' if effects == 'entity' else ' but with the year'}, so the effects take it "
            "up; leave it out"
        )
    left = np.abs(np.diag(np.linalg.qr(within[:, 1:] / after[1:], mode="r")))
    if (left < COLLINEAR).any():
        raise ModelInputError(
            f"x: {x[int(np.argmax(left < COLLINEAR))]!r} follows from the regressors before it "
            "and the effects; leave one out"
        )
    return pd.Series(after[1:], x)


def _indexed(table: pd.DataFrame, entity: str, time: str) -> pd.DataFrame:
    """Return the table as linearmodels wants it: numbers for periods, which may be strings."""
    numbers = table[time].rank(method="dense").astype(int)
    return table.assign(**{time: numbers}).set_index([entity, time])


def _bandwidth(covariance: PanelCovariance, bandwidth: int | None, periods: pd.Index) -> int | None:
    """Return the lags of "driscoll-kraay", None for other errors."""
    if covariance != "driscoll-kraay":
        return None
    # Lags count periods, so that there must be no gap between them.
    validate.time_series(
        pd.Series(np.arange(len(periods), dtype=float), periods), "time", at_least=5
    )
    if bandwidth is None:
        return newey_west_lags(len(periods))
    return validate.whole(bandwidth, "bandwidth", 0, len(periods) - 1)


def _effects_estimated(table: pd.DataFrame, entity: str, time: str, effects: Effects) -> int:
    """Return the rank of the effects' dummies.

    Two-way effects lose one for every set of entities and periods that no row links to the rest.
    """
    entities, n = table[entity].factorize()[0], table[entity].nunique()
    if effects == "entity":
        return n
    times, periods = table[time].factorize()[0] + n, table[time].nunique()
    links = coo_array((np.ones(len(table)), (entities, times)), shape=(n + periods,) * 2)
    return int(n + periods - connected_components(links, directed=False)[0])


def _estimate(
    table: pd.DataFrame,
    y: str,
    scale: pd.Series[float],
    entity: str,
    time: str,
    effects: Effects,
    covariance: PanelCovariance,
    lags: int | None,
) -> Any:
    """Return linearmodels' estimate on scaled regressors, its covariance a plain sandwich."""
    indexed = _indexed(table, entity, time)
    options = COVARIANCES[covariance] | ({} if lags is None else {"bandwidth": lags})
    model = PanelOLS(
        indexed[y],
        indexed[list(scale.index)] / scale,
        entity_effects=True,
        time_effects=effects == "two-way",
        check_rank=False,
    )
    return model.fit(debiased=False, auto_df=False, count_effects=False, **options)


def _factor(
    covariance: PanelCovariance,
    effects: Effects,
    n: int,
    entities: int,
    periods: int,
    slopes: int,
    df_resid: int,
) -> float:
    """Return what the plain sandwich is multiplied by."""
    if covariance != "clustered":
        return n / df_resid
    # Entity effects are nested in the clusters and do not count; the constant does, as in Stata.
    counted = slopes + 1 + (periods - 1 if effects == "two-way" else 0)
    return entities / (entities - 1) * (n - 1) / (n - counted)


def _cautions(covariance: PanelCovariance, entities: int, periods: int) -> tuple[str, ...]:
    """Warn of what limits the standard errors, and return it in words."""
    said: list[str] = []
    if covariance == "clustered" and entities < FEW_CLUSTERS:
        said.append(
            f"{entities} entities are few for clustered errors ({FEW_CLUSTERS} or more are "
            "better): they are probably too small."
        )
    if covariance == "driscoll-kraay" and periods < FEW_PERIODS:
        said.append(
            f"{periods} periods are few for Driscoll-Kraay errors ({FEW_PERIODS} or more are "
            "better): they are probably too small."
        )
    for text in said:
        warnings.warn(text, SmallSampleWarning, stacklevel=3)
    return tuple(said)
