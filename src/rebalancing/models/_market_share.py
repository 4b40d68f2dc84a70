"""Constant-market-share accounting of a change in exports."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from rebalancing.models import _validate as validate
from rebalancing.models._validate import FloatArray, ModelInputError
from rebalancing.models.warnings import ImplausibleShareWarning

Basis = Literal["laspeyres", "paasche", "edgeworth"]
Order = Literal["product first", "market first"]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False, repr=False)
class ConstantMarketShare:
    """A change in exports and the effects it is the sum of, in the unit of the exports.

    Attributes:
        effects: "world growth", "product" (only where there are products), "market",
            "competitiveness" and "interaction" (but for basis "edgeworth").
        cells: The same by partner, or by product and partner, with the "change" they sum to.
        change: Of all exports.
        start: All exports at the first date.
        basis: Whose market shares and world trade weight the effects.
        cautions: The warnings given, in words.
    """

    effects: pd.Series[float]
    cells: pd.DataFrame
    change: float
    start: float
    basis: Basis
    cautions: tuple[str, ...]

    @property
    def percent(self) -> pd.Series[float]:
        """The effects in percent of exports at the first date; they sum to exports' growth."""
        return 100 * self.effects / self.start

    def by(self, level: str) -> pd.DataFrame:
        """Return the effects summed over all but one level of the labels.

        Raises:
            ModelInputError: A level that the labels do not have.
        """
        if level not in self.cells.index.names:
            raise ModelInputError(
                f"level: {level!r} is not there; use one of {list(self.cells.index.names)}"
            )
        return self.cells.groupby(level=level, sort=False).sum()

    def to_frame(self) -> pd.DataFrame:
        """Return one row per effect and one for the change: value, and percent of the start."""
        values = pd.concat([self.effects, pd.Series({"change": self.change})])
        return pd.DataFrame({"value": values, "percent_of_start": 100 * values / self.start})

    def __repr__(self) -> str:
        """Say what changed and of which effects the change is the sum."""
        parts = ", ".join(f"{name} {value:.4g}" for name, value in self.effects.items())
        return (
            f"ConstantMarketShare ({self.basis}): {len(self.cells)} cells\n"
            f"  change {self.change:.6g} from {self.start:.6g}\n"
            f"  {parts}"
        )


class _Trade(NamedTuple):
    """One date: own exports, world trade and own share by cell."""

    own: FloatArray
    world: FloatArray
    share: FloatArray


def constant_market_share(
    start: pd.Series[float],
    end: pd.Series[float],
    world_start: pd.Series[float],
    world_end: pd.Series[float],
    *,
    product: str | None = None,
    basis: Basis = "laspeyres",
    order: Order = "product first",
) -> ConstantMarketShare:
    """Split a change in exports into growth of the world, composition and market shares.

    Exports to a market are the share in it times its size, x = s X. With ``g`` the growth of world
    trade, ``g_i`` of product i and ``g_ij`` of product i in market j, and start-date weights:

    - world growth: g x, what the exporter would have gained at the world's pace;
    - product: sum of (g_i - g) x_i, from selling products whose trade grows faster;
    - market: sum of (g_ij - g_i) x_ij, from selling to markets that grow faster;
    - competitiveness: sum of the changes of share times X_ij, the exporter's own gain;
    - interaction: sum of the changes of share times the changes of X_ij.

    Without products, the market effect is the sum of (g_j - g) x_j.

    So it is with basis "laspeyres". With "paasche" all weights are of the end date, so that the
    interaction, which both other parts then contain, has a minus sign; with "edgeworth" they are
    the average of the two, and there is no interaction. The older literature's competitiveness is
    the residual, here competitiveness plus interaction. The effects always sum to the change.

    Richardson (1971), Constant-market-shares analysis of export growth, Journal of International
    Economics 1, who shows that results depend on the base and on which of product and market comes
    first (``order``); Leamer and Stern (1970), Quantitative International Economics, chapter 7;
    Milana (1988), Constant-market-shares analysis and index number theory, European Journal of
    Political Economy 4, who argues for the average.

    An identity, not a cause: competitiveness is all that changes a market share, prices, quality,
    supply and policy alike, at the level of detail given. Values at current prices mix price
    and volume. Where nothing at all was traded in a cell at one date, the share there is taken to
    be that at the other date, so that what was sold to a new market counts as market growth.

    Args:
        start: Own exports at the first date, by partner, or with two index levels by product and
            partner. Not negative.
        end: The same at the second date, with the same labels.
        world_start: World trade (all suppliers, own exports included) with the same labels.
        world_end: The same at the second date.
        product: Name of the index level that holds products, where there are two levels; default
            "product" if there is one of that name.
        basis: "laspeyres", "paasche" or "edgeworth".
        order: "product first" or "market first".

    Raises:
        ModelInputError: Labels that differ, negative amounts, exports to a market that the world
            sells nothing to, or an unknown option.

    Warns:
        ImplausibleShareWarning: Own exports above world trade in a market.
    """
    for name, value, allowed in (
        ("basis", basis, get_args(Basis)),
        ("order", order, get_args(Order)),
    ):
        if value not in allowed:
            raise ModelInputError(
                f"{name}: {value!r} is not allowed; use one of {', '.join(allowed)}"
            )
    index = _labels(start)
    own = _amounts(start, index, "start"), _amounts(end, index, "end")
    world = _amounts(world_start, index, "world_start"), _amounts(world_end, index, "world_end")
    groups = _groups(index, product, order)
    share = _shares(own, world, index)
    dates = [_Trade(*one) for one in zip(own, world, share, strict=True)]
    change, rise = own[1] - own[0], share[1] - share[0]
    if basis == "edgeworth":
        cells = (_structure(dates, groups, 0) + _structure(dates, groups, 1)) / 2
        size = (world[0] + world[1]) / 2
    else:
        date = 0 if basis == "laspeyres" else 1
        cells, size = _structure(dates, groups, date), world[date]
    if order == "market first" and len(groups) == 2:
        cells.columns = pd.Index(["world growth", "market", "product"])
    cells["competitiveness"] = rise * size
    if basis != "edgeworth":
        cells["interaction"] = change - cells.sum(axis=1)
    names = ["world growth", "product", "market", "competitiveness", "interaction"]
    cells = cells[[name for name in names if name in cells]].set_axis(index)
    return ConstantMarketShare(
        effects=cells.sum().rename("effect"),
        cells=cells.assign(change=change),
        change=float(change.sum()),
        start=float(own[0].sum()),
        basis=basis,
        cautions=_cautions(own, world, index),
    )


