"""Bring to GitHub what a build proposes: one pull request and one issue for each subject.

Usage: python3 tools/github.py pack|propose|merge SUBJECT

``pack`` puts the changed files of a subject beside the texts in build/proposal, as change.patch.
``propose`` commits them on the branch of the subject's name and opens a pull request, or writes
anew the one that is open; likewise the issue with the subject's label, which is closed when all is
well again. When a service was out of reach, it fails once all else is done: nobody needs an issue
for that, but a service that is gone for good must not be missed. ``merge`` waits for the tests of a
proposal that may merge itself, where the repository has that set. Steps of their own, so that those
with the right to write install nothing. Needs git, gh with a token, and the standard library.
"""

import hashlib
import json
import os
import re
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from proposed import DATA, LOGIN, archives, commits, fetched, identity, index, merges, patched, run
from proposed import of_people as not_ours

FOLDER = Path("build", "proposal")
PATCH, SUMMARY = FOLDER / "change.patch", FOLDER / "summary.md"
PULL_REQUEST, ISSUE = FOLDER / "pull-request.md", FOLDER / "issue.md"
OUT_OF_REACH, ALL_WELL = FOLDER / "out-of-reach.md", FOLDER / "all-well.md"
MAY_MERGE = FOLDER / "may-merge.md"
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
MARK = re.compile(r"<!-- figures [0-9a-f]{64} -->")
BUILT = "<!-- built pages -->"  # stands where a link to them belongs
ARCHIVES, ORIGINALS = Path("data", ".fetch", "originals"), FOLDER / "originals"
TAG, TAGS = "originals", ("--limit", "100", "--json", "tagName")
TESTS = "test.yml"
PUBLISHED = "publish.yml"
MERGES_ITSELF = "MERGES_ITSELF"  # a setting of the repository: "true" or anything else
WHAT_TO_DO = "What to do: docs/runbook.md"
LEFT_ALONE = "A run failed: a branch is left alone"
NOT_PASSED = "A run failed: what merges itself did not pass"
PAUSE, MOST_PAUSES = 30, 300  # seconds between questions whether the tests have ended


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
        return
    # What the new releases were read from is too large for the branch, and goes along beside it.
    shutil.rmtree(ORIGINALS, ignore_errors=True)
    patch = PATCH.read_bytes()
    for path in sorted(ARCHIVES.glob("*.zip")):
        if path.name.encode() in patch:
            ORIGINALS.mkdir(exist_ok=True)
            shutil.copyfile(path, ORIGINALS / path.name)


def propose(subject: str) -> None:
    """Open, rewrite or close what the texts ask for."""
    if not SUMMARY.is_file():
        sys.exit(f"There is no {SUMMARY}; run first: make proposal ABOUT={subject}")
    summarise(SUMMARY.read_text(encoding="utf-8"))
    why_not = None
    if PULL_REQUEST.is_file():
        why_not = pull_request(subject, *title_and_body(PULL_REQUEST))
    if ISSUE.is_file():
        issue(subject, *title_and_body(ISSUE))
    elif ALL_WELL.is_file():
        close_issue(subject, ALL_WELL.read_text(encoding="utf-8"))
    lines = [why_not] if why_not else []
    if OUT_OF_REACH.is_file():
        lines += OUT_OF_REACH.read_text(encoding="utf-8").splitlines()
    if lines:
        sys.exit("\n".join(map(annotated, lines)))


def summarise(text: str) -> None:
    """Add a text to the run's page, where the run has one."""
    page = os.environ.get("GITHUB_STEP_SUMMARY")
    if page:
        with open(page, "a", encoding="utf-8") as stream:
            stream.write(text)


def note(text: str) -> None:
    """Say something, on the run's page, too."""
    print(text)
    summarise(f"\n{text}\n")


