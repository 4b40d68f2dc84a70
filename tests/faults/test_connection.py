"""Whatever a connection does, the user sees one line, and data/raw stays as it was."""

from __future__ import annotations

import gzip
import json
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from rebalancing.data.fetch import memory
from rebalancing.data.releases import checksums, schema

from .conftest import Start
from .misbehaviour import ALL, HELD, Faulty, always, fails, once, succeeds
from .small import QUICK
from .standins import WEB_PAGE, Reply, Request

pytestmark = pytest.mark.slow


@ALL
def test_a_web_page_that_says_200(faulty: Faulty, service: str) -> None:
    refresher = faulty(service, always(Reply(WEB_PAGE, "text/html")))
    said = fails(refresher, "sent a web page instead of", "try again later")
    assert refresher.standin.url in said


@ALL
def test_a_server_error_that_passes(faulty: Faulty, service: str) -> None:
    refresher = faulty(service, once(Reply(b"<html>", "text/html", 503)))
    succeeds(refresher)
    assert 1.0 in refresher.waits


@pytest.mark.parametrize("status", [408, 429, 500, 502, 504])
def test_all_errors_that_pass(faulty: Faulty, status: int) -> None:
    refresher = faulty("BIS", once(Reply(b"", status=status)))
    succeeds(refresher)
    assert refresher.waits == [1.0, 0]


@ALL
def test_server_errors_that_stay(faulty: Faulty, service: str) -> None:
    refresher = faulty(service, always(Reply(b"", status=503)))
    fails(refresher, "answered 503 Service Unavailable at each of 3 attempts")
    assert [wait for wait in refresher.waits if wait] == [1.0, 2.0]


@ALL
def test_too_many_requests_waits_as_long_as_is_asked(faulty: Faulty, service: str) -> None:
    limited = Reply(b"", status=429).with_headers(Retry_After="17")
    refresher = faulty(service, once(limited))
    succeeds(refresher)
    assert 17.0 in refresher.waits


@ALL
def test_not_modified_although_nobody_asked(faulty: Faulty, service: str) -> None:
    refresher = faulty(service, always(Reply(status=304)))
    memory.file(refresher.project).unlink()
    fails(refresher, "answered 304 Not Modified")


@pytest.mark.parametrize("zone", ["GMT", "-0000"])
def test_retry_after_may_be_a_date_in_the_past(faulty: Faulty, zone: str) -> None:
    limited = Reply(b"", status=429).with_headers(Retry_After=f"Wed, 21 Oct 2015 07:28:00 {zone}")
    refresher = faulty("BIS", once(limited))
    succeeds(refresher)
    assert refresher.waits == [0.0, 0]


QUOTA = "Out of call volume quota. Quota will be replenished in 01:23:45."
KEYLESS = "Access denied due to missing subscription key."


@pytest.mark.parametrize(
    ("status", "body", "wait", "said"),
    [
        (
            403,
            {"statusCode": 403, "message": QUOTA},
            "5025",
            f"403 Forbidden ({QUOTA}) and asks to",
        ),
        (403, {"statusCode": 403, "message": QUOTA}, None, "asks to wait 5,025 seconds; try again"),
        (403, {"error": {"message": "Slow down"}}, "900", "(Slow down) and asks to wait 900"),
        (429, {"Message": "Rate limit is exceeded. Try again in 600 seconds."}, None, "wait 600"),
        (403, {"message": "Quota exceeded"}, None, "(Quota exceeded) at each of 3 attempts"),
        (503, "Back at noon", "7200", "(Back at noon) and asks to wait 7,200 seconds"),
        (401, {"message": KEYLESS}, None, f"401 Unauthorized ({KEYLESS}); check REBALANCING_COM"),
        (400, [{"detail": "a\nb\x1b[2J" + "c" * 999}], None, "(a b [2Jccc"),
        (400, "<error><m>Bad</m> period</error>", None, "(Bad period)"),
        (404, "<!DOCTYPE html><title>no</title>", None, "answered 404 Not Found; check"),
    ],
)
def test_what_a_service_says_is_kept(
    faulty: Faulty, status: int, body: object, wait: str | None, said: str
) -> None:
    text = body if isinstance(body, str) else json.dumps(body)
    reply = Reply(text.encode(), status=status)
    refresher = faulty("COMTRADE", always(reply.with_headers(Retry_After=wait) if wait else reply))
    line = fails(refresher, said)
    assert len(line) < 600
    assert line.isprintable()


def test_a_quota_that_is_filled_soon_is_waited_for(faulty: Faulty) -> None:
    quota = Reply(b'{"message": "Out of quota: replenished in 00:00:07"}', status=403)
    refresher = faulty("COMTRADE", once(quota.gzipped()))
    succeeds(refresher)
    assert 7.0 in refresher.waits


