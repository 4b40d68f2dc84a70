"""What each service's answers become, and that nothing is fetched twice."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from rebalancing.data import releases
from rebalancing.data.fetch import comtrade as comtrade_service
from rebalancing.data.fetch import memory
from rebalancing.data.releases import Release, verify
from rebalancing.project import Project

from .conftest import Start
from .small import (
    Refresher,
    at_prices_of,
    bank_for_settlements,
    comtrade,
    monetary_fund,
    united_nations,
    world_bank,
)
from .standins import Reply, UnitedNations, WorldBank, said

pytestmark = pytest.mark.slow


def value(project: Project, publisher: str, dataset: str, **wanted: str) -> float:
    frame = releases.load(project, publisher, dataset)
    for column, text in wanted.items():
        frame = frame[frame[column] == text]
    (found,) = frame["value"]
    return float(found)


def newest(project: Project, publisher: str) -> Release:
    return releases.resolve(project, publisher)


def test_world_bank(start: Start, project: Project) -> None:
    service = world_bank("2026-05-01")
    service.rows_per_page = 40  # three pages a series
    service.figures.loc[0, "value"] = float("nan")
    start("WORLDBANK", service)
    release = newest(project, "worldbank-wdi")
    assert (release.name, release.date) == ("2026-05-01", "2026-05-01")
    assert release.descriptor["released"]["basis"] == "The service's own date of last update."
    (dataset,) = release.resources.values()
    assert dataset["name"] == "all-economies"
    assert dataset["rows"] == 3 * 5 * 19 - 1
    assert dataset["economies"] == ["CHN", "HIC", "JPN", "USA", "XKX"]
    assert {entry["code"]: entry["unit"] for entry in dataset["series"]} == {
        "NY.GDP.MKTP.CD": "current US$",
        "NE.EXP.GNFS.ZS": "% of GDP",
        "SP.POP.TOTL": "number",
    }
    assert verify.verify(project) == []


def test_a_release_stores_the_series_that_changed(start: Start, project: Project) -> None:
    refresher = start("WORLDBANK", world_bank("2026-05-01"))
    later = world_bank("2026-06-01")
    people = later.figures["series"] == "SP.POP.TOTL"
    later.figures.loc[people, "value"] *= 1.001
    refresher.standin.answer = later
    assert refresher().state == "new"
    release = newest(project, "worldbank-wdi")
    (dataset,) = release.resources.values()
    assert (release.name, dataset["rows"]) == ("2026-06-01", people.sum())
    assert [entry["code"] for entry in dataset["series"]] == ["SP.POP.TOTL"]
    assert release.descriptor["partial"].startswith("It holds the series that changed")
    assert verify.verify(project) == []
    # What was left out is still expected: a series that is withdrawn after that stops.
    last = world_bank("2026-07-01")
    last.figures = later.figures.assign(value=later.figures["value"] * np.where(people, 1, 1.001))
    refresher.standin.answer = last
    message = said("175", "Invalid format", "The indicator was not found. It may have been deleted")
    refresher.standin.fault = lambda request, reply: (
        Reply(json.dumps([message]).encode()) if "NE.EXP" in request.path else reply
    )
    outcome = refresher()
    assert outcome.state == "stopped"
    assert outcome.judgement is not None
    assert any("1 series gone" in reason for reason in outcome.judgement.reasons)


def test_united_nations(start: Start, project: Project) -> None:
    start("UNSD", united_nations())
    release = newest(project, "unsd-ama")
    assert (release.name, release.date) == ("2023", "2025-12-17")
    assert list(release.resources) == ["constant-2015-usd", "current-usd"]
    current = release.resources["current-usd"]
    assert current["economies"] == ["CHN", "SUN", "USA", "XKX"]
    assert len(current["series"]) == 17
    assert {entry["unit"] for entry in current["series"]} == {"US dollars, current prices"}
    assert value(
        project, "unsd-ama", "current-usd", economy="CHN", series="FCE", period="2005"
    ) == pytest.approx(10.0)
    assert verify.verify(project) == []


def test_united_nations_without_constant_prices(start: Start, project: Project) -> None:
    service = united_nations()
    del service.figures["file/6"]
    start("UNSD", service)
    release = newest(project, "unsd-ama")
    assert list(release.resources) == ["current-usd"]
    assert "did not offer constant prices" in release.descriptor["notes"][-1]


@pytest.mark.parametrize(
    "said",
    [
        "",
        "GDP and its breakdown at constant 2020 prices in US Dollars",
        "GDP, constant prices (2020), US Dollars",
        "GDP at 2020 prices",
    ],
)
def test_united_nations_at_the_prices_of_another_year(
    start: Start, project: Project, said: str
) -> None:
    service = of_2020(said)
    start("UNSD", service)
    release = newest(project, "unsd-ama")
    assert list(release.resources) == ["constant-2020-usd", "current-usd"]
    constant = release.resources["constant-2020-usd"]
    assert constant["title"] == "Constant prices of 2020, US dollars"
    assert {entry["unit"] for entry in constant["series"]} == {"US dollars, constant 2020 prices"}


def test_prices_of_no_known_year_leave_the_current_ones(start: Start, project: Project) -> None:
    service = of_2020("GDP at constant 2015 prices")
    start("UNSD", service)
    release = newest(project, "unsd-ama")
    assert list(release.resources) == ["current-usd"]
    assert (
        "states 2015 as the year of its prices, and its figures are the current ones of 2020"
        in (release.descriptor["notes"][-1])
    )


def of_2020(said: str) -> UnitedNations:
    """The accounts, with constant prices of 2020 and a line of text above them."""
    service = united_nations()
    service.figures["file/6"] = at_prices_of("2020", service.figures["file/2"])
    service.above = {"file/6": said}
    return service


def test_bank_for_international_settlements(start: Start, project: Project) -> None:
    start("BIS", bank_for_settlements())
    release = newest(project, "bis-reer")
    assert (release.name, release.date) == ("2025-03-20", "2025-03-20")
    peers = ["CHN", "DEU", "IND", "JPN", "KOR", "USA", "XM"]
    assert release.resources["reer"]["economies"] == peers
    assert release.resources["reer"]["series"][0]["last"] == "2024-09"
    assert "FRED" not in json.dumps(release.descriptor)
    assert value(
        project, "bis-reer", "reer", economy="JPN", series="REER_BROAD", period="2022-01"
    ) == pytest.approx(13 * (1 + 0.05 * math.sin(1)))


def test_exchange_rates_of_another_base_year(start: Start, project: Project) -> None:
    service = bank_for_settlements()
    year = service.figures["period"].str[:4]
    held = service.figures["value"].where(year == "2023").groupby(service.figures["economy"])
    service.figures["value"] *= 100 / held.transform("mean")
    service.unit = "999"
    start("BIS", service)
    (series,) = newest(project, "bis-reer").resources["reer"]["series"]
    assert series["unit"] == "index 2023=100"


def test_monetary_fund(start: Start, project: Project) -> None:
    start("IMF", monetary_fund())
    release = newest(project, "imf-weo")
    assert (release.name, release.date) == ("2025-10", "2025-10")
    # Kosovo and Palestine under the project's codes; a group that nobody knows is left out.
    assert release.resources["weo"]["economies"] == ["CHN", "G001", "IND", "PSE", "USA", "XKX"]
    assert value(
        project, "imf-weo", "weo", economy="CHN", series="NGDPD", period="2005"
    ) == pytest.approx(11 * (1 + 0.05 * math.sin(1)))
    starts = releases.load(project, "imf-weo", "forecast-start").set_index("economy")["value"]
    # A fiscal year counts as its second calendar year, but not for India.
    assert starts.to_dict() == {"CHN": 2025, "USA": 2025, "IND": 2024}


def test_comtrade(start: Start, project: Project) -> None:
    refresher = start("COMTRADE", comtrade(), first=False)
    refresher()
    release = newest(project, "comtrade")
    assert (release.name, release.date) == ("2025-01-01", "2025-01-01")
    assert release.citation.endswith("UN Comtrade, retrieved 2025-01-01.")
    assert release.descriptor["notes"][-1] == (
        "Economies that report imports from China: 4 for 2021, 4 for 2022, 4 for 2023."
    )
    trade = release.resources["trade"]
    assert trade["economies"] == ["CHN"]
    assert trade["partners"] == ["CHN", "FRA", "TWN", "USA", "WLD"]
    assert {entry["unit"] for entry in trade["series"]} == {"USD"}
    frame = releases.load(project, "comtrade", "trade")
    sizes = frame.groupby("series").size().to_dict()
    assert sizes == {"EXP": 5, "IMP": 5, "EXP_MIRROR": 25, "IMP_MIRROR": 25}
    of_year = frame[(frame["series"] == "EXP_MIRROR") & (frame["period"] == "2021")]
    by_partner = of_year.set_index("partner")["value"]
    # The sum holds China's imports of its own goods.
    assert by_partner["WLD"] == pytest.approx(by_partner.drop("WLD").sum())
    assert by_partner["CHN"] > 0
    # What partners import is China's exports, and the other way round.
    (asked,) = [
        one.query
        for one in refresher.standin.asked
        if one.query.get("period") == "2021" and one.query["flowCode"] == "M"
    ]
    assert asked["partnerCode"] == "156"
    assert "reporterCode" not in asked
    assert verify.verify(project) == []


def test_years_that_china_has_not_reported_are_left_out(start: Start, project: Project) -> None:
    """Some partners report the newest year before China does."""
    service = comtrade(2024)
    figures = service.figures
    early = (figures["period"] == "2024") & (figures["partner"] == "WLD")
    service.figures = figures[~(early & (figures["series"] == "IMP"))]
    refresher = start("COMTRADE", service)
    frame = releases.load(project, "comtrade", "trade")
    assert frame["period"].max() == "2023"
    service.figures = figures
    outcome = refresher()
    assert outcome.state == "new", outcome.text
    assert releases.load(project, "comtrade", "trade")["period"].max() == "2024"


def test_the_same_trade_on_another_day_makes_no_release(start: Start) -> None:
    refresher = start("COMTRADE", comtrade())
    before = refresher.contents()
    outcome = refresher()
    assert outcome.state == "current"
    assert outcome.text == (
        "comtrade: nothing newer than 2025-01-01 (the figures of 2025-01-02 are the same)"
    )
    assert refresher.contents() == before


def test_trade_is_not_asked_for_twice_on_a_day(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresher = start("COMTRADE", comtrade())
    monkeypatch.setattr(comtrade_service, "today", lambda: "2025-01-01")
    assert refresher().text == "comtrade: nothing newer than 2025-01-01"
    assert refresher.standin.asked == []


@pytest.mark.parametrize("released", ["2024-12-31T23:59:59", None])
def test_trade_is_asked_for_only_where_somebody_has_released_since(
    start: Start, released: str | None
) -> None:
    refresher = start("COMTRADE", comtrade())
    if released:
        refresher.standin.answer.released = released
    outcome = refresher()
    assert outcome.text.startswith("comtrade: nothing newer than 2025-01-01")
    queries = [one.query for one in refresher.standin.asked]
    assert queries[:2] == [
        {"reporterCode": "156"},
        {"period": "2019,2020,2021,2022,2023", "publishedDateFrom": "2025-01-01"},
    ]
    assert len(queries) == (2 if released else 2 + 5 + 2 * 5)


def test_what_came_out_on_the_day_of_retrieval_counts(start: Start) -> None:
    refresher = start("COMTRADE", comtrade())
    refresher.standin.answer.released = "2025-01-01T00:00:01"
    refresher()
    assert len(refresher.standin.asked) > 2


def test_years_that_china_has_not_reported_do_not_count(start: Start) -> None:
    """Partners that report a year before China does bring nothing yet."""
    refresher = start("COMTRADE", comtrade())
    later = comtrade(2024)
    early = later.figures["period"] == "2024"
    of_china = later.figures["partner"] == "WLD"
    later.figures = later.figures[~(early & of_china) & (later.figures["partner"] != "CHN")]
    later.released = "2024-06-30T00:00:00"
    refresher.standin.answer = later
    assert refresher().text == "comtrade: nothing newer than 2025-01-01"
    assert refresher.standin.asked[-1].query["period"] == "2019,2020,2021,2022,2023"


def test_groups_of_economies_that_report_are_left_out(start: Start, project: Project) -> None:
    service = comtrade()
    service.numbers["FRA"] = 97
    start("COMTRADE", service)
    partners = newest(project, "comtrade").resources["trade"]["partners"]
    assert partners == ["CHN", "TWN", "USA", "WLD"]


SERVICES = {
    "WORLDBANK": (world_bank("2026-05-01"), 1),
    "UNSD": (united_nations(), 1),
    "BIS": (bank_for_settlements(), 1),
    "IMF": (monetary_fund(), 1),
}


@pytest.mark.parametrize(("service", "answer", "requests"), [
    pytest.param(name, *rest, id=name) for name, rest in SERVICES.items()
])  # fmt: skip
def test_a_release_that_is_held_is_not_fetched_again(
    start: Start, service: str, answer: object, requests: int
) -> None:
    refresher = start(service, answer)
    before = refresher.contents()
    outcome = refresher()
    assert outcome.state == "current"
    assert outcome.text == f"{outcome.publisher}: nothing newer than {outcome.release}"
    assert len(refresher.standin.asked) == requests
    assert refresher.contents() == before


@pytest.mark.parametrize(
    ("service", "answer"),
    [("UNSD", united_nations()), ("BIS", bank_for_settlements())],
)
def test_not_modified_is_asked_for_only_while_the_release_is_held(
    start: Start, project: Project, service: str, answer: object
) -> None:
    refresher = start(service, answer)
    refresher()
    (asked,) = refresher.standin.asked
    assert asked.headers["if-modified-since"] == answer.modified
    memory.file(project).write_text("not JSON")
    assert refresher().state == "current"
    assert "if-modified-since" not in refresher.standin.asked[-1].headers
    project.raw.rename(project.raw.with_name("elsewhere"))
    project.raw.mkdir()
    assert refresher().state == "new"
    assert "if-modified-since" not in refresher.standin.asked[2].headers


def revised(last_year: int = 2023, modified: str = "Tue, 01 Sep 2026 09:00:00 GMT") -> object:
    """Return the UN's accounts with consumption of the last year revised."""
    service = replace(united_nations(last_year), modified=modified)
    for path, frame in service.figures.items():
        moved = (frame["series"] == "HFCE") & (frame["period"] == str(last_year))
        service.figures[path] = frame.assign(value=frame["value"] * (1 + 0.001 * moved))
    return service


