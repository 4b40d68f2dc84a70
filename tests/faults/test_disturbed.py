"""A refresh that is killed, meets another one, may not write, or trips over an answer."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from rebalancing.data import releases
from rebalancing.data.fetch import refresh as refreshing
from rebalancing.data.fetch.refresh import AcceptError
from rebalancing.data.releases import days, verify
from rebalancing.errors import BusyError

from .conftest import Start
from .misbehaviour import HELD, Faulty, edited, fails, succeeds
from .small import bank_for_settlements

pytestmark = pytest.mark.slow


def test_what_a_killed_refresh_left_is_removed_by_the_next(faulty: Faulty) -> None:
    refresher = faulty("BIS", lambda request, good: good)
    left = refresher.project.raw / ".refresh-abc" / "bis-reer" / "2025-06-20"
    left.mkdir(parents=True)
    (left / "reer.parquet").write_bytes(b"half")
    assert refresher(check=True).state == "new"
    assert left.is_dir()  # --check touches nothing
    succeeds(refresher)
    assert list(refresher.project.raw.glob(".*")) == []


def test_a_release_that_a_killed_refresh_stored_is_listed_by_the_next(faulty: Faulty) -> None:
    """As after a kill between the two steps that add a release."""
    refresher = faulty("BIS", lambda request, good: good)
    sums = refresher.project.raw / "SHA256SUMS"
    before = sums.read_bytes()
    succeeds(refresher)
    whole = sums.read_bytes()
    sums.write_bytes(before)
    (problem,) = verify.verify(refresher.project)
    assert problem.path == "data/raw/bis-reer/2025-06-20/datapackage.json"
    assert "not in SHA256SUMS" in str(problem)
    assert "list it with rebalancing data refresh" in str(problem)
    with pytest.raises(verify.DamagedDataError):
        verify.require(refresher.project)
    assert "not in SHA256SUMS" in refresher(check=True).text  # which writes nothing
    outcome = refresher()
    assert (outcome.state, outcome.release) == ("new", "2025-06-20")
    assert "it was stored by a refresh that was stopped" in outcome.line
    assert sums.read_bytes() == whole
    assert verify.verify(refresher.project) == []
    assert refresher().state == "current"


def test_a_release_to_come_does_not_silence_what_follows(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one that was stored before days were checked."""
    refresher = start("BIS", bank_for_settlements(), first=False)
    refresher.standin.answer.modified = "Sun, 01 Jan 2062 00:00:00 GMT"
    monkeypatch.setattr(days, "today", lambda: date(2063, 1, 1))
    assert refresher().release == "2062-01-01"
    monkeypatch.setattr(days, "today", lambda: date(2027, 6, 30))
    refresher.standin.answer.modified = "Fri, 20 Jun 2025 09:00:00 GMT"
    said = refresher().text
    assert "bis-reer/2062-01-01/datapackage.json: dated 2062-01-01, which is still to come" in said
    assert "remove the folder" in said


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: (folder / "reer.parquet").unlink(),
        lambda folder: (folder / "reer.parquet").write_bytes(b"half"),
        lambda folder: (folder / "more.txt").write_text("more"),
        lambda folder: folder.rename(folder.with_name("2025-06-21")),
        lambda folder: (folder / "datapackage.json").write_text("null"),
    ],
)
def test_what_is_not_whole_is_not_listed(faulty: Faulty, spoil: Callable[[Path], object]) -> None:
    refresher = faulty("BIS", lambda request, good: good)
    sums = refresher.project.raw / "SHA256SUMS"
    before = sums.read_bytes()
    succeeds(refresher)
    sums.write_bytes(before)
    spoil(refresher.project.raw / "bis-reer" / "2025-06-20")
    verify.list_left_over(refresher.project)
    assert sums.read_bytes() == before


COPIES = (
    "bis-reer/2024-09-20 (1)",
    "bis-reer/2024-09-20 - Copy",
    "bis-reer/2024-09-20-copy",
    "bis-reer/2030-01-01",
    "bis-reer/.2024-09-20.sync",
    "bis-reer (Jane's conflicted copy 2026-01-01)/2024-09-20",
    "bis-reer-copy/2024-09-20",
)


@pytest.mark.parametrize("copy", COPIES)
def test_a_copy_is_no_release_and_disturbs_no_refresh(faulty: Faulty, copy: str) -> None:
    refresher = faulty("BIS", lambda request, good: good)
    project = refresher.project
    (held,) = releases.releases(project, "bis-reer")
    target = project.raw / copy
    shutil.copytree(held.folder, target)
    for junk in (".DS_Store", "Thumbs.db", "bis-reer/desktop.ini"):
        (project.raw / junk).touch()
    assert releases.publishers(project) == ["bis-reer"]
    assert releases.releases(project, "bis-reer") == [held]
    assert releases.releases(project.as_of("2031-01-01"), "bis-reer") == [held]
    named = {problem.path.removeprefix("data/raw/") for problem in verify.verify(project)}
    is_hidden = target.name.startswith(".")
    assert named == {
        *(() if is_hidden else [f"{copy}/datapackage.json"]),
        *(".DS_Store", "Thumbs.db", "bis-reer/desktop.ini"),
    }
    verify.require(project)
    succeeds(refresher)
    assert len(releases.releases(project, "bis-reer")) == 2
    assert target.is_dir()


