"""Past years on which a bridge can be tried, each with what was known in its time.

`cases` uses figures of one release. Where indicators are forecasts themselves, `outlook_cases`
takes those made at the same distance; `as_held` puts in the share as its releases had it; `ToDate`
and `to_date_cases` are for a year of which only some months are known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rebalancing.models.forecast import bridge
from rebalancing.models.forecast.bridge import Case
from rebalancing.models.validate import ModelInputError


def cases(
    change: pd.Series[float], indicators: pd.DataFrame, years: Sequence[int], *, steps: int = 1
) -> list[Case]:
    """Return the cases of some years, by figures of one release of each.

    Args:
        change: By year.
        indicators: By year.
        years: The last years to forecast; those without an outcome or an indicator are left out.
        steps: How many years each forecast spans: its first is ``steps - 1`` before its last.
    """
    found = (_case(change, indicators, int(year), steps) for year in years)
    return [case for case in found if case is not None]


def same_distance(release: str, year: int, other: int) -> str:
    """Return the release as far from another year as one is from a year: ``2024-10``."""
    return f"{int(release[:4]) - year + other}{release[4:]}"


def outlook_cases(
    change: pd.Series[float],
    indicators: pd.DataFrame,
    releases: Mapping[str, pd.DataFrame],
    span: tuple[int, int],
) -> list[Case]:
    """Return the cases of past years with what an outlook said at the same distance.

    Args:
        change: By year.
        indicators: By year, of today's figures, those of the bridge that no outlook has; may have
            no columns.
        releases: The indicators that are forecasts, by release (``2025-10``); the newest is the
            one used now.
        span: First and last year that are forecast now.
    """
    found = []
    for year in change.index:
        name = same_distance(max(releases), span[1], int(year))
        if name in releases:
            both = pd.concat([indicators, releases[name]], axis=1)
            found.append(_case(change, both, int(year), span[1] - span[0] + 1))
    return [case for case in found if case is not None]


def as_held(cases: Sequence[Case], releases: Mapping[str, pd.Series[float]]) -> list[Case]:
    """Return the cases that can be tried with the share as it was held then, with that.

    A case stays if a release ends just before its years, and a later one has them: changes known
    are those of the former, the outcome is that of the first that has the years.

    Args:
        cases: With the share as it is known today.
        releases: The share by year, by release, each named by its last year.
    """
    found = []
    for case in cases:
        last = int(case.new.index[0]) - 1
        known = releases.get(str(last), pd.Series(dtype=float)).dropna()
        later = next((name for name in sorted(releases) if int(name) >= case.year), None)
        if known.empty or known.index[-1] != last or later is None:
            continue
        came = releases[later].diff().reindex(case.new.index)
        if came.notna().all():
            change = known.diff().dropna()
            indicators = case.known.reindex(change.index)
            held = case._replace(change=change, known=indicators, outcome=float(came.sum()))
            found.append(held)
    return found


@dataclass(frozen=True)
class ToDate:
    """What is known of years over the same months from January.

    Attributes:
        growth_of: Growth of parts of consumption at current prices, percent: columns by year.
        prices: Growth of prices that say something of the deflator, percent: columns by year.
        deflator: Growth of the deflator of GDP over whole years, percent.
        real: Real growth of GDP forecast early in the same year, percent, by year.
    """

    growth_of: pd.DataFrame
    prices: pd.DataFrame
    deflator: pd.Series[float]
    real: pd.Series[float]

    def deflator_in(self, year: int) -> bridge.StudentDensity:
        """Return the density of the deflator's growth in a year, from prices to date.

        Estimated on the years before it.

        Raises:
            ModelInputError: They are too few.
        """
        found = bridge.fit(self.deflator[self.deflator.index < year], self.prices)
        return found.predict(self.prices.loc[[year]])

    def nominal(self, year: int) -> bridge.StudentDensity:
        """Return the density of growth of GDP at current prices in a year.

        Its width is that of the deflator: the error of the forecast of real growth is not in it.

        Raises:
            ModelInputError: Too few years to estimate the deflator from.
        """
        price, real = self.deflator_in(year), 1 + float(self.real[year]) / 100
        return bridge.StudentDensity(
            100 * (real * (1 + price.mean / 100) - 1), real * price.scale, price.df
        )

    def gaps(self, year: int) -> tuple[pd.Series[float], float]:
        """Return growth of the parts less that of GDP in a year, and the error in it."""
        product = self.nominal(year)
        grown = self.growth_of.T[year].astype(float)
        return grown - product.mean, product.scale


def to_date_cases(
    change: pd.Series[float], indicators: pd.DataFrame, partial: ToDate
) -> list[Case]:
    """Return the cases of two years, of which the second is known in part only.

    Args:
        change: By year.
        indicators: By year, of whole years; columns of ``partial.growth_of``.
        partial: What is known of part of a year, in past years too.
    """
    found = []
    for year in sorted(set(partial.real.index) & set(change.index)):
        made, came = two_years(indicators, partial, int(year)), change.reindex([year - 1, year])
        if made is not None and came.notna().all():
            before = change[change.index < year - 1]
            known = indicators.reindex(before.index)
            found.append(Case(int(year), before, known, made[0], float(came.sum()), made[1]))
    return found


def two_years(
    indicators: pd.DataFrame, partial: ToDate, year: int
) -> tuple[pd.DataFrame, pd.Series[float]] | None:
    """Return the indicators of a whole year and of the next to date, with the latter's errors.

    Args:
        indicators: As for `to_date_cases`.
        partial: As there.
        year: The second of the two.

    Returns:
        Rows of the two years, and the standard deviation of each column's error; None where one of
        them is not known.
    """
    columns = list(indicators.columns)
    needed = (partial.real, partial.prices.dropna(), partial.growth_of.dropna(subset=columns))
    if year - 1 not in indicators.index or any(year not in one.index for one in needed):
        return None
    try:
        row, error = partial.gaps(year)
    except ModelInputError:
        return None
    to_date = row[columns].to_frame(year).T
    new = pd.concat([indicators.loc[[year - 1]], to_date]).rename_axis("year")
    if new.isna().to_numpy().any():
        return None
    return new, pd.Series(error, index=columns)


def _case(change: pd.Series[float], indicators: pd.DataFrame, year: int, steps: int) -> Case | None:
    """Return the case of a year, or None where an outcome or an indicator is not known."""
    ahead = pd.Index(np.arange(year - steps + 1, year + 1), name="year")
    new, came = indicators.reindex(ahead), change.reindex(ahead)
    if new.isna().to_numpy().any() or came.isna().any():
        return None
    before = change[change.index < ahead[0]].dropna()
    return Case(year, before, indicators.reindex(before.index), new, float(came.sum()))
