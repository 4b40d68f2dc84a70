"""What an unattended build proposes: the texts of a pull request and of an issue.

`of_refresh`, `of_environment` and `of_links` make them; `write` puts them into a folder, in which
whatever the project is hosted on finds them::

    summary.md         always: what happened, line by line
    pull-request.md    a title, an empty line and the text; where something is to be taken in
    issue.md           the same form; where somebody must look into something
    all-well.md        a sentence; where everything was looked at and nothing is wrong
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rebalancing.errors import RebalancingError
from rebalancing.files import write_atomic
from rebalancing.report import changes_text, side_by_side

MOST_CHARACTERS = 60_000  # hosts refuse longer texts
PULL_REQUEST, ISSUE, SUMMARY = "pull-request.md", "issue.md", "summary.md"
ALL_WELL = "all-well.md"
_PIN = re.compile(
    r"^([a-z0-9._-]+)(?:\[[\w,-]+\])?==([^\s;\\]+)(?: ; ([^\\\n]*[^\\\n\s]))?", re.MULTILINE
)
_WORDS = {
    "stopped": "stopped",
    "another form": "changed its format",
    "out of reach": "out of reach",
    "an error": "failed",
}
_REWRITTEN = "The next run writes this branch anew: what is added to it by hand is lost then."


class NotComparedError(RebalancingError):
    """What changed was not found out for the results that are proposed."""


@dataclass(frozen=True)
class Proposal:
    """Texts in Markdown; those of a pull request and of an issue are None where there is none.

    ``is_whole`` is whether everything was looked at, so that no issue means that all is well.
    """

    summary: str
    pull_request: str | None = None
    issue: str | None = None
    is_whole: bool = True


def write(proposal: Proposal, folder: Path) -> list[Path]:
    """Write the texts into a folder, remove those of an earlier proposal, return what is there."""
    is_well = proposal.is_whole and proposal.issue is None
    texts = {
        SUMMARY: proposal.summary,
        PULL_REQUEST: proposal.pull_request,
        ISSUE: proposal.issue,
        ALL_WELL: "The latest run found nothing wrong.\n" if is_well else None,
    }
    for name, text in texts.items():
        if text is None:
            (folder / name).unlink(missing_ok=True)
        else:
            write_atomic(folder / name, _shortened(text))
    return [folder / name for name, text in texts.items() if text is not None]


def of_refresh(
    found: Mapping[str, Any], changes: Mapping[str, Any] | None, digest: str | None
) -> Proposal:
    """Return what a refresh proposes.

    Args:
        found: What came of each publisher, as ``rebalancing data refresh --json`` writes it.
        changes: The content of changes.json; None where it was not made.
        digest: Of the results that are proposed (`editions.digest`); None where there are none.

    Raises:
        NotComparedError: A release is new, and the changes are missing or led to other results.
    """
    outcomes: Sequence[Mapping[str, Any]] = found["outcomes"]
    troubled = [entry for entry in outcomes if entry["trouble"]]
    summary = _list(entry["text"] for entry in outcomes)
    pull_request = None
    if any(entry["state"] == "new" for entry in outcomes):
        if changes is None or changes["digest"] != digest:
            raise NotComparedError(
                "a release is new, but what it changed is not known; run: make report changes"
            )
        text = changes_text.pull_request(changes)
        pull_request = f"{text}\n## Publishers\n\n{summary}\n{_REWRITTEN}\n"
    issue = "\n".join(_issue(troubled)) + "\n" if troubled else None
    return Proposal(summary, pull_request, issue, is_whole=found["of_all"])


def of_environment(
    locks: tuple[str, str], results: tuple[Mapping[str, Any], Mapping[str, Any]]
) -> Proposal:
    """Return what a new lock file proposes, and whether any result moved.

    Args:
        locks: The text of requirements.lock before and after.
        results: The content of results.json before and after, from the same code and data.
    """
    packages = _packages(*locks)
    if not packages:
        return Proposal("Every package is at its newest version already.\n")
    content = side_by_side.compare(*results)
    moved, unseen = len(content["results"]), content["unseen"]
    others = len(content["only_first"]) + len(content["only_second"])
    verdict = _verdict(moved, unseen, others)
    count = f"{len(packages)} package{'s' if len(packages) > 1 else ''}"
    lines = [
        f"Environment: {count} in other versions, {verdict}",
        "",
        f"Of {moved + unseen + content['same']:,} results, {moved:,} read differently now; "
        f"{unseen:,} more moved by less than is printed; {others:,} are in one of the two only.",
    ]
    if moved or others:
        lines += ["", "```text", side_by_side.text(content).rstrip(), "```"]
    lines += ["", "| Package | Before | Now |", "| --- | --- | --- |"]
    lines += [f"| {name} | {before} | {now} |" for name, before, now in packages]
    lines += ["", _REWRITTEN]
    return Proposal(f"{count} in other versions, {verdict}.\n", "\n".join(lines) + "\n")


def of_links(found: Mapping[str, Any]) -> Proposal:
    """Return what a check of the outside links proposes.

    Args:
        found: As ``rebalancing links --json`` writes it.
    """
    broken, unclear = found["broken"], found["unclear"]
    summary = (
        f"{found['checked']} outside links: {len(broken)} lead nowhere, "
        f"{len(unclear)} could not be judged.\n"
    )
    if not broken:
        return Proposal(summary)
    several = f"{len(broken)} outside links lead" if len(broken) > 1 else "an outside link leads"
    lines = [f"Links: {several} nowhere", "", summary]
    for heading, entries in (("Lead nowhere", broken), ("Could not be judged", unclear)):
        if entries:
            lines += [f"## {heading}", "", _list(map(_link, entries))]
    return Proposal(summary, issue="\n".join(lines))


def _issue(troubled: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the lines of an issue on publishers that somebody must look into."""
    yield "Refresh: " + ", ".join(f"{e['publisher']} {_WORDS[e['trouble']]}" for e in troubled)
    yield ""
    yield "data/raw is as it was for:"
    for entry in troubled:
        yield from ("", f"## {entry['publisher']}: {_WORDS[entry['trouble']]}", "")
        yield _plain(entry["text"])
        if entry["judgement"]:
            yield ""
            yield _list(entry["judgement"]["reasons"])
            yield from ("```text", entry["comparison"].rstrip(), "```")


