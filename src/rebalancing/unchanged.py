"""Answers at once when nothing has changed since the report was last up to date.

A receipt in ``build/.workflow`` holds what was said then and a digest over the size, time and inode
of every file that the report is made from or consists of, and over the commit. While the digest
holds, the answer is printed from the receipt; otherwise the workflow finds out what is due. A file
that changes and keeps all three is not noticed: `rebalancing report --verify` reads every byte.

`make report` asks this file by itself whether to check the environment, so it needs only the
standard library, and little of that.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from hashlib import sha256

# What the environment and the report are made from. Hidden files and caches do not matter.
SOURCES = (
    *("study.yml", "requirements.lock", "pyproject.toml", "CITATION.cff", "LICENSE"),
    *("CHANGELOG.md", "book", "data/corrections.yml", "data/raw", "editions", "notebooks", "src"),
    *("tools", ".venv/fingerprint"),
)
OWN = "REBALANCING_"  # what the names of the report's own variables begin with
RECEIPT = ("build", ".workflow", "unchanged.txt")


def seen(root: str, places: tuple[str, ...]) -> str:
    """Return a digest of what is at some places below a folder, by size, time and inode.

    The report's own variables count as well, one of which says where the site is published.
    """
    told = sorted((name, value) for name, value in os.environ.items() if name.startswith(OWN))
    digest = sha256(f"{root}\n{_commit(root)}\n{told}\n".encode(errors="surrogateescape"))
    for place in places:
        for path, status in _files(os.path.join(root, place)):
            known = (path, status.st_size, status.st_mtime_ns, status.st_ino)
            digest.update(repr(known).encode(errors="surrogateescape"))
    return digest.hexdigest()


def outputs(edition: str) -> tuple[str, ...]:
    """Return where what is made for an edition stands."""
    return ("data/processed", f"build/{edition}", "build/shared")


def remember(root: str, edition: str, before: str, says: str) -> None:
    """Write a receipt, unless sources have changed since the digest was taken of them.

    Args:
        root: The project's folder.
        edition: The edition that is up to date.
        before: `seen` of the sources, before anyone asked what was due.
        says: What is to be printed while nothing changes.
    """
    if seen(root, SOURCES) != before:
        return
    path = os.path.join(root, *RECEIPT)
    with open(f"{path}.new", "w", encoding="utf-8") as file:
        file.write("\n".join((edition, before, seen(root, outputs(edition)), says)))
    os.replace(f"{path}.new", path)


def answer(start: str) -> str | None:
    """Return what to print when nothing has changed in the project of a folder; None otherwise."""
    root = start
    while not os.path.isfile(os.path.join(root, "study.yml")):
        root, below = os.path.dirname(root), root
        if root == below:
            return None
    try:
        with open(os.path.join(root, *RECEIPT), encoding="utf-8") as file:
            edition, sources, made, says = file.read().split("\n", 3)
    except (OSError, ValueError):
        return None
    unchanged = seen(root, SOURCES) == sources and seen(root, outputs(edition)) == made
    return says if unchanged else None


def _files(place: str) -> Iterator[tuple[str, os.stat_result]]:
    """Yield path and status of a file, or of all files below a folder, in order of their names."""
    try:
        entries = sorted(os.scandir(place), key=lambda entry: entry.name)
    except NotADirectoryError:
        yield place, os.stat(place)
        return
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.name.startswith(".") or entry.name == "__pycache__":
            continue
        if entry.is_dir():
            yield from _files(entry.path)
        else:
            yield entry.path, entry.stat(follow_symlinks=False)


def _commit(root: str) -> str:
    """Return what git has for the commit that is checked out, as far as files tell."""
    folder = os.path.join(root, ".git")
    elsewhere = _content(folder).strip()  # in a worktree or a submodule, a file says where it is
    folder = os.path.join(root, elsewhere.removeprefix("gitdir: ")) if elsewhere else folder
    shared = os.path.join(folder, _content(os.path.join(folder, "commondir")).strip())
    head = _content(os.path.join(folder, "HEAD")).strip()
    places = (head.removeprefix("ref: "), "packed-refs")
    return "\n".join([head, *(_content(os.path.join(shared, place)) for place in places)])


def _content(path: str) -> str:
    """Return what is in a file; nothing if there is none."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except (OSError, ValueError):
        return ""


if __name__ == "__main__":
    said = answer(os.getcwd())
    if said is None:
        sys.exit(1)
    print(said)