def annotated(line: str) -> str:
    """Return a line so that the run's page shows it, where the run has one."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return line
    return f"::error::{line.replace('%', '%25')}"


def title_and_body(path: Path) -> tuple[str, str]:
    """Return the first line of a text, and what follows the empty line after it."""
    title, _, body = path.read_text(encoding="utf-8").partition("\n\n")
    return title, body


def pull_request(branch: str, title: str, body: str) -> str | None:
    """Push the patch to a branch, and open or rewrite its pull request.

    Nothing is pushed, and no test is started, when the branch holds the same already. Where people
    have committed to it, it is left to them. What was closed as unwanted is not opened again.

    Returns:
        Why the branch could not be used, where that needs somebody who is not told otherwise.
    """
    if not PATCH.is_file():
        sys.exit(f"There is no {PATCH}; run first: make proposal ABOUT={branch}")
    base = run("git", "rev-parse", "--abbrev-ref", "HEAD")
    commit = committed(branch, title)
    unwanted, mark = closed(branch), f"<!-- figures {identity(commit, DATA)} -->"
    number, tip = open_pull_request(branch), fetched(branch)
    if number is None and (before := unwanted.get(mark)):
        note(f"Pull request {before} proposed the same and was closed, so nothing was opened. To "
             "have it after all, reopen that one.")  # fmt: skip
        return None
    if tip is not None and (theirs := of_people(branch, tip)):
        return left_alone(branch, number, title, commit, theirs)
    is_new = tip is None or not is_same(tip, commit)
    if is_new:
        upload(commit)
        push(branch, commit, tip)
    text = ("--title", title, "--body", f"{body.replace(BUILT, built())}\n{mark}\n")
    if number is None:
        run("gh", "pr", "create", "--base", base, "--head", branch, *text)
    else:
        run("gh", "pr", "edit", number, *text)
    if is_new or number is None:
        # What a workflow's own token pushes starts no workflow, except when asked for.
        run("gh", "workflow", "run", TESTS, "--ref", branch)
    return None


def committed(subject: str, message: str) -> str:
    """Return a commit of HEAD with what the subject may change of the patch."""
    allowed = [f"--include={path}{end}" for path in SUBJECTS[subject] for end in ENDS]
    return patched(message, str(PATCH), allowed)


def built() -> str:
    """Return a link to the run that built the pages, where there is one; else nothing."""
    names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    server, repository, number = (os.environ.get(name) for name in names)
    if not (server and repository and number):
        return ""
    address = f"{server}/{repository}/actions/runs/{number}#artifacts"
    return f"The built pages: the artifact `site` of [the run that proposes this]({address})."


def is_same(tip: str, commit: str) -> bool:
    """Return whether a branch of ours holds what is proposed, and can be merged as it stands."""
    on_it = commits("HEAD", tip)
    if on_it != [tip] or identity(tip) != identity(commit) or not merges(tip):
        return False
    # What merges itself is to have passed the tests together with what it is merged into.
    parent, head = run("git", "rev-parse", f"{tip}^", "HEAD").split()
    return parent == head or not merges_itself()


def upload(commit: str) -> None:
    """Put the answers that new releases were read from where their descriptors say.

    They are assets of a release of the repository that holds nothing else. One that is not as its
    descriptor says is not put there.
    """
    described = [entry for entry in archives(commit) if (ORIGINALS / entry["name"]).is_file()]
    if not described:
        return
    known = {entry["tagName"] for entry in json.loads(run("gh", "release", "list", *TAGS))}
    if TAG not in known:
        text = (
            "--title",
            "Publishers' answers",
            "--notes",
            "What releases in data/raw were read from.",
        )
        run("gh", "release", "create", TAG, "--latest=false", *text)
    for entry in described:
        path = ORIGINALS / entry["name"]
        if f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}" != entry["hash"]:
            sys.exit(f"{path} is not what its descriptor says; nothing was pushed.")
        run("gh", "release", "upload", TAG, str(path), "--clobber")


def push(branch: str, commit: str, tip: str | None) -> None:
    """Put a branch of origin to a commit, unless somebody has pushed to it meanwhile."""
    lease = f"--force-with-lease=refs/heads/{branch}:{tip or ''}"
    run("git", *LOGIN, "push", "--quiet", lease, "origin", f"{commit}:refs/heads/{branch}")


def of_people(branch: str, tip: str) -> list[str]:
    """Return the commits on a branch that would be lost if it was written anew."""
    found = not_ours(commits("HEAD", tip))
    # Squashed or not, what was merged is in the base.
    return found if found and tip not in merged(branch) else []


def left_alone(
    branch: str, number: str | None, title: str, commit: str, theirs: list[str]
) -> str | None:
    """Say once what a branch with people's commits does not hold."""
    tip = f"refs/remotes/origin/{branch}"
    ours = [each for each in commits("HEAD", tip) if each not in theirs]
    digest = identity(commit)
    if any(identity(each) == digest for each in ours if has_one_parent(each)):
        return None  # they have built on just what is proposed
    who = ", ".join(sorted({run("git", "show", "-s", "--format=%an", each) for each in theirs}))
    if number is None:
        return (
            f"The branch {branch} has commits by {who} and no open pull request, so it was left "
            f"alone. {WHAT_TO_DO}, “{LEFT_ALONE}”."
        )
    mark = f"<!-- proposal {digest} -->"
    said = json.loads(run("gh", "pr", "view", number, "--json", "comments"))["comments"]
    if not any(mark in comment["body"] for comment in said):
        words = (
            f"The latest run proposes something else than this branch holds:\n\n> {title}\n\n"
            f"The branch has commits by {who}, so the run left it alone. To have the new proposal, "
            "merge or close this pull request, delete its branch, and run the workflow again; or "
            f"take it from the run's artifact `proposal`.\n\n{mark}\n"
        )
        run("gh", "pr", "comment", number, "--body", words)
    return None


