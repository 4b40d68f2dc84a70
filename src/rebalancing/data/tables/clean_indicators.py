"""Tables of prices, trade detail, sectors and other bodies' forecasts, from raw releases.

As in `rebalancing.data.tables.clean`, one function makes one table, frames in, frame out, and
releases stand side by side and are never joined. Values keep the publisher's unit, in a column or
in the name of one, except that trade is in billions of US dollars as elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from rebalancing.data import releases
from rebalancing.data.tables.clean import in_order, month_start
from rebalancing.project import Project

MILLIONS_PER_BILLION = 1e3
# All held series of the outlook except unemployment and GDP at purchasing power parity, which is
# GDP per head times population.
OUTLOOK_SERIES = (
    *("NGDP_RPCH", "NGDPD", "PPPPC", "PCPIPCH", "LP", "NID_NGDP", "NGSD_NGDP"),
    *("BCA", "BCA_NGDPD", "TX_RPCH", "TM_RPCH", "TXG_RPCH", "TMG_RPCH"),
)
ACCOUNTS_DATASETS = ("contributions", "expenditure_annual", "gdp_quarterly", "prices", "retail")
FREQUENCIES = {4: "annual", 7: "monthly"}  # by the length of the period; quarters have a Q
FLAGS = {1.0: "estimate", 2.0: "break in series"}
_SECTOR = r"^(?P<series>.+)_S(?P<sector>\d+)$"


def real_exchange_rate(raw: pd.DataFrame) -> pd.DataFrame:
    """Return the broad real effective exchange rates.

    Args:
        raw: The dataset as published, an index of 100 in the base year that its unit names.

    Returns:
        release, economy, month (its first day), value, unit. A rise is a real appreciation.
    """
    unit = raw["unit"].str.replace(r"^index ([0-9]{4})=100$", r"index, \1 = 100", regex=True)
    table = raw.assign(month=month_start(raw["period"]), unit=unit)
    return in_order(table, "real_exchange_rate")


def world_economic_outlook(raw: pd.DataFrame, forecast_start: pd.DataFrame) -> pd.DataFrame:
    """Return estimates and forecasts of every release, with where the forecasts begin.

    Args:
        raw: The outlook of all releases.
        forecast_start: First year that a release does not call actual, by economy and series.

    Returns:
        release, economy, series, year, value, unit, first_forecast_year (empty for groups and
        where the release does not say).
    """
    key = ["release", "economy", "series"]
    start = forecast_start.assign(first_forecast_year=forecast_start["value"].astype("Int64"))
    table = raw.assign(year=raw["period"].astype("int64"))
    table = table.merge(start[[*key, "first_forecast_year"]], on=key, how="left", validate="m:1")
    return in_order(table, "world_economic_outlook")


def china_accounts(datasets: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return China's quarterly and annual accounts, retail sales and prices, every vintage.

    A dataset is in a release only where it changed, so that a release need not have all series.

    Args:
        datasets: Raw frames by dataset (`ACCOUNTS_DATASETS` names them).

    Returns:
        release, economy, series, period (2024, 2024-Q1 or 2024-03), frequency, value, unit.
    """
    table = pd.concat(datasets.values(), ignore_index=True)
    frequency = table["period"].str.len().map(FREQUENCIES)
    quarterly = table["period"].str.contains("Q", regex=False)
    table = table.assign(frequency=frequency.mask(quarterly, "quarterly"))
    return in_order(table, "china_accounts")


def china_monthly(datasets: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return China's monthly growth rates, levels, purchasing managers' indices and credit.

    Args:
        datasets: Raw frames, no series in two of them.

    Returns:
        release, economy, series, month (its first day), value, unit.
    """
    table = pd.concat(datasets, ignore_index=True)
    return in_order(table.assign(month=month_start(table["period"])), "china_monthly")


def input_output(
    national: pd.DataFrame, international: pd.DataFrame, names: pd.DataFrame
) -> pd.DataFrame:
    """Return the aggregates of input-output tables, totals and by sector.

    Args:
        national: Raw frame of the Bureau's tables, whose releases are the years they describe.
        international: Raw frame of the OECD's tables.
        names: As from `sector_names`.

    Returns:
        release, economy, source (NBS or OECD), series, sector and sector_name (empty for totals),
        year, value, unit. Codes of sectors belong to one source, release and series only.
    """
    both = pd.concat(
        [national.assign(source="NBS"), international.assign(source="OECD")], ignore_index=True
    )
    both = both.merge(names, on=["source", "release", "series"], how="left", validate="m:1")
    parts = both["series"].str.extract(_SECTOR)
    table = both.assign(
        series=parts["series"].fillna(both["series"]),
        sector=parts["sector"],
        sector_name=both["sector_name"].where(parts["sector"].notna()),
        year=both["period"].astype("int64"),
    )
    return in_order(table, "input_output")


def sector_names(project: Project, publishers: Mapping[str, str]) -> pd.DataFrame:
    """Return what descriptors call the sectors of input-output tables.

    Args:
        project: Where data/raw is.
        publishers: The table's name of a source by publisher.

    Returns:
        source, release, series (with the sector's code) and sector_name.
    """
    rows = [
        (source, release.name, entry["code"], entry["title"].split(": ", 1)[1])
        for publisher, source in publishers.items()
        for release in releases.releases(project, publisher)
        for resource in release.resources.values()
        for entry in resource["series"]
        if ": " in entry["title"]
    ]
    return pd.DataFrame(rows, columns=["source", "release", "series", "sector_name"])


def industry(datasets: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return the output of single industries in physical units.

    Args:
        datasets: Raw frames of steel and solar figures.

    Returns:
        release, economy, series, year, value, unit.
    """
    table = pd.concat(datasets, ignore_index=True)
    return in_order(table.assign(year=table["period"].astype("int64")), "industry")


def product_exports(raw: pd.DataFrame, flags: pd.DataFrame) -> pd.DataFrame:
    """Return merchandise exports to the world by product group.

    Args:
        raw: The dataset as published, million US dollars.
        flags: The publisher's flags as numbers (`FLAGS`).

    Returns:
        release, economy (WLD is the publisher's own total), series, year, usd_bn, flag (empty
        where there is none).
    """
    key = ["release", "economy", "series", "period"]
    marks = flags.assign(flag=flags["value"].map(FLAGS).astype("str"))[[*key, "flag"]]
    table = raw.merge(marks, on=key, how="left", validate="1:1")
    table = table.assign(
        year=table["period"].astype("int64"), usd_bn=table["value"] / MILLIONS_PER_BILLION
    )
    return in_order(table, "product_exports")
