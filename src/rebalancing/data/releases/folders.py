"""Which folders in data/raw are releases, and which somebody else has left there.

File managers and tools that keep folders in step leave copies behind, such as ``2024 (1)``,
``2024 - Copy`` or ``2024 (Jane's conflicted copy 2026-01-01)``. Whatever they are called, they hold
a descriptor that SHA256SUMS lists under another name.
"""

from __future__ import annotations

import re
from pathlib import Path

from rebalancing import files
from rebalancing.data.releases import checksums
from rebalancing.data.releases.descriptor import FILE
from rebalancing.project import Project

_PLAIN = re.compile(r"\w[\w.+-]*")  # the name of a publisher or a release


def of_releases(project: Project, publisher: str | None = None) -> list[Path]:
    """Return the folders that hold a release, of one publisher or of all, in order."""
    found, listed = _with_descriptor(project, publisher), checksums.listed(project)
    return [folder for folder in found if not _is_copy(project, folder, listed)]


def copies(project: Project) -> list[Path]:
    """Return the folders that hold a copy of a release, in order."""
    found, listed = _with_descriptor(project, None), checksums.listed(project)
    return [folder for folder in found if _is_copy(project, folder, listed)]


def _with_descriptor(project: Project, publisher: str | None) -> list[Path]:
    return sorted(path.parent for path in project.raw.glob(f"{publisher or '[!.]*'}/*/{FILE}"))


def _is_copy(project: Project, folder: Path, listed: dict[str, str]) -> bool:
    relative = (folder / FILE).relative_to(project.raw)
    if relative.as_posix() in listed:
        return False
    if not all(_PLAIN.fullmatch(part) for part in relative.parts[:-1]):
        return True
    try:
        return files.sha256(folder / FILE) in listed.values()
    except OSError:  # a descriptor that cannot be read; whoever reads it says so
        return False
