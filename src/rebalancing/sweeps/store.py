"""What sweeps have run, by address, in ``build/sweeps/runs``: each whole, or not there.

An address is the digest of all that a run depends on, so what is there need not run again, in
whatever sweep. ``run.json`` names the files of a run with their digests: one that a power cut has
emptied counts as missing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rebalancing.files import clear, remove, set_modes, workshop, write_json

_SHOWN = 24  # characters of an address that name a folder


@dataclass(frozen=True)
class Store:
    """The runs of all sweeps of a project."""

    folder: Path

    def place(self, address: str) -> Path:
        """Return where a run is, or would be."""
        return self.folder / address[:_SHOWN]

    def has(self, address: str) -> bool:
        """Return whether a run is there, whole and undamaged."""
        place = self.place(address)
        try:
            kept = json.loads((place / "run.json").read_bytes())
            digests = {name: _digest((place / name).read_bytes()) for name in kept["files"]}
        except (OSError, ValueError, KeyError, TypeError):
            return False
        return bool(kept["files"] == digests and kept["address"] == address)

    def put(self, address: str, files: Mapping[str, bytes], log: str) -> None:
        """Keep a run; it appears at once and whole."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with workshop(self.folder, f".{address[:_SHOWN]}.") as folder:
            new = folder / "run"
            for name, content in files.items():
                (new / name).parent.mkdir(parents=True, exist_ok=True)
                (new / name).write_bytes(content)
            new.mkdir(exist_ok=True)
            (new / "log.txt").write_text(log, encoding="utf-8")
            digests = {name: _digest(files[name]) for name in sorted(files)}
            write_json(new / "run.json", {"address": address, "files": digests})
            set_modes(new)
            remove(self.place(address))  # damaged, or it would not have run
            new.replace(self.place(address))

    def files(self, address: str) -> dict[str, bytes]:
        """Return what is kept of a run, by path."""
        place = self.place(address)
        names = json.loads((place / "run.json").read_bytes())["files"]
        return {name: (place / name).read_bytes() for name in names}

    def tidy(self) -> None:
        """Remove what sweeps that were killed have left half made."""
        clear(self.folder)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
