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


def link_all(source: Path, folder: Path) -> None:
    """Put all files below a folder into another, too, as `link` does."""
    for inside, below, names in os.walk(source):
        place = f"{folder}{inside.removeprefix(str(source))}"
        for name in ["", *below]:
            os.makedirs(os.path.join(place, name), exist_ok=True)
        for name in names:
            link(os.path.join(inside, name), os.path.join(place, name))


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
    there = set()
    for inside, _, names in os.walk(folder):
        for path in (os.path.join(inside, name) for name in names):
            name = os.path.relpath(path, folder)
            with open(path, "rb") as file:
                is_same = name in files and file.read() == files[name].encode()
            there.add(name) if is_same else os.unlink(path)
    for name in files.keys() - there:
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(files[name], encoding="utf-8")


def _put_right(folder: Path, prefix: str) -> None:
    """Clear what a killed run has left, and put the old folder back where it took that away."""
    for workshop in files.left_over(folder.parent, prefix):
        inside = {path.name for path in workshop.iterdir()} if workshop.is_dir() else {""}
        if inside <= {"new", "old"}:
            # A longer name was cut, so that the old folder may be another one's.
            if "old" in inside and not folder.exists() and prefix == f".{folder.name}.":
                (workshop / "old").rename(folder)
            files.remove(workshop)
