"""What every publisher's module offers: a `Service`, whose ``fetch`` returns a release to be.

``fetch(client, held)`` asks as little as it can to learn the date of the service's figures. If a
release of that name is held already, or a newer one, it returns `UpToDate`; otherwise it returns
`Fetched`, in the form of data/raw and named as earlier releases of the publisher are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pandas as pd

from rebalancing.data import economies
from rebalancing.data.fetch.client import Answer, Client, FetchError
from rebalancing.data.sources import Dated, Publisher


class FormatError(FetchError):
    """A service's answer is not in the form that it has always had."""


@dataclass(frozen=True)
class Dataset:
    """The figures of one dataset, and the meaning of its series."""

    frame: pd.DataFrame = field(repr=False)
    titles: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class Fetched:
    """A release to be: its date, its datasets, and remarks that are its own."""

    dated: Dated
    datasets: Mapping[str, Dataset]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class UpToDate:
    """There is nothing newer than the release of this name."""

    release: str


@dataclass(frozen=True)
class Held:
    """The names of the releases in data/raw, oldest first, and what is in the newest.

    ``date`` is the newest one's, ``datasets`` are its datasets; empty when there is none.
    """

    names: tuple[str, ...]
    date: str = ""
    datasets: frozenset[str] = frozenset()

    def covers(self, name: str) -> bool:
        """Return whether a release of that name, or a later one, is held."""
        return bool(self.names) and name <= max(self.names)

    @property
    def newest(self) -> str:
        """The name of the newest."""
        return max(self.names)


@dataclass(frozen=True)
class Service:
    """One publisher's service.

    ``name`` is what variables call it (REBALANCING_<name>_URL); ``key_header`` is the header for
    an optional key (REBALANCING_<name>_KEY); ``pauses`` is how many of the client's pauses lie
    between two requests, for a service that tolerates fewer of them.
    """

    name: str
    publisher: Publisher
    address: str
    fetch: Callable[[Client, Held], Fetched | UpToDate]
    key_header: str | None = None
    pauses: int = 1


def today() -> str:
    """Return the day, in universal time."""
    return datetime.now(UTC).strftime("%Y-%m-%d")


def text_of(answer: Answer, client: Client, what: str, encoding: str = "utf-8-sig") -> str:
    """Return an answer as text.

    Raises:
        FormatError: It is a page for people, or in another encoding.
    """
    if answer.is_web_page:
        raise web_page(client, what)
    try:
        return answer.content.decode(encoding)
    except UnicodeDecodeError:
        raise changed(client, f"{what} is not text in {encoding}") from None


def web_page(client: Client, what: str) -> FormatError:
    """Return the error for a page for people where figures were expected."""
    return FormatError(
        f"{client.publisher}: {client.address.url} sent a web page instead of {what}; the service "
        "may be out of order: open the address in a browser, or try again later"
    )


def changed(client: Client, how: str) -> FormatError:
    """Return the error for an answer in another form than the service's usual one."""
    return FormatError(
        f"{client.publisher}: the answer of {client.address.url} has changed: {how}; nothing was "
        "stored, and the module that reads it must be brought up to date"
    )


def check_economies(frame: pd.DataFrame, client: Client) -> pd.DataFrame:
    """Return figures whose economies are all in the project's list, under their present codes.

    Raises:
        UnknownEconomyError: One is not.
    """
    return economies.harmonise(frame, f"{client.publisher}: {client.address.url}")
