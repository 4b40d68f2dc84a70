"""Tests of revisions: yearly changes of household consumption's share in two releases.

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
SHOWN = (
    "intercept", "slope", "intercept_se", "slope_se", "f_stat", "p_value", "slope_p_value",
    "r_squared",
)  # fmt: skip


def changes(folder: Path, economy: str) -> tuple[pd.Series[float], pd.Series[float]]:
    """Return the share's yearly change in both releases, in percentage points."""
    table = pd.read_csv(folder / "household_share_releases.csv", index_col="year").diff().dropna()
    first, last = (table[f"{economy.lower()}_{release}"] for release in RELEASES)
    return first, last


def mincer_zarnowitz(economy: str, lags: int, folder: Path) -> dict[str, float]:
    """Regress the final on the preliminary figure."""
    return _numbers(revisions.mincer_zarnowitz(*changes(folder, economy), lags=lags))


def news_or_noise(economy: str, folder: Path) -> dict[str, float]:
    """Regress the revision on either figure."""
    found = revisions.news_or_noise(*changes(folder, economy), lags=3)
    news, noise = _numbers(found.news, "news, "), _numbers(found.noise, "noise, ")
    return news | noise


def mean_revision(economy: str, folder: Path) -> dict[str, float]:
    """Describe the revisions and test their mean."""
    releases = dict(zip(RELEASES, changes(folder, economy), strict=True))
    rows = pd.DataFrame(releases).melt(ignore_index=False, var_name="release").reset_index()
    described = revisions.statistics(revisions.triangle(rows), lags=3)
    total = described.table.xs(("total", "first to latest")).to_dict()
    return {str(name): float(value) for name, value in total.items()}


def _numbers(found: revisions.RevisionRegression, prefix: str = "") -> dict[str, float]:
    return {f"{prefix}{name}": float(getattr(found, name)) for name in SHOWN}


CASES: dict[str, Callable[[Path], dict[str, float]]] = {
    **{
        f"Mincer-Zarnowitz, {economy}, {lags} lags": partial(mincer_zarnowitz, economy, lags)
        for economy in ("China", "Japan")
        for lags in (0, 3, 6)
    },
    **{
        f"news or noise, {economy}, 3 lags": partial(news_or_noise, economy)
        for economy in ("China", "Japan")
    },
    **{
        f"mean revision, {economy}, 3 lags": partial(mean_revision, economy)
        for economy in ("China", "Japan")
    },
}
