"""What every publisher's module offers: a `Service` that fetches a release to store.

``fetch(client, held)`` asks as little as it can to learn the date of the service's figures. If a
release of that name is held already, or a newer one, it returns `UpToDate`; otherwise it returns
`Fetched`, in the form of data/raw and named as earlier releases of the publisher are.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from rebalancing.data.fetch.answers import Answer, FetchError, UnavailableError
from rebalancing.data.fetch.client import Client
from rebalancing.data.releases import days
from rebalancing.data.releases.sources import Dated, Publisher
from rebalancing.data.tables import economies

MOST_LINES = 1_000_000
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_LONG_LINE = re.compile(r"[^\n]{20000}")


class FormatError(FetchError):
    """A service's answer is not in the form that it has always had."""


class IncompleteError(UnavailableError):
    """A service sent a part of its answer and said that it was all."""


@dataclass(frozen=True)
class Dataset:
    """The figures of one dataset, and the meaning of its series.

    ``title`` is what the dataset is, where that is not the same in every release.
    """

    frame: pd.DataFrame = field(repr=False)
    titles: Mapping[str, str] = field(repr=False)
    title: str = ""


@dataclass(frozen=True)
class Fetched:
    """A release before it is stored: its date, its datasets, and notes on it.

    ``partial`` says, where the service has not all series that earlier releases have, why: theirs
    stay in use, and are not counted as withdrawn.
    """

    dated: Dated
    datasets: Mapping[str, Dataset]
    notes: tuple[str, ...] = ()
    partial: str = ""


@dataclass(frozen=True)
class UpToDate:
    """There is nothing newer than the release of this name."""

    release: str


@dataclass(frozen=True)
class HeldReleases:
    """The names of the releases in data/raw, oldest first, and what is in the newest.

    ``date`` is the newest one's, ``datasets`` are its datasets, ``period`` is its newest period;
    empty when there is none.
    """

    names: tuple[str, ...]
    date: str = ""
    datasets: frozenset[str] = frozenset()
    period: str = ""

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

    ``name`` is a short one for it; ``key_header`` is the header for an optional key; ``host`` is
    what variables call the place (REBALANCING_<host>_URL, REBALANCING_<host>_KEY), where several
    services share one; ``pauses`` is how many of the client's pauses lie between two requests, for
    a service that tolerates fewer of them, and ``silence`` how many seconds it may be silent.
    """

    name: str
    publisher: Publisher
    address: str
    fetch: Callable[[Client, HeldReleases], Fetched | UpToDate]
    key_header: str | None = None
    pauses: int = 1
    silence: float | None = None
    host: str = ""

    @property
    def variables(self) -> str:
        """What its variables have between REBALANCING_ and _URL or _KEY."""
        return self.host or self.name


def today() -> str:
    """Return the day, in universal time."""
    return days.today().isoformat()


def stated_day(text: object, client: Client, what: str) -> str:
    """Return the ISO day that a service states.

    Raises:
        FormatError: It is no day, not in the calendar, or still to come.
    """
    is_day = isinstance(text, str) and _DAY.fullmatch(text)
    wrong = days.wrong(str(text)) if is_day else "not a day"
    if wrong:
        raise changed(client, f"{what} is {text!r}, {wrong}")
    return str(text)


def last_modified(answer: Answer, client: Client) -> str | None:
    """Return the ISO day of an answer's Last-Modified; None where there is none that can be read.

    Raises:
        FormatError: The day is still to come: the service's clock is wrong.
    """
    day = answer.last_modified
    return None if day is None else stated_day(day, client, "its Last-Modified")


def check_periods(frame: pd.DataFrame, client: Client) -> pd.DataFrame:
    """Return figures of periods that have begun, as those of services without forecasts are.

    Raises:
        FormatError: One has not; figures of the year 9999 would be the newest for ever.
    """
    for period in sorted(frame["period"].unique(), reverse=True)[:1]:
        if days.is_to_come(str(period)[:7].partition("-Q")[0]):
            raise changed(client, f"it has figures of {period}, which is still to come")
    return frame


def rows_of(
    answer: Answer, client: Client, needed: Sequence[str], what: str = "the CSV"
) -> list[dict[str, str]]:
    """Return the rows of a CSV answer that has the needed columns.

    Raises:
        FormatError: It has other columns, lines of other lengths, or is far too large.
        IncompleteError: It ends where a line does not.
    """
    text = text_of(answer, client, "CSV")
    if text.count("\n") > MOST_LINES or _LONG_LINE.search(text):
        raise changed(client, f"{what} is too large to be it")
    is_ended = text.endswith("\n")
    if not (is_ended or answer.is_sure):
        raise incomplete(client, f"{what} ends in the middle of a line")
    reader = csv.DictReader(io.StringIO(text))
    names = reader.fieldnames or ()
    if missing := [name for name in needed if name not in names]:
        raise changed(client, f"{what} has no column {', '.join(missing)}")
    rows: list[dict[str, str]] = list(reader)
    uneven = [number for number, row in enumerate(rows) if None in row or None in row.values()]
    if uneven and uneven[0] == len(rows) - 1 and not is_ended:
        raise incomplete(client, f"{what} ends in the middle of a line")
    if uneven:
        raise changed(client, f"{what} has a line with other columns than its heading")
    return rows


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


def observed(text: str, client: Client, what: str) -> float | None:
    """Return the number of an SDMX observation; None where it is blank.

    Raises:
        FormatError: It is something else.
    """
    text = text.strip()
    if text in {"", "NaN"}:
        return None
    if not _NUMBER.fullmatch(text):
        raise changed(client, f"{what} is {text!r}, not a number")
    return float(text)


def retrieved(day: str) -> Dated:
    """Return the date of a release whose service states none: the day on which it was asked."""
    return Dated(day, day, "Day of retrieval; the update may be earlier.")


def empty(client: Client, what: str) -> FormatError:
    """Return the error for an answer in the usual form that lacks what it must have."""
    return FormatError(
        f"{client.publisher}: {client.address.url} has no {what}; nothing was stored: "
        "look for a notice of the publisher, or try again later"
    )


def web_page(client: Client, what: str) -> FormatError:
    """Return the error for a page for people where figures were expected."""
    return FormatError(
        f"{client.publisher}: {client.address.url} sent a web page instead of {what}; the service "
        "may be out of order: open the address in a browser, or try again later"
    )


def changed(client: Client, how: str) -> FormatError:
    """Return the error for an answer in another form than the service's usual one."""
    return FormatError(
        f"{client.publisher}: the answer of {client.address.url} has changed: {client.shown(how)}; "
        "nothing was stored, and the module that reads it must be brought up to date"
    )


def incomplete(client: Client, how: str) -> IncompleteError:
    """Return the error for an answer of which the end is missing."""
    return IncompleteError(
        f"{client.publisher}: the answer of {client.address.url} is incomplete: "
        f"{client.shown(how)}; nothing was stored: try again later"
    )


def check_economies(frame: pd.DataFrame, client: Client) -> pd.DataFrame:
    """Return figures whose economies are all in the project's list, under their present codes.

    Raises:
        UnknownEconomyError: One is not.
    """
    return economies.harmonise(frame, f"{client.publisher}: {client.address.url}")
