"""Commands of unattended builds: check links, say what to propose."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from rebalancing.errors import InputError
from rebalancing.files import write_atomic, write_json
from rebalancing.options import as_typed, study_options
from rebalancing.project import Project
from rebalancing.report import stored
from rebalancing.study import Study

# All below build/: what an earlier step found, what is compared with, what is proposed.
_REFRESH, _LINKS, _ATTEMPT = "refresh.json", "links.json", "attempt.json"
_BEFORE, _REFUSED, _PROPOSAL = "before", "refused", "proposal"
_LOCK, _VERSIONS, _RESULTS = "requirements.lock", "requirements.json", "results.json"
_LOCKS = (_LOCK, _VERSIONS, "environment.yml")


class StepMissingError(InputError):
    """A step before this one has not run."""


@click.command()
@study_options
@click.pass_context
def links(context: click.Context, /, **values: str | None) -> None:
    """Ask whether the links that lead out of the built book lead somewhere.

    Writes build/links.json; exit status 1 when one leads nowhere, or none could be asked.
    """
    from rebalancing.book.finish import linkcheck, outside_links

    project = Project.find()
    site = _edition(project, values) / "site"
    if not site.is_dir():
        raise StepMissingError(f"there is no book in {site}; build it first (make report)")
    pages = linkcheck.outside(site)
    found = outside_links.summary(outside_links.check_links(list(pages)), pages)
    write_json(project.build / _LINKS, found)
    for state, words in (("broken", "leads nowhere"), ("unclear", "cannot be judged")):
        for entry in found[state]:
            where = ", ".join(entry["pages"])
            click.echo(f"{entry['address']} {words}: {entry['reason']} (on {where})")
    click.echo(f"{found['checked']} outside links, {len(found['broken'])} of them broken.")
    if found["broken"]:
        context.exit(1)


@click.group()
def proposal() -> None:
    """Write into build/proposal what an unattended build proposes to people."""


@proposal.command()
@study_options
def refresh(**values: str | None) -> None:
    """After data refresh --json build/refresh.json, report, changes and keep: what is new."""
    from rebalancing.book.texts import fallen
    from rebalancing.upkeep import proposals

    project = Project.find()
    study = Study.load(project, as_typed(values))
    found = _read(project.build / _REFRESH, stored.Refresh, "make refresh")
    kept = _kept_changes(project, study)
    gone = fallen.read_fallen(project.build / study.edition(project))
    accepted = _accepted(project, found)
    _write(project, proposals.of_refresh(found, kept, _failure(project), gone, accepted))


@proposal.command("links")
def links_() -> None:
    """After links: which of them lead nowhere."""
    from rebalancing.upkeep import proposals

    project = Project.find()
    _write(project, proposals.of_links(_read(project.build / _LINKS, stored.Links, "make links")))


@proposal.command()
@study_options
def remember(**values: str | None) -> None:
    """Before another environment is made: put the lock file and the results aside."""
    project = Project.find()
    source = _edition(project, values) / _RESULTS
    if not source.is_file():
        raise StepMissingError(f"there is no {source}; build the report first (make report)")
    _read(source, stored.StoredResults, "make report")
    target = project.build / _BEFORE
    for path in (source, *(project.root / name for name in _LOCKS)):
        write_atomic(target / path.name, path.read_bytes())
    # Remove what an earlier attempt with other packages left behind, so that nobody takes it for
    # this one's.
    shutil.rmtree(project.build / _REFUSED, ignore_errors=True)
    (project.build / _ATTEMPT).unlink(missing_ok=True)
    click.echo(f"Put aside: {target.relative_to(project.root)}")


@proposal.command()
@study_options
def environment(**values: str | None) -> None:
    """After remember, lock and report: which packages changed, and whether any result moved.

    Also which packages are not at their newest version, and what holds them back.
    """
    from rebalancing.upkeep import proposals

    project = Project.find()
    before, refused = project.build / _BEFORE, project.build / _REFUSED
    kept = _read(before / _RESULTS, stored.StoredResults, "make remember")
    newer = refused if (refused / _LOCK).is_file() else project.root
    locks = _lock(before / _LOCK, "make remember"), _lock(newer / _LOCK, "make lock")
    versions = _read(newer / _VERSIONS, stored.Versions, "make lock")
    failure = _failure(project)
    if failure is not None:
        _write(project, proposals.of_broken_environment(locks, versions, failure))
        return
    now = _read(_edition(project, values) / _RESULTS, stored.StoredResults, "make report")
    _write(project, proposals.of_environment(locks, versions, (kept, now)))


def _kept_changes(project: Project, study: Study) -> dict[str, Any] | None:
    """Return the kept changes.json, or None if it does not lead to results on today's releases."""
    from rebalancing import editions
    from rebalancing.report import provenance

    name = study.edition(project)
    place, kept = project.build / name, editions.folder(project, name) / editions.CHANGES
    if not kept.is_file() or not (place / _RESULTS).is_file():
        return None
    content: dict[str, Any] = stored.read_stored(kept, stored.Changes)
    recorded, today = (
        stored.read_results(place, stored.StoredResults),
        provenance.releases(project, study),
    )
    is_of_today = content["after"]["releases"] == recorded["edition"]["releases"] == today
    return content if is_of_today and content["digest"] == editions.digest(recorded) else None


def _accepted(project: Project, found: Mapping[str, Any]) -> dict[str, str]:
    """Return why each new release was accepted that had been stopped, by publisher."""
    from rebalancing.data import releases

    reasons = {}
    for entry in found["outcomes"]:
        if entry["state"] == "new":
            held = {each.name: each for each in releases.releases(project, entry["publisher"])}
            if entry["release"] in held and "accepted" in held[entry["release"]].descriptor:
                reason = held[entry["release"]].descriptor["accepted"]["reason"]
                reasons[entry["publisher"]] = str(reason)
    return reasons


def _failure(project: Project) -> dict[str, str] | None:
    """Return which target failed and what it said, where `make attempt` noted it."""
    path = project.build / _ATTEMPT
    return _read(path, stored.StoredAttempt, "make attempt") if path.is_file() else None


def _edition(project: Project, values: dict[str, str | None]) -> Path:
    return project.build / Study.load(project, as_typed(values)).edition(project)


def _read(path: Path, form: Any, step: str) -> dict[str, Any]:
    """Return the content of what an earlier step has written."""
    _require(path, step)
    content: dict[str, Any] = stored.read_stored(path, form, f"make it anew with: {step}")
    return content


def _lock(path: Path, step: str) -> str:
    """Return the text of a lock file."""

    def with_versions(text: str) -> str:
        if "==" not in text:
            raise ValueError
        return text

    _require(path, step)
    return stored.checked(path, with_versions, f"make it anew with: {step}")


def _require(path: Path, step: str) -> None:
    if not path.is_file():
        raise StepMissingError(f"there is no {path}; run {step} first")


def _write(project: Project, made: Any) -> None:
    from rebalancing.upkeep import proposals

    for path in proposals.write_proposal(made, project.build / _PROPOSAL):
        title = path.read_text(encoding="utf-8").partition("\n")[0]
        click.echo(f"{path.relative_to(project.root)}: {title}")


COMMANDS: dict[str, click.Command] = {"links": links, "proposal": proposal}
