"""An answer in another form than usual is one line for the user, and data/raw stays as it was."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest

from rebalancing.data.fetch import unsd
from rebalancing.project import Project

from .conftest import Start
from .misbehaviour import Faulty, always, edited, fails, in_rows, newer, once, succeeds
from .small import Refresher, comtrade, united_nations
from .standins import XML, XML_ERROR, Fault, Reply, Request, said

# --- What only the World Bank does -----------------------------------------------------------


def test_an_error_in_an_answer_that_says_200(faulty: Faulty) -> None:
    message = said("120", "Invalid value", "The provided parameter value is not valid")
    refresher = faulty("WORLDBANK", always(Reply(json.dumps([message]).encode())))
    fails(
        refresher,
        "says of NY.GDP.MKTP.CD: Invalid value: The provided parameter value is not valid",
        "nothing was stored",
    )


def test_an_error_of_a_later_series_stores_nothing(faulty: Faulty) -> None:
    message = said("120", "Invalid value", "The provided parameter value is not valid")
    refresher = faulty(
        "WORLDBANK",
        lambda request, good: (
            Reply(json.dumps([message]).encode()) if "SP.POP" in request.path else good
        ),
    )
    fails(refresher, "says of SP.POP.TOTL: Invalid value")


def test_xml_instead_of_json(faulty: Faulty) -> None:
    refresher = faulty("WORLDBANK", always(Reply(XML, "text/xml")))
    fails(refresher, "has changed: NY.GDP.MKTP.CD is in XML, not in JSON")


def test_an_error_in_xml(faulty: Faulty) -> None:
    refresher = faulty("WORLDBANK", always(Reply(XML_ERROR, "text/xml")))
    fails(refresher, "says of NY.GDP.MKTP.CD: Invalid value: The value of page is not valid")


def paged(refresher: Refresher) -> Refresher:
    refresher.standin.answer.rows_per_page = 40
    return refresher


def test_a_total_that_changes_between_pages_once(faulty: Faulty) -> None:
    def fault(request: Request, good: Reply) -> Reply:
        if request.number != 1:
            return good
        about, rows = json.loads(good.body)
        return replace(good, body=json.dumps([{**about, "total": 101}, rows]).encode())

    refresher = paged(faulty("WORLDBANK", fault))
    succeeds(refresher)
    assert [asked.query["page"] for asked in refresher.standin.asked[:4]] == ["1", "2", "1", "2"]


def test_a_total_that_changes_between_pages_again(faulty: Faulty) -> None:
    def fault(request: Request, good: Reply) -> Reply:
        about, rows = json.loads(good.body)
        changed = {**about, "total": about["total"] + request.number}
        return replace(good, body=json.dumps([changed, rows]).encode())

    refresher = paged(faulty("WORLDBANK", fault))
    fails(refresher, "was updated while it was read", "the pages of NY.GDP.MKTP.CD do not fit")


def test_an_update_between_two_series(faulty: Faulty) -> None:
    def fault(request: Request, good: Reply) -> Reply:
        about, rows = json.loads(good.body)
        day = f"2026-06-{1 + request.number:02}"
        return replace(good, body=json.dumps([{**about, "lastupdated": day}, rows]).encode())

    fails(faulty("WORLDBANK", fault), "its date of update went from 2026-06-")


def test_rows_that_are_missing(faulty: Faulty) -> None:
    def fault(request: Request, good: Reply) -> Reply:
        about, rows = json.loads(good.body)
        return replace(good, body=json.dumps([about, rows[1:]]).encode())

    fails(faulty("WORLDBANK", fault), "NY.GDP.MKTP.CD has 99 of 100 rows")


def _drop(name: str) -> Callable[[dict], None]:
    return lambda row: row.pop(name)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        pytest.param(
            in_rows(_drop("countryiso3code")),
            "the rows of NY.GDP.MKTP.CD have no 'countryiso3code'",
            id="a column gone",
        ),
        pytest.param(
            in_rows(lambda row: row.update(value=f"{row['value']} million")),
            "NY.GDP.MKTP.CD has a value that is not a number",
            id="text",
        ),
        pytest.param(
            in_rows(lambda row: row.update(value=None)),
            "has no values for NY.GDP.MKTP.CD, which it had before",
            id="an empty series",
        ),
        pytest.param(
            in_rows(lambda row: row["indicator"].update(id="NY.GDP.MKTP.KD")),
            "asked for NY.GDP.MKTP.CD, it sends other series",
            id="another series",
        ),
        pytest.param(
            in_rows(lambda row: row.update(countryiso3code="")),
            "has no code",
            id="no code of an economy",
        ),
        pytest.param(
            edited(lambda body: body.replace(b'"lastupdated"', b'"last_updated"')),
            "the heading lacks lastupdated, pages or total",
            id="no date",
        ),
        pytest.param(
            edited(lambda body: body.replace(b"2026-06-01", b"06/01/2026")),
            "lastupdated is '06/01/2026', not a day",
            id="another form of date",
        ),
        pytest.param(edited(lambda body: body[:-5]), "is not whole JSON", id="cut JSON"),
        pytest.param(
            edited(lambda body: b'{"data": []}'), "is not a pair of a heading and rows", id="JSON"
        ),
    ],
)
def test_the_world_bank_in_another_form(faulty: Faulty, fault: Fault, said: str) -> None:
    refresher = faulty("WORLDBANK", fault)
    fails(refresher, said)


def test_an_unknown_economy_names_the_list_to_extend(faulty: Faulty) -> None:
    fault = edited(lambda body: body.replace(b'"XKX"', b'"QQQ"'))
    fails(faulty("WORLDBANK", fault), "QQQ", "economies.csv")


def test_a_unit_that_changes_stops(faulty: Faulty, project: Project) -> None:
    """GDP in thousands under the same name passes as a format, and the judgement stops it."""
    refresher = faulty(
        "WORLDBANK",
        lambda request, good: (
            good
            if "GDP" not in request.path
            else in_rows(lambda row: row.update(value=row["value"] / 1000))(request, good)
        ),
    )
    before = refresher.contents()
    outcome = refresher()
    assert outcome.state == "stopped"
    assert "unit" in outcome.text
    assert refresher.contents() == before


# --- What only the others do -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (edited(lambda body: body.replace(b"OBS_VALUE", b"VALUE")), "no column OBS_VALUE"),
        (edited(lambda body: body.replace(b",882,", b",628,")), "the unit is 628, not 882"),
        (edited(lambda body: body.replace(b"M,R,B,", b"M,N,B,")), "other indices than the real"),
        (edited(lambda body: body.splitlines(True)[0]), "has no values for CHN, JPN, KOR"),
        (edited(lambda body: body.replace(b",JP,", b",JX,")), "has no values for JPN"),
        (edited(lambda body: body[:-9]), "ends in the middle of a line"),
        (edited(lambda body: b"\xff\xfe" + body), "is not text in utf-8"),
    ],
)  # fmt: skip
def test_the_bank_for_international_settlements_in_another_form(
    faulty: Faulty, fault: Fault, said: str
) -> None:
    fails(faulty("BIS", fault), said, "nothing was stored")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (edited(lambda body: body.replace(b"OBS_VALUE", b"VALUE")), "no column OBS_VALUE"),
        (edited(lambda body: body.replace(b",9,X", b",6,X")), "the scale of NGDPD is 6, not 9"),
        (edited(lambda body: body.replace(b"PUBLICATION_DATE", b"X")), "no column PUBLICATION"),
        (edited(lambda body: body.replace(b"2026-04-14", b"14/4/2026")), "no date of publication"),
        (edited(lambda body: body.replace(b"FY2023/24", b"mid-2024")), "actual year is 'mid-2024'"),
        (edited(lambda body: body.replace(b"CHN,LP,", b"CHN,PP,")), "it sends PP"),
    ],
)  # fmt: skip
def test_the_monetary_fund_in_another_form(faulty: Faulty, fault: Fault, said: str) -> None:
    fails(faulty("IMF", fault), said, "nothing was stored")


def test_an_outlook_without_one_of_its_series(faulty: Faulty) -> None:
    def fault(request: Request, good: Reply) -> Reply:
        header = good.body.splitlines(True)[0]
        return replace(good, body=header) if "*.LUR.A" in request.path else good

    fails(faulty("IMF", fault), "has no values for LUR, which it had before")


def in_trade(edit: Callable[[dict], None]) -> Fault:
    """Edit every row of UN Comtrade's answers."""

    def change(body: bytes) -> bytes:
        content = json.loads(body)
        for row in content["data"]:
            edit(row)
        return json.dumps(content).encode()

    return edited(change)


