"""Ask one publisher's service, politely, and accept whole answers only.

A request that fails for a passing reason (no connection, a cut one, a time-out, 429 or 5xx, a used
up quota) is made again a few times, from the start, waiting longer each time or as long as the
service asks. What a service says beside an error goes into the message. Redirects are followed
within the service's own host only, so that a key never travels elsewhere and figures never come
from a stranger. All requests to a service together have a time to end in.

The general HTTP client is used rather than wbgapi or sdmx1: those fix the address of the service
or hide retries and headers, which must be replaceable and tested here.
"""

from __future__ import annotations

import base64
import email.utils
import gzip
import io
import os
import queue
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import httpx

import rebalancing
from rebalancing.data.fetch import said, surroundings
from rebalancing.data.fetch.address import Address
from rebalancing.data.fetch.surroundings import (
    ProxyAddressError as ProxyAddressError,
)  # raised here
from rebalancing.errors import DataError
from rebalancing.quoting import one_line

USER_AGENT = f"rebalancing/{rebalancing.__version__} (report on China's economic rebalancing)"
PASSING = {408, 425, 429, 500, 502, 503, 504}
MOVED = {301, 302, 303, 307, 308}
MOST_REDIRECTS = 5
MOST_TOLD = 20_000  # bytes read of what a service says beside an error
PART, NOT_MODIFIED, UNAUTHORISED, FORBIDDEN, PROXY = 206, 304, 401, 403, 407
SINCE = "if-modified-since"
# A stand-in or mirror on this machine is never asked through a proxy.
LOOPBACK = ("all://127.0.0.1", "all://localhost", "all://[::1]")


class FetchError(DataError):
    """A publisher's service did not give what was asked for."""


class UnavailableError(FetchError):
    """The service could not be reached or kept failing."""


class RefusedError(FetchError):
    """The service answered with an error that asking again will not cure."""


class RedirectError(FetchError):
    """The service sends on to another host."""


class NotModifiedError(FetchError):
    """What was asked for has not changed since it was last fetched."""


class _PassingError(Exception):
    """A failure that may go away; ``wait`` is what the service asked for, in seconds."""

    def __init__(self, what: str, wait: float | None = None) -> None:
        super().__init__(what)
        self.wait = wait


@dataclass(frozen=True)
class Patience:
    """How long to wait for what, in seconds, and how much to accept, in bytes."""

    connect: float = 10.0
    silence: float = 60.0
    whole_answer: float = 600.0
    in_all: float = 1800.0
    attempts: int = 5
    first_wait: float = 1.0
    longest_wait: float = 120.0
    between_requests: float = 0.25
    most_bytes: int = 100_000_000


@dataclass(frozen=True)
class Validators:
    """What a service gives to recognise a version of its answer."""

    etag: str | None = None
    last_modified: str | None = None

    @classmethod
    def of(cls, headers: httpx.Headers) -> Validators:
        """Return those of an answer."""
        return cls(headers.get("etag"), headers.get("last-modified"))

    def condition(self) -> dict[str, str]:
        """Return the headers that ask for an answer only if it changed."""
        pairs = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in pairs.items() if value}


@dataclass(frozen=True)
class Answer:
    """A whole answer, decoded; ``is_sure`` where the service said how long it would be."""

    content: bytes = field(repr=False)
    media_type: str
    validators: Validators
    is_sure: bool = True

    @property
    def last_modified(self) -> str | None:
        """The ISO day of the service's Last-Modified, where it gives one."""
        try:
            return email.utils.parsedate_to_datetime(self.validators.last_modified or "").strftime(
                "%Y-%m-%d"
            )
        except (ValueError, OverflowError):
            return None

    @property
    def is_web_page(self) -> bool:
        """Whether this is a page for people, as services send when they are out of order."""
        start = self.content[:200].lstrip().lower()
        return start.startswith((b"<!doctype html", b"<html")) or self.media_type == "text/html"


