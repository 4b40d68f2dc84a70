"""Answers that are kept in ``answers/``, for a `StandIn` to serve."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from .standins import Reply, Request, as_json

FOLDER = Path(__file__).with_name("answers")
NOT_KEPT = 404


@dataclass(frozen=True)
class Recorded:
    """One address: what is asked, and what it answers."""

    name: str

    @cached_property
    def entries(self) -> list[dict[str, Any]]:
        """All questions with their answers."""
        found: list[dict[str, Any]] = json.loads((FOLDER / f"{self.name}.json").read_text())
        return found

    def __call__(self, request: Request) -> Reply:
        found = [entry for entry in self.entries if _is_asked(entry, request)]
        if len(found) != 1:
            words = f"{len(found)} answers are kept to {request.path} {request.query}"
            return Reply(words.encode(), "text/plain", NOT_KEPT)
        return _reply(found[0])


def _is_asked(entry: dict[str, Any], request: Request) -> bool:
    posted = json.loads(request.body or b"{}")
    return (
        request.path.removeprefix("/") == entry["path"]
        and (request.body is not None) == ("body" in entry)
        and _has(request.query, entry.get("query", {}))
        and _has(posted, entry.get("body", {}))
    )


def _has(asked: dict[str, Any], wanted: dict[str, Any]) -> bool:
    return all(asked.get(name) == value for name, value in wanted.items())


def _reply(entry: dict[str, Any]) -> Reply:
    if "json" in entry:
        body, media_type = as_json(entry["json"]), "application/json;charset=utf-8"
    elif "file" in entry:
        body, media_type = (FOLDER / entry["file"]).read_bytes(), "application/octet-stream"
    else:
        body, media_type = "\r\n".join([*entry["lines"], ""]).encode(), "text/plain"
    return Reply(
        body,
        entry.get("media_type", media_type),
        entry.get("status", 200),
        entry.get("headers", {}),
    )