def trade(**changes: object) -> Fault:
    """Change an answer of UN Comtrade as a whole."""
    return edited(lambda body: json.dumps({**json.loads(body), **changes}).encode())


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        pytest.param(
            in_trade(_drop("primaryValue")), "the rows of X,M of 2019 have no 'primaryValue'",
            id="a column gone",
        ),
        pytest.param(
            in_trade(lambda row: row.update(primaryValue=f"{row['primaryValue']} USD")),
            "a primaryValue of 2019 is '", id="text",
        ),
        pytest.param(
            in_trade(lambda row: row.update(customsCode="C01")),
            "asked for X,M of 2019, it sends customsCode C01", id="a part of trade",
        ),
        pytest.param(
            in_trade(lambda row: row.update(period="2018")),
            "asked for X,M of 2019, it sends period 2018", id="another year",
        ),
        pytest.param(
            in_trade(lambda row: row.update(flowCode="RX")),
            "asked for X,M of 2019, it sends flowCode RX", id="another flow",
        ),
        pytest.param(
            in_trade(lambda row: row.update(flowCode="X")),
            "X,M of 2019 of reporter 156 is in it more than once", id="twice",
        ),
        pytest.param(trade(count=7), "X,M of 2019 has 2 rows, but counts 7", id="count"),
        pytest.param(trade(count=None), "has 2 rows, but counts None", id="no count"),
        pytest.param(trade(data=None), "X,M of 2019 has no rows under data", id="no data"),
        pytest.param(edited(lambda body: body[:-5]), "is not whole JSON", id="cut JSON"),
        pytest.param(edited(lambda body: b"[]"), "is not a JSON object", id="a list"),
    ],
)  # fmt: skip
def test_trade_in_another_form(faulty: Faulty, fault: Fault, said: str) -> None:
    fails(faulty("COMTRADE", fault), "the answer of", said, "nothing was stored")


