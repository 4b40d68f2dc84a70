"""Log-mean Divisia splits: the three-factor, two-sector example in the tests of R's LMDIR."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd

from rebalancing.models.accounting import decomposition

FACTORS = ["factor 1", "factor 2", "factor 3"]
# By year, the factors of each sector.
EXAMPLE: dict[int, list[list[int]]] = {
    1971: [[1, 10, 2], [4, 5, 3]],
    1972: [[4, 5, 3], [5, 6, 4]],
    1973: [[8, 2, 4], [5, 7, 5]],
    1974: [[10, 1, 5], [6, 8, 6]],
}


def effects(sector: int, years: list[int], first: float | None = None) -> pd.DataFrame:
    """Return the effects on a sector's product by year, with another first factor at the start."""
    factors = pd.DataFrame([EXAMPLE[year][sector] for year in years], years, FACTORS, dtype=float)
    if first is not None:
        factors.iloc[0, 0] = first
    return decomposition.share_change(factors, scale=1.0).path


def split(end: int, _: Path) -> dict[str, float]:
    """Split the change of a year by factor, over both sectors."""
    total = effects(0, [end - 1, end]) + effects(1, [end - 1, end])
    return {f"{factor}, additive": float(total[factor][end]) for factor in FACTORS}


def split_with_a_zero(_: Path) -> dict[str, float]:
    """Split the first change with a factor of the first sector that starts from zero."""
    paths = {"sector 1": effects(0, [1971, 1972], 0.0), "sector 2": effects(1, [1971, 1972])}
    return {
        f"{sector}, {factor}": float(path[factor][1972])
        for sector, path in paths.items()
        for factor in FACTORS
    }


CASES: dict[str, Callable[[Path], dict[str, float]]] = {
    **{f"LMDI, change of {year}": partial(split, year) for year in (1972, 1973, 1974)},
    "LMDI, a factor from zero": split_with_a_zero,
}
