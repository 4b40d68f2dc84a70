"""Contributions of expenditure items to the growth of their total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd

from rebalancing.models import _validate as validate
from rebalancing.models._validate import ModelInputError

Method = Literal["additive", "annual overlap", "previous-year prices"]


@dataclass(frozen=True, eq=False, repr=False)
class GrowthContributions:
    """What each item added to growth, year by year from the second year on.

    Attributes:
        contributions: Periods by items, in percentage points; items deducted from the total
            (imports) count with their minus sign.
        residual: Growth less the sum of the contributions, in percentage points.
        growth: Of the total, in percent.
        method: "additive", "annual overlap" or "previous-year prices".
    """

    contributions: pd.DataFrame
    residual: pd.Series[float]
    growth: pd.Series[float]
    method: Method

    @property
    def shares_of_growth(self) -> pd.DataFrame:
        """Contributions and residual in percent of growth; missing in a period without growth.

        Where growth is near zero these are large and mean little.
        """
        growth = self.growth.where(self.growth != 0)
        parts = self.contributions.assign(residual=self.residual)
        return 100 * parts.div(growth, axis=0)

    def to_frame(self, *, residual: bool = True) -> pd.DataFrame:
        """Return one row per period: contributions, residual and growth.

        Args:
            residual: Whether to show the residual; without it the columns need not sum to growth.
        """
        shown = (
            self.contributions.assign(residual=self.residual)
            if residual
            else (self.contributions.copy())
        )
        return shown.assign(growth=self.growth)

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
    method: Method = "additive",
    current: pd.DataFrame | None = None,
    current_total: pd.Series[float] | None = None,
    subtract: Sequence[str] = (),
) -> GrowthContributions:
    """Split the growth of a total into the contributions of its items and a residual.

    With ``d`` the change from the period before, in percentage points:

    - "additive", for data that add up, at fixed-base constant prices: 100 d item / total before.
      With data at current prices the result is the contributions to nominal growth.
    - "annual overlap", for chained volumes, which do not add up: the item's share in the total at
      current prices in the period before times the growth of its volume. This is exact, with a
      residual of zero, where the chain is an annually linked Laspeyres index and the items at
      current prices sum to the total (Eurostat 2013, Handbook on quarterly national accounts;
      System of National Accounts 2008, chapter 15; Whelan 2002, A guide to the use of
      chain aggregated NIPA data, Review of Income and Wealth 48, on why chained levels do not
      add up).
    - "previous-year prices": 100 (item at prices of the period before less the same item of the
      period before at current prices) / total before at current prices. Exact for items of any
      sign, such as changes in inventories and net exports, which have no growth rate.

    Contributions are real and shares are nominal: neither can be read off the other. They cannot
    be added up over years; over several years, compare the two ends. "additive" applied to
    chained levels leaves a residual that grows with the distance from the reference year.

    Args:
        items: Periods by items. Volumes; for "previous-year prices" each period's items at the
            prices of the period before, the first period left out or ignored.
        total: Volume of the total, in the same unit; default: the items' sum, or with "annual
            overlap" the Laspeyres total of which the residual is zero.
        method: See above.
        current: Items at current prices for the last two methods; same columns and periods.
        current_total: Total at current prices; default: the sum of ``current``.
        subtract: Columns that are deducted from the total although they are positive (imports).

    Raises:
        ModelInputError: Missing years or items, a total that is not positive, or a volume of zero
            or without a positive price under "annual overlap".
    """
    if method not in get_args(Method):
        raise ModelInputError(
            f"method: {method!r} is not allowed; use one of {', '.join(get_args(Method))}"
        )
    sign = _signs(items, subtract)
    if method == "additive":
        if current is not None or current_total is not None:
            raise ModelInputError(
                "current: the additive method takes no values at current prices; leave them out "
                "or pass method='annual overlap'"
            )
        return _additive(_frame(items, "items") * sign, total)
    if current is None:
        raise ModelInputError(f"current: {method} needs the items at current prices; pass them")
    values = _frame(current, "current")
    if set(values.columns) != set(items.columns):
        raise ModelInputError("current: its columns are not those of items; select the same items")
    values = values[items.columns] * sign
    whole = np.asarray(_total(current_total, values, "current_total"), dtype=np.float64)[:-1]
    if method == "annual overlap":
        return _overlap(_frame(items, "items") * sign, total, values, whole)
    return _previous_prices(items, sign, total, values, whole)


def _additive(items: pd.DataFrame, total: pd.Series[float] | None) -> GrowthContributions:
    """Divide changes by the total of the period before."""
    whole = _total(total, items, "total")
    before = whole.shift().iloc[1:]
    growth = 100 * (whole.diff().iloc[1:] / before)
    return _result(100 * items.diff().iloc[1:].div(before, axis=0), growth, "additive")


def _overlap(
    items: pd.DataFrame,
    total: pd.Series[float] | None,
    values: pd.DataFrame,
    whole: validate.FloatArray,
) -> GrowthContributions:
    """Weight the growth of volumes with shares of the period before."""
    _same_periods(values.index, items.index, "current", "items")
    before, after = items.iloc[:-1].to_numpy(), items.iloc[1:].to_numpy()
    weights = values.iloc[:-1].to_numpy()
    # An item that is absent in value and volume at both dates contributes nothing.
    absent = (before == 0) & (weights == 0) & (after == 0)
    bad = np.argwhere(~absent & (before * weights <= 0))
    if len(bad):
        row, column = bad[0]
        raise ModelInputError(
            f"items: {items.columns[column]} at {validate.label(items.index[row])} is zero or has "
            "no positive price, so its growth means nothing; use method='previous-year prices' or "
            "combine it with another item"
        )
    growth = np.divide(after - before, before, out=np.zeros_like(before), where=~absent)
    parts = pd.DataFrame(
        100 * weights / whole[:, None] * growth, items.index[1:], columns=items.columns
    )
    if total is None:
        return _result(parts, parts.sum(axis=1), "annual overlap")
    volume = _total(total, items, "total")
    return _result(parts, 100 * volume.pct_change().iloc[1:], "annual overlap")


def _previous_prices(
    items: pd.DataFrame,
    sign: pd.Series[float],
    total: pd.Series[float] | None,
    values: pd.DataFrame,
    whole: validate.FloatArray,
) -> GrowthContributions:
    """Compare items at last period's prices with last period's values."""
    later = values.index[1:]
    if not items.index.equals(values.index):
        _same_periods(items.index, later, "items", "current from the second on")
    revalued = _frame(items.loc[later], "items", at_least=1) * sign
    before = values.iloc[:-1].set_axis(later)
    parts = 100 * (revalued - before).div(whole, axis=0)
    if total is None:
        end = revalued.sum(axis=1)
    else:
        end = validate.time_series(
            total.loc[total.index.isin(later)], "total", at_least=1, constant=True
        )
        _same_periods(end.index, later, "total", "items")
    growth = 100 * (end - whole) / whole
    return _result(parts, growth, "previous-year prices")


def _result(parts: pd.DataFrame, growth: pd.Series[float], method: Method) -> GrowthContributions:
    return GrowthContributions(
        contributions=parts,
        residual=(growth - parts.sum(axis=1)).rename("residual"),
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


def _frame(frame: pd.DataFrame, name: str, *, at_least: int = 2) -> pd.DataFrame:
    """Return a frame of complete time series."""
    if not isinstance(frame, pd.DataFrame) or frame.columns.empty:
        raise ModelInputError(
            f"{name}: pass a DataFrame of periods by items, with an item at least"
        )
    columns = {
        column: validate.time_series(
            frame[column], f"{name}, {column}", at_least=at_least, constant=True
        )
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
    if not index.equals(other):
        raise ModelInputError(
            f"{name}: its periods are not those of {other_name}; select the same years"
        )
