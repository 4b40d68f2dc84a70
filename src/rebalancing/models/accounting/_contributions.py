"""Contributions of expenditure items to the growth of their total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from rebalancing.models import validate
from rebalancing.models.validate import ModelInputError

Method = Literal["additive", "annual overlap"]


@dataclass(frozen=True, eq=False, repr=False)
class GrowthContributions:
    """What each item added to growth, year by year from the second year on.

    Attributes:
        contributions: Periods by items, in percentage points; items deducted from the total
            (imports) count with their minus sign.
        residual: Growth less the sum of the contributions, in percentage points.
        growth: Of the total, in percent.
        method: "additive" or "annual overlap".
    """

    contributions: pd.DataFrame
    residual: pd.Series[float]
    growth: pd.Series[float]
    method: Method

    def to_frame(self) -> pd.DataFrame:
        """Return one row per period: contributions, residual and growth."""
        return self.contributions.assign(residual=self.residual, growth=self.growth)

    def __repr__(self) -> str:
        """Say what was split, over which periods, and how much is left over."""
        last = self.contributions.iloc[-1]
        parts = ", ".join(f"{name} {value:.3g}" for name, value in last.items())
        return (
            f"GrowthContributions ({self.method}): {len(self.growth)} periods, "
            f"{validate.span(self.growth.index)}\n"
            f"  latest growth {self.growth.iloc[-1]:.3g}%: {parts}\n"
            f"  largest residual: {self.residual.abs().max():.2g} percentage points, at "
            f"{validate.label(self.residual.abs().idxmax())}"
        )


def growth_contributions(
    items: pd.DataFrame,
    total: pd.Series[float] | None = None,
    *,
    current: pd.DataFrame | None = None,
    current_total: pd.Series[float] | None = None,
    subtract: Sequence[str] = (),
) -> GrowthContributions:
    """Split the growth of a total into the contributions of its items and a residual.

    With volumes alone, at constant prices of a fixed base year, which add up: a contribution is
    100 times the item's change over the total of the period before ("additive"). With values at
    current prices in ``items`` instead, the result is contributions to nominal growth.

    With ``current`` as well, for chained volumes, which do not add up: a contribution is the
    item's share in the total at current prices in the period before, times the growth of its
    volume ("annual overlap"). The residual is zero where the chain is an annually linked Laspeyres
    index and the items at current prices sum to the total (Eurostat 2013, Handbook on quarterly
    national accounts; System of National Accounts 2008, chapter 15). The additive formula on
    chained levels leaves a residual that grows with the distance from the reference year (Whelan
    2002, Review of Income and Wealth 48).

    Contributions are real and shares are nominal: neither can be read off the other. Contributions
    cannot be added up over years; over several years, compare the two ends. Not for items that
    change sign under "annual overlap", as they have no growth rate: keep exports and imports apart,
    and changes in inventories together with fixed investment.

    Args:
        items: Volumes, periods by items, in one unit.
        total: Volume of the total, in the same unit; default: one that leaves no residual.
        current: Items at current prices; same columns and periods.
        current_total: Total at current prices; default: the sum of ``current``.
        subtract: Columns that are deducted from the total although they are positive (imports).

    Raises:
        ModelInputError: Missing years or items, a total that is not positive, a total at current
            prices without ``current`` or ``total``, or under "annual overlap" a volume of zero or
            without a positive price.
    """
    sign = _signs(items, subtract)
    volumes = _frame(items, "items") * sign
    if current is None:
        if current_total is not None:
            raise ModelInputError("current_total: pass the items at current prices in current too")
        return _additive(volumes, total)
    if current_total is not None and total is None:
        raise ModelInputError(
            "total: needed with current_total, which may hold more than the items; pass the "
            "total's volume"
        )
    values = _frame(current, "current")
    if set(values.columns) != set(items.columns):
        raise ModelInputError("current: its columns are not those of items; select the same items")
    _same_periods(values.index, items.index, "current", "items")
    values = values[items.columns] * sign
    weights = values.div(_total(current_total, values, "current_total"), axis=0)
    return _overlap(volumes, total, weights)


def _additive(items: pd.DataFrame, total: pd.Series[float] | None) -> GrowthContributions:
    """Divide changes by the total of the period before."""
    whole = _total(total, items, "total")
    before = whole.shift().iloc[1:]
    parts = 100 * items.diff().iloc[1:].div(before, axis=0)
    return _result(parts, None if total is None else whole, "additive")


def _overlap(
    items: pd.DataFrame, total: pd.Series[float] | None, shares: pd.DataFrame
) -> GrowthContributions:
    """Weight the growth of volumes with shares of the period before."""
    before, after = items.iloc[:-1].to_numpy(), items.iloc[1:].to_numpy()
    weights = shares.iloc[:-1].to_numpy()
    # An item that is absent in value and volume at both dates contributes nothing.
    absent = (before == 0) & (weights == 0) & (after == 0)
    bad = np.argwhere(~absent & (before * weights <= 0))
    if len(bad):
        row, column = bad[0]
        raise ModelInputError(
            f"items: {items.columns[column]} at {validate.label(items.index[row])} is zero or has "
            "no positive price, so its growth means nothing; combine it with another item"
        )
    growth = np.divide(after - before, before, out=np.zeros_like(before), where=~absent)
    parts = pd.DataFrame(100 * weights * growth, items.index[1:], columns=items.columns)
    whole = None if total is None else _total(total, items, "total")
    return _result(parts, whole, "annual overlap")


def _result(
    parts: pd.DataFrame, total: pd.Series[float] | None, method: Method
) -> GrowthContributions:
    """Return contributions with the growth of the total, or with their own sum as growth."""
    summed = parts.sum(axis=1)
    growth = summed if total is None else 100 * (total.diff() / total.shift()).iloc[1:]
    return GrowthContributions(
        contributions=parts,
        residual=(growth - summed).rename("residual"),
        growth=growth.rename("growth"),
        method=method,
    )


def _signs(items: pd.DataFrame, subtract: Sequence[str]) -> pd.Series[float]:
    """Return 1 for items that add to the total and -1 for those deducted from it."""
    if not isinstance(items, pd.DataFrame) or items.columns.has_duplicates:
        raise ModelInputError("items: pass a DataFrame of periods by items, each item once")
    unknown = [name for name in subtract if name not in items.columns]
    if isinstance(subtract, str) or unknown:
        raise ModelInputError(
            f"subtract: {subtract if isinstance(subtract, str) else unknown[0]!r} is not a list "
            f"of items; pass a list out of {', '.join(map(str, items.columns))}"
        )
    return pd.Series(np.where(items.columns.isin(list(subtract)), -1.0, 1.0), items.columns)


def _frame(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return a frame of complete time series."""
    if not isinstance(frame, pd.DataFrame) or frame.columns.empty:
        raise ModelInputError(
            f"{name}: pass a DataFrame of periods by items, with an item at least"
        )
    columns = {
        column: validate.time_series(frame[column], f"{name}, {column}", at_least=2, constant=True)
        for column in frame.columns
    }
    return pd.DataFrame(columns)


def _total(total: pd.Series[float] | None, items: pd.DataFrame, name: str) -> pd.Series[float]:
    """Return the total, positive and of the items' periods."""
    if total is None:
        series = items.sum(axis=1)
    else:
        series = validate.time_series(total, name, at_least=2, constant=True)
        _same_periods(series.index, items.index, name, "the items")
    if (series <= 0).any():
        raise ModelInputError(
            f"{name}: {series.min():g} at {validate.label(series.idxmin())} is not positive, so it "
            "cannot grow; check the items, and name those to deduct in subtract"
        )
    return series


def _same_periods(index: pd.Index, other: pd.Index, name: str, other_name: str) -> None:
    """Raise ModelInputError unless two indexes are the same."""
    if not index.equals(other):
        raise ModelInputError(
            f"{name}: its periods are not those of {other_name}; select the same years"
        )
