"""Files that the user names for an output: which may be written, and how.

A regular file is replaced as a whole, through links, and only once the new content is there.
Devices and pipes are written to; a file that this process already writes to, such as
``/dev/stdout``, is written to from its current position. In a project only files below ``build/``
are replaced, and pages, JSON and drawings next to study.yml.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from rebalancing.errors import InputError, RebalancingError
from rebalancing.files import json_text, write_atomic

_BESIDE_THE_STUDY = (".html", ".json", ".pdf", ".svg")


class OutputError(InputError):
    """A file or folder that an output must not take."""


class WriteError(RebalancingError):
    """An output that could not be written."""


class _Named(click.ParamType[Path]):
    """A file or folder for an output; ``name`` is what the help calls it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        if isinstance(value, Path):
            return value
        if not value.strip() or "\0" in value:
            self.fail(f"{value!r} names no {self.name}; name one to write to", param, ctx)
        try:
            return check_output(Path.cwd(), value) if self.name == "file" else Path(value)
        except OutputError as error:
            self.fail(str(error), param, ctx)


FILE, FOLDER = _Named("file"), _Named("folder")


def check_output(here: Path, name: str) -> Path:
    """Return the path of an output before there is anything to write.

    Args:
        here: A folder; what is linked to from the project that holds it counts as the project's.
        name: The file, as the user wrote it.

    Raises:
        OutputError: It is a folder or a disk, has no possible name or belongs to a project.
        OSError: A part of the path is a file, or may not be read or written.
    """
    path = Path(name)
    mode = _mode(path)
    if name.endswith("/") or (mode is not None and stat.S_ISDIR(mode)):
        raise OutputError(f"{name} is a directory; name a file to write to")
    if mode is not None and stat.S_ISBLK(mode):
        raise OutputError(f"{name} is a disk; name a file to write to")
    if _is_replaced(path, mode):
        target = Path(os.path.realpath(path))
        if _of_a_project(here, target):
            raise OutputError(
                f"{name} would lie among the project's own files; "
                "name one below build/ or outside of the project"
            )
        _require_writable(next(folder for folder in target.parents if folder.exists()))
    return path


def write_output(path: Path, content: str | bytes) -> None:
    """Write text or bytes to an output.

    Args:
        path: As `check_output` returned it.
        content: The whole of it.

    Raises:
        WriteError: It could not be written; what was there before is untouched.
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        number, mode = _held(path), _mode(path)
        if number is not None:
            sys.stdout.flush()
            sys.stderr.flush()
            with os.fdopen(os.dup(number), "wb") as stream:
                stream.write(data)
        elif _is_replaced(path, mode):
            write_atomic(Path(os.path.realpath(path)), data)
        else:
            path.write_bytes(data)
    except OSError as error:
        raise WriteError(f"{path} cannot be written: {error.strerror}") from None


def write_json(path: Path, content: Any) -> None:
    """Write JSON to an output, as `files.write_json` does."""
    write_output(path, json_text(content))


def roots(place: Path) -> list[Path]:
    """Return the roots of the projects that a resolved path is or lies in, the nearest first."""
    return [folder for folder in (place, *place.parents) if (folder / "study.yml").is_file()]


def linked(root: Path) -> list[Path]:
    """Return the folders outside of a project that it links to, resolved, without its build."""
    folders = [*root.iterdir(), *root.glob("data/*")]
    found = [folder.resolve() for folder in folders if folder.name != "build" and folder.is_dir()]
    return [folder for folder in found if not folder.is_relative_to(root)]


def _mode(path: Path) -> int | None:
    """Return what kind of file a path leads to; None where there is none."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno in (errno.ENOTDIR, errno.EACCES):
            raise
        raise OutputError(f"{path} cannot be written: {error.strerror}; name another") from None


def _is_replaced(path: Path, mode: int | None) -> bool:
    """Return whether a path is, or will be, a regular file that nothing else writes to."""
    return mode is None or (stat.S_ISREG(mode) and _held(path) is None)


def _held(path: Path) -> int | None:
    """Return the descriptor by which this process writes to a file already, if there is one."""
    with suppress(FileNotFoundError):
        wanted = path.stat()
        for number in map(int, os.listdir("/dev/fd")):
            with suppress(OSError):
                writes = fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE != os.O_RDONLY
                if writes and os.path.samestat(os.fstat(number), wanted):
                    return number
    return None


def _of_a_project(here: Path, target: Path) -> bool:
    for root in roots(target.parent):
        is_page = target.parent == root and target.suffix in _BESIDE_THE_STUDY
        if not is_page and not target.is_relative_to(root / "build"):
            return True
    own = roots(here.resolve())
    return any(target.is_relative_to(folder) for root in own for folder in linked(root))


def _require_writable(folder: Path) -> None:
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
