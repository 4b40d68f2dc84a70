"""Scenarios of expenditure shares in which the accounting closes every year."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd

from rebalancing.models import validate
from rebalancing.models.validate import FloatArray, ModelInputError
from rebalancing.models.warnings import ImplausibleShareWarning

CONSUMPTION, GOVERNMENT, INVESTMENT, NET_EXPORTS = ITEMS = (
    "household consumption",
    "government",
    "investment",
    "net exports",
)
"""The expenditure items, whose shares and a constant residual sum to 100% of GDP."""
_OTHERS = (GOVERNMENT, INVESTMENT, NET_EXPORTS)
BelowZero = Literal["raise", "warn"]
Falls = Literal["proportional", "government", "investment", "net exports"]
PLAUSIBLE_SUM = (50, 150)
"""Between which percentages of GDP the items must sum: outside, the unit or the data are wrong."""
_TINY = 1e-9


class NegativeShareError(ModelInputError):
    """A scenario drives a share below zero, or consumption's above 100%."""


@dataclass(frozen=True, eq=False, repr=False)
class Scenario:
    """Expenditure shares by year and what they imply.

    Attributes:
        shares: Years by `ITEMS` and "residual", in percent of GDP; each row sums to 100.
        real_growth: Growth of each item and of GDP in percent, from the second year on; missing
            where an item's share was not positive the year before or is negative now, since a
            growth rate then means nothing.
        net_exports_pct_world: Net exports in percent of world GDP, or missing without a ratio to
            world GDP.
        weights: Part of the rise of consumption's share that each other item gives up.
        cautions: The warnings given, in words.
    """

    shares: pd.DataFrame
    real_growth: pd.DataFrame
    net_exports_pct_world: pd.Series[float]
    weights: pd.Series[float]
    cautions: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per year: shares, growth rates, net exports in percent of world GDP."""
        return pd.concat(
            [
                self.shares.add_suffix(" share"),
                self.real_growth.add_suffix(" real growth"),
                self.net_exports_pct_world,
            ],
            axis=1,
        )

    def __repr__(self) -> str:
        """Say where the shares start and end, and who gives way."""
        ends = "; ".join(
            f"{name} {self.shares[name].iloc[0]:.4g} to {self.shares[name].iloc[-1]:.4g}"
            for name in self.shares
        )
        rule = ", ".join(f"{name} {value:.3g}" for name, value in self.weights.items() if value)
        return (
            f"Scenario: {validate.span(self.shares.index)}\n"
            f"  percent of GDP: {ends}\n"
            f"  consumption's rise is met by: {rule}"
        )


def scenario(
    shares: Mapping[str, float] | pd.Series[float],
    *,
    years: int,
    gdp_growth: float | Sequence[float] | FloatArray,
    target: float,
    falls: Falls | Mapping[str, float] = "proportional",
    world_share: float | Sequence[float] | FloatArray | None = None,
    first_year: int = 0,
    below_zero: BelowZero = "raise",
) -> Scenario:
    """Return a path of expenditure shares on which consumption rises and somebody else gives way.

    Consumption's share grows by a constant number of log points a year, to ``target`` after
    ``years``. The other items give up what it gains, each its weight times
    the gain, so that the shares and the residual, which stays as it is at the start, sum to 100 in
    every year. Growth follows from the shares: an item's growth factor is GDP's times the ratio of
    its shares, real growth as well, since all prices rise alike.

    This is accounting. It says what must hold together, not what is likely, nor how the others
    come to give way; and it takes GDP growth as given, although it depends on the path.

    Args:
        shares: `ITEMS` in percent of GDP at the start. What they lack to 100 is the residual.
        years: Years ahead, at least 1.
        gdp_growth: Real, in percent a year: a number, or one for each year ahead.
        target: Consumption's share at the end.
        falls: Who gives way: "investment", "net exports", "government"; "proportional" for all
            with a positive share, in proportion to it; or weights by item that sum to 1 (a
            negative weight lets an item rise too).
        world_share: The economy's GDP in percent of world GDP: a number, or one for each year from
            the first on. With it, net exports are also put in percent of world GDP, which is what
            the rest of the world must take.
        first_year: Label of the start.
        below_zero: Whether a share below zero (but for net exports) or consumption above 100% is
            an error or a warning.

    Raises:
        ModelInputError: Items missing or unknown, weights that do not sum to 1, or paths of the
            wrong length.
        NegativeShareError: A share below zero or consumption above 100%, if ``below_zero`` is
            "raise".

    Warns:
        ImplausibleShareWarning: The same, if ``below_zero`` is "warn".
    """
    start = _start(shares)
    n = validate.whole(years, "years", 1)
    validate.one_of(below_zero, "below_zero", get_args(BelowZero))
    index = pd.RangeIndex(first_year, first_year + n + 1, name="year")
    consumption = _consumption(start[CONSUMPTION], n, target)
    weights = _weights(falls, start)
    table = pd.DataFrame({CONSUMPTION: consumption}, index)
    for name in _OTHERS:
        table[name] = start[name] - weights[name] * (consumption - consumption[0])
    table["residual"] = 100 - sum(start[name] for name in ITEMS)
    cautions = _check_shares(table, below_zero)
    return Scenario(
        shares=table,
        real_growth=_growth(table, 1 + _rates(gdp_growth, n) / 100),
        net_exports_pct_world=_in_world_terms(table[NET_EXPORTS], world_share),
        weights=weights,
        cautions=cautions,
    )


def _start(shares: Mapping[str, float] | pd.Series[float]) -> dict[str, float]:
    given = dict(shares.items()) if isinstance(shares, Mapping | pd.Series) else {}
    if set(given) != set(ITEMS):
        raise ModelInputError(f"shares: pass exactly {', '.join(ITEMS)}, in percent of GDP")
    start = {name: validate.number(given[name], f"shares, {name}") for name in ITEMS}
    if start[CONSUMPTION] <= 0:
        raise ModelInputError("shares: household consumption is not positive; check the unit")
    lowest, highest = PLAUSIBLE_SUM
    if not lowest <= sum(start.values()) <= highest:
        raise ModelInputError(
            f"shares: they sum to {sum(start.values()):g}; pass percent of GDP, such as 39.9"
        )
    return start


def _consumption(first: float, n: int, target: float) -> FloatArray:
    """Return consumption's share from year 0 on, at a constant pace in logarithms."""
    last = validate.number(target, "target")
    if last <= 0:
        raise ModelInputError(f"target: {last:g} is not positive; pass percent of GDP, such as 50")
    path = first * (last / first) ** (np.arange(n + 1) / n)
    path[-1] = last
    return np.asarray(path)


