"""What the workflow remembers from one run to the next, in ``build/.workflow``.

A run can restore all of it. So a damaged file is no error: one line names it, it counts as missing,
and the next run writes it again. A machine that loses power can leave such files, because pytask
does not wait until what it writes is on the disk.

``pytask.lock`` holds the states of everything that a task needed and made when it last ran, and
``pytask.lock.journal`` what has been done since that was last written, one task in a line.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from rebalancing.files import remove, write_atomic

LOCK_FILE = "pytask.lock"
_VERSION = "1"  # of the form of lock file and journal
_NOT_OURS = (".pytask", f"{LOCK_FILE}.tmp")  # durations and the like, which nobody asks for
LockEntry = dict[str, Any]
T = TypeVar("T")


def remembered(path: Path, read: Callable[[bytes], T]) -> T | None:
    """Return what a file holds; None where there is none, and, said in one line, if it is damaged.

    Args:
        path: The file.
        read: Returns its content, or raises ValueError (TypeError, KeyError) if it is not as it
            should be.

    Raises:
        OSError: It may not be read.
    """
    try:
        return read(path.read_bytes())
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, IsADirectoryError):
        print(f"rebalancing: {path} is damaged; it is made anew", file=sys.stderr)
        return None


def read_states(state_folder: Path) -> dict[str, dict[str, str]]:
    """Return the states that pytask recorded for all tasks, by the names of task and node."""
    entries = remembered(state_folder / LOCK_FILE, _locked) or []
    entries += remembered(_journal(state_folder), _journaled) or []
    return {e["id"]: {**e.get("depends_on", {}), **e.get("produces", {})} for e in entries}


def mend(state_folder: Path) -> None:
    """Remove, before pytask begins, what it would stumble over."""
    for name in _NOT_OURS:
        remove(state_folder / name)
    if not (state_folder / "ipython").is_dir():
        remove(state_folder / "ipython")
    lock, journal = state_folder / LOCK_FILE, _journal(state_folder)
    if not _is_sound(lock, _locked):
        remove(lock)
    if not _is_sound(journal, _whole):
        kept = b"" if journal.is_dir() else b"".join(_sound_lines(journal.read_bytes()))
        remove(journal)
        if kept:
            write_atomic(journal, kept)


def _journal(state_folder: Path) -> Path:
    return state_folder / f"{LOCK_FILE}.journal"


def _is_sound(path: Path, read: Callable[[bytes], object]) -> bool:
    try:
        read(path.read_bytes())
    except FileNotFoundError:
        return True
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, IsADirectoryError):
        return False
    return True


def _locked(content: bytes) -> list[LockEntry]:
    """Return the entries of a lock file."""
    found = _parsed(content)
    entries = found.get("task", [])
    if found["lock-version"] != _VERSION or not all(map(_is_entry, entries)):
        raise ValueError
    return list(entries)


@lru_cache(maxsize=1)  # a run asks what is in it, and whether it is sound
def _parsed(content: bytes) -> dict[str, Any]:
    return tomllib.loads(content.decode())


def _journaled(content: bytes) -> list[LockEntry]:
    """Return the entries of a journal, whose last line may be cut where the machine stopped."""
    sound = _sound_lines(content)
    if len(sound) < len(content.splitlines()) - 1:
        raise ValueError
    return [json.loads(line) for line in sound]


def _whole(content: bytes) -> None:
    """Raise ValueError unless every line of a journal is an entry."""
    if len(_sound_lines(content)) < len(content.splitlines()):
        raise ValueError


def _sound_lines(content: bytes) -> list[bytes]:
    """Return the lines of a journal up to the first that is no entry."""
    sound = []
    for line in content.splitlines(keepends=True):
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            break
        if not _is_entry(entry) or entry.get("lock-version") != _VERSION:
            break
        sound.append(line)
    return sound


def _is_entry(entry: Any) -> bool:
    """Return whether something is what pytask notes of a task."""
    if not isinstance(entry, dict):
        return False
    states = [entry.get("depends_on", {}), entry.get("produces", {})]
    texts = [entry.get("id"), entry.get("state")]
    for each in states:
        if not isinstance(each, dict):
            return False
        texts += [*each, *each.values()]
    return all(isinstance(text, str) for text in texts)
