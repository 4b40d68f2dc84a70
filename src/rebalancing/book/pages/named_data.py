"""The data of figures with names and units, beside the files that the figures are drawn from.

A figure's own CSV has codes of economies for its columns, as notebooks use them. The file written
here, ``<name>-named.csv``, has their names, and says in each row what is measured and who published
it, so that it can be read without the page.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rebalancing.report.passports import passports

SUFFIX = "-named.csv"


def write_named(extra: Path, names: Mapping[str, str]) -> None:
    """Write a file with names for each figure whose data are in a book's downloads.

    Args:
        extra: The folder of what readers download.
        names: Of economies, by code.
    """
    chapters = sorted(path for path in (extra / "figures").glob("*") if path.is_dir())
    for path in (path for chapter in chapters for path in passports(chapter)):
        passport = json.loads(path.read_text(encoding="utf-8"))
        data = path.with_name(passport["csv"]).read_text(encoding="utf-8")
        # The downloads are not in their place yet, so that nobody can read half a file.
        target = path.with_name(f"{path.stem}{SUFFIX}")
        target.write_text(named(data, passport, names), encoding="utf-8")


def named(data: str, passport: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Return a figure's CSV with names for codes, and with what is measured and its source."""
    head, *rows = csv.reader(io.StringIO(data))
    about = [passport["subtitle"], passport["release"]]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    first, *others = head
    writer.writerow([first or "what", *(names.get(c, c) for c in others), "measure", "source"])
    for row in rows:
        writer.writerow([names.get(row[0], row[0]), *row[1:], *about])
    return stream.getvalue()
