"""Find missing, truncated, altered and foreign files in data/raw before anything is computed.

SHA256SUMS vouches for the descriptors (`checksums`), the descriptors for the data files. Every file
is hashed, which takes a fraction of a second for the tens of megabytes that there are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rebalancing import files
from rebalancing.data.releases import checksums, days, descriptor, folders
from rebalancing.data.releases.descriptor import FILE
from rebalancing.errors import DataError
from rebalancing.project import Project


class DamagedDataError(DataError):
    """A file in data/raw differs from what was imported."""


@dataclass(frozen=True)
class BadFile:
    """One file that is not as it should be; ``path`` is relative to the project's root."""

    path: str
    found: str
    expected: str
    remedy: str
    is_read: bool = True  # whether a report reads the file

    def __str__(self) -> str:
        """Return the problem as one line."""
        return f"{self.path}: {self.found}, expected {self.expected}; {self.remedy}"


def verify(project: Project, publishers: Collection[str] | None = None) -> list[BadFile]:
    """Return what is wrong with data/raw, in order of path; nothing when all is well.

    Args:
        project: Where data/raw is.
        publishers: Look at these only; at all when not given.
    """
    try:
        listed = checksums.read_checksums(project)
    except checksums.ChecksumsError as error:
        sums = checksums.file(project)
        damage = f"missing or damaged ({error.why})"
        return [_problem(project, sums, damage, "the list of all releases")]
    wanted = {
        path: digest
        for path, digest in listed.items()
        if publishers is None or Path(path).parts[0] in publishers
    }
    known: set[Path] = set()
    found: list[BadFile] = []
    for relative, digest in wanted.items():
        path = project.raw / relative
        known.add(path)
        problems = list(_check(project, path, digest))
        resources: list[dict[str, Any]] = []
        try:
            content = descriptor.read_descriptor(path)
        except descriptor.DescriptorError as error:
            problems = problems or [_damaged_when_added(project, path, error)]
        else:
            resources = content["resources"]
            problems += _undated(project, path, content["released"]["date"])
        found += problems
        for resource in resources:
            data = path.parent / resource["path"]
            known.add(data)
            found += _check(project, data, _digest(resource), resource.get("bytes"))
    found += _foreign(project, known, publishers)
    return sorted(found, key=lambda problem: problem.path)


def require(project: Project, publishers: Collection[str] | None = None) -> None:
    """Raise unless all that a report reads of data/raw is intact.

    Args:
        project: Where data/raw is.
        publishers: Look at these only; at all when not given.

    Raises:
        DamagedDataError: Names the first bad file, what was expected and how to restore it, and
            says how many more there are.
    """
    problems = [problem for problem in verify(project, publishers) if problem.is_read]
    if problems:
        more = len(problems) - 1
        rest = f" (and {more} more: rebalancing data verify lists them)" if more else ""
        raise DamagedDataError(f"{problems[0]}{rest}")


def _check(project: Project, path: Path, digest: str, size: int | None = None) -> Iterator[BadFile]:
    """Yield a problem if a file is missing or its bytes are not the expected ones."""
    expected = f"sha256 {digest}" if size is None else f"{size:,} bytes with sha256 {digest}"
    if not path.is_file():
        yield _problem(project, path, "missing", expected)
    elif size is not None and (actual := path.stat().st_size) != size:
        kind = "truncated" if actual < size else "too long"
        yield _problem(project, path, f"{kind} ({actual:,} bytes)", expected)
    elif files.sha256(path) != digest:
        yield _problem(project, path, "altered", expected)


def _problem(project: Project, path: Path, found: str, expected: str) -> BadFile:
    name = path.relative_to(project.root).as_posix()
    return BadFile(name, found, expected, f"restore it with: git checkout HEAD -- {name}")


def _damaged_when_added(project: Project, path: Path, error: descriptor.DescriptorError) -> BadFile:
    """Return the problem of a descriptor that is as listed, but describes no release."""
    name = path.relative_to(project.root).as_posix()
    remedy = "remove the folder and its line in SHA256SUMS, then import the release again"
    return BadFile(name, f"damaged when it was added ({error.why})", "a descriptor", remedy)


