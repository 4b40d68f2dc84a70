"""Log-mean Divisia splits of products of factors."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from rebalancing.models import _validate as validate
from rebalancing.models._validate import FloatArray, ModelInputError

Factors = pd.DataFrame | Mapping[Hashable, float] | pd.Series


@dataclass(frozen=True, eq=False, repr=False)
class LogMeanDivisia:
    """A change in a product of factors, or in a sum of such products, split by factor.

    Attributes:
        start: The quantity at the first date.
        end: The quantity at the second date.
        additive: Effect of each factor, in units of the quantity; they sum to end - start.
        multiplicative: Effect of each factor as an index; their product is end / start. Missing
            where the quantity is zero at either date.
        sectors: Additive effects by sector.
    """

    start: float
    end: float
    additive: pd.Series[float]
    multiplicative: pd.Series[float]
    sectors: pd.DataFrame

    @property
    def change(self) -> float:
        """The quantity's change, in its units."""
        return self.end - self.start

    def to_frame(self) -> pd.DataFrame:
        """Return one row per factor: additive and multiplicative effect."""
        return pd.DataFrame({"additive": self.additive, "multiplicative": self.multiplicative})

    def __repr__(self) -> str:
        """Say what changed and what each factor did."""
        parts = ", ".join(f"{name} {value:.4g}" for name, value in self.additive.items())
        return (
            f"LogMeanDivisia: {len(self.sectors)} sectors, {len(self.additive)} factors\n"
            f"  from {self.start:.6g} to {self.end:.6g}, change {self.change:.4g}\n"
            f"  {parts}"
        )


@dataclass(frozen=True, eq=False, repr=False)
class ShareChange:
    """A change in a share split by factor.

    Attributes:
        factors: Periods by factors, as given.
        share: Their product by period, in percent unless another scale was asked for.
        effects: Effect of each factor between the ends, in percentage points; they sum to the
            change of the share.
        multiplicative: Effect of each factor as an index; their product is the ratio of the ends.
        path: Effects by period, each against the period before, in percentage points.
        chained: Whether ``effects`` are the sums of ``path`` or compare the two ends only.
    """

    factors: pd.DataFrame
    share: pd.Series[float]
    effects: pd.Series[float]
    multiplicative: pd.Series[float]
    path: pd.DataFrame
    chained: bool

    @property
    def change(self) -> float:
        """The change of the share between the ends, in percentage points."""
        return float(self.share.iloc[-1] - self.share.iloc[0])

    def to_frame(self) -> pd.DataFrame:
        """Return one row per period: the share, its change and each factor's effect on it."""
        changes = pd.DataFrame({"share": self.share, "change": self.share.diff()})
        return changes.join(self.path)

    def __repr__(self) -> str:
        """Say which change was split and what each factor did."""
        parts = ", ".join(f"{name} {value:+.4g}" for name, value in self.effects.items())
        how = "chained" if self.chained else "end to end"
        return (
            f"ShareChange ({how}): {validate.span(self.share.index)}\n"
            f"  from {self.share.iloc[0]:.6g} to {self.share.iloc[-1]:.6g}, "
            f"change {self.change:+.4g}\n"
            f"  {parts}"
        )


def log_mean(a: FloatArray, b: FloatArray, log_ratio: FloatArray) -> FloatArray:
    """Return (a - b) / ln(a / b) for positive a and b, from ln(a / b).

    The same to the last bit when a and b change places. Where they are close their difference has
    few digits left, and the hyperbolic sine of the logarithm, which is the same, keeps them all.
    """
    far = np.abs(log_ratio) > 1
    half = np.where(far, 1.0, log_ratio / 2)
    flat = np.abs(half) < 1e-5
    ratio = np.where(flat, 1 + half**2 / 6, np.sinh(half) / np.where(flat, 1, half))
    close = np.sqrt(a) * np.sqrt(b) * ratio
    return np.asarray(np.where(far, (a - b) / np.where(far, log_ratio, 1.0), close))


