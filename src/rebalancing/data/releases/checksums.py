"""data/raw/SHA256SUMS: the digest of every release's descriptor, as sha256sum writes it.

Descriptors hold the digests of their data files, so this one file vouches for all of data/raw, and
`sha256sum -c SHA256SUMS` checks it too. Without it nobody would notice that a whole release is
missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from rebalancing import files
from rebalancing.data.releases.descriptor import FILE
from rebalancing.errors import DataError
from rebalancing.project import Project
from rebalancing.reading import read_text

# A publisher, a release: names without blanks that stay inside data/raw.
_LINE = re.compile(rf"(?P<digest>[0-9a-f]{{64}})  (?P<path>(?:[^\W.][^\s/\\]*/){{2}}{FILE})")


class ChecksumsError(DataError):
    """SHA256SUMS is missing or damaged.

    Attributes:
        why: What is wrong with it, without its name and what to do.
    """

    def __init__(self, said: str, why: str = "") -> None:
        super().__init__(said)
        self.why = why or said


def file(project: Project) -> Path:
    """Return where the digests are."""
    return project.raw / "SHA256SUMS"


def read_checksums(project: Project) -> dict[str, str]:
    """Return the digest of each descriptor, by its path below data/raw.

    Raises:
        ChecksumsError: The file is missing, or a line is not a digest and a path.
    """
    name = file(project).relative_to(project.root).as_posix()
    try:
        return _parsed(read_text(file(project), file(project).name, ChecksumsError))
    except FileNotFoundError:
        why = "there is no such file"
    except ChecksumsError as error:
        why = str(error)
    raise ChecksumsError(
        f"{name} is missing or damaged ({why}); restore it with: git checkout HEAD -- {name}", why
    )


def _parsed(text: str) -> dict[str, str]:
    """Return the digest of each descriptor from the text of the file.

    Raises:
        ChecksumsError: A line is not a digest and a path below data/raw, or a path stands twice.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        match = _LINE.fullmatch(line)
        if not match:
            raise ChecksumsError(f"line {number} is not a digest and the path of a descriptor")
        if match["path"] in found:
            raise ChecksumsError(f"line {number} names a descriptor again")
        found[match["path"]] = match["digest"]
    return found


def listed(project: Project) -> dict[str, str]:
    """Return the digests as far as they can be read; `verify` says what is wrong with them."""
    try:
        return read_checksums(project)
    except ChecksumsError:
        return {}


def update(project: Project, folders: Iterable[Path]) -> None:
    """Add the descriptors of some releases; entries of other releases stay."""
    digests = read_checksums(project) if file(project).is_file() else {}
    for folder in folders:
        path = folder / FILE
        digests[path.relative_to(project.raw).as_posix()] = files.sha256(path)
    lines = [f"{digest}  {path}\n" for path, digest in sorted(digests.items())]
    files.write_atomic(file(project), "".join(lines))


def publish(project: Project, staged: Iterable[Path]) -> None:
    """Rename releases into place and list their digests; undo the first if the second fails.

    A machine that stops in between leaves releases that are whole, but not listed:
    `verify.list_left_over` lists them.

    Args:
        project: Where data/raw is.
        staged: Folders ``<publisher>/<release>`` on the same disk.
    """
    moved: list[tuple[Path, Path]] = []
    try:
        for path in staged:
            home = project.raw / path.parent.name / path.name
            home.parent.mkdir(exist_ok=True)
            for part in (*path.iterdir(), path):
                files.sync(part)
            path.rename(home)
            moved.append((home, path))
            files.sync(home.parent)
        update(project, [home for home, _ in moved])
    except BaseException:
        for home, path in moved:
            home.rename(path)
        raise
