"""Ask one publisher's service, politely, and accept whole answers only.

A request that fails for a passing reason (no connection, a cut one, a time-out, 429 or 5xx) is
made again a few times, waiting longer each time or as long as the service's Retry-After asks.
What had arrived of a cut answer is kept when the service can send the rest of the same version
(Range with If-Range), and thrown away otherwise. Redirects are followed within the service's own
host only, so that a key never travels elsewhere and figures never come from a stranger.

The general HTTP client is used rather than wbgapi or sdmx1: those fix the address of the service
or hide retries and headers, which must be replaceable and tested here.
"""

from __future__ import annotations

import email.utils
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import httpx

import rebalancing
from rebalancing.data.fetch.address import Address
from rebalancing.errors import DataError, InputError

USER_AGENT = f"rebalancing/{rebalancing.__version__} (report on China's economic rebalancing)"
PASSING = {408, 425, 429, 500, 502, 503, 504}
MOVED = {301, 302, 303, 307, 308}
MOST_REDIRECTS = 5
NOT_MODIFIED, PARTIAL = 304, 206
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


class ProxyAddressError(InputError):
    """The environment names a proxy that cannot be used."""


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
    whole_answer: float = 900.0
    attempts: int = 5
    first_wait: float = 1.0
    longest_wait: float = 120.0
    between_requests: float = 0.25
    most_bytes: int = 300_000_000


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
    """A whole answer, decoded."""

    content: bytes = field(repr=False)
    media_type: str
    validators: Validators

    @property
    def last_modified(self) -> str | None:
        """The ISO day of the service's Last-Modified, where it gives one."""
        try:
            return email.utils.parsedate_to_datetime(self.validators.last_modified or "").strftime(
                "%Y-%m-%d"
            )
        except ValueError:
            return None

    @property
    def is_web_page(self) -> bool:
        """Whether this is a page for people, as services send when they are out of order."""
        start = self.content[:200].lstrip().lower()
        return start.startswith((b"<!doctype html", b"<html")) or self.media_type == "text/html"


@dataclass
class _Partial:
    """What has arrived of an answer that was cut."""

    content: bytearray = field(default_factory=bytearray)
    validator: str | None = None

    def resume(self) -> dict[str, str]:
        """Return the headers that ask for the rest of the same version; none without one."""
        if not self.content or self.validator is None:
            self.content.clear()
            return {}
        return {"Range": f"bytes={len(self.content)}-", "If-Range": self.validator}


class Client:
    """Requests to one service.

    Args:
        publisher: Whose service, for messages.
        address: Where it is.
        headers: Headers of every request, among them a key where the service takes one.
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
        self._secrets = [*(headers or {}).values(), *address.secrets]
        self._asked = False
        try:
            self._http = httpx.Client(
                headers={**(headers or {}), "User-Agent": USER_AGENT, "Accept-Encoding": "gzip"},
                auth=address.credentials,
                timeout=httpx.Timeout(self._patience.silence, connect=self._patience.connect),
                mounts=dict.fromkeys(LOOPBACK),
            )
        except (httpx.InvalidURL, ValueError, ImportError):  # the last for SOCKS
            raise ProxyAddressError(
                "HTTP_PROXY, HTTPS_PROXY and ALL_PROXY must be addresses such as "
                "http://127.0.0.1:3128"
            ) from None

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
        partial = _Partial()
        for attempt in range(1, self._patience.attempts + 1):
            try:
                answer = self._attempt(url, headers, partial)
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

    def _wait(self, trouble: _PassingError, attempt: int) -> float:
        longest = self._patience.longest_wait
        if trouble.wait is None:
            return min(self._patience.first_wait * 2.0 ** (attempt - 1), longest)
        if trouble.wait > longest:
            raise self._error(
                UnavailableError,
                f"{trouble} and asks to wait {trouble.wait:,.0f} seconds; try again then",
            )
        return trouble.wait

    def _attempt(self, url: httpx.URL, headers: Mapping[str, str], partial: _Partial) -> Answer:
        """Make one request; keep in ``partial`` what arrives before a cut."""
        if self._asked:
            self._sleep(self._pause)
        self._asked = True
        deadline = time.monotonic() + self._patience.whole_answer
        try:
            with self._open(url, {**headers, **partial.resume()}) as response:
                self._check_status(response, partial)
                for piece in response.iter_raw():
                    partial.content += piece
                    self._check_progress(len(partial.content), deadline)
                return self._answer(response, bytes(partial.content))
        except httpx.TimeoutException:
            raise _PassingError("did not answer in time") from None
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

    def _check_status(self, response: httpx.Response, partial: _Partial) -> None:
        """Return if the body that follows is wanted; forget a part that it does not continue."""
        status = f"answered {response.status_code} {response.reason_phrase}".rstrip()
        asked = response.request.headers
        if response.status_code == NOT_MODIFIED and ("if-none-match" in asked or SINCE in asked):
            raise self._error(NotModifiedError, "says that nothing has changed")
        if response.status_code in PASSING:
            raise _PassingError(status, _retry_after(response.headers.get("retry-after")))
        if not response.is_success:
            raise self._error(
                RefusedError, f"{status}; check {self.address.variable} or look for a notice there"
            )
        if response.status_code == PARTIAL:
            start = f"bytes {len(partial.content)}-"
            if partial.content and response.headers.get("content-range", "").startswith(start):
                return
            partial.content.clear()
            raise _PassingError("sent another part than was asked for")
        partial.content.clear()
        validators = Validators.of(response.headers)
        resumable = response.headers.get("accept-ranges") == "bytes"
        plain = response.headers.get("content-encoding", "identity") == "identity"
        strong = validators.etag if not (validators.etag or "W/").startswith("W/") else None
        partial.validator = strong or validators.last_modified if resumable and plain else None

    def _check_progress(self, size: int, deadline: float) -> None:
        if size > self._patience.most_bytes:
            raise self._error(
                RefusedError, f"sent more than {self._patience.most_bytes:,} bytes, which is not it"
            )
        if time.monotonic() > deadline:
            raise _PassingError("did not finish its answer in time")

    def _answer(self, response: httpx.Response, raw: bytes) -> Answer:
        encoding = response.headers.get("content-encoding", "identity").lower()
        if encoding in {"gzip", "x-gzip"}:
            raw = self._unzip(raw)
        elif encoding != "identity":
            raise self._error(RefusedError, f"answered in the encoding {encoding}, not in gzip")
        media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        return Answer(raw, media_type, Validators.of(response.headers))

    def _unzip(self, raw: bytes) -> bytes:
        """Return the decoded body, refusing one that is cut or grows without bound."""
        decoder = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            content = decoder.decompress(raw, self._patience.most_bytes + 1)
        except zlib.error:
            raise _PassingError("sent a damaged answer") from None
        self._check_progress(len(content), float("inf"))
        if not decoder.eof:
            raise _PassingError("sent only a part of its answer")
        return content


def _retry_after(value: str | None) -> float | None:
    """Return the seconds of a Retry-After, which may be a number or a date."""
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        when = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    if when.tzinfo is None:  # the zone -0000: universal time, of a clock that knows no other
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())