@ALL
def test_too_long_a_wait_is_not_waited_for(faulty: Faulty, service: str) -> None:
    limited = Reply(b"", status=429).with_headers(Retry_After="3600")
    refresher = faulty(service, always(limited))
    fails(refresher, "429 Too Many Requests and asks to wait 3,600 seconds; try again then")
    assert not any(refresher.waits)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_refusals_are_not_repeated(faulty: Faulty, status: int) -> None:
    refresher = faulty("WORLDBANK", always(Reply(b"no", "text/plain", status)))
    fails(refresher, f"answered {status} ", "check REBALANCING_WORLDBANK_URL")
    assert len(refresher.standin.asked) == 1


def test_a_web_page_that_says_bad_request_is_passing(faulty: Faulty) -> None:
    refresher = faulty("WORLDBANK", always(Reply(WEB_PAGE, "text/html", 400)))
    fails(refresher, "answered 400 ", "at each of 3 attempts", "try again later")
    assert len(refresher.standin.asked) == 3


@ALL
def test_silence(faulty: Faulty, service: str) -> None:
    refresher = faulty(service, lambda request, good: replace(good, pace=1.0))
    patience = replace(QUICK, silence=0.1, attempts=2)
    fails(refresher, "did not answer in time at each of 2 attempts", patience=patience)


@ALL
def test_a_body_that_drips_for_ever(faulty: Faulty, service: str) -> None:
    refresher = faulty(service, lambda request, good: replace(good, pace=0.05))
    patience = replace(QUICK, whole_answer=0.2, attempts=2)
    fails(refresher, "did not finish its answer in time at each of 2", patience=patience)


def test_headers_that_drip_for_ever(faulty: Faulty) -> None:
    refresher = faulty("BIS", lambda request, good: replace(good, pace=0.05, drips_headers=True))
    patience = replace(QUICK, whole_answer=0.2, attempts=2)
    fails(refresher, "did not finish its answer in time at each of 2", patience=patience)


@pytest.mark.parametrize("service", ["WORLDBANK", "COMTRADE"])
def test_a_service_has_a_time_to_end_in(faulty: Faulty, service: str) -> None:
    refresher = faulty(service, lambda request, good: replace(good, pace=0.05))
    patience = replace(QUICK, whole_answer=0.1, in_all=0.25, attempts=50, first_wait=0.0)
    said = fails(refresher, "took longer than 0 seconds in all", "try again", patience=patience)
    assert "did not finish its answer in time" in said
    assert len(refresher.standin.asked) <= 3


def test_no_wait_reaches_beyond_that_time(faulty: Faulty) -> None:
    refresher = faulty("BIS", always(Reply(status=503).with_headers(Retry_After="100")))
    fails(refresher, "took longer than 90 seconds in all", patience=replace(QUICK, in_all=90))
    assert not any(refresher.waits)


@ALL
def test_connections_that_are_cut(faulty: Faulty, service: str) -> None:
    refresher = faulty(service, lambda request, good: replace(good, cut_after=30))
    fails(refresher, "cut the connection at each of 3 attempts")


@ALL
def test_a_connection_that_is_cut_once(faulty: Faulty, service: str) -> None:
    def cut(request: Request, good: Reply) -> Reply:
        return replace(good, cut_after=30) if request.number == 0 else good

    refresher = faulty(service, cut)
    succeeds(refresher)
    assert "range" not in refresher.standin.asked[1].headers


def test_a_part_that_was_not_asked_for_is_refused(faulty: Faulty) -> None:
    def fault(request: Request, good: Reply) -> Reply:
        return replace(good, status=206).with_headers(Content_Range="bytes 10-20/99")

    fails(faulty("BIS", fault), "answered 206 Partial Content")


@ALL
def test_a_content_length_that_is_too_long(faulty: Faulty, service: str) -> None:
    refresher = faulty(service, lambda request, good: replace(good, length=len(good.body) + 7))
    fails(refresher, "cut the connection at each of 3 attempts")


@ALL
def test_a_content_length_that_is_too_short(faulty: Faulty, service: str) -> None:
    refresher = faulty(service, lambda request, good: replace(good, length=len(good.body) - 7))
    fails(refresher, "nothing was stored")


@ALL
def test_gzip(faulty: Faulty, service: str) -> None:
    refresher = faulty(service, lambda request, good: good.gzipped())
    succeeds(refresher)
    assert all(asked.headers["accept-encoding"] == "gzip" for asked in refresher.standin.asked)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        pytest.param(lambda body: body[:-12], "sent only a part of its answer", id="cut"),
        pytest.param(lambda body: body[:-1], "sent only a part of its answer", id="cut at the end"),
        pytest.param(lambda body: body[:5], "sent only a part of its answer", id="cut early"),
        pytest.param(lambda body: b"", "sent only a part of its answer", id="nothing"),
        pytest.param(lambda body: b"no" + body[2:], "sent a damaged answer", id="damaged"),
        pytest.param(lambda body: body + b"rubbish", "sent a damaged answer", id="rubbish"),
        pytest.param(
            lambda body: body[:-8] + bytes(8), "sent a damaged answer", id="another digest"
        ),
    ],
)
def test_gzip_that_is_damaged(faulty: Faulty, damage: Callable[[bytes], bytes], said: str) -> None:
    def fault(request: Request, good: Reply) -> Reply:
        zipped = good.gzipped()
        return replace(zipped, body=damage(zipped.body))

    fails(faulty("BIS", fault), said, "at each of 3 attempts")


