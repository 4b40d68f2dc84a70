"""The World Bank's World Development Indicators, from its Indicators API, version 2.

``<address>/country/all/indicator/SP.POP.TOTL?source=2&format=json&per_page=20000&page=1``::

    [{"page": 1, "pages": 1, "per_page": "20000", "total": 17290, "sourceid": "2",
      "lastupdated": "2026-05-01"},
     [{"indicator": {"id": "SP.POP.TOTL", "value": "Population, total"},
       "country": {"id": "CN", "value": "China"}, "countryiso3code": "CHN", "date": "2024",
       "value": 1408975000, "unit": "", "obs_status": "", "decimal": 0}, ...]]

An error comes in an answer that says 200: ``[{"message": [{"id": "120", "key": "Invalid value",
"value": "The provided parameter value is not valid"}]}]``. The unit is the last bracket of the
indicator's name. All series are asked for, each as a whole; those that changed are stored.
"""

from __future__ import annotations

import json
import math
import re
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
    check_periods,
    stated_day,
    text_of,
)
from rebalancing.data.imports.international import INTERNATIONAL
from rebalancing.data.releases.sources import Dated

DATASET = "all-economies"
# What chapters use, and releases compiled by hand have of China alone.
OF_CHINA_ALONE = (
    *("NE.CON.PRVT.ZS", "NE.CON.TOTL.KD.ZG", "NE.GDI.TOTL.KD.ZG", "SH.XPD.GHED.GD.ZS"),
    *("BM.KLT.DINV.WD.GD.ZS", "BN.GSR.GNFS.CD", "BN.GSR.MRCH.CD", "TM.VAL.MANF.ZS.UN"),
    *("TX.QTY.MRCH.XD.WD", "TX.UVI.MRCH.XD.WD"),
)
# Those, and all that releases hold of all economies but NE.CON.PETC.ZS, which ended in 2013.
SERIES = (
    *("NY.GDP.MKTP.CD", "NY.GDP.MKTP.KD", "NY.GDP.MKTP.KD.ZG", "NY.GDP.DEFL.KD.ZG"),
    *("NY.GDP.PCAP.CD", "NY.GDP.PCAP.KD.ZG", "NY.GDP.PCAP.PP.CD", "NY.GDP.PCAP.PP.KD"),
    *("NY.GNP.MKTP.PP.CD", "NY.GNS.ICTR.ZS", "NE.CON.PRVT.CD", "NE.CON.PRVT.CN"),
    *("NE.CON.PRVT.KD", "NE.CON.PRVT.KD.ZG", "NE.CON.PRVT.KN", "NE.CON.GOVT.ZS"),
    *("NE.CON.TOTL.ZS", "NE.GDI.TOTL.ZS", "NE.GDI.FTOT.ZS", "NE.EXP.GNFS.CD", "NE.EXP.GNFS.KD"),
    *("NE.EXP.GNFS.KD.ZG", "NE.EXP.GNFS.ZS", "NE.IMP.GNFS.CD", "NE.IMP.GNFS.KD"),
    *("NE.IMP.GNFS.KD.ZG", "NE.IMP.GNFS.ZS", "NV.AGR.TOTL.ZS", "NV.IND.TOTL.ZS"),
    *("NV.IND.MANF.CD", "NV.IND.MANF.ZS", "TX.VAL.MRCH.CD.WT", "TX.VAL.MANF.ZS.UN"),
    *("TM.VAL.MRCH.CD.WT", "TG.VAL.TOTL.GD.ZS", "TT.PRI.MRCH.XD.WD", "BN.CAB.XOKA.CD"),
    *("BN.CAB.XOKA.GD.ZS", "BX.KLT.DINV.CD.WD", "FI.RES.TOTL.CD", "FP.CPI.TOTL.ZG"),
    *("FR.INR.DPST", "FR.INR.LEND", "FR.INR.RINR", "FS.AST.PRVT.GD.ZS", "PA.NUS.FCRF"),
    *("PA.NUS.PPP", "PX.REX.REER", "GC.REV.SOCL.ZS", "GC.TAX.EXPT.ZS", "GC.TAX.GSRV.RV.ZS"),
    *("GC.TAX.IMPT.ZS", "GC.TAX.INTT.RV.ZS", "GC.TAX.OTHR.RV.ZS", "GC.TAX.TOTL.GD.ZS"),
    *("GC.TAX.YPKG.RV.ZS", "GC.TAX.YPKG.ZS", "GB.XPD.RSDV.GD.ZS", "MS.MIL.XPND.GD.ZS"),
    *("SE.XPD.TOTL.GD.ZS", "SH.XPD.CHEX.GD.ZS", "SL.TLF.TOTL.IN", "SP.POP.TOTL"),
    *("SP.POP.0014.TO.ZS", "SP.POP.1564.TO.ZS", "SP.POP.65UP.TO.ZS", "SP.POP.DPND"),
    *("SP.POP.DPND.OL", "SP.POP.DPND.YG", "SP.URB.TOTL.IN.ZS"),
    *OF_CHINA_ALONE,
)
PER_PAGE = 20_000
# Some 300 economies and groups have some 70 years each.
MOST_ROWS, MOST_PAGES = 500_000, 500
# A page of another day, or another number of rows, means that the service was updated meanwhile.
READINGS = 2
WITHDRAWN = "175"  # "The indicator was not found. It may have been deleted or archived."
# Income groups come without countryiso3code.
GROUPS = {"XD": "HIC", "XM": "LIC", "XN": "LMC", "XT": "UMC"}
BASIS = "The service's own date of last update."
_UNIT = re.compile(r"\(([^()]*(?:\([^()]*\)[^()]*)*)\)\s*$")


