"""Web fonts that projects of tests share, because cutting them takes seconds."""

from __future__ import annotations

from pathlib import Path

from rebalancing.project import Project


def link(project: Project, kept: Path) -> None:
    """Let a project find web fonts in a folder that outlasts it, and keep those there it makes."""
    kept.mkdir(exist_ok=True)
    place = project.build / "shared" / "fonts"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(kept)
