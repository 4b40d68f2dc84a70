"""The years that the whole book measures changes from, chosen once.

The first year can decide the answer: a share that fell and rose again is up since its low
and down since its high. All chapters therefore take their years from here. Those of an economy
that ``particulars.csv`` lists were chosen by hand, each with its reason; for all others the turning
points of the share itself are computed.

=======  ===========================================================================================
turn     A year in which the course of the share changed, or was meant to.
window   Another year to measure from, such as the last one before a shock.
=======  ===========================================================================================
"""

from __future__ import annotations

from typing import Literal

import pandas as pd

from rebalancing.data.views import particulars, select

Start = Literal["low", "high", "neither"]

NEAR = 3  # years on either side of one that is called low or high
ELSEWHERE = 2  # years before and after a low or high, from which a change is measured as well
MOST_TURNS = 3
REVERSALS = range(1, 100)  # points that a share moves back by before a turn counts, tried in order


def years(economy: str, shares: pd.Series[float], last: int) -> list[int]:
    """Return the years that changes are measured between, in order, the last one included.

    Args:
        economy: Its code.
        shares: Its share of household consumption in GDP, percent, by year.
        last: The last year that is known, or that the study looks at.
    """
    return _within(particulars.windows(economy), shares, last) or turns(economy, shares, last)


def turns(economy: str, shares: pd.Series[float], last: int) -> list[int]:
    """Return the years that the path of the share runs through, in order, the last one included.

    Args:
        economy: Its code.
        shares: As for `years`.
        last: As for `years`.
    """
    named = particulars.windows(economy, kinds=("turn",))
    return _within(named, shares, last) or computed(shares.loc[:last])


def are_named(economy: str, turns: list[int]) -> bool:
    """Return whether a path runs through the turns that are named for an economy, and no others.

    Args:
        economy: Its code.
        turns: The years of the path, as from `turns`.
    """
    return turns[:-1] == list(particulars.windows(economy, kinds=("turn",)))


def reason(economy: str, year: int) -> str:
    """Return why a year was chosen, as the end of a sentence that begins "the year"."""
    return particulars.windows(economy).get(year, "in which the share began, or turned")


def starts(shares: pd.Series[float], year: int) -> Start:
    """Return whether a span that begins in a year begins at a low or a high.

    A low is the lowest value of the years near it. From a low a share can only rise at first, and
    from a high only fall: such a span is told with the change from another year (`elsewhere`).

    Args:
        shares: By year, with one for ``year``. A year at the end of the series is neither.
        year: The first year of the span.
    """
    near = shares.dropna().loc[year - NEAR : year + NEAR]
    if near.index[0] == year or near.index[-1] == year:
        return "neither"
    if near[year] == near.min():
        return "low"
    return "high" if near[year] == near.max() else "neither"


def elsewhere(shares: pd.Series[float], year: int) -> list[int]:
    """Return the years before and after one from which a change is measured as well."""
    known = shares.dropna().index
    return [other for other in (year - ELSEWHERE, year + ELSEWHERE) if other in known]


def computed(shares: pd.Series[float]) -> list[int]:
    """Return the first year of an unbroken series, its turning points and its last year.

    A turn is a high (a low) from which the share fell (rose) by a number of whole points, the
    smallest that leaves no more than three turns. Those within three years of an end are left
    out: what comes before or after them is not known yet.

    Args:
        shares: By year, at least one of them known.
    """
    run = select.latest_run(shares)
    first, last = int(run.index[0]), int(run.index[-1])
    for reversal in REVERSALS:
        inside = [year for year in _turning(run, reversal) if first + NEAR <= year <= last - NEAR]
        if len(inside) <= MOST_TURNS:
            break
    return sorted({first, *inside, last})


def _turning(run: pd.Series[float], reversal: float) -> list[int]:
    """Return the years of highs and lows that the series left by at least so much."""
    found: list[int] = []
    high = low = int(run.index[0])
    way = 0  # 1 while it rises, -1 while it falls, 0 before either is known
    for year, value in zip(run.index.astype(int), run, strict=True):
        high = year if value > run[high] else high
        low = year if value < run[low] else low
        if way >= 0 and run[high] - value >= reversal:
            found += [high] if way else []
            way, low = -1, year
        elif way <= 0 and value - run[low] >= reversal:
            found += [low] if way else []
            way, high = 1, year
    return found


def _within(named: dict[int, str], shares: pd.Series[float], last: int) -> list[int]:
    """Return the named years that are known and before the last one, and that one; else none."""
    known = shares.loc[:last].dropna().index
    inside = [year for year in sorted(named) if year in known and year < known[-1]]
    return [*inside, int(known[-1])] if inside else []