class WorldBankError(FetchError):
    """The service says that it cannot give what was asked for."""


class _UpdatedMeanwhileError(Exception):
    """Two pages do not belong to the same state of the service."""


class _WithdrawnError(Exception):
    """The service no longer has an indicator."""


def fetch(client: Client, held: HeldReleases) -> Fetched | UpToDate:
    """Return the present state of the indicators, unless it is held."""
    for reading in range(READINGS):
        try:
            return _read_all(client, held)
        except _UpdatedMeanwhileError as error:
            if reading + 1 == READINGS:
                raise FetchError(
                    f"{client.publisher}: {client.address.url} was updated while it was read "
                    f"({error}); try again in an hour"
                ) from None
    raise AssertionError("at least one reading is made")


def _read_all(client: Client, held: HeldReleases) -> Fetched | UpToDate:
    frames: list[pd.DataFrame] = []
    titles: dict[str, str] = {}
    withdrawn: list[str] = []
    day: str | None = None
    for code in SERIES:
        try:
            rows, updated = _series(client, code, day, held if day is None else None)
        except _WithdrawnError:
            withdrawn.append(code)
            continue
        if rows is None:
            return UpToDate(held.newest)
        day = updated
        titles[code], frame = _table(rows, code, client)
        frames.append(frame)
    if day is None:
        raise WorldBankError(
            f"{client.publisher}: {client.address.url} has none of the indicators; check "
            f"{client.address.variable}"
        )
    everything = check_periods(pd.concat(frames, ignore_index=True), client)
    everything = check_economies(everything, client)
    notes: tuple[str, ...] = ()
    if withdrawn:
        notes = (f"No longer served: {', '.join(withdrawn)}.",)
    return Fetched(Dated(day, day, BASIS), {DATASET: Dataset(everything, titles)}, notes)


def _series(
    client: Client, code: str, day: str | None, held: HeldReleases | None
) -> tuple[list[dict[str, Any]] | None, str]:
    """Return all rows of a series and the day of the service's last update.

    Without rows when that day is one that is held.
    """
    about, rows = _page(client, code, 1)
    updated, pages, total = _facts(about, client)
    if held is not None and held.covers(updated):
        return None, updated
    if day is not None and updated != day:
        raise _UpdatedMeanwhileError(f"its date of update went from {day} to {updated}")
    for number in range(2, pages + 1):
        about, more = _page(client, code, number)
        if _facts(about, client) != (updated, pages, total):
            raise _UpdatedMeanwhileError(f"the pages of {code} do not fit together")
        rows += more
    if len(rows) != total:
        raise _UpdatedMeanwhileError(f"{code} has {len(rows):,} of {total:,} rows")
    return rows, updated


