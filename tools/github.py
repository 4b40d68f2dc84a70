"""Bring to GitHub what a build proposes: one pull request and one issue for each subject.

Usage: python3 tools/github.py pack|propose SUBJECT

``pack`` puts the changed files of a subject beside the texts in build/proposal, as change.patch.
``propose`` commits them on the branch of the subject's name and opens a pull request, or writes
anew the one that is open; likewise the issue with the subject's label, which is closed when all is
well again. When a service was out of reach, it fails once all else is done: nobody needs an issue
for that, but a service that is gone for good must not be missed. Two steps, so that the one with
the right to write installs nothing. Needs git, gh with a token, and the standard library.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = Path("build", "proposal")
PATCH, SUMMARY = FOLDER / "change.patch", FOLDER / "summary.md"
PULL_REQUEST, ISSUE = FOLDER / "pull-request.md", FOLDER / "issue.md"
OUT_OF_REACH, ALL_WELL = FOLDER / "out-of-reach.md", FOLDER / "all-well.md"
# The files that a pull request on a subject may change.
SUBJECTS = {
    "refresh": ("data/raw", "editions"),
    "environment": ("requirements.lock", "requirements.json", "environment.yml"),
    "links": (),
}
ENDS = ("", "/*")  # a file, or all below a folder
# Temporary files, and what file managers and tools that keep folders in step leave behind.
LEFT = (".[!.]*", "*[ ()~]*", "Thumbs.db", "ehthumbs.db", "desktop.ini")
NOT_LEFT = [f":(exclude,glob)**/{name}{end}" for name in LEFT for end in ("", "/**")]
TESTS = "test.yml"
AUTHOR = (
    "-c", "user.name=github-actions[bot]",
    "-c", "user.email=41898282+github-actions[bot]@users.noreply.github.com",
)  # fmt: skip
LOGIN = ("-c", "credential.helper=", "-c", "credential.helper=!gh auth git-credential")


def run(*command: str, env: dict[str, str] | None = None) -> str:
    """Return what a command prints; end with its own message when it fails."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=env, check=False)
    except FileNotFoundError:
        sys.exit(f"{command[0]} is not installed; install it and run this again")
    if done.returncode:
        sys.exit(f"{' '.join(command[:3])} failed; its message is above.")
    return done.stdout.strip()


def pack(subject: str) -> None:
    """Write the patch; remove an old one when nothing has changed."""
    PATCH.unlink(missing_ok=True)
    paths = [path for path in SUBJECTS[subject] if Path(path).exists()]
    if not paths:
        return
    with index() as env:
        run("git", "add", "--all", "--", *paths, *NOT_LEFT, env=env)
        # Written by git itself: a patch may hold bytes that are no text.
        run("git", "diff", "--cached", "--binary", f"--output={PATCH}", "HEAD", env=env)
    if not PATCH.stat().st_size:
        PATCH.unlink()


def propose(subject: str) -> None:
    """Open, rewrite or close what the texts ask for."""
    if not SUMMARY.is_file():
        sys.exit(f"There is no {SUMMARY}; run first: make proposal ABOUT={subject}")
    summarise(SUMMARY.read_text(encoding="utf-8"))
    if PULL_REQUEST.is_file():
        pull_request(subject, *title_and_body(PULL_REQUEST))
    if ISSUE.is_file():
        issue(subject, *title_and_body(ISSUE))
    elif ALL_WELL.is_file():
        close_issue(subject, ALL_WELL.read_text(encoding="utf-8"))
    if OUT_OF_REACH.is_file():
        lines = OUT_OF_REACH.read_text(encoding="utf-8").splitlines()
        sys.exit("\n".join(map(annotated, lines)))


def summarise(text: str) -> None:
    """Add a text to the run's page, where the run has one."""
    page = os.environ.get("GITHUB_STEP_SUMMARY")
    if page:
        with open(page, "a", encoding="utf-8") as stream:
            stream.write(text)


def annotated(line: str) -> str:
    """Return a line so that the run's page shows it, where the run has one."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return line
    return f"::error::{line.replace('%', '%25')}"


def title_and_body(path: Path) -> tuple[str, str]:
    """Return the first line of a text, and what follows the empty line after it."""
    title, _, body = path.read_text(encoding="utf-8").partition("\n\n")
    return title, body


def pull_request(branch: str, title: str, body: str) -> None:
    """Push the patch to a branch, and open or rewrite its pull request."""
    if not PATCH.is_file():
        sys.exit(f"There is no {PATCH}; run first: make proposal ABOUT={branch}")
    base = run("git", "rev-parse", "--abbrev-ref", "HEAD")
    commit = committed(title, [f"--include={p}{end}" for p in SUBJECTS[branch] for end in ENDS])
    run("git", *LOGIN, "push", "--quiet", "--force", "origin", f"{commit}:refs/heads/{branch}")
    number = open_pull_request(branch)
    text = ("--title", title, "--body", body)
    if number is None:
        run("gh", "pr", "create", "--base", base, "--head", branch, *text)
    else:
        run("gh", "pr", "edit", number, *text)
    # What a workflow's own token pushes starts no workflow, except when asked for.
    run("gh", "workflow", "run", TESTS, "--ref", branch)


def committed(message: str, allowed: list[str]) -> str:
    """Return a commit of HEAD with the patch, as far as it is allowed; the work tree stays."""
    with index() as env:
        run("git", "apply", "--cached", *allowed, str(PATCH), env=env)
        tree = run("git", "write-tree", env=env)
        return run("git", *AUTHOR, "commit-tree", "-p", "HEAD", "-m", message, tree)


@contextmanager
def index() -> Iterator[dict[str, str]]:
    """Yield the environment for git with an index of its own, at HEAD."""
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "GIT_INDEX_FILE": str(Path(folder, "index"))}
        run("git", "read-tree", "HEAD", env=env)
        yield env


def open_pull_request(branch: str) -> str | None:
    """Return the number of the open pull request of our branch, not of a fork's of that name."""
    asked = ("--head", branch, "--state", "open", "--json", "number,isCrossRepository")
    found = json.loads(run("gh", "pr", "list", *asked))
    return next((str(entry["number"]) for entry in found if not entry["isCrossRepository"]), None)


def open_issue(label: str) -> str | None:
    """Return the number of the open issue with a label, which only maintainers can give."""
    found = run("gh", "issue", "list", "--label", label, "--state", "open", "--json", "number")
    return next((str(entry["number"]) for entry in json.loads(found)), None)


def issue(label: str, title: str, body: str) -> None:
    """Open an issue, or rewrite the open one."""
    number, text = open_issue(label), ("--title", title, "--body", body)
    if number is None:
        run("gh", "label", "create", label, "--force", "--description", "Found by a scheduled run")
        run("gh", "issue", "create", "--label", label, *text)
    else:
        run("gh", "issue", "edit", number, *text)


def close_issue(label: str, why: str) -> None:
    """Close the open issue, if there is one."""
    number = open_issue(label)
    if number is not None:
        run("gh", "issue", "close", number, "--comment", why)


def main() -> None:
    """Do one step for one subject."""
    steps = {"pack": pack, "propose": propose}
    match sys.argv[1:]:
        case [step, subject] if step in steps and subject in SUBJECTS:
            try:
                steps[step](subject)
            except (OSError, ValueError) as error:
                sys.exit(f"{step} {subject} failed: {' '.join(str(error).split())}")
        case _:
            sys.exit(f"Usage: tools/github.py {'|'.join(steps)} {'|'.join(SUBJECTS)}")


if __name__ == "__main__":
    main()
