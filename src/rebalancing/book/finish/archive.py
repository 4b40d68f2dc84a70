"""A built site as one file, to be kept or passed on and read without a server.

The pages name each other by relative addresses and load nothing but scripts, so that they can be
read, searched and explored from the folder that the archive unpacks to. The same site gives the
same bytes: entries are sorted and carry the day of the commit, or of the newest release where there
is no commit.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rebalancing.files import FILE_MODE, atomic
from rebalancing.report import stored

_EARLIEST = (1980, 1, 1)  # that an archive can hold


def write_archive(edition_folder: Path) -> Path:
    """Pack the site of an edition into ``report-<edition>.zip`` beside it, and return the file.

    Args:
        edition_folder: ``build/<edition>``, whose site has been built.
    """
    site = edition_folder / "site"
    day = day_of(stored.read_results(edition_folder)["edition"])
    name = f"report-{edition_folder.name}"
    target = edition_folder / f"{name}.zip"
    files = {path.relative_to(site).as_posix(): path for path in site.rglob("*") if path.is_file()}
    with atomic(target) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for place, path in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{name}/{place}", date_time=(*day, 0, 0, 0))
            entry.external_attr = FILE_MODE << 16
            entry.create_system = 3  # as on Linux, wherever it is made
            archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED, 9)
    return target


def day_of(edition: Mapping[str, Any]) -> tuple[int, int, int]:
    """Return the day of an edition: of its commit, or of the newest of its releases.

    Args:
        edition: The head of its results.
    """
    dates = [release["date"] for release in edition["releases"].values()]
    said = edition["code"]["committed"] or max(dates, default="")
    year, month, day = (*map(int, filter(None, said[:10].split("-"))), 1, 1, 1)[:3]
    return max((year, month, day), _EARLIEST)
