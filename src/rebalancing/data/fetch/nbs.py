"""China's National Bureau of Statistics: the database that took the place of easyquery in 2026.

Nothing documents it. A question is posted to ``<address>/stream/esData``, about indicators of one
catalogue and a span of months (MM) or quarters (SS)::

    {"cid": "d0cb…", "indicatorIds": ["aaac…"], "daCatalogId": "", "showType": "1",
     "das": [{"text": "全国", "value": "000000000000"}], "dts": ["200801MM-202608MM"],
     "rootId": "fc98…"}

and answered, newest first or not, with texts for numbers and blanks for what is not published::

    {"success": true, "state": 20000, "message": "成功", "data": [
      {"code": "202608MM", "name": "2026年8月", "values": [
        {"_id": "aaac…", "i_showname": "社会消费品零售总额同比增长 (%) ", "value": "3.4",
         "du_name": "%", "da": "000000000000", "da_name": "全国"}]}, …]}

``<address>/new/queryIndicatorsByCid?cid=…`` lists the indicators of a catalogue; ``i_annotation``
says on what basis they are. ``nbs.csv`` beside this module pins catalogues and indicators, because
the site turns away whoever walks through its tree, and says what label, unit and basis each must
have: anything else is another form, and nothing is stored.

How this was verified: addresses, question, answer and identifiers from more than ten public clients
that agree, of April to October 2026; none was asked from here. In nbs.csv, ``seen`` says *label*
where one of them quotes the label itself, which must be that, and *words* where they look for the
indicator by these words, which its label must have, and none of another indicator (`OTHERS`). The
unit of indices is given as % or as none; their label states the base. Identifiers of spending in
the household survey, and of investment in levels, are in none of them: these series stay with the
releases that hold them.

No date of last update is stated: a release is named by the day of retrieval, and figures that
equal those held make no new release. Programs from abroad are at times cut off or shown a page
that only a browser passes; both are passing troubles.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from rebalancing.data.fetch.answers import Answer, FetchError, UnavailableError
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
    text_of,
    today,
)
from rebalancing.data.imports import importer, publishers
from rebalancing.data.imports.china import BUREAU as BUREAU_NAME
from rebalancing.data.imports.china import OF_NBS
from rebalancing.data.releases import shipped_tables
from rebalancing.data.releases.sources import Dated

LIST = Path(__file__).with_name("nbs.csv")
COLUMNS = (
    *("publisher", "dataset", "series", "first", "last", "catalogue", "indicator", "label"),
    *("unit", "basis", "reading", "held_as", "seen"),
)
FIGURES, CATALOGUE = "stream/esData", "new/queryIndicatorsByCid"
ROOTS = {"MM": "fc982599aa684be7969d7b90b1bd0e84", "SS": "a94b8b7365a94874968cabbe392cf679"}
CHINA = "000000000000"
WELL = 20000
BLANK = {"", "-", "无"}
INDEX, THOUSANDS = "index", "thousands"
# What an index may have for a unit: its label says that the base is 100.
NO_UNIT = {"%", "无", ""}
LABEL = "label"
# Of both flows of trade, the balance, towns, the country, the median.
OTHERS = ("进出口", "差额", "城镇", "农村", "中位数")
_PERIOD = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2]|Q[1-4])")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
PARTIAL = (
    "The Bureau's database has not all series of earlier releases, or they were not found there; "
    "for the others these releases stay in use."
)
AnswerRow = dict[str, Any]


class BureauError(FetchError):
    """The service says that it cannot give what was asked for."""


@dataclass(frozen=True)
class Indicator:
    """A span of a series, and what the service calls it: a row of nbs.csv.

    ``first`` and ``last`` are periods, ``last`` empty where it is still published; ``reading`` is
    how a value becomes one in the unit ``held_as``; ``basis`` is what its annotation must say.
    """

    publisher: str
    dataset: str
    series: str
    first: str
    last: str
    catalogue: str
    indicator: str
    label: str
    unit: str
    basis: str
    reading: str
    held_as: str
    seen: str

    @property
    def kind(self) -> str:
        """``MM`` of months, ``SS`` of quarters."""
        return "SS" if "Q" in self.first else "MM"

    def read(self, value: Decimal) -> float:
        """Return a value in the unit in which it is held."""
        if self.reading == INDEX:
            return float(value - 100)
        return float(value / 10**6 if self.reading == THOUSANDS else value)

    def is_named(self, label: str, unit: str) -> bool:
        """Return whether a label and a unit are those that the indicator has always had."""
        right = unit in NO_UNIT if self.reading == INDEX else unit == self.unit
        name = _plain(label).removesuffix(f"({unit})")
        if self.seen == LABEL:
            return right and name == self.label
        return right and self.label in name and not any(word in name for word in OTHERS)


@cache
def indicators() -> tuple[Indicator, ...]:
    """Return all rows of the list.

    Raises:
        ShippedTableError: It is missing or damaged.
    """
    found = tuple(Indicator(**row) for row in shipped_tables.read_shipped(LIST, COLUMNS))
    for one in found:
        if one.reading not in {"", INDEX, THOUSANDS}:
            raise shipped_tables.wrong(LIST, f"{one.series}: {one.reading!r} is no reading")
        for period in (one.first, one.last or one.first):
            if not _PERIOD.fullmatch(period):
                raise shipped_tables.wrong(LIST, f"{one.series}: {period!r} is no month or quarter")
    return found


def of(publisher: str) -> dict[str, list[Indicator]]:
    """Return a publisher's indicators by catalogue."""
    found: dict[str, list[Indicator]] = {}
    for one in indicators():
        if one.publisher == publisher:
            found.setdefault(one.catalogue, []).append(one)
    return found


