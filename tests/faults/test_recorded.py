"""`rebalancing data refresh`, whole, from answers in the real form that are kept in files."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import held
import pytest

from rebalancing import cli
from rebalancing.data import releases
from rebalancing.data.fetch import client, services
from rebalancing.data.releases import verify
from rebalancing.project import Project

from .recorded import FOLDER, Recorded
from .small import QUICK
from .standins import StandIn

HOSTS = sorted({service.variables for service in services.SERVICES})


def test_each_address_has_its_answers_and_each_file_its_use() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.json")) == HOSTS
    used = {entry["file"] for host in HOSTS for entry in Recorded(host).entries if "file" in entry}
    assert {path.name for path in FOLDER.iterdir() if path.suffix not in {".json", ".md"}} == used


@pytest.fixture
def addresses(project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, StandIn]]:
    """All addresses, from files; the project is the current folder."""
    monkeypatch.chdir(project.root)
    monkeypatch.setattr(client, "Patience", lambda: replace(QUICK, first_wait=0.01))
    running = {host: StandIn(Recorded(host)) for host in HOSTS}
    for host, standin in running.items():
        monkeypatch.setenv(f"REBALANCING_{host}_URL", standin.__enter__().url)
    yield running
    for standin in running.values():
        standin.__exit__(None, None, None)


# What a release must then have, of which economy, series and period.
SAMPLES = [
    ("worldbank-wdi", "all-economies", "CHN", "NE.EXP.GNFS.ZS", "2024"),
    ("unsd-ama", "current-usd", "CHN", "HFCE", "2024"),
    ("bis-reer", "reer", "CHN", "REER_BROAD", "2024-09"),
    ("imf-weo", "weo", "CHN", "NGDPD", "2024"),
    ("nbs", "gdp_quarterly", "CHN", "GDP_REAL_Q_YOY", "2024-Q4"),
    ("nbs-monthly", "monthly", "CHN", "RETAIL_YOY", "2026-07"),
    ("china-levels", "levels", "CHN", "EXP_USD", "2026-07"),
    ("nbs-survey", "survey", "CHN", "INCOME_PC_YTD", "2026-Q2"),
]


def number(project: Project, publisher: str, dataset: str, *key: str) -> float:
    every = releases.load_all(project, publisher, dataset, economies=[key[0]], series=[key[1]])
    own = every[every["period"] == key[2]].sort_values("release")["value"]
    return float(own.iloc[-1])


@pytest.mark.slow
def test_everything_is_refreshed_from_files(
    addresses: dict[str, StandIn],
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def run() -> list[str]:
        monkeypatch.setattr(sys, "argv", ["rebalancing", "data", "refresh"])
        with suppress(SystemExit):  # which it raises where something failed, and says so
            cli.main()
        said = capsys.readouterr()
        assert said.err == ""
        return said.out.splitlines()

    names = [service.publisher.id for service in services.SERVICES]
    for publisher, line in zip(names, run(), strict=False):
        assert line.startswith(f"{publisher}: ")
        assert line.endswith(" was added (the first release)")
    assert releases.publishers(project) == sorted(names)
    assert verify.verify(project) == []
    for sample in SAMPLES:
        kept, fetched = number(held.project(), *sample), number(project, *sample)
        assert fetched == pytest.approx(kept, rel=1e-4), sample
    trade = releases.load(project, "comtrade", "trade")
    assert sorted(trade["partner"].unique()) == ["JPN", "KOR", "USA", "WLD"]
    # A second run finds nothing newer, and asks for no more than it must.
    before = {host: len(standin.asked) for host, standin in addresses.items()}
    assert all("nothing newer than" in line for line in run()[: len(names)])
    again = {host: len(standin.asked) - before[host] for host, standin in addresses.items()}
    assert (again["WORLDBANK"], again["COMTRADE"]) == (1, 2)
