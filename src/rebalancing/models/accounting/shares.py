"""Shares, ranks and changes: the small arithmetic of the chapters, with its checks.

Shares and ranks are in percent, so that 30 means 30%. Where two series are combined, they must
cover the same labels: a share of an incomplete world would look like a share.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, NamedTuple, TypeVar

import numpy as np
import pandas as pd

from rebalancing.models import validate
from rebalancing.models.validate import ModelInputError

Amount = TypeVar("Amount", float, "pd.Series[float]")
"""One number, or a series of them by year."""


class Extremum(NamedTuple):
    """The lowest or highest value of a series, and its label."""

    label: Hashable
    value: float


@dataclass(frozen=True, eq=False)
class ShareWithoutIntraTrade(Generic[Amount]):
    """A share of world exports without a bloc's internal trade, in percent.

    Attributes:
        value: With the assumed share of internal trade.
        none_internal: If none of the bloc's exports went to other members.
        all_internal: If all of them did.
    """

    value: Amount
    none_internal: Amount
    all_internal: Amount

    def to_frame(self) -> pd.DataFrame:
        """Return the three shares as columns, one row per label."""
        columns = {
            "value": self.value,
            "none_internal": self.none_internal,
            "all_internal": self.all_internal,
        }
        return pd.DataFrame({name: pd.Series(values) for name, values in columns.items()})


def percentile_rank(values: pd.Series[float] | Sequence[float], x: float) -> float:
    """Return the percentage of ``values`` that are below ``x``; equal values do not count as below.

    For "lower than in 90% of the other economies", leave the economy itself out of ``values``.

    Args:
        values: What ``x`` is compared with, in any unit.
        x: In the same unit.

    Raises:
        ModelInputError: No values, or missing or infinite ones.
    """
    others = validate.sample(values, "values")
    return 100 * np.count_nonzero(others < validate.number(x, "x")) / len(others)


def extremum(
    series: pd.Series[float], kind: Literal["minimum", "maximum"], name: str = "series"
) -> Extremum:
    """Return the lowest or highest value with its label, the first of several equal ones.

    Args:
        series: Values by label, in any unit.
        kind: "minimum" or "maximum".
        name: What an error calls the series.

    Raises:
        ModelInputError: No values, missing or infinite ones, or another kind.
    """
    if kind not in ("minimum", "maximum"):
        raise ModelInputError(f"kind: {kind!r} is not allowed; use 'minimum' or 'maximum'")
    numbers = validate.sample(series, name)
    position = int(numbers.argmin() if kind == "minimum" else numbers.argmax())
    return Extremum(series.index[position], float(numbers[position]))


def change_between(
    series: pd.Series[float], start: Hashable, end: Hashable, name: str = "series"
) -> float:
    """Return the value at ``end`` less the value at ``start``, in units of the series.

    Args:
        series: Values by label.
        start: Label of the value that is taken off.
        end: Label of the other.
        name: What an error calls the series.

    Raises:
        ModelInputError: A label that the series lacks or has twice, or a missing value.
    """
    return _at(series, end, name) - _at(series, start, name)


def average_growth(levels: pd.DataFrame, years: int) -> pd.Series[float]:
    """Return the average growth over the last years of some levels, percent a year.

    Args:
        levels: Positive levels by year, without a gap, one column each.
        years: How many, at least one.

    Returns:
        By column and span, such as ``2014–2024``; empty if the levels do not reach back so far.
    """
    if len(levels) <= years:
        return pd.Series(dtype=float)
    last = int(levels.index[-1])
    whole = levels.loc[last] / levels.loc[last - years]
    growth = 100 * (whole ** (1 / years) - 1)
    spans = [(column, f"{last - years}–{last}") for column in growth.index]
    return pd.Series(growth.to_numpy(float), pd.MultiIndex.from_tuples(spans))


def world_share(numerator: Amount, denominator: Amount) -> Amount:
    """Return an economy's part of the world total, in percent.

    Args:
        numerator: The economy's amount, not negative.
        denominator: The world's amount in the same unit, positive; with the same labels.

    Raises:
        ModelInputError: Amounts that cannot be a part and its whole.
    """
    _check_labels(numerator=numerator, denominator=denominator)
    part = _amounts(numerator, "numerator")
    whole = _amounts(denominator, "denominator")
    if (whole <= 0).any():
        raise ModelInputError("denominator: not positive; check the selection of the world total")
    if (part > whole).any():
        raise ModelInputError(
            "numerator: larger than the denominator; check that both have the same unit and scope"
        )
    return 100 * numerator / denominator


def share_excluding_intra(
    economy_value: Amount, world: Amount, bloc: Amount, intra_share: float, member: bool
) -> ShareWithoutIntraTrade[Amount]:
    """Return an economy's share of world exports without the trade inside a bloc.

    The world total is ``world - intra_share * bloc``. A member's own exports, or the bloc's, count
    only as far as they leave the bloc, ``economy_value * (1 - intra_share)``, the bloc's average
    standing for the member's. An economy outside is counted whole.

    Args:
        economy_value: Exports of the economy.
        world: Exports of all economies, in the same unit.
        bloc: Exports of the bloc's members, those to each other included.
        intra_share: Part of the bloc's exports that goes to other members, from 0 to 1.
        member: Whether the economy belongs to the bloc, or is the bloc.

    Raises:
        ModelInputError: Amounts that cannot be parts of the world total, or a share outside 0 to 1.
    """
    _check_labels(economy_value=economy_value, world=world, bloc=bloc)
    assumed = validate.number(intra_share, "intra_share")
    if not 0 <= assumed <= 1:
        raise ModelInputError(f"intra_share: {assumed:g} is not from 0 to 1; pass 0.6 for 60%")
    inside = _amounts(bloc, "bloc")
    outside = _amounts(world, "world") - inside
    if (outside <= 0).any():
        raise ModelInputError(
            "bloc: not smaller than the world; check that both have the same unit and scope"
        )
    if (_amounts(economy_value, "economy_value") > (inside if member else outside)).any():
        whole = "the bloc" if member else "the world without the bloc"
        raise ModelInputError(
            f"economy_value: larger than {whole}; check member, and that units and scope agree"
        )

    def share(intra: float) -> Amount:
        kept = 1 - intra if member else 1.0
        return world_share(economy_value * kept, world - bloc * intra)

    return ShareWithoutIntraTrade(
        value=share(assumed), none_internal=share(0.0), all_internal=share(1.0)
    )


def _at(series: pd.Series[float], label: Hashable, name: str) -> float:
    """Return the one value at a label."""
    found = series[series.index == label]
    if len(found) != 1:
        problem = "occurs more than once" if len(found) else "is not there"
        raise ModelInputError(
            f"{name}: {label} {problem}; use one release and a label "
            f"from {validate.span(series.index)}"
        )
    return validate.number(found.iloc[0], f"{name} at {label}")


def _amounts(value: float | pd.Series[float], name: str) -> validate.FloatArray:
    """Return amounts as an array, finite and not negative."""
    numbers = validate.sample(value if isinstance(value, pd.Series) else [value], name)
    if (numbers < 0).any():
        raise ModelInputError(f"{name}: negative; pass an amount, not a balance or a change")
    return np.asarray(numbers)


def _check_labels(**amounts: float | pd.Series[float]) -> None:
    """Raise ModelInputError unless all are numbers, or all are series with the same labels."""
    (first_name, first), *others = amounts.items()
    for name, other in others:
        if isinstance(first, pd.Series) != isinstance(other, pd.Series):
            raise ModelInputError(f"{name}: pass numbers only or series only, like {first_name}")
        if not isinstance(first, pd.Series) or not isinstance(other, pd.Series):
            continue
        if first.index.has_duplicates or not first.index.equals(other.index):
            raise ModelInputError(
                f"{name}: its labels are not those of {first_name}; "
                "select the same years, each once, in the same order"
            )
