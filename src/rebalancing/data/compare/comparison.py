"""Compare a release with what it replaces: coverage, revisions, units, identities, outliers.

A publisher's releases need not hold the same datasets and series, so the new release is compared
series by series with the newest earlier release that has the series of that economy, up to OLD.
Revisions of the past, by which those of today are judged, come from all releases up to OLD that
are beside it in data/raw.

`judge` decides whether a release is accepted; `page` and `text` show the comparison.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from rebalancing.data.compare import _breaks, _revised, _sizes
from rebalancing.data.compare._aligned import NONE, Aligned, align
from rebalancing.data.releases import Release
from rebalancing.data.releases.descriptor import FILE
from rebalancing.errors import InputError

ADDED, REMOVED, LEFT_OUT = "added", "removed", "left out, as before"
CHANGES = ["what", "dataset", "code", "title", "change"]
COUNTS = [
    *("dataset", "old", "economies", "series", "values", "same", "revised", "added", "removed"),
    "unit_changed",
]
COLUMNS = {
    "changes": CHANGES,
    "counts": COUNTS,
    "revised": _revised.COLUMNS,
    "coverage": _breaks.COVERAGE,
    "units": _breaks.UNITS,
    "residuals": _breaks.RESIDUALS,
    "outside": _breaks.OUTSIDE,
    "sizes": _sizes.COLUMNS,
}
LARGEST_FIRST = {"residuals": "change", "outside": "excess"}
# JSON has the most severe rows of long tables; every economy has some.
ROWS_IN_JSON, ROWS_OF_AN_ECONOMY = 200, 5


class NotComparableError(InputError):
    """Two releases that are not of the same publisher."""


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """What a release changes.

    Attributes:
        publisher: Its id in data/raw.
        title: What the publisher calls its figures, and which two releases these are.
        old: The name of the earlier release.
        new: The name of the new release.
        changes: Series, economies, partners and periods that were added or removed: what, dataset,
            code, title, change. A series that two earlier releases already went without counts as
            left out, not removed. An economy is removed when every series of the new release lost
            it.
        counts: By dataset: the releases that it replaces; economies and series of economies on
            either side; values of the new release, and how many are the same, revised, added,
            or in another unit; values that are removed.
        revised: Revised values in order of severity. ``size`` is in ``measure``: points of GDP
            (``share_before`` and ``share_after`` are per cent of the same release's GDP), per cent
            of the old value, or difference. ``points`` is the size of what can be put in points of
            GDP, and of GDP itself in per cent. ``sds`` is the size in robust standard deviations
            of ``past_revisions`` earlier revisions from ``pairs`` pairs of releases.
        coverage: Series of an economy that vanished, became shorter, lost most of their periods or
            have gaps; or that are new in a dataset and end earlier than in another.
        units: Series of an economy whose unit has another text or whose values are near a power of
            ten of the old ones; their values are not counted as revised.
        residuals: Changes of the accounting residual, in per cent of the total.
        outside: New and revised values beyond what the series has ever done.
        sizes: How each series of an economy that changed differs as a whole: `_sizes.sizes`.
        titles: The plain meaning of each series, by code.
    """

    publisher: str
    title: str
    old: str
    new: str
    changes: pd.DataFrame
    counts: pd.DataFrame
    revised: pd.DataFrame
    coverage: pd.DataFrame
    units: pd.DataFrame
    residuals: pd.DataFrame
    outside: pd.DataFrame
    sizes: pd.DataFrame
    titles: dict[str, str]

    @property
    def identical(self) -> bool:
        """Whether the new release holds the same values for the same keys."""
        tables = (self.changes, self.revised, self.coverage, self.units)
        return all(table.empty for table in tables) and not self.counts["added"].any()

    def to_dict(self) -> dict[str, Any]:
        """Return everything for JSON; of long tables the most severe rows, and how many there are.

        Missing numbers are null.
        """
        return {
            "publisher": self.publisher,
            "title": self.title,
            "old": self.old,
            "new": self.new,
            "identical": self.identical,
            **{name: _records(getattr(self, name)) for name in COLUMNS if name != "sizes"},
        }

    def __repr__(self) -> str:
        """Say what was compared and how much changed."""
        return (
            f"Comparison: {self.title}\n"
            f"  {len(self.revised):,} values revised, {self.counts['added'].sum():,} added, "
            f"{self.counts['removed'].sum():,} removed, {len(self.units):,} units changed"
        )


def compare_releases(old: Release, new: Release) -> Comparison:
    """Compare a release with the ones that it follows.

    Args:
        old: The release to compare with; releases beside it that are older fill the series that it
            lacks and give the past revisions.
        new: The new release, in any folder.

    Raises:
        NotComparableError: They are not of the same publisher.
        SchemaError: A file is missing or damaged.
        DescriptorError: A descriptor is.
    """
    if old.publisher != new.publisher:
        raise NotComparableError(
            f"{old.publisher} {old.name} and {new.publisher} {new.name} are of different "
            "publishers; name two releases of one"
        )
    history = up_to(old)
    return compare_aligned(history, new, align_datasets(history, new))


def align_datasets(history: Sequence[Release], new: Release) -> list[Aligned]:
    """Return each dataset of a release beside what was held of its series.

    Raises:
        SchemaError: A file is missing or damaged.
    """
    every = []
    for dataset in sorted(new.resources):
        having = [release for release in history if dataset in release.resources]
        if having:
            every.append(align(dataset, [*having, new], sorted(_series(new, dataset))))
    return every


def compare_aligned(
    history: Sequence[Release], new: Release, every: Sequence[Aligned]
) -> Comparison:
    """Compare a release with the ones that it follows, whose figures have been read.

    Args:
        history: As from `up_to`.
        new: The new release.
        every: As from `align_datasets`.

    Raises:
        SchemaError: A file is missing or damaged.
    """
    old = history[-1]
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in COLUMNS}
    for aligned in every:
        for name, table in _compared(aligned, old.publisher).items():
            parts[name].append(table)
        parts["coverage"].append(_behind(aligned, history, new))
    joined = {name: _joined(name, tables) for name, tables in parts.items()}
    joined["changes"] = pd.concat(
        [_series_changes(history, old, new), joined["changes"]], ignore_index=True
    )
    return Comparison(
        publisher=old.publisher,
        title=f"{new.common_title}: {old.name} → {new.name}",
        old=old.name,
        new=new.name,
        titles=_titles(old) | _titles(new),
        **joined,
    )


def up_to(old: Release) -> list[Release]:
    """Return the releases beside one that are not after it, oldest first, itself the last."""
    beside = (Release.read(path.parent) for path in old.folder.parent.glob(f"*/{FILE}"))
    earlier = [release for release in beside if (release.date, release.name) < (old.date, old.name)]
    return [*sorted(earlier, key=lambda release: (release.date, release.name)), old]


def _compared(aligned: Aligned, publisher: str) -> dict[str, pd.DataFrame]:
    units, changed = _breaks.units(aligned)
    how = _revised.measures(aligned, publisher)
    outside = _breaks.outside(aligned, how, changed)
    residuals = _breaks.residuals(aligned, publisher)
    return {
        "changes": _other_changes(aligned),
        "counts": _counts(aligned, changed),
        "revised": _revised.revised(aligned, how, changed),
        "coverage": _breaks.coverage(aligned),
        "units": units,
        "residuals": residuals,
        "outside": outside,
        "sizes": _sizes.sizes(aligned, how, changed),
    }


def _behind(aligned: Aligned, history: Sequence[Release], new: Release) -> pd.DataFrame:
    """Return the series that are new in a dataset and end earlier than they do in another one."""
    is_fresh = aligned.has[-1] & (aligned.before[-1] < 0)
    fresh = _breaks.ends(aligned, is_fresh, aligned.new)
    wanted = {series for _, _, series in fresh}
    others = {name for release in history for name in release.resources} - {aligned.dataset}
    found = []
    for dataset in sorted(others if fresh else ()):
        having = [release for release in history if dataset in release.resources]
        codes = wanted & {code for release in having for code in _series(release, dataset)}
        # The new release's own part of it counts as well: what it holds there is not lost.
        having += [new] if codes and dataset in new.resources else []
        if codes:
            other = align(dataset, having, sorted(codes))
            found += _breaks.behind(aligned.dataset, fresh, other)
    return pd.DataFrame(found, columns=_breaks.COVERAGE).drop_duplicates(_breaks.ROW)


def _joined(name: str, tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the tables of all datasets as one, in order of severity."""
    filled = [table for table in tables if not table.empty]
    if not filled:
        return pd.DataFrame(columns=COLUMNS[name])
    table = pd.concat(filled, ignore_index=True)
    if name == "revised":
        return _revised.ranked(table)
    if name not in LARGEST_FIRST:
        return table
    order = table[LARGEST_FIRST[name]].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _counts(aligned: Aligned, changed: np.ndarray[Any, np.dtype[np.bool_]]) -> pd.DataFrame:
    old, new = aligned.old, aligned.new
    there, was = ~np.isnan(new), ~np.isnan(old)
    revised = _revised.differs(old, new) & ~changed[:, None]
    other_unit = there & was & changed[:, None]
    sources = sorted(set(aligned.before[-1][(aligned.before[-1] >= 0) & aligned.has[-1]]))
    either = was.any(axis=1) | there.any(axis=1)
    lost = _breaks.coverage(aligned)["values_lost"].sum()
    row = {
        "dataset": aligned.dataset,
        "old": ", ".join(aligned.names[number] for number in sources),
        "economies": len(set(aligned.rows["economy"].to_numpy()[either])),
        "series": either.sum(),
        "values": there.sum(),
        "same": (there & was & ~revised & ~other_unit).sum(),
        "revised": revised.sum(),
        "added": (there & ~was).sum(),
        "removed": lost,
        "unit_changed": other_unit.sum(),
    }
    return pd.DataFrame([row])[COUNTS]


def _series_changes(history: Sequence[Release], old: Release, new: Release) -> pd.DataFrame:
    """Return which series came and went, from the descriptors."""
    rows: list[tuple[str, ...]] = []
    names = {code: title for each in (*history, new) for code, title in _titles(each).items()}
    for dataset in sorted(old.resources.keys() | new.resources.keys()):
        before = {code for release in history for code in _series(release, dataset)}
        own, after = _expected(history, dataset), _series(new, dataset)
        rows += [("series", dataset, code, names[code], ADDED) for code in sorted(after - before)]
        if new.descriptor.get("partial"):
            continue  # of what it does not bring, earlier releases stay in use
        for code in sorted(own - after):
            change = LEFT_OUT if _left_out_before(history, dataset, code) else REMOVED
            rows.append(("series", dataset, code, names[code], change))
    return pd.DataFrame(rows, columns=CHANGES)


def _other_changes(aligned: Aligned) -> pd.DataFrame:
    """Return which economies, partners and periods came and went, in the series compared."""
    rows: list[tuple[str, ...]] = []
    held = aligned.held
    for what, column in (("economies", "economy"), ("partners", "partner")):
        codes = aligned.rows[column].to_numpy()
        before, after = set(codes[held]) - {NONE}, set(codes[aligned.has[-1]]) - {NONE}
        known = set(codes[aligned.before[-1] >= 0])
        gone, came = sorted(before - after), sorted(after - known)
        rows += [(what, aligned.dataset, code, "", REMOVED) for code in gone]
        rows += [(what, aligned.dataset, code, "", ADDED) for code in came]
    periods = np.array(aligned.periods)
    before, after = (
        set(periods[~np.isnan(side).all(axis=0)]) for side in (aligned.old[held], aligned.new)
    )
    rows += [("periods", aligned.dataset, period, "", REMOVED) for period in sorted(before - after)]
    rows += [("periods", aligned.dataset, period, "", ADDED) for period in sorted(after - before)]
    return pd.DataFrame(rows, columns=CHANGES)


def _series(release: Release, dataset: str) -> set[str]:
    return {entry["code"] for entry in release.resources.get(dataset, {}).get("series", [])}


def _expected(history: Sequence[Release], dataset: str) -> set[str]:
    """Return the series of the newest release, and of those before as long as each is partial."""
    found: set[str] = set()
    for release in reversed(history):
        found |= _series(release, dataset)
        if not release.descriptor.get("partial"):
            break
    return found


def _left_out_before(history: Sequence[Release], dataset: str, code: str) -> bool:
    """Whether two or more releases since the first with a series lack it."""
    there = [code in _series(release, dataset) for release in history]
    since = there[there.index(True) :]
    return len(since) - sum(since) >= 2


def _titles(release: Release) -> dict[str, str]:
    return {
        entry["code"]: entry["title"]
        for resource in release.resources.values()
        for entry in resource["series"]
    }


def _records(table: pd.DataFrame) -> dict[str, Any]:
    """Return a table's most severe rows with plain numbers, and how many rows there are."""
    shown = np.arange(len(table)) < ROWS_IN_JSON
    if "economy" in table:
        shown |= (table.groupby("economy").cumcount() < ROWS_OF_AN_ECONOMY).to_numpy()
    chosen = table[shown]
    plain = chosen.astype(object).where(chosen.notna(), None).replace({NONE: None})
    return {"rows": len(table), "shown": plain.to_dict(orient="records")}
