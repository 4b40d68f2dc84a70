"""Balances with the rest of the world: of customs, of the accounts, and of saving.

They answer different questions. Customs count goods that cross the border, exports at the border of
the exporter (f.o.b.) and imports with freight and insurance (c.i.f.), which by itself makes a
surplus smaller. Net exports have services too, and goods when they change owner, as the balance of
payments has them. The current account adds income from abroad and transfers, and equals saving less
investment but for a statistical discrepancy.
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from rebalancing.data.views import cross_section, vintages

EXPORTED, IMPORTED = "TX.VAL.MRCH.CD.WT", "TM.VAL.MRCH.CD.WT"
GDP = "NY.GDP.MKTP.CD"
ACCOUNTS = ("NE.EXP.GNFS.ZS", "NE.IMP.GNFS.ZS")
GOODS, GOODS_AND_SERVICES = "BN.GSR.MRCH.CD", "BN.GSR.GNFS.CD"  # of the balance of payments
CURRENT_ACCOUNT = "BN.CAB.XOKA.CD"
SERIES = (EXPORTED, IMPORTED, GDP, *ACCOUNTS, GOODS, GOODS_AND_SERVICES, CURRENT_ACCOUNT)
# Manufactures in merchandise exports and imports, percent.
MANUFACTURED = ("TX.VAL.MANF.ZS.UN", "TM.VAL.MANF.ZS.UN")
SAVING, INVESTMENT = "NY.GNS.ICTR.ZS", "NE.GDI.TOTL.ZS"
OF_ECONOMIES = (EXPORTED, IMPORTED, GDP, *MANUFACTURED)
OF_SAVING = (SAVING, INVESTMENT, CURRENT_ACCOUNT, GDP)
WORLD = "WLD"
BILLION = 1e9


def external(bank: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """Return an economy's balances with the rest of the world, each from the World Bank.

    Args:
        bank: The economy's rows of ``world_bank`` as of one release, with some of `SERIES`.
        first: First year that may be used.
        last: Last year.

    Returns:
        By year with both: customs_usd_bn, customs_pct_gdp, net_exports_pct_gdp and gap (percentage
        points, customs less net exports); goods_usd_bn and services_usd_bn of the balance of
        payments and current_account_pct_gdp, missing where they are not known.
    """
    table = _by_series(bank, SERIES, first, last)
    customs = table[EXPORTED] - table[IMPORTED]
    share = 100 * customs / table[GDP]
    net = table[ACCOUNTS[0]] - table[ACCOUNTS[1]]
    found = pd.DataFrame(
        {
            "customs_usd_bn": customs / BILLION,
            "customs_pct_gdp": share,
            "net_exports_pct_gdp": net,
            "gap": share - net,
            "goods_usd_bn": table[GOODS] / BILLION,
            "services_usd_bn": (table[GOODS_AND_SERVICES] - table[GOODS]) / BILLION,
            "current_account_pct_gdp": 100 * table[CURRENT_ACCOUNT] / table[GDP],
        }
    )
    return found.dropna(subset=["gap"])


def since(gap: pd.Series) -> int:
    """Return the first year from which on a gap has had the sign that it has in the last year.

    Args:
        gap: By year, at least one value.
    """
    other = gap.index[(gap > 0) != (gap.iloc[-1] > 0)]
    return int(gap.index[gap.index > other[-1]][0] if len(other) else gap.index[0])


def run_before(gap: pd.Series) -> tuple[int, int] | None:
    """Return the first and last year of the run of the other sign that ended then; None if none.

    Args:
        gap: As for `since`.
    """
    earlier = gap[gap.index < since(gap)]
    return (since(earlier), int(earlier.index[-1])) if len(earlier) else None


class OfEconomies(NamedTuple):
    """Balances of many economies, US$ billion, years by economies.

    Attributes:
        goods: Exports less imports of goods, customs basis.
        manufactures: The same of manufactures: sections 5 to 8 of the Standard International Trade
            Classification without division 68.
        gdp: At current prices, with that of the world.
    """

    goods: pd.DataFrame
    manufactures: pd.DataFrame
    gdp: pd.DataFrame


def of_economies(
    bank: pd.DataFrame,
    release: str,
    first: int,
    last: int,
    *,
    at_least: int = cross_section.MANY,
) -> OfEconomies:
    """Return balances of goods of all economies, comparable with each other.

    Dollars are of one release for all economies. The shares of manufactures in them are each the
    newest by then, for imports of few economies.

    Args:
        bank: Rows of ``world_bank`` of `OF_ECONOMIES`, in all releases.
        release: The newest that may be used.
        first: First year that may be used.
        last: Last year.
        at_least: Economies that a release must have.

    Returns:
        Without rows where no release by then has enough economies.
    """
    levels = (EXPORTED, IMPORTED, GDP)
    if not all(cross_section.has_many(bank, each, release, at_least=at_least) for each in levels):
        return OfEconomies(pd.DataFrame(), pd.DataFrame(), pd.DataFrame())
    exported, imported, gdp = (
        cross_section.of_one_release(bank, each, release, at_least=at_least).loc[first:last]
        / BILLION
        for each in levels
    )
    parts = bank[bank["series"].isin(MANUFACTURED)]
    shares = vintages.as_of(parts, release) if len(parts) else parts
    sold, bought = (
        shares[shares["series"] == each].pivot(index="year", columns="economy", values="value")
        / 100
        for each in MANUFACTURED
    )
    made = (exported * sold - imported * bought).loc[first:last]
    return OfEconomies(_known(exported - imported), _known(made), _known(gdp))


def of_world(balances: pd.DataFrame, gdp: pd.DataFrame) -> pd.DataFrame:
    """Return balances in percent of world GDP, for the years in which that is known.

    Args:
        balances: Years by economies, in the unit of ``gdp``.
        gdp: Years by economies, the world's in ``WLD``.
    """
    if WORLD not in gdp:
        return balances.iloc[:0]
    shares = 100 * balances.div(gdp[WORLD], axis="index")
    return _known(shares.drop(columns=WORLD, errors="ignore"))


def peaks(balances: pd.DataFrame) -> pd.DataFrame:
    """Return the highest balance of each economy and its year, the highest of all first.

    Args:
        balances: Years by economies; each economy has a value.

    Returns:
        By economy: year and value.
    """
    found = pd.DataFrame({"year": balances.idxmax(), "value": balances.max()})
    return found.sort_values("value", ascending=False)


def saving(bank: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """Return national saving less investment beside the current account, percent of GDP.

    Args:
        bank: The economy's rows of ``world_bank`` as of one release, with some of `OF_SAVING`.
        first: First year that may be used.
        last: Last year.

    Returns:
        By year in which all are known: saving, investment, gap (saving less investment),
        current_account, and discrepancy (gap less current account, percentage points).
    """
    table = _by_series(bank, OF_SAVING, first, last).dropna()
    found = pd.DataFrame({"saving": table[SAVING], "investment": table[INVESTMENT]})
    found["gap"] = found["saving"] - found["investment"]
    found["current_account"] = 100 * table[CURRENT_ACCOUNT] / table[GDP]
    return found.assign(discrepancy=found["gap"] - found["current_account"])


def _by_series(bank: pd.DataFrame, series: tuple[str, ...], first: int, last: int) -> pd.DataFrame:
    """Return an economy's series as columns, by year."""
    rows = bank[bank["series"].isin(series) & bank["year"].between(first, last)]
    table = rows.pivot(index="year", columns="series", values="value")
    return table.reindex(columns=list(series))


def _known(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table without years and economies of which nothing is known."""
    return table.dropna(how="all").dropna(how="all", axis="columns")
