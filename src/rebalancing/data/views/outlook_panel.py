"""Past forecasts of many economies beside their outcomes and what a naive forecaster knew.

The rows of `rebalancing.data.tables.outlook`, for every economy that has the series, with two naive
forecasts that use the same release and nothing else::

    outlook_panel.forecasts(table, "NGDP_RPCH", economies)
    # economy  release  year  horizon  ...  outcome  outcome_release  last_known  five_year_mean
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.indexers import BaseIndexer

from rebalancing.data.releases import LATEST
from rebalancing.data.tables import outlook
from rebalancing.data.views import outcomes

NAIVE = {"last_known": 1, "five_year_mean": 5}  # years that each is the mean of


def forecasts(
    table: pd.DataFrame,
    series: str,
    economies: Collection[str],
    outcome_release: str = LATEST,
) -> pd.DataFrame:
    """Return every forecast of a series for many economies, with outcomes and naive forecasts.

    Args:
        table: ``world_economic_outlook``; all releases, or at least those of interest.
        series: Code of the series, such as NGDP_RPCH.
        economies: Codes of the economies wanted; those that lack the series are passed over, and
            so are those that ``outcome_release`` lacks.
        outcome_release: The release that ``outcome`` is taken from, "latest" for the newest that
            has the series of any of these economies.

    Returns:
        Columns economy, then those of `outlook.forecasts`; last_known and five_year_mean, the last
        value that the same release calls actual and the mean of the last five, empty where it has
        fewer. Values in the unit of the series.

    Raises:
        OutlookError: None of the economies has the series in that release.
    """
    figures = table[(table["series"] == series) & table["economy"].isin(economies)]
    if figures.empty:
        raise outlook.OutlookError(
            f"the outlook has no {series} of any of these economies; see what the table holds"
        )
    chosen = figures["release"].max() if outcome_release == LATEST else outcome_release
    having = set(figures.loc[figures["release"] == chosen, "economy"])
    if not having:
        raise outlook.OutlookError(
            f"no release {chosen} has {series} of any of these economies; name another release"
        )
    figures = figures[figures["economy"].isin(having)]
    rows = outlook.beside_outcomes(figures, chosen)
    rows = rows.merge(naive(figures, series), on=["economy", "release"], how="left")
    return rows[["economy", *outlook.COLUMNS, *NAIVE]]


def naive(table: pd.DataFrame, series: str) -> pd.DataFrame:
    """Return what naive forecasters took from each release for each economy.

    Args:
        table: ``world_economic_outlook``.
        series: Code of the series.

    Returns:
        Columns economy, release, last_known and five_year_mean; empty where the release calls
        fewer than one or five years actual.
    """
    keys = ["economy", "release"]
    actual = outcomes.actual(table, series).sort_values([*keys, "year"], ignore_index=True)
    begins = actual.index.to_numpy() - actual.groupby(keys).cumcount().to_numpy()
    # The mean of the last n years that are known, where there are as many.
    made = {
        name: actual["value"].rolling(_Within(window_size=years, begins=begins), years).mean()
        for name, years in NAIVE.items()
    }
    return actual[keys].assign(**made).groupby(keys).last().reset_index()


class _Within(BaseIndexer):
    """Windows of rows that do not reach beyond the beginning of their group.

    As those of a rolling groupby, which takes a hundred times as long for thousands of groups.
    """

    window_size: int
    begins: npt.NDArray[np.int64]  # by row, the first row of its group

    def get_window_bounds(
        self,
        num_values: int = 0,
        min_periods: int | None = None,
        center: bool | None = None,
        closed: str | None = None,
        step: int | None = None,
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return the first row of each window and the row after its last."""
        ends = np.arange(1, num_values + 1, dtype=np.int64)
        return np.maximum(ends - self.window_size, self.begins), ends
