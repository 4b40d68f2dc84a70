"""What chapters take from input-output tables: value added in exports, sectors, final demand.

The Bureau's tables are one per benchmark year, each with a release of its own, so that years are
compared across releases here; their sectors are not the same and are never compared.
"""

from __future__ import annotations

import pandas as pd

from rebalancing.errors import DataError

# What final demand and its parts are called by source, and what GDP is made of.
FINAL_DEMAND = {
    "NBS": {
        "household_pct_gdp": ["HHC"],
        "government_pct_gdp": ["GOVC"],
        "capital_formation_pct_gdp": ["GCF"],
        "exports_pct_gdp": ["EXPORTS"],
        "imports_pct_gdp": ["IMPORTS"],
    },
    "OECD": {
        "household_pct_gdp": ["HFCE", "NPISH", "CONS_ABR"],
        "government_pct_gdp": ["GGFC"],
        "capital_formation_pct_gdp": ["GFCF", "INVNT"],
        "exports_pct_gdp": ["EXPO", "CONS_NONRES"],
        "imports_pct_gdp": ["IMPO"],
    },
}
ONE_TABLE_A_YEAR = "NBS"
GDP = {"NBS": ["VA"], "OECD": ["VALU", "TXS"]}


class InputOutputError(DataError):
    """A source, a series or a year that the input-output tables do not have."""


def value_added_in_exports(table: pd.DataFrame, economy: str) -> pd.DataFrame:
    """Return the domestic value added in an economy's exports, for the tables that allow it.

    Only tables that tell domestic from imported inputs do. They do not tell processing trade from
    other trade, which overstates the figure.

    Args:
        table: ``input_output``.
        economy: One whose statistical office's tables are held.

    Returns:
        By year: value_added_in_exports_cny_tn and value_added_cny_tn (trillion yuan, current
        producers' prices); pct_value_added (of all value added), pct_domestic_exports (of exports
        of domestic output) and pct_exports (of exports with re-exported imports).
    """
    totals = _totals(table, "NBS", economy)
    if "DVAX" not in totals:
        raise InputOutputError("the table has no DVAX; give all of input_output")
    known = totals[totals["DVAX"].notna()]
    in_exports = known["DVAX"]
    return pd.DataFrame(
        {
            "value_added_in_exports_cny_tn": in_exports / 1e8,  # from 10 thousand yuan
            "value_added_cny_tn": known["VA"] / 1e8,
            "pct_value_added": 100 * in_exports / known["VA"],
            "pct_domestic_exports": 100 * in_exports / known["EXPORTS_DOM"],
            "pct_exports": 100 * in_exports / known["EXPORTS"],
        }
    )


def by_sector(
    table: pd.DataFrame, series: str, year: int, economy: str, *, source: str = "NBS"
) -> pd.DataFrame:
    """Return a series by sector, largest first.

    Args:
        table: ``input_output``.
        series: DVAX_EXPORT (by the sector that exports), DVAX_ORIGIN (by the sector where the value
            added arises), EXPORTS_DOM or OUTPUT; of the OECD also VALU, EXPO and others.
        year: The year of the table.
        economy: One that the source has.
        source: NBS or OECD.

    Returns:
        sector, sector_name, value in the unit of the table, and share_pct of their sum.

    Raises:
        InputOutputError: There is no such table by sector.
    """
    own = _newest(table, source, economy)
    rows = own[(own["series"] == series) & (own["year"] == year) & own["sector"].notna()]
    if rows.empty:
        raise InputOutputError(
            f"no {series} by sector of {economy} in {year} from {source}; see the page on the data"
        )
    ordered = rows.sort_values(["value", "sector"], ascending=[False, True], ignore_index=True)
    share = 100 * ordered["value"] / ordered["value"].sum()
    return ordered[["sector", "sector_name", "value"]].assign(share_pct=share)


def final_demand(table: pd.DataFrame, source: str, economy: str) -> pd.DataFrame:
    """Return the parts of GDP by expenditure in per cent, as input-output tables have them.

    GDP is value added; of the OECD's tables value added and taxes less subsidies on products.
    Of the OECD, household consumption includes non-profit institutions and what residents buy
    abroad, and exports include what non-residents buy in the economy. The parts less imports make
    up GDP, but for the discrepancy that the Bureau's tables to 2015 show (ERR).

    Args:
        table: ``input_output``.
        source: NBS or OECD.
        economy: One that the source has.

    Returns:
        By year: household_pct_gdp, government_pct_gdp, capital_formation_pct_gdp, exports_pct_gdp
        and imports_pct_gdp.

    Raises:
        InputOutputError: The source is unknown or has no table of the economy.
    """
    if source not in FINAL_DEMAND:
        raise InputOutputError(f"{source} is no source; allowed: {', '.join(FINAL_DEMAND)}")
    totals = _totals(table, source, economy)
    gdp = totals[GDP[source]].sum(axis=1)
    shares = {
        name: 100 * totals[codes].sum(axis=1) / gdp for name, codes in FINAL_DEMAND[source].items()
    }
    return pd.DataFrame(shares)


def residual(shares: pd.DataFrame) -> pd.Series:
    """Return what the parts of final demand, less imports, leave of GDP, in per cent of it by year.

    Args:
        shares: As from `final_demand`.
    """
    parts = shares.drop(columns="imports_pct_gdp").sum(axis=1)
    return 100 - parts + shares["imports_pct_gdp"]


def _totals(table: pd.DataFrame, source: str, economy: str) -> pd.DataFrame:
    """Return the totals of a source: years by series."""
    own = _newest(table, source, economy)
    totals = own[own["sector"].isna()]
    if totals.empty:
        raise InputOutputError(f"no input-output table of {economy} from {source}")
    return totals.pivot(index="year", columns="series", values="value")


def _newest(table: pd.DataFrame, source: str, economy: str) -> pd.DataFrame:
    """Return a source's rows of an economy, of the newest release of each year's table.

    The OECD's editions hold all years: only the newest counts, and no year of an older one is
    joined to it.
    """
    own = table[(table["source"] == source) & (table["economy"] == economy)]
    by = [own["year"]] if source == ONE_TABLE_A_YEAR else [own["source"]]
    return own[own["release"] == own.groupby(by)["release"].transform("max")]
