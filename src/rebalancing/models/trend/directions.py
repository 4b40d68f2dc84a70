"""Which way a series goes: average changes and slopes of lines, side by side.

If the series returns to a line, the line's slope is the better estimate of its direction. If it
wanders, with a unit root, the slope's interval is too narrow and the average change is all there
is. Where the two disagree, the data do not settle the direction.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from rebalancing.models.longrun import Lags
from rebalancing.models.trend._by_span import BySpan
from rebalancing.models.trend._regime_slopes import regime_slopes
from rebalancing.models.trend.mean_changes import mean_changes


@dataclass(frozen=True, eq=False, repr=False)
class Directions(BySpan):
    """Average changes and slopes by regime.

    The average change is from the last observation before the regime. The table also has slope,
    slope_lower, slope_upper (Newey-West), bootstrap_lower, bootstrap_upper (of the slope).

    Attributes:
        has_persistent_errors: Whether the residuals around the lines are as persistent as after a
            unit root, so that the slopes' intervals are too narrow.
    """

    has_persistent_errors: bool

    def _added(self, row: dict[object, object]) -> str:
        return f"; slope of a line {row['slope']:.4g}"


def directions(
    y: pd.Series[float],
    breaks: Sequence[Hashable] = (),
    *,
    level: float = 0.95,
    lags: Lags = "auto",
    replications: int = 1999,
    seed: int = 0,
) -> Directions:
    """Return the average change and the slope of a straight line in each regime of a series.

    The slopes and their intervals are those of `trend.regime_slopes`, the average changes those of
    `mean_changes`. Breaks are taken as known.

    Args:
        y: Observations in order, evenly spaced, in any unit.
        breaks: Labels of the last observation of each regime but the last, in order; none for the
            whole series as one regime.
        level: Probability that the intervals are to cover.
        lags: Of the standard errors, at most half of the observations or changes.
        replications: Bootstrap samples for the slopes.
        seed: Of the bootstrap's random numbers.

    Raises:
        ModelInputError: Data, breaks or options that cannot be used as they are.

    Warns:
        SmallSampleWarning: A regime of fewer than 10 observations or changes.
        PersistentErrorsWarning: Residuals that may have a unit root.
    """
    lines = regime_slopes(y, breaks, level=level, lags=lags, replications=replications, seed=seed)
    edges = [lines.observed.index[0], *breaks, lines.observed.index[-1]]
    averages = mean_changes(y, list(pairwise(edges)), level=level, lags=lags)
    slopes = lines.slopes.rename(columns={"lower": "slope_lower", "upper": "slope_upper"})
    changes = averages.table[["change", "lower", "upper"]].set_axis(slopes.index)
    columns = ["slope", "slope_lower", "slope_upper", "bootstrap_lower", "bootstrap_upper"]
    table = slopes[["start", "end"]].join(changes).join(slopes[columns])
    cautions = (*lines.cautions, *averages.cautions)
    return Directions(table, level, cautions, lines.has_persistent_errors)
