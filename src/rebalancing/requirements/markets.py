"""What the sections on where exports go need of the data (see `requirements`).

Those that the chapter shares with others are in `exports` and `drivers`. Each function returns why
a section cannot be written, or an empty string where it can.
"""

from __future__ import annotations

import pandas as pd

from rebalancing.data.views import customs
from rebalancing.data.views import markets as view

UNITED_STATES = "USA"
# Markets of which none is in another; what is left is the rest of the world.
APART = (
    *("USA", "EU27", "ASEAN", "HKG", "JPN", "KOR", "TWN"),
    *("IND", "RUS", "GBR", "CAN", "AUS", "AFRICA", "LATAM"),
)
CHIPS = "IC"  # integrated circuits, in the bulletins' list of products
ALONE = ("MACHELEC", "HITECH", "AGRI")  # products of the list that contain others of it
SIMPLE = ("CLOTHING", "FOOTWEAR", "TOYS")


def turn(months: pd.DataFrame, base: int) -> str:
    """Return why exports since January cannot be set beside those of the last whole year.

    Args:
        months: US$ billion, months by partners, the bulletins' behind customs' (`view.joined`).
        base: The last whole year of customs' own file.
    """
    last = pd.Timestamp(months.index[-1])
    if last.year > base:
        sums = view.since_january(months, last).reindex([base, last.year])
        if sums[[customs.WORLD, UNITED_STATES]].notna().all(axis=None):
            return ""
    return "no bulletin of customs that follows on their own file is held for these years"


def american(rows: pd.DataFrame, name: str) -> str:
    """Return why American imports from an economy cannot be shown by month.

    Args:
        rows: Rows of the table ``us_census`` with the economy as partner.
        name: The economy, as a sentence has it.
    """
    if len(rows):
        months = rows.set_index("month")[["imports_usd_bn"]].sort_index()
        last = pd.Timestamp(months.index[-1])
        sums = view.since_january(months, last).reindex([last.year - 1, last.year])
        if sums.notna().all(axis=None):
            return ""
    return f"American imports from {name} by month are not held for two of these years"


def american_own(months: pd.DataFrame | None, upto: pd.Timestamp, name: str) -> str:
    """Return why American imports cannot be set beside the exports that the exporter counts.

    Args:
        months: As for `turn`; None where that section is left out.
        upto: The last month of American imports.
        name: The economy, as a label has it.
    """
    if months is not None and months[UNITED_STATES].loc[upto:].notna().any():
        return ""
    return f"exports to the United States as {name} counts them are not held to {upto:%B %Y}"


def tariff(partner: str, code: str, name: str) -> str:
    """Return why American tariffs cannot be shown.

    Args:
        partner: Under which code the tariff on the economy's goods stands; empty if there is none.
        code: The economy.
        name: The economy, as a sentence has it.
    """
    if partner:
        return ""
    if code == UNITED_STATES:
        return f"the tariffs that are held are those of {name}"
    return f"no estimate of American tariffs on goods of {name} is held for these years"


def products(rows: pd.DataFrame, name: str) -> str:
    """Return why exports by product cannot be shown.

    Args:
        rows: Rows of the table ``export_products`` of the economy, of the release that is used.
        name: The economy, as a sentence has it.
    """
    if len(rows) and view.products_month(rows) is not None:
        return ""
    return f"exports of {name} by product are not held for two of these years"