def fetch_of(publisher: str) -> Callable[[Client, HeldReleases], Fetched | UpToDate]:
    """Return what fetches a publisher's series, unless those of today are held."""

    def fetch(client: Client, held: HeldReleases) -> Fetched | UpToDate:
        day = today()
        if held.covers(day):
            return UpToDate(held.newest)
        own = of(publisher)
        frames = [_figures(client, wanted, day) for wanted in own.values()]
        frame = check_periods(pd.concat(frames, ignore_index=True), client)
        frame = check_economies(frame.assign(economy="CHN"), client)
        titles = importer.own_titles(publisher)
        places = {one.series: one.dataset for wanted in own.values() for one in wanted}
        datasets = {
            name: Dataset(frame[frame["series"].map(places) == name], titles)
            for name in dict.fromkeys(places.values())
        }
        basis = "Day of retrieval; the figures came out on that day or before."
        return Fetched(Dated(day, day, basis), datasets, partial=PARTIAL)

    return fetch


def _figures(client: Client, wanted: Sequence[Indicator], day: str) -> pd.DataFrame:
    """Return the figures of some indicators of one catalogue."""
    _check_bases(client, wanted)
    kind, ids = wanted[0].kind, {one.indicator: one for one in wanted}
    last = wanted[0].last or (day[:7] if kind == "MM" else f"{day[:4]}-Q{-(-int(day[5:7]) // 3)}")
    span = f"{_code(min(one.first for one in wanted))}-{_code(last)}"
    body = {
        "cid": wanted[0].catalogue,
        "indicatorIds": list(ids),
        "daCatalogId": "",
        "das": [{"text": "全国", "value": CHINA}],
        "dts": [span],
        "showType": "1",
        "rootId": ROOTS[kind],
    }
    what = f"{', '.join(one.series for one in wanted)} of {span}"
    data = _data(client, client.post(FIGURES, body), what)
    found = _values(client, data, ids, kind)
    if missing := [one.series for one in wanted if one.indicator not in {key for key, _ in found}]:
        raise FormatError(
            f"{client.publisher}: {client.address.url} has no values for {', '.join(missing)} in "
            f"{span}; nothing was stored: see whether the Bureau has issued its identifiers anew, "
            f"and bring {LIST.name} up to date"
        )
    rows = [
        (ids[key].series, period, ids[key].read(value), ids[key].held_as)
        for (key, period), value in found.items()
        if period >= ids[key].first
    ]
    return pd.DataFrame(rows, columns=["series", "period", "value", "unit"])


def _check_bases(client: Client, wanted: Sequence[Indicator]) -> None:
    """Raise unless the catalogue says of each indicator that it is on the basis it should be."""
    if not any(one.basis for one in wanted):
        return
    query = {"cid": wanted[0].catalogue, "dt": "", "name": ""}
    what = f"the catalogue of {wanted[0].series}"
    answer = client.get(CATALOGUE, query, accept="application/json")
    data = _data(client, answer, what)
    listed = data.get("list") if isinstance(data, dict) else None
    if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
        raise changed(client, f"{what} has no list of indicators")
    said = {entry.get("_id"): str(entry.get("i_annotation") or "") for entry in listed}
    for one in wanted:
        if one.basis not in said.get(one.indicator, ""):
            raise changed(
                client,
                f"{what} does not say of {one.series} that it is {one.basis}, but "
                f"{said.get(one.indicator, 'nothing')!r}",
            )


def _data(client: Client, answer: Answer, what: str) -> Any:
    """Return what an answer has under data, unless it is an error or a page for people."""
    if answer.is_web_page:
        raise client.error(
            UnavailableError,
            f"sent a web page instead of {what}, as it does to programs that it takes for too many "
            "or too distant; nothing was stored: try again later",
        )
    try:
        content = json.loads(text_of(answer, client, f"{what} in JSON"))
    except ValueError:
        raise changed(client, f"{what} is not whole JSON") from None
    if not isinstance(content, dict):
        raise changed(client, f"{what} is not a JSON object")
    if content.get("success") is not True or content.get("state", WELL) != WELL:
        raise BureauError(
            f"{client.publisher}: {client.address.url} says of {what}: "
            f"{client.shown(str(content.get('message')))} (state {content.get('state')!r}); "
            "nothing was stored"
        )
    return content.get("data")


