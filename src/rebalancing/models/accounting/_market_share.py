"""Constant-market-share accounting of a change in exports."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np
import pandas as pd

from rebalancing.models import validate
from rebalancing.models.validate import FloatArray, ModelInputError
from rebalancing.models.warnings import ImplausibleShareWarning

Weighting = Literal["laspeyres", "paasche", "edgeworth"]


@dataclass(frozen=True, eq=False, repr=False)
class ConstantMarketShare:
    """A change in exports and the effects it is the sum of, in the unit of the exports.

    Attributes:
        effects: "world growth", "market", "competitiveness" and "interaction" (but for basis
            "edgeworth").
        cells: The same by market, with the "change" they sum to.
        change: Of all exports.
        start: All exports at the first date.
        basis: Whose market shares and world trade weight the effects.
        cautions: The warnings given, in words.
    """

    effects: pd.Series[float]
    cells: pd.DataFrame
    change: float
    start: float
    basis: Weighting
    cautions: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per effect and one for the change: value, and percent of the start."""
        values = pd.concat([self.effects, pd.Series({"change": self.change})])
        return pd.DataFrame({"value": values, "percent_of_start": 100 * values / self.start})

    def __repr__(self) -> str:
        """Say what changed and of which effects the change is the sum."""
        parts = ", ".join(f"{name} {value:.4g}" for name, value in self.effects.items())
        return (
            f"ConstantMarketShare ({self.basis}): {len(self.cells)} markets\n"
            f"  change {self.change:.6g} from {self.start:.6g}\n"
            f"  {parts}"
        )


class _Trade(NamedTuple):
    """One date: own exports, world trade and own share by market."""

    own: FloatArray
    world: FloatArray
    share: FloatArray


def constant_market_share(
    start: pd.Series[float],
    end: pd.Series[float],
    world_start: pd.Series[float],
    world_end: pd.Series[float],
    *,
    basis: Weighting = "laspeyres",
) -> ConstantMarketShare:
    """Split a change in exports into growth of the world, composition and market shares.

    Markets are partners, or products. Exports to one are the share in it times its size, x = s X.
    With ``g`` the growth of world trade, ``g_j`` of market j, and start-date weights:

    - world growth: g x, what the exporter would have gained at the world's pace;
    - market: sum of (g_j - g) x_j, from selling to markets that grow faster;
    - competitiveness: sum of the changes of share times X_j, the exporter's own gain;
    - interaction: sum of the changes of share times the changes of X_j.

    So it is with basis "laspeyres". With "paasche" all weights are of the end date, so that the
    interaction, which both other parts then contain, has a minus sign; with "edgeworth" they are
    the average of the two, and there is no interaction. The older literature's competitiveness is
    the residual, here competitiveness plus interaction. The effects always sum to the change.

    Richardson (1971), Constant-market-shares analysis of export growth, Journal of International
    Economics 1, who shows that results depend on the base; Leamer and Stern (1970), Quantitative
    International Economics, chapter 7; Milana (1988), Constant-market-shares analysis and index
    number theory, European Journal of Political Economy 4, who argues for the average.

    An identity, not a cause: competitiveness is all that changes a market share, prices, quality,
    supply and policy alike, at the level of detail given. Values at current prices mix price
    and volume. Where nothing at all was traded in a market at one date, the share in it is taken
    to be that at the other date, so that what was sold to a new market counts as market growth.

    Args:
        start: Own exports at the first date, by market, not negative.
        end: The same at the second date, with the same labels.
        world_start: World trade (all suppliers, own exports included) with the same labels.
        world_end: The same at the second date.
        basis: "laspeyres", "paasche" or "edgeworth".

    Raises:
        ModelInputError: Labels that differ, negative amounts, exports to a market that the world
            sells nothing to, or an unknown basis.

    Warns:
        ImplausibleShareWarning: Own exports above world trade in a market.
    """
    validate.one_of(basis, "basis", get_args(Weighting))
    index = _labels(start)
    own = _amounts(start, index, "start"), _amounts(end, index, "end")
    world = _amounts(world_start, index, "world_start"), _amounts(world_end, index, "world_end")
    share = _shares(own, world, index)
    dates = [_Trade(*one) for one in zip(own, world, share, strict=True)]
    change, rise = own[1] - own[0], share[1] - share[0]
    if basis == "edgeworth":
        cells = (_structure(dates, 0) + _structure(dates, 1)) / 2
        size = (world[0] + world[1]) / 2
    else:
        date = 0 if basis == "laspeyres" else 1
        cells, size = _structure(dates, date), world[date]
    cells["competitiveness"] = rise * size
    if basis != "edgeworth":
        cells["interaction"] = change - cells.sum(axis=1)
    cells = cells.set_axis(index)
    return ConstantMarketShare(
        effects=cells.sum().rename("effect"),
        cells=cells.assign(change=change),
        change=float(change.sum()),
        start=float(own[0].sum()),
        basis=basis,
        cautions=_cautions(own, world, index),
    )


def _structure(dates: list[_Trade], date: int) -> pd.DataFrame:
    """Return the effects of size by market, with the market shares of one date.

    A share times a change of size is exports times a growth rate whose base is that date.
    """
    own, world, share = dates[date]
    change = dates[1].world - dates[0].world
    at_the_worlds_pace = own * (change.sum() / world.sum())
    return pd.DataFrame(
        {"world growth": at_the_worlds_pace, "market": share * change - at_the_worlds_pace}
    )


def _shares(
    own: tuple[FloatArray, FloatArray], world: tuple[FloatArray, FloatArray], index: pd.Index
) -> tuple[FloatArray, FloatArray]:
    """Return market shares at both dates; an empty market has the other date's."""
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
