"""Splits of a share, over the years, into the factors whose product it is."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rebalancing.models import validate
from rebalancing.models.validate import FloatArray, ModelInputError


@dataclass(frozen=True, eq=False, repr=False)
class ShareChange:
    """A change in a share split by factor.

    Attributes:
        factors: Periods by factors, as given.
        share: Their product by period, in percent unless another scale was asked for.
        effects: Effect of each factor between the ends, in percentage points; they sum to the
            change of the share.
        path: Effects by period, each against the period before, in percentage points. Their sums
            over the years are the chained split.
    """

    factors: pd.DataFrame
    share: pd.Series[float]
    effects: pd.Series[float]
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
    """Split the change of a share that is a product of factors, exactly, by logarithmic means.

    Examples of such products: household consumption / GDP = (consumption / disposable income) x
    (disposable income / GDP); nominal share = real share x relative price, which
    `relative_price_term` does.

    The effect of a factor x on the share V is L(V end, V start) ln(x end / x start), with the
    logarithmic mean L(a, b) = (a - b) / ln(a / b). It leaves no residual and turns round with time.
    ``effects`` compare the two ends and do not depend on the years between; the sum of the yearly
    effects in ``path`` is as exact, uses all years and differs a little.

    Ang (2004), Decomposition analysis for policymaking in energy: which is the preferred method?,
    Energy Policy 32. Zeros take the limits of Ang, Zhang and Choi (1998), Energy 23, and Wood and
    Lenzen (2006), Energy Policy 34: where the share appears or vanishes, all of it goes to the
    factor that was or becomes zero, in equal parts if there are several. An identity, not a cause.

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
    negative = complete.columns[(complete < 0).any()]
    if len(negative):
        raise ModelInputError(
            f"factors: {negative[0]} is negative, and a logarithm is taken; split another "
            "quantity, or use growth_contributions for a sum of items of either sign"
        )
    selected = _between(complete, start, end)
    values = selected.to_numpy()
    path = pd.DataFrame(
        size * _split(values[:-1], values[1:]), selected.index[1:], columns=selected.columns
    )
    ends = _split(values[:1], values[-1:])
    return ShareChange(
        factors=selected,
        share=(size * selected.prod(axis=1)).rename("share"),
        effects=pd.Series(size * ends[0], selected.columns, name="effect"),
        path=path,
    )


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


def _split(before: FloatArray, after: FloatArray) -> FloatArray:
    """Return effects by row and factor.

    Args:
        before: Rows by factors, none negative.
        after: The same at the second date.
    """
    first, last = before.prod(axis=1), after.prod(axis=1)
    # Ask the factors, since a product of small ones can be zero by underflow.
    was, is_now = (np.asarray((x > 0).all(axis=1)) for x in (before, after))
    both = (was & is_now)[:, None]
    logs = np.log(np.where(both, after, 1.0)) - np.log(np.where(both, before, 1.0))
    effects = _log_mean(last, first, logs.sum(axis=1))[:, None] * logs
    for zero, arisen, value in (
        (before == 0, is_now & ~was, last),
        (after == 0, was & ~is_now, -first),
    ):
        part = value / np.maximum(zero.sum(axis=1), 1)
        effects = np.where(arisen[:, None], zero * part[:, None], effects)
    return np.asarray(effects)


def _log_mean(a: FloatArray, b: FloatArray, log_ratio: FloatArray) -> FloatArray:
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
