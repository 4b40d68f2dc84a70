"""What the sections of the chapter on revisions need of the data (see `requirements`).

Each function returns why a section cannot be written, or an empty string where it can.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

SERIES = {
    "NE.CON.PRVT.ZS": "Household consumption, % of GDP",
    "NE.GDI.TOTL.ZS": "Investment, % of GDP",
    "NE.EXP.GNFS.ZS": "Exports, % of GDP",
    "NV.IND.MANF.ZS": "Manufacturing, % of GDP",
    "BN.CAB.XOKA.GD.ZS": "Current account, % of GDP",
    "NY.GDP.MKTP.KD.ZG": "Real growth of GDP, %",
}
EXTREME = 10  # % of growth; a first figure beyond it comes from a war, a collapse or a discovery
TREND_YEARS = 10  # years in a row that a release must have for its trend to be shown
GROWTH_YEARS = 3  # years that a figure of the outcomes of growth must have
FEW_ECONOMIES = 20  # below which a panel's errors by economy mean little


def by_release(shares: pd.DataFrame) -> pd.DataFrame:
    """Return an economy's household share, years by the releases that have it."""
    figures = shares.pivot(index="year", columns="release", values="household_pct_gdp")
    return figures.dropna(axis="columns", how="all").dropna(how="all")


def revised_share(figures: pd.DataFrame, name: str) -> str:
    """Return why the revisions of the household share cannot be shown.

    Args:
        figures: The share, years by releases.
        name: The economy, as a sentence has it.
    """
    twice = (figures.notna().sum(axis=1) > 1).any()
    return "" if twice else f"no year of the share of {name} is in two releases"


def in_real_time(runs: Mapping[str, pd.Series]) -> list[str]:
    """Return the releases whose trend can be set beside that of the newest.

    Args:
        runs: The share without gaps up to its last year, by release in order.
    """
    newest = runs[list(runs)[-1]]
    if len(newest) < TREND_YEARS:
        return []
    return [
        name
        for name, run in runs.items()
        if len(run) >= TREND_YEARS and run.index[-1] in newest.index
    ]


def real_time(runs: Mapping[str, pd.Series], name: str) -> str:
    """Return why the trend in its time cannot be shown; see `in_real_time`."""
    if len(in_real_time(runs)) > 1:
        return ""
    return f"fewer than two releases have {TREND_YEARS} years in a row of {name}"


def bank(rows: pd.DataFrame, name: str) -> str:
    """Return why revisions of the World Bank's series cannot be shown.

    Args:
        rows: Columns series, year and release, of one economy.
        name: The economy, as a sentence has it.
    """
    known = rows.dropna(subset="value").drop_duplicates(["series", "year", "release"])
    return (
        ""
        if known.duplicated(["series", "year"]).any()
        else f"no series of {name} is in two of its releases"
    )


def revised_growth(outcomes: pd.DataFrame, name: str) -> str:
    """Return why the revisions of an economy's growth cannot be shown.

    Args:
        outcomes: First and latest outcome, one row a year.
        name: The economy, as a sentence has it.
    """
    if len(outcomes) >= GROWTH_YEARS:
        return ""
    return f"outcomes of growth of {name} are known for too few years"


def foreseen(outcomes: pd.DataFrame) -> str:
    """Return why it cannot be tried whether revisions of growth could have been foreseen.

    Args:
        outcomes: Columns economy, preliminary and final, of all economies.
    """
    if outcomes["economy"].nunique() >= FEW_ECONOMIES:
        return ""
    return "in these years too few economies have a first and a later outcome of growth"


def revised_shares(shares: pd.DataFrame, releases: Sequence[str]) -> str:
    """Return why it cannot be said how far shares move over all economies.

    Args:
        shares: Columns economy, year and release, of all economies.
        releases: Names of the releases in order.
    """
    if len(releases) > 1 and shares["economy"].nunique() >= FEW_ECONOMIES:
        return ""
    return "one release of the accounts has no revisions"
