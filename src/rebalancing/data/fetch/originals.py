"""What a service answered, byte for byte, so that a mistake in reading it can be undone later.

The answers that led to a release are an archive of their own, in ``data/.fetch/originals``: one
file per answer in the order of the questions, and ``index.json`` with each question, media type and
digest. It is too large for the repository; the descriptor of the release has its name, size and
digest, and where it is to be kept: ``REBALANCING_ORIGINALS_URL``, if that is set, followed by its
name. Whoever runs the refresh brings it there (`tools/github.py`). The same answers give the same
archive.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rebalancing import files
from rebalancing.data.fetch.answers import Answer
from rebalancing.project import Project

VARIABLE = "REBALANCING_ORIGINALS_URL"
INDEX = "index.json"
_ENDINGS = {"json": "json", "csv": "csv", "xml": "xml", "html": "html", "spreadsheetml": "xlsx"}
_OF_NAME = 12  # signs of the digest, so that other answers on the same release have another name


class Originals:
    """The answers of one service, packed as they come."""

    def __init__(self) -> None:
        self._answers: list[tuple[str, bytes]] = []  # compressed: pages of figures are large
        self._index: list[dict[str, Any]] = []

    def add(self, address: str, question: bytes | None, answer: Answer) -> None:
        """Add an answer.

        Args:
            address: What was asked for, without keys.
            question: What was sent along, if anything.
            answer: What came, decoded.
        """
        known = (end for part, end in _ENDINGS.items() if part in answer.media_type)
        name = f"{len(self._index) + 1:04d}.{next(known, 'bin')}"
        self._answers.append((name, zlib.compress(answer.content)))
        self._index.append(
            {
                "name": name,
                "address": address,
                **({"question": question.decode()} if question else {}),
                "mediaType": answer.media_type,
                "bytes": len(answer.content),
                "hash": f"sha256:{hashlib.sha256(answer.content).hexdigest()}",
            }
        )

    def packed(self) -> bytes:
        """Return the archive of the answers so far."""
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            for name, answer in self._answers:
                _write(archive, name, zlib.decompress(answer))
            _write(archive, INDEX, files.json_text(self._index).encode())
        return content.getvalue()


def _write(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name)  # of no day: the same bytes whenever it is made
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)


def described(content: bytes, publisher: str, release: str, environ: Mapping[str, str]) -> Any:
    """Return what the descriptor of a release says of an archive."""
    digest = hashlib.sha256(content).hexdigest()
    name = f"{publisher}-{release}-{digest[:_OF_NAME]}.zip"
    place = environ.get(VARIABLE, "").rstrip("/")
    return {
        "name": name,
        **({"path": f"{place}/{name}"} if place else {}),
        "bytes": len(content),
        "hash": f"sha256:{digest}",
    }


def keep(project: Project, content: bytes, name: str) -> Path:
    """Write an archive to where the next step finds it."""
    return files.write_atomic(folder(project) / name, content)


def folder(project: Project) -> Path:
    """Return where archives are."""
    return project.root / "data" / ".fetch" / "originals"


def read_originals(path: Path) -> list[tuple[dict[str, Any], bytes]]:
    """Return the entries of the index of an archive, each with its answer, once they agree.

    Raises:
        ValueError: The archive is damaged, or an answer is not what the index says.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            found = [
                (entry, archive.read(entry["name"])) for entry in json.loads(archive.read(INDEX))
            ]
    except (zipfile.BadZipFile, KeyError) as error:
        raise ValueError(f"{path} is damaged: {error}") from None
    for entry, content in found:
        if entry["hash"] != f"sha256:{hashlib.sha256(content).hexdigest()}":
            raise ValueError(f"{path} is damaged: {entry['name']} is not what its index says")
    return found
