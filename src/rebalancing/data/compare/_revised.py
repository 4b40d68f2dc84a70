"""Revised values: how large they are, in points of GDP and against past revisions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pandas as pd

from rebalancing.data.compare._aligned import NONE, Aligned, BoolArray, FloatArray, IntArray

POINTS, PER_CENT, DIFFERENCE = "points of GDP", "per cent", "difference"
COLUMNS = [
    *("dataset", "series", "economy", "partner", "period", "before", "after", "unit", "measure"),
    *("share_before", "share_after", "size", "points", "sds", "past_revisions", "pairs"),
    "is_gdp",
]

# Smaller differences come from digits that a publisher writes in one file and drops in the next.
# They are no revisions.
ROUNDING = 1e-8
# Smaller past revisions do not count when we measure how large revisions usually are: now and then
# publishers only round their history differently.
SMALLEST = 0.01
# With fewer past revisions than this, their spread says little.
FEWEST = 8

# The GDP series by which items of the same dataset and unit are divided.
GDP = {
    "unsd-ama": ("GDP",),
    "imf-weo": ("NGDPD",),
    "worldbank-wdi": ("NY.GDP.MKTP.CD", "NY.GDP.MKTP.CN", "NY.GDP.MKTP.KD", "NY.GDP.MKTP.KN"),
    "nbs": ("GDP_EXP",),
}
# Marks series per head: they share the unit of GDP but are no part of it.
PER_HEAD = "PCAP"
OF_GDP = re.compile(r"(%|per ?cent) (of )?GDP", re.IGNORECASE)
RATE = re.compile(r"%|per ?cent|share|ratio|^flag|year|50 = no change", re.IGNORECASE)


@dataclass(frozen=True, eq=False, repr=False)
class Measures:
    """How a revision of each row is measured.

    Attributes:
        measure: POINTS, PER_CENT or DIFFERENCE.
        gdp: The row by which a row is divided; -1 where it is not.
        is_gdp: Rows that are GDP itself.
    """

    measure: npt.NDArray[np.str_]
    gdp: IntArray
    is_gdp: BoolArray

    def put(self, values: FloatArray) -> FloatArray:
        """Return items as per cent of the same release's GDP, everything else as it is."""
        base = values[self.gdp]
        base = np.where((self.gdp < 0)[:, None] | (base <= 0), np.nan, base)
        return np.where((self.gdp < 0)[:, None], values, 100 * values / base)

    def sizes(self, before: FloatArray, after: FloatArray) -> FloatArray:
        """Return revisions, each row in its measure."""
        change = self.put(after) - self.put(before)
        relative = self.measure == PER_CENT
        if relative.any():
            change[relative] *= 100 / _scale(before[relative])
        return change


def measures(aligned: Aligned, publisher: str) -> Measures:
    """Return how each row is measured.

    In points of GDP: series that are in per cent of GDP, and items in the unit of a GDP of the same
    economy, dataset and release. Other rates: by their difference. Levels, GDP among them: in per
    cent of the old value.
    """
    gdp = np.full(len(aligned.rows), -1)
    source = aligned.before[-1]
    series = aligned.rows["series"]
    codes = GDP.get(publisher, ())
    possible = (
        aligned.comparable
        & (aligned.rows["partner"] == NONE).to_numpy()
        & ~series.isin(codes).to_numpy()
        & ~series.str.contains(PER_HEAD, regex=False).to_numpy()
    )
    for code in codes:
        row = aligned.find(code)
        fits = (
            possible
            & (row >= 0)
            & aligned.comparable[row]
            & (aligned.new_unit[row] == aligned.new_unit)
            & (source[row] == source)
        )
        gdp = np.where(fits, row, gdp)
    unit = np.where(aligned.has[-1], aligned.new_unit, aligned.old_unit)
    measure = np.where(_matches(unit, RATE), DIFFERENCE, PER_CENT)
    measure = np.where((gdp >= 0) | _matches(unit, OF_GDP), POINTS, measure)
    return Measures(measure, gdp, series.isin(codes).to_numpy())


