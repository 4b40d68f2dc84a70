"""What forecasts, scenarios and the specification curve need of the data (see `requirements`).

Each function returns why a section cannot be written, or an empty string where it can.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from rebalancing.data.views import particulars
from rebalancing.models import forecast
from rebalancing.models.accounting import arithmetic

MIN_TRAIN = 20  # years that a forecast is made from
EVERY, MOST_ORIGINS = 3, 10  # years between the origins of the test, and how many there are
FEWEST_ORIGINS = 8  # of which one can be calibrated, and scored, ten years ahead
FEWEST_SCORED = 3  # forecasts of the next year whose outcome is known
OUTLOOKS = {"saving": "NGSD_NGDP", "investment": "NID_NGDP", "current_account": "BCA_NGDPD"}
GROWTH = {"growth": "NGDP_RPCH", "exports": "TX_RPCH"}  # scored as well, where there are any
PARTS = {
    "household consumption": "household_pct_gdp",
    "government": "government_pct_gdp",
    "investment": "capital_formation_pct_gdp",
    "net exports": "net_exports_pct_gdp",
}
AROUND = 2  # how far the first year of slopes is moved either way
LONG = 20  # years of slopes over a long span, a round number, where no turn is named
FEWEST = 8  # years that a slope needs
IN_COMMON = 15  # years that samples without a trend are drawn from


def origins(first: int, end: int) -> list[int]:
    """Return the years from which forecasts are tried, in order."""
    return list(range(end - 1, first + MIN_TRAIN - 2, -EVERY))[:MOST_ORIGINS][::-1]


def forecasts(tried: Sequence[int], years: tuple[int, int], own: pd.Series) -> str:
    """Return why the share is not forecast.

    Args:
        tried: The years from which forecasts are tried.
        years: First and last year of the sample.
        own: The share, in years that follow one another.
    """
    if len(tried) < FEWEST_ORIGINS:
        return f"from {years[0]} to {years[1]} there are too few years to test forecasts on"
    needed = max(each.at_least for each in forecast.FORECASTERS.values())
    if len(own) < needed:
        return f"of its share {len(own)} years in a row are known, and {needed} are needed"
    return ""


def scoreboard(own: Mapping[str, pd.DataFrame]) -> str:
    """Return why others' forecasts of saving, investment and current account are not scored.

    Args:
        own: Forecasts of the economy that came due, with ``horizon`` in years, by measure.
    """
    if scorable(own):
        return ""
    return "the World Economic Outlooks held have too few forecasts of it that came due"


def scorable(own: Mapping[str, pd.DataFrame]) -> list[str]:
    """Return the measures whose outside forecasts of an economy can be scored, in their order.

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
    lowest, highest = arithmetic.PLAUSIBLE_SUM
    if not lowest <= parts.sum() <= highest:
        return f"the parts of GDP that are published for {year} add up to {parts.sum():.0f}% of it"
    return "" if has_world else "a release in national currencies has no world total"


def since(economy: str, last: int) -> int:
    """Return the middle of the first years of slopes over a long span.

    It is the first of the turns that are named for an economy. Where none is named, it is a round
    number of years before the last: a turn that is found in the data would decide the slope's sign.

    Args:
        economy: Its code.
        last: The last year of its share.
    """
    return min(particulars.windows(economy, kinds=("turn",)), default=last - LONG)


def robustness(own: pd.Series, middle: int, name: str) -> str:
    """Return why slopes over a long span cannot be tried.

    Args:
        own: The share by year.
        middle: Of the first years, as from `since`.
        name: The economy, as a sentence has it.
    """
    if own.index[0] <= middle - AROUND and own.index[-1] - middle - AROUND >= FEWEST:
        return ""
    return (
        f"{name} has no figures of household consumption from {middle - AROUND} to "
        f"{middle + AROUND + FEWEST} or later"
    )


def chance(in_common: int) -> str:
    """Return why slopes cannot be set beside those of data without a trend."""
    if in_common >= IN_COMMON:
        return ""
    return f"{in_common} years in common are too few to draw from"
