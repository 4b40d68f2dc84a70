"""A grid of slopes for many versions of one share: versions times samples times methods.

What changes only the standard error, such as its lags, is no dimension: each slope would be in the
grid once per choice, and a count of slopes would count it as often.

`grid` writes out the combinations that can be asked for, `estimator` answers them with
`specification.regime_slope`. A choice that makes no sense for a version, such as the logarithm of a
difference, is not in the grid. One that the data do not allow is, and is reported as dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from rebalancing.models.specification import curve
from rebalancing.models.specification._slope_plan import SlopeMethod
from rebalancing.models.validate import ModelInputError

VersionKey = tuple[Hashable, ...]
Relative = Literal["last year", "year before"]  # of a version
LAST: Relative = "last year"
BEFORE: Relative = "year before"


def grid(
    versions: Mapping[VersionKey, pd.Series],
    names: Sequence[str],
    *,
    starts: Sequence[int],
    ends: Sequence[Relative | int],
    trends: Sequence[SlopeMethod] = ("ols", "log", "difference", "theil-sen"),
    breaks: Sequence[int | None] = (None,),
    fewest: int = 8,
) -> list[dict[str, Hashable]]:
    """Return all combinations of versions, samples and methods as specifications.

    Left out are windows of fewer than ``fewest`` observations or outside a version's years, ends
    that come to the same year as another one, logarithms of what is not positive, and breaks of
    "theil-sen" or less than three observations from an end of the window.

    Args:
        versions: Series by version.
        names: Names of the parts of a version; they become dimensions.
        starts: First years.
        ends: "last year" or "year before", of the version, or a year.
        trends: Of `specification.regime_slope`.
        breaks: Years after which the level shifts; None for no shift.
        fewest: Observations that a window needs.

    Raises:
        ModelInputError: Versions that do not have the named parts, or nothing to estimate.
    """
    if any(len(version) != len(names) for version in versions):
        raise ModelInputError("names: not as many as a version has parts; name each part once")
    rows: list[dict[str, Hashable]] = []
    for version, series in versions.items():
        for start, end in _windows(series, starts, ends, fewest):
            window = series.loc[start : end_year(series, end)]
            for trend in trends:
                if trend == "log" and (window <= 0).any():
                    continue
                for shift in breaks:
                    if shift is not None and not _can_break(window, shift, trend):
                        continue
                    rows.append(
                        {
                            **dict(zip(names, version, strict=True)),
                            "start": start,
                            "end": end,
                            "trend": trend,
                            "shift": _shift_in_words(shift),
                        }
                    )
    if not rows:
        raise ModelInputError("versions: none has enough years for any window; start later")
    return rows


def without(
    specs: Sequence[Mapping[str, Hashable]], taken: Sequence[Mapping[str, Hashable]]
) -> list[dict[str, Hashable]]:
    """Return the specifications that are not among others: a panel that shares no row with theirs.

    Args:
        specs: As from `grid`.
        taken: Those that are counted elsewhere.
    """
    known = {frozenset(spec.items()) for spec in taken}
    return [dict(spec) for spec in specs if frozenset(spec.items()) not in known]


def estimator(
    versions: Mapping[VersionKey, pd.Series], names: Sequence[str], *, lags: int | None = None
) -> Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]:
    """Return what estimates the specifications of `grid`, for `specification.run`.

    Args:
        versions: Series by version, as for `grid`.
        names: Names of the parts of a version.
        lags: Of the standard errors of Newey and West; None: by the size of the sample.
    """

    def estimate(specs: pd.DataFrame, data: pd.DataFrame) -> pd.DataFrame:
        return curve.regime_slope(for_regime_slope(specs, versions, names, lags=lags), data)

    return estimate


def for_regime_slope(
    specs: pd.DataFrame,
    versions: Mapping[VersionKey, pd.Series],
    names: Sequence[str],
    *,
    lags: int | None = None,
) -> pd.DataFrame:
    """Return specifications of `grid` as `specification.regime_slope` knows them.

    Args:
        specs: Combinations of the dimensions of `grid`, one row each.
        versions: Series by version, as for `grid`.
        names: Names of the parts of a version.
        lags: Of the standard errors; None: by the size of the sample.

    Returns:
        Columns series, start, end, trend, lags, break_after; rows as in ``specs``.
    """
    years = {int(year) for series in versions.values() for year in series.index}
    shifts = {_shift_in_words(year): year for year in (None, *years)}
    keys = list(zip(*(specs[name] for name in names), strict=True))
    columns: dict[str, list[Any]] = {
        "series": [series_name(key) for key in keys],
        "start": list(specs["start"]),
        "end": [
            end_year(versions[key], end) for key, end in zip(keys, specs["end"], strict=True)
        ],
        "trend": list(specs["trend"]),
        "lags": [lags] * len(specs),
        "break_after": [shifts[words] for words in specs["shift"]],
    }  # fmt: skip
    return pd.DataFrame(
        {name: pd.Series(column, specs.index, dtype=object) for name, column in columns.items()}
    )


def version_table(versions: Mapping[VersionKey, pd.Series]) -> pd.DataFrame:
    """Return the versions as columns of one table, every year from the first to the last."""
    joined = pd.DataFrame({series_name(version): series for version, series in versions.items()})
    return joined.reindex(range(int(joined.index.min()), int(joined.index.max()) + 1))


def series_name(version: VersionKey) -> str:
    """Return the name of a version's column."""
    return ", ".join(map(str, version))


def end_year(series: pd.Series, end: Relative | int) -> int:
    """Return the year that an end stands for."""
    if isinstance(end, int | np.integer):
        return int(end)
    return _known_years(series)[1] - (end == BEFORE)


def _windows(
    series: pd.Series, starts: Sequence[int], ends: Sequence[Relative | int], fewest: int
) -> list[tuple[int, Relative | int]]:
    """Return first and last year of the windows that a version has, no two of them the same."""
    first, last = _known_years(series)
    unique = {end_year(series, end): end for end in reversed(list(ends))}
    return [
        (start, end)
        for start in starts
        for year, end in reversed(list(unique.items()))
        if first <= start and year <= last and year - start + 1 >= fewest
    ]


def _known_years(series: pd.Series) -> tuple[int, int]:
    """Return the first and the last year with a value."""
    years = series.dropna().index
    return int(years[0]), int(years[-1])


def _can_break(window: pd.Series, shift: int, trend: SlopeMethod) -> bool:
    before = int((window.index <= shift).sum())
    return trend != "theil-sen" and before >= 3 and len(window) - before >= 3


def _shift_in_words(year: int | None) -> str:
    return "none" if year is None else f"after {year}"