def _structure(dates: list[_Trade], groups: list[IntArray], date: int) -> pd.DataFrame:
    """Return the effects of size by cell, with the market shares of one date.

    A share times a change of size is exports times a growth rate whose base is that date.
    """
    own, world, share = dates[date]
    change = dates[1].world - dates[0].world
    base, total = world.sum(), change.sum()
    levels = [own * (total / base if base else 0.0)]
    if len(groups) == 2:
        sizes, changes = np.bincount(groups[0], world), np.bincount(groups[0], change)
        rates = np.divide(changes, sizes, out=np.zeros_like(sizes), where=sizes > 0)
        levels.append(own * rates[groups[0]])
    levels.append(share * change)
    names = (
        ["world growth", "product", "market"] if len(levels) == 3 else ["world growth", "market"]
    )
    steps = np.column_stack([levels[0], *np.diff(np.column_stack(levels), axis=1).T])
    return pd.DataFrame(steps, columns=names)


def _shares(
    own: tuple[FloatArray, FloatArray], world: tuple[FloatArray, FloatArray], index: pd.Index
) -> tuple[FloatArray, FloatArray]:
    """Return market shares by cell at both dates; an empty market has the other date's."""
    for name, x, size in zip(("world_start", "world_end"), own, world, strict=True):
        bad = np.flatnonzero((size == 0) & (x > 0))
        if len(bad):
            raise ModelInputError(
                f"{name}: nothing at {index[bad[0]]}, where there are exports; use world trade "
                "that includes the exporter"
            )
    first, second = (
        np.divide(x, size, out=np.full_like(x, np.nan), where=size > 0)
        for x, size in zip(own, world, strict=True)
    )
    filled = np.where(np.isnan(first), second, first), np.where(np.isnan(second), first, second)
    return np.nan_to_num(filled[0]), np.nan_to_num(filled[1])


def _labels(start: pd.Series[float]) -> pd.Index:
    if not isinstance(start, pd.Series):
        raise ModelInputError("start: pass a Series with partners as labels")
    if start.index.has_duplicates:
        twice = start.index[start.index.duplicated()][0]
        raise ModelInputError(f"start: {twice} occurs more than once; sum its rows first")
    return start.index


def _amounts(series: pd.Series[float], index: pd.Index, name: str) -> FloatArray:
    """Return amounts in the order of the first series' labels."""
    if (
        not isinstance(series, pd.Series)
        or series.index.has_duplicates
        or len(series) != len(index)
        or not index.isin(series.index).all()
    ):
        raise ModelInputError(
            f"{name}: its labels are not those of start; pass the same partners at both dates, "
            "with 0 where there was no trade"
        )
    values = validate.sample(series.reindex(index), name)
    if (values < 0).any():
        raise ModelInputError(f"{name}: negative; pass exports, not a balance or a change")
    if not values.any():
        raise ModelInputError(f"{name}: all zero; check the selection of dates and partners")
    return values


def _groups(index: pd.Index, product: str | None, order: Order) -> list[IntArray]:
    """Return group codes of the levels in the order in which they are accounted for."""
    if index.nlevels == 1:
        if product is not None:
            raise ModelInputError(
                "product: the labels have one level, partners; pass labels of product and partner"
            )
        return [np.arange(len(index))]
    if index.nlevels != 2:
        raise ModelInputError("start: labels may have one level or two, product and partner")
    name = product or "product"
    if name not in index.names:
        raise ModelInputError(
            f"product: {name!r} is not a level of the labels; use one of {list(index.names)}"
        )
    codes = [np.asarray(pd.factorize(index.get_level_values(level))[0]) for level in range(2)]
    if (list(index.names).index(name) == 0) != (order == "product first"):
        codes.reverse()
    return codes


def _cautions(
    own: tuple[FloatArray, FloatArray], world: tuple[FloatArray, FloatArray], index: pd.Index
) -> tuple[str, ...]:
    above = (own[0] > world[0]) | (own[1] > world[1])
    if not above.any():
        return ()
    text = (
        f"Exports exceed world trade in {above.sum()} of {len(index)} markets, such as "
        f"{index[int(above.argmax())]}: the two come from sources that do not agree."
    )
    warnings.warn(text, ImplausibleShareWarning, stacklevel=3)
    return (text,)
