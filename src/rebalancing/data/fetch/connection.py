"""One request to a publisher's service, and its answer: whole, or refused in words.

The text that a service sends with an error goes into the message. Redirects are followed within the
service's own host only, so that a key never travels elsewhere and figures never come from a
stranger.

The general HTTP client is used rather than wbgapi or sdmx1: those fix the address of the service
or hide retries and headers, which must be replaceable and tested here.
"""

from __future__ import annotations

import base64
import gzip
import io
import os
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpx

import rebalancing
from rebalancing.data.fetch import error_text, surroundings
from rebalancing.data.fetch.address import Address
from rebalancing.data.fetch.answers import (
    Answer,
    FetchError,
    NotModifiedError,
    PassingError,
    RedirectError,
    RefusedError,
    Validators,
)
from rebalancing.quoting import one_line
from rebalancing.surroundings import LOOPBACK

USER_AGENT = f"rebalancing/{rebalancing.__version__} (report on China's economic rebalancing)"
PASSING = {408, 425, 429, 500, 502, 503, 504}
MOVED = {301, 302, 303, 307, 308}
MOST_REDIRECTS = 5
MOST_TOLD = 20_000  # bytes read of what a service says beside an error
PART, NOT_MODIFIED, UNAUTHORISED, FORBIDDEN, PROXY = 206, 304, 401, 403, 407
BAD_REQUEST = 400
SINCE = "if-modified-since"
CERTIFICATE = "CERTIFICATE_VERIFY_FAILED"


@dataclass(frozen=True)
class Patience:
    """How long to wait for what, in seconds, and how much to accept, in bytes."""

    connect: float = 10.0
    silence: float = 60.0
    whole_answer: float = 600.0
    in_all: float = 1200.0  # for all requests to a publisher: eight of them fit into three hours
    attempts: int = 5
    first_wait: float = 1.0
    longest_wait: float = 120.0
    between_requests: float = 0.25
    most_bytes: int = 100_000_000


