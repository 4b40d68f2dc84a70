"""Where other economies with the same characteristics stand: a cross-country benchmark."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.stats import t as student

from rebalancing.models import validate
from rebalancing.models.panel import _inputs as inputs
from rebalancing.models.panel import _pooled as regression
from rebalancing.models.validate import FloatArray, ModelInputError
from rebalancing.models.warnings import ExtrapolationWarning, SmallSampleWarning

FEW_ECONOMIES = 30
FEWEST_PER_YEAR = 5
FEWEST_DF = 4


@dataclass(frozen=True)
class Design:
    """What a benchmark regresses on what, and for whom.

    Attributes:
        y: Column of the dependent variable.
        x: Column or columns of the regressors, known in levels such as log income.
        economy: The economy of interest; left out of the estimation.
        economy_column: Column of the economies.
        year_column: Column of the years, whole numbers.
        year_effects: Whether every year has its own constant; years with fewer than 5 other
            economies are then left out.
        lag: Years by which x precedes y.
        window: y and x are averages over this many years, the last of them the row's. Averages
            of fewer years are not used. Overlapping averages repeat information; errors allow
            for it.
        labels: What cautions call regressors, at the start of a sentence; without one, the column
            with the economy.
    """

    y: str
    x: str | Sequence[str]
    economy: Hashable
    economy_column: str = "economy"
    year_column: str = "year"
    year_effects: bool = True
    lag: int = 0
    window: int = 1
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The columns of the regressors."""
        return [self.x] if isinstance(self.x, str) else list(self.x)


@dataclass(frozen=True, eq=False, repr=False)
class Benchmark:
    """One economy beside what the others' regression predicts for it.

    Attributes:
        design: What was regressed on what; nothing was estimated on the economy of interest.
        table: One row per year of the economy; columns actual, predicted, se_parameters (standard
            error of the regression line), se_total (of the prediction error), lower, upper
            (prediction interval), gap (actual less predicted), outside (whether the actual value
            lies outside the interval). In units of y.
        params: Coefficients of x, in units of y per unit of x.
        bse: Their jackknife standard errors by economy.
        error_sd: Standard deviation of economies around the regression, in units of y.
        persistent_share: Share of that variance that the years of an economy have in common; NaN
            where no economy has two years.
        nobs: Rows estimated on.
        n_economies: Economies estimated on.
        df: Of Student's t in intervals.
        level: Probability that an interval is to cover.
        beyond: Regressors whose values for the economy lie outside the range of the others' in some
            year.
        cautions: The warnings given, in words.
    """

    design: Design
    table: pd.DataFrame
    params: pd.Series[float]
    bse: pd.Series[float]
    error_sd: float
    persistent_share: float
    nobs: int
    n_economies: int
    df: int
    level: float
    beyond: tuple[str, ...]
    cautions: tuple[str, ...]

    def intervals(self, level: float) -> pd.DataFrame:
        """Return prediction intervals of another level, columns lower and upper, by year.

        Raises:
            ModelInputError: A level that is not between 0 and 1.
        """
        half = student.ppf(0.5 + validate.probability(level) / 2, self.df) * self.table["se_total"]
        centre = self.table["predicted"]
        return pd.DataFrame({"lower": centre - half, "upper": centre + half})

    def to_frame(self) -> pd.DataFrame:
        """Return the table, one row per year."""
        return self.table.copy()

    def __repr__(self) -> str:
        """Say what was estimated and where the economy stands in its last year."""
        last = self.table.iloc[-1].to_dict()
        errors = self.bse.to_dict()
        slopes = ", ".join(
            f"{name} {value:.4g} (s.e. {errors[name]:.3g})"
            for name, value in self.params.to_dict().items()
        )
        lasting = f"{100 * self.persistent_share:.0f}% of the variance persistent"
        if np.isnan(self.persistent_share):
            lasting = "with one year each"
        return (
            f"Benchmark: {self.design.y} of {self.design.economy} against {self.n_economies} other "
            f"economies, {self.nobs} observations\n"
            f"  {slopes}; economies around the line: s.d. {self.error_sd:.4g}, {lasting}\n"
            f"  {validate.label(self.table.index[-1])}: actual {last['actual']:.4g}, predicted "
            f"{last['predicted']:.4g}, {100 * self.level:g}% interval {last['lower']:.4g} to "
            f"{last['upper']:.4g}, gap {last['gap']:.4g}"
        )


@dataclass(frozen=True, eq=False)
class Prepared:
    """A regression without the economy of interest, and that economy's rows in its terms."""

    model: regression.Pooled
    others: pd.DataFrame
    own: pd.DataFrame
    own_rows: FloatArray
    names: list[str]
    df: int


