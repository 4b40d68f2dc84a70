"""Whole series against what they replace: size, sign, single periods, and figures out of place.

A wrong unit, factor or sign moves all periods alike. Changes from year to year show nothing of it,
and it is no revision either: those move some periods by a little. So each series of an economy is
measured as a whole, by the median over its periods, which single revisions do not move.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from rebalancing.data.compare._aligned import Aligned, BoolArray, FloatArray, IntArray
from rebalancing.data.compare._revised import PER_CENT, ROUNDING, Measures, differs

ROW = ["dataset", "series", "economy", "partner"]
COLUMNS = [
    *ROW,
    *("common", "factor", "even", "flipped", "jump", "spike", "spiked", "slipped", "elsewhere"),
]
ANOTHER, LATER, OLDER = "another series or economy", "another period", "an older release"

# A median of fewer common periods says little of the whole.
FEWEST = 10
# Values below this part of the series' median size are near zero: their ratios and signs say
# nothing, because a rounding can change them.
NEAR_ZERO = 0.25
# So many of the values that differ from before must be found elsewhere.
MOST = 0.8
# A value of a period that more series than this have is found everywhere.
SHARED = 5
# Ratios this near to each other, in logarithms, are the same.
EVEN = 0.005
# A series is a stale copy if every value that was revised since an older release is back at what it
# was then. Short values can come back by chance: 10.8 and 5.9 may, nine like 0.554 do not. So at
# least this many values must be back, with at least this many significant digits in all.
FEWEST_UNDONE, FEWEST_DIGITS = 2, 8


def sizes(aligned: Aligned, how: Measures, skipped: BoolArray) -> pd.DataFrame:
    """Return how each series of an economy that has changed differs as a whole.

    ``factor`` is the median ratio of new to old values, signs aside; ``even`` the share of values,
    in per cent, that have just this ratio; ``flipped`` the share that has another sign, in per
    cent. ``jump`` (of levels, a ratio) and ``spike`` (of rates, in widths of the range of the old
    values) are the largest revision that the periods before and after do not share, ``spiked`` is
    its period. ``slipped`` is the period of the first value that is ten or a hundred times what it
    was, or a part of it, while the periods before and after are not; empty where none is.
    ``elsewhere`` says where all values that differ are found, if they were held in another place.

    Args:
        aligned: The releases.
        how: As from `_revised.measures`.
        skipped: Rows that are left out because their unit changed.
    """
    concerned = aligned.comparable & ~skipped & differs(aligned.old, aligned.new).any(axis=1)
    row = np.flatnonzero(concerned)
    old, new = aligned.old[row], aligned.new[row]
    ratio = np.clip(_log_ratio(old, new), -50, 50)
    middle = _median(ratio)
    levels = (how.measure[row] == PER_CENT) | (how.gdp[row] >= 0)
    levels &= ~((old <= 0) | (new <= 0)).any(axis=1)
    alone, place = _alone(old, new, levels)
    table = pd.DataFrame(
        {
            "dataset": np.full(len(row), aligned.dataset),
            **{name: aligned.rows[name].to_numpy()[row] for name in ROW[1:]},
            "common": (~np.isnan(old + new)).sum(axis=1),
            "factor": np.exp(middle),
            "even": _share(np.abs(ratio - middle[:, None]) <= EVEN, ~np.isnan(ratio)),
            "flipped": _flipped(old, new),
            "jump": np.where(levels, np.exp(np.minimum(alone, 50)), np.nan),
            "spike": np.where(levels, np.nan, alone / _range(old)),
            "spiked": np.array([*aligned.periods, ""])[place],
            "slipped": np.array([*aligned.periods, ""])[_slipped(old, new)],
            "elsewhere": _elsewhere(aligned, row),
        }
    )
    few = table["common"] < FEWEST
    table.loc[few, ["factor", "even", "flipped", "jump", "spike"]] = np.nan
    return table[COLUMNS]


def _log_ratio(old: FloatArray, new: FloatArray) -> FloatArray:
    """Return log ratios of sizes, signs aside, where the old value is not near zero."""
    size = np.abs(old)
    far = size > NEAR_ZERO * _median(size)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(np.abs(new) / np.where(far, size, np.nan))


def _flipped(old: FloatArray, new: FloatArray) -> FloatArray:
    """Return the share of values that have the other sign, in per cent of those not near zero."""
    far = np.abs(old) > NEAR_ZERO * _median(np.abs(old))[:, None]
    far &= ~np.isnan(new)
    with np.errstate(invalid="ignore"):
        return _share(far & (np.sign(old) == -np.sign(new)), far)


def _share(part: BoolArray, whole: BoolArray) -> FloatArray:
    """Return how many of the values of each row, in per cent."""
    return np.asarray(100 * (part & whole).sum(axis=1) / np.maximum(whole.sum(axis=1), 1))


def _alone(old: FloatArray, new: FloatArray, levels: BoolArray) -> tuple[FloatArray, IntArray]:
    """Return the largest revision that no neighbour shares, and its column, -1 where none is.

    Of levels in logarithms. A publisher that redoes a series moves several years in a row, and the
    latest most of all.
    """
    old, new = old.copy(), new.copy()
    old[levels], new[levels] = np.log(old[levels]), np.log(new[levels])
    moved = new - old
    inner, left, right = moved[:, 1:-1], moved[:, :-2], moved[:, 2:]
    alone = np.minimum(np.abs(inner - left), np.abs(inner - right))
    alone = np.where(np.isnan(alone), 0.0, alone)
    if not alone.size:
        return np.zeros(len(old)), np.full(len(old), -1)
    place = alone.argmax(axis=1)
    size = alone[np.arange(len(old)), place]
    return size, np.where(size > 0, place + 1, -1)


def _slipped(old: FloatArray, new: FloatArray) -> IntArray:
    """Return the first column in which a decimal point slipped, -1 where none did.

    A rate of 3 that becomes 30 is within all that some series have done; that it is ten times what
    it was is none of the revisions held.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(np.abs(new / old))
        steps = np.round(ratio / np.log(10))
        slipped = (np.abs(ratio - steps * np.log(10)) <= EVEN) & (steps != 0)
    beside = np.pad(slipped, ((0, 0), (1, 1)))
    slipped &= ~beside[:, :-2] & ~beside[:, 2:]
    return np.where(slipped.any(axis=1), slipped.argmax(axis=1), -1)


