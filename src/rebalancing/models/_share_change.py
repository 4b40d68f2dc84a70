"""Splits of a share, over the years, into the factors whose product it is."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from rebalancing.models import _validate as validate
from rebalancing.models._lmdi import checked, split
from rebalancing.models._validate import ModelInputError


@dataclass(frozen=True, eq=False, repr=False)
class ShareChange:
    """A change in a share split by factor.

    Attributes:
        factors: Periods by factors, as given.
        share: Their product by period, in percent unless another scale was asked for.
        effects: Effect of each factor between the ends, in percentage points; they sum to the
            change of the share.
        multiplicative: Effect of each factor as an index; their product is the ratio of the ends.
        path: Effects by period, each against the period before, in percentage points. Their sums
            over the years are the chained split.
    """

    factors: pd.DataFrame
    share: pd.Series[float]
    effects: pd.Series[float]
    multiplicative: pd.Series[float]
    path: pd.DataFrame

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
        return (
            f"ShareChange: {validate.span(self.share.index)}\n"
            f"  from {self.share.iloc[0]:.6g} to {self.share.iloc[-1]:.6g}, "
            f"change {self.change:+.4g}\n"
            f"  {parts}"
        )


def share_change(
    factors: pd.DataFrame,
    start: Hashable = None,
    end: Hashable = None,
    *,
    scale: float = 100.0,
) -> ShareChange:
    """Split the change of a share that is a product of factors, exactly, by `lmdi`.

    Examples of such products: household consumption / GDP = (consumption / disposable income) x
    (disposable income / GDP), where `ratios` makes the factors; nominal share = real share x
    relative price, which `relative_price_term` does.

    ``effects`` compare the two ends and do not depend on the years between; the sum of the yearly
    effects in ``path`` is as exact, uses all years and differs a little.

    Args:
        factors: Periods by factors, each a ratio (0.6, not 60), none negative.
        start: Label of the first period; default: the first.
        end: Label of the last period; default: the last.
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
    selected = _between(checked(complete, "factors"), start, end)
    values = selected.to_numpy()
    parts, _, _ = split(values[:-1], values[1:])
    path = pd.DataFrame(size * parts, selected.index[1:], columns=selected.columns)
    ends, _, _ = split(values[:1], values[-1:])
    # Without sectors the index of a factor is the factor's own ratio.
    positive = (values[[0, -1]] > 0).all()
    product = values[-1] / values[0] if positive else np.full(len(selected.columns), np.nan)
    return ShareChange(
        factors=selected,
        share=(size * selected.prod(axis=1)).rename("share"),
        effects=pd.Series(size * ends[0], selected.columns, name="effect"),
        multiplicative=pd.Series(product, selected.columns, name="multiplicative"),
        path=path,
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
    return share_change(factors, start, end, scale=1.0)


def _between(factors: pd.DataFrame, start: Hashable, end: Hashable) -> pd.DataFrame:
    """Return the periods from start to end."""
    for name, label in (("start", start), ("end", end)):
        if label is not None and label not in factors.index:
            raise ModelInputError(
                f"{name}: {label} is not there; use a label from {validate.span(factors.index)}"
            )
    selected = factors.loc[start:end]
    if len(selected) < 2:
        raise ModelInputError("end: not after the start; pass two periods in order")
    return selected