def revised(aligned: Aligned, how: Measures, skipped: BoolArray) -> pd.DataFrame:
    """Return the values that both sides have and that differ, in no particular order.

    Args:
        aligned: The releases.
        how: As from `measures`.
        skipped: Rows that are left out because their unit changed.
    """
    old, new = aligned.old, aligned.new
    row, column = np.nonzero(differs(old, new) & (aligned.comparable & ~skipped)[:, None])
    size = how.sizes(old, new)[row, column]
    share = how.gdp[row] >= 0
    share_before, share_after = how.put(old)[row, column], how.put(new)[row, column]
    past = _past(aligned, how)
    in_points = (how.measure[row] == POINTS) | how.is_gdp[row]
    return pd.DataFrame(
        {
            "dataset": aligned.dataset,
            **{name: aligned.rows[name].to_numpy()[row] for name in aligned.rows},
            "period": np.array(aligned.periods)[column],
            "before": old[row, column],
            "after": new[row, column],
            "unit": aligned.new_unit[row],
            "measure": how.measure[row],
            "share_before": np.where(share, share_before, np.nan),
            "share_after": np.where(share, share_after, np.nan),
            "size": size,
            "points": np.where(in_points, size, np.nan),
            "sds": size / past["spread"].to_numpy()[row],
            "past_revisions": past["number"].to_numpy()[row],
            "pairs": past["pairs"].to_numpy()[row],
            "is_gdp": how.is_gdp[row],
        }
    )[COLUMNS]


def differs(old: FloatArray, new: FloatArray) -> BoolArray:
    """Return where both sides have a value and it is not the same."""
    with np.errstate(invalid="ignore"):
        return np.abs(new - old) > ROUNDING * np.maximum(np.abs(old), np.abs(new))


def ranked(table: pd.DataFrame) -> pd.DataFrame:
    """Return revisions in order of severity.

    First those in points of GDP, by size; then the others by their distance from past revisions;
    then those without either. The key settles ties.
    """
    order = {
        "a": -table["points"].abs(),
        "b": -table["sds"].abs(),
        "c": -table["size"].abs(),
    }
    keys = ["a", "b", "c", "dataset", "series", "economy", "partner", "period"]
    ranks = table.assign(**order).sort_values(keys, na_position="last")
    return table.loc[ranks.index].reset_index(drop=True)


def _past(aligned: Aligned, how: Measures) -> pd.DataFrame:
    """Return number, pairs of releases and spread of the past revisions of each row.

    Most values of a release are those of the one before; what counts is how far a value moves when
    it does, so the spread is of revisions of at least SMALLEST. It is 1.4826 times their median
    absolute size: the median absolute deviation from zero, because no revision is what one
    expects, and because revisions that are all alike have no deviation from their median. With
    fewer than FEWEST there is none.
    """
    found: list[FloatArray] = []
    pairs = np.zeros(len(aligned.rows), dtype=np.int64)
    for number in range(1, len(aligned.names) - 1):
        source = aligned.before[number]
        both = (source >= 0) & aligned.has[number] & (aligned.unit_of(source) == aligned.new_unit)
        both &= aligned.units[number] == aligned.new_unit
        before, after = aligned.of(source), aligned.side(number)
        sizes = how.sizes(before, after)
        with np.errstate(invalid="ignore"):
            counts = both[:, None] & (np.abs(sizes) >= SMALLEST) & np.isfinite(sizes)
        found.append(np.where(counts, sizes, np.nan))
        pairs += both
    past = np.hstack(found) if found else np.full((len(pairs), 1), np.nan)
    number = (~np.isnan(past)).sum(axis=1)
    spread = np.full(len(pairs), np.nan)
    if (enough := number >= FEWEST).any():
        known = past[enough]
        spread[enough] = np.nanmedian(np.abs(known), axis=1) / NormalDist().inv_cdf(0.75)
    return pd.DataFrame({"number": number, "pairs": pairs, "spread": spread})


def _scale(levels: FloatArray) -> FloatArray:
    """Return what levels are divided by: their size, or the row's median size if it changes sign.

    The balance of trade can be near zero, where a small revision would be many per cent.
    """
    size = np.abs(levels)
    mixed = (levels > 0).any(axis=1) & (levels < 0).any(axis=1)
    size[mixed] = np.nanmedian(size[mixed], axis=1, keepdims=True) if mixed.any() else 0
    return np.where(size == 0, np.nan, size)


def _matches(unit: npt.NDArray[np.str_], pattern: re.Pattern[str]) -> BoolArray:
    known, place = np.unique(unit, return_inverse=True)
    return np.array([bool(pattern.search(text)) for text in known], dtype=np.bool_)[place]
