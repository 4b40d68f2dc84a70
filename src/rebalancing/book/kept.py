"""What a build of the book keeps for the next one, which trusts it only if it is whole.

A list of digests lies beside the files. It is taken away before anything is changed and written
once all is done, so that what a killed or failed run leaves behind is never used; nor is what
somebody has damaged. What was made by other code or from other things of the same kind is not used
either: its makers go into a digest of their own.
"""

from __future__ import annotations

import hashlib
import json
import marshal
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

import rebalancing
from rebalancing.answers import Ask, always
from rebalancing.files import sha256, write_atomic

LIST = "kept.json"


@cache
def code() -> str:
    """Return a digest of all our code, with the lists beside it, and of the Python that runs it."""
    package = Path(rebalancing.__file__).parent
    files = (Path(folder, name) for folder, _, names in os.walk(package) for name in names)
    return of_files(package, (file for file in files if file.suffix != ".pyc"), sys.version)


def of_files(root: Path, files: Iterable[Path], *more: str) -> str:
    """Return a digest of files, of their names below ``root``, and of what else counts."""
    digest = hashlib.sha256(json.dumps(more).encode())
    for path in sorted(files):
        digest.update(f"\n{path.relative_to(root).as_posix()} {sha256(path)}".encode())
    return digest.hexdigest()


@contextmanager
def opened(folder: Path, makers: str, *, is_put_back: bool = False) -> Iterator[Path]:
    """Yield a folder with what was kept, or an empty one where that cannot be used.

    Args:
        folder: Where it is kept. After an error nothing is, unless it is put back.
        makers: A digest of what makes it; what others made is not used.
        is_put_back: Whether to keep, after an error, what was kept before.
    """
    copy = folder.with_name(f".{folder.name}.before")
    shutil.rmtree(copy, ignore_errors=True)
    if not _is_whole(folder, makers):
        shutil.rmtree(folder, ignore_errors=True)
    elif is_put_back:
        shutil.copytree(folder, copy)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / LIST).unlink(missing_ok=True)
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        if copy.is_dir():
            copy.rename(folder)
        raise
    shutil.rmtree(copy, ignore_errors=True)
    said = json.dumps({"makers": makers, "files": _digests(folder)})
    write_atomic(folder / LIST, said, durable=False)


@contextmanager
def answers(folder: Path) -> Iterator[Ask]:
    """Yield whom to ask, who remembers what it was asked in the block before.

    Args:
        folder: Where answers are kept: what ``marshal`` writes, such as lists of words and numbers.
    """
    with opened(folder, code()) as home:
        memory = home / "answers"
        known = marshal.loads(memory.read_bytes()) if memory.is_file() else {}
        asked: dict[bytes, Any] = {}

        def ask(
            question: str, answer: Callable[[], Any], holds: Callable[[Any], bool] = always
        ) -> Any:
            name = hashlib.sha256(question.encode("utf-8", "surrogatepass")).digest()
            if name not in asked:
                is_known = name in known and holds(known[name])
                asked[name] = known[name] if is_known else answer()
            return asked[name]

        yield ask
        write_atomic(memory, marshal.dumps(asked), durable=False)


def _is_whole(folder: Path, makers: str) -> bool:
    """Return whether a folder holds what was kept, all of it, as it was."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        known = json.loads((folder / LIST).read_text(encoding="utf-8"))
        return bool(known["makers"] == makers and known["files"] == _digests(folder))
    return False


def _digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != LIST)
    return {path.relative_to(folder).as_posix(): sha256(path) for path in files}
