"""Which data and which code an edition was made from."""

from __future__ import annotations

import subprocess
from typing import Any

import rebalancing
from rebalancing.data import releases as raw
from rebalancing.project import Project
from rebalancing.study import Study
from rebalancing.workflow.notebooks import find_notebooks


def _git(project: Project, *arguments: str) -> str | None:
    """Return what git prints, or None outside a repository or without git."""
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=project.root, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def code(project: Project) -> dict[str, Any]:
    """Return the version and commit of the code; ``changed`` when the tree is not the commit."""
    commit = _git(project, "rev-parse", "HEAD")
    return {
        "version": rebalancing.__version__,
        "commit": commit,
        "committed": _git(project, "log", "-1", "--format=%cs"),
        "changed": bool(commit and _git(project, "status", "--porcelain", "--untracked-files=no")),
    }


def releases(project: Project, study: Study) -> dict[str, dict[str, str]]:
    """Return name, date and digest of the release in use, per publisher.

    Publishers without a release on the study's day are left out.
    """
    project = project.as_of(study.as_of)
    chosen = (
        raw.resolve(project, publisher, study.release_name(publisher))
        for publisher in raw.publishers(project)
    )
    return {r.publisher: {"release": r.name, "date": r.date, "sha256": r.sha256} for r in chosen}


def edition(project: Project, study: Study) -> dict[str, Any]:
    """Return what heads results.json: the edition's name, parameters, releases and code.

    ``without`` names the chapters that are no part of it: an edition as of a day goes without
    those that describe all releases at hand.
    """
    about_all = [n.name for n in find_notebooks(project) if n.makes_tables]
    return {
        "name": study.edition(project),
        "parameters": study.parameters(),
        "releases": releases(project, study),
        "without": [] if study.as_of == raw.LATEST else about_all,
        "code": code(project),
    }
