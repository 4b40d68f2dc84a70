"""Folders that are made whole beside the old one, then put in its place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rebalancing import files


@contextmanager
def replaced(folder: Path) -> Iterator[Path]:
    """Yield a new, empty folder; put it in the place of ``folder`` when the block succeeds.

    After an error the old folder is left as it was.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with files.workshop(folder.parent, f".{folder.name[:50]}.") as workshop:
        new, old = workshop / "new", workshop / "old"
        new.mkdir()
        yield new
        files.set_modes(new)
        if folder.exists():
            folder.rename(old)
        try:
            new.rename(folder)
        except OSError:
            if old.exists():
                old.rename(folder)
            raise