def test_accounts_revised_within_their_last_year(start: Start, project: Project) -> None:
    refresher = start("UNSD", united_nations())
    before = refresher.contents()
    refresher.standin.answer = revised()
    outcome = refresher()
    assert (outcome.state, outcome.release) == ("new", "2023-revised-2026-09-01"), outcome.text
    assert {path for path in before if refresher.contents()[path] != before[path]} == {"SHA256SUMS"}
    every = releases.releases(project, "unsd-ama")
    assert [release.name for release in every] == ["2023", "2023-revised-2026-09-01"]
    assert [release.last_year for release in every] == [2023, 2023]
    release = every[-1]
    assert release.date == "2026-09-01"
    assert release.label == "2023, revised 2026-09-01"
    assert release.citation.endswith("Main Aggregates Database, data to 2023, revised 2026-09-01.")
    assert list(release.resources) == ["constant-2015-usd", "current-usd"]
    assert verify.verify(project) == []
    # As of a day between the two there is the first only.
    then = releases.resolve(project.as_of("2026-08-31"), "unsd-ama")
    assert (then.name, then.label) == ("2023", "2023")
    # Once it is held, nothing is newer; even without a memory of it.
    assert refresher().text == "unsd-ama: nothing newer than 2023-revised-2026-09-01"
    memory.file(project).unlink()
    assert refresher().text == "unsd-ama: nothing newer than 2023-revised-2026-09-01"
    # The next year's accounts are named by their year again.
    refresher.standin.answer = replace(
        united_nations(2024), modified="Thu, 17 Dec 2026 09:00:00 GMT"
    )
    assert refresher(accept="a year more").release == "2024"
    assert releases.resolve(project, "unsd-ama").name == "2024"


