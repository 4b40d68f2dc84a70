"""Folders that are made whole beside the old one, then put in its place."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from rebalancing import files


@contextmanager
def replaced(folder: Path) -> Iterator[Path]:
    """Yield a new, empty folder; put it in the place of ``folder`` when the block succeeds.

    After an error the old folder is left as it was.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    prefix = f".{folder.name[:50]}."
    _put_right(folder, prefix)
    with files.workshop(folder.parent, prefix) as workshop:
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


def link(file: str | Path, place: str | Path) -> None:
    """Put a file in another place, too, as the same file: what the project writes is replaced."""
    with suppress(FileNotFoundError):
        os.unlink(place)
    try:
        os.link(file, place)
    except OSError:  # where the disk knows no such thing
        shutil.copy2(file, place)


def hold(folder: Path, files: Mapping[str, str]) -> None:
    """Let a folder that nobody reads hold texts by these names, and nothing else.

    A file with the same text is left alone. One with another may be linked elsewhere, and stays
    there as it was.
    """
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        name = path.relative_to(folder).as_posix()
        if name not in files or path.read_bytes() != files[name].encode():
            path.unlink()
    for name, text in files.items():
        path = folder / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


def _put_right(folder: Path, prefix: str) -> None:
    """Clear what a killed run has left, and put the old folder back where it took that away."""
    for workshop in files.left_over(folder.parent, prefix):
        inside = {path.name for path in workshop.iterdir()} if workshop.is_dir() else {""}
        if inside <= {"new", "old"}:
            # A longer name was cut, so that the old folder may be another one's.
            if "old" in inside and not folder.exists() and prefix == f".{folder.name}.":
                (workshop / "old").rename(folder)
            files.remove(workshop)
