"""What the sections of the chapter that compares economies need of the data (see `requirements`).

Each function returns why a section cannot be written, or an empty string where it can.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from rebalancing.data.views import select

SERIES = {
    "income": "NY.GDP.PCAP.PP.KD",
    "income_now": "NY.GDP.PCAP.PP.CD",
    "old": "SP.POP.65UP.TO.ZS",
    "young": "SP.POP.0014.TO.ZS",
    "urban": "SP.URB.TOTL.IN.ZS",
    "population": "SP.POP.TOTL",
    "manufactures": "TX.VAL.MANF.ZS.UN",
    "growth": "NY.GDP.MKTP.KD.ZG",
}
BENCHMARK = {
    "income": "income",
    "income_now": "income at current prices",
    "old": "age",
    "young": "age",
    "urban": "urbanisation",
    "population": "population",
    "manufactures": "manufactures",
}
EPISODES = {"growth": "growth", "population": "population", "manufactures": "manufactures"}
PASSED = 10  # other economies that were as rich, for one to have a place among them
FOLLOWED = 5  # of these, with figures of the ten years after
SEARCHED_YEARS = 15  # in which a rise within ten years can begin and end
WHOLE_RISES = 10  # that neither the first nor the last year cuts off


def cross_section(at_hand: Collection[str], needed: Mapping[str, str]) -> str:
    """Return why many economies cannot be compared by these measures.

    Args:
        at_hand: The measures that some release has for many economies.
        needed: Of each measure, the words for it.
    """
    lacking = [words for name, words in needed.items() if name not in at_hand]
    if not lacking:
        return ""
    return f"no release of the World Bank that is held has {lacking[0]} for enough economies"


def benchmark(years: pd.Series, name: str, window: int) -> str:
    """Return why an economy cannot be set against what others predict.

    Args:
        years: Those in which its share and all that explains it are known.
        name: The economy, as a sentence has it.
        window: Years that all of them are averaged over.
    """
    if len(years) and len(select.latest_run(pd.Series(1.0, sorted(years)))) >= window:
        return ""
    return f"fewer than {window} years of income, age and urbanisation for {name}"


def path(per_head: pd.DataFrame, spent: pd.DataFrame, code: str) -> pd.DataFrame:
    """Return an economy's income and share by year, where both are known.

    Args:
        per_head: Income per head, years by economies.
        spent: The share, years by economies.
        code: The economy.
    """
    tables, none = {"income": per_head, "share": spent}, pd.Series(dtype=float)
    return pd.DataFrame({name: table.get(code, none) for name, table in tables.items()}).dropna()


def at_income(known: pd.DataFrame, name: str) -> str:
    """Return why an economy has no path by income.

    Args:
        known: Income and share by year, of the years in which both are known.
        name: The economy, as a sentence has it.
    """
    return "" if len(known) else f"the Penn World Table does not have {name}"


def passed(others: pd.DataFrame, name: str) -> str:
    """Return why an economy has no place among those that were once as rich.

    Args:
        others: Other economies that passed its income; ``change`` in the ten years after.
        name: The economy, as a sentence has it.
    """
    if len(others) < PASSED:
        return f"too few economies have been as rich as {name} for ten or more to be compared"
    if others["change"].notna().sum() < FOLLOWED:
        return f"too few economies can be followed for ten years after they were as rich as {name}"
    return ""


def searched(years: Collection[int]) -> str:
    """Return why rises of the share cannot be searched for in these years."""
    if len(years) >= SEARCHED_YEARS:
        return ""
    return f"{len(years)} years are too few for a rise that takes up to ten"


def episodes(rises: pd.DataFrame, falls: pd.DataFrame) -> str:
    """Return why rises of the share cannot be described.

    Args:
        rises: One row a rise, with ``open_start``, ``open_end`` and growth ``before``, ``during``.
        falls: One row a fall.
    """
    whole = rises[~(rises["open_start"] | rises["open_end"])]
    with_growth = rises.dropna(subset=["before", "during"])
    if min(len(whole), len(with_growth), len(falls)) >= WHOLE_RISES:
        return ""
    return "too few rises and falls of the share began and ended in these years"
