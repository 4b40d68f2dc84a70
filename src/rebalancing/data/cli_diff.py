"""The command `rebalancing data diff`: what a release changes, for a person and in files."""

from __future__ import annotations

from pathlib import Path

import click

from rebalancing import outputs
from rebalancing.data import releases
from rebalancing.data.releases import Release
from rebalancing.errors import InputError
from rebalancing.project import Project


class ReleaseNameError(InputError):
    """A release that is not named as PUBLISHER/RELEASE, or two in the wrong order."""


@click.command()
@click.argument("old")
@click.argument("new")
@click.option("--json", "json_file", type=outputs.FILE, help="Where to write JSON.")
@click.option("--html", "html_file", type=outputs.FILE, help="Where to write a page.")
def diff(old: str, new: str, json_file: Path | None, html_file: Path | None) -> None:
    """Compare the release NEW with OLD: what came, went and was revised, and how severe it is.

    Both are named as PUBLISHER/RELEASE, for example unsd-ama/2023 unsd-ama/2024; RELEASE can be
    latest, and NEW can leave out the publisher. JSON and a page are written below build/diff
    unless said otherwise.
    """
    from rebalancing.data.compare import judge
    from rebalancing.data.compare import page as compare_page
    from rebalancing.data.compare.comparison import compare_releases

    project = Project.find()
    thresholds = judge.read_thresholds(project)
    first, second = _releases(project, old, new)
    comparison = compare_releases(first, second)
    judgement = judge.judge(comparison, thresholds)
    name = f"{first.publisher}-{first.name}-{second.name}"
    folder = project.build / "diff"
    result = {"judgement": judgement.to_dict(), "comparison": comparison.to_dict()}
    page = compare_page.comparison_page(comparison, judgement, thresholds)
    written = (json_file or folder / f"{name}.json", html_file or folder / f"{name}.html")
    outputs.write_json(written[0], result)
    outputs.write_output(written[1], page)
    click.echo(judgement.text)
    for path in written:
        click.echo(f"Written: {_shown(path, project)}")


def _releases(project: Project, old: str, new: str) -> tuple[Release, Release]:
    """Return the two releases, the earlier first.

    Raises:
        ReleaseNameError: OLD has no publisher, or they are the wrong way round or the same.
        UnknownPublisherError: There is no such publisher.
        UnknownReleaseError: There is no such release.
    """
    publisher, _, name = old.partition("/")
    if not name:
        raise ReleaseNameError(
            f"{old} does not name a release; write PUBLISHER/RELEASE, for example "
            f"{publisher}/{releases.LATEST} (rebalancing data show {publisher} lists them)"
        )
    other, _, other_name = new.rpartition("/")
    first = releases.resolve(project, publisher, name)
    second = releases.resolve(project, other or publisher, other_name)
    if first.publisher == second.publisher and (second.date, second.name) <= (
        first.date,
        first.name,
    ):
        raise ReleaseNameError(
            f"{second.publisher} {second.name} ({second.date}) is not later than {first.name} "
            f"({first.date}); name the earlier release first"
        )
    return first, second


def _shown(path: Path, project: Project) -> str:
    """Return a path as seen from the project's root, when it is below it."""
    whole = path.resolve()
    inside = whole.is_relative_to(project.root.resolve())
    return whole.relative_to(project.root.resolve()).as_posix() if inside else str(path)
