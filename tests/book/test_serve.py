from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rebalancing.book import serve

PAGE = b"<p>The report</p>"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("index.html", "_static/report.js", "figures/a/b.csv", "[1].html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(PAGE)
    return tmp_path


@pytest.fixture
def port(folder: Path) -> Iterator[int]:
    """The port of a server of the folder."""
    with serve.Server(folder, 0) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join(10)


def ask(
    port: int, path: str, method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1200)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    said = answer.status, {name.lower(): value for name, value in answer.getheaders()}
    return *said, answer.read()


def send(port: int, request: bytes) -> bytes:
    """Return all that is answered to bytes that need not be a request."""
    with socket.create_connection(("127.0.0.1", port), timeout=1200) as client:
        client.sendall(request)
        client.shutdown(socket.SHUT_WR)
        with client.makefile("rb") as answer:
            return answer.read()


def test_the_site_is_served_on_loopback_at_the_address_that_is_said(folder: Path) -> None:
    said: list[str] = []
    ready = threading.Event()

    def say(words: str) -> None:
        said.append(words)
        ready.set()

    threading.Thread(target=serve.serve, args=(folder, 0, say), daemon=True).start()
    assert ready.wait(10)
    address = said[0].split()[4]
    assert address.startswith("http://127.0.0.1:")
    assert ask(int(address.rstrip("/").rpartition(":")[2]), "/")[2] == PAGE


def test_without_a_site_the_user_is_told_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(serve.ServeError, match=r"no site in .*; build it first \(make report\)"):
        serve.serve(tmp_path, 0)


def test_a_port_that_is_taken_or_impossible_is_named(folder: Path) -> None:
    threads = threading.active_count()
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(serve.ServeError, match=f"port {port} cannot be used"):
            serve.serve(folder, port)
    with pytest.raises(serve.ServeError, match="port 99999 cannot be used"):
        serve.serve(folder, 99999)
    assert threading.active_count() == threads


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/index.html?q=a#b", "text/html; charset=utf-8"),
        ("/_static/report.js?v=1", "text/javascript; charset=utf-8"),
        ("/figures/a/b.csv", "text/csv; charset=utf-8"),
        ("/%5B1%5D.html", "text/html; charset=utf-8"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_files_come_with_their_type_and_what_browsers_may_do(
    port: int, method: str, path: str, kind: str
) -> None:
    status, headers, body = ask(port, path, method)
    assert (status, headers["content-type"]) == (200, kind)
    assert body == (PAGE if method == "GET" else b"")
    assert headers["x-content-type-options"] == "nosniff"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy


@pytest.mark.parametrize(
    "path",
    [
        *("/figures", "/figures/", "/figures/a/", "/_static", "/_static/", "/_static/../figures/"),
        *("/%00", "/index.html%00", "/figures%00/", "/%ff%fe", "/%ED%A0%80", "/%", "/%zz", "/\xff"),
        *(
            "/../../etc/passwd",
            "/%2e%2e/%2e%2e/etc/passwd",
            "/..%2f..%2fetc/passwd",
            "//etc/passwd",
        ),
        *("/" + "a" * 300, "/a" * 3000, "/index.html/", "/nothing", "/http://[/", "*", "nothing"),
        *("http://[1/", "http://127.0.0.1/index.html", "http://example.org/figures", "//[/"),
    ],
)
def test_no_such_file_and_no_folder_is_listed(
    port: int, capfd: pytest.CaptureFixture[str], path: str
) -> None:
    answer = send(port, b"GET " + path.encode("latin-1") + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.split()[1] == b"404", head
    assert b"nosniff" in head
    assert b"passwd" not in body
    assert b"report.js" not in body
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "list_directory"]
)
def test_nothing_but_reading_is_answered(port: int, method: str) -> None:
    status, headers, _ = ask(port, "/", method)
    assert status == 501
    assert "content-security-policy" in headers


@pytest.mark.parametrize(
    "name",
    [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "127.0.0.1:8000",
        "LOCALHOST:1",
        "[::1]:65535",
        " localhost",
    ],
)
def test_local_names_are_answered_at_any_port(port: int, name: str) -> None:
    assert ask(port, "/", Host=name)[0] == 200


@pytest.mark.parametrize(
    "name",
    [
        *("example.org", "example.org:8000", "localhost.example.org", "127.0.0.1.example.org"),
        *("a@localhost", "localhost:8000@example.org", "localhost:", "localhost:a", "localhost/"),
        *(
            "127.0.0.2",
            "0.0.0.0",
            "::1",
            "[::]",
            "127.1",
            "2130706433",
            "",
            "localhost, example.org",
        ),
        *("localhost.", "xn--localhost", "127.0.0.1:８０"),
    ],
)
def test_other_names_are_not(port: int, name: str) -> None:
    request = b"GET / HTTP/1.1\r\nHost: " + name.encode() + b"\r\n\r\n"
    head, _, body = send(port, request).partition(b"\r\n\r\n")
    assert head.split()[1] == b"421"
    assert PAGE not in body


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", b"421"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: example.org\r\n\r\n", b"421"),
        (b"GET / HTTP/1.0\r\n\r\n", b"200"),  # from before names were sent; no browser
        (b"GET / HTTP/9\r\n\r\n", b"400"),
        (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", b"400"),
        (b"GET /" + b"a" * 70_000, b"414"),
        (b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 200 + b"\r\n", b"431"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nIf-Modified-Since: \xff, 99\r\n\r\n", b"200"),
    ],
)
def test_what_is_no_proper_request(
    port: int, capfd: pytest.CaptureFixture[str], request_: bytes, status: bytes
) -> None:
    assert status in send(port, request_)[:500]  # without a version there is no status line
    assert capfd.readouterr() == ("", "")


def test_slow_clients_keep_nobody_out_and_threads_are_bounded(port: int) -> None:
    before = threading.active_count()
    slow = [socket.create_connection(("127.0.0.1", port), timeout=1200) for _ in range(200)]
    try:
        for client in slow:
            client.sendall(b"GET / HT")
        assert ask(port, "/")[0] == 200
        assert threading.active_count() <= before + serve.CONNECTIONS
        assert slow[0].recv(1) == b""  # the oldest was ended
    finally:
        for client in slow:
            client.close()
    assert ask(port, "/")[0] == 200


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: localhost\r\n"])
def test_a_slow_client_ends_however_it_drips(
    port: int, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(serve, "SECONDS", 0.3)
    with socket.create_connection(("127.0.0.1", port), timeout=1200) as client:
        client.sendall(sent)
        begun, ended = time.monotonic(), False
        while not ended and time.monotonic() - begun < 20:
            client.settimeout(0.05)
            try:
                client.sendall(b"a")
                ended = client.recv(1) == b""
            except TimeoutError:
                continue
            except OSError:
                ended = True
    assert ended


def test_who_does_not_read_the_answer_ends(
    folder: Path, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (folder / "large.json").open("wb") as stream:
        stream.truncate(50_000_000)
    monkeypatch.setattr(serve, "SECONDS", 0.3)
    with socket.create_connection(("127.0.0.1", port), timeout=1200) as client:
        client.sendall(b"GET /large.json HTTP/1.0\r\n\r\n")
        time.sleep(0.6)
        with client.makefile("rb") as answer:
            assert len(answer.read()) < 50_000_000


def test_who_goes_away_leaves_no_trace(port: int, capfd: pytest.CaptureFixture[str]) -> None:
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", port), timeout=1200) as client:
            client.sendall(b"GET /index.html HTTP/1.0\r\n\r\n")
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    assert ask(port, "/")[0] == 200
    assert capfd.readouterr() == ("", "")
