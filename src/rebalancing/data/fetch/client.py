"""Ask one publisher's service, politely, and accept whole answers only.

A request that fails for a passing reason (no connection, a cut one, a time-out, 429 or 5xx, a used
up quota) is made again a few times, from the start, waiting longer each time or as long as the
service asks. All requests to a service share one time limit.
"""

from __future__ import annotations

import json
import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

import httpx

from rebalancing.data.fetch.address import Address
from rebalancing.data.fetch.answers import (
    Answer,
    FetchError,
    PassingError,
    UnavailableError,
    Validators,
)
from rebalancing.data.fetch.connection import Connection, Patience
from rebalancing.data.fetch.originals import Originals


class Client(Connection):
    """Requests to one service, a pause between them, and again where that may help.

    Args:
        publisher: As `Connection` takes it, and so the next three.
        address: Where the service is.
        headers: Headers of every request.
        key_variable: The variable that a key comes from.
        known: Validators of what was fetched before, by path; used by requests that say so.
        patience: How long to wait for what; what is usual, with ``silence``, when not given.
        silence: Seconds that the service may be silent, where it takes longer than others.
        pauses: How many of its pauses lie between two requests.
        sleep: Waits; replaced in tests.

    Attributes:
        patience: How long it waits for what.
        originals: The answers, as they came.
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
        silence: float | None = None,
        pauses: int = 1,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        usual = Patience() if silence is None else replace(Patience(), silence=silence)
        super().__init__(publisher, address, headers or {}, key_variable, patience or usual)
        self.seen: dict[str, Validators] = {}
        self.originals = Originals()
        self._known = dict(known or {})
        self._pause = pauses * self.patience.between_requests
        self._sleep = sleep
        self._asked = False
        self._end = time.monotonic() + self.patience.in_all

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
        headers = {"Accept": accept}
        if if_changed and path in self._known:
            headers |= self._known[path].condition()
        answer = self._repeatedly(self._url(path, params), headers)
        if if_changed:
            self.seen[path] = answer.validators
        return answer

    def post(self, path: str, body: Mapping[str, object]) -> Answer:
        """Return the answer to a question that is put as JSON, which is asked for as JSON.

        Args:
            path: Below the service's address.
            body: The question. It must change nothing at the service: it may be put again.

        Raises:
            UnavailableError: The service cannot be reached or keeps failing.
            RefusedError: It refuses, or the answer is too large.
            RedirectError: It sends on to another host.
        """
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        content = json.dumps(body, ensure_ascii=False).encode()
        return self._repeatedly(self._url(path), headers, content)

    def _url(self, path: str, params: Mapping[str, str | int] | None = None) -> httpx.URL:
        return httpx.URL(f"{self.address.url}/{path}", params=dict(params or {}))

    def _repeatedly(
        self, url: httpx.URL, headers: Mapping[str, str], content: bytes | None = None
    ) -> Answer:
        """Return the answer to the first attempt that does not fail for a passing reason."""
        for attempt in range(1, self.patience.attempts + 1):
            try:
                answer = self._attempt(url, headers, content)
                self.originals.add(self.redact(str(url)), content, answer)
                return answer
            except PassingError as trouble:
                if attempt == self.patience.attempts:
                    raise self.error(
                        UnavailableError,
                        f"{trouble} at each of {attempt} attempts; check the network, or try again "
                        "later",
                    ) from None
                self._sleep(self._wait(trouble, attempt))
        raise AssertionError("at least one attempt is made")

    def _wait(self, trouble: PassingError, attempt: int) -> float:
        longest = self.patience.longest_wait
        if trouble.wait is None:
            wait = min(self.patience.first_wait * 2.0 ** (attempt - 1), longest)
        elif trouble.wait > longest:
            raise self.error(
                UnavailableError,
                f"{trouble} and asks to wait {trouble.wait:,.0f} seconds; try again then",
            )
        else:
            wait = trouble.wait
        if time.monotonic() + wait > self._end:
            raise self._too_slow(f"; the last time it {trouble}")
        return wait

    def _too_slow(self, last: str = "") -> FetchError:
        limit = f"{self.patience.in_all:,.0f} seconds"
        return self.error(
            UnavailableError, f"took longer than {limit} in all{last}; try again later"
        )

    def _attempt(self, url: httpx.URL, headers: Mapping[str, str], content: bytes | None) -> Answer:
        """Make one request, and abandon it when its time is up.

        The time-outs of the HTTP client do not cover a server that sends its headers letter by
        letter, nor a name that is slow to resolve.
        """
        if self._asked:
            self._sleep(self._pause)
        self._asked = True
        left = self._end - time.monotonic()
        if left <= 0:
            raise self._too_slow()
        seconds = min(self.patience.whole_answer, left)
        come: queue.SimpleQueue[Answer | BaseException] = queue.SimpleQueue()

        def ask() -> None:
            try:
                come.put(self.ask(url, headers, time.monotonic() + seconds, content))
            except BaseException as error:  # raised again by the thread that waits
                come.put(error)

        threading.Thread(target=ask, daemon=True).start()
        try:
            outcome = come.get(timeout=seconds)
        except queue.Empty:
            raise PassingError("did not finish its answer in time") from None
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome
