"""An answer in another form than usual is one line for the user, and data/raw stays as it was."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest
from openpyxl.styles import PatternFill

from rebalancing.data.fetch import unsd
from rebalancing.data.fetch.comtrade import PATH as PREVIEW
from rebalancing.project import Project

from .conftest import Start
from .misbehaviour import Faulty, always, edited, fails, in_rows, newer, once, succeeds
from .small import Refresher, comtrade, united_nations
from .standins import XML, XML_ERROR, Fault, Reply, Request, said

pytestmark = pytest.mark.slow

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


@pytest.mark.parametrize(
    "counts",
    [
        {"pages": 1_000_000_000},
        {"pages": 2},
        {"pages": "1000000000", "per_page": "1", "total": 1_000_000_000},
        {"pages": 100_000, "per_page": 1, "total": 100_000},
        {"pages": 100, "per_page": 0},
        {"pages": -1},
        {"total": -1},
        {"pages": 1e300},
    ],
)
def test_more_pages_than_there_are_rows_for_are_not_asked_for(
    faulty: Faulty, counts: dict[str, object]
) -> None:
    def change(body: bytes) -> bytes:
        about, rows = json.loads(body)
        return json.dumps([{**about, **counts}, rows]).encode()

    refresher = faulty("WORLDBANK", edited(change))
    fails(refresher, "the heading has ", "nothing was stored")
    assert len(refresher.standin.asked) == 1


def test_the_code_of_an_economy_may_stand_in_its_other_field(faulty: Faulty) -> None:
    """As the service sent it for a while: the three letters as the country's id."""

    def change(row: dict) -> None:
        if row["countryiso3code"]:
            row["country"]["id"], row["countryiso3code"] = row["countryiso3code"], ""

    succeeds(faulty("WORLDBANK", in_rows(change)))


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
            in_rows(lambda row: row.update(value=True)),
            "NY.GDP.MKTP.CD has a value that is not a number",
            id="true in place of a value",
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
            edited(lambda body: re.sub(rb'"pages": [0-9]+', b'"pages": true', body)),
            "the heading lacks lastupdated, pages or total",
            id="true in place of a number of pages",
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
        (
            edited(lambda body: body.replace(b",882,", b",628,")),
            "the unit is 628, not 882 (index 2020=100), and its figures are 100 on average in no",
        ),
        (edited(lambda body: body.replace(b",882,", b",628,", 1)), "several units, 628, 882"),
        (edited(lambda body: body.replace(b"M,R,B,", b"M,N,B,")), "other indices than the real"),
        (edited(lambda body: body.splitlines(True)[0]), "has no values for CHN, DEU, IND, JPN"),
        (edited(lambda body: body.replace(b",JP,", b",JX,")), "has no values for JPN"),
        (edited(lambda body: body.replace(b",2022-02,", b",2022-02,,")), "with other columns"),
        (edited(lambda body: body + b"x" * 20_001), "the CSV is too large to be it"),
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


def test_groups_that_nobody_knows_are_left_out(faulty: Faulty) -> None:
    succeeds(faulty("IMF", edited(lambda body: body.replace(b"GX999", b"G_EME"))))


def test_an_outlook_without_one_of_its_series(faulty: Faulty) -> None:
    def fault(request: Request, good: Reply) -> Reply:
        header = good.body.splitlines(True)[0]
        return replace(good, body=header) if "*.LUR.A" in request.path else good

    fails(faulty("IMF", fault), "has no values for LUR, which it had before")


def cut(request: Request, good: Reply, at: int = -20) -> Reply:
    """Cut an answer in its last line, and say that it is whole."""
    return replace(good, body=good.body[:at])


@pytest.mark.parametrize("service", ["BIS", "IMF"])
@pytest.mark.parametrize("says_length", [True, False])
def test_a_table_that_ends_in_a_line_is_incomplete(
    faulty: Faulty, service: str, says_length: bool
) -> None:
    def fault(request: Request, good: Reply) -> Reply:
        has_figures = "attributes" not in request.query
        return replace(cut(request, good), says_length=says_length) if has_figures else good

    refresher = faulty(service, fault)
    fails(refresher, "is incomplete", "ends in the middle of a line", "nothing was stored: try")
    assert refresher().trouble == "out of reach"


