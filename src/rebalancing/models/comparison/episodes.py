"""Episodes in which a share rose, or fell, by much: when, how far, and what gave way.

All economies and all years are searched by one rule, so that an episode is found whether or not
anybody has heard of it. What goes with an episode is described, not explained: growth or another
share that moved meanwhile may be its cause, its consequence, or neither.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from rebalancing.models import validate
from rebalancing.models.comparison._years_by_economies import years_by_economies
from rebalancing.models.validate import FloatArray, ModelInputError

Direction = Literal["rise", "fall"]
DIRECTIONS: Mapping[Direction, float] = {"rise": 1.0, "fall": -1.0}
_COLUMNS = {
    "economy": object, "start": int, "end": int, "years": int, "start_share": float,
    "end_share": float, "change": float, "open_start": bool, "open_end": bool,
}  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class Episodes:
    """The episodes found in a panel of shares.

    Attributes:
        table: One row per episode: economy, start and end (years of its turning points), years
            (between them), start_share, end_share, change (averages over ``smooth`` years around
            them, in units of the shares; negative for falls), open_start and open_end (whether
            the data begin or end there, so that the episode may be longer).
        direction: "rise" or "fall".
        at_least: Change that makes a phase an episode, in units of the shares.
        within: Years after which that change must be there.
        reversal: Movement the other way that ends a phase, in units of the shares.
        smooth: Years averaged over.
        n_economies: Economies searched, whether or not they had an episode.
        n_years: Their years, together.
    """

    table: pd.DataFrame
    direction: Direction
    at_least: float
    within: int
    reversal: float
    smooth: int
    n_economies: int
    n_years: int

    def to_frame(self) -> pd.DataFrame:
        """Return the table, one row per episode."""
        return self.table.copy()

    def __repr__(self) -> str:
        """Say what was looked for, and what was found."""
        found = self.table
        return (
            f"Episodes: {self.direction}s by {self.at_least:g} or more in {self.within} years "
            f"in {self.n_economies} economies, {self.n_years} observations\n"
            f"  {len(found)} in {found['economy'].nunique()} economies; median change "
            f"{found['change'].median():.3g} in {found['years'].median():g} years; "
            f"{int((found['open_start'] | found['open_end']).sum())} at an end of the data"
        )


def find(
    shares: pd.DataFrame,
    *,
    direction: Direction = "rise",
    at_least: float = 5.0,
    within: int = 10,
    reversal: float | None = None,
    smooth: int = 3,
) -> Episodes:
    """Find the episodes of a panel, which never overlap.

    The rule, in the manner in which business cycles are dated (Harding and Pagan 2002, Journal of
    Monetary Economics 49): shares are averaged over ``smooth`` years, so that a single odd year
    is no episode. Each economy's years are cut at turning points into phases that rise and
    phases that fall; a phase ends at its highest (lowest) year once the share has moved the
    other way by ``reversal``. A phase is an episode if from one of its years on the share moved
    by ``at_least`` over the next ``within`` years, or to the end of the data where that comes
    first: what came and went in between is none. The episode is the whole phase, from turning
    point to turning point, so that it may be shorter or longer than the window.

    Thresholds are choices; show the number of episodes under others. Shares in nominal terms also
    move with relative prices, and a share of GDP rises when the rest of GDP shrinks.

    Args:
        shares: Years by economies; gaps end a phase, and runs of fewer than ``within`` years are
            not searched.
        direction: "rise" or "fall".
        at_least: Change, in units of the shares, as a positive number.
        within: Years.
        reversal: In units of the shares; None: half of ``at_least``.
        smooth: Odd number of years, the turning point's in the middle; 1 for none.

    Raises:
        ModelInputError: Shares or options that cannot be used.
    """
    table = years_by_economies(shares, "shares")
    sign = DIRECTIONS.get(direction)
    if sign is None:
        raise ModelInputError(f"direction: {direction!r} is not allowed; use 'rise' or 'fall'")
    least = _positive(at_least, "at_least")
    back = least if reversal is None else _positive(reversal, "reversal")
    validate.whole(within, "within", 1)
    validate.whole(smooth, "smooth", 1)
    if smooth % 2 == 0:
        raise ModelInputError(f"smooth: {smooth} is even and has no middle year; use an odd number")
    averages = table.rolling(smooth, center=True).mean().to_numpy()
    first = int(table.index[0])
    rows: list[dict[str, Any]] = []
    searched, years = 0, 0
    for economy, values in zip(table, averages.T, strict=True):
        runs = [(start, end) for start, end in _runs(values) if end - start >= within]
        searched, years = searched + bool(runs), years + sum(end - start for start, end in runs)
        for start, end in runs:
            episodes = _of_run(values[start:end], first + start, sign, least, within, back)
            rows += [{"economy": economy, **episode} for episode in episodes]
    found = pd.DataFrame(rows, columns=list(_COLUMNS)).astype(_COLUMNS)
    return Episodes(found, direction, least, within, back, smooth, searched, years)


def changes(
    episodes: Episodes, items: Mapping[str, pd.DataFrame], *, smooth: int | None = None
) -> pd.DataFrame:
    """Return how much other shares changed between the turning points of each episode.

    Args:
        episodes: From `find`.
        items: Years by economies, in units of the shares, by name.
        smooth: Years averaged over; None: as the episodes.

    Returns:
        One row per episode, one column per item; missing where the item is not known at both ends.

    Raises:
        ModelInputError: Items that cannot be used.
    """
    width = episodes.smooth if smooth is None else smooth
    validate.whole(width, "smooth", 1)
    columns = {}
    for name, item in items.items():
        averages = years_by_economies(item, name).rolling(width, center=True).mean()
        columns[name] = _at(averages, episodes.table, "end") - _at(
            averages, episodes.table, "start"
        )
    return pd.DataFrame(columns, index=episodes.table.index)


def at_start(episodes: Episodes, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return what was known of each episode's economy in its first year.

    Args:
        episodes: From `find`.
        tables: Years by economies, by name.

    Returns:
        One row per episode, one column per table; missing where nothing is known.

    Raises:
        ModelInputError: Tables that cannot be used.
    """
    columns = {
        name: _at(years_by_economies(table, name), episodes.table, "start")
        for name, table in tables.items()
    }
    return pd.DataFrame(columns, index=episodes.table.index)


