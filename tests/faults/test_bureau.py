"""China's Bureau of Statistics: what is asked, what its answers become, and what is refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import held
import pandas as pd
import pytest

from rebalancing.data import releases
from rebalancing.data.fetch import nbs, services
from rebalancing.data.releases import checksums, verify
from rebalancing.data.tables import clean_further, clean_indicators, sums
from rebalancing.data.tables.clean import read_raw
from rebalancing.data.views import chosen, current, growth, until
from rebalancing.project import Project

from .conftest import Start
from .misbehaviour import Faulty, always, edited, fails
from .quarterly import Bureau
from .small import Refresher, bureau
from .standins import WEB_PAGE, Fault, Reply, Request, StandIn

ROOT = Path(__file__).parents[2]
REAL = held.project()


# --- The list ---------------------------------------------------------------------------------


def test_spans_of_a_series_follow_each_other_and_belong_together() -> None:
    by_series: dict[tuple[str, str], list[nbs.Indicator]] = {}
    for one in nbs.indicators():
        by_series.setdefault((one.publisher, one.series), []).append(one)
    for spans in by_series.values():
        assert [one.last for one in spans[:-1]] == sorted(one.last for one in spans[:-1])
        assert spans[-1].last == ""
        for before, after in pairwise(spans):
            months = pd.PeriodIndex([before.last, after.first], freq="M")
            assert (months[1] - months[0]).n == 1
        assert len({(one.dataset, one.held_as, one.reading) for one in spans}) == 1


def test_series_have_the_units_of_the_releases_that_they_continue() -> None:
    new = {("china-levels", "FAI_YTD_YOY")}
    for one in nbs.indicators():
        listed = {
            entry["code"]: entry["unit"]
            for entry in releases.resolve(REAL, one.publisher).resources[one.dataset]["series"]
        }
        if (one.publisher, one.series) not in new:
            assert listed[one.series] == one.held_as
    assert {(one.publisher, one.series) for one in nbs.indicators()} >= new


def test_all_rows_are_of_a_service_and_unlike() -> None:
    assert {one.publisher for one in nbs.indicators()} == {
        service.publisher.id for service in services.SERVICES if service.host == "NBS"
    }
    keys = [(one.publisher, one.series, one.first) for one in nbs.indicators()]
    assert len(set(keys)) == len(keys)
    assert {one.seen for one in nbs.indicators()} == {"label", "words"}
    assert {one.reading for one in nbs.indicators()} == {"", nbs.INDEX, nbs.THOUSANDS}


@pytest.mark.parametrize(
    ("series", "label", "unit", "named"),
    [
        ("RETAIL_YOY", "社会消费品零售总额同比增长 (%) ", "%", True),
        ("RETAIL_YOY", "社会消费品零售总额同比增长（%）", "%", True),
        ("RETAIL_YOY", "社会消费品零售总额同比增长", "%", True),
        ("RETAIL_YOY", "社会消费品零售总额累计增长 (%)", "%", False),
        ("RETAIL_YOY", "城镇社会消费品零售总额同比增长 (%)", "%", False),
        ("RETAIL_YOY", "社会消费品零售总额同比增长 (%)", "亿元", False),
        ("EXP_USD_YTD", "出口总值累计值 (千美元)", "千美元", True),
        ("EXP_USD_YTD", "海关出口总值累计值 (千美元)", "千美元", True),
        ("EXP_USD_YTD", "进出口总值累计值 (千美元)", "千美元", False),
        ("EXP_USD_YTD", "出口总值累计值 (万元)", "万元", False),
        ("INCOME_PC_YTD", "全国居民人均可支配收入累计值 (元)", "元", True),
        ("INCOME_PC_YTD", "农村居民人均可支配收入累计值 (元)", "元", False),
        ("GDP_REAL_Q_YOY", "国内生产总值指数 (上年同期=100) 当季值", "无", True),
        ("GDP_REAL_Q_YOY", "国内生产总值指数 (上年同期=100) 当季值", "亿元", False),
    ],
)
def test_names(series: str, label: str, unit: str, named: bool) -> None:
    (one,) = [entry for entry in nbs.indicators() if entry.series == series]
    assert one.is_named(label, unit) == named


# --- A release --------------------------------------------------------------------------------


@pytest.mark.slow
def test_every_source_gets_a_release(start: Start, project: Project) -> None:
    for service in nbs.BUREAU:
        start(service.name, bureau())
    assert releases.publishers(project) == ["china-levels", "nbs", "nbs-monthly", "nbs-survey"]
    for publisher in releases.publishers(project):
        release = releases.resolve(project, publisher)
        asked = {one.series for one in nbs.indicators() if one.publisher == publisher}
        got = [entry for each in release.resources.values() for entry in each["series"]]
        assert {entry["code"] for entry in got} == asked
        assert {entry["last"] for entry in got} <= {"2026-07", "2026-Q2"}
        assert release.descriptor["partial"] == nbs.PARTIAL
        assert release.origin == ""
        assert "through" not in json.dumps(release.descriptor["sources"])
    assert verify.verify(project) == []


@pytest.mark.slow
def test_what_is_asked(start: Start) -> None:
    refresher = start("NBS-SURVEY", bureau(), first=False)
    assert refresher().state == "new"
    catalogue, figures = refresher.standin.asked
    assert catalogue.query == {"cid": "ec2d57ed282f456e8d025aff035b4fad", "dt": "", "name": ""}
    assert figures.path == "/stream/esData"
    assert figures.headers["content-type"] == "application/json"
    assert json.loads(figures.body or b"") == {
        "cid": "ec2d57ed282f456e8d025aff035b4fad",
        "indicatorIds": ["bb5699c5ad534b568cca7c946227225a", "7abcbb6f7c844b669d43da985d3f6ff2"],
        "daCatalogId": "",
        "das": [{"text": "全国", "value": "000000000000"}],
        "dts": ["201301SS-202603SS"],
        "showType": "1",
        "rootId": "a94b8b7365a94874968cabbe392cf679",
    }


@pytest.mark.slow
def test_indices_and_thousands_become_the_units_held(start: Start, project: Project) -> None:
    start("NBS-LEVELS", bureau())
    figures = bureau().figures.set_index(["series", "period"])["value"]
    frame = releases.load(project, "china-levels", "levels").set_index(["series", "period"])
    for key in [("EXP_USD", "2026-07"), ("CPI_MOM", "2015-03"), ("CPI_MOM", "2026-01")]:
        assert frame["value"][key] == figures[key]
    assert frame["unit"]["EXP_USD", "2026-07"] == "billion USD"


def copied(folder: Path, *publishers: str) -> Project:
    """Return a project with the releases of some publishers, as they are held."""
    project = Project(folder / "project")
    for publisher in publishers:
        shutil.copytree(REAL.raw / publisher, project.raw / publisher)
    (project.root / "study.yml").touch()
    for name in ("thresholds.yml", "corrections.yml"):
        shutil.copyfile(ROOT / "data" / name, project.root / "data" / name)
    checksums.update(project, [path.parent for path in project.raw.glob("*/*/datapackage.json")])
    return project


@pytest.mark.slow
def test_a_fetched_release_goes_on_where_the_held_one_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """August 2026 arrives: the tables and views that chapters read have it, and what was held."""
    monkeypatch.setattr(nbs, "today", lambda: "2026-09-20")
    project = copied(tmp_path, "nbs-monthly", "china-levels")
    held_before = releases.load(project, "nbs-monthly", "monthly")
    levels = releases.load(project, "china-levels", "levels")
    figures = pd.concat([held_before, levels, bureau().figures.query("series == 'FAI_YTD_YOY'")])
    august = [("CPI_YOY", 0.9), ("RETAIL_YOY", 3.6), ("EXP_USD", 351.2), ("IMP_USD", 240.1)]
    more = pd.DataFrame(august, columns=["series", "value"]).assign(period="2026-08")
    with StandIn(Bureau(pd.concat([figures, more]))) as standin:
        for service in ("NBS-MONTHLY", "NBS-LEVELS"):
            outcome = Refresher(project, service, standin)()
            assert outcome.state == "new", outcome.text
            again = Refresher(project, service, standin)()
            assert (again.state, again.release) == ("current", outcome.release)
    release = releases.resolve(project, "nbs-monthly")
    assert release.name == "2026-09-20"
    assert "NEW_LOANS" not in {each["code"] for each in release.resources["monthly"]["series"]}
    assert releases.resolve(project, "nbs-monthly", held.RELEASES["nbs-monthly"]) != release

    datasets = [
        read_raw(project, publisher, dataset)
        for publisher, dataset in [("nbs-monthly", "monthly"), ("china-levels", "levels")]
    ]
    table = clean_indicators.china_monthly(datasets)
    rows = chosen.rows(project, "china_monthly", table)
    newest = rows.groupby("series")["month"].max().dt.strftime("%Y-%m")
    assert newest[["CPI_YOY", "RETAIL_YOY", "EXP_USD"]].unique().tolist() == ["2026-08"]
    assert newest["NEW_LOANS"] == "2026-07"  # of the release before, which stays in use
    used = [each.name for each in chosen.sources(project, "china_monthly", rows)]
    assert set(used) == {held.RELEASES["nbs-monthly"], held.RELEASES["china-levels"], release.name}

    found = current.find(
        lambda name: rows if name == "china_monthly" else pd.DataFrame(columns=rows.columns),
        lambda name, own: ("the Bureau", release.date),
        (2024, 2026),
    )
    shown = {each.key.name: (each.period, each.value) for each in found}
    assert shown["retail"] == ("2026-08", 3.6)
    assert shown["exports"] == ("2026-08", 351.2)
    assert shown["ppi"][0] == "2026-07"

    # What was known on a day before is still to be had.
    then = project.as_of("2026-08-31")
    before = chosen.rows(then, "china_monthly", until.rows(then, "china_monthly", table))
    assert before["month"].max() == pd.Timestamp("2026-07-01")


@pytest.mark.slow
def test_quarterly_series_go_on_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nbs, "today", lambda: "2026-09-20")
    project = copied(tmp_path, "nbs", "nbs-survey")
    before = [
        releases.load(project, publisher, dataset)
        for publisher, dataset in dict.fromkeys(
            (one.publisher, one.dataset) for one in nbs.indicators()
        )
        if publisher in ("nbs", "nbs-survey")
    ]
    spring = [
        *(("GDP_REAL_YTD_YOY", 5.4), ("CONTRIB_CONS_YTD", 51.7), ("CONTRIB_GCF_YTD", 8.7)),
        *(("CONTRIB_NX_YTD", 39.6), ("GDP_Q", 318758.0), ("INCOME_PC_YTD", 12179.0)),
    ]
    more = pd.DataFrame(spring, columns=["series", "value"]).assign(period="2025-Q1")
    with StandIn(Bureau(pd.concat([*before, more]))) as standin:
        for service in ("NBS", "NBS-SURVEY"):
            outcome = Refresher(project, service, standin)()
            assert outcome.state == "new", outcome.text

    accounts = clean_indicators.china_accounts(
        {name: read_raw(project, "nbs", name) for name in clean_indicators.ACCOUNTS_DATASETS}
    )
    rows = chosen.rows(project, "china_accounts", accounts)
    points = growth.demand_contributions(rows).loc["2025-Q1"]
    assert points["final_consumption_points"] == pytest.approx(0.517 * 5.4)
    assert rows[rows["series"] == "RETAIL"]["release"].unique().tolist() == ["2025-03-20"]
    vintages = accounts[accounts["series"] == "GDP_Q"].groupby("release")["period"].max()
    assert vintages.iloc[-2:].to_dict() == {"2025-03-20": "2024-Q4", "2026-09-20": "2025-Q1"}

    survey = clean_further.by_period(read_raw(project, "nbs-survey", "survey"), "household_survey")
    assert sums.household_survey(survey).all()
    own = chosen.rows(project, "household_survey", survey).set_index(["series", "period"])
    assert own["release"]["INCOME_PC_YTD", "2025-Q1"] == "2026-09-20"
    held_release = held.RELEASES["nbs-survey"]
    assert own["release"]["CONSUMPTION_PC_YTD", "2026-Q2"] == held_release
    origins = [each.origin for each in releases.releases(project, "nbs-survey")]
    assert [bool(origin) for origin in origins] == [True, False]


# --- Another form -----------------------------------------------------------------------------


def in_cells(edit: Callable[[dict], None]) -> Fault:
    """Edit every cell of the figures."""

    def change(request: Request, good: Reply) -> Reply:
        content = json.loads(good.body)
        for row in content["data"]:
            for cell in row["values"]:
                edit(cell)
        return replace(good, body=json.dumps(content).encode())

    return change


def in_answer(edit: Callable[[dict], None]) -> Fault:
    """Edit every answer."""

    def change(body: bytes) -> bytes:
        content = json.loads(body)
        edit(content)
        return json.dumps(content).encode()

    return edited(change)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (in_cells(lambda cell: cell.update(i_showname="核心指数")), "CPI_YOY should be 居民消费"),
        (in_cells(lambda cell: cell.update(du_name="亿元")), "CPI_YOY should be 居民消费"),
        (in_cells(lambda cell: cell.update(da="110000000000")), "of the area '110000000000'"),
        (in_cells(lambda cell: cell.update(_id="0" * 32)), "an indicator that nobody asked for"),
        (in_cells(lambda cell: cell.update(value="1,234.5")), "is '1,234.5', not a number"),
        (in_cells(lambda cell: cell.update(value="NaN")), "is 'NaN', not a number"),
        (in_cells(lambda cell: cell.update(value=True)), "is True, not a number"),
        (in_cells(lambda cell: cell.update(value="无")), "has no values for CPI_YOY in 200801MM"),
        (in_answer(lambda it: it["data"].append(it["data"][-1])), "is in it more than once"),
        (in_answer(lambda it: it["data"][0].update(code="2026Q1")), "a period is '2026Q1'"),
        (in_answer(lambda it: it["data"][0].update(values=None)), "has no values"),
        (in_answer(lambda it: it.update(data={})), "it has no rows under data"),
        (in_answer(lambda it: it.update(success=False)), "says of CPI_YOY of 200801MM"),
        (in_answer(lambda it: it.update(state=50000)), "成功 (state 50000)"),
    ],
)
def test_the_bureau_in_another_form(faulty: Faulty, fault: Fault, said: str) -> None:
    fails(faulty("NBS-MONTHLY", fault), said, "nothing was stored")


@pytest.mark.slow
def test_another_basis_is_refused(start: Start) -> None:
    refresher = start("NBS-SURVEY", bureau(), first=False)
    refresher.standin.fault = edited(
        lambda body: body.replace("实际增速".encode(), "名义增速".encode())
    )
    refresher.standin.answer = lambda request: replace(
        reply := bureau()(request),
        body=json.dumps(json.loads(reply.body), ensure_ascii=False).encode(),
    )
    fails(refresher, "does not say of INCOME_PC_YTD_REAL_YOY that it is 实际增速, but '名义增速")


@pytest.mark.slow
def test_a_page_for_browsers_is_a_passing_trouble(faulty: Faulty) -> None:
    refresher = faulty("NBS-MONTHLY", always(Reply(WEB_PAGE, "text/html")))
    outcome = refresher()
    assert (outcome.state, outcome.trouble) == ("failed", "out of reach")


@pytest.mark.slow
def test_the_same_figures_on_another_day_make_no_release(start: Start) -> None:
    refresher = start("NBS", bureau())
    before = refresher.contents()
    outcome = refresher()
    assert outcome.state == "current"
    assert "are the same" in outcome.text
    assert refresher.contents() == before
