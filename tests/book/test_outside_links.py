from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from rebalancing.book.finish import linkcheck, outside_links
from rebalancing.book.finish.outside_links import CheckedLink, Manners, check_links

Answers = dict[str, list[tuple[int, dict[str, str]]]]


class Host(ThreadingHTTPServer):
    """Answers with a status by path, the last one for ever; notes what it was asked."""

    def __init__(self, answers: Answers) -> None:
        self.asked: list[tuple[str, str, str]] = []
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host.asked.append((self.command, self.path, self.headers["user-agent"]))
                left = answers[self.path]
                status, headers = left.pop(0) if len(left) > 1 else left[0]
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()

            do_HEAD = do_GET  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@pytest.fixture
def start() -> Iterator[Callable[..., Host]]:
    running: list[Host] = []

    def start(**answers: list[tuple[int, dict[str, str]]] | int) -> Host:
        full = {f"/{k}": [(v, {})] if isinstance(v, int) else v for k, v in answers.items()}
        running.append(Host(full))
        threading.Thread(target=running[-1].serve_forever, args=(0.01,), daemon=True).start()
        return running[-1]

    yield start
    for host in running:
        host.shutdown()
        host.server_close()


def states(checked: list[CheckedLink], host: Host) -> dict[str, tuple[str, str]]:
    return {one.address.removeprefix(f"{host.url}/"): (one.state, one.reason) for one in checked}


def test_what_is_there_gone_and_unclear(start: Callable[..., Host]) -> None:
    host = start(
        here=200, moved=[(301, {"Location": "/here"})], gone=404, left=410, bots=403, ill=500
    )
    names = ["here", "moved", "gone", "left", "bots", "ill"]
    found = check_links([f"{host.url}/{name}" for name in names], sleep=lambda _: None)
    assert states(found, host) == {
        "here": ("fine", ""),
        "moved": ("fine", ""),
        "gone": ("broken", "answered 404"),
        "left": ("broken", "answered 410"),
        "bots": ("unclear", "answered 403"),
        "ill": ("unclear", "answered 500"),
    }
    assert {agent for _, _, agent in host.asked} == {outside_links.USER_AGENT}


def test_a_server_that_answers_only_to_get(start: Callable[..., Host]) -> None:
    host = start(page=[(405, {}), (200, {})])
    assert check_links([f"{host.url}/page"])[0].state == "fine"
    assert [method for method, _, _ in host.asked] == ["HEAD", "GET"]


def test_one_host_is_asked_slowly_and_once_for_each_address(start: Callable[..., Host]) -> None:
    host = start(a=200, b=200)
    waits: list[float] = []
    addresses = [f"{host.url}/{name}" for name in ("a", "b", "a")]
    assert len(check_links(addresses, Manners(between_requests=7), waits.append)) == 3
    assert waits == [0, 7, 0]
    assert [path for _, path, _ in host.asked] == ["/a", "/b"]


def test_a_host_that_asks_for_patience_gets_it(start: Callable[..., Host]) -> None:
    host = start(page=[(429, {"Retry-After": "9"}), (200, {})])
    waits: list[float] = []
    assert check_links([f"{host.url}/page"], Manners(first_wait=2), waits.append)[0].state == "fine"
    assert waits == [0, 9]


def test_a_host_that_asks_for_too_much_is_left_alone(start: Callable[..., Host]) -> None:
    host = start(page=[(503, {"Retry-After": "3600"})])
    waits: list[float] = []
    assert check_links([f"{host.url}/page"], sleep=waits.append)[0].state == "unclear"
    assert (len(host.asked), waits) == (1, [0])


def test_redirects_without_end_are_broken(start: Callable[..., Host]) -> None:
    host = start(round=[(302, {"Location": "/round"})])
    assert check_links([f"{host.url}/round"])[0] == CheckedLink(
        f"{host.url}/round", "broken", "redirects without end"
    )


def test_a_host_that_is_off_is_unclear_and_asked_again(start: Callable[..., Host]) -> None:
    host, waits = start(page=200), []
    off = ["http://127.0.0.1:9/a", "http://127.0.0.1:9/b"]
    found = check_links([*off, f"{host.url}/page"], Manners(first_wait=3), waits.append)
    assert [(one.state, one.reason) for one in found] == [
        *[("unclear", "cannot be reached")] * 2,  # the second is not asked for
        ("fine", ""),
    ]
    assert sorted(waits) == [0, 0, 3]


def no_such_host(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Make requests to hosts with a part of a name fail as if there were no such host."""
    real = httpx.Client.head

    def head(self: httpx.Client, address: str) -> httpx.Response:
        if name not in address:
            return real(self, address)
        unknown = outside_links.socket.gaierror(outside_links.socket.EAI_NONAME, "unknown")
        raise httpx.ConnectError("no") from unknown

    monkeypatch.setattr(httpx.Client, "head", head)


def test_a_host_that_does_not_exist_is_broken(
    start: Callable[..., Host], monkeypatch: pytest.MonkeyPatch
) -> None:
    no_such_host(monkeypatch, "nowhere")
    host = start(page=200)
    found = check_links(["http://nowhere.invalid/", f"{host.url}/page"])
    assert [(one.state, one.reason) for one in found] == [
        ("broken", "there is no such host"),
        ("fine", ""),
    ]


def test_without_a_network_no_link_is_called_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    no_such_host(monkeypatch, "http")
    addresses = ["http://a.invalid/", "http://b.invalid/x", "http://b.invalid/y"]
    with pytest.raises(outside_links.NotConnectedError, match="none of the 2 hosts"):
        check_links(addresses)
    assert check_links([]) == []


def test_the_links_of_a_site_that_lead_outside(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "index.html").write_text(
        '<link rel="canonical" href="https://example.org/here">'
        '<a href="https://example.org/a#one">1</a><a href="https://example.org/a#two">2</a>'
        '<a href="data/index.html">in</a><a href="mailto:a@example.org">us</a><a href="#x">x</a>'
    )
    (tmp_path / "data" / "index.html").write_text('<a href="https://example.org/a">1</a>')
    assert linkcheck.outside(tmp_path) == {
        "https://example.org/a": ["data/index.html", "index.html"],
        "https://example.org/here": ["index.html"],
    }


def test_the_summary_names_the_pages() -> None:
    checked = [CheckedLink("a", "fine"), CheckedLink("b", "broken", "answered 404")]
    found = outside_links.summary(checked, {"a": ["x"], "b": ["y", "z"]})
    entry = {"address": "b", "reason": "answered 404", "pages": ["y", "z"]}
    assert found == {"checked": 2, "broken": [entry], "unclear": []}