@pytest.mark.parametrize("service", ["BIS", "IMF"])
def test_a_table_without_its_last_break_is_whole_where_its_length_is_stated(
    faulty: Faulty, service: str
) -> None:
    refresher = faulty(service, lambda r, good: replace(cut(r, good, at=-2), says_length=False))
    fails(refresher, "is incomplete")
    refresher.standin.fault = lambda request, good: cut(request, good, at=-2)
    succeeds(refresher)


LATER = {
    "WORLDBANK": lambda day: edited(lambda body: body.replace(b"2026-06-01", day.encode())),
    "IMF": lambda day: edited(lambda body: body.replace(b"2026-04-14", day.encode())),
}
NO_DAYS = ["9999-99-99", "2062-01-01", "2027-07-02", "2024-02-30", "2999-01-01", "0000-01-01"]


@pytest.mark.parametrize("service", list(LATER))
@pytest.mark.parametrize("day", [*NO_DAYS, "\u0662\u0660\u0662\u0664-\u0660\u0661-\u0660\u0661"])
def test_a_day_that_does_not_exist_or_is_to_come(faulty: Faulty, service: str, day: str) -> None:
    refresher = faulty(service, LATER[service](day))
    fails(refresher, "the answer of", "nothing was stored")
    assert refresher().trouble == "another form"


@pytest.mark.parametrize("service", ["UNSD", "BIS"])
def test_a_service_whose_clock_is_wrong(faulty: Faulty, service: str) -> None:
    refresher = faulty(service, lambda request, good: good)
    for day in ("Fri, 31 Dec 9999 10:00:00 GMT", "Sun, 01 Jan 2062 00:00:00 GMT"):
        refresher.standin.answer = replace(newer(service), modified=day)
        fails(refresher, "its Last-Modified is '", "still to come", "nothing was stored")
        assert refresher().trouble == "another form"


def test_a_day_is_tomorrow_somewhere(faulty: Faulty) -> None:
    refresher = faulty("WORLDBANK", LATER["WORLDBANK"]("2027-07-01"))
    assert refresher().release == "2027-07-01"


@pytest.mark.parametrize(
    ("service", "period", "other"),
    [("WORLDBANK", '"2024"', '"2062"'), ("BIS", "2024-12", "2062-12")],
)
def test_figures_of_a_year_to_come(faulty: Faulty, service: str, period: str, other: str) -> None:
    change = edited(lambda body: body.replace(period.encode(), other.encode()))
    fails(faulty(service, change), "it has figures of 2062", "still to come")


def test_accounts_to_a_year_to_come(start: Start) -> None:
    refresher = start("UNSD", united_nations())
    refresher.standin.answer = replace(united_nations(2030), modified=None)
    fails(refresher, "it has figures of 2030, which is still to come")


def of_trade(change: Callable[[bytes], bytes]) -> Fault:
    """Edit the figures of UN Comtrade, not what it says that it has."""
    return lambda request, good: (
        replace(good, body=change(good.body)) if request.path.endswith(PREVIEW) else good
    )


def in_trade(edit: Callable[[dict], None]) -> Fault:
    """Edit every row of UN Comtrade's figures."""

    def change(body: bytes) -> bytes:
        content = json.loads(body)
        for row in content["data"]:
            edit(row)
        return json.dumps(content).encode()

    return of_trade(change)


