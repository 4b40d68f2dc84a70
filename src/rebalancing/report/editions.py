"""What is kept of an edition for the one after it, in ``editions/<edition>/``.

::

    results.json      the recorded results, with parameters, releases and code at their head
    claims.json       the verdicts, where the edition has any
    sentences.json    the sentences of the front page, as readers saw them
    changes.json      what changed against what was kept before (`rebalancing.report.changes`)

The folder is part of the repository: a build from a fresh clone can say what changed. `keep` is
the only writer, and runs when an edition is published.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rebalancing.errors import InputError
from rebalancing.files import write_json
from rebalancing.project import Project
from rebalancing.report import context

FOLDER = "editions"
CHANGES = "changes.json"
_ROLE = re.compile(r"\{(?P<role>[\w:]+)\}`(?P<shown>[^`<]*?)(?: ?<(?P<target>[^`>]*)>)?`")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_END = re.compile(r"(?<=[.!?])(?:\*\*)?\s+(?=[\"“A-Z*])")
_NO_TEXT = re.compile(r"^(:::|```|#|\||- |<|$)|^[\w.]+ \| ")


class UnknownEditionError(InputError):
    """An edition that has not been built."""


def folder(project: Project, edition: str) -> Path:
    """Return where an edition is kept."""
    return project.root / FOLDER / edition


def built(project: Project) -> list[str]:
    """Return the names of the editions that have a book, in alphabetical order."""
    found = project.build.glob("[!.]*/site/index.html")
    return sorted(path.parent.parent.name for path in found)


def find(project: Project, edition: str) -> Path:
    """Return the folder of a built edition, or any other folder that holds results.json.

    Raises:
        UnknownEditionError: It has not been built; the message lists those that were.
    """
    for place in (project.build / edition, Path(edition)):
        if (place / "results.json").is_file():
            return place
    known = ", ".join(built(project)) or "none yet (make report)"
    raise UnknownEditionError(f"{edition} is neither a built edition nor a folder; built: {known}")


def claims(place: Path) -> dict[str, Any]:
    """Return the claims of an edition by id; none where it has none."""
    content: dict[str, Any] = {}
    if (place / "claims.json").is_file():
        content = json.loads((place / "claims.json").read_text(encoding="utf-8"))
    return content


def digest(recorded: Mapping[str, Any]) -> str:
    """Return a digest of what readers see of the results, the same on every machine."""
    shown = [[r["key"], r["text"], r["period"]] for r in recorded["results"]]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()


def sentences(place: Path) -> list[str]:
    """Return the sentences of an edition's front page as readers see them.

    Args:
        place: The folder of a built edition, or of one that was kept.
    """
    kept = place / "sentences.json"
    if kept.is_file():
        return list(json.loads(kept.read_text(encoding="utf-8"))["sentences"])
    page = place / "book" / "index.md"
    if not page.is_file():
        return []
    recorded = {r["key"]: r["text"] for r in context.read_results(place)["results"]}
    text = page.read_text(encoding="utf-8").partition("\n## Chapters")[0]
    lines = [line.strip() for line in text.splitlines() if not _NO_TEXT.search(line.strip())]
    found = []
    for line in lines:
        plain = _LINK.sub(r"\1", _ROLE.sub(lambda match: _shown(match, recorded), line))
        plain = re.sub(r"^\d+\. ", "", plain)
        found += [part.replace("**", "").strip() for part in _END.split(plain)]
    return [sentence for sentence in found if sentence]


def front_keys(place: Path) -> list[str]:
    """Return the keys of the results that an edition's front page shows, in its order."""
    page = place / "book" / "index.md"
    found = _ROLE.finditer(page.read_text(encoding="utf-8")) if page.is_file() else ()
    keys = [m["target"] or m["shown"] for m in found if m["role"] == "result"]
    return list(dict.fromkeys(keys))


def keep(project: Project, edition: str) -> Path:
    """Keep what the next edition will be compared with, and return the folder.

    Raises:
        UnknownEditionError: The edition has not been built.
    """
    place = find(project, edition)
    target = folder(project, edition)
    target.mkdir(parents=True, exist_ok=True)
    write_json(target / "sentences.json", {"sentences": sentences(place)})
    shutil.copyfile(place / "results.json", target / "results.json")
    if (place / "claims.json").is_file():
        shutil.copyfile(place / "claims.json", target / "claims.json")
    if (place / CHANGES).is_file():
        made = json.loads((place / CHANGES).read_text(encoding="utf-8"))
        if made["digest"] == digest(context.read_results(place)):
            shutil.copyfile(place / CHANGES, target / CHANGES)
    return target


def _shown(match: re.Match[str], recorded: Mapping[str, str]) -> str:
    if match["role"] != "result":
        return match["shown"] if match["role"] != "cite:p" else ""
    return match["shown"] if match["target"] else recorded.get(match["shown"], match["shown"])
