"""Trade by partner as customs publish it, on the same members of each group in every year.

Customs add up a group's members of the time: the European Union has the United Kingdom to December
2019 and not after. Set side by side as published, the two would compare 28 economies with 27. So
this is the one place where partners' figures are read, and it asks for the years that will be
compared::

    comparable(rows, [2014, 2024]).table    months by partners, the Union with the same members

A member that joined or left is taken out of the group in the years in which it belonged, or added
in the others, where customs have figures of it as a partner of its own. Where they have none, its
trade with the whole world bounds what it can be: below `NEGLIGIBLE` of the group's the change is
passed over, and the reader is told the bound. Else the years cannot be compared, and the reader is
told so. Months of the bulletins are held to the same rule (`same_groups`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import pandas as pd

from rebalancing.data.tables import economies, groups
from rebalancing.data.tables.columns import TO_DATE
from rebalancing.data.views.balances import EXPORTED, IMPORTED
from rebalancing.errors import DataError

WORLD = "WLD"
MONTHS = 12
# What customs call a group, and whose members of the time it adds up. Customs change members with
# the calendar year, so a year's members are those at its end: release notes of gacc-customs.
GROUPS = {"EU27": "EU_V", "ASEAN": "ASEAN"}
TRADE = (EXPORTED, IMPORTED)  # of the World Bank, with the whole world
NEGLIGIBLE = 0.005  # of the trade with a group: less is not seen in a share of one decimal


class MembershipError(DataError):
    """Years that cannot be compared, because a group changed and a member has no figures."""


class Comparable(NamedTuple):
    """Trade by partner in years whose groups have the same members.

    Attributes:
        table: US$ billion, months by partners, months in order of time.
        members: Who is in each group, in every year.
        note: What was done to groups that changed, as a sentence; empty where none did.
    """

    table: pd.DataFrame
    members: dict[str, tuple[str, ...]]
    note: str


def years(customs: pd.DataFrame, partners: Sequence[str], last: int) -> list[int]:
    """Return the years with twelve months of each partner.

    Args:
        customs: Rows of the table ``customs`` of one release and one economy.
        partners: Codes.
        last: The last year that may be used.
    """
    months = _published(customs, "exports").reindex(columns=list(partners)).dropna()
    counted = months.groupby(_years(months)).size()
    return [int(year) for year in counted[counted == MONTHS].index if year <= last]


def comparable(
    customs: pd.DataFrame,
    compared: Iterable[int],
    flow: Literal["exports", "imports"] = "exports",
    of: Mapping[str, str] = GROUPS,
    whole: Mapping[str, float] | None = None,
) -> Comparable:
    """Return trade by partner in some years, each group with the same members in all of them.

    Members are those of the last year if that is possible, else those of an earlier one.

    Args:
        customs: Rows of the table ``customs`` of one release and one economy.
        compared: The years that will be compared with each other.
        flow: exports or imports.
        of: Groups by the code that customs have for them.
        whole: Trade with the whole world, US$ billion a year, of members that customs do not have
            (`whole_trade`).

    Raises:
        MembershipError: A group changed, and a member that joined or left has no figures.
    """
    months = _published(customs, flow)
    chosen = sorted(set(compared))
    months = months[_years(months).isin(chosen)]
    members, notes = {}, []
    for partner, group in of.items():
        if partner not in months:
            continue
        by_year = {year: groups.members(group, year) for year in chosen}
        moved = set(changed(by_year)) - set(months)
        if moved and (part := _bound(moved, whole or {}, _least(months, partner))) <= NEGLIGIBLE:
            by_year = {year: tuple(set(of_year) - moved) for year, of_year in by_year.items()}
            notes.append(_passed_over(partner, moved, part))
        by_year = {year: tuple(sorted(of_year)) for year, of_year in by_year.items()}
        months[partner], members[partner] = _same_members(months, partner, by_year)
        if len(set(by_year.values())) > 1:
            notes.append(_said(partner, members[partner], by_year))
    return Comparable(months, members, " ".join(notes))


class SameGroups(NamedTuple):
    """Months of the bulletins whose groups can be compared.

    Attributes:
        rows: Without groups whose members changed by more than can be passed over.
        note: What was passed over or left out, as sentences; empty where nothing changed.
    """

    rows: pd.DataFrame
    note: str


def same_groups(
    bulletin: pd.DataFrame, whole: Mapping[str, float], of: Mapping[str, str] = GROUPS
) -> SameGroups:
    """Return rows of bulletins without groups that cannot be compared over their months.

    Bulletins have no figures of small members, so that a group cannot be made the same.

    Args:
        bulletin: Rows of the table ``partners`` of one economy.
        whole: As for `comparable`, of `movers`.
        of: Groups by the code that customs have for them.
    """
    rows, notes = bulletin, []
    for partner, group in of.items():
        own = rows[rows["partner"] == partner]
        moved = movers(own, {partner: group})
        if not moved:
            continue
        sums = own[own["span"] == TO_DATE].dropna(subset=["usd_bn"])
        least = float(sums.groupby("flow")["usd_bn"].max().min()) if len(sums) else 0.0
        if (part := _bound(moved, whole, least)) <= NEGLIGIBLE:
            notes.append(_passed_over(partner, moved, part))
        else:
            rows = rows[rows["partner"] != partner]
            names = _names()
            who = " and ".join(sorted(names.get(code, code) for code in moved))
            notes.append(f"{names.get(partner, partner)} is left out, as {who} joined or left it.")
    return SameGroups(rows, " ".join(notes))


def movers(bulletin: pd.DataFrame, of: Mapping[str, str] = GROUPS) -> set[str]:
    """Return who joined or left a group from the year before the bulletins' first to their last.

    Args:
        bulletin: As for `same_groups`.
        of: Groups by the code that customs have for them.
    """
    found: set[str] = set()
    for partner, group in of.items():
        months = bulletin.loc[bulletin["partner"] == partner, "month"]
        if len(months):
            ends = (f"{months.min().year - 1}-01", f"{months.max():%Y-%m}")
            found |= set(changed({end: groups.members(group, end) for end in ends}))
    return found


def changed(members: Mapping[Any, tuple[str, ...]]) -> list[str]:
    """Return who is a member in some of the periods and not in all."""
    every, always = set().union(*members.values()), set(next(iter(members.values()), ()))
    return sorted(every - always.intersection(*members.values()))


def ever_members() -> list[str]:
    """Return the codes of all who ever belonged to one of the groups."""
    return sorted({code for group in GROUPS.values() for code in groups.groups()[group].codes})


def whole_trade(bank: pd.DataFrame) -> dict[str, float]:
    """Return trade in goods with the whole world by economy, the larger flow, US$ billion.

    Args:
        bank: Rows of ``world_bank`` of `TRADE`, each series of one release.
    """
    newest = bank.sort_values("year").groupby(["economy", "series"])["value"].last() / 1e9
    return {str(code): float(flow) for code, flow in newest.groupby("economy").max().items()}


def _least(months: pd.DataFrame, partner: str) -> float:
    """Return the smallest yearly trade with a group, of whole years; none gives 0."""
    yearly = by_year(months[[partner]])[partner].dropna()
    return float(yearly.min()) if len(yearly) else 0.0


def _bound(moved: Iterable[str], whole: Mapping[str, float], least: float) -> float:
    """Return what members can be at most, as a part of the trade with their group."""
    most = sum(whole.get(code, float("inf")) for code in moved)
    return most / least if least > 0 else float("inf")


def _passed_over(partner: str, moved: Iterable[str], part: float) -> str:
    """Return who joined or left a group without figures, and how little that can be."""
    names = _names()
    who = " and ".join(sorted(names.get(code, code) for code in moved))
    name = names.get(partner, partner)
    return (
        f"{name[0].upper()}{name[1:]} has {who} in some of these months only, whose trade with "
        f"the whole world is {100 * part:.1g}% of trade with {name}."
    )


def by_year(months: pd.DataFrame) -> pd.DataFrame:
    """Return sums of whole years, missing where a month is."""
    return months.groupby(_years(months)).sum(min_count=MONTHS).rename_axis("year")


def _published(customs: pd.DataFrame, flow: str) -> pd.DataFrame:
    return customs.pivot(index="month", columns="partner", values=f"{flow}_usd_bn").sort_index()


def _years(months: pd.DataFrame) -> pd.Index:
    return pd.DatetimeIndex(months.index).year


def _same_members(
    months: pd.DataFrame, partner: str, by_year: Mapping[int, tuple[str, ...]]
) -> tuple[pd.Series, tuple[str, ...]]:
    """Return a group's months with the members of one of the years, the last if it can be."""
    lacking: set[str] = set()
    for kept in dict.fromkeys(by_year[year] for year in sorted(by_year, reverse=True)):
        found = months[partner].copy()
        for year, members in by_year.items():
            at = _years(months) == year
            found[at] += _flow(months[at], set(kept) - set(members))
            found[at] -= _flow(months[at], set(members) - set(kept))
        if found[months[partner].notna()].notna().all():
            return found, kept
        moved = {code for members in by_year.values() for code in set(members) ^ set(kept)}
        lacking |= {code for code in moved if code not in months}
    names, span = _names(), f"{min(by_year)} and {max(by_year)}"
    who = ", ".join(sorted(names.get(code, code) for code in lacking)) or "those who moved"
    raise MembershipError(
        f"{names.get(partner, partner)} changed its members between {span}, "
        f"and customs have no figures of {who} with which to compare the years"
    )


def _flow(months: pd.DataFrame, moved: set[str]) -> pd.Series:
    """Return the trade with economies that joined or left, missing where one has no figure."""
    return months.reindex(columns=sorted(moved)).sum(axis="columns", skipna=False)


def _names() -> dict[str, str]:
    return dict(economies.catalogue().set_index("economy")["in_text"])


def _said(partner: str, kept: tuple[str, ...], by_year: Mapping[int, tuple[str, ...]]) -> str:
    """Return which economies, members in some of the years, are in the group or out of it."""
    names = _names()
    moved = sorted({code for members in by_year.values() for code in set(members) ^ set(kept)})
    inside = [names.get(code, code) for code in moved if code in kept]
    outside = [names.get(code, code) for code in moved if code not in kept]
    parts = [
        f"{word} {' and '.join(who)}"
        for word, who in (("with", inside), ("without", outside))
        if who
    ]
    name = names.get(partner, partner)
    return f"{name[0].upper()}{name[1:]} is counted {' and '.join(parts)} in every year."
