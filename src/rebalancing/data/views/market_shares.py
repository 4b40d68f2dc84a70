"""An exporter's and the world's exports on the same labels, for constant-market-share accounting.

By product group the World Trade Organization has both, in groups that do not overlap here and that
sum to manufactures. By partner the exporter's customs have one side and the partners' imports from
everywhere the other; what is not a partner of its own is in the rest of the world, so that both
sides sum to their totals::

    before, after = manufactures(products, "CHN", 2005), manufactures(products, "CHN", 2018)
    decomposition.constant_market_share(before.own, after.own, before.world, after.world)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from rebalancing.errors import DataError

WORLD = "WLD"
ALL = "EXP_MA"
GROUPS = {
    "EXP_MACH": "chemicals",
    "EXP_MAIS": "iron and steel",
    "EXP_MAMTOF": "office and telecom equipment",
    "EXP_MAMTTE": "transport equipment",
    "EXP_MATE": "textiles",
    "EXP_MACL": "clothing",
}
MACHINERY, OTHER_MACHINERY, OTHER = "EXP_MAMT", "other machinery", "other manufactures"
REST = "rest of the world"


class MarketShareError(DataError):
    """Exports or imports that are missing in part, so the parts do not sum to the total."""


class Trade(NamedTuple):
    """Exports of one economy and of the world in one year, US$ billion by label."""

    own: pd.Series
    world: pd.Series


def manufactures(products: pd.DataFrame, economy: str, year: int) -> Trade:
    """Return exports of manufactures by group, which sum to all manufactures.

    Args:
        products: ``product_exports`` of one release.
        economy: The exporter's code.
        year: A year of the table.

    Raises:
        MarketShareError: A group is missing for the exporter or the world.
    """
    return Trade(*(_groups(products, code, year) for code in (economy, WORLD)))


def _groups(products: pd.DataFrame, code: str, year: int) -> pd.Series:
    rows = products[(products["economy"] == code) & (products["year"] == year)]
    known = rows.set_index("series")["usd_bn"]
    lacking = [name for name in (ALL, MACHINERY, *GROUPS) if name not in known]
    if lacking:
        raise MarketShareError(f"{code} has no {', '.join(lacking)} for {year}")
    groups = _split(known.to_frame().T).iloc[0].rename("usd_bn")
    negative = groups[groups < 0]
    if len(negative):
        raise MarketShareError(
            f"the groups of {code} exceed their total in {year}: {negative.index[0]} would be "
            f"{negative.iloc[0]:.3g}"
        )
    return groups.rename_axis("product")


def _split(known: pd.DataFrame) -> pd.DataFrame:
    """Return the groups that sum to all manufactures, a column each, from a column per series."""
    groups = known[list(GROUPS)].rename(columns=GROUPS)
    groups[OTHER_MACHINERY] = known[MACHINERY] - known["EXP_MAMTOF"] - known["EXP_MAMTTE"]
    groups[OTHER] = known[ALL] - groups.sum(axis="columns")
    return groups


def complete_years(products: pd.DataFrame, economy: str) -> list[int]:
    """Return the years for which `manufactures` has every group of the exporter and the world."""
    complete = complete_by_economy(products[products["economy"].isin([economy, WORLD])])
    return sorted(complete.get(economy, set()) & complete.get(WORLD, set()))


def complete_by_economy(products: pd.DataFrame) -> dict[str, set[int]]:
    """Return the years for which every group is known and none exceeds its total, by economy.

    Args:
        products: ``product_exports`` of one release.
    """
    known = products.pivot(index=["economy", "year"], columns="series", values="usd_bn")
    known = known.reindex(columns=[ALL, MACHINERY, *GROUPS]).dropna()
    found: dict[str, set[int]] = {}
    for code, year in known.index[(_split(known) >= 0).all(axis="columns")]:
        found.setdefault(str(code), set()).add(int(year))
    return found


def by_partner(
    exports: pd.Series,
    imports: pd.Series,
    partners: Sequence[str],
    groups: Mapping[str, Sequence[str]],
    own: str,
) -> Trade:
    """Return one year's exports by partner, and what each partner imports from everywhere.

    Args:
        exports: The exporter's figures by partner, with "WLD" for the total.
        imports: Imports of all goods by economy, with "WLD" for the world's.
        partners: The partners to keep apart.
        groups: Members of partners that are groups.
        own: The exporter's code; its own imports are in no market of it.

    Raises:
        MarketShareError: A figure is missing, an economy is in two of the partners, or the
            partners exceed the total.
    """
    counted = Counter(code for each in partners for code in groups.get(each, [each]))
    if twice := sorted(code for code, times in counted.items() if times > 1):
        raise MarketShareError(f"{', '.join(twice)} would be in two of the partners")
    sizes = {}
    for partner in partners:
        members = groups.get(partner, [partner])
        lacking = [code for code in members if code not in imports or pd.isna(imports[code])]
        if lacking or pd.isna(exports.get(partner)):
            raise MarketShareError(f"no figures of trade with {partner}: {', '.join(lacking)}")
        sizes[partner] = float(imports[list(members)].sum())
    sold, bought = exports[list(partners)], pd.Series(sizes)
    sold[REST] = exports[WORLD] - sold.sum()
    bought[REST] = imports[WORLD] - imports[own] - bought.sum()
    if sold[REST] < 0 or bought[REST] < 0:
        raise MarketShareError("trade with the partners exceeds that with the world")
    return Trade(sold.rename_axis("partner"), bought.rename_axis("partner"))
