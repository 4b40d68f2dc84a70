"""Quarterly national accounts from the OECD's SDMX service, as CSV.

Two flows, one economy at a time, below ``<address>/data``: growth of GDP of the G20, China among
them, and expenditure at current prices in national currency::

    OECD.SDD.NAD,DSD_NAMAIN1@DF_QNA_EXPENDITURE_GROWTH_G20,1.1/
        Q.Y.CHN.S1.S1.B1GQ._Z._Z._Z.PC.L.GY+G1.T0102?format=csvfile
    OECD.SDD.NAD,DSD_NAMAIN1@DF_QNA_EXPENDITURE_NATIO_CURR,1.1/Q.Y.USA..........?format=csvfile
    …,FREQ,ADJUSTMENT,REF_AREA,SECTOR,COUNTERPART_SECTOR,TRANSACTION,INSTR_ASSET,ACTIVITY,
        EXPENDITURE,UNIT_MEASURE,PRICE_BASE,TRANSFORMATION,TABLE_IDENTIFIER,TIME_PERIOD,OBS_VALUE,…
    …,Q,Y,CHN,S1,S1,B1GQ,_Z,_Z,_Z,PC,L,GY,T0102,2026-Q2,4.3,…

GY is growth on the same quarter a year before, G1 on the quarter before; everything is adjusted for
season and calendar (Y). Of expenditure what is kept is at current prices (V), in millions of
national currency (XDC, UNIT_MULT 6); of a part that is split, its total. Some two dozen requests
are made, of the few dozen that the service is said to allow in an hour.

How this was verified: flows, keys and the thirteen dimensions from about ten public clients that
agree, of 2024 to 2026; China's key as a whole from four of them; the codes of expenditure (B1GQ, P3
by sector, P51G, P6, P7) from two; P5, the mark of totals of assets (N11G) and UNIT_MULT from
general knowledge, so that a part that is not there is said in the release's notes, and one that is
there twice is refused. Nothing was asked from here. No date of last update is stated: a release is
named by the day of retrieval, and figures that equal those held make no new release.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from rebalancing.data.fetch.client import Client
from rebalancing.data.fetch.service import (
    Dataset,
    Fetched,
    HeldReleases,
    Service,
    UpToDate,
    changed,
    check_economies,
    check_periods,
    empty,
    observed,
    retrieved,
    rows_of,
    today,
)
from rebalancing.data.releases.sources import (
    CC_BY,
    Licence,
    Publisher,
    Source,
    labelled,
)

FLOWS = {
    "growth": "data/OECD.SDD.NAD,DSD_NAMAIN1@DF_QNA_EXPENDITURE_GROWTH_G20,1.1",
    "expenditure": "data/OECD.SDD.NAD,DSD_NAMAIN1@DF_QNA_EXPENDITURE_NATIO_CURR,1.1",
}
QUERY: dict[str, str | int] = {"format": "csvfile"}
ACCEPT = "application/vnd.sdmx.data+csv"
EUROPE = "EU27_2020"
# China and the peers of the study, and other large economies.
ECONOMIES = ("CHN", "USA", "JPN", "KOR", "DEU", "IND", EUROPE, "GBR", "FRA", "ITA", "BRA", "CAN")
# The Bureau publishes no expenditure by quarter (from general knowledge), so it is not asked for.
WITHOUT_EXPENDITURE = ("CHN",)
GROWTH = {"GY": "GDP_REAL_Q_YOY", "G1": "GDP_REAL_Q_QOQ"}
EXPENDITURE = {
    ("B1GQ", "S1"): "GDP",
    ("P3", "S1"): "CONS",
    ("P3", "S1M"): "CONS_PRIVATE",
    ("P3", "S13"): "CONS_GOVERNMENT",
    ("P5", "S1"): "GCF",
    ("P51G", "S1"): "GFCF",
    ("P6", "S1"): "EXPORTS",
    ("P7", "S1"): "IMPORTS",
}
TITLES = {
    "GDP_REAL_Q_YOY": "GDP, single quarter: real growth on a year before, seasonally adjusted",
    "GDP_REAL_Q_QOQ": "GDP, single quarter: real growth on the quarter before, seasonally adjusted",
    "GDP": "Gross domestic product, expenditure approach, single quarter",
    "CONS": "Final consumption, single quarter",
    "CONS_PRIVATE": "Final consumption of households and non-profit institutions, single quarter",
    "CONS_GOVERNMENT": "Final consumption of general government, single quarter",
    "GCF": "Gross capital formation, single quarter",
    "GFCF": "Gross fixed capital formation, single quarter",
    "EXPORTS": "Exports of goods and services, single quarter",
    "IMPORTS": "Imports of goods and services, single quarter",
}
UNITS = {
    "growth": "percent",
    "expenditure": "million national currency, current prices, seasonally adjusted",
}
# Where a part is split, its total: not applicable, all, or all fixed assets.
TOTAL = {"_Z", "_T", "N11G"}
MILLIONS = "6"
DIMENSIONS = (
    *("FREQ", "ADJUSTMENT", "REF_AREA", "SECTOR", "TRANSACTION", "INSTR_ASSET", "ACTIVITY"),
    *("EXPENDITURE", "UNIT_MEASURE", "PRICE_BASE", "TRANSFORMATION", "TIME_PERIOD", "OBS_VALUE"),
)
_QUARTER = re.compile(r"[0-9]{4}-Q[1-4]")
BySeries = dict[tuple[str, str], float]


def fetch(client: Client, held: HeldReleases) -> Fetched | UpToDate:
    """Return growth and expenditure by quarter, unless those of today are held."""
    day = today()
    if held.covers(day):
        return UpToDate(held.newest)
    growth = {area: _growth(client, area) for area in ECONOMIES}
    if not growth["CHN"]:
        raise empty(client, "growth of China")
    spending = {
        area: _expenditure(client, area) for area in ECONOMIES if area not in WITHOUT_EXPENDITURE
    }
    parts = {"growth": growth, "expenditure": spending}
    datasets = {
        name: Dataset(_frame(client, by_area).assign(unit=UNITS[name]), TITLES)
        for name, by_area in parts.items()
        if any(by_area.values())
    }
    return Fetched(retrieved(day), datasets, _lacking(spending))


def _growth(client: Client, area: str) -> BySeries:
    """Return an economy's growth by series and quarter."""
    key = f"Q.Y.{area}.S1.S1.B1GQ._Z._Z._Z.PC.L.{'+'.join(GROWTH)}.T0102"
    wanted = {"SECTOR": "S1", "TRANSACTION": "B1GQ", "UNIT_MEASURE": "PC", "PRICE_BASE": "L"}
    found: BySeries = {}
    for row in _rows(client, "growth", area, key):
        other = [name for name, code in wanted.items() if row[name] != code]
        if other or row["TRANSFORMATION"] not in GROWTH:
            name = other[0] if other else "TRANSFORMATION"
            raise changed(client, f"asked for the growth of {area}, it sends {name} {row[name]}")
        _add(client, found, GROWTH[row["TRANSFORMATION"]], row)
    return found


