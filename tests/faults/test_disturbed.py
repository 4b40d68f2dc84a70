"""A refresh that is killed, meets another one, may not write, or trips over an answer."""

from __future__ import annotations

import json
from datetime import date

import pytest

from rebalancing import files
from rebalancing.data import days
from rebalancing.data.fetch import refresh as refreshing
from rebalancing.data.fetch.refresh import AcceptError, RefreshRunningError

from .conftest import Start
from .misbehaviour import HELD, Faulty, edited, fails, succeeds
from .small import bank_for_settlements


def test_what_a_killed_refresh_left_is_removed_by_the_next(faulty: Faulty) -> None:
    refresher = faulty("BIS", lambda request, good: good)
    left = refresher.project.raw / ".refresh-abc" / "bis-reer" / "2025-06-20"
    left.mkdir(parents=True)
    (left / "reer.parquet").write_bytes(b"half")
    assert refresher(check=True).state == "new"
    assert left.is_dir()  # --check touches nothing
    succeeds(refresher)
    assert list(refresher.project.raw.glob(".*")) == []


def test_a_release_without_its_digest_is_not_passed_over(faulty: Faulty) -> None:
    """As after a kill between the two steps that add a release."""
    refresher = faulty("BIS", lambda request, good: good)
    sums = refresher.project.raw / "SHA256SUMS"
    before = sums.read_bytes()
    succeeds(refresher)
    sums.write_bytes(before)
    said = refresher().text
    assert "bis-reer/2025-06-20/datapackage.json: not in SHA256SUMS" in said
    assert "remove the folder" in said


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


def test_one_refresh_at_a_time(faulty: Faulty) -> None:
    refresher = faulty("BIS", lambda request, good: good)
    with files.locked(refresher.project.root / "data" / ".fetch" / "lock") as is_ours:
        assert is_ours
        with pytest.raises(RefreshRunningError, match="wait until it has ended"):
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

    monkeypatch.setattr("rebalancing.data.fetch.bis._figures", loads)
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


def test_json_of_an_earlier_refresh_does_not_stay(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rebalancing.data.cli import refresh as command

    refresher = start("BIS", bank_for_settlements(), first=False)
    path = refresher.project.root / "refresh.json"
    path.write_text(json.dumps({"of_all": True, "outcomes": []}))
    monkeypatch.chdir(refresher.project.root)
    monkeypatch.setenv("REBALANCING_IMF_URL", "nowhere")
    with pytest.raises(Exception, match="REBALANCING_IMF_URL must be an address"):
        command.main(["--json", str(path)], standalone_mode=False)
    assert not path.exists()
