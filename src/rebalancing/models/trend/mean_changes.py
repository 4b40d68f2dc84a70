"""Average changes of a series over spans of time, with intervals that allow for a unit root."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Sequence

import numpy as np
import pandas as pd
from scipy.stats import t as student

from rebalancing.models import validate
from rebalancing.models.longrun import Lags, bartlett_lags, bartlett_sum
from rebalancing.models.trend._by_span import BySpan
from rebalancing.models.validate import FloatArray, ModelInputError
from rebalancing.models.warnings import SmallSampleWarning

FEWEST_CHANGES = 3
FEW_CHANGES = 10


class MeanChanges(BySpan):
    """Average changes by span; the table also has se and n (changes)."""


def mean_changes(
    y: pd.Series[float] | Sequence[float] | FloatArray,
    spans: Sequence[tuple[Hashable, Hashable]],
    *,
    level: float = 0.95,
    lags: Lags = "auto",
) -> MeanChanges:
    """Return the average change of a series from the start to the end of each span.

    The average is the last value less the first over the number of changes; its standard error is
    that of a mean of the changes, the larger of the usual one and that of Newey and West (1987),
    Econometrica 55, by default with 4 (n/100)^(2/9) lags rounded down, both with n - 1 degrees of
    freedom.
    Unlike the slope of a line (`trend.regime_slopes`), it is right where the series has a unit
    root: then the average change is all that there is to know of a direction. Where the series is
    stationary around a line, the interval is too wide. Spans chosen by looking at the series, as
    from its lowest point, give a change that is too far from zero.

    Args:
        y: Observations in order, evenly spaced, in any unit.
        spans: Labels of the first and the last observation of each span; they may overlap.
        level: Probability to cover.
        lags: Of the latter standard error, at most half of the changes.

    Raises:
        ModelInputError: Data or spans that cannot be used as they are.

    Warns:
        SmallSampleWarning: Fewer than 10 changes in a span.
    """
    data = validate.time_series(y, at_least=FEWEST_CHANGES + 1)
    level = validate.probability(level)
    values, rows = validate.sample(data), []
    for start, end in spans:
        first, last = (validate.position(data.index, label, "spans") for label in (start, end))
        changes = np.diff(values[first : last + 1])
        if len(changes) < FEWEST_CHANGES:
            raise ModelInputError(
                f"spans: from {validate.label(start)} to {validate.label(end)} there are "
                f"{len(changes)} changes, and an average with an interval needs at least "
                f"{FEWEST_CHANGES}; use a longer span"
            )
        centre, error = float(changes.mean()), _standard_error(changes, lags)
        half = float(student.ppf(0.5 + level / 2, len(changes) - 1)) * error
        rows.append((start, end, centre, error, centre - half, centre + half, len(changes)))
    columns = ["start", "end", "change", "se", "lower", "upper", "n"]
    table = pd.DataFrame(rows, columns=columns, index=pd.RangeIndex(1, len(rows) + 1, name="span"))
    return MeanChanges(table, level, _cautions(table["n"]))


def _standard_error(changes: FloatArray, lags: Lags) -> float:
    """Return the standard error of the mean, the larger with and without autocorrelation.

    A few negative autocovariances, which chance gives a short span, would make it far too small.
    """
    n = len(changes)
    centred = changes - changes.mean()
    own, long_run = (bartlett_sum(centred, number) for number in (0, bartlett_lags(n, lags)))
    return float(np.sqrt(max(own, long_run) / (n * (n - 1))))


def _cautions(counts: pd.Series[int]) -> tuple[str, ...]:
    """Warn of short spans, and return the warning in words."""
    few = [str(n) for n in counts if n < FEW_CHANGES]
    if not few:
        return ()
    text = (
        f"Spans of {' and '.join(few)} changes are short for an average with an interval "
        f"({FEW_CHANGES} or more are better)."
    )
    warnings.warn(text, SmallSampleWarning, stacklevel=3)
    return (text,)
