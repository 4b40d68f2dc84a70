"""Economies compared at the same level of something, such as income, and not in the same year."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd

from rebalancing.models import validate
from rebalancing.models.comparison._years_by_economies import years_by_economies
from rebalancing.models.validate import ModelInputError

LASTING = 3  # years that a level must be kept to count as passed


def crossings(levels: pd.DataFrame, level: float, *, lasting: int = LASTING) -> pd.Series[int]:
    """Return the year in which each economy passed a level from below.

    The first year at or above the level that follows a year below it and begins ``lasting`` such
    years in a row. Economies that were above it from the beginning of their data are left out,
    because nobody saw them pass.

    Args:
        levels: Years by economies, such as income per head.
        level: In the same unit.
        lasting: Years, the first included.

    Raises:
        ModelInputError: Levels or options that cannot be used.
    """
    table = years_by_economies(levels, "levels")
    limit = validate.number(level, "level")
    validate.whole(lasting, "lasting", 1)
    above = np.pad((table >= limit).to_numpy(), [(0, lasting - 1), (0, 0)])
    kept = np.lib.stride_tricks.sliding_window_view(above, lasting, axis=0).all(axis=-1)
    passed: pd.DataFrame = (table.shift(1) < limit) & kept
    return passed.loc[:, passed.any()].idxmax().astype(int).rename("year")


def at_level(
    levels: pd.DataFrame,
    values: pd.DataFrame,
    level: float,
    *,
    years_after: int = 10,
    lasting: int = LASTING,
) -> pd.DataFrame:
    """Return what every economy had when it passed a level, and how that changed afterwards.

    Args:
        levels: Years by economies, such as income per head.
        values: Years by economies, such as a share.
        level: In the unit of levels.
        years_after: Years over which the change is taken.
        lasting: As for `crossings`.

    Returns:
        One row per economy that passed the level and has a value then: year, value, change (in
        units of the values; missing where the data end before).

    Raises:
        ModelInputError: Levels, values or options that cannot be used.
    """
    table = years_by_economies(values, "values")
    years = crossings(levels, level, lasting=lasting)
    years = years[years.index.isin(table.columns)]
    now, later = _values(table, years), _values(table, years + years_after)
    found = pd.DataFrame({"year": years, "value": now, "change": later - now})
    return found.rename_axis("economy").dropna(subset=["value"])


def by_level(
    levels: pd.DataFrame,
    values: pd.DataFrame,
    edges: Sequence[float],
    *,
    quantiles: Sequence[float] = (0.1, 0.5, 0.9),
    fewest: int = 10,
) -> pd.DataFrame:
    """Return quantiles over economies of a value, by class of a level.

    An economy counts once in a class, with its average over all its years there, so that slow
    economies do not count for more than fast ones.

    Args:
        levels: Years by economies.
        values: Years by economies.
        edges: Limits of the classes, rising; the upper one belongs to the next class.
        quantiles: Between 0 and 1.
        fewest: Economies that a class needs.

    Returns:
        One row per class, by its middle (the geometric mean of its limits if they are positive):
        n (economies) and one column per quantile, named by it.

    Raises:
        ModelInputError: Levels, values or options that cannot be used.
    """
    where, what = years_by_economies(levels, "levels"), years_by_economies(values, "values")
    limits = np.asarray(edges, dtype=float)
    if limits.ndim != 1 or len(limits) < 2 or not (np.diff(limits) > 0).all():
        raise ModelInputError("edges: not two or more rising limits; pass them in order")
    economies = where.columns.intersection(what.columns)
    years = where.index.intersection(what.index)
    where, what = where.loc[years, economies], what.loc[years, economies]
    rows = {}
    for low, high in itertools.pairwise(limits.tolist()):
        inside = what.where((where >= low) & (where < high)).mean().dropna()
        if len(inside) >= fewest:
            middle = float(np.sqrt(low * high) if low > 0 else (low + high) / 2)
            rows[middle] = [len(inside), *inside.quantile(list(quantiles))]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["n", *quantiles])
    return table.astype({"n": int}).rename_axis("level")


def _values(table: pd.DataFrame, years: pd.Series[int]) -> validate.FloatArray:
    """Return each economy's value in a year of its own; missing outside the table."""
    rows, columns = table.index.get_indexer(pd.Index(years)), table.columns.get_indexer(years.index)
    return np.where(rows >= 0, table.to_numpy()[rows, columns], np.nan)