def _range(values: FloatArray) -> FloatArray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        width = np.nanmax(values, axis=1) - np.nanmin(values, axis=1)
    return np.where(width > 0, width, np.nan)


def _elsewhere(aligned: Aligned, row: IntArray) -> list[str]:
    """Return where the values of each row that differ from before are found instead."""
    old, new = aligned.old, aligned.new
    other = differs(old[row], new[row])
    names = np.full(len(row), "", dtype=object)
    enough = other.sum(axis=1) >= FEWEST
    for name, found in (
        (OLDER, _in_older(aligned, row)),
        (LATER, _in_other_period(aligned, row)),
        (ANOTHER, _in_other_row(aligned, row)),
    ):
        share = (found & other).sum(axis=1) / np.maximum(other.sum(axis=1), 1)
        names[enough & (share >= MOST) & (names == "")] = name
    names[_undone(aligned, row) & (names == "")] = OLDER
    return list(names)


def _undone(aligned: Aligned, row: IntArray) -> BoolArray:
    """Return rows in which all that was revised since an older release is as it was then again.

    That is a stale copy, however few values the release before had revised.
    """
    old, new = aligned.old[row], aligned.new[row]
    undone, digits = np.zeros(len(row), dtype=np.bool_), _digits(new)
    for number in range(len(aligned.names) - 1):
        older = aligned.side(number)[row]
        revised = differs(older, old) & ~np.isnan(new)
        again = revised & _same(older, new)
        told = again.sum(axis=1) >= FEWEST_UNDONE
        told &= (again * digits).sum(axis=1) >= FEWEST_DIGITS
        earlier = number < aligned.before[-1][row]
        undone |= earlier & told & (again == revised).all(axis=1)
    return undone