def _values(
    client: Client, data: Any, ids: Mapping[str, Indicator], kind: str
) -> dict[tuple[str, str], Decimal]:
    """Return the published values by indicator and period."""
    if not (isinstance(data, list) and all(isinstance(row, dict) for row in data)):
        raise changed(client, "it has no rows under data")
    found: dict[tuple[str, str], Decimal] = {}
    for row in data:
        period = _period(client, row.get("code"), kind)
        cells = row.get("values")
        if not (isinstance(cells, list) and all(isinstance(cell, dict) for cell in cells)):
            raise changed(client, f"{period} has no values")
        for cell in cells:
            value = _value(client, cell, period, ids)
            key = (str(cell.get("_id")), period)
            if value is not None and key in found:
                raise changed(client, f"{ids[key[0]].series} of {period} is in it more than once")
            if value is not None:
                found[key] = value
    return found


def _value(
    client: Client, cell: AnswerRow, period: str, ids: Mapping[str, Indicator]
) -> Decimal | None:
    """Return a cell's value once its label, unit and place are right; none where it is blank."""
    one, raw = ids.get(str(cell.get("_id"))), cell.get("value")
    if one is None:
        raise changed(client, f"it sends an indicator that nobody asked for, {cell.get('_id')!r}")
    if raw is None or (isinstance(raw, str) and raw.strip() in BLANK):
        return None
    label, unit = str(cell.get("i_showname") or ""), str(cell.get("du_name") or "").strip()
    if not one.is_named(label, unit):
        raise changed(
            client,
            f"{one.series} should be {one.label} in {one.unit}, and is {label.strip()!r} in "
            f"{unit!r}",
        )
    if cell.get("da") != CHINA:
        raise changed(client, f"{one.series} of {period} is of the area {cell.get('da')!r}")
    if not isinstance(raw, str) or not _NUMBER.fullmatch(raw.strip()):
        raise changed(client, f"{one.series} of {period} is {raw!r}, not a number")
    return Decimal(raw.strip())


def _period(client: Client, code: object, kind: str) -> str:
    """Return ``2026-08`` for ``202608MM`` and ``2026-Q2`` for ``202602SS``."""
    parts = r"0[1-9]|1[0-2]" if kind == "MM" else "0[1-4]"
    found = re.fullmatch(rf"([0-9]{{4}})({parts}){kind}", code) if isinstance(code, str) else None
    if found is None:
        raise changed(client, f"a period is {code!r}")
    return f"{found[1]}-{found[2]}" if kind == "MM" else f"{found[1]}-Q{int(found[2])}"


def _code(period: str) -> str:
    """Return ``202608MM`` for ``2026-08`` and ``202602SS`` for ``2026-Q2``."""
    year, part = period.split("-")
    return f"{year}0{part[1]}SS" if part.startswith("Q") else f"{year}{part}MM"


def _plain(label: str) -> str:
    """Return a label without blanks, and with one kind of brackets."""
    return re.sub(r"\s+", "", label).replace("（", "(").replace("）", ")")


def _service(name: str, publisher: str, notes: Sequence[str], citation: str = "") -> Service:
    (declared,) = publishers.chosen([publisher])
    return Service(
        name=name,
        publisher=replace(
            declared,
            licence=OF_NBS,
            citation=citation or declared.citation,
            notes=tuple(notes),
            through=(),
            origin=None,
        ),
        address="https://data.stats.gov.cn/dg/website/publicrelease/web/external",
        fetch=fetch_of(publisher),
        pauses=8,
        silence=120.0,
        host="NBS",
    )


BUREAU = (
    _service(
        "NBS",
        "nbs",
        (
            "Growth is the publisher's index, the same period a year before being 100, less 100.",
            "Value added by industry is of single quarters; of the year to date it is in earlier "
            "releases.",
        ),
    ),
    _service(
        "NBS-MONTHLY",
        "nbs-monthly",
        (
            "RETAIL_YOY has no January and February from 2012, IP_YOY none from 2013.",
            "CPI_YOY is joined from four indices, with baskets to 2015, 2020, 2025 and since. It "
            "and PPI_YOY are the publisher's index, the same month a year before being 100, less "
            "100.",
            "M1_YOY has a new definition from 2025-01.",
        ),
    ),
    _service(
        "NBS-LEVELS",
        "china-levels",
        (
            "Trade is the customs' of that day, in billions of US dollars from thousands.",
            "FAI_YTD_YOY begins in 2011, with its present scope. Levels of retail sales of one "
            "year cannot be compared with those of the year before (unverified).",
            "Retail sales have no January and February of their own from 2012.",
            "CPI_MOM is joined from four indices, with baskets to 2015, 2020, 2025 and since.",
        ),
    ),
    _service(
        "NBS-SURVEY",
        "nbs-survey",
        (
            "Levels are since 1 January, so that the fourth quarter is the year.",
            "INCOME_PC_YTD_REAL_YOY begins in 2014: the survey was new in 2013.",
            "Income of the survey is below that of the national accounts and of the flow of funds.",
        ),
        f"{BUREAU_NAME}, household survey, retrieved {{date}}.",
    ),
)
