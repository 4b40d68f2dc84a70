"""What the sections of the chapter on drivers need of the data (see `requirements`).

Each function returns why a section cannot be written, or an empty string where it can.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from rebalancing.data.views import customs, spans
from rebalancing.data.views.expenditure import ITEMS, Expenditure
from rebalancing.data.views.market_shares import WORLD, Trade, by_partner
from rebalancing.errors import InputError
from rebalancing.models.accounting import decomposition
from rebalancing.models.accounting.decomposition import GrowthContributions
from rebalancing.models.cointegration import elasticities

OF_VOLUMES = ("contributions", "prices", "exports-relation")
NO_RATE = "no real effective exchange rate of {} is held"
NO_MARKETS = "goods exports of {} by market are not held for these years"
IMPORTS = "TM.VAL.MRCH.CD.WT"
MARKETS = ("USA", "EU27", "ASEAN", "JPN", "KOR", "HKG", "IND", "RUS", "GBR", "CAN", "AUS")
MARKET_YEARS = 10  # between the two years whose markets are compared
RECENT_YEARS = (4, 3, 2)  # lengths of the last spans of exports, one beside the other
PRICE_YEARS = 5  # over which relative prices move
ONE_INDEX = 1e-3  # logarithmic range of relative prices that differ by rounding only


def growth_by_part(volumes: Expenditure) -> GrowthContributions:
    """Return contributions to growth, weighted by the shares of the year before if they can be."""
    items, total = list(ITEMS.values()), volumes.constant["GDP"]
    constant, current = volumes.constant[items], volumes.current
    try:
        return decomposition.growth_contributions(
            constant,
            total,
            current=current[items],
            current_total=current["GDP"],
            subtract=["imports"],
        )
    except InputError:  # an item that changes its sign has no growth to be weighted
        return decomposition.growth_contributions(constant, total, subtract=["imports"])


def contributions(volumes: Expenditure, first_year: int, name: str) -> str:
    """Return why growth cannot be split into what each part added to it.

    Args:
        volumes: Values and volumes up to the last year of the sample.
        first_year: First year of the sample.
        name: The economy, as a sentence has it.
    """
    years = volumes.constant.index
    years = years[(years > first_year) & (years > years[0])]
    if not len(years) or not spans.spans(int(years[0]), int(years[-1])):
        return f"the volumes of {name} cover no five years of the sample from one round year on"
    split = growth_by_part(volumes)
    unexplained, typical = float(split.residual.abs().mean()), float(split.growth.abs().mean())
    if unexplained <= typical / 2:
        return ""
    return (
        f"the parts of {name}'s accounts at constant prices leave {unexplained:.1f} points of "
        f"growth a year unexplained, where growth itself is {typical:.1f}% in size"
    )


def official(yearly: pd.DataFrame, name: str) -> str:
    """Return why official contributions to growth cannot be shown.

    Args:
        yearly: Contributions by year, up to the last year of the sample.
        name: The economy, as a sentence has it.
    """
    if len(yearly) >= 2 and yearly.index[-1] - 1 in yearly.index:
        return ""
    return f"no contributions as the statistical office of {name} has them are held for these years"


def compensation(by_year: pd.DataFrame, name: str) -> str:
    """Return why pay in the input-output tables cannot be shown.

    Args:
        by_year: Totals of the tables by year.
        name: The economy, as a sentence has it.
    """
    if len(by_year) >= 2:
        return ""
    return f"two input-output tables are compared; {name} has {len(by_year)} in these years"


def value_added(by_year: pd.Series, name: str) -> str:
    """Return why value added in exports cannot be shown.

    Args:
        by_year: Value added in exports by year of the table, missing where it is not known.
        name: The economy, as a sentence has it.
    """
    if by_year.notna().any():
        return ""
    return (
        f"no input-output tables that tell domestic from imported inputs are held for {name} "
        "in these years"
    )


def prices(relative: pd.Series, name: str) -> str:
    """Return why the relative price of consumption cannot be shown.

    Args:
        relative: The price of consumption over that of GDP, by year of the sample.
        name: The economy, as a sentence has it.
    """
    if len(relative) < PRICE_YEARS:
        return f"prices of {name} are known for {len(relative)} years of the sample"
    # Small economies are often published with one price index for everything.
    if np.ptp(np.log(relative)) < ONE_INDEX:
        return f"the accounts of {name} use one price index for all parts of GDP"
    return ""


def export_prices(known: pd.DataFrame, name: str) -> str:
    """Return why prices of exports cannot be told from value and volume to the newest year.

    Args:
        known: Years in a row with all parts (`rebalancing.data.views.export_prices.outcomes`).
        name: The economy, as a sentence has it.
    """
    if len(known) > max(RECENT_YEARS):
        return ""
    return (
        f"value, volume and exchange rate of the exports of {name} are all known for {len(known)} "
        f"years in a row, and {max(RECENT_YEARS) + 1} are needed"
    )


def years_compared(
    complete: Sequence[int], first: int, last: int, since: int | None = None
) -> list[int]:
    """Return the years between whose ends exports by product are compared.

    Args:
        complete: The years with exports by product group.
        first: First year of the sample.
        last: Its last year.
        since: The year from which the book measures, if two years from then on are known.
    """
    years = [year for year in complete if first <= year <= last]
    recent = [year for year in years if year >= (since or first)]
    return recent if len(recent) > 1 else years


def market_shares(years: Sequence[int], name: str) -> str:
    """Return why the growth of exports cannot be split into markets and shares.

    Args:
        years: The years with exports by product group.
        name: The economy, as a sentence has it.
    """
    if len(years) >= 2:
        return ""
    return f"exports of {name} by product group are complete in fewer than two of these years"


def by_market(
    customs_rows: pd.DataFrame,
    bought: pd.DataFrame,
    code: str,
    end: int,
    whole: Mapping[str, float] | None = None,
) -> tuple[dict[int, Trade], str]:
    """Return trade by market in the last year with both totals and ten years before.

    Groups have the same members in both years, and a member is in no market of its own.

    Args:
        customs_rows: Rows of the table ``customs`` of one release and one economy.
        bought: Imports of goods, US$ billion, years by economies.
        code: The economy.
        end: Last year of the sample.
        whole: Trade of members of groups with the whole world (`customs.whole_trade`).

    Returns:
        Trade by year, and what was done to groups that changed their members.

    Raises:
        MarketShareError: A figure is missing in one of the years; see `NO_MARKETS`.
        MembershipError: A group changed its members, and the years cannot be compared.
    """
    imported = bought.reindex(columns=[WORLD]).dropna().index
    known = [year for year in customs.years(customs_rows, [WORLD], end) if year in imported]
    stop = max(known, default=end)
    found = {}
    both = customs.comparable(customs_rows, [stop - MARKET_YEARS, stop], whole=whole)
    sold = customs.by_year(both.table)
    inside = {member for members in both.members.values() for member in members}
    markets = [market for market in MARKETS if market not in inside]
    for year in (stop - MARKET_YEARS, stop):
        exports, imports = (table.reindex([year]).iloc[0] for table in (sold, bought))
        found[year] = by_partner(exports, imports, markets, both.members, code)
    return found, both.note


def relation(years: int) -> str:
    """Return why a relation in the long run cannot be estimated.

    Args:
        years: Yearly observations that are left after the lags.
    """
    if years >= elasticities.FEWEST_OBSERVATIONS:
        return ""
    return (
        f"{years} yearly observations are left after the lags, and a relation in the long run "
        f"needs {elasticities.FEWEST_OBSERVATIONS}"
    )