def growth(
    episodes: Episodes, rates: pd.DataFrame, *, before: int = 10, at_least: int = 5
) -> pd.DataFrame:
    """Return average growth before and during each episode.

    Args:
        episodes: From `find`.
        rates: Growth in percent on the year before, years by economies.
        before: Years before and up to the start that "before" averages over.
        at_least: Known years that an average needs.

    Returns:
        One row per episode; columns before and during, in percent a year (the average of
        logarithmic rates, turned back); missing where too few years are known. "During" are the
        years after the start, up to the end.

    Raises:
        ModelInputError: Rates that cannot be used, or at or below -100%.
    """
    validate.whole(before, "before", 1)
    validate.whole(at_least, "at_least", 1)
    table = years_by_economies(rates, "rates")
    if (table <= -100).to_numpy().any():
        raise ModelInputError("rates: a rate of -100% or less; growth is in percent on the year")
    logs = dict(zip(table, np.log1p(table.to_numpy().T / 100), strict=True))
    found, first = episodes.table, int(table.index[0])
    rows = []
    for economy, start, end in zip(found["economy"], found["start"], found["end"], strict=True):
        own = logs.get(economy, np.empty(0))
        after, last = max(0, start - first + 1), max(0, end - first + 1)
        earlier, during = own[max(0, after - before) : after], own[after:last]
        # A short episode is known well if all its years are.
        rows.append((_mean(earlier, at_least), _mean(during, min(at_least, end - start))))
    return pd.DataFrame(rows, found.index, ["before", "during"], dtype=float)


def describe(
    episodes: Episodes,
    items: Mapping[str, pd.DataFrame],
    rates: pd.DataFrame,
    known: Mapping[str, pd.DataFrame],
) -> pd.DataFrame:
    """Return the episodes with all that is known of each, one row per episode.

    Args:
        episodes: From `find`.
        items: As for `changes`.
        rates: As for `growth`.
        known: As for `at_start`.

    Returns:
        The table of the episodes, then the columns of `changes`, `growth` and `at_start`.

    Raises:
        ModelInputError: As those functions.
    """
    what_gave_way = episodes.table.join(changes(episodes, items))
    return what_gave_way.join(growth(episodes, rates)).join(at_start(episodes, known))


def precedents(
    described: pd.DataFrame,
    *,
    below: float,
    people: float,
    manufactures: float,
    unlisted: Collection[str] = (),
) -> pd.DataFrame:
    """Return the rises from a low share in large economies that export mostly manufactures.

    Args:
        described: From `describe`, with columns people and manufactures of its ``known``.
        below: Share that an episode starts below, in units of the shares.
        people: Fewest people.
        manufactures: Least part of goods exports, percent.
        unlisted: Economies whose exports by kind nobody publishes: they are not left out for that.
            Where a source lacks an economy, its silence is no evidence that there was no rise.
    """
    makes = described["manufactures"] >= manufactures
    makes |= described["manufactures"].isna() & described["economy"].isin(list(unlisted))
    starts_low = described["start_share"] < below
    return described[starts_low & makes & (described["people"] >= people)].copy()


