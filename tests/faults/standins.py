"""Servers on loopback that speak as the publishers' services do, and can be made to misbehave.

A `StandIn` listens on a free port and gives each `Request` to what it stands for: `WorldBank`,
`UnitedNations`, `Bis`, `Imf` or `Comtrade`, one of those in ``quarterly.py``, or any function.
``faults`` may replace a `Reply` on its way.
"""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

import openpyxl
import pandas as pd

from rebalancing.data.fetch import bis, comtrade, imf, unsd

XML = b"""\xef\xbb\xbf<?xml version="1.0" encoding="utf-8"?>
<wb:data page="1" pages="1" per_page="50" total="1" xmlns:wb="http://www.worldbank.org">
  <wb:data><wb:country id="CN">China</wb:country><wb:value>1</wb:value></wb:data>
</wb:data>"""
XML_ERROR = b"""<?xml version="1.0" encoding="utf-8"?>
<wb:error xmlns:wb="http://www.worldbank.org">
  <wb:message id="120" key="Invalid value">The value of page is not valid</wb:message>
</wb:error>"""
WEB_PAGE = b"<!DOCTYPE html>\n<html><body><h1>We'll be back soon</h1></body></html>"


@dataclass(frozen=True)
class Request:
    """What was asked: path, query, headers (names in lower case), the how-manieth; what was posted.

    ``body`` is None where nothing was posted.
    """

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    number: int
    body: bytes | None = None


@dataclass(frozen=True)
class Reply:
    """What is answered.

    ``length`` is the Content-Length to state, where it is not the true one, and ``says_length``
    whether it is stated; ``cut_after`` closes the connection after so many bytes; ``pace`` sends
    ten bytes at a time, so many seconds apart, and ``drips_headers`` begins with headers, so apart.
    """

    body: bytes = b""
    media_type: str = "application/json;charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None
    cut_after: int | None = None
    pace: float = 0.0
    drips_headers: bool = False
    says_length: bool = True

    def with_headers(self, **headers: str) -> Reply:
        added = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **added})

    def gzipped(self) -> Reply:
        return replace(self, body=gzip.compress(self.body)).with_headers(Content_Encoding="gzip")


Answer = Callable[[Request], Reply]
Fault = Callable[[Request, Reply], Reply]


class StandIn:
    """A server that runs while its block does."""

    def __init__(self, answer: Answer, prefix: str = "") -> None:
        self.answer = answer
        self.fault: Fault = lambda request, reply: reply
        self.asked: list[Request] = []
        self._prefix = prefix
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}{self._prefix}"

    def __enter__(self) -> Self:
        serve = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        serve.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        standin = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # or each answer waits for an acknowledgement

            def do_POST(self) -> None:
                self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

            def do_GET(self) -> None:
                self._answer(None)

            def _answer(self, body: bytes | None) -> None:
                parts = urlsplit(self.path)
                query = parse_qs(parts.query, keep_blank_values=True)
                request = Request(
                    unquote(parts.path).removeprefix(standin._prefix),
                    {name: values[-1] for name, values in query.items()},
                    {name.lower(): value for name, value in self.headers.items()},
                    len(standin.asked),
                    body,
                )
                standin.asked.append(request)
                with contextlib.suppress(ConnectionError):
                    self._send(standin.fault(request, standin.answer(request)))

            def _send(self, reply: Reply) -> None:
                self.send_response(reply.status)
                if reply.body:
                    self.send_header("Content-Type", reply.media_type)
                length = len(reply.body) if reply.length is None else reply.length
                if reply.says_length:
                    self.send_header("Content-Length", str(length))
                else:
                    self.send_header("Connection", "close")
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                for number in range(1000 if reply.drips_headers else 0):
                    self.send_header(f"X-{number}", "drip")
                    self.flush_headers()
                    time.sleep(reply.pace)
                self.end_headers()
                body = reply.body[: reply.cut_after]
                step = 10 if reply.pace else max(len(body), 1)
                for start in range(0, len(body), step):
                    self.wfile.write(body[start : start + step])
                    self.wfile.flush()
                    time.sleep(reply.pace)
                if len(body) != length:
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@dataclass
class WorldBank:
    """The Indicators API: figures with economy, series, period, value, and the names of series."""

    figures: pd.DataFrame
    names: dict[str, str]
    updated: str
    rows_per_page: int = 1000

    def __call__(self, request: Request) -> Reply:
        code = request.path.rsplit("/", 1)[-1]
        if request.query.get("format") != "json":
            return Reply(XML, "text/xml")
        if code not in self.names:
            return Reply(
                as_json([said("120", "Invalid value", "The parameter value is not valid")])
            )
        rows = self.figures[self.figures["series"] == code]
        number = int(request.query.get("page", 1))
        page = rows.iloc[(number - 1) * self.rows_per_page : number * self.rows_per_page]
        about = {
            "page": number,
            "pages": math.ceil(len(rows) / self.rows_per_page),
            "per_page": str(self.rows_per_page),
            "total": len(rows),
            "sourceid": "2",
            "lastupdated": self.updated,
        }
        listed = [self._row(code, *row) for row in records(page, "economy", "period", "value")]
        return Reply(as_json([about, listed or None]))

    def _row(self, code: str, economy: str, period: str, value: float) -> dict[str, object]:
        income_group = economy == "HIC"
        return {
            "indicator": {"id": code, "value": self.names[code]},
            "country": {"id": "XD" if income_group else economy[:2], "value": f"The {economy}"},
            "countryiso3code": "" if income_group else economy,
            "date": period,
            "value": None if math.isnan(value) else value,
            "unit": "",
            "obs_status": "",
            "decimal": 1,
        }


