"""Builds the editions that are to be published, as far as what they are made from has changed.

A report is built anew with every commit, as its pages name the commit. What is published need not
be: a commit that changes only documentation or tests leaves the pages as they are, which name the
commit that they were made by. ``build/<edition>/published.txt`` has a digest over the bytes of all
that the edition is made from; it is the same in another clone and on another machine.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from rebalancing import files
from rebalancing.book.pages.citation import told_site
from rebalancing.project import Project
from rebalancing.report.provenance import SOURCES
from rebalancing.study import Study
from rebalancing.upkeep import gallery

MARK = "published.txt"


def publish(
    project: Project,
    studies: Sequence[Study],
    folder: Path,
    build: Callable[[Study], object],
    say: Callable[[str], object] = print,
) -> Path:
    """Put the sites of editions, with a list, into a folder; return the list.

    Args:
        project: Where the editions are built.
        studies: Theirs.
        folder: Where to; an earlier publication there is replaced as a whole.
        build: Makes the report of a study.
        say: Tells of each edition that is left as it is.

    Raises:
        RebalancingError: As `rebalancing.build.report` and `gallery.publish`.
    """
    sources = made_from(project)
    names = []
    for study in studies:
        name = study.edition(project)
        names.append(name)
        place = project.build / name
        mark = _mark(sources, study)
        if is_made(place, mark):
            say(f"{name}: made from the same, so it stays as it is")
            continue
        (place / MARK).unlink(missing_ok=True)
        build(study)
        if made_from(project) == sources:  # or what it was made from is not known
            files.write_atomic(place / MARK, mark)
    with project.alone("gallery"):
        return gallery.publish(project, names, folder)


def is_made(place: Path, mark: str) -> bool:
    """Return whether an edition's site is there, made from what the mark stands for."""
    found = place / MARK
    if not (place / "site" / "index.html").is_file() or not found.is_file():
        return False
    return found.read_text(encoding="utf-8", errors="replace") == mark


def made_from(project: Project) -> str:
    """Return a digest over all that editions are made from, by its bytes."""
    digest = hashlib.sha256()
    for name in SOURCES:
        for path in _files(project.root / name):
            place = path.relative_to(project.root).as_posix()
            digest.update(f"{files.sha256(path)}  {place}\n".encode())
    return digest.hexdigest()


def _mark(sources: str, study: Study) -> str:
    python = ".".join(map(str, sys.version_info[:2]))
    asked = json.dumps([study.parameters(), told_site()], sort_keys=True)
    return f"{hashlib.sha256(f'{sources} {python} {asked}'.encode()).hexdigest()}\n"


def _files(place: Path) -> Iterator[Path]:
    """Yield a file, or all files below a folder in order; hidden ones and caches do not count."""
    if place.is_file():
        yield place
        return
    for path in sorted(place.rglob("*")):
        parts = path.relative_to(place).parts
        if path.is_file() and not any(p.startswith(".") or p == "__pycache__" for p in parts):
            yield path
