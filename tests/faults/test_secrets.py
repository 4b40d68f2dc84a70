"""Keys and passwords are sent and never shown; requests are polite."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import certifi
import pytest

from rebalancing.data.fetch.address import ServiceKeyError
from rebalancing.data.fetch.connection import Patience
from rebalancing.data.fetch.refresh import refresh
from rebalancing.data.fetch.service import FormatError
from rebalancing.data.fetch.surroundings import CertificatesError, ProxyAddressError
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


@pytest.mark.parametrize("name", ["ALL_PROXY", "HTTPS_PROXY", "http_proxy"])
@pytest.mark.parametrize(
    ("proxy", "said"),
    [
        ("socks5://u:s3cret@127.0.0.1:9", "names a SOCKS proxy"),
        ("socks5h://127.0.0.1:9", "names .* unset it, .* or install it with: .* socksio"),
        ("http://u:s3cret@[::1", "must be an address such as http://127.0.0.1:3128"),
        ("ftp://u:s3cret@127.0.0.1:9", "must be an address such as"),
    ],
)
def test_a_proxy_that_cannot_be_used(
    start: Start, monkeypatch: pytest.MonkeyPatch, name: str, proxy: str, said: str
) -> None:
    refresher = start("BIS", bank_for_settlements(), first=False)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv(name, proxy)
    with pytest.raises(ProxyAddressError, match=f"^{name} {said}") as caught:
        refresher()
    assert "s3cret" not in str(caught.value)
    assert refresher.standin.asked == []


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"])
def test_certificates_that_are_not_there(
    start: Start, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    refresher = start("BIS", bank_for_settlements(), first=False)
    monkeypatch.setenv(name, "/nope/ca.pem")
    with pytest.raises(CertificatesError, match=f"^{name} names /nope/ca.pem, which is no "):
        refresher()
    assert refresher.standin.asked == []


def test_certificates_that_are_none(
    start: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    refresher = start("BIS", bank_for_settlements(), first=False)
    (tmp_path / "ca.pem").write_text("no certificates")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with pytest.raises(CertificatesError, match=r"ca\.pem, which cannot be used .*unset it"):
        refresher()
    monkeypatch.setenv("SSL_CERT_FILE", certifi.where())
    assert refresher().state == "new"


@pytest.mark.parametrize(
    ("key", "advice"),
    [
        ("", "it wants a key: put it into REBALANCING_IMF_KEY"),
        ("s3cret", "REBALANCING_IMF_KEY holds no key that it accepts"),
    ],
)
def test_a_key_that_is_missing_or_wrong(start: Start, key: str, advice: str) -> None:
    refresher = start("IMF", monetary_fund(), first=False)
    refresher.environ = {"REBALANCING_IMF_KEY": key}

    def fault(request: Request, good: Reply) -> Reply:
        sent = request.headers.get("ocp-apim-subscription-key", "none")
        # A message is cut behind 300 signs, which must not leave a half of the key in it.
        words = f"Access denied: {'x' * 278} {sent}"
        return Reply(json.dumps({"statusCode": 401, "message": words}).encode(), status=401)

    refresher.standin.fault = fault
    said = fails(refresher, "answered 401 Unauthorized (Access denied: xxx", advice)
    assert "s3c" not in said


def test_credentials_that_a_service_quotes_are_not_shown(start: Start) -> None:
    refresher = start("BIS", bank_for_settlements(), first=False)
    address = refresher.standin.url.replace("//", "//reader:s3cret@")
    refresher.environ = {"REBALANCING_BIS_URL": address}
    refresher.standin.fault = lambda request, good: Reply(
        request.headers["authorization"].encode(), status=400
    )
    assert "(Basic ***)" in fails(refresher, "answered 400 Bad Request")


def test_what_a_service_says_steers_no_terminal(faulty: Faulty) -> None:
    said = [{"message": [{"id": "1", "key": "\x1b[2J\u202e", "value": "a\nb"}]}]
    refresher = faulty("WORLDBANK", edited(lambda _: json.dumps(said).encode()))
    outcome = refresher()
    assert outcome.line.isprintable()
    assert "says of NY.GDP.MKTP.CD: [2J : a b; nothing was stored" in outcome.line
    assert outcome.to_dict()["text"] == outcome.line
