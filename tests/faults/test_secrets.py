"""Keys and passwords are sent and never shown; requests are polite."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from rebalancing.data.fetch.address import ServiceKeyError
from rebalancing.data.fetch.client import Patience, ProxyAddressError
from rebalancing.data.fetch.refresh import refresh
from rebalancing.data.fetch.service import FormatError
from rebalancing.project import Project

from .conftest import Start
from .misbehaviour import Faulty, always, edited, fails
from .small import bank_for_settlements, comtrade, monetary_fund, world_bank
from .standins import Reply, Request


def test_a_key_is_sent_and_never_shown(
    faulty: Faulty, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")

    def fault(request: Request, good: Reply) -> Reply:
        key = request.headers["ocp-apim-subscription-key"]
        return replace(good, body=good.body.replace(b"FY2023/24", key.encode()))

    refresher = faulty("IMF", lambda request, good: good)
    refresher.environ = {"REBALANCING_IMF_KEY": "s3cret-key"}
    refresher.standin.fault = fault
    said = fails(refresher, "a last actual year is '***'")
    assert refresher.standin.asked[0].headers["ocp-apim-subscription-key"] == "s3cret-key"
    everything = said + "".join(capfd.readouterr()) + caplog.text
    assert "s3cret" not in everything


def test_a_password_in_an_address_is_sent_and_never_shown(
    start: Start, project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    refresher = start("BIS", bank_for_settlements(), first=False)
    address = refresher.standin.url.replace("//", "//reader:s3cret@")
    refresher.environ = {"REBALANCING_BIS_URL": address}
    assert refresher().state == "new"
    assert refresher.standin.asked[0].headers["authorization"].startswith("Basic ")
    written = b"".join(refresher.contents().values())
    written += (project.root / "data" / ".fetch" / "validators.json").read_bytes()
    assert b"s3cret" not in written
    assert "s3cret" not in caplog.text


def test_a_format_that_changed_can_be_told_from_a_service_that_is_down(faulty: Faulty) -> None:
    refresher = faulty("BIS", edited(lambda body: body.replace(b"OBS_VALUE", b"VALUE")))
    assert isinstance(refresher().error, FormatError)
    refresher.standin.fault = always(Reply(status=500))
    assert not isinstance(refresher().error, FormatError)


def test_the_user_agent_names_the_project(start: Start) -> None:
    refresher = start("BIS", bank_for_settlements(), first=False)
    refresher()
    assert refresher.standin.asked[0].headers["user-agent"].startswith("rebalancing/")


def test_requests_are_spaced(start: Start) -> None:
    refresher = start("WORLDBANK", world_bank("2026-05-01"), first=False)
    refresher(patience=replace(Patience(), between_requests=0.25))
    assert refresher.waits == [0.25, 0.25]


def test_a_service_that_tolerates_fewer_requests_gets_fewer(start: Start) -> None:
    refresher = start("COMTRADE", comtrade(), first=False)
    refresher(patience=replace(Patience(), between_requests=0.25))
    # Three requests a year, 1.25 seconds apart.
    assert refresher.waits == [1.25] * (len(refresher.standin.asked) - 1)
    assert min(refresher.waits) > 1


@pytest.mark.parametrize("key", ["s3cret\r\nX-Other: 1", "s3cr\u00e9t"])
def test_a_key_that_cannot_be_sent_is_not_shown(start: Start, key: str) -> None:
    refresher = start("IMF", monetary_fund(), first=False)
    refresher.environ = {"REBALANCING_IMF_KEY": key}
    with pytest.raises(ServiceKeyError, match="REBALANCING_IMF_KEY must be one line") as caught:
        refresher()
    assert "s3cr" not in str(caught.value)
    assert refresher.standin.asked == []
    refresher.environ = {"REBALANCING_IMF_KEY": "s3cret\n"}  # as a file holds it
    assert refresher().state == "new"
    assert refresher.standin.asked[0].headers["ocp-apim-subscription-key"] == "s3cret"


def test_nobody_is_asked_before_every_key_is_known_to_be_one(start: Start) -> None:
    refresher = start("BIS", bank_for_settlements(), first=False)
    environ = {"REBALANCING_BIS_URL": refresher.standin.url, "REBALANCING_IMF_KEY": "s3cr\u00e9t"}
    with pytest.raises(ServiceKeyError):
        refresh(refresher.project, ["bis", "imf"], environ=environ)
    assert refresher.standin.asked == []


@pytest.mark.parametrize("proxy", ["socks5://u:s3cret@127.0.0.1:9", "http://u:s3cret@[::1"])
def test_a_proxy_that_cannot_be_used(
    start: Start, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    refresher = start("BIS", bank_for_settlements(), first=False)
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(ProxyAddressError, match="must be addresses such as") as caught:
        refresher()
    assert "s3cret" not in str(caught.value)


def test_what_a_service_says_steers_no_terminal(faulty: Faulty) -> None:
    said = [{"message": [{"id": "1", "key": "\x1b[2J\u202e", "value": "a\nb"}]}]
    refresher = faulty("WORLDBANK", edited(lambda _: json.dumps(said).encode()))
    outcome = refresher()
    assert outcome.line.isprintable()
    assert "says of NY.GDP.MKTP.CD: [2J : a b; nothing was stored" in outcome.line
    assert outcome.to_dict()["text"] == outcome.line
