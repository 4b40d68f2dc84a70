"""Economies by size: the largest measure more each year, and their figures are revised less."""

from __future__ import annotations

import pandas as pd

LARGE, MIDDLE = 20, 80  # ranks by GDP that end a class
PEOPLE = 10_000_000  # an economy with more counts as a large one

WORDS = {
    "large": f"the {LARGE} largest economies",
    "middle": f"economies {LARGE + 1} to {MIDDLE} by size",
    "small": f"economies smaller than the {MIDDLE} largest",
}


def classes(gdp: pd.Series) -> pd.Series:
    """Return the class of each economy by its rank: ``large``, ``middle`` or ``small``.

    Args:
        gdp: By economy, in one currency and year, without groups; economies without one are left
            out.
    """
    rank = gdp.dropna().rank(ascending=False, method="first")
    return pd.cut(rank, [0, LARGE, MIDDLE, float("inf")], labels=list(WORDS)).astype(str)