def test_an_answer_about_trade_that_may_be_cut(faulty: Faulty) -> None:
    def fault(request: Request, good: Reply) -> Reply:
        content = json.loads(good.body)
        rows = [{**content["data"][0], "reporterCode": number} for number in range(500)]
        return replace(good, body=json.dumps({**content, "count": 500, "data": rows}).encode())

    said = "X,M of 2019 has 500 rows, so that it may have been cut at 500"
    fails(faulty("COMTRADE", fault), said, "nothing was stored")


@pytest.mark.parametrize(
    "content",
    [
        {"error": "Invalid parameter: period"},
        {"count": 0, "data": None, "error": "Invalid parameter: period"},
        {"statusCode": 400, "message": "Invalid parameter: period"},
    ],
)
def test_an_error_about_trade_in_an_answer_that_says_200(faulty: Faulty, content: dict) -> None:
    refresher = faulty("COMTRADE", always(Reply(json.dumps(content).encode())))
    fails(refresher, "says of X,M of 2019: Invalid parameter: period", "nothing was stored")


def test_too_many_requests_that_say_so_in_words_only(faulty: Faulty) -> None:
    words = {"statusCode": 429, "message": "Rate limit is exceeded. Try again in 1 seconds."}
    refresher = faulty("COMTRADE", once(Reply(json.dumps(words).encode(), status=429)))
    succeeds(refresher)
    assert [wait for wait in refresher.waits if wait] == [1.0]


def test_an_unknown_reporter_of_trade_names_the_lists_to_extend(start: Start) -> None:
    refresher = start("COMTRADE", comtrade())
    refresher.standin.answer.numbers["USA"] = 840  # M49's, which is not the service's
    fails(refresher, "2019 has a reporter as number 840, which neither m49.csv nor comtrade.csv")


def without(**wanted: str) -> Callable[[Start], Refresher]:
    """Return the service without some figures that it had."""

    def make(start: Start) -> Refresher:
        refresher = start("COMTRADE", comtrade())
        figures = refresher.standin.answer.figures
        gone = pd.concat([figures[name] == text for name, text in wanted.items()], axis=1).all(
            axis=1
        )
        refresher.standin.answer = replace(refresher.standin.answer, figures=figures[~gone])
        return refresher

    return make


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (without(period="2021", series="EXP"), "has no report of China for 2021, but for 2022"),
        (without(series="IMP"), "has no report of China for any year from 2019"),
        (without(period="2023", series="EXP_MIRROR"), "no report of China's partners for 2023"),
    ],
)
def test_years_of_trade_that_are_missing(
    start: Start, make: Callable[[Start], Refresher], said: str
) -> None:
    fails(make(start), said, "nothing was stored")


