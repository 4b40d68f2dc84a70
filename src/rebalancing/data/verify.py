"""Find missing, truncated, altered and foreign files in data/raw before anything is computed.

SHA256SUMS vouches for the descriptors (`checksums`), the descriptors for the data files. Every file
is hashed, which takes a fraction of a second for the tens of megabytes that there are.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rebalancing import files
from rebalancing.data import checksums, days
from rebalancing.data.descriptor import FILE
from rebalancing.errors import DataError
from rebalancing.project import Project


class DamagedDataError(DataError):
    """A file in data/raw is not what it was when it was imported."""


@dataclass(frozen=True)
class Problem:
    """One file that is not as it should be; ``path`` is relative to the project's root."""

    path: str
    found: str
    expected: str
    remedy: str

    def __str__(self) -> str:
        """Return the problem as one line."""
        return f"{self.path}: {self.found}, expected {self.expected}; {self.remedy}"


def verify(project: Project, publishers: Collection[str] | None = None) -> list[Problem]:
    """Return what is wrong with data/raw, in order of path; nothing when all is well.

    Args:
        project: Where data/raw is.
        publishers: Look at these only; at all when not given.
    """
    try:
        listed = checksums.read(project)
    except checksums.ChecksumsError:
        sums = checksums.file(project)
        return [_problem(project, sums, "missing or damaged", "the list of all releases")]
    wanted = {
        path: digest
        for path, digest in listed.items()
        if publishers is None or Path(path).parts[0] in publishers
    }
    known: set[Path] = set()
    found: list[Problem] = []
    for relative, digest in wanted.items():
        path = project.raw / relative
        known.add(path)
        found += _check(project, path, digest)
        found += _undated(project, path)
        for resource in _resources(path):
            data = path.parent / resource["path"]
            known.add(data)
            found += _check(project, data, _digest(resource), resource.get("bytes"))
    found += _foreign(project, known, publishers)
    return sorted(found, key=lambda problem: problem.path)


def require(project: Project, publishers: Collection[str] | None = None) -> None:
    """Return if data/raw is intact.

    Args:
        project: Where data/raw is.
        publishers: Look at these only; at all when not given.

    Raises:
        DamagedDataError: Names the first bad file, what was expected and how to restore it, and
            says how many more there are.
    """
    problems = verify(project, publishers)
    if problems:
        more = len(problems) - 1
        rest = f" (and {more} more: rebalancing data verify lists them)" if more else ""
        raise DamagedDataError(f"{problems[0]}{rest}")


def _check(project: Project, path: Path, digest: str, size: int | None = None) -> Iterator[Problem]:
    """Yield a problem if a file is missing or its bytes are not the expected ones."""
    expected = f"sha256 {digest}" if size is None else f"{size:,} bytes with sha256 {digest}"
    if not path.is_file():
        yield _problem(project, path, "missing", expected)
    elif size is not None and (actual := path.stat().st_size) != size:
        kind = "truncated" if actual < size else "too long"
        yield _problem(project, path, f"{kind} ({actual:,} bytes)", expected)
    elif files.sha256(path) != digest:
        yield _problem(project, path, "altered", expected)


def _problem(project: Project, path: Path, found: str, expected: str) -> Problem:
    name = path.relative_to(project.root).as_posix()
    return Problem(name, found, expected, f"restore it with: git checkout HEAD -- {name}")


def _undated(project: Project, path: Path) -> Iterator[Problem]:
    """Yield a problem if a release is dated by a day that does not exist or is to come.

    It would be the newest for ever, and nothing newer would be fetched.
    """
    try:
        released = str(json.loads(path.read_bytes())["released"]["date"])
    except (OSError, ValueError, KeyError, TypeError):
        return  # it is missing or damaged, which is said already
    for text, how in (
        (path.parent.name, days.wrong_in_name(path.parent.name)),
        (released, days.wrong(released)),
    ):
        if how:
            name = path.relative_to(project.root).as_posix()
            remedy = "remove the folder and its line in SHA256SUMS, or wait for the day"
            yield Problem(name, f"dated {text}, which is {how}", "a day that has come", remedy)
            return


def _resources(path: Path) -> list[dict[str, Any]]:
    """Return the resources of a descriptor; none when it is missing or damaged."""
    try:
        resources: list[dict[str, Any]] = json.loads(path.read_bytes())["resources"]
        return [entry for entry in resources if entry["path"] and entry["hash"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _digest(resource: dict[str, Any]) -> str:
    return str(resource["hash"]).removeprefix("sha256:")


def _foreign(
    project: Project, known: set[Path], publishers: Collection[str] | None
) -> Iterator[Problem]:
    """Yield data files and descriptors that nothing lists, but not those of a damaged release."""
    folders = {path.parent for path in known if path.suffix == ".parquet"}
    for path in project.raw.glob("[!.]*/*/*"):
        if publishers is not None and path.parent.parent.name not in publishers:
            continue
        name = path.relative_to(project.root).as_posix()
        if path.name == FILE and path not in known:
            remedy = "import its release again, or remove the folder"
            yield Problem(name, "not in SHA256SUMS", "a release that was imported", remedy)
        elif path.suffix == ".parquet" and path not in known and path.parent in folders:
            yield Problem(name, "in no descriptor", "only files of the release", "remove it")