def _page(client: Client, code: str, number: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    answer = client.get(
        f"country/all/indicator/{code}",
        {"source": 2, "format": "json", "per_page": PER_PAGE, "page": number},
        accept="application/json",
    )
    text = text_of(answer, client, f"{code} in JSON")
    if text.lstrip().startswith("<"):
        raise _said_in_xml(text, code, client) or changed(client, f"{code} is in XML, not in JSON")
    try:
        content = json.loads(text)
    except ValueError:
        raise changed(client, f"{code} is not whole JSON") from None
    if isinstance(content, list) and content and "message" in content[0]:
        raise _said(content[0]["message"], code, client)
    if not (isinstance(content, list) and len(content) == 2 and isinstance(content[0], dict)):
        raise changed(client, f"{code} is not a pair of a heading and rows")
    return content[0], content[1] or []


def _said(messages: Any, code: str, client: Client) -> Exception:
    """Return the error for what the service says in place of figures."""
    try:
        ids = {str(message["id"]) for message in messages}
        said = "; ".join(f"{message['key']}: {message['value']}" for message in messages)
    except (TypeError, KeyError):
        return changed(client, f"the error about {code} is in another form")
    if ids == {WITHDRAWN}:
        return _WithdrawnError(code)
    return WorldBankError(
        f"{client.publisher}: {client.address.url} says of {code}: {client.shown(said)}; nothing "
        "was stored"
    )


def _said_in_xml(text: str, code: str, client: Client) -> Exception | None:
    """Return the error in an XML answer, which some errors are whatever format is asked for."""
    found = re.search(r'<wb:message id="(\w+)" key="([^"]*)">([^<]*)</wb:message>', text)
    if found is None:
        return None
    return _said([{"id": found[1], "key": found[2], "value": found[3]}], code, client)


def _facts(about: dict[str, Any], client: Client) -> tuple[str, int, int]:
    """Return the day of update, the number of pages and that of rows."""
    try:
        day = about["lastupdated"]
        pages, total = int(_number(about["pages"])), int(_number(about["total"]))
        size = int(_number(about.get("per_page", PER_PAGE)))
    except (KeyError, TypeError, ValueError, OverflowError):
        raise changed(client, "the heading lacks lastupdated, pages or total") from None
    implied = max(1, math.ceil(total / size)) if size > 0 and 0 <= total <= MOST_ROWS else -1
    if not 0 <= pages <= min(implied, MOST_PAGES):
        raise changed(client, f"the heading has {pages:,} pages of {size:,} for {total:,} rows")
    return stated_day(day, client, "lastupdated"), pages, total


def _table(rows: list[dict[str, Any]], code: str, client: Client) -> tuple[str, pd.DataFrame]:
    """Return the name of a series and its figures."""
    try:
        values = [
            (_economy(row, client), row["date"], _number(row["value"]))
            for row in rows
            if row["value"] is not None
        ]
        named = {(row["indicator"]["id"], row["indicator"]["value"]) for row in rows}
    except KeyError as error:
        raise changed(client, f"the rows of {code} have no {error}") from None
    except (TypeError, ValueError):
        raise changed(client, f"{code} has a value that is not a number") from None
    if not values:
        raise FormatError(
            f"{client.publisher}: {client.address.url} has no values for {code}, which it had "
            "before; nothing was stored: see whether the series is replaced by another"
        )
    if len(named) != 1 or (name := next(iter(named)))[0] != code:
        raise changed(client, f"asked for {code}, it sends other series")
    frame = pd.DataFrame(values, columns=["economy", "period", "value"])
    title = name[1]
    return title, frame.assign(series=code, unit=unit_in(title))


def unit_in(title: str) -> str:
    """Return the unit that the bank's name of a series ends with, in brackets; else ``number``."""
    found = _UNIT.search(title)
    return found[1] if found else "number"


def _number(value: Any) -> float:
    """Return a value as a number; true and false are none.

    Raises:
        TypeError: It is one of them, or no number at all.
        ValueError: It is a text that is no number.
    """
    if isinstance(value, bool):
        raise TypeError("not a number")
    return float(value)


def _economy(row: dict[str, Any], client: Client) -> str:
    code = row["countryiso3code"] or GROUPS.get(row["country"]["id"], "")
    if not code and re.fullmatch("[A-Z]{3}", row["country"]["id"]):
        code = row["country"]["id"]
    if not code:
        raise changed(client, f"{row['country']['value']} has no code")
    return str(code)


WORLD_BANK = Service(
    name="WORLDBANK",
    publisher=next(entry for entry in INTERNATIONAL if entry.id == "worldbank-wdi"),
    address="https://api.worldbank.org/v2",
    fetch=fetch,
)