def _digits(values: FloatArray) -> IntArray:
    """Return how many significant digits values have, up to `FEWEST_DIGITS`."""
    found = np.ones(values.shape, dtype=np.int64)
    with np.errstate(divide="ignore", invalid="ignore"):
        first = np.floor(np.log10(np.abs(values)))
        for number in range(1, FEWEST_DIGITS):
            unit = 10.0 ** (first - number + 1)
            is_longer = np.abs(values - np.round(values / unit) * unit) > ROUNDING * np.abs(values)
            found += is_longer
    return found


def _in_older(aligned: Aligned, row: IntArray) -> BoolArray:
    """Return which values are those of a release before the one that is replaced."""
    found = np.zeros((len(row), len(aligned.periods)), dtype=np.bool_)
    for number in range(len(aligned.names) - 1):
        earlier = number < aligned.before[-1][row]
        found |= earlier[:, None] & _same(aligned.side(number)[row], aligned.new[row])
    return found


def _in_other_period(aligned: Aligned, row: IntArray) -> BoolArray:
    """Return which values are the old ones of the period before, or of the one after."""
    old, new = aligned.old[row], aligned.new[row]
    gap = np.full((len(row), 1), np.nan)
    before, after = np.hstack([gap, old[:, :-1]]), np.hstack([old[:, 1:], gap])
    # One direction for a whole row: a value that repeats its neighbour's is no shift.
    found = [_same(side, new) for side in (before, after)]
    first = found[0].sum(axis=1) >= found[1].sum(axis=1)
    return np.where(first[:, None], found[0], found[1])


def _in_other_row(aligned: Aligned, row: IntArray) -> BoolArray:
    """Return which values are the old ones of one other row, of the same period."""
    held = _long(aligned.old, np.arange(len(aligned.rows)))
    # What many have is no sign of where a figure comes from: shares of 100%, rates of 2.5%.
    held = held[held.groupby(["period", "value"])["row"].transform("size") <= SHARED]
    both = _long(aligned.new[row], row).merge(held, on=["period", "value"], suffixes=("", "_held"))
    both = both[both["row"] != both["row_held"]]
    counts = both.groupby(["row", "row_held"]).size().sort_values(kind="stable").reset_index()
    likeliest = counts.drop_duplicates("row", keep="last").set_index("row")["row_held"]
    other = pd.Series(row).map(likeliest)
    known, source = other.notna().to_numpy(), other.fillna(0).to_numpy(dtype=np.int64)
    found = _same(aligned.old[source], aligned.new[row])
    return np.asarray(found & (known & ~_were_one(aligned, row, source))[:, None])


def _were_one(aligned: Aligned, row: IntArray, other: IntArray) -> BoolArray:
    """Return rows that had most of another row's values in some release before.

    PPP dollars are dollars for the United States. Where the World Bank has revised one of the two
    series ahead of the other, the next release makes them one again.
    """
    one = _mostly_same(aligned.old[row], aligned.old[other], 0)
    for number in range(len(aligned.names) - 1):
        side = aligned.side(number)
        one |= _mostly_same(side[row], side[other], FEWEST)
    return one


def _mostly_same(one: FloatArray, other: FloatArray, fewest: int) -> BoolArray:
    common = (~np.isnan(one + other)).sum(axis=1)
    return np.asarray((common >= fewest) & (2 * _same(one, other).sum(axis=1) >= common))


def _long(values: FloatArray, row: IntArray) -> pd.DataFrame:
    """Return values that are neither missing nor zero, with nine digits, by row and period."""
    line, period = np.nonzero(~np.isnan(values) & (values != 0))
    value = values[line, period]
    unit = 10.0 ** (np.floor(np.log10(np.abs(value))) - 8)
    return pd.DataFrame({"row": row[line], "period": period, "value": np.round(value / unit)})


def _same(one: FloatArray, other: FloatArray) -> BoolArray:
    with np.errstate(invalid="ignore"):
        return np.abs(one - other) <= ROUNDING * np.abs(one)


def _median(values: FloatArray) -> FloatArray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of rows without any value
        median: FloatArray = np.nanmedian(values, axis=1)
    return median