def test_no_refresh_while_somebody_else_writes(faulty: Faulty) -> None:
    refresher = faulty("BIS", lambda request, good: good)
    with refresher.project.alone("build"):
        with pytest.raises(BusyError, match=r"Another build is running .* until it has ended"):
            refresher()
        assert refresher.standin.asked == []
        assert refresher(check=True).state == "new"  # it only looks
    succeeds(refresher)


def test_where_data_raw_may_not_be_written(faulty: Faulty, monkeypatch: pytest.MonkeyPatch) -> None:
    refresher = faulty("BIS", lambda request, good: good)

    def denied(**where: object) -> None:
        assert where["dir"] == refresher.project.raw
        raise PermissionError(13, "Permission denied", "/home/somebody/data/raw/.refresh-x")

    monkeypatch.setattr(refreshing.tempfile, "TemporaryDirectory", denied)
    said = fails(refresher, "Permission denied", "see whether data/raw may be written")
    assert "/home" not in said
    assert refresher().trouble == "an error"


def test_checking_writes_nothing(start: Start) -> None:
    refresher = start("BIS", bank_for_settlements(), first=False)
    root = refresher.project.root
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    assert refresher(check=True).state == "new"
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before


# Answers that no reader was written for.
TRIPS = {
    "WORLDBANK": (b"[" * 200_000, b'[{"message": [1]}]', b"[null, null]"),
    "UNSD": (b"PK\x03\x04", b"\x00"),
    "BIS": (b"FREQ\x00,\n", b"\n", b'"\n'),
    "IMF": (b"COUNTRY\n\n,,,,\n", b"\x00\n"),
    "COMTRADE": (b"[" * 200_000, b"null", b'{"data": [1]}'),
    "IMTS": (b"COUNTRY\n\n,,,,\n", b"\x00\n"),
    "OECD": (b"FREQ\x00,\n", b"\n"),
    "NBS-MONTHLY": (b"[" * 200_000, b"null", b'{"success": true, "data": [1]}'),
}


@pytest.mark.parametrize("service", list(HELD))
def test_whatever_a_reader_trips_over_is_another_form(faulty: Faulty, service: str) -> None:
    refresher = faulty(service, lambda request, good: good)
    for body in TRIPS[service]:
        refresher.standin.fault = edited(lambda _, body=body: body)
        fails(refresher)
        assert refresher().trouble == "another form"


def test_an_error_that_no_reader_expects(faulty: Faulty, monkeypatch: pytest.MonkeyPatch) -> None:
    refresher = faulty("BIS", lambda request, good: good)

    def loads(*_: object) -> None:
        raise KeyError("OBS_VALUE\nof s3cret")

    monkeypatch.setattr("rebalancing.data.fetch.bis.rows_of", loads)
    refresher.environ = {
        "REBALANCING_BIS_URL": refresher.standin.url.replace("//", "//reader:s3cret@")
    }
    fails(refresher, "it cannot be read (KeyError: 'OBS_VALUE", "***", "brought up to date")


@pytest.mark.parametrize("publishers", [(), ("bis-reer", "imf")])
def test_a_reason_is_for_one_release(start: Start, publishers: tuple[str, ...]) -> None:
    refresher = start("BIS", bank_for_settlements(), first=False)
    with pytest.raises(AcceptError, match="name it with --publisher"):
        refreshing.refresh(refresher.project, publishers, accept="It is right", environ={})


def test_what_is_refused_is_an_error_and_not_out_of_reach(faulty: Faulty) -> None:
    refresher = faulty("BIS", lambda request, good: good)
    troubles = {}
    for status in (404, 403, 503):
        refresher.standin.fault = lambda _, good, status=status: type(good)(status=status)
        troubles[status] = refresher().trouble
    assert troubles == {404: "an error", 403: "an error", 503: "out of reach"}


def test_json_of_an_earlier_refresh_stays_until_there_is_something_to_put(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rebalancing.data.cli import refresh as command

    refresher = start("BIS", bank_for_settlements(), first=False)
    path = refresher.project.root / "refresh.json"
    earlier = json.dumps({"of_all": True, "outcomes": []})
    path.write_text(earlier)
    monkeypatch.chdir(refresher.project.root)
    monkeypatch.setenv("REBALANCING_IMF_URL", "nowhere")
    with pytest.raises(Exception, match="REBALANCING_IMF_URL must be an address"):
        command.main(["--json", str(path)], standalone_mode=False)
    assert path.read_text() == earlier
