"""Critical values of the Bai-Perron tests, as their authors published them.

Bai and Perron (1998, Econometrica 66, tables 1 and 2; 2003, Econometrics Journal 6), from the copy
in the R package mbreaks 1.0.0. They simulated them with 10 000 draws of a Wiener process in 1000
steps, so that the values at 10% and 5% are accurate to about 0.1 and those at 1% to about 0.3.
Ours with 400 000 draws for one break and 8000 for more lie within 4% of theirs nine times out of
ten, and within 7% always; theirs for several breaks are some 2% larger, which errs on the side of
fewer breaks. Between tabulated trims values are interpolated.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import pandas as pd

SIGNIFICANCE = (0.10, 0.05, 0.025, 0.01)
TRIMS = (0.05, 0.10, 0.15, 0.20, 0.25)
MOST_REGRESSORS = 10
# UDmax is tabulated for five breaks, or as many as the trim allows.
MOST_IN_UD_MAX = 5
_MOST_BREAKS = {0.05: 9, 0.10: 8, 0.15: 5, 0.20: 3, 0.25: 2}


def most_breaks(trim: float) -> int:
    """Return the largest number of breaks that is tabulated at a trim."""
    return _MOST_BREAKS[min(t for t in TRIMS if t >= trim - 1e-12)]


def critical_values(q: int, trim: float, most: int) -> pd.DataFrame:
    """Return the critical values of the tests for up to ``most`` breaks.

    Args:
        q: Number of coefficients that change, 1 to 10.
        trim: From 0.05 to 0.25.
        most: The largest number of breaks, at most `most_breaks`.

    Returns:
        By test ("sup_f", "sequential", "ud_max") and number of breaks (0 for "ud_max"), one column
        per significance level.
    """
    return _critical_values(q, trim, most).copy()


@cache
def _critical_values(q: int, trim: float, most: int) -> pd.DataFrame:
    table = _table()
    own = table[table["q"] == q]
    wide = own.pivot(index=["test", "breaks", "significance"], columns="trim", values="value")
    below = max(t for t in TRIMS if t <= trim + 1e-12)
    above = min(t for t in TRIMS if t >= trim - 1e-12)
    part = 0.0 if above == below else (trim - below) / (above - below)
    values = (1 - part) * wide[below] + part * wide[above]
    order = pd.MultiIndex.from_tuples(
        [("sup_f", k) for k in range(1, most + 1)]
        + [("sequential", k) for k in range(1, most + 1)]
        + [("ud_max", 0)],
        names=["test", "breaks"],
    )
    return values.unstack("significance").loc[order, list(SIGNIFICANCE)]


@cache
def limits(q: int, trim: float, most: int, significance: float) -> dict[str, list[float]]:
    """Return the critical values at one significance by test, in order of the breaks."""
    column = _critical_values(q, trim, most)[significance]
    tests = column.index.get_level_values("test")
    return {test: column[tests == test].tolist() for test in tests.unique()}


@cache
def _table() -> pd.DataFrame:
    with (files(__package__) / "break_critical_values.csv").open() as file:
        return pd.read_csv(file)
