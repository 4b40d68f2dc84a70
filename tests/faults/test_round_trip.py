"""The newest real release of each publisher, held back and served, comes back as it was."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import held
import pandas as pd
import pytest

from rebalancing.data import releases
from rebalancing.data.fetch import bis, comtrade, unsd, worldbank
from rebalancing.data.fetch.connection import Patience
from rebalancing.data.releases import checksums, verify
from rebalancing.data.views import vintages
from rebalancing.project import Project

from .small import Refresher
from .standins import Bis, Comtrade, Imf, StandIn, UnitedNations, WorldBank

ROOT = Path(__file__).parents[2]
REAL = held.project()


@pytest.fixture
def copy(tmp_path: Path) -> Project:
    """A copy of the real releases of the publishers that can be fetched from."""
    project = Project(tmp_path / "project")
    project.raw.mkdir(parents=True)
    (project.root / "study.yml").touch()
    shutil.copyfile(ROOT / "data" / "thresholds.yml", project.root / "data" / "thresholds.yml")
    for publisher in ("worldbank-wdi", "unsd-ama", "bis-reer", "imf-weo", "comtrade"):
        shutil.copytree(REAL.raw / publisher, project.raw / publisher)
    return project


def hold_back(project: Project, publisher: str) -> str:
    """Remove the newest release of a publisher and return its name."""
    release = releases.resolve(project, publisher)
    shutil.rmtree(release.folder)
    list_digests(project)
    return release.name


def list_digests(project: Project) -> None:
    checksums.file(project).unlink(missing_ok=True)
    folders = [path.parent for path in project.raw.glob("*/*/datapackage.json")]
    checksums.update(project, folders)


def some(figures: pd.DataFrame) -> pd.DataFrame:
    """Return the figures of every fourth economy, as a service may have them: all take long."""
    return figures[figures["economy"].isin(sorted(figures["economy"].unique())[::4])]


def comes_back(
    project: Project,
    publisher: str,
    service: str,
    answer: object,
    rtol: float = 0.0,
    part: Callable[[pd.DataFrame], pd.DataFrame] = lambda figures: figures,
) -> None:
    """Refresh from a stand-in, accepting what the judgement may say, and compare what it has."""
    name = hold_back(project, publisher)
    with StandIn(answer, "/v2") as standin:
        outcome = Refresher(project, service, standin)(patience=Patience(), accept="published so")
    assert (outcome.state, outcome.release) == ("new", name), outcome.text
    was, now = (releases.resolve(one, publisher, name) for one in (REAL, project))
    assert was.resources.keys() <= now.resources.keys()
    for dataset in was.resources:
        was_held, found = (releases.load(one, publisher, dataset, name) for one in (REAL, project))
        expected = part(was_held).reset_index(drop=True)
        pd.testing.assert_frame_equal(expected, found, rtol=rtol, atol=0)
    assert verify.verify(project) == []


@pytest.mark.slow
def test_outlook(copy: Project) -> None:
    figures = some(releases.load(REAL, "imf-weo", "weo"))
    figures = figures.replace({"economy": {"XKX": "KOS", "PSE": "WBG"}})
    starts = some(releases.load(REAL, "imf-weo", "forecast-start"))
    starts = starts.replace({"economy": {"XKX": "KOS", "PSE": "WBG"}})
    last = {(row.economy, row.series): str(int(row.value) - 1) for row in starts.itertuples()}
    comes_back(copy, "imf-weo", "IMF", Imf(figures, last, "2025-10-14T13:00:00Z"), part=some)


@pytest.mark.slow
def test_accounts(copy: Project) -> None:
    figures = some(releases.load(REAL, "unsd-ama", "current-usd"))
    with unsd.CODES.open(newline="") as stream:
        numbers = {row["economy"]: int(row["m49"]) for row in csv.DictReader(stream)}
    answer = UnitedNations({unsd.CURRENT: figures}, numbers)
    # The library that writes the workbook keeps 16 digits.
    comes_back(copy, "unsd-ama", "UNSD", answer, rtol=1e-15, part=some)


@pytest.mark.slow
def test_development_indicators(copy: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest vintage has seven series of twelve economies; served is all that was valid.

    Every ninth series is asked for, because all of them take long.
    """
    held = [code for code in worldbank.SERIES if code not in worldbank.OF_CHINA_ALONE]
    monkeypatch.setattr(worldbank, "SERIES", tuple(held[::9]))
    every = releases.load_all(REAL, "worldbank-wdi", "all-economies", series=worldbank.SERIES)
    valid = vintages.as_of(every)
    names = {
        entry["code"]: entry["title"]
        for release in releases.releases(REAL, "worldbank-wdi")
        for entry in release.resources.get("all-economies", {"series": []})["series"]
    }
    answer = WorldBank(valid, names, "2026-06-06", rows_per_page=worldbank.PER_PAGE)
    hold_back(copy, "worldbank-wdi")
    with StandIn(answer, "/v2") as standin:
        outcome = Refresher(copy, "WORLDBANK", standin)(patience=Patience(), accept="published so")
    assert (outcome.state, outcome.release) == ("new", "2026-06-06"), outcome.text
    # What had not changed is in earlier releases.
    stored = vintages.as_of(
        releases.load_all(copy, "worldbank-wdi", "all-economies", series=worldbank.SERIES)
    )
    key = ["economy", "series", "period", "value"]
    expected = valid[key].sort_values(key, ignore_index=True)
    pd.testing.assert_frame_equal(stored[key].sort_values(key, ignore_index=True), expected)


def test_exchange_rates(copy: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    three = {short: code for short, code in bis.ECONOMIES.items() if code in ("CHN", "JPN", "KOR")}
    monkeypatch.setattr(bis, "ECONOMIES", three)  # those that the held release has
    figures = releases.load(REAL, "bis-reer", "reer")
    codes = {code: short for short, code in bis.ECONOMIES.items()}
    answer = Bis(figures.replace({"economy": codes}), "Mon, 28 Oct 2024 09:00:00 GMT")
    comes_back(copy, "bis-reer", "BIS", answer)


@pytest.fixture
def trade() -> Comtrade:
    """The service with the figures held."""
    numbers = {code: number for number, code in comtrade.numbers().items()}
    return Comtrade(releases.load(REAL, "comtrade", "trade"), numbers)


@pytest.mark.slow
def test_trade(copy: Project, trade: Comtrade, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comtrade, "today", lambda: "2026-03-03")
    # The sums over partners were added up in another order.
    comes_back(copy, "comtrade", "COMTRADE", trade, rtol=1e-15)


@pytest.mark.slow
def test_trade_that_is_held_is_recognised(
    copy: Project, trade: Comtrade, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_digests(copy)
    monkeypatch.setattr(comtrade, "today", lambda: "2026-11-25")
    with StandIn(trade, "/v2") as standin:
        outcome = Refresher(copy, "COMTRADE", standin)()
    assert outcome.text == (
        "comtrade: nothing newer than 2026-03-03 (the figures of 2026-11-25 are the same)"
    )