def said(number: str, key: str, value: str) -> dict[str, list[dict[str, str]]]:
    """Return what the Indicators API says in place of figures."""
    return {"message": [{"id": number, "key": key, "value": value}]}


@dataclass
class UnitedNations:
    """The workbooks of the Main Aggregates: figures of each dataset, by the file's path."""

    figures: dict[str, pd.DataFrame]
    numbers: dict[str, int]
    modified: str | None = "Wed, 17 Dec 2025 09:00:00 GMT"
    head: tuple[str, ...] = ("All countries for all years - sorted alphabetically", "")
    above: dict[str, str] = field(default_factory=dict)  # one more line of a path's workbook

    def __call__(self, request: Request) -> Reply:
        path = "/".join(request.path.split("/")[-2:])
        if path not in self.figures:
            return Reply(WEB_PAGE, "text/html", 404)
        validators = {"Last-Modified": self.modified, "ETag": f'"{hash(self.modified)}"'}
        headers = validators if self.modified else {}
        if self.modified and request.headers.get("if-modified-since") == self.modified:
            return Reply(status=304, headers=headers)
        return Reply(self.workbook(path), "application/vnd.ms-excel", headers=headers)

    def workbook(self, path: str) -> bytes:
        wide = self.figures[path].pivot(
            index=["economy", "series"], columns="period", values="value"
        )
        book = openpyxl.Workbook()
        sheet = book.active
        for line in (*self.head, self.above.get(path, "")):
            sheet.append([line])
        sheet.append([*unsd.LABELS, *map(int, wide.columns)])
        for (economy, series), values in wide.iterrows():
            row = [None if math.isnan(value) else value for value in values]
            sheet.append([self.numbers[economy], f"The {economy}", unsd.TITLES[series], *row])
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()


@dataclass
class Bis:
    """The BIS's SDMX service: figures with economy (two letters), period, value."""

    figures: pd.DataFrame
    modified: str | None = "Thu, 20 Mar 2025 10:00:00 GMT"
    unit: str = bis.INDEX_2020

    def __call__(self, request: Request) -> Reply:
        headers = {"Last-Modified": self.modified} if self.modified else {}
        if self.modified and request.headers.get("if-modified-since") == self.modified:
            return Reply(status=304, headers=headers)
        names = [
            *("FREQ", "EER_TYPE", "EER_BASKET", "REF_AREA", "UNIT_MEASURE", "TIME_FORMAT"),
            *("COLLECTION", "TITLE_TS", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "OBS_CONF"),
            "OBS_PRE_BREAK",
        ]
        rows = [
            [
                *("M", "R", "B", economy, self.unit, "", "A", "Real"),
                period,
                as_text(value),
                *"AF",
                "",
            ]
            for economy, period, value in records(self.figures, "economy", "period", "value")
        ]
        return Reply(as_csv(names, rows), "text/csv", headers=headers)