class Client:
    """Requests to one service.

    Args:
        publisher: Whose service, for messages.
        address: Where it is.
        headers: Headers of every request, among them a key where the service takes one.
        key_variable: The variable that a key comes from; none where the service takes none.
        known: Validators of what was fetched before, by path; used by requests that say so.
        patience: How long to wait for what.
        pauses: How many of its pauses lie between two requests.
        sleep: Waits; replaced in tests.
    """

    def __init__(
        self,
        publisher: str,
        address: Address,
        *,
        headers: Mapping[str, str] | None = None,
        key_variable: str | None = None,
        known: Mapping[str, Validators] | None = None,
        patience: Patience | None = None,
        pauses: int = 1,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self.publisher = publisher
        self.address = address
        self.seen: dict[str, Validators] = {}
        self._known = dict(known or {})
        self._patience = patience or Patience()
        self._pause = pauses * self._patience.between_requests
        self._sleep = sleep
        self._secrets = [*(headers or {}).values(), *address.secrets, *_basic(address)]
        self._has_key, self._key_variable = bool(headers), key_variable
        self._asked = False
        self._end = time.monotonic() + self._patience.in_all
        surroundings.check(os.environ)
        self._http = httpx.Client(
            headers={**(headers or {}), "User-Agent": USER_AGENT, "Accept-Encoding": "gzip"},
            auth=address.credentials,
            timeout=httpx.Timeout(self._patience.silence, connect=self._patience.connect),
            mounts=dict.fromkeys(LOOPBACK),
            verify=surroundings.certificates(os.environ),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def get(
        self,
        path: str,
        params: Mapping[str, str | int] | None = None,
        *,
        accept: str = "*/*",
        if_changed: bool = False,
    ) -> Answer:
        """Return the answer to one request.

        Args:
            path: Below the service's address.
            params: The query.
            accept: The media type wanted.
            if_changed: Ask only for a version that differs from the one fetched before.

        Raises:
            NotModifiedError: It does not differ.
            UnavailableError: The service cannot be reached or keeps failing.
            RefusedError: It refuses, or the answer is too large.
            RedirectError: It sends on to another host.
        """
        url = httpx.URL(f"{self.address.url}/{path}", params=dict(params or {}))
        headers = {"Accept": accept}
        if if_changed and path in self._known:
            headers |= self._known[path].condition()
        for attempt in range(1, self._patience.attempts + 1):
            try:
                answer = self._attempt(url, headers)
            except _PassingError as trouble:
                if attempt == self._patience.attempts:
                    raise self._error(
                        UnavailableError,
                        f"{trouble} at each of {attempt} attempts; check the network, or try again "
                        "later",
                    ) from None
                self._sleep(self._wait(trouble, attempt))
            else:
                if if_changed:
                    self.seen[path] = answer.validators
                return answer
        raise AssertionError("at least one attempt is made")

    def _error(self, kind: type[FetchError], what: str) -> FetchError:
        return kind(f"{self.publisher}: {self.address.url} {what}")

    def redact(self, text: str) -> str:
        """Return a text without the keys and passwords that it may quote."""
        for secret in filter(None, self._secrets):
            text = text.replace(secret, "***")
        return text

    def shown(self, text: str) -> str:
        """Return what a service says as a message may quote it: in one line, short, no secrets."""
        return one_line(self.redact(text))

    def _wait(self, trouble: _PassingError, attempt: int) -> float:
        longest = self._patience.longest_wait
        if trouble.wait is None:
            wait = min(self._patience.first_wait * 2.0 ** (attempt - 1), longest)
        elif trouble.wait > longest:
            raise self._error(
                UnavailableError,
                f"{trouble} and asks to wait {trouble.wait:,.0f} seconds; try again then",
            )
        else:
            wait = trouble.wait
        if time.monotonic() + wait > self._end:
            raise self._too_slow(f"; the last time it {trouble}")
        return wait

    def _too_slow(self, last: str = "") -> FetchError:
        limit = f"{self._patience.in_all:,.0f} seconds"
        return self._error(
            UnavailableError, f"took longer than {limit} in all{last}; try again later"
        )

    def _attempt(self, url: httpx.URL, headers: Mapping[str, str]) -> Answer:
        """Make one request, and leave it when its time is over, whatever it is doing then.

        A server that sends its headers letter by letter, or a name that is not resolved, keeps no
        time-out of the HTTP client.
        """
        if self._asked:
            self._sleep(self._pause)
        self._asked = True
        left = self._end - time.monotonic()
        if left <= 0:
            raise self._too_slow()
        seconds = min(self._patience.whole_answer, left)
        come: queue.SimpleQueue[Answer | BaseException] = queue.SimpleQueue()

        def ask() -> None:
            try:
                come.put(self._ask(url, headers, time.monotonic() + seconds))
            except BaseException as error:  # raised again by who waits
                come.put(error)

        threading.Thread(target=ask, daemon=True).start()
        try:
            outcome = come.get(timeout=seconds)
        except queue.Empty:
            raise _PassingError("did not finish its answer in time") from None
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def _ask(self, url: httpx.URL, headers: Mapping[str, str], deadline: float) -> Answer:
        try:
            with self._open(url, headers) as response:
                self._check_status(response)
                raw = bytearray()
                for piece in response.iter_raw():
                    raw += piece
                    self._check_size(len(raw))
                    if time.monotonic() > deadline:
                        raise _PassingError("did not finish its answer in time")
                return self._answer(response, bytes(raw))
        except httpx.TimeoutException:
            raise _PassingError("did not answer in time") from None
        except httpx.ProxyError as error:
            names = " or ".join(surroundings.proxies(os.environ))
            raise _PassingError(f"cannot be reached by the proxy of {names} ({error})") from None
        except httpx.ConnectError as error:
            raise _PassingError(f"cannot be reached ({error})") from None
        except httpx.TransportError:
            raise _PassingError("cut the connection") from None

    @contextmanager
    def _open(self, url: httpx.URL, headers: Mapping[str, str]) -> Iterator[httpx.Response]:
        """Open an answer's stream, following redirects within the service."""
        for _ in range(MOST_REDIRECTS + 1):
            with self._http.stream("GET", url, headers=headers) as response:
                if response.status_code not in MOVED:
                    yield response
                    return
                target = url.join(response.headers.get("location", ""))
            if not self._is_ours(target):
                raise self._error(
                    RedirectError,
                    f"sends on to {target.scheme}://{target.netloc.decode()}, which is another "
                    f"host; if the service has moved, set {self.address.variable}",
                )
            url = target
        raise self._error(RedirectError, "redirects without end; try again later")

    def _is_ours(self, target: httpx.URL) -> bool:
        own = httpx.URL(self.address.url)
        upgraded = (own.scheme, target.scheme) == ("http", "https") and own.port == target.port
        same_port = target.port == own.port and target.scheme == own.scheme
        return target.host == own.host and (same_port or upgraded)

    def _check_status(self, response: httpx.Response) -> None:
        """Return if the body that follows is wanted."""
        code, asked = response.status_code, response.request.headers
        if code == NOT_MODIFIED and ("if-none-match" in asked or SINCE in asked):
            raise self._error(NotModifiedError, "says that nothing has changed")
        if response.is_success and code != PART:
            return
        told = self._told(response)
        status = f"answered {code} {self.shown(response.reason_phrase)}".rstrip()
        status += f" ({self.shown(told)})" if told else ""
        wait = said.retry_after(response.headers.get("retry-after"))
        if wait is None:
            wait = said.wait_in_words(told)
        is_quota = code == FORBIDDEN and (wait is not None or said.is_quota(told))
        if code in PASSING or is_quota:
            raise _PassingError(status, wait)
        raise self._error(RefusedError, f"{status}; {self._advice(code)}")

    def _advice(self, code: int) -> str:
        if code == UNAUTHORISED and self._key_variable:
            return (
                f"{self._key_variable} holds no key that it accepts: correct or unset it"
                if self._has_key
                else f"it wants a key: put it into {self._key_variable}"
            )
        if code == PROXY:
            return f"see {' and '.join(surroundings.proxies(os.environ)) or 'the proxy'}"
        return f"check {self.address.variable} or look for a notice there"

    def _told(self, response: httpx.Response) -> str:
        """Return what a service says beside an error; nothing where that cannot be read."""
        raw = bytearray()
        try:
            for piece in response.iter_raw():
                raw += piece
                if len(raw) > MOST_TOLD:
                    break
            return said.words_of(self._decoded(response, bytes(raw[:MOST_TOLD])))
        except (httpx.TransportError, _PassingError, FetchError):
            return ""

    def _check_size(self, size: int) -> None:
        if size > self._patience.most_bytes:
            raise self._error(
                RefusedError, f"sent more than {self._patience.most_bytes:,} bytes, which is not it"
            )

    def _answer(self, response: httpx.Response, raw: bytes) -> Answer:
        content = self._decoded(response, raw)
        media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        is_sure = raw is not content or not {"content-length", "transfer-encoding"}.isdisjoint(
            response.headers
        )
        return Answer(content, media_type, Validators.of(response.headers), is_sure)

    def _decoded(self, response: httpx.Response, raw: bytes) -> bytes:
        """Return a body as it was before it was compressed, refusing one that grows without end."""
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        if encoding == "identity":
            return raw
        if encoding not in {"gzip", "x-gzip"}:
            raise self._error(
                RefusedError, f"answered in the encoding {self.shown(encoding)}, not in gzip"
            )
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(raw)) as stream:
                content = stream.read(self._patience.most_bytes + 1)
            if not raw:
                raise EOFError
        except EOFError:
            raise _PassingError("sent only a part of its answer") from None
        except (gzip.BadGzipFile, zlib.error):
            raise _PassingError("sent a damaged answer") from None
        self._check_size(len(content))
        return content


def _basic(address: Address) -> list[str]:
    """Return the credentials as they are sent, which a service may quote."""
    if address.credentials is None:
        return []
    return [base64.b64encode(":".join(address.credentials).encode()).decode()]