def trade(**changes: object) -> Fault:
    """Change an answer of UN Comtrade as a whole."""
    return of_trade(lambda body: json.dumps({**json.loads(body), **changes}).encode())


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
            in_trade(lambda row: row.update(primaryValue=True)),
            "a primaryValue of 2019 is True, not a number", id="true in place of a value",
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
    def change(body: bytes) -> bytes:
        content = json.loads(body)
        rows = [{**content["data"][0], "reporterCode": number} for number in range(500)]
        return json.dumps({**content, "count": 500, "data": rows}).encode()

    said = "X,M of 2019 has 500 rows, so it may have been cut at 500"
    fails(faulty("COMTRADE", of_trade(change)), said, "nothing was stored")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"lastReleased": "soon"}, "a day of the years of China is 'soon', not a day"),
        ({"lastReleased": "2062-01-01T00:00:00"}, "is '2062-01-01', still to come"),
        ({"period": "2024Q1"}, "has the year '2024Q1' of reporter 156"),
        ({"reporterCode": "China"}, "has the year 2019 of reporter 'China'"),
        ({"reporterCode": True}, "has the year 2019 of reporter True"),
        ({"freqCode": "M"}, "the years of China is not of goods by year"),
        ({"lastReleased": None}, "a day of the years of China is 'None', not a day"),
    ],
)
def test_what_there_is_of_trade_in_another_form(faulty: Faulty, change: dict, said: str) -> None:
    def edit(body: bytes) -> bytes:
        content = json.loads(body)
        return json.dumps(
            {**content, "data": [{**row, **change} for row in content["data"]]}
        ).encode()

    fails(faulty("COMTRADE", edited(edit)), said, "nothing was stored")


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
    fails(refresher, "says of the years of China: Invalid parameter: period", "nothing was")


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

    succeeds(faulty("COMTRADE", of_trade(change)))


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


def add_foot(book: openpyxl.Workbook) -> None:
    book.worksheets[0].append([])
    book.worksheets[0].append(["Source: National Accounts Main Aggregates Database"])
    book.worksheets[0].append([None, "Downloaded on a day"])


def add_cover(book: openpyxl.Workbook) -> None:
    cover = book.create_sheet("About", 0)
    cover.append(["CountryID", "is the number of an economy"])


def format_beyond(book: openpyxl.Workbook) -> None:
    sheet = book.worksheets[0]
    for row in (1, 3, 7, sheet.max_row + 3):
        sheet.cell(row, sheet.max_column + 2).fill = PatternFill("solid", fgColor="FFFF00")


def set_floats(book: openpyxl.Workbook) -> None:
    sheet = book.worksheets[0]
    for cell in sheet[2]:
        cell.value = float(cell.value) if isinstance(cell.value, int) else f" {cell.value} "


def whole_workbook(edit: Callable[[openpyxl.Workbook], None]) -> Fault:
    """Change the UN's workbooks as a whole."""

    def change(body: bytes) -> bytes:
        book = openpyxl.load_workbook(io.BytesIO(body))
        edit(book)
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    return edited(change)


@pytest.mark.parametrize("edits", [(format_beyond, add_foot), (set_floats, add_foot, add_cover)])
def test_what_stands_around_the_figures_of_a_workbook_is_passed_over(
    faulty: Faulty, edits: tuple[Callable[[openpyxl.Workbook], None], ...]
) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        for part in edits:
            part(book)

    succeeds(faulty("UNSD", whole_workbook(edit)))


def packed(sheet: bytes) -> Fault:
    """Put another sheet into the UN's workbooks; it may be far larger than it is packed."""

    def change(body: bytes) -> bytes:
        stream = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(stream, "w", 8) as new:
            for name in old.namelist():
                new.writestr(name, sheet if "sheet1" in name else old.read(name))
        return stream.getvalue()

    return edited(change)


SHEET = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b"%s</sheetData></worksheet>"
)


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        (SHEET % (b"<row/>" * 30_000), "file/2 has more than 20,000 lines"),
        (SHEET % b'<row r="900000"><c r="A900000"><v>1</v></c></row>', "more than 20,000 lines"),
        (SHEET % b'<row r="1"><c r="XFD1"><v>1</v></c><c r="HZ1"><v>1</v></c></row>', "file/2 has"),
        (SHEET % (b"<row/>" * 11_000_000), "bytes unpacked, which is not it"),
    ],
)
def test_a_workbook_without_end(faulty: Faulty, sheet: bytes, said: str) -> None:
    fails(faulty("UNSD", packed(sheet)), said, "nothing was stored")


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
        pytest.param(
            in_workbook(lambda value: True if isinstance(value, float) else value),
            "file/2 has a value that is not a number",
            id="true in place of a value",
        ),
    ],
)
def test_a_workbook_in_another_form(faulty: Faulty, fault: Fault, said: str) -> None:
    fails(faulty("UNSD", fault), said)


def test_a_workbook_of_other_prices(start: Start) -> None:
    def edit(service: object) -> None:
        service.head = ("GDP and its breakdown at constant 2020 prices in US Dollars",)

    fails(workbook(edit)(start), "file/2 has prices of 2020, not current prices")


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