def lmdi(start: Factors, end: Factors) -> LogMeanDivisia:
    """Split the change of a product of factors, or of a sum of them over sectors, by factor.

    The quantity is V = sum over sectors of x1 x2 ... xn. The additive effect of a factor is the sum
    over sectors of L(V end, V start) ln(x end / x start), with the logarithmic mean
    L(a, b) = (a - b) / ln(a / b); its index is exp of the additive effect / L of the totals. Both
    are exact, no residual, and turn round with time (effects change sign, indices invert).

    Ang (2004), Decomposition analysis for policymaking in energy: which is the preferred method?,
    Energy Policy 32; Ang (2005), The LMDI approach to decomposition analysis: a practical guide,
    Energy Policy 33 (LMDI-I). Zeros take the limits of Ang, Zhang and Choi (1998), Energy 23, and
    Wood and Lenzen (2006), Energy Policy 34: where a sector appears or vanishes, its whole value
    goes to the factor that was or becomes zero, in equal parts if there are several.

    An identity, not a cause. It needs factors that are not negative: net exports or changes in
    inventories cannot be split this way.

    Args:
        start: Factors at the first date: sectors by factors, or one number per factor.
        end: The same at the second date.

    Raises:
        ModelInputError: Sectors or factors that differ, negative or missing values.
    """
    before = _factors(start, "start")
    after = _factors(end, "end")
    if set(before.columns) != set(after.columns) or set(before.index) != set(after.index):
        raise ModelInputError(
            "end: its factors or sectors are not those of start; pass the same at both dates"
        )
    after = after.loc[before.index, before.columns]
    parts, first, last = split(before.to_numpy(), after.to_numpy())
    sectors = pd.DataFrame(parts, before.index, columns=before.columns)
    effects = sectors.sum().rename("additive")
    total = np.array([first.sum()]), np.array([last.sum()])
    indices = effects * np.nan
    if total[0][0] > 0 and total[1][0] > 0:
        mean = log_mean(total[1], total[0], np.log(total[1]) - np.log(total[0]))
        with np.errstate(over="ignore"):
            indices = np.exp(effects / mean[0])
    return LogMeanDivisia(
        start=float(total[0][0]),
        end=float(total[1][0]),
        additive=effects,
        multiplicative=indices.rename("multiplicative"),
        sectors=sectors,
    )


