"""The folder to which sites are published: which may be taken, and how it is replaced as a whole.

A publication holds a mark that lists its files. Only ``build/public`` is replaced, or outside of
the project a new or empty folder or an earlier publication in which nothing else lies; so nobody's
files are lost.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rebalancing.book.folders import replaced
from rebalancing.errors import RebalancingError
from rebalancing.outputs import OutputError, linked, roots
from rebalancing.project import Project

MARK = ".published"
_HEAD = "Published by rebalancing gallery; the next publication replaces these files as a whole."
_INSTEAD = (
    "name build/public, or a folder outside of the project: a new one, an empty one or the one of "
    "an earlier publication"
)


class PublishError(RebalancingError):
    """A publication that could not be written; the earlier one is still there."""


@contextmanager
def published(project: Project, folder: Path) -> Iterator[Path]:
    """Yield a new, empty folder; put it in the place of ``folder`` when the block succeeds.

    Raises:
        OutputError: The folder must not be replaced.
        PublishError: The system refused to write.
    """
    target = check_folder(project, folder)
    try:
        with replaced(target) as new:
            yield new
            (new / MARK).write_text("\n".join([_HEAD, *_files(new), ""]), encoding="utf-8")
            check_folder(project, folder)  # what came while the sites were copied stays, too
    except OSError as error:
        reason = error.args[0][0][-1] if isinstance(error, shutil.Error) else error.strerror
        raise PublishError(
            f"{folder} could not be published to ({reason}); what was there before is there still"
        ) from None


def check_folder(project: Project, folder: Path) -> Path:
    """Return the folder, resolved, when it may be replaced.

    Raises:
        OutputError: It is, holds or lies in anything of a project, or holds files of others.
    """
    target, root = Path(os.path.realpath(folder)), project.root.resolve()
    if target.exists() and not target.is_dir():
        raise OutputError(f"{folder} is a file; {_INSTEAD}")
    if target == project.build.resolve() / "public":
        return target
    for place, words in (*_kept_places(project, root), (_home(), "your home folder")):
        if place.is_relative_to(target):
            raise OutputError(f"{folder} is or holds {words}; {_INSTEAD}")
    if roots(target) or any(target.is_relative_to(p) for p, _ in _kept_places(project, root)):
        raise OutputError(f"{folder} lies among a project's own files; {_INSTEAD}")
    if any((above / MARK).is_file() for above in target.parents):
        raise OutputError(f"{folder} lies in what was published; {_INSTEAD}")
    if (other := _of_others(target)) is not None:
        raise OutputError(f"{folder} holds {other}, which was not published to it; {_INSTEAD}")
    return target


def _kept_places(project: Project, root: Path) -> list[tuple[Path, str]]:
    places = [root, project.build.resolve(), *linked(root)]
    return [(place, "files of the project") for place in places]


def _home() -> Path:
    return Path(os.path.realpath(os.path.expanduser("~")))


def _of_others(target: Path) -> str | None:
    """Return the first file in a folder that its mark does not list; None where all are listed."""
    found = _files(target) if target.is_dir() else []
    mark = target / MARK
    text = mark.read_text(encoding="utf-8", errors="replace") if mark.is_file() else ""
    lines = text.splitlines()
    listed = {MARK, *lines[1:]} if lines[:1] == [_HEAD] else set()
    return next((path for path in found if path not in listed), None)


def _files(folder: Path) -> list[str]:
    """Return the files and links below a folder, as paths from it, in order."""
    found = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return sorted(path.relative_to(folder).as_posix() for path in found)
