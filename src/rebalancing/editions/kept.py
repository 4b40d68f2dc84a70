"""What is kept of an edition for the one after it, in ``editions/<edition>/``.

::

    results.json      the recorded results, with parameters and releases at their head
    claims.json       the verdicts, where the edition has any
    sentences.json    the sentences of the front page, as readers saw them, and its results
    history.csv       the numbers of the front page, by edition (`rebalancing.editions.history`)
    changes.json      what changed against what was kept before (`rebalancing.editions.changes`)

The folder is part of the repository: a build from a fresh clone can say what changed. `keep` is
the only writer, and runs when an edition is published. Of each result there is what a comparison
needs, on one line, and no commit: the same results give the same bytes, whenever they were made.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from rebalancing.editions import history
from rebalancing.errors import InputError, RebalancingError
from rebalancing.files import clear, json_text, make_way, write_atomic, write_json
from rebalancing.project import Project
from rebalancing.report import stored

FOLDER = stored.EDITIONS
CHANGES, SENTENCES = "changes.json", "sentences.json"
_OF_RESULT = ("key", "value", "unit", "period", "definition", "chapter", "text")
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
    found = (path.parent.parent for path in project.build.glob("[!.]*/site/index.html"))
    return sorted(place.name for place in found if not _is_copy(place))


def _is_copy(place: Path) -> bool:
    """Return whether a folder is a copy that somebody made of an edition, by another name."""
    try:
        recorded = stored.read_results(place, stored.Named)
    except RebalancingError:  # whoever reads the edition says what is wrong with it
        return False
    return bool(recorded["edition"]["name"] != place.name)


def find_edition(project: Project, edition: str) -> Path:
    """Return the folder of a built edition, or any other folder that holds results.json.

    Raises:
        UnknownEditionError: There is none; the message lists those below ``build``.
    """
    for place in (project.build / edition, Path(edition)):
        with suppress(OSError):  # a name longer than names can be
            if (place / "results.json").is_file():
                return place
    # Those that papermill made notebook by notebook are among them, though they have no book.
    with_results = sorted(
        path.parent.name for path in project.build.glob("[!.]*/results.json") if path.is_file()
    )
    raise UnknownEditionError(
        f"{edition} is neither an edition with results nor a folder; there are: "
        f"{_listed(with_results)} "
        "(rebalancing report builds another, as with --economy JPN)"
    )


def find_built(project: Project, edition: str) -> Path:
    """Return the folder of an edition that has a book.

    Raises:
        UnknownEditionError: It has not been built; the message lists those that were.
    """
    if edition not in built(project):
        raise UnknownEditionError(f"{edition} has not been built; built: {_listed(built(project))}")
    return project.build / edition


def claims(place: Path) -> dict[str, Any]:
    """Return the claims of an edition by id; none where it has none."""
    content: dict[str, Any] = {}
    if stored.is_there(place / "claims.json"):
        content = stored.read_stored(place / "claims.json", dict[str, stored.StoredClaim])
    return content


def digest(recorded: Mapping[str, Any]) -> str:
    """Return a digest of what readers see of the results, the same on every machine."""
    shown = [[r["key"], r["text"], r["period"]] for r in recorded["results"]]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()


def head(recorded: Mapping[str, Any]) -> dict[str, Any]:
    """Return the head of an edition's results without the commit, which differs every time."""
    edition = recorded["edition"]
    return {**edition, "code": {"version": edition["code"]["version"]}}


