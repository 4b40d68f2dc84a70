"""Totals of groups of economies, in which nothing is counted twice or left out silently.

Groups are summed here, for values in US dollars: those that `rebalancing.data.tables.groups` says
are to be, the world among them. Members count in the years in which they belong to the group.

The European Union of today's 27 begins in 1990: the Baltic states, Slovenia and Croatia have
accounts from then on; as parts of the Soviet Union and Yugoslavia they have none.

The world is every economy of the source. A former economy is counted up to the year before its
successors' accounts begin (`SUCCESSIONS`), the successors from then on, so that each year's world
is covered exactly once, although the source shows both for some years::

    Soviet Union 1970-1989 | Russia, Ukraine, ... (15 economies) 1990-

A total needs the GDP of every member that counts in that year, and, for each item, members with at
least the group's ``least_share`` of its GDP. Where that fails there is no total. World exports, for
example, begin in 1990, because the Soviet Union's were not published; world manufacturing begins
in 2004, with China's.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from rebalancing.data.releases.coded import pivoted, plain
from rebalancing.data.tables import groups


def _codes(text: str) -> tuple[str, ...]:
    return tuple(text.split())


BEGINNING, END = 0, 9999


@dataclass(frozen=True)
class Succession:
    """Economies that ended, those that took over, and the first year of the latter's accounts."""

    former: tuple[str, ...]
    successors: tuple[str, ...]
    first_year: int


SUCCESSIONS = (
    Succession(
        _codes("SUN"), _codes("ARM AZE BLR EST GEO KAZ KGZ LTU LVA MDA RUS TJK TKM UKR UZB"), 1990
    ),
    # Kosovo is not part of Serbia in these accounts, and both follow Yugoslavia.
    Succession(_codes("YUG"), _codes("BIH HRV MKD MNE SRB SVN XKX"), 1990),
    Succession(_codes("CSK"), _codes("CZE SVK"), 1990),
    Succession(_codes("ETF"), _codes("ERI ETH"), 1990),
    Succession(_codes("YAR YMD"), _codes("YEM"), 1989),
    Succession(_codes("ANT"), _codes("CUW SXM"), 2005),
    Succession(_codes("SDF"), _codes("SDN SSD"), 2008),
)

# Accounts that begin late without a predecessor among the economies: below 0.002% of the world.
LATE = {"EAZ": 1990, "TLS": 1990}


def windows() -> pd.DataFrame:
    """Return the years in which predecessors and successors count towards the world.

    Returns:
        A frame of economy, first_year and last_year; an economy that is not in it counts always.
    """
    rows = [
        *((code, BEGINNING, s.first_year - 1) for s in SUCCESSIONS for code in s.former),
        *((code, s.first_year, END) for s in SUCCESSIONS for code in s.successors),
        *((code, first_year, END) for code, first_year in LATE.items()),
    ]
    return pd.DataFrame(rows, columns=["economy", "first_year", "last_year"])


def composition(economies: pd.Series) -> pd.DataFrame:
    """Return who belongs to which group, and from when to when.

    Args:
        economies: The codes that the source has, former economies included.

    Returns:
        A frame of group, economy, first_year and last_year, both inclusive.
    """
    parts = [_members(code, economies) for code in groups.summed()]
    return (
        pd.concat(parts, ignore_index=True)
        .fillna({"first_year": BEGINNING, "last_year": END})
        .astype({"first_year": "int64", "last_year": "int64"})
    )


def _members(group: str, economies: pd.Series) -> pd.DataFrame:
    """Return who belongs to one group, and from when to when; empty where always."""
    listed = groups.groups()[group].members
    if isinstance(listed, str):
        everyone = pd.DataFrame({"group": group, "economy": sorted(economies.unique())})
        return everyone.merge(windows(), on="economy", how="left")
    rows = [(group, code, *m.years) for m in listed for code in m.economies]
    return pd.DataFrame(rows, columns=["group", "economy", "first_year", "last_year"])


def totals(accounts: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """Sum items over the members of groups, where enough of the group is published.

    Args:
        accounts: release, prices, economy, year, item, value in one currency; GDP among the items.
        members: As from `composition`.

    Returns:
        The same columns, with the group's code as economy.
    """
    by_year = ["release", "prices", "group", "year"]
    rows = plain(pivoted(accounts, ["release", "prices", "economy", "year"], "item", "value"))
    counted = _counted(rows, members).set_index([*by_year, "economy"])
    sums = counted.groupby(by_year).sum(min_count=1)
    covered = counted.notna().mul(counted["GDP"], axis="index").groupby(by_year).sum()
    least = sums["GDP"] * sums.index.get_level_values("group").map(groups.summed()) * (1 - 1e-12)
    complete = counted["GDP"].groupby(by_year).count() == _expected(sums, members)
    published = sums[covered.ge(least, axis="index")][complete]
    long = published.melt(var_name="item", ignore_index=False).dropna(subset="value").reset_index()
    return long.rename(columns={"group": "economy"})[list(accounts.columns)]


def _counted(frame: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """Keep the years in which an economy counts, once for each group that it belongs to."""
    joined = frame.merge(members, on="economy")
    inside = joined["year"].between(joined["first_year"], joined["last_year"])
    return joined[inside].drop(columns=["first_year", "last_year"])


def _expected(sums: pd.DataFrame, members: pd.DataFrame) -> pd.Series:
    """Return how many members should count in the group and year of each row."""
    keys = ["group", "year"]
    joined = sums.index.to_frame(index=False)[keys].drop_duplicates().merge(members, on="group")
    inside = joined["year"].between(joined["first_year"], joined["last_year"])
    count = joined[inside].groupby(keys).size().rename("expected")
    return sums[[]].join(count, on=keys)["expected"]
