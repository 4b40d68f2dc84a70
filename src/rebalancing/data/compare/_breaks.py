"""Breaks between two releases: coverage, units, accounting identities, values never seen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from rebalancing.data.compare._aligned import Aligned, BoolArray, FloatArray, IntArray
from rebalancing.data.compare._revised import PER_CENT, POINTS, Measures, differs

ROW = ["dataset", "series", "economy", "partner"]
ROW_KEY = ("economy", "partner", "series")
COVERAGE = [*ROW, "kind", "before", "after", "values_lost"]
UNITS = [*ROW, "kind", "before", "after", "factor"]
RESIDUALS = ["dataset", "economy", "period", "before", "after", "change"]
OUTSIDE = [*ROW, "period", "kind", "value", "lowest", "highest", "excess", "was"]

VANISHED, SHORTER, GAPS = "vanished", "lost its latest period", "has gaps"
THINNED, BEHIND = "lost most of its periods", "ends earlier than in another dataset"
WORDING, FACTOR, BASE = "unit text", "power of ten", "base year"
LEVEL, CHANGE = "level", "yearly change"

# A ratio within 10% of a power of ten, in three common periods or more, is another unit.
TOLERANCE = np.log10(1.1)
FEWEST_RATIOS = 3
# A series that loses this part of its values is another one.
MOST_LOST = 0.5
# A dataset that ends this many years before another, with values this near, is no late update.
FEWEST_YEARS = 2
ALIKE = 0.05
_YEAR = re.compile(r"\b(19|20)[0-9]{2}\b")
# Residuals are only as exact as the rounding of the published figures.
RESIDUAL_ROUNDING = 0.01
# From ten values on, a series has a known range. A value is unusual if it lies outside by more than
# half the width of that range.
FEWEST_VALUES = 10
MARGIN = 0.5
# A narrower range counts as one point wide (1% for levels). Otherwise any move of a share that
# never changed would look extreme.
NARROWEST, NARROWEST_LOG = 1.0, 0.01


@dataclass(frozen=True)
class Identity:
    """An accounting identity: a total and the signs of its parts, gaps in per cent of the total."""

    datasets: str
    total: str
    parts: Mapping[str, int]
    said: str


# Constant prices are left out: chained volumes do not add up.
IDENTITIES = {
    "unsd-ama": Identity(
        "current-", "GDP", {"FCE": 1, "GCF": 1, "EXP": 1, "IMP": -1}, "GDP − FCE − GCF − EXP + IMP"
    ),
    "gacc-customs": Identity(
        "totals", "TRADE_USD", {"EXP_USD": 1, "IMP_USD": 1}, "trade − exports − imports"
    ),
}


def coverage(aligned: Aligned) -> pd.DataFrame:
    """Return the series of an economy that vanished, became shorter or thinner, or have gaps."""
    old, new = ~np.isnan(aligned.old), ~np.isnan(aligned.new)
    held = aligned.held
    last_old, last_new = _last(old), _last(new)
    lost = (old & ~new).sum(axis=1)
    vanished = held & ~aligned.has[-1]
    shorter = held & aligned.has[-1] & (last_new < last_old)
    long = old.sum(axis=1) >= FEWEST_VALUES
    thinned = held & long & aligned.has[-1] & ~shorter & (lost > MOST_LOST * old.sum(axis=1))
    gaps = held & aligned.has[-1] & ~shorter & ~thinned & (lost > 0)
    row = np.flatnonzero(vanished | shorter | thinned | gaps)
    periods = np.array([*aligned.periods, ""])
    return pd.DataFrame(
        {
            **_keys(aligned, row),
            "kind": np.select(
                [vanished[row], shorter[row], thinned[row]], [VANISHED, SHORTER, THINNED], GAPS
            ),
            "before": periods[last_old[row]],
            "after": periods[last_new[row]],
            "values_lost": lost[row],
        }
    )[COVERAGE]


@dataclass(frozen=True)
class End:
    """Where a series of an economy ends: its last period, its value then, and its unit."""

    period: str
    unit: str
    by_period: Mapping[str, float]


def ends(aligned: Aligned, rows: BoolArray, values: FloatArray) -> dict[tuple[str, str, str], End]:
    """Return the end of some rows that have any value, by economy, partner and series."""
    found = {}
    units = np.where(aligned.has[-1], aligned.new_unit, aligned.old_unit)
    for row in np.flatnonzero(rows & ~np.isnan(values).all(axis=1)):
        there = np.flatnonzero(~np.isnan(values[row]))
        own = {aligned.periods[column]: float(values[row, column]) for column in there}
        economy, partner, series = (aligned.rows[name].iloc[row] for name in ROW_KEY)
        found[(economy, partner, series)] = End(max(own), str(units[row]), own)
    return found


def behind(
    dataset: str, fresh: Mapping[tuple[str, str, str], End], other: Aligned
) -> list[tuple[str, str, str, str, str, str, str, int]]:
    """Return, as rows of a coverage table, which new series end years before another dataset does.

    Args:
        dataset: The dataset that newly has the series.
        fresh: Where they end in it.
        other: Another dataset of the publisher with some of them. Only what has the same unit and
            mostly the same values there is the same series.
    """
    newest = np.where(other.has[-1], len(other.names) - 1, other.before[-1])
    rows = []
    for key, end in ends(other, newest >= 0, other.of(newest)).items():
        here = fresh.get(key)
        if here is None or here.unit != end.unit or _years_between(here, end) < FEWEST_YEARS:
            continue
        common = [period for period in here.by_period if period in end.by_period]
        alike = sum(
            bool(np.isclose(here.by_period[p], end.by_period[p], rtol=ALIKE)) for p in common
        )
        if common and 2 * alike >= len(common):
            lost = sum(period > here.period for period in end.by_period)
            economy, partner, series = key
            rows.append((dataset, series, economy, partner, BEHIND, end.period, here.period, lost))
    return rows


def _years_between(here: End, end: End) -> int:
    return int(end.period[:4]) - int(here.period[:4])


def units(aligned: Aligned) -> tuple[pd.DataFrame, BoolArray]:
    """Return changed units, and which rows they concern.

    The unit's text changed, by its base year alone or otherwise, or the median ratio of new to old
    values is near a power of ten.
    """
    both = (aligned.before[-1] >= 0) & aligned.has[-1]
    wording = both & (aligned.old_unit != aligned.new_unit)
    rebased = wording & (_without_years(aligned.old_unit) == _without_years(aligned.new_unit))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = aligned.new / aligned.old
        digits = np.log10(np.where((ratio > 0) & np.isfinite(ratio), ratio, np.nan))
    known = (~np.isnan(digits)).sum(axis=1) >= FEWEST_RATIOS
    power = np.zeros(len(both))
    if known.any():
        middle = np.nanmedian(digits[known], axis=1)
        near = np.abs(middle - np.round(middle)) <= TOLERANCE
        power[known] = np.where(near, np.round(middle), 0)
    factor = both & (power != 0)
    tables = []
    for kind, concerned in (
        (WORDING, wording & ~rebased),
        (FACTOR, factor & ~wording),
        (BASE, rebased),
    ):
        row = np.flatnonzero(concerned)
        table = {
            **_keys(aligned, row),
            "kind": np.full(len(row), kind),
            "before": aligned.old_unit[row],
            "after": aligned.new_unit[row],
            "factor": 10.0 ** power[row],
        }
        tables.append(pd.DataFrame(table)[UNITS])
    return pd.concat(tables, ignore_index=True), wording | factor


def _without_years(units: npt.NDArray[np.str_]) -> npt.NDArray[np.str_]:
    known, place = np.unique(units, return_inverse=True)
    return np.array([_YEAR.sub("", text) for text in known], dtype=np.str_)[place]


def residuals(aligned: Aligned, publisher: str) -> pd.DataFrame:
    """Return by how much the gap of the publisher's accounting identity changed.

    In per cent of the total, for economies that have the total and all its parts on both sides.
    """
    identity = IDENTITIES.get(publisher)
    if identity is None or not aligned.dataset.startswith(identity.datasets):
        return pd.DataFrame(columns=RESIDUALS)
    total = aligned.find(identity.total)
    row = np.flatnonzero(total == np.arange(len(total)))
    old, new = (_gap(aligned, row, identity, side) for side in (aligned.old, aligned.new))
    with np.errstate(invalid="ignore"):
        line, column = np.nonzero(np.abs(new - old) > RESIDUAL_ROUNDING)
    table = pd.DataFrame(
        {
            "dataset": aligned.dataset,
            "economy": aligned.rows["economy"].to_numpy()[row[line]],
            "period": np.array(aligned.periods)[column],
            "before": old[line, column],
            "after": new[line, column],
        }
    )
    return table.assign(change=table["after"] - table["before"])[RESIDUALS]


def outside(aligned: Aligned, how: Measures, skipped: BoolArray) -> pd.DataFrame:
    """Return new and revised values beyond what the series has ever done.

    Shares of GDP and other rates: by their level and their yearly change. Levels, which grow: by
    their yearly change in logarithms, where all values are positive. ``excess`` is the distance
    from the range of the old values in widths of that range; ``was`` the old value, missing where
    the period is new. Revised values are measured by the same range.
    """
    old, new = how.put(aligned.old), how.put(aligned.new)
    relative = how.measure == PER_CENT
    for side in (old, new):
        grows = relative & ~(side <= 0).any(axis=1)
        side[grows] = np.log(side[grows])
        side[relative & ~grows] = np.nan
    fresh = np.isnan(aligned.old) & ~np.isnan(aligned.new)
    fresh |= differs(aligned.old, aligned.new)
    fresh &= (aligned.comparable & ~skipped)[:, None]
    narrowest = np.where(relative, NARROWEST_LOG, NARROWEST)[:, None]
    level = _beyond(old, new, fresh & ~relative[:, None], narrowest)
    change = _beyond(aligned.yearly(old), aligned.yearly(new), fresh, narrowest)
    tables = [
        _outside_rows(aligned, kind, found, how.measure)
        for kind, found in ((LEVEL, level), (CHANGE, change))
    ]
    return pd.concat(tables, ignore_index=True)


def _outside_rows(
    aligned: Aligned,
    kind: str,
    found: tuple[FloatArray, FloatArray, FloatArray, FloatArray],
    measure: npt.NDArray[np.str_],
) -> pd.DataFrame:
    value, lowest, highest, excess = found
    row, column = np.nonzero(excess > MARGIN)
    logs = measure[row] == PER_CENT
    units = np.select([logs, measure[row] == POINTS], [", per cent", ", % of GDP"], "")

    def told(numbers: FloatArray) -> FloatArray:
        """Return changes in logarithms as per cent."""
        with np.errstate(over="ignore"):
            return np.where(logs, 100 * np.expm1(np.minimum(numbers, 50)), numbers)

    return pd.DataFrame(
        {
            **_keys(aligned, row),
            "period": np.array(aligned.periods)[column],
            "kind": np.char.add(kind, units),
            "value": told(value[row, column]),
            "lowest": told(lowest[row, 0]),
            "highest": told(highest[row, 0]),
            "excess": excess[row, column],
            "was": aligned.old[row, column],
        }
    )[OUTSIDE]


def _beyond(
    old: FloatArray, new: FloatArray, concerned: BoolArray, narrowest: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return values, lowest and highest before, and the distance from them in widths."""
    enough = ((~np.isnan(old)).sum(axis=1) >= FEWEST_VALUES)[:, None]
    filled = np.where(np.isnan(old), np.inf, old).min(axis=1, keepdims=True)
    lowest = np.where(enough, filled, np.nan)
    filled = np.where(np.isnan(old), -np.inf, old).max(axis=1, keepdims=True)
    highest = np.where(enough, filled, np.nan)
    distance = np.maximum(new - highest, lowest - new) / np.maximum(highest - lowest, narrowest)
    return new, lowest, highest, np.where(concerned & ~np.isnan(distance), distance, 0.0)


def _gap(aligned: Aligned, row: IntArray, identity: Identity, side: FloatArray) -> FloatArray:
    total = side[row]
    gap = total.copy()
    for code, sign in identity.parts.items():
        part = aligned.find(code)[row]
        gap -= sign * np.where((part < 0)[:, None], np.nan, side[part])
    return 100 * gap / np.where(total == 0, np.nan, total)


def _last(there: BoolArray) -> IntArray:
    """Return the column of the last value of each row, -1 where there is none."""
    width = there.shape[1]
    last: IntArray = np.where(there.any(axis=1), width - 1 - there[:, ::-1].argmax(axis=1), -1)
    return last


def _keys(aligned: Aligned, row: IntArray) -> dict[str, object]:
    named = {name: aligned.rows[name].to_numpy()[row] for name in ("series", "economy", "partner")}
    return {"dataset": np.full(len(row), aligned.dataset), **named}