def split(before: FloatArray, after: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return effects by row and factor, and the products of the rows at both dates.

    Args:
        before: Rows by factors, none negative.
        after: The same at the second date.
    """
    first, last = before.prod(axis=1), after.prod(axis=1)
    # Ask the factors, since a product of small ones can be zero by underflow.
    was, is_now = (np.asarray((x > 0).all(axis=1)) for x in (before, after))
    both = (was & is_now)[:, None]
    logs = np.log(np.where(both, after, 1.0)) - np.log(np.where(both, before, 1.0))
    effects = log_mean(last, first, logs.sum(axis=1))[:, None] * logs
    for zero, arisen, value in (
        (before == 0, is_now & ~was, last),
        (after == 0, was & ~is_now, -first),
    ):
        part = value / np.maximum(zero.sum(axis=1), 1)
        effects = np.where(arisen[:, None], zero * part[:, None], effects)
    return effects, first, last


def share_change(
    factors: pd.DataFrame,
    start: Hashable = None,
    end: Hashable = None,
    *,
    chained: bool = False,
    scale: float = 100.0,
) -> ShareChange:
    """Split the change of a share that is a product of factors, exactly, by `lmdi`.

    Examples of such products: household consumption / GDP = (consumption / disposable income) x
    (disposable income / GDP), where `ratios` makes the factors; nominal share = real share x
    relative price, which `relative_price_term` does.

    Between distant years the split from end to end and the chained one, the sum of the yearly
    splits, differ a little: the first does not depend on the years between, the second uses all
    they say and depends on their path.

    Args:
        factors: Periods by factors, each a ratio (0.6, not 60), none negative.
        start: Label of the first period; default: the first.
        end: Label of the last period; default: the last. It may lie before the start.
        chained: Whether to sum yearly effects.
        scale: What the product is multiplied with: 100 for percent.

    Raises:
        ModelInputError: Periods with gaps, negative factors or labels that are not there.
    """
    if not isinstance(factors, pd.DataFrame) or factors.columns.empty:
        raise ModelInputError("factors: pass a DataFrame of periods by factors")
    complete = pd.DataFrame(
        {
            name: validate.time_series(factors[name], f"factors, {name}", at_least=2, constant=True)
            for name in factors.columns
        }
    )
    size = validate.number(scale, "scale")
    if size <= 0:
        raise ModelInputError(f"scale: {size:g} is not positive; pass 100 for percent")
    selected = _between(_factors(complete, "factors"), start, end)
    values = selected.to_numpy()
    parts, _, _ = split(values[:-1], values[1:])
    path = pd.DataFrame(size * parts, selected.index[1:], columns=selected.columns)
    ends, _, _ = split(values[:1], values[-1:])
    # With one sector the index of a factor is the factor's own ratio, chained or not.
    positive = (values[[0, -1]] > 0).all()
    product = values[-1] / values[0] if positive else np.full(len(selected.columns), np.nan)
    effects = path.sum() if chained else pd.Series(size * ends[0], selected.columns)
    return ShareChange(
        factors=selected,
        share=(size * selected.prod(axis=1)).rename("share"),
        effects=effects.rename("effect"),
        multiplicative=pd.Series(product, selected.columns, name="multiplicative"),
        path=path,
        chained=chained,
    )


def ratios(levels: pd.DataFrame) -> pd.DataFrame:
    """Return the ratios of neighbouring columns, whose product is first / last column.

    Args:
        levels: Periods by amounts, from the numerator of the share to its denominator, such as
            consumption, disposable income, GDP.

    Raises:
        ModelInputError: Fewer than two columns, or a denominator that is not positive.
    """
    if not isinstance(levels, pd.DataFrame) or levels.shape[1] < 2:
        raise ModelInputError("levels: pass a DataFrame of two amounts at least")
    if (levels.iloc[:, 1:] <= 0).to_numpy().any():
        raise ModelInputError("levels: a denominator is not positive; check the selection")
    names = list(levels.columns)
    return pd.DataFrame({f"{a} / {b}": levels[a] / levels[b] for a, b in pairwise(names)})


def relative_price_term(
    nominal_share: pd.Series[float],
    consumption_deflator: pd.Series[float],
    gdp_deflator: pd.Series[float],
    start: Hashable = None,
    end: Hashable = None,
    *,
    chained: bool = False,
) -> ShareChange:
    """Split the change of a nominal share into volume and relative price.

    The nominal share is the real share times the price of consumption relative to the GDP
    deflator. The effect "relative price" is the part of the change that comes from consumption's
    price rising faster or more slowly than GDP's; "real share" is the rest, from consumption's
    volume growing faster or more slowly than GDP's. Both follow from the logarithmic mean (Ang
    2004), exactly. Only changes of the deflators matter, so that their base years may differ and
    chained indices are welcome, although the level of a chained real share means nothing.

    Args:
        nominal_share: Consumption in percent of GDP at current prices, positive, by period.
        consumption_deflator: Price index of consumption, any base, same periods.
        gdp_deflator: Price index of GDP, any base, same periods.
        start: Label of the first period; default: the first.
        end: Label of the last period; default: the last.
        chained: Whether to sum yearly effects instead of comparing the two ends.

    Returns:
        Effects "real share" and "relative price" in the unit of the share; ``path`` has them by
        period.

    Raises:
        ModelInputError: Series that differ in periods, have gaps or are not positive.
    """
    series = {}
    for name, values in (
        ("nominal_share", nominal_share),
        ("consumption_deflator", consumption_deflator),
        ("gdp_deflator", gdp_deflator),
    ):
        series[name] = validate.time_series(values, name, at_least=2, constant=True)
        if (series[name] <= 0).any():
            raise ModelInputError(f"{name}: not positive; pass a share and price indices")
        if not series[name].index.equals(series["nominal_share"].index):
            raise ModelInputError(
                f"{name}: its periods are not those of nominal_share; select the same years"
            )
    price = series["consumption_deflator"] / series["gdp_deflator"]
    real = series["nominal_share"] / price
    factors = pd.DataFrame({"real share": real, "relative price": price})
    return share_change(factors, start, end, chained=chained, scale=1.0)


def _factors(values: Factors, name: str) -> pd.DataFrame:
    """Return sectors by factors, complete, unique and not negative."""
    frame = (
        values
        if isinstance(values, pd.DataFrame)
        else pd.Series(values).to_frame("all").T  # one sector
    )
    if frame.columns.has_duplicates or frame.index.has_duplicates:
        raise ModelInputError(f"{name}: a factor or sector occurs more than once; sum or rename it")
    if frame.columns.empty:
        raise ModelInputError(f"{name}: no factors; pass one at least")
    checked = pd.DataFrame(
        {column: validate.sample(frame[column], f"{name}, {column}") for column in frame.columns},
        frame.index,
    )
    if (checked < 0).to_numpy().any():
        column = checked.columns[(checked < 0).any()][0]
        raise ModelInputError(
            f"{name}: {column} is negative, and a logarithm is taken; split another quantity, or "
            "use growth_contributions for a sum of items of either sign"
        )
    return checked


def _between(factors: pd.DataFrame, start: Hashable, end: Hashable) -> pd.DataFrame:
    """Return the periods from start to end, backwards where the end lies before the start."""
    places = []
    for name, label, default in (("start", start, 0), ("end", end, len(factors) - 1)):
        if label is None:
            places.append(default)
            continue
        if label not in factors.index:
            raise ModelInputError(
                f"{name}: {label} is not there; use a label from {validate.span(factors.index)}"
            )
        places.append(int(factors.index.get_indexer(pd.Index([label]))[0]))
    first, last = places
    if first == last:
        raise ModelInputError("end: the same period as the start; pass two periods")
    step = 1 if last > first else -1
    order = np.arange(first, last + step, step)
    return factors.iloc[order]