def _expenditure(client: Client, area: str) -> BySeries:
    """Return an economy's expenditure at current prices by series and quarter."""
    found: BySeries = {}
    wanted = {"UNIT_MEASURE": "XDC", "PRICE_BASE": "V", "TRANSFORMATION": "N"}
    for row in _rows(client, "expenditure", area, f"Q.Y.{area}{'.' * 10}", "UNIT_MULT"):
        series = EXPENDITURE.get((row["TRANSACTION"], row["SECTOR"]))
        split = {row["INSTR_ASSET"], row["ACTIVITY"], row["EXPENDITURE"]} - TOTAL
        if series is None or split or any(row[name] != code for name, code in wanted.items()):
            continue
        if row["UNIT_MULT"] != MILLIONS:
            raise changed(client, f"{series} of {area} is in 10^{row['UNIT_MULT']}, not millions")
        _add(client, found, series, row)
    return found


def _rows(client: Client, flow: str, area: str, key: str, *more: str) -> list[dict[str, str]]:
    """Return the rows of one economy, seasonally adjusted and by quarter."""
    answer = client.get(f"{FLOWS[flow]}/{key}", QUERY, accept=ACCEPT)
    rows = rows_of(answer, client, (*DIMENSIONS, *more), f"the CSV of {flow} of {area}")
    for row in rows:
        for name, code in (("REF_AREA", area), ("FREQ", "Q"), ("ADJUSTMENT", "Y")):
            if row[name] != code:
                raise changed(client, f"asked for {flow} of {area}, it sends {name} {row[name]}")
    return rows


def _add(client: Client, found: BySeries, series: str, row: Mapping[str, str]) -> None:
    """Add the value of a row, unless it is blank."""
    place = (series, row["TIME_PERIOD"])
    said = f"{series} of {row['REF_AREA']} in {row['TIME_PERIOD']}"
    if not _QUARTER.fullmatch(row["TIME_PERIOD"]):
        raise changed(client, f"{said}: that is no quarter")
    value = observed(row["OBS_VALUE"], client, said)
    if value is None:
        return
    if place in found:
        raise changed(client, f"{said} is in it more than once")
    found[place] = value


def _frame(client: Client, by_area: Mapping[str, BySeries]) -> pd.DataFrame:
    rows = [
        (area, *place, value) for area, found in by_area.items() for place, value in found.items()
    ]
    frame = pd.DataFrame(rows, columns=["economy", "series", "period", "value"])
    return check_economies(check_periods(frame, client), client)


def _lacking(spending: Mapping[str, BySeries]) -> tuple[str, ...]:
    """Say which economies have not all parts of expenditure."""
    gaps = {
        area: sorted(set(EXPENDITURE.values()) - {series for series, _ in found})
        for area, found in spending.items()
    }
    said = "; ".join(f"{area} {', '.join(missing)}" for area, missing in gaps.items() if missing)
    return (f"Not offered at current prices: {said}.",) if said else ()


OECD = Service(
    name="OECD",
    publisher=Publisher(
        id="oecd-qna",
        name="Organisation for Economic Co-operation and Development",
        title="Quarterly national accounts: growth and expenditure",
        address="https://data-explorer.oecd.org",
        licence=Licence(
            CC_BY.name,
            CC_BY.title,
            CC_BY.path,
            "Reuse with attribution; that it is CC BY 4.0 since 2024 is unverified.",
        ),
        citation="OECD, Quarterly National Accounts, retrieved {date}.",
        sources=(
            Source(
                "growth",
                "oecd-qna/{release}/growth.parquet",
                "Real growth of GDP, quarterly",
                labelled("Day of retrieval."),
            ),
            Source(
                "expenditure",
                "oecd-qna/{release}/expenditure.parquet",
                "GDP by expenditure at current prices, quarterly",
                labelled("Day of retrieval."),
            ),
        ),
        notes=(
            "Adjusted for season and calendar: growth on a year before can differ from what an "
            "office publishes unadjusted.",
            "Expenditure is in each economy's currency; there is none of China by quarter.",
            "EU27_2020 is the European Union of 27 in all years.",
        ),
    ),
    address="https://sdmx.oecd.org/public/rest",
    fetch=fetch,
    pauses=8,
    silence=120.0,
)
