"""`rebalancing data refresh` as it is typed: what it prints, and how it ends."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from rebalancing import cli
from rebalancing.data import releases
from rebalancing.data.fetch import client, services
from rebalancing.project import Project

from .small import (
    QUICK,
    bank_for_settlements,
    bureau,
    comtrade,
    monetary_fund,
    quarterly_accounts,
    trade,
    united_nations,
    world_bank,
)
from .standins import WEB_PAGE, Reply, Request, StandIn

OVERDUE = "bis-reer (2024-09 is the newest; the next was due 2024-11-25)"


@dataclass(frozen=True)
class Said:
    status: int
    out: list[str]
    err: list[str]


@pytest.fixture
def standins(project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, StandIn]]:
    """Stand-ins for all services, named in the environment; the project is the current folder."""
    outlook, by_partner = monetary_fund(), trade()

    def fund(request: Request) -> Reply:
        """Answer as the one address does that has both of the Fund's data sets."""
        return (by_partner if "IMF.STA" in request.path else outlook)(request)

    answers = {
        "WORLDBANK": world_bank("2026-05-01"),
        "UNSD": united_nations(),
        "BIS": bank_for_settlements(),
        "IMF": fund,
        "COMTRADE": comtrade(),
        "NBS": bureau(),
        "OECD": quarterly_accounts(),
    }
    monkeypatch.chdir(project.root)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # never asked for loopback
    monkeypatch.setattr(client, "Patience", lambda: replace(QUICK, first_wait=0.01))
    running = {name: StandIn(answer) for name, answer in answers.items()}
    for name, standin in running.items():
        monkeypatch.setenv(f"REBALANCING_{name}_URL", standin.__enter__().url)
    yield running
    for standin in running.values():
        standin.__exit__(None, None, None)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    def run(*arguments: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["rebalancing", "data", "refresh", *arguments])
        status = 0
        try:
            cli.main()
        except SystemExit as end:
            status = int(end.code or 0)
        said = capsys.readouterr()
        return Said(status, said.out.splitlines(), said.err.splitlines())

    return run


Run = Callable[..., Said]


@pytest.mark.slow
def test_everything_is_refreshed(standins: dict[str, StandIn], run: Run, project: Project) -> None:
    said = run()
    assert said.status == 0
    assert said.err == []
    assert said.out[:11] == [
        "worldbank-wdi: 2026-05-01 was added (the first release)",
        "unsd-ama: 2023 was added (the first release)",
        "bis-reer: 2025-03-20 was added (the first release)",
        "imf-weo: 2025-10 was added (the first release)",
        "comtrade: 2025-01-01 was added (the first release)",
        "nbs: 2026-09-01 was added (the first release)",
        "nbs-monthly: 2026-09-02 was added (the first release)",
        "china-levels: 2026-09-03 was added (the first release)",
        "nbs-survey: 2026-09-04 was added (the first release)",
        "imf-imts: 2026-09-01 was added (the first release)",
        "oecd-qna: 2026-09-01 was added (the first release)",
    ]
    assert said.out[11].startswith("By hand, with rebalancing data import: ")
    assert "nbs-io" in said.out[11]
    assert releases.publishers(project) == sorted(
        service.publisher.id for service in services.SERVICES
    )
    again = run()
    assert len(again.out) == len(said.out)
    assert all("nothing newer than" in line for line in again.out[:11])
    assert again.status == 0


def test_one_failure_does_not_keep_the_others(
    standins: dict[str, StandIn], run: Run, project: Project
) -> None:
    standins["UNSD"].fault = lambda request, reply: Reply(status=500)
    said = run("--publisher", "unsd", "--publisher", "bis-reer")
    assert said.status == 1
    (line,) = said.err
    assert line.startswith("unsd-ama: http://127.0.0.1:")
    assert "answered 500" in line
    assert said.out == [
        "bis-reer: 2025-03-20 was added (the first release)",
        f"Overdue: {OVERDUE}",  # on the day on which these tests take place
    ]
    assert releases.publishers(project) == ["bis-reer"]


def test_what_came_of_it_as_json(standins: dict[str, StandIn], run: Run, project: Project) -> None:
    standins["UNSD"].fault = lambda request, reply: Reply(status=500)
    standins["IMF"].fault = lambda request, reply: Reply(WEB_PAGE, "text/html")
    path = project.root / "build" / "refresh.json"
    some = [word for name in ("unsd", "imf", "bis") for word in ("--publisher", name)]
    assert run(*some, "--json", str(path)).status == 1
    content = json.loads(path.read_text())
    outcomes = {entry["publisher"]: entry for entry in content["outcomes"]}
    found = {name: (entry["state"], entry["trouble"]) for name, entry in outcomes.items()}
    assert found == {
        "unsd-ama": ("failed", "out of reach"),
        "imf-weo": ("failed", "another form"),
        "bis-reer": ("new", None),
    }
    assert outcomes["bis-reer"]["release"] == "2025-03-20"
    assert outcomes["bis-reer"]["newest"] == {"before": None, "after": "2024-09"}
    assert [each["text"] for each in content["overdue"]] == [OVERDUE]
    assert "sent a web page" in outcomes["imf-weo"]["text"]


@pytest.mark.slow
def test_a_release_that_is_stopped_as_json(
    standins: dict[str, StandIn], run: Run, project: Project
) -> None:
    assert run("--publisher", "imf").status == 0
    standins["IMF"].answer = monetary_fund("2026-04-14T13:00:00Z", 0.9)
    path = project.root / "build" / "refresh.json"
    assert run("--publisher", "imf", "--json", str(path)).status == 1
    (outcome,) = json.loads(path.read_text())["outcomes"]
    assert (outcome["state"], outcome["trouble"]) == ("stopped", "stopped")
    assert outcome["judgement"]["severity"] == "severe"
    assert "GDP" in outcome["comparison"]


def test_check_adds_nothing(standins: dict[str, StandIn], run: Run, project: Project) -> None:
    said = run("--check", "--publisher", "bis-reer")
    assert said == Said(0, ["bis-reer: 2025-03-20 would be added (the first release)"], [])
    assert list(project.raw.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["--publisher", "nbs-io"], "nbs-io has no open machine interface"),
        (["--accept", " "], "--accept: ' ' is empty"),
        (["--check", "--accept", "a reason"], "does not go with --check"),
        (["--everything"], "No such option"),
    ],
)
def test_what_is_asked_wrongly_is_one_line_and_status_2(
    standins: dict[str, StandIn], run: Run, arguments: list[str], part: str
) -> None:
    said = run(*arguments)
    assert said.status == 2
    (line,) = said.err
    assert part in line
    assert all(not standin.asked for standin in standins.values())


def test_an_address_that_is_none(
    standins: dict[str, StandIn], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REBALANCING_IMF_URL", "somewhere")
    said = run()
    assert said.status == 2
    assert "REBALANCING_IMF_URL must be an address" in said.err[0]
    assert not standins["WORLDBANK"].asked
