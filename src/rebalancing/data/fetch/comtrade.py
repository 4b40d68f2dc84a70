"""China's goods trade as China and as its partners report it, from UN Comtrade's open preview.

``<address>/preview/C/A/HS?reporterCode=156&partnerCode=0&period=2024&flowCode=X,M&cmdCode=TOTAL&
partner2Code=0&customsCode=C00&motCode=0`` has what China reports; without reporterCode and with
partnerCode=156, what everybody reports about China::

    {"elapsedTime": "0.12 secs", "count": 2, "error": "", "data": [
      {"typeCode": "C", "freqCode": "A", "period": "2024", "reporterCode": 156, "flowCode": "X",
       "partnerCode": 0, "partner2Code": 0, "cmdCode": "TOTAL", "customsCode": "C00",
       "mosCode": "0", "motCode": 0, "primaryValue": 3576543000000, ...}, ...]}

The preview needs no key. It sends 500 rows at most and does not say when it leaves some out, so
that one year and flow are asked for at a time, and an answer of 500 rows is refused. The primary
value is fob for exports and cif for imports, in US dollars.

Numbers of economies are those of m49.csv, but for the ones in comtrade.csv beside this module. A
release is named by the day of retrieval, and figures that equal those held make no new release. A
year counts once China has reported it.

So that three dozen questions are not put for nothing, ``<address>/getDa/C/A/HS`` is asked first
what there is: with reporterCode=156, the years of China; with these years as period and the day of
the release that is held as publishedDateFrom, what anybody has released since::

    {"count": 1, "data": [{"typeCode": "C", "freqCode": "A", "period": 2024, "reporterCode": 156,
      "datasetChecksum": 1234, "firstReleased": "2025-03-05T09:12:11",
      "lastReleased": "2026-02-11T16:33:31", ...}, ...]}

It takes twelve periods at a time. How this was verified: address, parameters and ``data`` from the
United Nations' own package comtradeapicall 1.3; names of fields and the limit from public clients;
that days begin the dates from their use of them. Nothing was asked from here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from rebalancing.data.fetch.answers import FetchError
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
    stated_day,
    text_of,
    today,
)
from rebalancing.data.fetch.unsd import CODES as M49
from rebalancing.data.imports.international import INTERNATIONAL
from rebalancing.data.releases import shipped_tables
from rebalancing.data.releases.sources import Dated

CODES = Path(__file__).with_name("comtrade.csv")
PATH, AVAILABLE = "preview/C/A/HS", "getDa/C/A/HS"
FIRST_YEAR = 2014
CHINA, EVERYWHERE = 156, 0
MOST_ROWS, MOST_PERIODS = 500, 12
# All goods, whatever they pass through: each breakdown at its total.
TOTALS = {"cmdCode": "TOTAL", "partner2Code": "0", "customsCode": "C00", "motCode": "0"}
OWN = {"X": "EXP", "M": "IMP"}
# What a partner imports from China is China's exports, seen from the other side.
MIRROR = {"M": "EXP_MIRROR", "X": "IMP_MIRROR"}
UNIT = "USD"
# The European Union and ASEAN report beside their members.
GROUPS = {97, 975}
TITLES = {
    "EXP": "Exports of goods as China reports them",
    "IMP": "Imports of goods as China reports them",
    "EXP_MIRROR": "China's exports of goods as partners report them: their imports from China",
    "IMP_MIRROR": "China's imports of goods as partners report them: their exports to China",
}
AnswerRow = dict[str, Any]


class ComtradeError(FetchError):
    """The service says that it cannot give what was asked for."""


def fetch(client: Client, held: HeldReleases) -> Fetched | UpToDate:
    """Return the figures of all years that China has reported, unless those of today are held."""
    day = today()
    if held.covers(day):
        return UpToDate(held.newest)
    last = _last_year(client, int(day[:4]) - 1)
    if held.names and not _has_newer(client, held.newest, last):
        return UpToDate(held.newest)
    own = _own(client, last)
    mirror = pd.concat(
        [
            _mirror(client, year, flow, series)
            for year in own["period"].unique()
            for flow, series in MIRROR.items()
        ],
        ignore_index=True,
    )
    sums = mirror.groupby(["series", "period"], as_index=False)["value"].sum()
    everything = pd.concat([own, mirror, sums.assign(partner="WLD")], ignore_index=True)
    frame = check_economies(everything.assign(economy="CHN", unit=UNIT), client)
    return Fetched(
        Dated(day, day, "Day of retrieval."), {"trade": Dataset(frame, TITLES)}, _counted(mirror)
    )


def _last_year(client: Client, latest: int) -> int:
    """Return the last year, up to the latest one possible, of which there is a report of China."""
    rows = _available(client, {"reporterCode": CHINA}, "the years of China")
    years = [year for year, reporter, _ in rows if reporter == CHINA and year <= latest]
    return max(years, default=FIRST_YEAR - 1)


def _has_newer(client: Client, day: str, last: int) -> bool:
    """Return whether any economy has released figures of the years to the last on a day or since.

    What came on the day itself may have come after it was asked for.
    """
    for first in range(FIRST_YEAR, last + 1, MOST_PERIODS):
        years = range(first, min(first + MOST_PERIODS, last + 1))
        query: dict[str, str | int] = {
            "period": ",".join(map(str, years)),
            "publishedDateFrom": day,
        }
        rows = _available(client, query, f"what is new since {day}")
        if any(year in years and released >= day for year, _, released in rows):
            return True
    return False


def _available(
    client: Client, query: Mapping[str, str | int], what: str
) -> list[tuple[int, int, str]]:
    """Return year, reporter and day of the last release of what there is."""
    found = []
    for row in _content(client, AVAILABLE, query, what)[0]:
        try:
            year, reporter, released = row["period"], row["reporterCode"], row["lastReleased"]
        except KeyError as error:
            raise changed(client, f"the rows of {what} have no {error}") from None
        if (row.get("typeCode"), row.get("freqCode")) != ("C", "A"):
            raise changed(client, f"{what} is not of goods by year")
        is_number = isinstance(reporter, int) and not isinstance(reporter, bool)
        if not re.fullmatch("[0-9]{4}", str(year)) or not is_number:
            raise changed(client, f"{what} has the year {year!r} of reporter {reporter!r}")
        day = stated_day(str(released)[:10], client, f"a day of {what}")
        found.append((int(year), reporter, day))
    return found


def _own(client: Client, last: int) -> pd.DataFrame:
    """Return what China reports to the last year in which it reports both flows."""
    found: list[tuple[str, str, float]] = []
    missing: list[int] = []
    for year in range(FIRST_YEAR, last + 1):
        rows = _rows(client, year, "X,M", reporterCode=CHINA, partnerCode=EVERYWHERE)
        values = {
            row["flowCode"]: value for row in rows if (value := _value(row, client)) is not None
        }
        if values.keys() != OWN.keys():
            missing.append(year)
            continue
        if missing:
            raise FormatError(
                f"{client.publisher}: {client.address.url} has no report of China for "
                f"{missing[0]}, but for {year}; nothing was stored: try again later"
            )
        found += [(OWN[flow], str(year), value) for flow, value in values.items()]
    if not found:
        raise FormatError(
            f"{client.publisher}: {client.address.url} has no report of China for any year from "
            f"{FIRST_YEAR}; nothing was stored: look for a notice of the publisher"
        )
    return pd.DataFrame(found, columns=["series", "period", "value"]).assign(partner="WLD")


def _mirror(client: Client, year: str, flow: str, series: str) -> pd.DataFrame:
    """Return what every economy reports as its trade with China, in one direction."""
    rows = _rows(client, int(year), flow, partnerCode=CHINA)
    values = {
        _reporter(row, client): value
        for row in rows
        if row["reporterCode"] not in GROUPS and (value := _value(row, client)) is not None
    }
    if not values:
        raise FormatError(
            f"{client.publisher}: {client.address.url} has no report of China's partners for "
            f"{year}, which China has reported; nothing was stored: try again later"
        )
    frame = pd.DataFrame(list(values.items()), columns=["partner", "value"])
    return frame.assign(series=series, period=year)


def _rows(client: Client, year: int, flows: str, **who: int) -> list[AnswerRow]:
    """Return the rows of an answer that is whole and about what was asked for."""
    query: dict[str, str | int] = {"period": year, "flowCode": flows, **who, **TOTALS}
    what = f"{flows} of {year}"
    rows = _data(client, query, what)
    wanted = {"typeCode": "C", "freqCode": "A", "period": str(year), **TOTALS}
    wanted |= {name: str(number) for name, number in who.items()}
    try:
        for row in rows:
            other = [name for name, text in wanted.items() if str(row[name]) != text]
            if other or row["flowCode"] not in flows.split(","):
                name = other[0] if other else "flowCode"
                raise changed(client, f"asked for {what}, it sends {name} {row[name]}")
        # Modes of supply are parts of the total.
        rows = [row for row in rows if str(row["mosCode"]) == "0"]
        senders = [(row["reporterCode"], row["flowCode"], row["primaryValue"]) for row in rows]
    except KeyError as error:
        raise changed(client, f"the rows of {what} have no {error}") from None
    pairs = [sender[:2] for sender in senders]
    if twice := [pair for pair in pairs if pairs.count(pair) > 1]:
        raise changed(client, f"{what} of reporter {twice[0][0]} is in it more than once")
    return rows


def _data(client: Client, query: Mapping[str, str | int], what: str) -> list[AnswerRow]:
    """Return the rows of an answer, unless it may have been cut."""
    rows, count = _content(client, PATH, query, what)
    if count != len(rows):
        raise changed(client, f"{what} has {len(rows):,} rows, but counts {count!r}")
    if len(rows) >= MOST_ROWS:
        raise changed(
            client, f"{what} has {len(rows):,} rows, so it may have been cut at {MOST_ROWS}"
        )
    return rows


def _content(
    client: Client, path: str, query: Mapping[str, str | int], what: str
) -> tuple[list[AnswerRow], Any]:
    """Return the rows of an answer and how many it says there are, unless it is an error."""
    answer = client.get(path, query, accept="application/json")
    try:
        content = json.loads(text_of(answer, client, f"{what} in JSON"))
    except ValueError:
        raise changed(client, f"{what} is not whole JSON") from None
    if not isinstance(content, dict):
        raise changed(client, f"{what} is not a JSON object")
    if said := content.get("error") or content.get("message"):
        raise ComtradeError(
            f"{client.publisher}: {client.address.url} says of {what}: {client.shown(str(said))}; "
            "nothing was stored"
        )
    rows = content.get("data")
    if not (isinstance(rows, list) and all(isinstance(row, dict) for row in rows)):
        raise changed(client, f"{what} has no rows under data")
    return rows, content.get("count")


def _value(row: AnswerRow, client: Client) -> float | None:
    value = row["primaryValue"]
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise changed(client, f"a primaryValue of {row['period']} is {value!r}, not a number")
    return None if value is None else float(value)


def _reporter(row: AnswerRow, client: Client) -> str:
    code = numbers().get(row["reporterCode"])
    if code is None:
        raise changed(
            client,
            f"{row['period']} has {row.get('reporterDesc') or 'a reporter'} as number "
            f"{row['reporterCode']}, which neither {M49.name} nor {CODES.name} knows",
        )
    return code


@cache
def numbers() -> dict[int, str]:
    """Return the economies by the service's numbers."""
    own, m49 = shipped_tables.codes(CODES, "number"), shipped_tables.codes(M49, "m49")
    return {number: code for number, code in m49.items() if code not in own.values()} | own


def _counted(mirror: pd.DataFrame) -> tuple[str, ...]:
    """Say how many partners report each of the last years."""
    imports = mirror[mirror["series"] == MIRROR["M"]]
    counts = imports.groupby("period")["partner"].nunique().tail(3)
    listed = ", ".join(f"{count} for {year}" for year, count in counts.items())
    return (f"Economies that report imports from China: {listed}.",)


_COMTRADE = next(entry for entry in INTERNATIONAL if entry.id == "comtrade")
COMTRADE = Service(
    name="COMTRADE",
    publisher=replace(
        _COMTRADE,
        notes=(
            "Fewer partners report the latest years, so mirror sums understate them.",
            *_COMTRADE.notes[1:],
        ),
    ),
    address="https://comtradeapi.un.org/public/v1",
    fetch=fetch,
    pauses=5,
)
