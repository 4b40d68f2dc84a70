"""Folders that are made whole beside the old one, then put in its place."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rebalancing.files import set_modes


@contextmanager
def replaced(folder: Path) -> Iterator[Path]:
    """Yield a new, empty folder; put it in the place of ``folder`` when the block succeeds.

    After an error the old folder is left as it was.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    workshop = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        new, old = workshop / "new", workshop / "old"
        new.mkdir()
        yield new
        set_modes(new)
        if folder.exists():
            folder.rename(old)
        try:
            new.rename(folder)
        except OSError:
            if old.exists():
                old.rename(folder)
            raise
    finally:
        shutil.rmtree(workshop)
