"""What a proposal is, and whose the commits of its branch are.

Two proposals are the same when they bring the same figures and results: the day on which something
was fetched or accepted does not count, nor does the list of digests that follows from it. So the
next run of a schedule, which fetches the same release on another day, is seen to propose nothing
new.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

AUTHOR = (
    "-c", "user.name=github-actions[bot]",
    "-c", "user.email=41898282+github-actions[bot]@users.noreply.github.com",
)  # fmt: skip
OURS = AUTHOR[-1].removeprefix("user.email=")
LOGIN = ("-c", "credential.helper=", "-c", "credential.helper=!gh auth git-credential")
DATA = "data/raw/"
OF_THE_DAY = ("retrieved", "originals")  # answers may have a clock in them
FOLLOWS = f"{DATA}SHA256SUMS"


def run(*command: str, env: dict[str, str] | None = None) -> str:
    """Return what a command prints; end with its own message when it fails."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=env, check=False)
    except FileNotFoundError:
        sys.exit(f"{command[0]} is not installed; install it and run this again")
    if done.returncode:
        sys.exit(f"{' '.join(command[:3])} failed; its message is above.")
    return done.stdout.strip()


def fetched(branch: str) -> str | None:
    """Return the commit that a branch of origin is at, fetched; None where there is no branch."""
    name = f"refs/heads/{branch}"
    if not run("git", *LOGIN, "ls-remote", "origin", name):
        return None
    own = f"refs/remotes/origin/{branch}"
    run("git", *LOGIN, "fetch", "--quiet", "--no-tags", "origin", f"+{name}:{own}")
    return run("git", "rev-parse", own)


def commits(base: str, tip: str) -> list[str]:
    """Return the commits of a branch that its base does not have, the newest first."""
    return run("git", "rev-list", f"{base}..{tip}").split()


def of_people(found: list[str]) -> list[str]:
    """Return those commits that somebody else than these workflows wrote or committed."""
    return [
        commit
        for commit in found
        if {*run("git", "show", "-s", "--format=%ae%n%ce", commit).split()} != {OURS}
    ]


def merges(tip: str, base: str = "HEAD") -> bool:
    """Return whether a branch can be merged without a conflict."""
    command = ("git", "merge-tree", "--write-tree", base, tip)
    return subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode == 0


def identity(commit: str, below: str = "") -> str:
    """Return a digest of what a commit adds to the one before it, without what is of the day.

    Args:
        commit: With one parent.
        below: A folder; only what the commit changes there counts, if it changes anything there.
    """
    lines = run("git", "diff-tree", "-r", "-z", "--no-renames", f"{commit}^", commit).split("\0")
    changed = {path: line.split()[3] for line, path in zip(lines[::2], lines[1::2], strict=False)}
    paths = [path for path in sorted(changed) if path != FOLLOWS]
    paths = [path for path in paths if path.startswith(below)] or paths
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path}\n{_content(path, changed[path])}\n".encode())
    return digest.hexdigest()


def archives(commit: str) -> list[dict[str, Any]]:
    """Return what the descriptors that a commit adds say of the answers they were read from."""
    names = run("git", "diff-tree", "-r", "--no-renames", "--diff-filter=A", "--name-only",
                f"{commit}^", commit, "--", DATA).splitlines()  # fmt: skip
    packages = [
        json.loads(run("git", "show", f"{commit}:{name}"))
        for name in names
        if name.endswith("/datapackage.json")
    ]
    return [package["originals"] for package in packages if "originals" in package]


def _content(path: str, blob: str) -> str:
    """Return what a file holds, as far as it counts, or git's name for it."""
    if path.endswith(".json") and blob.strip("0"):
        try:
            content = json.loads(run("git", "cat-file", "blob", blob))
        except ValueError:
            return blob
        return json.dumps(_lasting(content), sort_keys=True)
    return blob


def _lasting(content: Any) -> Any:
    """Return JSON without what is of the day."""
    if isinstance(content, list):
        return [_lasting(each) for each in content]
    if not isinstance(content, dict):
        return content
    kept = {key: _lasting(value) for key, value in content.items() if key not in OF_THE_DAY}
    if isinstance(kept.get("accepted"), dict):
        kept["accepted"].pop("date", None)
    return kept


def patched(message: str, patch: str, allowed: list[str]) -> str:
    """Return a commit of HEAD with a patch, as far as it is allowed; the work tree stays."""
    with index() as env:
        run("git", "apply", "--cached", *allowed, patch, env=env)
        tree = run("git", "write-tree", env=env)
        return run("git", *AUTHOR, "commit-tree", "-p", "HEAD", "-m", message, tree)


@contextmanager
def index() -> Iterator[dict[str, str]]:
    """Yield the environment for git with an index of its own, at HEAD."""
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "GIT_INDEX_FILE": str(Path(folder, "index"))}
        run("git", "read-tree", "HEAD", env=env)
        yield env