def _weights(falls: Falls | Mapping[str, float], start: dict[str, float]) -> pd.Series[float]:
    if isinstance(falls, str):
        if falls == "proportional":
            positive = {name: max(start[name], 0.0) for name in _OTHERS}
            total = sum(positive.values())
            if total <= 0:
                raise ModelInputError("falls: no other item has a positive share; name weights")
            return pd.Series({name: value / total for name, value in positive.items()})
        if falls not in _OTHERS:
            raise ModelInputError(
                f"falls: {falls!r} is not allowed; use {', '.join(_OTHERS)}, 'proportional' or "
                "weights by item"
            )
        return pd.Series({name: float(name == falls) for name in _OTHERS})
    if not isinstance(falls, Mapping):
        raise ModelInputError(f"falls: {falls!r} is no rule and no weights by item; pass one")
    unknown = set(falls) - set(_OTHERS)
    if unknown:
        raise ModelInputError(
            f"falls: {sorted(map(str, unknown))[0]!r} cannot give way; use {', '.join(_OTHERS)}"
        )
    weights = pd.Series(
        {name: validate.number(falls.get(name, 0.0), f"falls, {name}") for name in _OTHERS}
    )
    if abs(weights.sum() - 1) > _TINY:
        raise ModelInputError(f"falls: the weights sum to {weights.sum():g}; make them sum to 1")
    return weights


def _rates(values: float | Sequence[float] | FloatArray, n: int) -> FloatArray:
    """Return one rate in percent for each year ahead."""
    rates = _path(values, n, "gdp_growth")
    if (rates <= -100).any():
        raise ModelInputError("gdp_growth: not above -100; pass percent a year, such as 4.5")
    return rates


def _path(values: float | Sequence[float] | FloatArray, n: int, name: str) -> FloatArray:
    if np.ndim(values) == 0:
        return np.full(n, validate.number(values, name))  # type: ignore[arg-type]
    path = validate.sample(values, name)  # type: ignore[arg-type]
    if len(path) != n:
        raise ModelInputError(f"{name}: {len(path)} values; pass one number or {n} of them")
    return path


def _growth(table: pd.DataFrame, gdp: FloatArray) -> pd.DataFrame:
    """Return growth in percent of each item and of GDP from GDP's growth factors."""
    columns = {}
    for name in ITEMS:
        before, after = table[name].to_numpy()[:-1], table[name].to_numpy()[1:]
        sensible = (before > 0) & (after >= 0)
        ratio = np.divide(after, before, out=np.full(len(gdp), np.nan), where=sensible)
        columns[name] = 100 * (gdp * ratio - 1)
    columns["GDP"] = 100 * (gdp - 1)
    return pd.DataFrame(columns, table.index[1:])


def _in_world_terms(
    net_exports: pd.Series[float], world_share: float | Sequence[float] | FloatArray | None
) -> pd.Series[float]:
    name = "net exports in percent of world GDP"
    if world_share is None:
        return pd.Series(np.nan, net_exports.index, name=name)
    path = _path(world_share, len(net_exports), "world_share")
    if (path <= 0).any() or (path > 100).any():
        raise ModelInputError("world_share: not from 0 to 100; pass percent of world GDP, as 17")
    return (net_exports * path / 100).rename(name)


def _check_shares(table: pd.DataFrame, below_zero: BelowZero) -> tuple[str, ...]:
    """Raise or warn where a share cannot be."""
    said = [
        f"{name} falls below zero in {table.index[int((table[name] < -_TINY).argmax())]}"
        for name in (GOVERNMENT, INVESTMENT)
        if (table[name] < -_TINY).any()
    ]
    above = table[CONSUMPTION] > 100 + _TINY
    if above.any():
        said.append(f"household consumption exceeds 100% in {table.index[int(above.argmax())]}")
    if not said:
        return ()
    text = "; ".join(said)
    if below_zero == "raise":
        raise NegativeShareError(
            f"target: {text}; let more items give way, aim lower, or pass below_zero='warn'"
        )
    text = f"A share that cannot be: {text}."
    warnings.warn(text, ImplausibleShareWarning, stacklevel=3)
    return (text,)
