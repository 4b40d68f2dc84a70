"""Dated milestones of policy, with what happened to a share between them.

``milestones.csv`` beside this module has one row per milestone::

    economy,date,short,what,source,checked
    CHN,2006-03-14,11th Plan,The 11th Five-Year Plan is ...,npc2006,"verified: China Daily, ..."

``short`` is what a chart has room for, ``source`` a key of ``book/references.bib``. ``checked``
says where the day and the words were seen; a milestone that was not verified is not used. A
milestone says when a policy was announced, not that anything followed from it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

from rebalancing.data.releases import shipped_tables

LIST = Path(__file__).with_name("milestones.csv")
_COLUMNS = ["economy", "date", "short", "what", "source", "checked"]
_VERIFIED = "verified"


def read_milestones(economy: str) -> pd.DataFrame:
    """Return an economy's verified milestones by date: columns date, year, short, what, source.

    Args:
        economy: Its code; one without milestones gives no rows.

    Raises:
        ShippedTableError: The list is missing or damaged.
    """
    table = listed()
    chosen = (table["economy"] == economy) & table["checked"].str.startswith(_VERIFIED)
    return table[chosen].drop(columns=["economy", "checked"]).reset_index(drop=True)


@cache
def listed() -> pd.DataFrame:
    """Return the milestones of all economies by date; all callers share the table.

    Returns:
        Columns economy, date, year, short, what, source and checked, which says how it was seen.

    Raises:
        ShippedTableError: The list is missing or damaged, or has a day that does not exist.
    """
    table = pd.DataFrame(shipped_tables.read_shipped(LIST, _COLUMNS), columns=_COLUMNS, dtype="str")
    table = table.sort_values("date")
    dates = pd.to_datetime(table["date"], format="%Y-%m-%d", errors="coerce")
    for date in table["date"][dates.isna()]:
        raise shipped_tables.wrong(LIST, f"{date!r} is no day that exists")
    table["date"] = dates
    table.insert(2, "year", table["date"].dt.year)
    return table


def between(milestones: pd.DataFrame, share: pd.Series[float]) -> pd.DataFrame:
    """Return a share at each milestone, at the next one or the end, and the change a year between.

    Args:
        milestones: As `read_milestones` returns.
        share: In percent, by year.

    Returns:
        The milestones with columns share (percent, missing after the last year of the data),
        next_year, next_share and change (percentage points a year), all three missing where no
        year lies between.
    """
    last = int(share.dropna().index[-1])
    years = milestones["year"]
    ends = years.shift(-1).fillna(last).clip(upper=last).astype(int)
    lasting = (ends - years).where(ends > years)
    known = milestones.assign(
        share=share.reindex(years).to_numpy(),
        next_year=ends.where(lasting.notna()),
        next_share=pd.Series(share.reindex(ends).to_numpy(), ends.index).where(lasting.notna()),
    )
    return known.assign(change=(known["next_share"] - known["share"]) / lasting)


def spaced(years: list[int], first: int, last: int, at_least: int) -> list[int]:
    """Return the earliest years that cut a span into parts of no fewer years than given.

    Args:
        years: Candidates in order; each is the last year of a part.
        first: First year of the span.
        last: Last year of the span.
        at_least: Fewest years in a part.
    """
    chosen: list[int] = []
    for year in years:
        start = chosen[-1] + 1 if chosen else first
        if year - start + 1 >= at_least and last - year >= at_least:
            chosen.append(year)
    return chosen