@pytest.mark.parametrize("modified", ["Tue, 01 Sep 2026 09:00:00 GMT", None])
def test_the_same_accounts_in_a_new_file_make_no_release(
    start: Start, modified: str | None
) -> None:
    refresher = start("UNSD", united_nations())
    before = refresher.contents()
    refresher.standin.answer = replace(united_nations(), modified=modified)
    outcome = refresher()
    assert outcome.state == "current"
    assert outcome.text.startswith("unsd-ama: nothing newer than 2023 (the figures of 2023-revised")
    assert refresher.contents() == before


@pytest.mark.parametrize(
    "older", [united_nations(2022), revised(modified="Mon, 01 Dec 2025 09:00:00 GMT")]
)
def test_an_older_state_of_the_accounts_is_not_stored(start: Start, older: object) -> None:
    refresher = start("UNSD", united_nations())
    before = refresher.contents()
    refresher.standin.answer = replace(older, modified="Mon, 01 Dec 2025 09:00:00 GMT")
    assert refresher().text == "unsd-ama: nothing newer than 2023"
    assert refresher.contents() == before


def test_a_revision_has_the_tables_of_what_it_revises(start: Start, project: Project) -> None:
    """Constant prices that are offered since are not a revision."""
    service = united_nations()
    constant = service.figures.pop("file/6")
    refresher = start("UNSD", service)
    later = replace(united_nations(), modified="Tue, 01 Sep 2026 09:00:00 GMT")
    later.figures["file/6"] = constant
    refresher.standin.answer = later
    assert refresher().state == "current"
    refresher.standin.answer = revised(modified="Thu, 01 Oct 2026 09:00:00 GMT")
    assert refresher().release == "2023-revised-2026-10-01"
    assert list(newest(project, "unsd-ama").resources) == ["current-usd"]


