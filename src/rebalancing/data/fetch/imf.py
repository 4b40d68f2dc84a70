"""The IMF's World Economic Outlook, from its SDMX service, version 3, as CSV.

Three kinds of requests below ``<address>/data/dataflow/IMF.RES/WEO/+`` (the newest version)::

    USA.NGDP_RPCH.A?attributes=dataset&lastNObservations=1     ...,PUBLICATION_DATE
                                                               ...,2026-04-14T13:00:00Z
    *?attributes=series&firstNObservations=1                   the last actual year by series
    COUNTRY,INDICATOR,FREQUENCY,...,LATEST_ACTUAL_ANNUAL_DATA
    CHN,NGDP_RPCH,A,...,2025
    *.NGDPD.A                                                  the figures of one indicator
    COUNTRY,INDICATOR,FREQUENCY,TIME_PERIOD,OBS_VALUE,SCALE,UNIT,...
    CHN,NGDPD,A,2025,19398577000000,9,USD,...

Values are in units whatever SCALE (a power of ten) is meant for display; here they are in the
units of the earlier releases. No key is needed; the subscription key of a registered user is sent
when REBALANCING_IMF_KEY holds one. Groups that the list of economies does not know are left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from rebalancing.data.fetch.client import Client
from rebalancing.data.fetch.service import (
    Dataset,
    Fetched,
    FormatError,
    HeldReleases,
    Service,
    UpToDate,
    changed,
    check_economies,
    rows_of,
    stated_day,
)
from rebalancing.data.imports.international import INTERNATIONAL
from rebalancing.data.releases.sources import Dated
from rebalancing.data.tables import economies

ADDRESS, KEY_HEADER = "https://api.imf.org/external/sdmx/3.0", "Ocp-Apim-Subscription-Key"
SILENCE = 300.0  # seconds: it takes minutes to begin some answers
FLOW = "data/dataflow/IMF.RES/WEO/+"
# Title, unit here, and the power of ten between it and the service's units.
SERIES = {
    "NGDP_RPCH": ("Gross domestic product, constant prices", "percent change", 0),
    "NGDPD": ("Gross domestic product, current prices", "billion US dollars", 9),
    "PPPGDP": (
        "Gross domestic product, current prices, purchasing power parity",
        "billion international dollars",
        9,
    ),
    "PPPPC": (
        "Gross domestic product per capita, current prices, purchasing power parity",
        "international dollars",
        0,
    ),
    "PCPIPCH": ("Inflation, average consumer prices", "percent change", 0),
    "LP": ("Population", "million persons", 6),
    "LUR": ("Unemployment rate", "percent of labour force", 0),
    "NID_NGDP": ("Total investment (gross capital formation)", "percent of GDP", 0),
    "NGSD_NGDP": ("Gross national savings", "percent of GDP", 0),
    "BCA": ("Current account balance", "billion US dollars", 9),
    "BCA_NGDPD": ("Current account balance", "percent of GDP", 0),
    "TX_RPCH": ("Volume of exports of goods and services", "percent change", 0),
    "TM_RPCH": ("Volume of imports of goods and services", "percent change", 0),
    "TXG_RPCH": ("Volume of exports of goods", "percent change", 0),
    "TMG_RPCH": ("Volume of imports of goods", "percent change", 0),
}
TITLES = {code: title for code, (title, _, _) in SERIES.items()}
START_UNIT = "first estimated or forecast year"
ECONOMIES = {"KOS": "XKX", "UVK": "XKX", "WBG": "PSE"}
# A fiscal year counts as its second calendar year, except where most of it lies in the first.
FIRST_YEAR_COUNTS = ("IND", "IRN", "LSO")
NEVER_ACTUAL = {"", "0", "n/a"}
# G001, GX999, G_EME, G20: no economy has a digit or a stroke in its code.
_GROUP = re.compile(r"G[A-Z]*[0-9_][A-Z0-9_]*")
COLUMNS = ("COUNTRY", "INDICATOR", "TIME_PERIOD", "OBS_VALUE", "SCALE")


def fetch(client: Client, held: HeldReleases) -> Fetched | UpToDate:
    """Return the newest outlook, unless it is held."""
    edition = _edition(client)
    if held.covers(edition):
        return UpToDate(held.newest)
    starts = _forecast_start(client)
    frames = [_figures(code, client) for code in SERIES]
    figures = check_economies(pd.concat(frames, ignore_index=True), client)
    datasets = {"weo": Dataset(figures, TITLES), "forecast-start": Dataset(starts, TITLES)}
    return Fetched(Dated(edition, edition, "The service's own date of publication."), datasets)


def _edition(client: Client) -> str:
    """Return the month of the edition that the service calls newest."""
    query: dict[str, str | int] = {"attributes": "dataset", "lastNObservations": 1}
    rows = _rows(client, "USA.NGDP_RPCH.A", query, ("PUBLICATION_DATE",), if_changed=True)
    found = {row["PUBLICATION_DATE"][:10] for row in rows}
    if len(found) != 1 or not re.fullmatch(r"[0-9-]{10}", day := found.pop()):
        raise changed(client, "it states no date of publication")
    return stated_day(day, client, "its date of publication")[:7]


def _forecast_start(client: Client) -> pd.DataFrame:
    """Return the year after the last actual one, where the service states it."""
    query: dict[str, str | int] = {"attributes": "series", "firstNObservations": 1}
    needed = ("COUNTRY", "INDICATOR", "LATEST_ACTUAL_ANNUAL_DATA")
    rows = _rows(client, "*", query, needed)
    found = [
        (economy, row["INDICATOR"], year + 1)
        for row in rows
        if row["INDICATOR"] in SERIES
        and (economy := _economy(row["COUNTRY"])) is not None
        and (year := _last_actual(row["LATEST_ACTUAL_ANNUAL_DATA"], economy, client)) is not None
    ]
    if not found:
        raise FormatError(
            f"{client.publisher}: {client.address.url} states no last actual year for any series; "
            "nothing was stored: without it forecasts cannot be told from outcomes"
        )
    frame = pd.DataFrame(found, columns=["economy", "series", "year"])
    frame = frame.assign(
        period=frame["year"].astype("str"), value=frame["year"].astype("float64"), unit=START_UNIT
    )
    return check_economies(frame.drop(columns="year"), client)


def _last_actual(text: str, economy: str, client: Client) -> int | None:
    """Return the year in ``2024`` or ``FY2023/24``; none where none is stated."""
    if text.strip().lower() in NEVER_ACTUAL:
        return None
    found = re.fullmatch(r"(?:FY)?([0-9]{4})(/[0-9]{2}(?:[0-9]{2})?)?", text.strip())
    if found is None:
        raise changed(client, f"a last actual year is {text!r}")
    second = found[2] is not None and economy not in FIRST_YEAR_COUNTS
    return int(found[1]) + second


def _figures(code: str, client: Client) -> pd.DataFrame:
    """Return the figures of one indicator in the project's unit."""
    _, unit, power = SERIES[code]
    values = []
    for row in _rows(client, f"*.{code}.A", {}, COLUMNS):
        economy = _economy(row["COUNTRY"])
        if economy is None or row["OBS_VALUE"] in {"", "NaN"}:
            continue
        if row["INDICATOR"] != code:
            raise changed(client, f"asked for {code}, it sends {row['INDICATOR']}")
        if row["SCALE"] != str(power):
            raise changed(client, f"the scale of {code} is {row['SCALE']}, not {power}")
        try:
            values.append((economy, row["TIME_PERIOD"], float(row["OBS_VALUE"]) / 10**power))
        except ValueError:
            raise changed(client, f"{code} has a value that is not a number") from None
    if not values:
        raise FormatError(
            f"{client.publisher}: {client.address.url} has no values for {code}, which it had "
            "before; nothing was stored: see whether the series is replaced by another"
        )
    frame = pd.DataFrame(values, columns=["economy", "period", "value"])
    return frame.assign(series=code, unit=unit)


def _economy(code: str) -> str | None:
    """Return the project's code; none for a group that the list of economies does not know."""
    if _GROUP.fullmatch(code) and code not in economies.codes():
        return None
    return ECONOMIES.get(code, code)


def _rows(
    client: Client,
    key: str,
    query: Mapping[str, str | int],
    needed: Sequence[str],
    *,
    if_changed: bool = False,
) -> list[dict[str, str]]:
    """Return the rows of a CSV answer that has the needed columns."""
    answer = client.get(f"{FLOW}/{key}", query, accept="text/csv", if_changed=if_changed)
    return rows_of(answer, client, needed, f"the CSV of {key}")


IMF = Service(
    name="IMF",
    publisher=next(entry for entry in INTERNATIONAL if entry.id == "imf-weo"),
    address=ADDRESS,
    fetch=fetch,
    key_header=KEY_HEADER,
    silence=SILENCE,
)
