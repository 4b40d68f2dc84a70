"""The marks by which services recognise the version last fetched: data/.fetch/validators.json.

It saves downloads and nothing else: without it, or when it is damaged, everything is asked for
anew. An entry counts only for the same address and while the release that it led to is held.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rebalancing import files
from rebalancing.data.fetch.answers import Validators
from rebalancing.project import Project


def file(project: Project) -> Path:
    """Return where it is."""
    return project.root / "data" / ".fetch" / "validators.json"


def recall(
    project: Project, publisher: str, address: str, held: tuple[str, ...]
) -> dict[str, Validators]:
    """Return the validators of a publisher's last fetch by path, if they still count."""
    entry = _read(project).get(publisher, {})
    try:
        if entry["address"] != address or entry["release"] not in held:
            return {}
        return {path: Validators(**pair) for path, pair in entry["paths"].items()}
    except (KeyError, TypeError, AttributeError):
        return {}


def keep(
    project: Project,
    publisher: str,
    address: str,
    release: str,
    seen: Mapping[str, Validators],
) -> None:
    """Remember the validators of the fetch that led to, or confirmed, a release.

    Where that cannot be written, the next fetch asks for everything.
    """
    paths = {path: asdict(pair) for path, pair in seen.items() if pair.condition()}
    entry = {"address": address, "release": release, "paths": paths}
    with contextlib.suppress(OSError):
        files.write_json(file(project), {**_read(project), publisher: entry})


def _read(project: Project) -> dict[str, Any]:
    try:
        content = json.loads(file(project).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
