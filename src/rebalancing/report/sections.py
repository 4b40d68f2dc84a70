"""Which cells belong to a section that an edition may go without."""

from __future__ import annotations

from collections.abc import Collection, Iterable

_TAG = "needs-"


def needs(tags: Iterable[str]) -> list[str]:
    """Return the sections that a cell with these tags needs."""
    return [tag.removeprefix(_TAG) for tag in tags if tag.startswith(_TAG)]


def skipped(tags: Iterable[str], left_out: Collection[str]) -> bool:
    """Return whether a cell with these tags skips itself, as some sections are left out."""
    return any(section in left_out for section in needs(tags))
