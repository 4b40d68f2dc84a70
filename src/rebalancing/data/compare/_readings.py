"""Measures of a comparison; each is judged by the threshold of the same name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rebalancing.data.compare import _breaks
from rebalancing.data.compare._names import Names
from rebalancing.data.compare.comparison import REMOVED, Comparison
from rebalancing.data.compare.thresholds import Thresholds

# With fewer values than this, no share is computed.
FEWEST = 20
RECENT = 15  # periods in which a revision of GDP is told to readers
# From this share of periods on, in per cent, one factor is that of the whole series.
EVEN = 80


@dataclass(frozen=True)
class ThresholdReading:
    """One measure: its value, what it says, and where it was found.

    ``said`` has ``{value}`` where the value goes, and may name a threshold as ``{own.name}``.
    """

    value: float
    said: str
    where: str = ""


def _watched_breaks(comparison: Comparison, own: Thresholds) -> ThresholdReading:
    said = "{value} series of watched economies vanished, lost periods or have another unit"
    return _breaks_of(comparison, own, own.watched, said)


def _watched_units(comparison: Comparison, own: Thresholds) -> ThresholdReading:
    said = "{value} series of watched economies have another unit, or values near a power of ten"
    return _counted(comparison, own, _watched(_other_units(comparison), own), said)


def _own_breaks(comparison: Comparison, own: Thresholds) -> ThresholdReading:
    said = "{value} series of the report's own economy vanished, lost periods or have another unit"
    return _breaks_of(comparison, own, own.own, said)


def _breaks_of(
    comparison: Comparison, own: Thresholds, economies: tuple[str, ...], said: str
) -> ThresholdReading:
    broken = pd.concat([_shortened(comparison), _other_units(comparison)])
    return _counted(comparison, own, broken[broken["economy"].isin(economies)], said)


def _counted(
    comparison: Comparison, own: Thresholds, rows: pd.DataFrame, said: str
) -> ThresholdReading:
    """Return how many series of an economy the rows are about, and which."""
    concerned = rows.drop_duplicates(_breaks.ROW)
    names = Names(comparison.titles, own.watched)
    where = (names.row(one) for one in concerned.to_dict(orient="records"))
    return ThresholdReading(float(len(concerned)), said, names.some(where))


def _base_years(comparison: Comparison, own: Thresholds) -> ThresholdReading:
    units = comparison.units[comparison.units["kind"] == _breaks.BASE]
    changes = units[["before", "after"]].drop_duplicates().to_dict(orient="records")
    where = (f"{one['before']} → {one['after']}" for one in changes)
    names = Names(comparison.titles, own.watched)
    return ThresholdReading(
        float(len(changes)), "{value} units with another base year", names.some(where)
    )


def _units_changed(comparison: Comparison, own: Thresholds) -> ThresholdReading:
    names = Names(comparison.titles, own.watched)
    units = _other_units(comparison)
    share = _worst_share(comparison, units, "series")
    concerned = map(names.series, units["series"].unique())
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


def _own_gdp(comparison: Comparison, own: Thresholds) -> ThresholdReading:
    revised = comparison.revised
    gdp = revised[revised["is_gdp"].astype(bool) & revised["economy"].isin(own.own)]
    periods = np.unique(gdp["period"])[-RECENT:]
    gdp = gdp[gdp["period"].isin(periods)]
    said = "the GDP of the report's own economy was revised by {value}%"
    return _largest(comparison, own, gdp, "size", said)


def _watched_factor(comparison: Comparison, own: Thresholds) -> ThresholdReading:
    said = "a series of a watched economy is {value} times what it was, or so many times less"
    sizes = comparison.sizes.assign(times=_times(comparison.sizes["factor"]))
    return _largest(comparison, own, sizes, "times", said)


def _watched_even(comparison: Comparison, own: Thresholds) -> ThresholdReading:
    said = "a series of a watched economy differs by {value}%, by one factor in nearly all periods"
    even = comparison.sizes[comparison.sizes["even"] >= EVEN]
    even = even.assign(per_cent=100 * (_times(even["factor"]) - 1))
    return _largest(comparison, own, even, "per_cent", said)


def _watched_flipped(comparison: Comparison, own: Thresholds) -> ThresholdReading:
    said = "a series of a watched economy has the other sign in {value}% of its periods"
    return _largest(comparison, own, comparison.sizes, "flipped", said)


def _watched_jump(comparison: Comparison, own: Thresholds) -> ThresholdReading:
    said = "a value of a watched economy is {value} times what it was, or less, but no neighbour is"
    return _largest(comparison, own, comparison.sizes, "jump", said)


def _watched_spike(comparison: Comparison, own: Thresholds) -> ThresholdReading:
    said = (
        "a rate of a watched economy was revised by {value} widths of the range of all that its "
        "series had done, but its neighbours were not"
    )
    return _largest(comparison, own, comparison.sizes, "spike", said)


def _watched_slipped(comparison: Comparison, own: Thresholds) -> ThresholdReading:
    said = "{value} series of watched economies have a value in which a decimal point slipped"
    return _number_told(comparison, own, "slipped", said)


def _watched_elsewhere(comparison: Comparison, own: Thresholds) -> ThresholdReading:
    said = "{value} series of watched economies hold figures of another place"
    return _number_told(comparison, own, "elsewhere", said)


def _number_told(
    comparison: Comparison, own: Thresholds, column: str, said: str
) -> ThresholdReading:
    """Count the series of watched economies of which a column of sizes tells something."""
    found = _watched(comparison.sizes[comparison.sizes[column] != ""], own)
    names = Names(comparison.titles, own.watched)
    where = (f"{names.row(one)}, {one[column]}" for one in found.to_dict(orient="records"))
    return ThresholdReading(float(len(found)), said, names.some(where))


def _series_factor(comparison: Comparison, own: Thresholds) -> ThresholdReading:
    said = "a series is {value} times what it was, or so many times less, for half of the economies"
    return _worst_series(comparison, own, "factor", said, lambda middle: max(middle, 1 / middle))


def _series_flipped(comparison: Comparison, own: Thresholds) -> ThresholdReading:
    said = "a series has the other sign in {value}% of its periods for half of the economies"
    return _worst_series(comparison, own, "flipped", said, float)


def _series_elsewhere(comparison: Comparison, own: Thresholds) -> ThresholdReading:
    found = comparison.sizes[comparison.sizes["elsewhere"] != ""]
    said = "{value}% of the series hold figures of another place"
    return ThresholdReading(_worst_share(comparison, found, "series"), said)


def _worst_series(
    comparison: Comparison,
    own: Thresholds,
    column: str,
    said: str,
    put: Callable[[float], float],
) -> ThresholdReading:
    """Return the worst median over the economies of a series, of those that many have.

    An economy whose series did not change counts as one where nothing differs.
    """
    counts = comparison.counts
    economies = dict(zip(counts["dataset"], counts["economies"], strict=True))
    worst, where = 0.0, ""
    for (dataset, series), group in comparison.sizes.groupby(["dataset", "series"]):
        values = group[column].dropna()
        # Half of the economies that the dataset has must be among those that changed.
        if len(values) < FEWEST or 2 * len(values) < economies[dataset]:
            continue
        value = put(float(values.median()))
        if value > worst:
            worst, where = value, Names(comparison.titles, own.watched).series(str(series))
    return ThresholdReading(worst, said, where)


def _times(factor: pd.Series) -> pd.Series:
    """Return how many times larger or smaller, never below one."""
    return factor.astype("float64").where(factor >= 1, 1 / factor)


def _other_units(comparison: Comparison) -> pd.DataFrame:
    return comparison.units[comparison.units["kind"] != _breaks.BASE]


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
    place = Names(comparison.titles, own.watched).row(worst)
    period = worst.get("period") or (worst["spiked"] if column in {"jump", "spike"} else "")
    where = f"{place}, {period}" if period else place
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
    "own_breaks": _own_breaks,
    "own_gdp": _own_gdp,
    "watched_factor": _watched_factor,
    "watched_even": _watched_even,
    "watched_flipped": _watched_flipped,
    "watched_jump": _watched_jump,
    "watched_spike": _watched_spike,
    "watched_slipped": _watched_slipped,
    "watched_elsewhere": _watched_elsewhere,
    "series_factor": _series_factor,
    "series_flipped": _series_flipped,
    "series_elsewhere": _series_elsewhere,
    "base_years": _base_years,
    "watched_units": _watched_units,
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
