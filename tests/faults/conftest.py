"""A small project, and stand-ins that stop when a test ends."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest

from rebalancing.data.fetch import comtrade, imf, imts, nbs, oecd, worldbank
from rebalancing.data.releases import days
from rebalancing.project import Project

from .misbehaviour import HELD, newer
from .small import NAMES, OUTLOOK, Refresher
from .standins import Fault, StandIn

ROOT = Path(__file__).parents[2]
TODAY = date(2027, 6, 30)
# Modules whose releases are named by the day of retrieval, by service.
BY_RETRIEVAL = {"COMTRADE": comtrade, "NBS-MONTHLY": nbs, "IMTS": imts, "OECD": oecd}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project without releases; series and years are few, and every day comes once."""
    for module in set(BY_RETRIEVAL.values()):
        monkeypatch.setattr(module, "today", each_day(2025 + (module is not comtrade)).__next__)
    monkeypatch.setattr(days, "today", lambda: TODAY)
    monkeypatch.setattr(comtrade, "FIRST_YEAR", 2019)
    monkeypatch.setattr(worldbank, "SERIES", tuple(NAMES))
    monkeypatch.setattr(imf, "SERIES", {code: imf.SERIES[code] for code in OUTLOOK})
    root = tmp_path / "project"
    (root / "data" / "raw").mkdir(parents=True)
    (root / "study.yml").touch()
    shutil.copyfile(ROOT / "data" / "thresholds.yml", root / "data" / "thresholds.yml")
    return Project(root)


def each_day(year: int) -> Iterator[str]:
    """Yield days of a year, each once; of 2026 from September on, when July's figures are out."""
    first = 9 if year == 2026 else 1
    return (f"{year}-{month:02}-{day:02}" for month in range(first, 13) for day in range(1, 29))


Start = Callable[[str, object], Refresher]


@pytest.fixture
def start(project: Project) -> Iterator[Start]:
    """Start a stand-in for a service and fetch its first release from it."""
    running: list[StandIn] = []

    def start(service: str, answer: object, first: bool = True) -> Refresher:
        standin = StandIn(answer, "/v2")
        running.append(standin.__enter__())
        refresher = Refresher(project, service, standin)
        if first:
            assert refresher().state == "new"
            standin.asked.clear()
            refresher.waits.clear()
        return refresher

    yield start
    for standin in running:
        standin.__exit__(None, None, None)


@pytest.fixture(scope="session")
def first_releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the data of a project with the first release of a service are kept, by service."""
    return tmp_path_factory.mktemp("first")


@pytest.fixture
def faulty(start: Start, project: Project, first_releases: Path) -> Callable[..., Refresher]:
    """Return a refresher with a held release, whose service has a newer one and a fault."""

    def faulty(service: str, fault: Fault) -> Refresher:
        data = project.root / "data"
        kept = first_releases / service
        if kept.exists():
            shutil.copytree(kept, data, dirs_exist_ok=True)
            with suppress(KeyError):
                BY_RETRIEVAL[service].today()  # the day on which it was fetched
            refresher = start(service, HELD[service](), first=False)
        else:
            refresher = start(service, HELD[service]())
            shutil.copytree(data, kept)
        refresher.standin.answer = newer(service)
        refresher.standin.fault = fault
        return refresher

    return faulty
