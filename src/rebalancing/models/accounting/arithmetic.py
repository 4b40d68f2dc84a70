"""The arithmetic of rebalancing: growth gaps, years needed, and scenarios that add up.

If consumption grows by g_c and GDP by g_y a year, consumption's share after t years is its first
value times ((1 + g_c) / (1 + g_y)) ** t. The gap between the two is measured here

- in log points a year, 100 ln((1 + g_c) / (1 + g_y)), by `growth_gap` and its inverses, which does
  not depend on GDP growth; or
- in percentage points, g_c - g_y, by `growth_gap_percent`, which is slightly larger and does.

Say which of the two a number is. Both are nominal for a nominal share; the real gap is smaller by
the yearly rise, in log points, of the price of consumption relative to the GDP deflator.
"""

from __future__ import annotations

from typing import overload

import numpy as np
import numpy.typing as npt
import pandas as pd

from rebalancing.models import validate
from rebalancing.models.accounting._scenario import (
    ITEMS,
    PLAUSIBLE_SUM,
    Falls,
    NegativeShareError,
    Scenario,
    scenario,
)
from rebalancing.models.validate import FloatArray, ModelInputError

__all__ = [
    "ITEMS",
    "PLAUSIBLE_SUM",
    "Falls",
    "NegativeShareError",
    "Scenario",
    "growth_gap",
    "growth_gap_percent",
    "scenario",
    "share_path",
    "years_to",
]

Numbers = npt.ArrayLike


@overload
def growth_gap(start: float, target: float, years: float) -> float: ...
@overload
def growth_gap(start: Numbers, target: Numbers, years: Numbers) -> float | FloatArray: ...
def growth_gap(start: Numbers, target: Numbers, years: Numbers) -> float | FloatArray:
    """Return by how much consumption must outgrow GDP, in log points a year.

    100 ln(target / start) / years: from 39.9 to 50 it is 2.26 over 10 years. In percentage points
    the gap is `growth_gap_percent`.

    Args:
        start: Share of GDP today, positive, in percent or as a fraction like the target.
        target: Share to reach.
        years: Years to reach it in, positive.

    Returns:
        A number, or an array where an argument is one; arguments broadcast.

    Raises:
        ModelInputError: A share or a number of years that is not positive, or missing values.
    """
    return _plain(100 * _log_ratio(start, target) / _positive(years, "years"))


@overload
def growth_gap_percent(start: float, target: float, years: float, gdp_growth: float) -> float: ...
@overload
def growth_gap_percent(
    start: Numbers, target: Numbers, years: Numbers, gdp_growth: Numbers
) -> float | FloatArray: ...
def growth_gap_percent(
    start: Numbers, target: Numbers, years: Numbers, gdp_growth: Numbers
) -> float | FloatArray:
    """Return by how much consumption must outgrow GDP, g_c - g_y in percentage points a year.

    (100 + g_y) ((target / start) ** (1 / years) - 1): from 39.9 to 50 over 10 years it is 2.38
    when GDP grows by 4.5%.

    Args:
        start: Share of GDP today, positive.
        target: Share to reach.
        years: Years to reach it in, positive.
        gdp_growth: Growth of GDP in percent a year, above -100; nominal for a nominal share.

    Returns:
        A number, or an array where an argument is one; arguments broadcast.

    Raises:
        ModelInputError: A share or a number of years that is not positive, or missing values.
    """
    pace = np.expm1(_log_ratio(start, target) / _positive(years, "years"))
    return _plain((100 + _growth_rates(gdp_growth)) * pace)


@overload
def years_to(start: float, target: float, gap: float) -> float: ...
@overload
def years_to(start: Numbers, target: Numbers, gap: Numbers) -> float | FloatArray: ...
def years_to(start: Numbers, target: Numbers, gap: Numbers) -> float | FloatArray:
    """Return the years until a share reaches a target, the inverse of `growth_gap`.

    Args:
        start: Share of GDP today, positive.
        target: Share to reach.
        gap: Log points a year by which consumption outgrows GDP, both nominal for a nominal share.

    Returns:
        Years, not rounded; 0 where the target is the start, infinite where the gap is zero or
        leads away from the target. An array where an argument is one.

    Raises:
        ModelInputError: A share that is not positive, or missing values.
    """
    distance, pace = np.broadcast_arrays(100 * _log_ratio(start, target), _finite(gap, "gap"))
    toward = distance * np.sign(pace) > 0
    years = np.divide(distance, pace, out=np.full(distance.shape, np.inf), where=toward)
    return _plain(np.where(distance == 0, 0.0, years))


def share_path(
    start: float, gap: float, years: int | Numbers, *, first_year: int = 0
) -> pd.Series[float]:
    """Return the share year by year when consumption outgrows GDP by a constant gap.

    start exp(gap t / 100), the inverse of `growth_gap`. The formula knows no ceiling: a share above
    100% is the reader's to notice, and `scenario` refuses it.

    Args:
        start: Share of GDP in the first year, positive.
        gap: Log points a year.
        years: Number of years ahead, 10 for years 0 to 10; or the years themselves, counted from
            the first.
        first_year: Label of year 0.

    Returns:
        Shares in the unit of ``start``, labelled by year.

    Raises:
        ModelInputError: A share that is not positive, or missing or negative years.
    """
    ahead = np.asarray(_finite(years, "years"))
    if (ahead < 0).any():
        raise ModelInputError("years: negative; pass the number of years ahead")
    if ahead.ndim == 0:
        if ahead != int(ahead):
            raise ModelInputError(f"years: {ahead:g} is not whole; pass 10, or a list of years")
        ahead = np.arange(int(ahead) + 1, dtype=float)
    first = float(_positive(validate.number(start, "start"), "start"))
    values = first * np.exp(validate.number(gap, "gap") * ahead / 100)
    whole = ahead.astype(int) if (ahead == ahead.astype(int)).all() else ahead
    return pd.Series(values, pd.Index(first_year + whole, name="year"), name="share")


def _growth_rates(growth: Numbers) -> FloatArray:
    """Return growth rates in percent, each above -100."""
    rates = _finite(growth, "gdp_growth")
    if (rates <= -100).any():
        raise ModelInputError("gdp_growth: not above -100; pass percent a year, such as 4.5")
    return rates


def _log_ratio(start: Numbers, target: Numbers) -> FloatArray:
    """Return ln(target / start), with all digits where the two are close."""
    a, b = _positive(start, "start"), _positive(target, "target")
    ratio = b / a
    return np.asarray(np.where(np.abs(ratio - 1) < 0.5, np.log1p((b - a) / a), np.log(ratio)))


def _finite(values: Numbers, name: str) -> FloatArray:
    """Return numbers as an array of any shape, all finite."""
    try:
        numbers = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise ModelInputError(f"{name}: not numbers; pass one number or an array") from None
    if not np.isfinite(numbers).all():
        raise ModelInputError(f"{name}: missing or infinite; leave such cases out")
    return numbers


def _positive(values: Numbers, name: str) -> FloatArray:
    numbers = _finite(values, name)
    if (numbers <= 0).any():
        raise ModelInputError(f"{name}: {numbers.min():g} is not positive; check sign and unit")
    return numbers


def _plain(values: FloatArray) -> float | FloatArray:
    """Return a number instead of an array without dimensions."""
    return float(values) if np.ndim(values) == 0 else values
