"""The text that a service sends with an error, and how long it asks to wait."""

from __future__ import annotations

import email.utils
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

_NAMES = ("message", "error", "detail", "description", "error_description", "title", "value")
_QUOTA = re.compile(r"quota|rate limit|too many requests|limit exceeded|throttl", re.IGNORECASE)
_CLOCK = re.compile(r"\b([0-9]{1,3}):([0-5][0-9]):([0-5][0-9])\b")
_SECONDS = re.compile(r"\bin ([0-9]{1,6}) ?s(?:ec(?:ond)?s?)?\b", re.IGNORECASE)
_DEEP = 4  # how far down words are looked for


def words_of(body: bytes) -> str:
    """Return the words of an error's body: of JSON, of XML or plain; none of a page for people."""
    text = body.decode("utf-8", "replace").strip()
    if re.match(r"<(?:!doctype html|html)\b", text, re.IGNORECASE):
        return ""
    try:
        return _found(json.loads(text))
    except (ValueError, RecursionError):
        return re.sub(r"<[^<>]*>", " ", text)


def is_web_page(headers: Mapping[str, str], told: str) -> bool:
    """Return whether an error came as a page for people, of which no words are taken."""
    return not told and headers.get("content-type", "").lower().startswith("text/html")


def is_quota(told: str) -> bool:
    """Return whether a service says that it was asked too often."""
    return _QUOTA.search(told) is not None


def wait_in_words(told: str) -> float | None:
    """Return the seconds of ``Quota will be replenished in 01:23:45`` or ``in 5 seconds``."""
    if not is_quota(told):
        return None
    if clock := _CLOCK.search(told):
        hours, minutes, seconds = map(int, clock.groups())
        return 3600.0 * hours + 60 * minutes + seconds
    seconds_in = _SECONDS.search(told)
    return float(seconds_in[1]) if seconds_in else None


def retry_after(value: str | None) -> float | None:
    """Return the seconds of a Retry-After, which may be a number or a date."""
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        when = email.utils.parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if when.tzinfo is None:  # the zone -0000: universal time, of a clock that knows no other
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())


def _found(content: Any, depth: int = 0) -> str:
    """Return the first words under a name that stands for a message."""
    if isinstance(content, str):
        return content
    if depth == _DEEP:
        return ""
    if isinstance(content, list):
        parts = content[:3]
    elif isinstance(content, dict):
        lower = {str(name).lower(): part for name, part in content.items()}
        named = [lower[name] for name in _NAMES if name in lower]
        parts = named or list(content.values())[:3]
    else:
        return ""
    return next(filter(None, (_found(part, depth + 1) for part in parts)), "")
