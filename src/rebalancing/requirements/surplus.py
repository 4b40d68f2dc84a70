"""What the sections of the chapter on the surplus need of the data (see `requirements`).

Each function returns why a section cannot be written, or an empty string where it can.
"""

from __future__ import annotations

import pandas as pd

from rebalancing.data.views import balances, partners

YEARS = 10  # in which balances are known, and compared
SEEN = 0.05  # percent of world GDP: less rounds to nothing at one decimal
# Partners that do not overlap. What they leave of the world is the rest.
PARTNERS = (
    *("USA", "EU27", "ASEAN", "HKG", "JPN", "KOR", "TWN", "IND", "RUS", "GBR", "AUS"),
    *("AFRICA", "LATAM"),
)
DECEMBER = 12


def customs(both: pd.DataFrame, name: str) -> str:
    """Return why the balance of customs cannot be set beside net exports.

    Args:
        both: By year with both (`rebalancing.data.views.balances.external`).
        name: The economy, as a sentence has it.
    """
    if len(both) >= YEARS:
        return ""
    return (
        f"goods trade and net exports of {name} are both known for {len(both)} years, and "
        f"{YEARS} are compared"
    )


def before(external: pd.DataFrame, name: str) -> str:
    """Return why nothing is said of years in which customs and accounts differed the other way.

    Args:
        external: As for `customs`.
        name: The economy, as a sentence has it.
    """
    if balances.run_before(external["gap"]) is not None:
        return ""
    return f"the balance of customs of {name} was always on the same side of net exports"


def of_world(shares: pd.DataFrame, economy: str, name: str) -> str:
    """Return why the balance of goods cannot be shown in percent of world GDP.

    Args:
        shares: Percent of world GDP, years by economies.
        economy: Its code.
        name: The same, as a sentence has it.
    """
    if _years(shares, economy) < YEARS:
        return f"the balance of goods of {name} and world GDP are not known for {YEARS} years"
    if shares[economy].abs().max() < SEEN:
        return f"the balance of goods of {name} is too small a part of world GDP to be seen"
    return ""


def manufactures(shares: pd.DataFrame, economy: str, name: str) -> str:
    """Return why the balance of manufactures cannot be shown.

    Args:
        shares: Percent of world GDP, years by economies.
        economy: Its code.
        name: The same, as a sentence has it.
    """
    if _years(shares, economy) >= YEARS:
        return ""
    return f"no release that is held tells which imports of {name} are manufactures"


def saving(known: pd.DataFrame, name: str) -> str:
    """Return why saving less investment cannot be set beside the current account.

    Args:
        known: By year with all of them (`rebalancing.data.views.balances.saving`).
        name: The economy, as a sentence has it.
    """
    if len(known) >= YEARS:
        return ""
    return (
        f"saving, investment and the current account of {name} are known together for "
        f"{len(known)} years, and {YEARS} are compared"
    )


def by_partner(rows: pd.DataFrame, name: str) -> str:
    """Return why the balance with each partner cannot be shown.

    Args:
        rows: Rows of the table ``partners`` of the economy, of the releases that are used.
        name: The economy, as a sentence has it.
    """
    if last_whole_year(rows) is not None:
        return ""
    return f"no bulletin of the customs of {name} with a whole year is held for these years"


def last_whole_year(rows: pd.DataFrame) -> pd.Timestamp | None:
    """Return the last December to which both flows are known; None if there is none.

    Args:
        rows: As for `by_partner`.
    """
    months = [month for month in partners.both_since_january(rows) if month.month == DECEMBER]
    return months[-1] if months else None


def _years(table: pd.DataFrame, economy: str) -> int:
    return int(table[economy].notna().sum()) if economy in table else 0
