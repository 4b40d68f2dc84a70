"""The result that the unit-root tests share."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from rebalancing.models import validate
from rebalancing.models.validate import ModelInputError

UNIT_ROOT = "unit root"
# No statistic of a series with a random part comes near this; rounding errors alone go beyond.
_NO_RESIDUAL = 1e6

Terms = Literal["n", "c", "t", "ct"]  # of a regression: none, a constant, a trend, both


class NothingRandomError(ModelInputError):
    """A series that follows from its own past exactly, as some that publishers estimate."""

    def __init__(self) -> None:
        super().__init__(
            "y: follows a straight line or a recursion exactly, so there is nothing random to "
            "test; leave this series out"
        )


@dataclass(frozen=True, eq=False, repr=False)
class UnitRootTest:
    """One test, with what is needed to judge it.

    Attributes:
        test: Name of the test.
        statistic: Test statistic, without a unit.
        p_value: Asymptotic p-value, from 0 to 1.
        p_value_bound: "at most 0.01" and the like where the statistic is outside the published
            table and `p_value` is the table's last entry; otherwise None.
        lags: Lagged changes in the regression, or lags in the long-run variance.
        trend: Deterministic terms: "n" none, "c" constant, "ct" also a trend; for
            Zivot-Andrews what breaks: "c" the level, "t" the slope, "ct" both.
        null: The null hypothesis.
        critical_values: By size of the test, "1%", "5%" and so on.
        break_label: Label of the last observation before the break, or None without one.
        n: Number of observations given.
        cautions: The warnings given, in words.
    """

    test: str
    statistic: float
    p_value: float
    p_value_bound: str | None
    lags: int
    trend: Terms
    null: str
    critical_values: Mapping[str, float]
    break_label: Hashable | None
    n: int
    cautions: tuple[str, ...] = ()

    @property
    def rejects(self) -> bool:
        """Whether the null hypothesis is rejected at 5%, by the critical value."""
        critical = self.critical_values["5%"]
        if self.test == "KPSS":
            return self.statistic > critical
        return self.statistic < critical

    @property
    def verdict(self) -> str:
        """The result in words."""
        what = "stationarity" if self.test == "KPSS" else "the unit root"
        return f"{'rejects' if self.rejects else 'does not reject'} {what} at 5%"

    @property
    def p_value_text(self) -> str:
        """The p-value, or its bound, as it is to be printed."""
        if self.p_value_bound is not None:
            return self.p_value_bound
        return f"{self.p_value:.3f}" if self.p_value >= 0.0005 else "below 0.001"

    def to_frame(self) -> pd.DataFrame:
        """Return one row, named after the test, with the columns of `battery`."""
        row = {
            "statistic": self.statistic,
            "lags": self.lags,
            "p_value": self.p_value,
            "p_value_bound": self.p_value_bound,
            "null": self.null,
            "break": self.break_label,
            "rejects": self.rejects,
            "verdict": self.verdict,
        }
        return pd.DataFrame([row], index=pd.Index([self.test], name="test"), dtype=object).astype(
            {"statistic": float, "lags": int, "p_value": float, "rejects": bool}
        )

    def __repr__(self) -> str:
        """Say what was tested, on which sample, with which result."""
        critical = ", ".join(f"{size} {value:.3f}" for size, value in self.critical_values.items())
        broken = (
            ""
            if self.break_label is None
            else f"  break after: {validate.label(self.break_label)}\n"
        )
        return (
            f"{self.test}: {self.n} observations, trend {self.trend!r}, lags {self.lags}\n"
            f"  null: {self.null}\n"
            f"  statistic: {self.statistic:.4f}, p-value: {self.p_value_text}\n"
            f"{broken}"
            f"  critical values: {critical}\n"
            f"  {self.verdict}"
        )


def result(
    test: str,
    data: pd.Series[float],
    statistic: float,
    p_value: float,
    lags: int,
    trend: Terms,
    critical: Mapping[str, float],
    *,
    null: str = UNIT_ROOT,
    bounds: tuple[float, float] = (-1.0, 2.0),
    break_label: Hashable | None = None,
) -> UnitRootTest:
    """Return the result in the form that all tests share.

    Args:
        test: Name of the test.
        data: Observations.
        statistic: Test statistic.
        p_value: As tabulated.
        lags: As used.
        trend: As asked for.
        critical: Critical values by size.
        null: The null hypothesis.
        bounds: The smallest and largest p-value of the table, outside which only these are known.
        break_label: Last label before the break.

    Raises:
        NothingRandomError: The regression leaves no residual.
    """
    if not np.isfinite(statistic) or abs(statistic) > _NO_RESIDUAL:
        raise NothingRandomError
    lowest, highest = bounds
    bound = None
    if p_value <= lowest + 1e-12:
        bound = f"at most {lowest:.2f}"
    elif p_value >= highest - 1e-12:
        bound = f"at least {highest:.2f}"
    return UnitRootTest(
        test, float(statistic), float(p_value), bound, int(lags), trend, null,
        {size: float(value) for size, value in critical.items()}, break_label, len(data),
    )  # fmt: skip