def _undated(project: Project, path: Path, released: str) -> Iterator[BadFile]:
    """Yield a problem if a release is dated by a day that does not exist or lies in the future.

    Such a release would stay the newest for ever, and nothing newer would be fetched.
    """
    for text, how in (
        (path.parent.name, days.wrong_in_name(path.parent.name)),
        (released, days.wrong(released)),
    ):
        if how:
            name = path.relative_to(project.root).as_posix()
            remedy = "remove the folder and its line in SHA256SUMS, or wait for the day"
            yield BadFile(name, f"dated {text}, which is {how}", "a day that has come", remedy)
            return


def _digest(resource: dict[str, Any]) -> str:
    return str(resource["hash"]).removeprefix("sha256:")


def _foreign(
    project: Project, known: set[Path], publishers: Collection[str] | None
) -> Iterator[BadFile]:
    """Yield what nothing lists, but not what is in the folder of a damaged release."""
    copies = set(folders.copies(project))
    sound = {path.parent for path in known if path.suffix == ".parquet"}
    for path in _below(project.raw):
        publisher, *inside = path.relative_to(project.raw).parts
        if path in known or (publishers is not None and publisher not in publishers):
            continue
        name = path.relative_to(project.root).as_posix()
        if path.name == FILE and len(inside) == 2:
            yield _unlisted(name, is_copy=path.parent in copies)
        elif len(inside) == 2 and path.parent in sound:
            yield BadFile(name, "in no descriptor", "only files of the release", "remove it", False)
        elif len(inside) < 2 and _is_no_release(path, inside, known):
            yield BadFile(name, "no release", "only releases", "remove it", False)


def _unlisted(name: str, *, is_copy: bool) -> BadFile:
    remedy = "list it with rebalancing data refresh (or import it again), or remove the folder"
    remedy = "remove the folder, it is a copy" if is_copy else remedy
    return BadFile(name, "not in SHA256SUMS", "a release that was imported", remedy, not is_copy)


def _is_no_release(path: Path, inside: list[str], known: set[Path]) -> bool:
    """Return whether a file or folder among the releases does not belong there."""
    if path.is_dir():
        is_release = (path / FILE).is_file() or path / FILE in known
        return len(inside) == 1 and not is_release
    return bool(inside) or path.name != "SHA256SUMS"


def _below(raw: Path) -> Iterator[Path]:
    """Yield files and folders down to those of releases, hidden ones only of file managers."""
    for pattern in ("*", "*/*", "*/*/*"):
        for path in raw.glob(pattern):
            *above, name = path.relative_to(raw).parts
            is_shown = not name.startswith(".") or name == ".DS_Store"
            if is_shown and not any(part.startswith(".") for part in above):
                yield path


def list_left_over(project: Project) -> list[Path]:
    """List the releases that a refresh or an import which was stopped has stored but not listed.

    Returns:
        Their folders. A folder whose files are not all there, or which is not called as its
        descriptor says, is left as it is.
    """
    listed = checksums.listed(project)
    found = [
        folder
        for folder in folders.of_releases(project)
        if (folder / FILE).relative_to(project.raw).as_posix() not in listed
        and _is_whole(project, folder)
    ]
    if found:
        checksums.update(project, found)
    return found


def _is_whole(project: Project, folder: Path) -> bool:
    """Return whether a folder holds the release that it is called by, and nothing else."""
    try:
        content = descriptor.read_descriptor(folder / FILE)
    except descriptor.DescriptorError:
        return False
    resources = content["resources"]
    wanted = {folder / FILE, *(folder / resource["path"] for resource in resources)}
    if content.get("name") != _package_name(folder) or {*folder.iterdir()} != wanted:
        return False
    return not any(
        problem
        for resource in resources
        for problem in _check(
            project, folder / resource["path"], _digest(resource), resource.get("bytes")
        )
    )


def _package_name(folder: Path) -> str:
    return f"{folder.parent.name}-{folder.name}".lower()
