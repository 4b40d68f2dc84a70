from __future__ import annotations

import socket
import threading
import urllib.request
from pathlib import Path

import pytest

from rebalancing.report import serve


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "index.html").write_text("<p>The report</p>")
    return tmp_path


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
    with urllib.request.urlopen(address) as answer:
        assert answer.read() == b"<p>The report</p>"


def test_without_a_site_the_user_is_told_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(serve.ServeError, match=r"no site in .*; build it first \(make report\)"):
        serve.serve(tmp_path, 0)


def test_a_port_that_is_taken_or_impossible_is_named(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(serve.ServeError, match=f"port {port} cannot be used"):
            serve.serve(folder, port)
    with pytest.raises(serve.ServeError, match="port 99999 cannot be used"):
        serve.serve(folder, 99999)
