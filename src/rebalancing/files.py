"""Files written whole or not at all, their digests, locks, and what killed runs leave of them.

Whoever writes under a temporary name holds a lock on it. The system releases the lock when the
process ends, however it ends, so `clear` can tell what is left over from what is at work.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FILE_MODE, FOLDER_MODE, UMASK = 0o644, 0o755, 0o022

_TEMPORARY = re.compile(r"\..+\.[a-z0-9_]{8}|\.(?:import|refresh)-[a-z0-9_]{8}")
# Below the root of a project: what is in them can be made again.
_REBUILT = ("build", "data/processed", "data/.fetch")
# What file managers leave in any folder they have shown.
_OF_FILE_MANAGERS = {"Thumbs.db", "ehthumbs.db", "desktop.ini", "Icon\r"}


@contextmanager
def atomic(path: Path, *, durable: bool = True) -> Iterator[Path]:
    """Yield a temporary name beside ``path``; rename it into place when the block succeeds.

    Readers see the old file or the new one, never a part; after an error the old one stays.

    Args:
        path: Where the file goes.
        durable: Whether it must be whole after a power cut too, which costs some milliseconds.
            What the workflow makes need not: it makes again what is not as it was recorded.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:50]}.")
    except OSError as error:
        error.filename = str(path)  # a clearer name than the temporary one
        raise
    temporary = Path(name)
    try:
        _hold(handle)
        yield temporary
        temporary.chmod(FILE_MODE)
        if durable:
            sync(temporary)
        make_way(path)
        temporary.replace(path)
        if durable:
            sync(path.parent)
    finally:
        temporary.unlink(missing_ok=True)
        os.close(handle)


def write_atomic(path: Path, content: str | bytes, *, durable: bool = True) -> Path:
    """Write text (UTF-8) or bytes to ``path`` and return it; ``durable`` as in `atomic`."""
    data = content.encode() if isinstance(content, str) else content
    with atomic(path, durable=durable) as temporary:
        temporary.write_bytes(data)
    return path


def json_text(content: Any) -> str:
    """Return JSON for people and for diffs: indented, keys as given, a newline at the end."""
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def write_json(path: Path, content: Any, *, durable: bool = True) -> Path:
    """Write JSON as `json_text` gives it to ``path`` and return it."""
    return write_atomic(path, json_text(content), durable=durable)


@contextmanager
def workshop(parent: Path, prefix: str) -> Iterator[Path]:
    """Yield a new folder in ``parent`` to prepare something in; it is removed afterwards."""
    folder = Path(tempfile.mkdtemp(dir=parent, prefix=prefix))
    handle = os.open(folder, os.O_RDONLY)
    try:
        _hold(handle)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def clear(folder: Path) -> None:
    """Remove the temporary files and folders in ``folder`` that nobody works on any more."""
    for path in left_over(folder):
        remove(path)


def left_over(folder: Path, prefix: str = "") -> list[Path]:
    """Return the temporary files and folders in ``folder`` that nobody works on any more.

    Args:
        folder: Where to look; there are none in one that does not exist.
        prefix: What their names must begin with, as given to `workshop`.
    """
    try:
        found = [Path(entry.path) for entry in os.scandir(folder)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    of_this_form = re.compile(f"{re.escape(prefix)}[a-z0-9_]{{8}}") if prefix else _TEMPORARY
    return [path for path in found if of_this_form.fullmatch(path.name) and not _is_held(path)]


def remove(path: Path) -> None:
    """Remove a file or a folder with all that it holds, as far as that is allowed."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink()


def make_way(path: Path) -> None:
    """Remove a folder where a file should be, if it is empty or all in it can be made again."""
    if not path.is_dir() or path.is_symlink():
        return
    place = Path(os.path.abspath(path))
    roots = (folder for folder in place.parents if (folder / "study.yml").is_file())
    root = next(roots, None)
    if root and any(place.parent.is_relative_to(root / name) for name in _REBUILT):
        shutil.rmtree(path)
    else:
        with contextlib.suppress(OSError):  # whoever writes the file says what is in the way
            path.rmdir()


def sync(path: Path) -> None:
    """Wait until a file's content, or a folder's list of names, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:
        if path.is_file():  # some file systems cannot do it for a folder
            raise
    finally:
        os.close(handle)


def is_foreign(name: str) -> bool:
    """Return whether a name is hidden, or one that file managers leave: no file of ours."""
    return name.startswith(".") or name in _OF_FILE_MANAGERS


def set_modes(path: Path) -> None:
    """Let everybody read a file, or a folder with all in it, whatever it was made or copied from.

    What is made is published; its modes must depend neither on who made it nor on how.
    """
    for each in (path, *path.rglob("*")):
        if not each.is_symlink():
            each.chmod(FOLDER_MODE if each.is_dir() else FILE_MODE)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def locked(path: Path, holder: str = "") -> Iterator[bool]:
    """Yield whether nobody else holds the lock of this name; it is held while the block runs.

    The system releases it when the process ends, however it ends.

    Args:
        path: The lock's file; it holds the name of who holds the lock, for whoever is refused.
        holder: That name.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    make_way(path)
    with path.open("a", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            lock.truncate(0)
            lock.write(holder)
            lock.flush()
            yield True


def _hold(handle: int) -> None:
    """Mark a temporary file or folder as being worked on, where the file system has locks."""
    with contextlib.suppress(OSError):
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_held(path: Path) -> bool:
    """Return whether somebody works on a temporary file or folder, or that cannot be known."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False
