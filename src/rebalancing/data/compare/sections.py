"""A comparison as headed tables of words, the same for the terminal and the page."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from rebalancing.data.compare._breaks import FACTOR
from rebalancing.data.compare._names import Names
from rebalancing.data.compare._revised import DIFFERENCE, PER_CENT
from rebalancing.data.compare.comparison import ADDED, Comparison
from rebalancing.data.compare.thresholds import Severity
from rebalancing.headed_tables import Section

ComparedRow = Mapping[Any, Any]

HEADLINES: Mapping[Severity, str] = {
    "none": "Nothing changed.",
    "small": "Small changes; no threshold was reached.",
    "notable": "Notable changes.",
    "severe": "Severe changes: not to be taken in without a stated reason.",
}
REVISIONS = (
    "The largest revision of each series. Items of the national accounts are in per cent of the "
    "same release's GDP. Past s.d.: size in robust standard deviations of the series' past "
    "revisions, and how many revisions in how many pairs of releases that rests on. Periods: how "
    "many were revised."
)


def sections(comparison: Comparison, watched: Collection[str], most: int) -> list[Section]:
    """Return what a person reads, the most severe first; without what did not happen.

    Args:
        comparison: As from `compare.compare_releases`.
        watched: The economies that come first.
        most: Rows of a table.
    """
    names = Names(comparison.titles, watched)
    revised = comparison.revised
    own = revised["economy"].isin(watched)
    unusual = revised.loc[revised["sds"].abs().sort_values(ascending=False, kind="stable").index]
    found = [
        _revisions("Largest revisions, watched economies", revised[own], names, most),
        _revisions("Largest revisions, other economies", revised[~own], names, most),
        _revisions(
            "Most unusual against past revisions of the same series",
            unusual[unusual["sds"].notna()],
            names,
            most,
        ),
        _units(comparison.units, names, most),
        _coverage(comparison.coverage, names, most),
        _changes(comparison.changes, names, most),
        _residuals(comparison.residuals, names, most),
        _outside(comparison.outside, names, most),
        _counts(comparison.counts),
    ]
    return [section for section in found if section.rows]


def _revisions(heading: str, revised: pd.DataFrame, names: Names, most: int) -> Section:
    """Return the largest revision of each series of an economy."""
    row = ["dataset", "series", "economy", "partner"]
    largest = revised.drop_duplicates(row).head(most)
    number_of = revised.groupby(row).size().to_dict()
    rows = tuple(
        (
            names.economy(one["economy"], one["partner"]),
            names.series(one["series"]),
            one["period"],
            *_before_after(one),
            _size(one),
            _against_past(one),
            f"{number_of[tuple(one[name] for name in row)]:,}",
        )
        for one in largest.to_dict(orient="records")
    )
    columns = ("Economy", "Series", "Period", "Before", "After", "Size", "Past s.d.", "Periods")
    return Section(heading, REVISIONS, columns, rows, (3, 4, 5, 6, 7), is_folded=True)


def _before_after(one: ComparedRow) -> tuple[str, str]:
    """Return shares of GDP where there are any, else the values themselves."""
    if not math.isnan(one["share_before"] + one["share_after"]):
        return f"{one['share_before']:.2f}% of GDP", f"{one['share_after']:.2f}% of GDP"
    return number(one["before"]), number(one["after"])


def _size(one: ComparedRow) -> str:
    if math.isnan(one["size"]):
        return "–"
    text = signed(one["size"])
    return {PER_CENT: f"{text}%", DIFFERENCE: text}.get(one["measure"], f"{text} points")


def _against_past(one: ComparedRow) -> str:
    if math.isnan(one["sds"]):
        return "–"
    return f"{signed(one['sds'], 1)} ({one['past_revisions']} in {one['pairs']})"


def _units(units: pd.DataFrame, names: Names, most: int) -> Section:
    keys = ["dataset", "series", "kind", "before", "after", "factor"]
    rows = []
    for key, group in units.groupby(keys, sort=True):
        _, series, kind, before, after, factor = map(str, key)
        change = f"× {float(factor):,.6g}" if kind == FACTOR else f"{before} → {after}"
        if kind != FACTOR and float(factor) != 1:
            change += f", values × {float(factor):,.6g}"
        codes = list(group["economy"])
        said = names.several(codes, names.economy)
        rows.append((len(codes), (names.series(series), change, f"{len(codes):,}", said)))
    ordered = [row for _, row in sorted(rows, key=lambda entry: -entry[0])]
    return Section(
        "Changed units",
        "Another text, or values near a power of ten of the old ones. Not counted as revised.",
        ("Series", "Change", "Economies", "Which"),
        tuple(ordered[:most]),
        (2,),
    )


def _coverage(coverage: pd.DataFrame, names: Names, most: int) -> Section:
    rows = []
    for key, group in coverage.groupby(["dataset", "series", "kind"], sort=True):
        _, series, kind = map(str, key)
        said = names.several(group["economy"], names.economy)
        number = len(group)
        values = f"{group['values_lost'].sum():,}"
        rows.append((number, (names.series(series), kind, f"{number:,}", values, said)))
    ordered = [row for _, row in sorted(rows, key=lambda entry: -entry[0])]
    return Section(
        "Breaks in coverage",
        "Series of single economies that lost values.",
        ("Series", "What happened", "Economies", "Values lost", "Which"),
        tuple(ordered[:most]),
        (2, 3),
    )


def _changes(changes: pd.DataFrame, names: Names, most: int) -> Section:
    rows = []
    for key, group in changes.groupby(["what", "dataset", "change"], sort=True):
        what, dataset, change = map(str, key)
        if what in ("series", "periods"):
            said = names.some(map(names.series, group["code"]))
        else:
            said = names.several(group["code"], names.economy)
        rows.append((change == ADDED, (f"{what} {change}", dataset, f"{len(group):,}", said)))
    ordered = [row for _, row in sorted(rows, key=lambda entry: entry[0])]
    return Section(
        "Added and removed",
        "",
        ("What", "Dataset", "Number", "Which"),
        tuple(ordered[:most]),
        (2,),
    )


def _residuals(residuals: pd.DataFrame, names: Names, most: int) -> Section:
    largest = names.first(residuals.drop_duplicates(["dataset", "economy"])).head(most)
    rows = tuple(
        (
            names.economy(one["economy"]),
            one["dataset"],
            one["period"],
            f"{fixed(one['before'])}%",
            f"{fixed(one['after'])}%",
            signed(one["change"]),
        )
        for one in largest.to_dict(orient="records")
    )
    return Section(
        "Changed accounting residuals",
        "What the parts leave unexplained of their total, in per cent of it; the largest change of "
        "each economy, watched economies first.",
        ("Economy", "Dataset", "Period", "Before", "After", "Change"),
        rows,
        (3, 4, 5),
    )


def _outside(outside: pd.DataFrame, names: Names, most: int) -> Section:
    row = ["dataset", "series", "economy", "partner"]
    largest = names.first(outside.drop_duplicates(row)).head(most)
    rows = tuple(
        (
            names.economy(one["economy"], one["partner"]),
            names.series(one["series"]),
            one["period"],
            one["kind"],
            number(one["value"]),
            f"{number(one['lowest'])} to {number(one['highest'])}",
            f"{one['excess']:,.1f}",
        )
        for one in largest.to_dict(orient="records")
    )
    return Section(
        "Values outside what the series has ever done",
        "Distance from the range of the old values in widths of that range; the farthest of each "
        "series, watched economies first.",
        ("Economy", "Series", "Period", "Of its", "Value", "Range before", "Widths"),
        rows,
        (4, 5, 6),
        is_folded=True,
    )


def _counts(counts: pd.DataFrame) -> Section:
    figures = ["values", "same", "revised", "added", "removed", "unit_changed"]
    rows = tuple(
        (
            str(one["dataset"]),
            str(one["old"]) or "nothing",
            *(f"{one[name]:,}" for name in figures),
        )
        for one in counts.to_dict(orient="records")
    )
    return Section(
        "Values",
        "Each series of an economy is compared with the newest earlier release that has it.",
        (
            *("Dataset", "Compared with", "Values", "Same", "Revised", "Added", "Removed"),
            "Other unit",
        ),
        rows,
        (2, 3, 4, 5, 6, 7),
    )


def signed(value: float, decimals: int = 2) -> str:
    """Return a number with its sign; a true minus; more digits where it would be zero."""
    if abs(value) < 10.0**-decimals:
        text = f"{abs(value):.2g}"
    else:
        text = f"{abs(value):,.{decimals}f}"
    return ("−" if value < 0 else "+") + text


def fixed(value: float) -> str:
    """Return a number with two decimals and a true minus, never minus nothing."""
    text = f"{value:.2f}"
    return text.replace("-", "−") if float(text) else "0.00"


def number(value: float) -> str:
    """Return a number that fits a column, in billions or millions where it is long."""
    size = abs(value)
    sign = "−" if value < 0 else ""
    if size >= 1e10:
        return f"{sign}{size / 1e9:,.1f} bn"
    if size >= 1e7:
        return f"{sign}{size / 1e6:,.2f} m"
    if size >= 1000:
        return f"{sign}{size:,.1f}"
    return f"{sign}{size:.5g}"