def test_the_same_figures_under_a_new_day_make_no_release(start: Start, project: Project) -> None:
    service = bank_for_settlements()
    service.modified = None
    refresher = start("BIS", service)
    service.modified = "Thu, 01 Jul 2027 10:00:00 GMT"
    before = refresher.contents()
    assert "the figures of 2027-07-01 are the same" in refresher().text
    assert refresher.contents() == before


@pytest.fixture
def updated(start: Start) -> Refresher:
    """The World Bank a month later, with a year more."""
    refresher = start("WORLDBANK", world_bank("2026-05-01"))
    refresher.standin.answer = world_bank("2026-06-01", 2024)
    return refresher


def test_a_new_release_is_added_beside_the_old(updated: Refresher, project: Project) -> None:
    before = updated.contents()
    outcome = updated()
    assert outcome.state == "new", outcome.text
    assert outcome.text.startswith("worldbank-wdi: 2026-06-01 was added (changes since 2026-05-01")
    after = updated.contents()
    folder = "worldbank-wdi/2026-06-01"
    assert after.keys() - before.keys() == {
        folder,
        f"{folder}/all-economies.parquet",
        f"{folder}/datapackage.json",
    }
    assert {path for path in before if after[path] != before[path]} == {"SHA256SUMS"}
    assert after["SHA256SUMS"].startswith(before["SHA256SUMS"])
    assert verify.verify(project) == []
    descriptor = newest(project, "worldbank-wdi").descriptor
    assert descriptor["retrieved"]["from"] == updated.standin.url
    assert "accepted" not in descriptor


