"""What an unattended build proposes: the texts of a pull request and of an issue.

`of_refresh`, `of_environment` and `of_links` make them; `write_proposal` puts them into a folder,
where the steps of the host that publishes the project find them::

    summary.md         always: what happened, line by line
    pull-request.md    a title, an empty line and the text; where something is to be taken in
    issue.md           the same form; where somebody must look into something
    out-of-reach.md    a sentence; where somebody else's service could not be asked
    all-well.md        a sentence; where everything was looked at and nothing is wrong
    may-merge.md       a sentence; where the pull request may merge itself, if that is set

Nobody need look into a service that is out of reach: the next run asks again. But the run must
fail, or nobody would notice a service that is gone for good.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rebalancing.book.texts import fallen
from rebalancing.book.texts.fallen import Fallen
from rebalancing.editions import changes_text
from rebalancing.errors import RebalancingError
from rebalancing.files import write_atomic
from rebalancing.report.markdown import fenced, plain
from rebalancing.upkeep import kinds, side_by_side

MOST_CHARACTERS = 60_000  # hosts refuse longer texts
PULL_REQUEST, ISSUE, SUMMARY = "pull-request.md", "issue.md", "summary.md"
OUT_OF_REACH, ALL_WELL, MAY_MERGE = "out-of-reach.md", "all-well.md", "may-merge.md"
_SMALL = ("none", "small")
_PIN = re.compile(
    r"^([a-z0-9._-]+)(?:\[[\w,-]+\])?==([^\s;\\]+)(?: ; ([^\\\n]*[^\\\n\s]))?", re.MULTILINE
)
_UNREACHED = "out of reach"
_WORDS = {
    "stopped": "stopped",
    "another form": "changed its format",
    "an error": "failed",
}
# What fails with newer packages, by the target that failed.
_BROKEN = {
    "lock": "the newest packages do not go together",
    "report": "newer packages break the report",
}
_OF_THE_BRANCH = (
    "The next run writes this branch anew, unless somebody else has committed to it: then it is "
    "left alone."
)


class NotComparedError(RebalancingError):
    """The results to be proposed come without a comparison."""


@dataclass(frozen=True)
class Proposal:
    """Texts in Markdown, None where there is nothing to say.

    ``is_whole`` is whether everything was looked at, so that no issue means that all is well.
    """

    summary: str
    pull_request: str | None = None
    issue: str | None = None
    out_of_reach: str | None = None
    is_whole: bool = True
    may_merge: str | None = None


def write_proposal(proposal: Proposal, folder: Path) -> list[Path]:
    """Write the texts into a folder, remove those of an earlier proposal, return what is there."""
    is_well = proposal.is_whole and proposal.issue is None and proposal.out_of_reach is None
    texts = {
        SUMMARY: proposal.summary,
        PULL_REQUEST: proposal.pull_request,
        ISSUE: proposal.issue,
        OUT_OF_REACH: proposal.out_of_reach,
        MAY_MERGE: proposal.may_merge,
        ALL_WELL: "The latest run found nothing wrong.\n" if is_well else None,
    }
    for name, text in texts.items():
        if text is None:
            (folder / name).unlink(missing_ok=True)
        else:
            write_atomic(folder / name, _shortened(text))
    return [folder / name for name, text in texts.items() if text is not None]


def of_refresh(
    found: Mapping[str, Any],
    changes: Mapping[str, Any] | None,
    failure: Mapping[str, str] | None = None,
    gone: Sequence[Fallen] = (),
    accepted: Mapping[str, str] | None = None,
) -> Proposal:
    """Return what a refresh proposes.

    Args:
        found: The result for each publisher, as ``rebalancing data refresh --json`` writes it.
        changes: The content of changes.json that is kept with the results of today's releases;
            None where there is none.
        failure: The target that failed on the new releases and the end of what it said
            (`tools/attempt.py`); it counts where there are no changes.
        gone: Paragraphs whose premises no longer hold on the new figures.
        accepted: Why a release was accepted that had been stopped, by publisher.

    Raises:
        NotComparedError: A release is new, and neither its changes nor a failure are known.
    """
    outcomes: Sequence[Mapping[str, Any]] = found["outcomes"]
    new = [f"{entry['publisher']} {entry['release']}" for entry in outcomes if _is_new(entry)]
    unreached = [entry for entry in outcomes if entry["trouble"] == _UNREACHED]
    troubled = [e for e in outcomes if e["trouble"] and e["trouble"] != _UNREACHED]
    summary = _list(entry["text"] for entry in outcomes)
    pull_request, failed, may_merge = None, None, None
    if new and changes is not None:
        rest = [("Paragraphs that no longer hold", fallen.as_markdown(gone))] if gone else []
        about = f"{len(outcomes)} publishers" if len(outcomes) > 1 else "1 publisher"
        rest.append((f"What was asked for: {about}", summary))
        text = changes_text.pull_request(changes, accepted, fallen.in_short(gone), rest)
        pull_request = f"{text}\n{_OF_THE_BRANCH} {kinds.what_to_do(kinds.NEW_RELEASES)}\n"
        if may_merge_itself(changes, gone, accepted or {}):
            may_merge = "Its figures moved little, and no finding, premise or verdict changed.\n"
    elif new and failure is not None:
        failed = failure
        summary += f"\n`make {failure['target']}` failed on the new figures.\n"
    elif new:
        raise NotComparedError(
            "a release is new, but what it changed is not known; run: make report changes keep"
        )
    issue = None
    if troubled or failed:
        issue = "\n".join(_issue(troubled, unreached, ", ".join(new), failed)) + "\n"
    out_of_reach = "".join(f"{entry['text']}\n" for entry in unreached) or None
    return Proposal(
        summary, pull_request, issue, out_of_reach, is_whole=found["of_all"], may_merge=may_merge
    )


def may_merge_itself(
    changes: Mapping[str, Any], gone: Sequence[Fallen], accepted: Mapping[str, str]
) -> bool:
    """Return whether nobody need look at new figures, should their tests pass.

    So it is where all releases were judged small, none was accepted by hand, and no finding,
    premise, verdict or section is another than before.
    """
    sections = changes["sections"]
    others = (changes["findings"], changes["verdicts"], sections["lost"], sections["gained"])
    return (
        changes["before"] is not None
        and bool(changes["data"])
        and all(entry["severity"] in _SMALL for entry in changes["data"])
        and not (accepted or gone or any(others))
    )


def of_broken_environment(
    locks: tuple[str, str], versions: Mapping[str, Any], failure: Mapping[str, str]
) -> Proposal:
    """Return what newer packages propose that cannot be resolved, or break the report.

    Args:
        locks: The text of requirements.lock before and after.
        versions: The content of requirements.json after.
        failure: The target that failed and the end of what it said (`tools/attempt.py`).
    """
    target, packages = failure["target"], _packages(*locks)
    title = f"Environment: {_BROKEN.get(target, f'make {target} fails')}"
    kind = kinds.LOCK if target == "lock" else kinds.BREAKS
    lines = [title, "", kinds.what_to_do(kind), ""]
    lines += [f"The packages stay as they are. `make {target}` ended with:", ""]
    lines.append(fenced(failure["said"]))
    if packages:
        lines += ["", *_package_table(packages)]
    lines += _held_back(versions)
    return Proposal(f"{title}.\n", issue="\n".join(lines) + "\n")


def of_environment(
    locks: tuple[str, str],
    versions: Mapping[str, Any],
    results: tuple[Mapping[str, Any], Mapping[str, Any]],
) -> Proposal:
    """Return what a new lock file proposes, and whether any result moved.

    Args:
        locks: The text of requirements.lock before and after.
        versions: The content of requirements.json after.
        results: The content of results.json before and after, from the same code and data.
    """
    packages, held = _packages(*locks), list(_held_back(versions))
    if not packages:
        told = "\n".join(["No package has a newer version that can be taken in.", *held]) + "\n"
        return Proposal(told)
    content = side_by_side.compare_editions(*results, ("before", "now"))
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
        lines += ["", fenced(side_by_side.text(content))]
    lines += ["", *_package_table(packages), *held, ""]
    lines.append(f"{_OF_THE_BRANCH} {kinds.what_to_do(kinds.OTHER_PACKAGES)}")
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
    lines = [f"Links: {several} nowhere", "", summary, kinds.what_to_do(kinds.LINKS), ""]
    for heading, entries in (("Lead nowhere", broken), ("Could not be judged", unclear)):
        if entries:
            lines += [f"## {heading}", "", *(f"- {_link(entry)}" for entry in entries), ""]
    return Proposal(summary, issue="\n".join(lines))


def _is_new(entry: Mapping[str, Any]) -> bool:
    return bool(entry["state"] == "new")


def _issue(
    troubled: Sequence[Mapping[str, Any]],
    unreached: Sequence[Mapping[str, Any]],
    new: str,
    failed: Mapping[str, str] | None,
) -> Iterator[str]:
    """Yield the lines of an issue on what somebody must look into."""
    titles = [f"make {failed['target']} fails on {new}"] if failed else []
    titles += [f"{entry['publisher']} {_WORDS[entry['trouble']]}" for entry in troubled]
    yield f"Refresh: {', '.join(titles)}"
    yield ""
    yield "Nothing was taken into data/raw for what follows."
    if failed:
        yield from ("", f"## {titles[0]}", "", kinds.what_to_do(kinds.FAILS_ON_FIGURES), "")
        yield from ("It ended with:", "", fenced(failed["said"]))
    for entry in troubled:
        yield from ("", f"## {entry['publisher']}: {_WORDS[entry['trouble']]}", "")
        yield from (plain(entry["text"]), "", kinds.what_to_do(entry["trouble"]))
        if entry["judgement"]:
            yield from ("", _list(entry["judgement"]["reasons"]))
            yield fenced(entry["comparison"])
    if unreached:
        yield from ("", "## Out of reach this time", "", kinds.what_to_do(kinds.OUT_OF_REACH), "")
        yield _list(entry["text"] for entry in unreached)


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


def _package_table(packages: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    yield from ("| Package | Before | Now |", "| --- | --- | --- |")
    yield from (f"| {name} | {before} | {now} |" for name, before, now in packages)


def _held_back(versions: Mapping[str, Any]) -> Iterator[str]:
    """Yield which packages are not at their newest version, and which requirement holds each."""
    entries = {**versions["asked"], **versions["others"]}
    held = {name: entry for name, entry in sorted(entries.items()) if entry.get("held_by")}
    if not held:
        return
    yield from ("", "## Held back", "", "| Package | Here | Newest | Since | Held by | Why |")
    yield "| --- | --- | --- | --- | --- | --- |"
    for name, entry in held.items():
        since, why = entry["released"] or "–", plain(entry.get("reason") or "–")
        yield (
            f"| {name} | {entry['locked']} | {entry['newest']} | {since} "
            f"| {plain(entry['held_by'])} | {why} |"
        )


def _link(entry: Mapping[str, Any]) -> str:
    # Nothing is escaped in an address between these, and the host makes a link of it.
    return f"<{entry['address']}> ({plain(entry['reason'])}), on {', '.join(entry['pages'])}"


def _list(lines: Iterator[str] | Sequence[str]) -> str:
    return "".join(f"- {plain(line)}\n" for line in lines)


def _shortened(text: str) -> str:
    """Return a text that hosts accept; what is cut is in the files of the edition."""
    if len(text) <= MOST_CHARACTERS:
        return text
    kept = text[:MOST_CHARACTERS].rpartition("\n")[0]
    return f"{kept}{_closing(kept)}\n\nThe text is cut here; all of it is in the build.\n"


def _closing(text: str) -> str:
    """Return what closes the block that a text ends in; nothing where it ends outside."""
    is_open = ""
    for fence in re.findall("^(`{3,})(?:text)?$", text, re.MULTILINE):
        if not is_open:
            is_open = fence
        elif len(fence) >= len(is_open):
            is_open = ""
    fold = "\n\n</details>" * (text.count("<details>") - text.count("</details>"))
    return (f"\n{is_open}" if is_open else "") + fold
