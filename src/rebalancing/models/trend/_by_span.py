"""What results with one row per span of time have in common."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from rebalancing.models import validate


@dataclass(frozen=True, eq=False, repr=False)
class BySpan:
    """Estimates by span of time.

    Attributes:
        table: One row per span, numbered from 1; columns start and end (labels of its first and
            last observation), change, lower, upper (average change, units of y per period) and
            what the estimate adds.
        level: Probability that an interval is to cover.
        cautions: What limits the intervals, in words, warnings included.
    """

    table: pd.DataFrame
    level: float
    cautions: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per span."""
        return self.table

    def __repr__(self) -> str:
        """Say what was estimated, with which result."""
        rows = [
            f"  {validate.label(row['start'])} to {validate.label(row['end'])}: "
            f"{row['change']:.4g} a period, {row['lower']:.4g} to {row['upper']:.4g}"
            f"{self._added(row)}"
            for row in self.table.to_dict("records")
        ]
        head = f"{type(self).__name__}: {len(rows)} {self.table.index.name}s"
        return "\n".join([f"{head}, {100 * self.level:g}% intervals", *rows])

    def _added(self, row: dict[object, object]) -> str:
        """Return what a row says beyond the average change."""
        del row
        return ""
