"""Log-mean Divisia splits of products of factors."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

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
    before = checked(start, "start")
    after = checked(end, "end")
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


def checked(values: Factors, name: str) -> pd.DataFrame:
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
    complete = pd.DataFrame(
        {column: validate.sample(frame[column], f"{name}, {column}") for column in frame.columns},
        frame.index,
    )
    if (complete < 0).to_numpy().any():
        column = complete.columns[(complete < 0).any()][0]
        raise ModelInputError(
            f"{name}: {column} is negative, and a logarithm is taken; split another quantity, or "
            "use growth_contributions for a sum of items of either sign"
        )
    return complete
