"""Log-mean Divisia splits: the three-factor, two-sector example in the tests of R's LMDIR."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd

from rebalancing.models import decomposition

FACTORS = ["factor 1", "factor 2", "factor 3"]
SECTORS = ["sector 1", "sector 2"]
EXAMPLE = {
    1971: [[1, 10, 2], [4, 5, 3]],
    1972: [[4, 5, 3], [5, 6, 4]],
    1973: [[8, 2, 4], [5, 7, 5]],
    1974: [[10, 1, 5], [6, 8, 6]],
}


def factors(year: int) -> pd.DataFrame:
    """Return the example's factors in one year, sectors by factors."""
    return pd.DataFrame(EXAMPLE[year], SECTORS, columns=FACTORS, dtype=float)


def split(end: int, _: Path) -> dict[str, float]:
    """Split the change of a year by factor."""
    result = decomposition.lmdi(factors(end - 1), factors(end))
    return _effects(result) | {"ratio": result.end / result.start}


def split_with_a_zero(_: Path) -> dict[str, float]:
    """Split the first change with a factor of the first sector that starts from zero."""
    start = factors(1971)
    start.loc["sector 1", "factor 1"] = 0.0
    effects = decomposition.lmdi(start, factors(1972)).sectors.to_dict("index")
    return {
        f"{sector}, {factor}": float(effects[sector][factor])
        for sector in SECTORS
        for factor in FACTORS
    }


def _effects(result: decomposition.LogMeanDivisia) -> dict[str, float]:
    found = {}
    for factor in FACTORS:
        found[f"{factor}, additive"] = float(result.additive[factor])
        found[f"{factor}, multiplicative"] = float(result.multiplicative[factor])
    return found


CASES: dict[str, Callable[[Path], dict[str, float]]] = {
    **{f"LMDI, change of {year}": partial(split, year) for year in (1972, 1973, 1974)},
    "LMDI, a factor from zero": split_with_a_zero,
}