def test_a_year_of_trade_that_is_withdrawn_stops(start: Start) -> None:
    refresher = without(period="2023", series="EXP")(start)
    before = refresher.contents()
    outcome = refresher()
    assert outcome.state == "stopped", outcome.text
    assert refresher.contents() == before


def test_parts_by_mode_of_supply_are_left_out(faulty: Faulty) -> None:
    def change(body: bytes) -> bytes:
        content = json.loads(body)
        rows = content["data"] + [{**row, "mosCode": "1"} for row in content["data"]]
        return json.dumps({**content, "count": len(rows), "data": rows}).encode()

    succeeds(faulty("COMTRADE", edited(change)))


def test_trade_in_another_unit_stops(faulty: Faulty) -> None:
    refresher = faulty(
        "COMTRADE", in_trade(lambda row: row.update(primaryValue=row["primaryValue"] / 1000))
    )
    before = refresher.contents()
    outcome = refresher()
    assert outcome.state == "stopped"
    assert "unit" in outcome.text
    assert refresher.contents() == before


def workbook(edit: Callable[[object], None]) -> Callable[[Start], Refresher]:
    """Return the UN's service with its newer workbooks edited."""

    def make(start: Start) -> Refresher:
        refresher = start("UNSD", united_nations())
        service = newer("UNSD")
        edit(service)
        refresher.standin.answer = service
        return refresher

    return make


def test_a_workbook_that_is_none(faulty: Faulty) -> None:
    fault = always(Reply(b"PK\x03\x04 and then nothing", "application/vnd.ms-excel"))
    fails(faulty("UNSD", fault), "the workbook file/2 is not a whole Excel workbook")


def in_workbook(cell: Callable[[object], object]) -> Fault:
    """Change cells of the UN's workbooks."""

    def change(body: bytes) -> bytes:
        book = openpyxl.load_workbook(io.BytesIO(body))
        for row in book.worksheets[0].iter_rows():
            for place in row:
                place.value = cell(place.value)
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    return edited(change)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        pytest.param(
            in_workbook(lambda value: "Item" if value == "IndicatorName" else value),
            "file/2 has no heading CountryID, Country, IndicatorName",
            id="a column with another name",
        ),
        pytest.param(
            in_workbook(lambda value: "Total" if value == 2024 else value),
            "file/2 has columns that are not years",
            id="a column that is no year",
        ),
        pytest.param(
            in_workbook(lambda value: f"{value} USD" if isinstance(value, float) else value),
            "file/2 has a value that is not a number",
            id="text in place of a value",
        ),
    ],
)
def test_a_workbook_in_another_form(faulty: Faulty, fault: Fault, said: str) -> None:
    fails(faulty("UNSD", fault), said)


def test_a_workbook_of_other_prices(start: Start) -> None:
    def edit(service: object) -> None:
        service.head = ("GDP and its breakdown at constant 2020 prices in US Dollars",)

    fails(workbook(edit)(start), "file/2 has prices of 2020, not US dollars, current prices")


def test_a_workbook_in_another_currency(start: Start) -> None:
    def edit(service: object) -> None:
        service.head = ("GDP and its breakdown at current prices in National currency",)

    fails(workbook(edit)(start), "file/2 is not in whole US dollars")


def test_a_workbook_with_an_unknown_economy(start: Start) -> None:
    def edit(service: object) -> None:
        service.numbers["CHN"] = 999

    fails(workbook(edit)(start), "has The CHN as number 999, which m49.csv does not know")


def test_a_workbook_without_an_item(start: Start) -> None:
    def edit(service: object) -> None:
        for path, frame in service.figures.items():
            service.figures[path] = frame[frame["series"] != "HFCE"]

    fails(workbook(edit)(start), "has no values for HFCE")


def test_a_workbook_with_another_item(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    refresher = workbook(lambda service: None)(start)
    monkeypatch.delitem(unsd.ITEMS, "Gross Domestic Product (GDP)")
    fails(refresher, "file/2 has an item 'Gross Domestic Product (GDP)'")
