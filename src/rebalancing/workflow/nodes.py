"""What tasks depend on and what they make, each with a state that changes when its content does.

A state is plain text: the digest of a file, one line per file of a folder, a parameter's value as
JSON. States are what pytask keeps in its lock file and compares, so the lock file alone tells
what has changed since a task last ran, down to the file and the former value of a parameter.

The classes follow pytask's protocol for nodes (`pytask.PNode`) without importing pytask, which
takes longer than finding out that there is nothing to do.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from rebalancing.files import is_foreign, sha256, write_atomic
from rebalancing.notebooks.retold import computed_part
from rebalancing.workflow.record import remembered

_PART = "\0"  # between a path and the name of the part that counts
ABSENT = "absent"
EMPTY = "empty"
_SHOWN = 16  # digits of a digest in a listing


class Digests:
    """The SHA-256 of files, remembered as long as size, inode and times of change stay.

    A file that is linked from several places changes its status whenever one of them goes, as they
    do with every book; there the time of its content counts alone.

    Args:
        memory: A file in which to keep what is known from one run to the next.
    """

    def __init__(self, memory: Path) -> None:
        self._memory = memory
        self._known = remembered(memory, _digests) or {}
        self._changed = False

    def of(self, path: Path | str, part: Callable[[bytes], bytes] | None = None) -> str | None:
        """Return a file's digest, or None if there is no such file, but a folder perhaps.

        Args:
            path: The file.
            part: Returns the part of its content that counts, or raises ValueError if the content
                is damaged, so that all of it counts; all of it if not given.
        """
        try:
            status = os.stat(path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        if stat.S_ISDIR(status.st_mode):
            return None
        changed = status.st_ctime_ns if status.st_nlink == 1 else 0
        stamp = [status.st_size, status.st_ino, status.st_mtime_ns, changed]
        name = str(path) if part is None else f"{path}{_PART}{part.__name__}"
        known = self._known.get(name)
        if known is None or known[:-1] != stamp:
            known = [*stamp, _digest(path, part)]
            self._known[name] = known
            self._changed = True
        return str(known[-1])

    def save(self) -> None:
        """Keep the digests for the next run; if the disk is full, that run computes them again."""
        if self._changed:
            known = {
                name: entry
                for name, entry in self._known.items()
                if os.path.isfile(name.partition(_PART)[0])
            }
            with suppress(OSError):
                write_atomic(self._memory, json.dumps(known))
            self._changed = False


@dataclass(eq=False)
class Node(ABC):
    """Something with a state, which some tasks need or make.

    Attributes:
        name: A name that is unique in the project and says what it is to people.
        kind: What it is in a word or two, such as ``data file``.
        optional: Whether it may be missing although no task makes it.
        is_made: Whether a task of this workflow makes it. The state of anything else is taken once,
            so that a change while tasks run is left whole to the next run.
        attributes: Room for pytask's own notes.
    """

    name: str
    kind: str
    optional: bool = False
    is_made: bool = False
    attributes: dict[Any, Any] = field(default_factory=dict)
    _taken: str | None = field(default=None, init=False, repr=False)

    @property
    def signature(self) -> str:
        """What pytask knows the node by."""
        return self.name

    def state(self) -> str | None:
        """Return the state, or None if it does not exist."""
        if self.is_made:
            return self._measure()
        if self._taken is None:
            self._taken = self._measure() or (ABSENT if self.optional else None)
        return self._taken

    def load(self, is_product: bool = False) -> None:
        """Pass nothing to tasks: they know their paths."""
        return

    def save(self, value: Any) -> None:
        """Save nothing for tasks: they write their own files."""
        raise NotImplementedError(self.name)

    def changes(self, old: str, new: str) -> list[str]:
        """Say in words what changed between two states."""
        return [f"{self.kind} changed: {self.name}"]

    @abstractmethod
    def _measure(self) -> str | None: ...


@dataclass(eq=False, kw_only=True)
class File(Node):
    """A file; its state is its digest."""

    location: Path
    digests: Digests

    def _measure(self) -> str | None:
        return self.digests.of(self.location)


@dataclass(eq=False, kw_only=True)
class Executed(File):
    """An executed notebook; its state is the digest of what it computed, for its text is retold."""

    def _measure(self) -> str | None:
        return self.digests.of(self.location, computed_part)


@dataclass(eq=False, kw_only=True)
class Folder(Node):
    """All files below a folder; its state is one line per file, hidden ones left out.

    Attributes:
        pattern: Only files whose name matches count.
        without: Folders and files below it that do not count.
        is_listed: Whether to keep the lines; otherwise only their digest is kept, which takes
            less room where nobody needs to know which file has changed.
    """

    location: Path
    digests: Digests
    pattern: str = "*"
    without: frozenset[Path] = frozenset()
    is_listed: bool = True

    def _measure(self) -> str | None:
        if not self.location.is_dir():
            return None
        top, without = str(self.location), {str(path) for path in self.without}
        files = sorted(
            path.removeprefix(top)[1:]
            for folder, names in _walk(top, without)
            for name in names
            if not is_foreign(name)
            and fnmatch(name, self.pattern)
            and (path := f"{folder}/{name}") not in without
        )
        digests = {file: self.digests.of(f"{top}/{file}") or ABSENT for file in files}
        lines = (f"{digest[:_SHOWN]} {file}" for file, digest in digests.items())
        listing = "\n".join(lines) or EMPTY
        return listing if self.is_listed else _digest_of(listing)

    def changes(self, old: str, new: str) -> list[str]:
        """Say which files were changed, added and removed."""
        if not self.is_listed:
            return super().changes(old, new)
        place = self.name.removesuffix(f"/**/{self.pattern}")
        return [f"{self.kind} {verb}: {place}/{name}" for verb, name in _differing(old, new)]


@dataclass(eq=False, kw_only=True)
class NodeGroup(Node):
    """Nodes that a task needs together; its state is one line per node.

    A task needs so many library modules that its record would take longer to read than all else
    that finds nothing to do, were each on its own.
    """

    members: tuple[Node, ...]

    def _measure(self) -> str:
        states = {node.name: node.state() or ABSENT for node in self.members}
        lines = (f"{_digest_of(state)[:_SHOWN]} {name}" for name, state in states.items())
        return "\n".join(lines) or EMPTY

    def changes(self, old: str, new: str) -> list[str]:
        """Say which nodes were changed, are needed now and are needed no longer."""
        said = {"added": "needed now", "removed": "no longer needed"}
        return [f"{self.kind} {said.get(verb, verb)}: {n}" for verb, n in _differing(old, new)]


@dataclass(eq=False, kw_only=True)
class Value(Node):
    """A value such as a parameter; its state is its JSON."""

    value: Any

    def _measure(self) -> str:
        return json.dumps(self.value, sort_keys=True, ensure_ascii=False)

    def changes(self, old: str, new: str) -> list[str]:
        """Say which value became which."""
        return [f"{self.name}: {old} → {new}"]


@dataclass(eq=False, kw_only=True)
class Stored(Node):
    """A stored notebook; its state is the digest of what it says, outputs left aside."""

    digest: str

    def _measure(self) -> str:
        return self.digest


def _digest(path: Path | str, part: Callable[[bytes], bytes] | None) -> str:
    if part is not None:
        with suppress(ValueError):
            return hashlib.sha256(part(Path(path).read_bytes())).hexdigest()
    return sha256(Path(path))


def _digest_of(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _digests(content: bytes) -> dict[str, list[Any]]:
    """Return digests as they were kept: by path, size, inode, two times and the digest.

    Raises:
        ValueError: They are something else.
    """
    known = json.loads(content)
    for *stamp, digest in known.values():
        if len(stamp) != 4 or not all(type(part) is int for part in stamp):
            raise ValueError
        if not re.fullmatch("[0-9a-f]{64}", digest):
            raise ValueError
    return dict(known)


def _walk(top: str, without: Collection[str]) -> Iterator[tuple[str, list[str]]]:
    """Walk a folder, leaving out some, hidden ones and what Python compiles."""
    for folder, below, names in os.walk(top):
        below[:] = [
            name
            for name in below
            if not name.startswith(".")
            and name != "__pycache__"
            and f"{folder}/{name}" not in without
        ]
        yield folder, names


def _differing(old: str, new: str) -> list[tuple[str, str]]:
    """Return what became of each line that two listings do not share: a verb and a name."""
    before, after = _listed(old), _listed(new)
    return [
        (_verb(before.get(name), after.get(name)), name)
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


def _listed(listing: str) -> dict[str, str]:
    """Return the digests of a listing by name."""
    pairs = (line.split(" ", 1) for line in listing.splitlines() if " " in line)
    return {name: digest for digest, name in pairs}


def _verb(before: str | None, after: str | None) -> str:
    return "added" if before is None else "removed" if after is None else "changed"