@pytest.mark.parametrize("service", ["WORLDBANK", "BIS"])
def test_gzip_in_several_members(faulty: Faulty, service: str) -> None:
    def fault(request: Request, good: Reply) -> Reply:
        parts = [good.body[start : start + 700] for start in range(0, len(good.body), 700)]
        body = b"".join(map(gzip.compress, parts))
        return replace(good, body=body).with_headers(Content_Encoding="gzip")

    succeeds(faulty(service, fault))


@pytest.mark.parametrize("encoding", ["br", "gzip, gzip", "deflate"])
def test_an_encoding_that_was_not_asked_for(faulty: Faulty, encoding: str) -> None:
    fault = always(Reply(b"x", "text/csv").with_headers(Content_Encoding=encoding))
    fails(faulty("BIS", fault), f"answered in the encoding {encoding}, not in gzip")


@pytest.mark.parametrize("zipped", [False, True])
def test_an_answer_without_end(faulty: Faulty, zipped: bool) -> None:
    reply = Reply(b"0" * 100_000, "text/csv")
    fault = always(reply.gzipped() if zipped else reply)
    fails(
        faulty("BIS", fault), "more than 50,000 bytes", patience=replace(QUICK, most_bytes=50_000)
    )


@ALL
@pytest.mark.parametrize("target", ["http://localhost:9/v2/x", "https://example.org/data"])
def test_a_redirect_to_another_host_is_refused(faulty: Faulty, service: str, target: str) -> None:
    refresher = faulty(service, always(Reply(status=302).with_headers(Location=target)))
    fails(refresher, f"sends on to {target.rsplit('/', 1)[0].removesuffix('/v2')}", "another host")
    assert len(refresher.standin.asked) == 1


@ALL
def test_a_redirect_on_the_same_host_is_followed(faulty: Faulty, service: str) -> None:
    def fault(request: Request, good: Reply) -> Reply:
        if request.path.startswith("/moved"):
            return good
        query = "&".join(f"{name}={value}" for name, value in request.query.items())
        place = f"/v2/moved{request.path}?{query}".replace("+", "%2B")
        return Reply(status=301).with_headers(Location=place)

    succeeds(faulty(service, fault))


def test_redirects_without_end(faulty: Faulty) -> None:
    loop = Reply(status=302).with_headers(Location="/v2/again")
    fails(faulty("BIS", always(loop)), "redirects without end")


@ALL
def test_no_network(start: Start, service: str) -> None:
    refresher = start(service, HELD[service]())
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    refresher.environ = {refresher.variable: f"http://127.0.0.1:{port}/v2"}
    fails(refresher, "cannot be reached", "refused", "check the network")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make a certificate")
def test_a_certificate_that_nobody_trusts_is_an_error(start: Start, tmp_path: Path) -> None:
    """It may be another's service, so it is not out of reach, and not asked again."""
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    made = [*command.split(), "-subj", "/CN=localhost", "-keyout", "own.key", "-out", "own.pem"]
    subprocess.run(made, cwd=tmp_path, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "own.pem", tmp_path / "own.key")
    refresher = start("BIS", HELD["BIS"]())
    met = []

    def meet(server: socket.socket) -> None:
        with suppress(OSError):  # the listener is closed at the end
            while True:
                connection, _ = server.accept()
                met.append(connection)
                with suppress(OSError):
                    context.wrap_socket(connection, server_side=True)

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=meet, args=(server,), daemon=True).start()
        address = f"https://127.0.0.1:{server.getsockname()[1]}/v2"
        refresher.environ = {refresher.variable: address}
        fails(refresher, "shows a certificate that is not to be trusted", "SSL_CERT_FILE")
        assert refresher().trouble == "an error"
        assert len(met) == 2  # once for each refresh


@ALL
def test_an_interruption_removes_what_was_begun(
    faulty: Faulty, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresher = faulty(service, lambda request, good: good)
    before = refresher.contents()

    def interrupted(*_: object) -> None:
        assert refresher.contents() != before  # the staging folder is there
        raise KeyboardInterrupt

    monkeypatch.setattr(schema, "write_figures", interrupted)
    with pytest.raises(KeyboardInterrupt):
        refresher()
    assert refresher.contents() == before


def test_a_failure_at_the_last_step_is_undone(
    faulty: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresher = faulty("BIS", lambda request, good: good)

    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(checksums, "update", full)
    fails(refresher, "could not be read or written (No space left on device)", "nothing was stored")
