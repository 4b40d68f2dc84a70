"""Commands of unattended builds: check links, say what to propose."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import click

from rebalancing.errors import InputError
from rebalancing.files import write_json
from rebalancing.options import as_typed, study_options
from rebalancing.project import Project
from rebalancing.study import Study

# All below build/: what an earlier step found, what is compared with, what is proposed.
_REFRESH, _LINKS = "refresh.json", "links.json"
_BEFORE, _PROPOSAL = "before", "proposal"
_LOCK, _RESULTS = "requirements.lock", "results.json"


class StepMissingError(InputError):
    """A step before this one has not run."""


@click.command()
@study_options
@click.pass_context
def links(context: click.Context, /, **values: str | None) -> None:
    """Ask whether the links that lead out of the built book lead somewhere.

    Writes build/links.json; exit status 1 when one leads nowhere.
    """
    from rebalancing.report import linkcheck, outside_links

    project = Project.find()
    site = _edition(project, values) / "site"
    if not site.is_dir():
        raise StepMissingError(f"there is no book in {site}; build it first (make report)")
    pages = linkcheck.outside(site)
    found = outside_links.summary(outside_links.check(list(pages)), pages)
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
    """After data refresh --json build/refresh.json, report and changes: what the releases do."""
    from rebalancing.report import context, editions, proposals

    project = Project.find()
    edition = _edition(project, values)
    found = _read(project.build / _REFRESH, "make refresh")
    changes = edition / editions.CHANGES
    recorded = context.read_results(edition) if (edition / _RESULTS).is_file() else None
    _write(
        project,
        proposals.of_refresh(
            found,
            json.loads(changes.read_text(encoding="utf-8")) if changes.is_file() else None,
            editions.digest(recorded) if recorded else None,
        ),
    )


@proposal.command("links")
def links_() -> None:
    """After links: which of them lead nowhere."""
    from rebalancing.report import proposals

    project = Project.find()
    _write(project, proposals.of_links(_read(project.build / _LINKS, "make links")))


@proposal.command()
@study_options
def remember(**values: str | None) -> None:
    """Before another environment is made: put the lock file and the results aside."""
    project = Project.find()
    source = _edition(project, values) / _RESULTS
    if not source.is_file():
        raise StepMissingError(f"there is no {source}; build the report first (make report)")
    target = project.build / _BEFORE
    target.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target / _RESULTS)
    shutil.copyfile(project.root / _LOCK, target / _LOCK)
    click.echo(f"Put aside: {target.relative_to(project.root)}")


@proposal.command()
@study_options
def environment(**values: str | None) -> None:
    """After remember, lock and report: which packages changed, and whether any result moved."""
    from rebalancing.report import proposals

    project = Project.find()
    before = project.build / _BEFORE
    after = _edition(project, values) / _RESULTS
    results = _read(before / _RESULTS, "make remember"), _read(after, "make report")
    locks = [(folder / _LOCK).read_text("utf-8") for folder in (before, project.root)]
    _write(project, proposals.of_environment((locks[0], locks[1]), results))


def _edition(project: Project, values: dict[str, str | None]) -> Path:
    return project.build / Study.load(project, as_typed(values)).edition(project)


def _read(path: Path, step: str) -> dict[str, Any]:
    if not path.is_file():
        raise StepMissingError(f"there is no {path}; run {step} first")
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def _write(project: Project, made: Any) -> None:
    from rebalancing.report import proposals

    for path in proposals.write(made, project.build / _PROPOSAL):
        title = path.read_text(encoding="utf-8").partition("\n")[0]
        click.echo(f"{path.relative_to(project.root)}: {title}")


COMMANDS: dict[str, click.Command] = {"links": links, "proposal": proposal}
