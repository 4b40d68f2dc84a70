"""What a publisher's service may answer: figures, or a reason why there are none."""

from __future__ import annotations

import email.utils
from dataclasses import dataclass, field

import httpx

from rebalancing.errors import DataError


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


class PassingError(Exception):
    """A failure that may go away; ``wait`` is what the service asked for, in seconds."""

    def __init__(self, what: str, wait: float | None = None) -> None:
        super().__init__(what)
        self.wait = wait


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
