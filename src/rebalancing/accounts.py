"""What the national accounts must hold for a report on an economy, and whether they do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rebalancing.errors import StudyError
from rebalancing.project import Project
from rebalancing.publishers import ACCOUNTS

if TYPE_CHECKING:
    from rebalancing.data.releases import Release

FEWEST_YEARS = 8  # that the trends of every edition need
CONSUMPTION = "HFCE"
RESTS_ON = {CONSUMPTION: "household consumption", "EXP": "exports", "IMP": "imports"}


def check_current_prices(project: Project, release: Release) -> None:
    """Raise StudyError if a release has no figures at current prices."""
    from rebalancing.data import releases as raw

    if _has_current_prices(release):
        return
    every = raw.releases(project, ACCOUNTS)
    having = [r.name for r in every if _has_current_prices(r)]
    if every[-1].name in having:
        having.insert(0, raw.LATEST)
    raise StudyError(
        f"releases: {ACCOUNTS} {release.name} has no table at current prices, which shares "
        f"of GDP need; use {', '.join(having) or 'a later day'}",
        parameter="releases",
    )


def check_economies(project: Project, release: Release, economy: str, peers: Sequence[str]) -> None:
    """Raise StudyError if a release lacks the economy or a peer."""
    from rebalancing.data import releases as raw
    from rebalancing.data.tables import groups

    known = raw.economies(project, ACCOUNTS, release.name)
    for field, code in [("economy", economy), *(("peers", peer) for peer in peers)]:
        if code not in known and not (field == "peers" and code in groups.summed()):
            said = f"{field}: {_not_an_economy(code, known, release.name)}"
            raise StudyError(said, parameter=field)


def years_to_rest_on(project: Project, release: Release, economy: str) -> list[int]:
    """Return the years of an economy's household consumption, if a report can rest on it.

    Raises:
        StudyError: The economy lacks household consumption, exports or imports.
    """
    held = _years(project, release, economy, RESTS_ON)
    for series, words in RESTS_ON.items():
        if not held[series]:
            raise StudyError(
                f"economy: {economy} has no {words} in {ACCOUNTS} {release.name}, which "
                "the report rests on; choose another economy",
                parameter="economy",
            )
    return held[CONSUMPTION]


def years_of_consumption(project: Project, release: Release, economy: str) -> list[int]:
    """Return the years in which a release has an economy's household consumption."""
    return _years(project, release, economy, [CONSUMPTION])[CONSUMPTION]


def check_sample(
    release: Release, economy: str, years: Sequence[int], first: int, end: int
) -> None:
    """Raise StudyError if a sample is beyond the data or holds too few years of them.

    Args:
        release: The release of the accounts.
        economy: Whose accounts.
        years: The years that they have.
        first: First year of the sample.
        end: Its last year.
    """
    of = f"{ACCOUNTS} {release.name}"
    if end > years[-1]:
        raise StudyError(
            f"last_year: {end} is after {years[-1]}, the last year of {economy} in {of}; "
            f"use 'latest' or a year up to {years[-1]}",
            parameter="last_year",
        )
    held = [year for year in years if first <= year <= end]
    if len(held) >= FEWEST_YEARS:
        return
    name, ways = _longer_samples(first, end, years)
    short = f"from {first} to {end} {economy} has {len(held)} years of accounts"
    if first > end:
        short = f"the sample would begin in {first} and end in {end}"
    said = f"{name}: {short} in {of}, and a report needs {FEWEST_YEARS}; {ways}"
    raise StudyError(said, parameter=name)


def _longer_samples(first: int, end: int, years: Sequence[int]) -> tuple[str, str]:
    """Return the parameter to change for a sample of enough years, and how, in words.

    Args:
        first: First year of a sample that is too short.
        end: Its last year.
        years: The years in which the economy has accounts.
    """
    to_end = [year for year in years if year <= end]
    from_first = [year for year in years if year >= first]
    ways = {}
    if len(to_end) >= FEWEST_YEARS:
        ways["first_year"] = f"a first_year up to {to_end[-FEWEST_YEARS]}"
    if len(from_first) >= FEWEST_YEARS:
        ways["last_year"] = f"a last_year from {from_first[FEWEST_YEARS - 1]}"
    if ways:
        return next(iter(ways)), f"use {' or '.join(ways.values())}"
    if len(years) >= FEWEST_YEARS:
        last = years[FEWEST_YEARS - 1]
        return "last_year", f"use a first_year up to {years[0]} and a last_year from {last}"
    return "economy", f"it has {years[0]} to {years[-1]}; choose another economy"


def _years(
    project: Project, release: Release, economy: str, series: Iterable[str]
) -> dict[str, list[int]]:
    """Return by series the years in which a release has it for an economy."""
    from rebalancing.data import releases as raw

    return raw.years(project, ACCOUNTS, release.name, economy=economy, series=series)


def _has_current_prices(release: Release) -> bool:
    return any(dataset.startswith("current-") for dataset in release.resources)


def _not_an_economy(code: str, known: set[str], release: str) -> str:
    near = difflib.get_close_matches(code, sorted(known), n=3, cutoff=0.5)
    hint = f"such as {', '.join(near)}" if near else "such as CHN, JPN, BRA"
    return (
        f"{code} is not among the {len(known)} economies of {ACCOUNTS} {release}; use an "
        f"ISO 3166-1 alpha-3 code {hint} (rebalancing data show {ACCOUNTS} {release} lists them)"
    )