def test_check_writes_nothing(updated: Refresher, project: Project) -> None:
    before, remembered = updated.contents(), memory.file(project).read_bytes()
    outcome = updated(check=True)
    assert (outcome.state, outcome.release) == ("new", "2026-06-01")
    assert "would be added" in outcome.text
    assert updated.contents() == before
    assert memory.file(project).read_bytes() == remembered


def without_japan(service: WorldBank) -> WorldBank:
    return replace(service, figures=service.figures[service.figures["economy"] != "JPN"])


def test_a_severe_release_stops_until_it_is_accepted_with_a_reason(
    updated: Refresher, project: Project
) -> None:
    updated.standin.answer = without_japan(updated.standin.answer)
    before = updated.contents()
    stopped = updated()
    assert stopped.state == "stopped"
    assert stopped.text.startswith("worldbank-wdi: 2026-06-01 was not stored (changes since")
    assert "--publisher worldbank-wdi --accept REASON" in stopped.text
    assert updated.contents() == before
    accepted = updated(accept=" Japan is withdrawn by the publisher ")
    assert accepted.state == "new"
    record = newest(project, "worldbank-wdi").descriptor["accepted"]
    assert record["reason"] == "Japan is withdrawn by the publisher"
    assert record["severity"] == "severe"
    assert record["despite"] == list(stopped.judgement.reasons)
    assert verify.verify(project) == []


def test_a_reason_that_was_not_needed_is_not_recorded(updated: Refresher, project: Project) -> None:
    assert updated(accept="just in case").state == "new"
    assert "accepted" not in newest(project, "worldbank-wdi").descriptor


def test_an_older_state_of_the_service_is_not_stored(start: Start) -> None:
    refresher = start("WORLDBANK", world_bank("2026-05-01"))
    refresher.standin.answer = world_bank("2026-04-01")
    before = refresher.contents()
    assert refresher().text == "worldbank-wdi: nothing newer than 2026-05-01"
    assert refresher.contents() == before


def test_damaged_releases_are_not_compared_with(updated: Refresher, project: Project) -> None:
    path = project.raw / "worldbank-wdi" / "2026-05-01" / "all-economies.parquet"
    path.write_bytes(path.read_bytes()[:-1])
    outcome = updated()
    assert outcome.state == "failed"
    assert "truncated" in outcome.text
    assert updated.standin.asked == []


def test_a_withdrawn_indicator_is_left_out_and_said(start: Start, project: Project) -> None:
    refresher = start("WORLDBANK", world_bank("2026-05-01"), first=False)
    message = said("175", "Invalid format", "The indicator was not found. It may have been deleted")
    refresher.standin.fault = lambda request, reply: (
        Reply(json.dumps([message]).encode()) if "SP.POP" in request.path else reply
    )
    assert refresher().state == "new"
    release = newest(project, "worldbank-wdi")
    assert release.descriptor["notes"][-1] == "No longer served: SP.POP.TOTL."
    assert len(release.resources["all-economies"]["series"]) == 2
