"""Keys and passwords are sent and never shown; requests are polite."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rebalancing.data.fetch.client import Patience
from rebalancing.data.fetch.service import FormatError
from rebalancing.project import Project

from .conftest import Start
from .misbehaviour import Faulty, always, edited, fails
from .small import bank_for_settlements, comtrade, world_bank
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