@dataclass
class Imf:
    """The IMF's SDMX service: figures in the project's units, last actual years in words."""

    figures: pd.DataFrame
    last_actual: dict[tuple[str, str], str]
    published: str = "2026-04-14T13:00:00Z"

    def __call__(self, request: Request) -> Reply:
        key = request.path.rsplit("/", 1)[-1]
        if request.query.get("attributes") == "dataset":
            names = ["COUNTRY", "INDICATOR", "FREQUENCY", "TIME_PERIOD", "OBS_VALUE"]
            rows = [["USA", "NGDP_RPCH", "A", "2031", "1.8", self.published]]
            return Reply(as_csv([*names, "PUBLICATION_DATE"], rows), "text/csv")
        if request.query.get("attributes") == "series":
            names = ["COUNTRY", "INDICATOR", "FREQUENCY", "TIME_PERIOD", "OBS_VALUE"]
            rows = [[*pair, "A", "1980", "1", text] for pair, text in self.last_actual.items()]
            return Reply(as_csv([*names, "LATEST_ACTUAL_ANNUAL_DATA"], rows), "text/csv")
        code = key.split(".")[1]
        power = imf.SERIES[code][2]
        names = ["COUNTRY", "INDICATOR", "FREQUENCY", "TIME_PERIOD", "OBS_VALUE", "SCALE", "UNIT"]
        chosen = self.figures[self.figures["series"] == code]
        rows = [
            [economy, code, "A", period, as_text(value * 10**power), str(power), "X"]
            for economy, period, value in records(chosen, "economy", "period", "value")
        ]
        return Reply(as_csv(names, rows), "text/csv")


@dataclass
class Comtrade:
    """UN Comtrade's preview: figures as releases hold them; sums over partners are not sent.

    ``released`` is when every report came out; what there is (getDa) says so.
    """

    figures: pd.DataFrame
    numbers: dict[str, int]
    released: str = "2026-03-03T09:00:00"

    def __call__(self, request: Request) -> Reply:
        query = request.query
        if request.path.endswith(comtrade.AVAILABLE):
            return self._available(query)
        lacking = {"flowCode", "period", "partnerCode", *comtrade.TOTALS} - query.keys()
        if lacking or not request.path.endswith(comtrade.PATH):
            return Reply(as_json({"error": f"lacks {', '.join(sorted(lacking))}"}), status=400)
        mine = query.get("reporterCode") == str(comtrade.CHINA)
        flows = {code: flow for flow, code in (comtrade.OWN if mine else comtrade.MIRROR).items()}
        of_year = self.figures[self.figures["period"] == query["period"]]
        rows = [
            self._row(query, flows[series], "CHN" if mine else partner, value)
            for partner, series, value in records(of_year, "partner", "series", "value")
            if flows.get(series) in query["flowCode"].split(",") and (partner == "WLD") == mine
        ]
        return Reply(
            as_json({"elapsedTime": "0.1 secs", "count": len(rows), "data": rows, "error": ""})
        )

    def _available(self, query: dict[str, str]) -> Reply:
        reports = {
            (int(period), self.numbers["CHN" if partner == "WLD" else partner])
            for partner, period in records(self.figures, "partner", "period")
        }
        rows = [
            {
                "datasetCode": 20000000000 + year * 1000 + reporter,
                "typeCode": "C",
                "freqCode": "A",
                "period": year,
                "reporterCode": reporter,
                "classificationCode": "H6",
                "totalRecords": 1,
                "datasetChecksum": year + reporter,
                "firstReleased": self.released,
                "lastReleased": self.released,
            }
            for year, reporter in sorted(reports)
            if query.get("reporterCode") in (None, str(reporter))
            and ("period" not in query or str(year) in query["period"].split(","))
            and query.get("publishedDateFrom", "") <= self.released
        ]
        return Reply(as_json({"count": len(rows), "data": rows, "error": ""}))

    def _row(
        self, query: dict[str, str], flow: str, reporter: str, value: float
    ) -> dict[str, object]:
        year = query["period"]
        return {
            "typeCode": "C",
            "freqCode": "A",
            "refPeriodId": int(f"{year}0101"),
            "refYear": int(year),
            "refMonth": 52,
            "period": year,
            "reporterCode": self.numbers[reporter],
            "reporterISO": None,
            "reporterDesc": None,
            "flowCode": flow,
            "partnerCode": int(query["partnerCode"]),
            "partner2Code": 0,
            "classificationCode": "H6",
            "cmdCode": "TOTAL",
            "customsCode": "C00",
            "mosCode": "0",
            "motCode": 0,
            "cifvalue": value if flow == "M" else None,
            "fobvalue": value if flow == "X" else None,
            "primaryValue": value,
            "isReported": False,
            "isAggregate": True,
        }


def records(frame: pd.DataFrame, *columns: str) -> list[tuple]:
    return list(frame[list(columns)].itertuples(index=False, name=None))


def as_json(content: object) -> bytes:
    return json.dumps(content).encode()


def as_text(value: float) -> str:
    return "NaN" if math.isnan(value) else repr(value)


def as_csv(names: list[str], rows: list[list[str]]) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows(rows)
    return stream.getvalue().encode()
