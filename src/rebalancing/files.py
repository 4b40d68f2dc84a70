"""Files written whole or not at all, their digests, and locks."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FILE_MODE, FOLDER_MODE, UMASK = 0o644, 0o755, 0o022


@contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """Yield a temporary name beside ``path``; rename it into place when the block succeeds.

    Readers see the old file or the new one, never a part; after an error the old one stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(FILE_MODE)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_atomic(path: Path, content: str | bytes) -> Path:
    """Write text (UTF-8) or bytes to ``path`` and return it."""
    data = content.encode() if isinstance(content, str) else content
    with atomic(path) as temporary:
        temporary.write_bytes(data)
    return path


def set_modes(path: Path) -> None:
    """Let everybody read a file, or a folder with all in it, whatever it was made or copied from.

    What is made is published; its modes must depend neither on who made it nor on how.
    """
    for each in (path, *path.rglob("*")):
        if not each.is_symlink():
            each.chmod(FOLDER_MODE if each.is_dir() else FILE_MODE)


def write_json(path: Path, content: Any) -> Path:
    """Write JSON for people and for diffs: indented, keys as given, a newline at the end."""
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    return write_atomic(path, text + "\n")


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