def has_one_parent(commit: str) -> bool:
    """Return whether a commit has a parent and merges nothing."""
    return len(run("git", "show", "-s", "--format=%P", commit).split()) == 1


def pull_requests(branch: str, state: str, *fields: str) -> list[dict[str, Any]]:
    """Return pull requests of our branch, not of a fork's of that name, the newest first."""
    names = ",".join(("number", "isCrossRepository", *fields))
    asked = ("--head", branch, "--state", state, "--limit", "100", "--json", names)
    found: list[dict[str, Any]] = json.loads(run("gh", "pr", "list", *asked))
    return [entry for entry in found if not entry["isCrossRepository"]]


def open_pull_request(branch: str) -> str | None:
    """Return the number of the open pull request of a branch."""
    return next((str(entry["number"]) for entry in pull_requests(branch, "open")), None)


def closed(branch: str) -> dict[str, str]:
    """Return the numbers of pull requests closed unmerged, by the marks in their texts."""
    found = pull_requests(branch, "closed", "body", "mergedAt")
    return {
        mark: str(entry["number"])
        for entry in reversed(found)
        if not entry["mergedAt"]
        for mark in MARK.findall(entry["body"])
    }


def merged(branch: str) -> list[str]:
    """Return the commits at which a branch was merged."""
    return [entry["headRefOid"] for entry in pull_requests(branch, "merged", "headRefOid")]


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


def merges_itself() -> bool:
    """Return whether the repository lets small proposals merge themselves."""
    return os.environ.get(MERGES_ITSELF) == "true"


def merge(subject: str) -> None:
    """Merge the pull request just proposed, if it may merge itself and its tests pass."""
    if not merges_itself() or not MAY_MERGE.is_file():
        note("The pull request, if there is one, waits for a person.")
        return
    number, tip = open_pull_request(subject), fetched(subject)
    if number is None or tip is None or of_people(subject, tip):
        note("There is no open pull request that these workflows alone have written.")
        return
    if not is_same(tip, committed(subject, "What was proposed")):
        note("The branch holds something else than was proposed; it waits for a person.")
        return
    conclusion = tested(subject, tip)
    if conclusion != "success":
        sys.exit(
            annotated(
                f"The tests of pull request {number} ended with {conclusion}, so it stays open. "
                f"{WHAT_TO_DO}, “{NOT_PASSED}”."
            )
        )
    base = run("git", "rev-parse", "--abbrev-ref", "HEAD")
    exact = ("--match-head-commit", tip)
    run("gh", "pr", "merge", number, "--merge", "--delete-branch", *exact)
    note(f"Merged pull request {number}. {MAY_MERGE.read_text(encoding='utf-8')}")
    for workflow in (TESTS, PUBLISHED):  # a token's own push to the base starts neither
        run("gh", "workflow", "run", workflow, "--ref", base)


def tested(branch: str, commit: str) -> str:
    """Wait for the newest test of a commit to end, and return how it did."""
    fields = ("--json", "status,conclusion")
    asked = ("--workflow", TESTS, "--branch", branch, "--commit", commit, "--limit", "1", *fields)
    for _ in range(MOST_PAUSES):
        found = json.loads(run("gh", "run", "list", *asked))
        if found and found[0]["status"] == "completed":
            return str(found[0]["conclusion"])
        time.sleep(PAUSE)
    return "no result in time"


def main() -> None:
    """Do one step for one subject."""
    steps = {"pack": pack, "propose": propose, "merge": merge}
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