def benchmark(data: pd.DataFrame, design: Design, *, level: float = 0.95) -> Benchmark:
    """Predict y of one economy from a pooled regression on all others.

    Pooled least squares, every row with the same weight, so that an economy counts by its years.
    The coefficients describe differences between economies as much as changes over time; they are
    not effects, and the gap is a distance from what is usual, not from what is right.

    An economy's distance from the line lasts: errors are a persistent country component plus
    noise. A new economy's component is unknown, and it does not average out over its years. The
    standard error of a prediction is therefore the root of

    - the variance of economies around the line, components included: the mean product of each
      residual with the residual that the same observation has when its economy is left out, which
      is unbiased where errors are independent and nearly so with country components; and
    - the variance of the line itself, from the jackknife over economies (CV3 of MacKinnon,
      Nielsen and Webb 2023, Journal of Applied Econometrics 38), robust to any correlation within
      an economy.

    Intervals use Student's t with economies less regressors less 1 degrees of freedom. They are
    for one year at a time: gaps of neighbouring years are almost the same news. They assume
    economies that differ in the same normal way everywhere; `leave_one_out` checks what they
    cover. Not to be used outside the range of the others' x, or with fewer than some 30 economies.

    Args:
        data: One row per economy and year, other columns ignored; complete in the columns used.
        design: What is regressed on what, and for whom.
        level: Probability to cover.

    Raises:
        ModelInputError: Data or options that cannot be used as they are.

    Warns:
        SmallSampleWarning: Fewer than 30 other economies.
        ExtrapolationWarning: The economy's x lies outside the range of the others' in some year.
    """
    probability = validate.probability(level)
    prepared = prepare(data, design)
    model, own, names = prepared.model, prepared.own, prepared.names
    beyond = _beyond(prepared)
    fit = model.estimate()
    slopes = model.back[-len(names) :]
    predicted, parameters, total = fit.predict(prepared.own_rows)
    table = intervals(
        own[design.y].to_numpy(float),
        predicted,
        total,
        probability,
        prepared.df,
        se_parameters=parameters,
    ).set_index(pd.Index(own[design.year_column], name=design.year_column))
    return Benchmark(
        design=design,
        table=table,
        params=pd.Series(slopes @ fit.coefficients, names, name="estimate"),
        bse=pd.Series(np.sqrt(np.diag(slopes @ fit.cov @ slopes.T)), names, name="std_error"),
        error_sd=float(np.sqrt(fit.error_variance)),
        persistent_share=fit.persistent_share,
        nobs=len(model.y),
        n_economies=len(model.economies),
        df=prepared.df,
        level=probability,
        beyond=tuple(beyond),
        cautions=_cautions(prepared, design, beyond),
    )


def intervals(
    actual: FloatArray,
    predicted: FloatArray,
    total: FloatArray,
    level: float,
    df: int,
    *,
    se_parameters: FloatArray,
) -> pd.DataFrame:
    """Return actual and predicted values with prediction intervals and gaps."""
    half = student.ppf(0.5 + level / 2, df) * total
    return pd.DataFrame(
        {
            "actual": actual,
            "predicted": predicted,
            "se_parameters": se_parameters,
            "se_total": total,
            "lower": predicted - half,
            "upper": predicted + half,
            "gap": actual - predicted,
            "outside": np.abs(actual - predicted) > half,
        }
    )


def prepare(data: pd.DataFrame, design: Design) -> Prepared:
    """Check, average, lag and split the data, and prepare the regression.

    Raises:
        ModelInputError: Data or options that cannot be used as they are.
    """
    y, names = design.y, inputs.regressor_names(design.y, design.x)
    economy, economy_column, year_column = (
        design.economy,
        design.economy_column,
        design.year_column,
    )
    table = inputs.tidy(data, [economy_column, year_column], [y, *names])
    table[year_column] = _whole_years(table[year_column])
    if not (table[economy_column] == economy).any():
        raise ModelInputError(
            f"economy: {economy!r} is not in column {economy_column!r}; use one that is"
        )
    table = _average_and_lag(table, design)
    of_interest = table[economy_column] == economy
    own = table[of_interest].reset_index(drop=True)
    others = table[~of_interest].reset_index(drop=True)
    if own.empty:
        raise ModelInputError(
            f"economy: {economy} has no {design.window} years in a row with x {design.lag} years "
            "before; shorten the window or the lag"
        )
    years = _years_in_common(others, own, year_column) if design.year_effects else None
    if years is not None:
        others = others[others[year_column].isin(years)].reset_index(drop=True)
    df = others[economy_column].nunique() - len(names) - 1
    if df < FEWEST_DF:
        raise ModelInputError(
            f"data: {others[economy_column].nunique()} other economies are too few for "
            f"{len(names)} regressors; {len(names) + 1 + FEWEST_DF} are needed at least"
        )
    if np.ptp(others[y].to_numpy(float)) == 0:
        raise ModelInputError(
            f"y: {y!r} is the same in all other rows, so there is nothing to explain; check it"
        )
    model = regression.pooled(
        others, y, names, economy_column, year_column, year_effects=bool(design.year_effects)
    )
    rows = regression.regressors(own, names, year_column, years=years).to_numpy(float) @ model.back
    return Prepared(model, others, own, rows, names, df)


