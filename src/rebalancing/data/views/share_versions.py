"""The household consumption share in every version that the releases held allow.

Versions differ by definition and release, by what the share is compared with, and by what is done
with the years of the pandemic. They are for asking whether an answer depends on the version; none
is joined with another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from rebalancing.data.views import select
from rebalancing.errors import DataError

OWN, MEDIAN, PEERS = "share itself", "less median", "less peers"
PUBLISHED, BRIDGED = "as published", "bridged"
PANDEMIC = (2020, 2022)
# The World Bank's series of the share, and of what government spends on households' behalf.
HOUSEHOLD, HEALTH, SCHOOLING = "NE.CON.PRVT.ZS", "SH.XPD.GHED.GD.ZS", "SE.XPD.TOTL.GD.ZS"
WORLD_BANK = (HOUSEHOLD, HEALTH, SCHOOLING)


class Version(NamedTuple):
    """What tells one version of the share from another."""

    definition: str
    compared: str
    pandemic: str


class BridgeError(DataError):
    """Years that cannot be bridged, because a neighbour is missing."""


def as_published(definition: str, series: Mapping[str, pd.Series]) -> dict[Version, pd.Series]:
    """Return series of one definition, as published, by version.

    Args:
        definition: What tells them from other definitions.
        series: By what the share is compared with, as `compared_with_others` returns them.
    """
    return {Version(definition, compared, PUBLISHED): each for compared, each in series.items()}


def compared_with_others(
    table: pd.DataFrame, economy: str, everyone: Sequence[str], peers: Sequence[str]
) -> dict[str, pd.Series]:
    """Return an economy's share, and the share less the median of others and the mean of peers.

    Args:
        table: Shares, years by economies.
        economy: The economy of interest.
        everyone: The economies whose median is taken; itself left out.
        peers: The economies whose mean is taken, those that have figures for all its years.
    """
    own = table[economy].dropna()
    others = table.loc[own.index, [c for c in everyone if c in table and c != economy]]
    complete = [c for c in peers if c in table and table.loc[own.index, c].notna().all()]
    found = {OWN: own, MEDIAN: own - others.median(axis="columns")}
    if complete:
        found[PEERS] = own - table.loc[own.index, complete].mean(axis="columns")
    return found


def bridged(series: pd.Series, first: int = PANDEMIC[0], last: int = PANDEMIC[1]) -> pd.Series:
    """Return a series in which some years lie on the line between their neighbours.

    Raises:
        BridgeError: The year before or the year after is missing.
    """
    before, after = first - 1, last + 1
    if pd.isna(series.get(before)) or pd.isna(series.get(after)):
        raise BridgeError(f"{before} or {after} is missing; {first} to {last} cannot be bridged")
    line = series.copy()
    slope = (series[after] - series[before]) / (after - before)
    for year in range(first, last + 1):
        line[year] = series[before] + slope * (year - before)
    return line


def of_accounts(
    shares: pd.DataFrame,
    economy: str,
    everyone: Sequence[str],
    peers: Sequence[str],
    *,
    last_release: str,
    last_year: int,
) -> dict[Version, pd.Series]:
    """Return the versions of all releases of the United Nations' accounts up to one.

    Args:
        shares: The processed table ``expenditure_shares``.
        economy: The economy of interest.
        everyone: The economies whose median is taken.
        peers: The economies whose mean is taken.
        last_release: The newest release to use.
        last_year: The last year to use.
    """
    found: dict[Version, pd.Series] = {}
    for release in sorted(name for name in shares["release"].unique() if name <= last_release):
        chosen = select.of_release(shares, release)
        table = select.wide(chosen, "household_pct_gdp", int(chosen["year"].min()), last_year)
        if economy in table:
            series = compared_with_others(table, economy, everyone, peers)
            found |= as_published(f"UN {release}", series)
    return found | bridges(found)


def of_world_bank(
    published: pd.DataFrame, own: pd.Series, *, fewest: int
) -> dict[Version, pd.Series]:
    """Return the World Bank's share, and the accounts' with public health and schooling added.

    Args:
        published: The series `WORLD_BANK`, % of GDP, years by codes; those that are not there
            count as unknown.
        own: The share of the accounts, % of GDP.
        fewest: Years up to the latest, without a gap, that a version needs.
    """
    by_code = published.reindex(columns=list(WORLD_BANK))
    candidates = {
        "World Bank": by_code[HOUSEHOLD],
        "UN + transfers": own + by_code[HEALTH] + by_code[SCHOOLING],
    }
    found: dict[Version, pd.Series] = {}
    for definition, series in candidates.items():
        known = select.latest_run(series)
        if len(known) >= fewest:
            found |= as_published(definition, {OWN: known})
    return found


def bridges(versions: dict[Version, pd.Series]) -> dict[Version, pd.Series]:
    """Return versions with the years of the pandemic bridged, where they can be."""
    first, last = PANDEMIC
    return {
        version._replace(pandemic=BRIDGED): bridged(series)
        for version, series in versions.items()
        if pd.notna(series.get(first - 1)) and pd.notna(series.get(last + 1))
    }