def base_rate(
    shares: pd.DataFrame, *, below: float, change: float, years: int, smooth: int = 3
) -> pd.Series:
    """Return how often a share below a level had risen by so much some years later.

    All pairs of years of all economies count; neighbouring pairs overlap and are almost the same
    news, so that the number of economies says how much there is to learn from. Low shares rise
    more often than others also because some were low by chance.

    Args:
        shares: Years by economies.
        below: Level, in units of the shares.
        change: Rise, in units of the shares.
        years: Years between the two.
        smooth: Odd number of years averaged over.

    Returns:
        n (pairs that started below), n_economies, rate (percent of them with such a rise),
        rate_by_economy (the same, each economy with the same weight), median_change.

    Raises:
        ModelInputError: Shares or options that cannot be used, or no pair that starts below.
    """
    validate.whole(years, "years", 1)
    averages = years_by_economies(shares, "shares").rolling(smooth, center=True).mean()
    level = validate.number(below, "below")
    rise = averages.shift(-years) - averages
    rise = rise.where(averages < level).dropna(axis="columns", how="all")
    if rise.empty:
        raise ModelInputError(f"below: no share below {level:g} is followed for {years} years")
    known = rise.notna()
    reached = (rise >= validate.number(change, "change")).sum()
    found = {
        "n": float(known.to_numpy().sum()),
        "n_economies": float(rise.shape[1]),
        "rate": 100 * float(reached.sum() / known.to_numpy().sum()),
        "rate_by_economy": 100 * float((reached / known.sum()).mean()),
        "median_change": float(np.nanmedian(rise.to_numpy())),
    }
    return pd.Series(found)


def _of_run(
    run: FloatArray, year: int, sign: float, least: float, within: int, reversal: float
) -> list[dict[str, Any]]:
    """Return the episodes among the phases of one economy's unbroken years, from a year on."""
    values = sign * run
    rows = []
    for first, last in _rising_phases(values.tolist(), reversal):
        starts = np.arange(first, last)
        later = values[np.minimum(starts + within, len(values) - 1)]
        if not (later - values[starts] >= least).any():
            continue
        rows.append(
            {
                "start": year + first,
                "end": year + last,
                "years": last - first,
                "start_share": float(run[first]),
                "end_share": float(run[last]),
                "change": float(run[last] - run[first]),
                "open_start": first == 0,
                "open_end": last == len(run) - 1,
            }
        )
    return rows


def _rising_phases(values: Sequence[float], reversal: float) -> list[tuple[int, int]]:
    """Return first and last position of each phase that rises, from trough to peak.

    A trough is the lowest value since the last peak, the latest of equal ones, known as such once
    the values have risen from it by ``reversal``; a peak is the highest, the first of equal ones.
    """
    phases: list[tuple[int, int]] = []
    low = high = 0
    rising = False
    for position, value in enumerate(values):
        if rising:
            if value > values[high]:
                high = position
            elif values[high] - value >= reversal:
                phases.append((low, high))
                rising, low = False, position
        elif value <= values[low]:
            low = position
        elif value - values[low] >= reversal:
            rising, high = True, position
    return [*phases, (low, high)] if rising else phases


def _runs(values: FloatArray) -> list[tuple[int, int]]:
    """Return where each unbroken run of known values starts and ends."""
    known = np.concatenate([[False], ~np.isnan(values), [False]])
    edges = np.flatnonzero(known[1:] != known[:-1]).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))


def _at(table: pd.DataFrame, episodes: pd.DataFrame, column: str) -> FloatArray:
    """Return a table's values at each episode's year and economy."""
    rows = table.index.get_indexer(pd.Index(episodes[column]))
    columns = table.columns.get_indexer(pd.Index(episodes["economy"]))
    values = table.to_numpy(dtype=float)[rows, columns]
    return np.where((rows >= 0) & (columns >= 0), values, np.nan)


def _mean(logs: FloatArray, at_least: int) -> float:
    known = logs[~np.isnan(logs)]
    return 100 * float(np.expm1(known.mean())) if len(known) >= at_least else float("nan")


def _positive(value: float, name: str) -> float:
    number = validate.number(value, name)
    if number <= 0:
        raise ModelInputError(f"{name}: {number:g} is not positive; pass a size, without a sign")
    return number
