"""Goods trade by partner and month: the IMF's IMTS (once Direction of Trade), SDMX 3.0, as CSV.

One economy is asked for at a time, below ``<address>/data/dataflow/IMF.STA/IMTS/+``: China with its
main partners, then each of them with China, so that both sides of a flow are there::

    CHN.XG_FOB_USD+MG_CIF_USD.G001+USA+….M
    USA.XG_FOB_USD+MG_CIF_USD.CHN.M
    DATAFLOW,COUNTRY,INDICATOR,COUNTERPART_COUNTRY,FREQUENCY,TIME_PERIOD,OBS_VALUE,SCALE,…
    IMF.STA:IMTS(1.0.0),USA,MG_CIF_USD,CHN,M,2026-M05,25841000000,6,…

Exports are fob and imports cif, both in US dollars whatever SCALE is meant for display. G001 is the
world. Taiwan is a partner here, not a reporter. The service takes minutes for some answers, and no
key; that of the World Economic Outlook (REBALANCING_IMF_KEY) is sent where there is one.

How this was verified: the flow, its dimensions, indicators and columns from seven public clients
that agree, among them Our World in Data's of 2026; that values are whole dollars from two of them;
that months are written 2026-M05 from a client of a neighbouring flow, so that 2026-05 is read too.
startPeriod is said to be passed over, so earlier months are left out here. Nothing was asked from
here. No date of last update is stated: a release is named by the day of retrieval, and figures that
equal those held make no new release.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from rebalancing.data.fetch import imf
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
from rebalancing.data.releases.sources import Publisher, Source, labelled, with_source_named

FLOW = "data/dataflow/IMF.STA/IMTS/+"
ACCEPT = "application/vnd.sdmx.data+csv"
SERIES = {"XG_FOB_USD": "EXP_USD", "MG_CIF_USD": "IMP_USD"}
TITLES = {
    "EXP_USD": "Exports of goods to the partner, fob, as the economy reports them",
    "IMP_USD": "Imports of goods from the partner, cif, as the economy reports them",
}
UNIT = "USD"
CHINA, WORLD = "CHN", "G001"
# China's largest partners, and the peers of the study: those who report, and those who do not.
REPORTERS = (
    *("USA", "JPN", "KOR", "DEU", "IND", "GBR", "FRA", "ITA", "NLD", "HKG", "VNM", "MEX", "THA"),
    *("SGP", "MYS", "IDN", "PHL", "BRA", "RUS", "CAN", "AUS", "ZAF", "SAU", "ARE"),
)
SILENT = ("TWN",)
FIRST = "2000-01"
NEEDED = (
    *("COUNTRY", "INDICATOR", "COUNTERPART_COUNTRY", "FREQUENCY"),
    *("TIME_PERIOD", "OBS_VALUE"),
)
_MONTH = re.compile(r"([0-9]{4})-M?(0[1-9]|1[0-2])")


def fetch(client: Client, held: HeldReleases) -> Fetched | UpToDate:
    """Return China's trade with its partners and theirs with China, unless today's is held."""
    day = today()
    if held.covers(day):
        return UpToDate(held.newest)
    own = _trade(client, CHINA, (WORLD, *REPORTERS, *SILENT))
    if own.empty:
        raise empty(client, "report of China")
    mirrored = {reporter: _trade(client, reporter, (CHINA,)) for reporter in REPORTERS}
    frames = [own, *(frame for frame in mirrored.values() if not frame.empty)]
    frame = check_periods(pd.concat(frames, ignore_index=True).assign(unit=UNIT), client)
    without = [reporter for reporter, found in mirrored.items() if found.empty]
    notes = (f"No report of trade with China: {', '.join(without)}.",) if without else ()
    return Fetched(
        retrieved(day), {"trade": Dataset(check_economies(frame, client), TITLES)}, notes
    )


def _trade(client: Client, reporter: str, partners: Sequence[str]) -> pd.DataFrame:
    """Return what one economy reports of its trade with some partners, by month."""
    key = f"{reporter}.{'+'.join(SERIES)}.{'+'.join(partners)}.M"
    answer = client.get(f"{FLOW}/{key}", accept=ACCEPT)
    what = f"the trade of {reporter}"
    found: dict[tuple[str, str, str], float] = {}
    for row in rows_of(answer, client, NEEDED, f"the CSV of {what}"):
        if row["COUNTRY"] != reporter or row["FREQUENCY"] != "M":
            raise changed(client, f"asked for {what}, it sends {row['COUNTRY']} {row['FREQUENCY']}")
        if row["COUNTERPART_COUNTRY"] not in partners or row["INDICATOR"] not in SERIES:
            sent = f"{row['INDICATOR']} with {row['COUNTERPART_COUNTRY']}"
            raise changed(client, f"asked for {what}, it sends {sent}")
        month = _MONTH.fullmatch(row["TIME_PERIOD"])
        if month is None:
            raise changed(client, f"{what} has the month {row['TIME_PERIOD']!r}")
        place = (row["COUNTERPART_COUNTRY"], SERIES[row["INDICATOR"]], f"{month[1]}-{month[2]}")
        said = f"{what}, {' '.join(place)},"
        value = observed(row["OBS_VALUE"], client, said)
        if value is None or place[-1] < FIRST:
            continue
        if value < 0:
            raise changed(client, f"{said} is {value:g}, below zero")
        if place in found:
            raise changed(client, f"{what} has {' '.join(place)} more than once")
        found[place] = value
    rows = [(reporter, *place, value) for place, value in found.items()]
    return pd.DataFrame(rows, columns=["economy", "partner", "series", "period", "value"])


IMTS = Service(
    name="IMTS",
    publisher=Publisher(
        id="imf-imts",
        name="International Monetary Fund",
        title="International Trade in Goods by partner country, China and its main partners",
        address="https://data.imf.org",
        licence=with_source_named(
            "the International Monetary Fund",
            "Understood as: the Fund's copyright and usage terms; use and sharing with attribution "
            "and without alteration.",
        ),
        citation="International Monetary Fund, International Trade in Goods (by partner country), "
        "retrieved {date}.",
        sources=(
            Source(
                "trade",
                "imf-imts/{release}.parquet",
                "Exports and imports of goods by partner, monthly",
                labelled("Day of retrieval."),
            ),
        ),
        notes=(
            "Exports are valued fob, imports cif. What partners report as imports from China is "
            "China's exports seen from the other side, by origin: goods by way of Hong Kong count.",
            "Partners report with different delays; G001 is the world, TWN reports nothing itself.",
        ),
    ),
    address=imf.ADDRESS,
    fetch=fetch,
    key_header=imf.KEY_HEADER,
    pauses=4,
    silence=imf.SILENCE,
    host="IMF",
)