def sentences(place: Path) -> list[str]:
    """Return the sentences of an edition's front page as readers see them.

    Args:
        place: The folder of a built edition, or of one that was kept.
    """
    kept = place / SENTENCES
    if stored.is_there(kept):
        return list(stored.read_stored(kept, stored.Front)["sentences"])
    page = place / "book" / "index.md"
    if not page.is_file():
        return []
    recorded = {r["key"]: r["text"] for r in stored.read_results(place)["results"]}
    text = stored.text(page).partition("\n## Chapters")[0]
    lines = [line.strip() for line in text.splitlines() if not _NO_TEXT.search(line.strip())]
    found = []
    for line in lines:
        plain = _LINK.sub(r"\1", _ROLE.sub(lambda match: _shown(match, recorded), line))
        plain = re.sub(r"^\d+\. ", "", plain)
        found += [part.replace("**", "").strip() for part in _END.split(plain)]
    return [sentence for sentence in found if sentence]


def front_keys(place: Path) -> list[str]:
    """Return the keys of the results that an edition's front page shows, in its order.

    Args:
        place: The folder of a built edition, or of one that was kept.
    """
    if stored.is_there(place / SENTENCES):
        return list(stored.read_stored(place / SENTENCES, stored.Front)["front"])
    page = place / "book" / "index.md"
    found = _ROLE.finditer(stored.text(page)) if page.is_file() else ()
    keys = [m["target"] or m["shown"] for m in found if m["role"] == "result"]
    return list(dict.fromkeys(keys))


def keep(project: Project, edition: str) -> Path:
    """Keep what the next edition will be compared with, and return the folder.

    Raises:
        UnknownEditionError: The edition has not been built.
        DamagedFileError: A file of it, or of what is kept, cannot be read; nothing is changed.
    """
    # All is read before anything is written: what is damaged must not replace half of what is kept.
    place = find_edition(project, str(project.build / edition))  # no folder of that name elsewhere
    target = folder(project, edition)
    for name in ("results.json", "claims.json", SENTENCES, CHANGES):
        make_way(target / name)
        stored.is_there(target / name)
    recorded = stored.read_results(place)
    front = {"sentences": sentences(place), "front": front_keys(place)}
    verdicts = {
        name: {"claim": claim["claim"], "verdict": claim["verdict"]}
        for name, claim in claims(place).items()
    }
    made = [path for path in (place / CHANGES, target / CHANGES) if stored.is_there(path)]
    led_here = [path for path in made if _led_to(path) == digest(recorded)]
    changes = led_here[0].read_bytes() if led_here else None
    is_kept = stored.is_there(target / "results.json")
    before = stored.read_results(target) if is_kept else None
    rows = history.after(history.read_history(target), recorded, front["front"], before)
    clear(target)
    write_json(target / SENTENCES, front)
    write_atomic(target / history.NAME, history.text(rows))
    write_atomic(target / "results.json", _lines(recorded))
    _replace(target / "claims.json", json_text(verdicts) if verdicts else None)
    _replace(target / CHANGES, changes)
    return target


def _listed(names: list[str]) -> str:
    return ", ".join(names) or "none yet (make report)"


def _replace(path: Path, content: str | bytes | None) -> None:
    """Write a file, or remove it where there is nothing to keep in it."""
    if content is None:
        path.unlink(missing_ok=True)
    else:
        write_atomic(path, content)


def _led_to(changes: Path) -> str:
    remedy = f"make it anew with: make changes (or remove {changes})"
    return str(stored.read_stored(changes, stored.Digest, remedy)["digest"])


def _lines(recorded: Mapping[str, Any]) -> str:
    """Return results as JSON with each on a line of its own, for diffs that can be read."""
    results = [{name: result[name] for name in _OF_RESULT} for result in recorded["results"]]
    lines = ",\n".join(json.dumps(result, ensure_ascii=False) for result in results)
    about = {"edition": head(recorded), "left_out": recorded.get("left_out", {})}
    first = json.dumps(about, indent=1, ensure_ascii=False)
    return f'{first[:-2]},\n "results": [\n{lines}\n ]\n}}\n'


def _shown(match: re.Match[str], recorded: Mapping[str, str]) -> str:
    if match["role"] != "result":
        return match["shown"] if match["role"] != "cite:p" else ""
    return match["shown"] if match["target"] else recorded.get(match["shown"], match["shown"])
