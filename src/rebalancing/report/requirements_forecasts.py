"""What forecasts, scenarios and the specification curve need of the data (see `requirements`).

Each function returns why a section cannot be written, or an empty string where it can.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

FEWEST_ORIGINS = 7  # that calibrated forecasts ten years ahead can be scored on
FEWEST_SCORED = 3  # forecasts of the next year whose outcome is known
IN_COMMON = 15  # years that samples without a trend are drawn from


def forecasts(origins: Sequence[int], years: Sequence[int], own: pd.Series, needed: int) -> str:
    """Return why the share is not forecast.

    Args:
        origins: Years that the test of the forecasts can start from.
        years: First and last year of the sample.
        own: The share, in years that follow one another.
        needed: Years in a row that every forecaster can work with.
    """
    if len(origins) < FEWEST_ORIGINS:
        return f"from {years[0]} to {years[1]} there are too few years to test forecasts on"
    if len(own) < needed:
        return f"of its share {len(own)} years in a row are known, and {needed} are needed"
    return ""


def scorable(own: Mapping[str, pd.DataFrame]) -> list[str]:
    """Return the measures whose outside forecasts of an economy can be scored.

    Args:
        own: Forecasts of the economy that came due, with ``horizon`` in years, by measure.
    """
    return [name for name, rows in own.items() if (rows["horizon"] == 1).sum() >= FEWEST_SCORED]


def scenarios(share: float, median: float) -> str:
    """Return why it is no question what a larger share would take.

    Args:
        share: The latest one, % of GDP.
        median: Over all economies in that year.
    """
    if share <= median:
        return ""
    return (
        f"households spend {share:.1f}% of GDP there, more than in the median economy "
        f"({median:.1f}%)"
    )


def give_way(parts: pd.Series, year: int, *, has_world: bool) -> str:
    """Return why it cannot be shown who gives way to a larger share.

    Args:
        parts: The parts of GDP, %.
        year: The year they are of.
        has_world: Whether the release has the world's GDP.
    """
    if parts.isna().any():
        return f"the other parts of GDP are not published for {year}"
    return "" if has_world else "a release in national currencies has no world total"


def robustness(own: pd.Series, since: int, around: int, fewest: int, name: str) -> str:
    """Return why slopes since a year cannot be tried.

    Args:
        own: The share by year.
        since: Middle of the first years tried.
        around: Years by which the first year moves either way.
        fewest: Years that a slope needs.
        name: The economy, as a sentence has it.
    """
    if own.index[0] <= since - around and own.index[-1] - since - around >= fewest:
        return ""
    return (
        f"{name} has no figures of household consumption from {since - around} to "
        f"{since + around + fewest} or later"
    )


def chance(in_common: int) -> str:
    """Return why slopes cannot be set beside those of data without a trend."""
    if in_common >= IN_COMMON:
        return ""
    return f"{in_common} years in common are too few to draw from"
