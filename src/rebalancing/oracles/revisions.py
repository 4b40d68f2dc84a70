"""Revisions: yearly changes of household consumption's share in two releases.

United Nations, National Accounts Main Aggregates Database: the release to 2014 is the preliminary
figure, that to 2024 the final one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd

from rebalancing.models import revisions

RELEASES = ("to_2014", "to_2024")


def changes(folder: Path, economy: str) -> tuple[pd.Series[float], pd.Series[float]]:
    """Return the share's yearly change in both releases, in percentage points."""
    table = pd.read_csv(folder / "household_share_releases.csv", index_col="year").diff().dropna()
    first, last = (table[f"{economy.lower()}_{release}"] for release in RELEASES)
    return first, last


def mean_revision(economy: str, folder: Path) -> dict[str, float]:
    """Describe the revisions and test their mean."""
    releases = dict(zip(RELEASES, changes(folder, economy), strict=True))
    rows = pd.DataFrame(releases).melt(ignore_index=False, var_name="release").reset_index()
    described = revisions.statistics(revisions.triangle(rows), lags=3)
    total = described.table.xs(("total", "first to latest")).to_dict()
    return {str(name): float(value) for name, value in total.items()}


CASES: dict[str, Callable[[Path], dict[str, float]]] = {
    f"mean revision, {economy}, 3 lags": partial(mean_revision, economy)
    for economy in ("China", "Japan")
}
