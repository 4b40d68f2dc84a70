"""Whether the links that lead out of a built site lead somewhere, asked politely.

One request at a time to each host, with a pause between; hosts side by side. A page that is gone
(404, 410) or a host that does not exist is *broken*. Whatever else goes wrong is *unclear*: many
publishers refuse programs, or are slow, and a reader may well get there. Only a host that asks for
patience, or does not answer, is asked again. If no host at all can be reached, this machine is
offline and nothing is known about the links.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx

import rebalancing
from rebalancing.errors import RebalancingError
from rebalancing.surroundings import LOOPBACK

USER_AGENT = f"rebalancing/{rebalancing.__version__} (link check of a report)"
GONE = {404, 410}
PASSING = {429, 500, 502, 503, 504}
# Some servers answer only to GET.
NOT_HEAD = {403, 404, 405, 501}
MOST_HOSTS = 4
NO_HOST, UNREACHED = "there is no such host", "cannot be reached"


class NotConnectedError(RebalancingError):
    """No host could be asked."""


@dataclass(frozen=True)
class Manners:
    """How to ask: seconds to wait, and how often to try."""

    silence: float = 30.0
    between_requests: float = 1.0
    attempts: int = 2
    first_wait: float = 5.0
    longest_wait: float = 60.0


@dataclass(frozen=True)
class CheckedLink:
    """The result for one address; ``reason`` says why it is not fine."""

    address: str
    state: Literal["fine", "broken", "unclear"]
    reason: str = ""


def check_links(
    addresses: Sequence[str],
    manners: Manners | None = None,
    sleep: Callable[[float], object] = time.sleep,
) -> list[CheckedLink]:
    """Ask for each address, and return the results in the same order.

    Args:
        addresses: With http or https.
        manners: How to ask.
        sleep: Waits between requests.

    Raises:
        NotConnectedError: No host at all can be reached.
    """
    hosts: dict[str, list[str]] = {}
    for address in dict.fromkeys(addresses):
        hosts.setdefault(urlsplit(address).netloc, []).append(address)
    with ThreadPoolExecutor(MOST_HOSTS) as pool:
        found = pool.map(lambda own: _check_host(own, manners or Manners(), sleep), hosts.values())
        by_address = {checked.address: checked for host in found for checked in host}
    if by_address and all(one.reason in (NO_HOST, UNREACHED) for one in by_address.values()):
        count = f"{len(hosts)} hosts" if len(hosts) > 1 else "host"
        raise NotConnectedError(
            f"nothing is known of the links: none of the {count} that they lead to can be reached; "
            "check the network, then try again"
        )
    return [by_address[address] for address in addresses]


def summary(checked: Sequence[CheckedLink], pages: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return what is not fine, ready for JSON, with the pages that have the link."""
    found: dict[str, Any] = {"checked": len(checked)}
    for state in ("broken", "unclear"):
        found[state] = [
            {"address": one.address, "reason": one.reason, "pages": list(pages[one.address])}
            for one in checked
            if one.state == state
        ]
    return found


def _check_host(
    addresses: Sequence[str], manners: Manners, sleep: Callable[[float], object]
) -> list[CheckedLink]:
    found: list[CheckedLink] = []
    with httpx.Client(
        headers={"User-Agent": USER_AGENT},
        timeout=manners.silence,
        follow_redirects=True,
        mounts=dict.fromkeys(LOOPBACK),
    ) as client:
        for number, address in enumerate(addresses):
            if found and found[-1].reason in (NO_HOST, UNREACHED):
                found.append(replace(found[-1], address=address))
                continue
            if number:
                sleep(manners.between_requests)
            found.append(_check_one(client, address, manners, sleep))
    return found


def _check_one(
    client: httpx.Client, address: str, manners: Manners, sleep: Callable[[float], object]
) -> CheckedLink:
    checked, wait = CheckedLink(address, "unclear", "not asked"), 0.0
    for _ in range(manners.attempts):
        if wait > manners.longest_wait:
            break
        sleep(wait)
        wait = manners.first_wait
        try:
            status, asked = _status(client, address)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            if _has_no_host(error):
                return CheckedLink(address, "broken", NO_HOST)
            checked = CheckedLink(address, "unclear", UNREACHED)
        except httpx.TooManyRedirects:
            return CheckedLink(address, "broken", "redirects without end")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            checked = CheckedLink(address, "unclear", type(error).__name__)
        else:
            if status not in PASSING:
                return _judged(address, status)
            checked, wait = CheckedLink(address, "unclear", f"answered {status}"), asked or wait
    return checked


def _status(client: httpx.Client, address: str) -> tuple[int, float]:
    """Return the status of an answer, and how many seconds the host asks to wait."""
    response = client.head(address)
    if response.status_code in NOT_HEAD:
        with client.stream("GET", address) as response:  # the body is not read
            pass
    wait = response.headers.get("retry-after", "")
    return response.status_code, float(wait) if wait.isdigit() else 0.0


def _judged(address: str, status: int) -> CheckedLink:
    if status < 400:
        return CheckedLink(address, "fine")
    return CheckedLink(address, "broken" if status in GONE else "unclear", f"answered {status}")


def _has_no_host(error: BaseException | None) -> bool:
    """Return whether an error comes from a name that no server has."""
    while error is not None:
        if isinstance(error, socket.gaierror):
            return error.errno == socket.EAI_NONAME
        error = error.__cause__ or error.__context__
    return False