def _verdict(moved: int, unseen: int, others: int) -> str:
    if moved or others:
        return f"{moved + others} result{'s' if moved + others > 1 else ''} moved"
    return "no result moved by as much as is printed" if unseen else "no result moved"


def _packages(before: str, after: str) -> list[tuple[str, str, str]]:
    """Return the packages whose version is another, with the versions in two lock files."""
    old, new = _versions(before), _versions(after)
    rows = ((name, old.get(name, "–"), new.get(name, "–")) for name in sorted(old.keys() | new))
    return [row for row in rows if row[1] != row[2]]


def _versions(lock: str) -> dict[str, str]:
    """Return the version of each package; of one that depends on the machine, all of them."""
    found: dict[str, list[str]] = {}
    for name, version, marker in _PIN.findall(lock):
        found.setdefault(name, []).append(f"{version} ({marker})" if marker else version)
    return {name: ", ".join(versions) for name, versions in found.items()}


def _link(entry: Mapping[str, Any]) -> str:
    return f"{entry['address']} ({entry['reason']}), on {', '.join(entry['pages'])}"


def _list(lines: Iterator[str] | Sequence[str]) -> str:
    return "".join(f"- {_plain(line)}\n" for line in lines)


def _plain(text: str) -> str:
    """Return a line of a publisher's words, none of which is markup or calls somebody."""
    return re.sub(r"([<>@`*_\[\]|#])", r"\\\1", " ".join(text.split()))


def _shortened(text: str) -> str:
    """Return a text that hosts accept; what is cut is in the files of the edition."""
    if len(text) <= MOST_CHARACTERS:
        return text
    kept = text[:MOST_CHARACTERS].rpartition("\n")[0]
    fence = "\n```" if len(re.findall("^```", kept, re.MULTILINE)) % 2 else ""
    return f"{kept}{fence}\n\nThe text is cut here; all of it is in the build.\n"
