"""What the estimation of breaks returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from rebalancing.models import validate


@dataclass(frozen=True, eq=False, repr=False)
class Breaks:
    """Estimated breaks with the tests that chose their number.

    Attributes:
        n_breaks: The number of breaks chosen.
        positions: Last observation of each regime but the last, counted from 1.
        labels: The index labels of those observations.
        intervals: Confidence intervals of the positions, as pairs, at ``level``.
        level: Probability that each interval is meant to cover.
        covariance: What was assumed of the errors.
        params: Coefficients of x by regime (1, 2, ...), in units of y per unit of x.
        bse: Their standard errors.
        ssr: Sum of squared residuals, in units of y squared.
        sup_f: supF(k) of no break against k, by k.
        sequential: supF(l + 1 | l), by l + 1; missing where no regime is long enough for one more.
        ud_max: The largest of ``sup_f``, up to five breaks.
        critical_values: By test and number of breaks, one column per significance level.
        bic: Criterion of Yao (1988, Statistics and Probability Letters 6), by number of breaks
            from 0: log(ssr / T) + p log(T) / T, with p the number of dates and coefficients.
        lwz: Criterion of Liu, Wu and Zidek (1997, Statistica Sinica 7), which punishes more.
        partitions: Positions of the best partition, by number of breaks.
        regimes: First label, last label and number of observations of each regime.
        fitted: The regression's value for each observation.
        selected_by: The rule that chose the number.
        cautions: What limits the results, in words, warnings included.
    """

    n_breaks: int
    positions: tuple[int, ...]
    labels: tuple[Any, ...]
    intervals: tuple[tuple[int, int], ...]
    level: float
    covariance: str
    params: pd.DataFrame
    bse: pd.DataFrame
    ssr: float
    sup_f: pd.Series[float]
    sequential: pd.Series[float]
    ud_max: float
    critical_values: pd.DataFrame
    bic: pd.Series[float]
    lwz: pd.Series[float]
    partitions: dict[int, tuple[int, ...]]
    regimes: pd.DataFrame
    fitted: pd.Series[float]
    selected_by: str
    cautions: tuple[str, ...]

    @property
    def label_intervals(self) -> tuple[tuple[Any, Any], ...]:
        """The intervals as index labels, cut off at the ends of the sample."""
        index = self.fitted.index
        last = len(index)
        return tuple(
            (index[max(low, 1) - 1], index[min(high, last) - 1]) for low, high in self.intervals
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row per regime: span, coefficients, standard errors, interval of its end."""
        frame = self.regimes.join(self.params).join(self.bse.add_suffix("_se"))
        ends: list[tuple[Any, Any]] = [*self.label_intervals, (None, None)]
        frame["end_lower"], frame["end_upper"] = zip(*ends, strict=True)
        return frame

    def __repr__(self) -> str:
        """Say what was found on which sample, and how the number was chosen."""
        found = "; ".join(
            f"{validate.label(at)} ({validate.label(low)} to {validate.label(high)})"
            for at, (low, high) in zip(self.labels, self.label_intervals, strict=True)
        )
        return (
            f"Breaks: {self.n_breaks} in {len(self.fitted)} observations, "
            f"{validate.span(self.fitted.index)}, chosen by {self.selected_by}\n"
            f"  after: {found or 'none'} ({100 * self.level:g}% intervals, {self.covariance})\n"
            f"  supF: {', '.join(f'{value:.2f}' for value in self.sup_f)}; UDmax "
            f"{self.ud_max:.2f} (5%: {self.critical_values.loc[('ud_max', 0), 0.05]:.2f})\n"
            f"{self.params.to_string()}"
        )
