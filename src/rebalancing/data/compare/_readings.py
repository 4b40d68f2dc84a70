"""Measures of a comparison; each is judged by the threshold of the same name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from rebalancing.data.compare import _breaks
from rebalancing.data.compare._names import Names
from rebalancing.data.compare.comparison import REMOVED, Comparison
from rebalancing.data.compare.thresholds import Thresholds

# With fewer values than this, no share is computed.
FEWEST = 20


@dataclass(frozen=True)
class ThresholdReading:
    """One measure: its value, what it says, and where it was found.

    ``said`` has ``{value}`` where the value goes, and may name a threshold as ``{own.name}``.
    """

    value: float
    said: str
    where: str = ""


def _watched_breaks(comparison: Comparison, own: Thresholds) -> ThresholdReading:
    broken = pd.concat([_shortened(comparison), comparison.units])
    concerned = _watched(broken, own).drop_duplicates(_breaks.ROW)
    names = Names(comparison.titles, own.watched)
    where = (names.row(one) for one in concerned.to_dict(orient="records"))
    said = "{value} series of watched economies vanished, became shorter or have another unit"
    return ThresholdReading(float(len(concerned)), said, names.some(where))


def _units_changed(comparison: Comparison, own: Thresholds) -> ThresholdReading:
    names = Names(comparison.titles, own.watched)
    share = _worst_share(comparison, comparison.units, "series")
    concerned = map(names.series, comparison.units["series"].unique())
    return ThresholdReading(
        share, "{value}% of the series have another unit", names.some(concerned)
    )


def _series_removed(comparison: Comparison, own: Thresholds) -> ThresholdReading:
    names = Names(comparison.titles, own.watched)
    gone = _removed(comparison, "series")
    return ThresholdReading(
        float(len(gone)), "{value} series gone", names.some(map(names.series, gone["code"]))
    )


def _economies_removed(comparison: Comparison, own: Thresholds) -> ThresholdReading:
    names = Names(comparison.titles, own.watched)
    gone = _removed(comparison, "economies").rename(columns={"code": "economy"})
    share = _worst_share(comparison, gone, "economies")
    where = names.several(gone["economy"], names.economy)
    return ThresholdReading(share, "{value}% of the economies are gone", where)


def _series_shortened(comparison: Comparison, own: Thresholds) -> ThresholdReading:
    share = _worst_share(comparison, _shortened(comparison), "series")
    said = "{value}% of the series vanished for an economy or lost their latest period"
    return ThresholdReading(share, said)


def _watched_points(comparison: Comparison, own: Thresholds) -> ThresholdReading:
    said = "a revision of {value} points of GDP for a watched economy"
    return _largest(comparison, own, comparison.revised, "points", said)


def _watched_unusual(comparison: Comparison, own: Thresholds) -> ThresholdReading:
    sds = _watched(comparison.revised, own)["sds"].abs().dropna()
    share = _per_cent((sds >= own.unusual_revision).sum(), len(sds)) if len(sds) >= FEWEST else 0.0
    said = (
        "{value}% of the revisions of watched economies are of at least {own.unusual_revision:g} "
        "robust standard deviations of past revisions"
    )
    return ThresholdReading(share, said)


def _watched_residual(comparison: Comparison, own: Thresholds) -> ThresholdReading:
    said = "an accounting residual of a watched economy that changed by {value}% of the total"
    return _largest(comparison, own, comparison.residuals, "change", said)


def _watched_outside(comparison: Comparison, own: Thresholds) -> ThresholdReading:
    said = (
        "a value of a watched economy {value} widths outside the range of all that its series has "
        "done"
    )
    return _largest(comparison, own, comparison.outside, "excess", said)


def _economies_with_large_revision(comparison: Comparison, own: Thresholds) -> ThresholdReading:
    revised = comparison.revised
    large = revised[revised["points"].abs() >= own.large_revision]
    said = (
        "{value}% of the economies have a revision of at least {own.large_revision:g} points of GDP"
    )
    return ThresholdReading(_worst_share(comparison, large, "economies"), said)


def _economies_with_large_residual(comparison: Comparison, own: Thresholds) -> ThresholdReading:
    residuals = comparison.residuals
    large = residuals[residuals["change"].abs() >= own.large_residual]
    said = (
        "{value}% of the economies have a residual that changed by at least "
        "{own.large_residual:g}% of the total"
    )
    return ThresholdReading(_worst_share(comparison, large, "economies"), said)


def _values_revised(comparison: Comparison, own: Thresholds) -> ThresholdReading:
    counts = comparison.counts
    share = _per_cent(counts["revised"].sum(), counts[["revised", "same"]].to_numpy().sum())
    return ThresholdReading(share, "{value}% of the values were revised")


def _values_outside(comparison: Comparison, own: Thresholds) -> ThresholdReading:
    outside = comparison.outside.drop_duplicates([*_breaks.ROW, "period"])
    fresh = comparison.counts[["revised", "added"]].to_numpy().sum()
    said = (
        "{value}% of the new and revised values are outside the range of all that their series "
        "have done"
    )
    return ThresholdReading(_per_cent(len(outside), fresh) if fresh >= FEWEST else 0.0, said)


def _watched(table: pd.DataFrame, own: Thresholds) -> pd.DataFrame:
    return table[table["economy"].isin(own.watched)]


def _shortened(comparison: Comparison) -> pd.DataFrame:
    return comparison.coverage[comparison.coverage["kind"] != _breaks.GAPS]


def _removed(comparison: Comparison, what: str) -> pd.DataFrame:
    changes = comparison.changes
    return changes[(changes["what"] == what) & (changes["change"] == REMOVED)]


def _largest(
    comparison: Comparison, own: Thresholds, table: pd.DataFrame, column: str, said: str
) -> ThresholdReading:
    """Return the largest size in a column among watched economies, and where it is."""
    known = _watched(table, own).dropna(subset=column)
    if known.empty:
        return ThresholdReading(0.0, said)
    sizes = known[column].abs().to_numpy()
    worst = known.iloc[int(sizes.argmax())].to_dict()
    where = f"{Names(comparison.titles, own.watched).row(worst)}, {worst['period']}"
    return ThresholdReading(float(sizes.max()), said, where)


def _worst_share(comparison: Comparison, concerned: pd.DataFrame, of: str) -> float:
    """Return how many economies or series of economies are concerned, in the worst dataset."""
    row = ["dataset", "economy"] if of == "economies" else _breaks.ROW
    number = concerned.drop_duplicates(row).groupby("dataset").size()
    whole = comparison.counts.set_index("dataset")[of]
    shares = [_per_cent(number[dataset], whole[dataset]) for dataset in number.index]
    return max(shares, default=0.0)


def _per_cent(part: float, whole: float) -> float:
    return float(100 * part / whole) if whole else 0.0


READINGS: dict[str, Callable[[Comparison, Thresholds], ThresholdReading]] = {
    "watched_breaks": _watched_breaks,
    "units_changed": _units_changed,
    "series_removed": _series_removed,
    "economies_removed": _economies_removed,
    "series_shortened": _series_shortened,
    "watched_points": _watched_points,
    "watched_unusual": _watched_unusual,
    "watched_residual": _watched_residual,
    "watched_outside": _watched_outside,
    "economies_with_large_revision": _economies_with_large_revision,
    "economies_with_large_residual": _economies_with_large_residual,
    "values_revised": _values_revised,
    "values_outside": _values_outside,
}