class Connection:
    """The way to one service.

    Args:
        publisher: Whose service, for messages.
        address: Where it is.
        headers: Headers of every request, among them a key where the service takes one.
        key_variable: The variable that a key comes from; none where the service takes none.
        patience: How long to wait for an answer, and how much of one to accept.

    Raises:
        ProxyAddressError: The environment names a proxy that cannot be used.
        CertificatesError: It names certificates that cannot be read.
    """

    def __init__(
        self,
        publisher: str,
        address: Address,
        headers: Mapping[str, str],
        key_variable: str | None,
        patience: Patience,
    ) -> None:
        self.publisher = publisher
        self.address = address
        self.patience = patience
        self._secrets = [*headers.values(), *address.secrets, *_basic(address)]
        self._has_key, self._key_variable = bool(headers), key_variable
        surroundings.check_proxies(os.environ)
        self._http = httpx.Client(
            headers={**headers, "User-Agent": USER_AGENT, "Accept-Encoding": "gzip"},
            auth=address.credentials,
            timeout=httpx.Timeout(patience.silence, connect=patience.connect),
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

    def error(self, kind: type[FetchError], what: str) -> FetchError:
        """Return an error that names publisher and address; ``what`` goes on from there."""
        return kind(f"{self.publisher}: {self.address.url} {what}")

    def redact(self, text: str) -> str:
        """Return a text without the keys and passwords that it may quote."""
        for secret in filter(None, self._secrets):
            text = text.replace(secret, "***")
        return text

    def shown(self, text: str) -> str:
        """Return what a service says as a message may quote it: in one line, short, no secrets."""
        return one_line(self.redact(text))

    def ask(
        self,
        url: httpx.URL,
        headers: Mapping[str, str],
        deadline: float,
        content: bytes | None = None,
    ) -> Answer:
        """Return the answer to one request.

        Args:
            url: What is asked for.
            headers: Headers of this request alone.
            deadline: When the answer must have come, by `time.monotonic`.
            content: What is posted; without it, the request is a GET.

        Raises:
            PassingError: It failed for a reason that may go away.
            NotModifiedError: The service says that nothing has changed.
            RefusedError: It refuses, or the answer is too large.
            RedirectError: It sends on to another host.
        """
        try:
            with self._open(url, headers, content) as response:
                self._check_status(response)
                raw = bytearray()
                for piece in response.iter_raw():
                    raw += piece
                    self._check_size(len(raw))
                    if time.monotonic() > deadline:
                        raise PassingError("did not finish its answer in time")
                return self._answer(response, bytes(raw))
        except httpx.TimeoutException:
            raise PassingError("did not answer in time") from None
        except httpx.ProxyError as error:
            names = " or ".join(surroundings.proxies(os.environ))
            raise PassingError(f"cannot be reached by the proxy of {names} ({error})") from None
        except httpx.ConnectError as error:
            if CERTIFICATE in str(error):
                # It may be somebody else's service, so that a person must look before it is asked
                # again.
                raise self.error(
                    RefusedError,
                    f"shows a certificate that is not to be trusted ({error}); nothing was asked: "
                    f"open the address in a browser, or see SSL_CERT_FILE",
                ) from None
            raise PassingError(f"cannot be reached ({error})") from None
        except httpx.TransportError:
            raise PassingError("cut the connection") from None

    @contextmanager
    def _open(
        self, url: httpx.URL, headers: Mapping[str, str], content: bytes | None
    ) -> Iterator[httpx.Response]:
        """Open an answer's stream, following redirects within the service."""
        method = "GET" if content is None else "POST"
        for _ in range(MOST_REDIRECTS + 1):
            with self._http.stream(method, url, headers=headers, content=content) as response:
                if response.status_code not in MOVED:
                    yield response
                    return
                target = url.join(response.headers.get("location", ""))
            if not self._is_ours(target):
                raise self.error(
                    RedirectError,
                    f"sends on to {target.scheme}://{target.netloc.decode()}, which is another "
                    f"host; if the service has moved, set {self.address.variable}",
                )
            url = target
        raise self.error(RedirectError, "redirects without end; try again later")

    def _is_ours(self, target: httpx.URL) -> bool:
        own = httpx.URL(self.address.url)
        upgraded = (own.scheme, target.scheme) == ("http", "https") and own.port == target.port
        same_port = target.port == own.port and target.scheme == own.scheme
        return target.host == own.host and (same_port or upgraded)

    def _check_status(self, response: httpx.Response) -> None:
        """Raise unless the body that follows is wanted."""
        code, asked = response.status_code, response.request.headers
        if code == NOT_MODIFIED and ("if-none-match" in asked or SINCE in asked):
            raise self.error(NotModifiedError, "says that nothing has changed")
        if response.is_success and code != PART:
            return
        told = self._told(response)
        status = f"answered {code} {self.shown(response.reason_phrase)}".rstrip()
        status += f" ({self.shown(told)})" if told else ""
        wait = error_text.retry_after(response.headers.get("retry-after"))
        if wait is None:
            wait = error_text.wait_in_words(told)
        is_quota = code == FORBIDDEN and (wait is not None or error_text.is_quota(told))
        # What stands before the World Bank's service says so for hours while that is down.
        is_front = code == BAD_REQUEST and error_text.is_web_page(response.headers, told)
        if code in PASSING or is_quota or is_front:
            raise PassingError(status, wait)
        raise self.error(RefusedError, f"{status}; {self._advice(code)}")

    def _advice(self, code: int) -> str:
        if code == UNAUTHORISED and self._key_variable:
            return (
                f"{self._key_variable} holds no key that it accepts: correct or unset it"
                if self._has_key
                else f"it wants a key: put it into {self._key_variable}"
            )
        if code == FORBIDDEN and self._key_variable:
            return (
                f"check {self.address.variable} or look for a notice there; if it wants a key, "
                f"put one into {self._key_variable}"
            )
        if code == PROXY:
            return f"see {' and '.join(surroundings.proxies(os.environ)) or 'the proxy'}"
        return f"check {self.address.variable} or look for a notice there"

    def _told(self, response: httpx.Response) -> str:
        """Return the text that a service sends with an error; empty if it cannot be read."""
        raw = bytearray()
        try:
            for piece in response.iter_raw():
                raw += piece
                if len(raw) > MOST_TOLD:
                    break
            return error_text.words_of(self._decoded(response, bytes(raw[:MOST_TOLD])))
        except (httpx.TransportError, PassingError, FetchError):
            return ""

    def _check_size(self, size: int) -> None:
        if size > self.patience.most_bytes:
            raise self.error(
                RefusedError, f"sent more than {self.patience.most_bytes:,} bytes, which is not it"
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
            raise self.error(
                RefusedError, f"answered in the encoding {self.shown(encoding)}, not in gzip"
            )
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(raw)) as stream:
                content = stream.read(self.patience.most_bytes + 1)
            if not raw:
                raise EOFError
        except EOFError:
            raise PassingError("sent only a part of its answer") from None
        except (gzip.BadGzipFile, zlib.error):
            raise PassingError("sent a damaged answer") from None
        self._check_size(len(content))
        return content


def _basic(address: Address) -> list[str]:
    """Return the credentials as they are sent, which a service may quote."""
    if address.credentials is None:
        return []
    return [base64.b64encode(":".join(address.credentials).encode()).decode()]
