"""The files that chapters save beside a figure or a table."""

from __future__ import annotations

from pathlib import Path

VALUES = "-values.json"  # what can be read off a figure (`rebalancing.report.readout`)


def passports(folder: Path) -> list[Path]:
    """Return the passports of the figures or tables of a chapter's folder, in order."""
    return sorted(path for path in folder.glob("*.json") if not path.name.endswith(VALUES))
