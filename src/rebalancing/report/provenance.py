"""Which data and which code an edition was made from.

The commit is that of the project's own repository, whoever owns the files; a copy without one,
even inside another repository, has no commit. ``changed`` says that a source of the report is new
or differs from the commit; other files of the project do not matter.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import rebalancing
from rebalancing.data import releases as raw
from rebalancing.notebooks import read_notebook
from rebalancing.notebooks.chapters import find_notebooks, passed_over
from rebalancing.notebooks.format import BadNotebookError, cleared
from rebalancing.project import Project
from rebalancing.study import Study

# What the report is made from, without what it makes.
SOURCES = (
    *("study.yml", "requirements.lock", "CITATION.cff", "LICENSE", "CHANGELOG.md"),
    *("notebooks", "book", "src", "data/raw", "data/corrections.yml", "editions"),
)
# The workflow does not look at hidden files, nor at what Python compiles.
_IGNORED = tuple(f":(exclude,glob)**/{name}" for name in (".*", ".*/**", "__pycache__/**"))
# Variables that git sets in its hooks: they point to a repository that need not be the project's.
_OF_A_HOOK = {
    f"GIT_{name}"
    for name in (
        *("DIR", "WORK_TREE", "INDEX_FILE", "COMMON_DIR", "OBJECT_DIRECTORY", "PREFIX"),
        *("ALTERNATE_OBJECT_DIRECTORIES", "SHALLOW_FILE", "GRAFT_FILE", "NAMESPACE"),
    )
}


class _GitError(Exception):
    """What git, or the system, says when it cannot answer."""


def _git(project: Project, *arguments: str) -> str:
    """Return what git prints.

    Raises:
        _GitError: There is no git, or it fails.
    """
    # The project's code runs anyway, so that its repository belongs to somebody else is no risk.
    settings = [f"safe.directory={project.root}", "core.fsmonitor=false", "log.showSignature=false"]
    options = [part for setting in settings for part in ("-c", setting)]
    kept = {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}
    try:
        done = subprocess.run(
            ["git", *options, *arguments],
            cwd=project.root,
            env={**kept, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
        )
    except OSError as error:
        raise _GitError(f"git cannot be run: {error.strerror}") from None
    if done.returncode:
        raise _GitError(" ".join(done.stderr.split()))
    return done.stdout.rstrip("\n")


def code(project: Project) -> dict[str, Any]:
    """Return the version and commit of the code; ``changed`` when its sources are not the commit.

    Without a repository of the project's own, or before its first commit, the commit is None. Where
    git does not tell the commit of a repository that is there, one line on stderr says why.
    """
    commit = committed = None
    changed = False
    try:
        if _is_repository(project):
            commit, committed = _git(project, "log", "-1", "--format=%H %cs").split()
            changed = any(not _is_as_committed(project, entry) for entry in _status(project))
    except _GitError as error:
        print(f"The report will name no commit: {error}", file=sys.stderr)
    return {
        "version": rebalancing.__version__,
        "commit": commit,
        "committed": committed,
        "changed": changed,
    }


def _is_repository(project: Project) -> bool:
    """Return whether the project's folder is the top of a repository that has a commit.

    Raises:
        _GitError: It seems to be, but git does not answer.
    """
    if not (project.root / ".git").exists():
        return False
    top = _git(project, "rev-parse", "--show-toplevel")
    if not os.path.samefile(Path(top), project.root):
        return False
    try:
        _git(project, "rev-parse", "--verify", "--quiet", "HEAD")
    except _GitError:
        return False
    return True


def _status(project: Project) -> list[str]:
    """Return two letters, a blank and the path of each source that is not as committed."""
    options = ("--porcelain", "-z", "--no-renames", "--untracked-files=all")
    listed = _git(project, "status", *options, "--", *SOURCES, *_IGNORED)
    return [entry for entry in listed.split("\0") if entry]


def _is_as_committed(project: Project, entry: str) -> bool:
    """Return whether an entry is no change: outputs left in a chapter, or no chapter at all."""
    state, path = entry[:2], entry[3:]
    if state == "??":
        return project.root / path in passed_over(project)
    if set(state) - set(" M") or not path.startswith("notebooks/"):
        return False
    try:
        committed = json.loads(_git(project, "show", f"HEAD:{path}"))
        return cleared(committed) == read_notebook(project.root / path).cleared
    except (_GitError, BadNotebookError, ValueError, KeyError, TypeError):
        return False


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


def edition(
    project: Project, study: Study, of_code: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Return what heads results.json: the edition's name, parameters, releases and code.

    ``without`` names the chapters that are no part of it: an edition as of a day goes without
    those that describe all releases held.

    Args:
        project: The project.
        study: The edition's parameters.
        of_code: What `code` returns, if that is known.
    """
    about_all = [n.name for n in find_notebooks(project) if n.makes_tables]
    return {
        "name": study.edition(project),
        "parameters": study.parameters(),
        "releases": releases(project, study),
        "without": [] if study.as_of == raw.LATEST else about_all,
        "code": of_code or code(project),
    }