def _whole_years(years: pd.Series) -> pd.Series[int]:
    if not pd.api.types.is_numeric_dtype(years) or (years % 1 != 0).any():
        raise ModelInputError(
            f"data: {years.name} does not hold whole years; convert dates with .dt.year"
        )
    return years.astype(int)


def _average_and_lag(table: pd.DataFrame, design: Design) -> pd.DataFrame:
    """Return averages over the years to each row's, x lagged; rows that lack a year are dropped."""
    lag = validate.whole(design.lag, "lag", 0)
    window = validate.whole(design.window, "window", 1)
    economy, year = design.economy_column, design.year_column
    if lag == 0 and window == 1:
        return table
    names, first = [design.y, *design.names], int(table[year].min())
    places, economies = pd.factorize(table[economy], sort=True)
    wide = np.full((len(names), int(table[year].max()) - first + 1, len(economies)), np.nan)
    wide[:, table[year] - first, places] = table[names].to_numpy(float).T
    # Sums of shifted tables rather than a running mean, which carries rounding errors along.
    mean = sum((_later(wide, back) for back in range(window)), start=0 * wide) / window
    mean[1:] = _later(mean[1:], lag)
    place, row = np.nonzero(~np.isnan(mean).any(axis=0).T)
    columns = dict(zip(names, mean[:, row, place], strict=True))
    return pd.DataFrame({economy: economies[place], year: first + row, **columns})


def _later(wide: FloatArray, years: int) -> FloatArray:
    """Return arrays of years by economies with every value some years later."""
    moved = np.full_like(wide, np.nan)
    moved[:, years:] = wide[:, : max(0, wide.shape[1] - years)]
    return moved


def _years_in_common(others: pd.DataFrame, own: pd.DataFrame, year: str) -> list[int]:
    """Return the years of the regression with year effects: those with enough economies."""
    counts = others[year].value_counts()
    for label in own[year]:
        if counts.get(label, 0) < FEWEST_PER_YEAR:
            raise ModelInputError(
                f"data: {label} has {counts.get(label, 0)} other economies, too few for an effect "
                f"of its own ({FEWEST_PER_YEAR} are needed); leave the year out or pass "
                "year_effects=False"
            )
    return sorted(int(label) for label in counts.index[counts >= FEWEST_PER_YEAR])


def _beyond(prepared: Prepared) -> dict[str, pd.DataFrame]:
    """Return the economy's rows outside the range of the others' values, by regressor."""
    others = prepared.others[prepared.names]
    own = prepared.own
    is_beyond = (own[prepared.names] < others.min()) | (own[prepared.names] > others.max())
    return {name: own[is_beyond[name]] for name in prepared.names if is_beyond[name].any()}


def _cautions(
    prepared: Prepared, design: Design, beyond: Mapping[str, pd.DataFrame]
) -> tuple[str, ...]:
    """Warn of what limits the prediction, and return it in words."""
    said: list[str] = []

    def caution(text: str, category: type[Warning]) -> None:
        said.append(text)
        warnings.warn(text, category, stacklevel=4)

    n = len(prepared.model.economies)
    if n < FEW_ECONOMIES:
        caution(
            f"{n} economies are few to learn how much economies differ ({FEW_ECONOMIES} or more "
            "are better): the intervals are rough.",
            SmallSampleWarning,
        )
    for name, rows in beyond.items():
        caution(
            f"{design.labels.get(name, f'{name} of {design.economy}')} lies outside the range of "
            f"the other economies in {len(rows)} of {len(prepared.own)} years, from "
            f"{rows[design.year_column].iloc[0]}: the prediction is an extrapolation.",
            ExtrapolationWarning,
        )
    return tuple(said)
