"""Commands on editions: what changed, side by side, the list of them, what is kept."""

from __future__ import annotations

import json
from pathlib import Path

import click

from rebalancing import headed_tables, outputs
from rebalancing.options import as_typed, jobs_option, study_options
from rebalancing.project import Project
from rebalancing.study import Study
from rebalancing.upkeep import cli_proposals

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option("--before", type=_FOLDER, help="Folder of the earlier results; editions/<edition>.")
@click.option("--pull-request", is_flag=True, help="Print a title, an empty line and the text.")
@jobs_option
@study_options
def changes(
    before: Path | None, pull_request: bool, jobs: int | None, **values: str | None
) -> None:
    """Say what changed since the edition that was kept, by rebuilding in steps."""
    from rebalancing.editions import changes_text
    from rebalancing.upkeep import what_changed

    project = Project.find()
    study = Study.load(project, as_typed(values))
    with project.alone("build"):
        content = what_changed.make(project, study, before, jobs=jobs)
    shown = changes_text.pull_request if pull_request else changes_text.body
    click.echo(shown(content), nl=False)


@click.command()
@click.argument("first")
@click.argument("second")
@click.option("--json", "json_file", type=outputs.FILE, help="Write the comparison as JSON.")
@click.option("--html", "html_file", type=outputs.FILE, help="Write the comparison as a page.")
def compare(first: str, second: str, json_file: Path | None, html_file: Path | None) -> None:
    """Show two built editions side by side: parameters, data, results."""
    from rebalancing import editions
    from rebalancing.report import stored
    from rebalancing.upkeep import side_by_side

    project = Project.find()
    places = [editions.find_edition(project, name) for name in (first, second)]
    read = [stored.read_results(place, stored.StoredResults) for place in places]
    front = editions.front_keys(places[1])
    content = side_by_side.compare_editions(read[0], read[1], (first, second), front)
    if json_file:
        outputs.write_json(json_file, content)
    if html_file:
        outputs.write_output(html_file, side_by_side.side_by_side_page(content))
    side_by_side.show(content)


@click.command()
@click.option("--publish", type=outputs.FOLDER, help="Copy the sites into this folder.")
@click.argument("editions", nargs=-1)
def gallery(publish: Path | None, editions: tuple[str, ...]) -> None:
    """List the editions that have been built; EDITIONS to publish.

    All are published when none is named.
    """
    from rebalancing import editions as kept
    from rebalancing.upkeep import gallery as listed

    if editions and not publish:
        raise click.UsageError("EDITIONS are those to publish: say where to with --publish FOLDER")
    project = Project.find()
    with project.alone("gallery"):
        if publish:
            page = listed.publish(project, list(editions) or kept.built(project), publish)
        else:
            page = listed.write_gallery(project)
    click.echo(f"The editions: {page}")


@click.command()
@click.option("--scheduler", metavar="ADDRESS", help="Of Dask, as tcp://10.0.0.1:8786.")
@jobs_option
def atlas(scheduler: str | None, jobs: int | None) -> None:
    """Run the core chapters for every economy, and make a page of numbers for each.

    What ran before, and would run in the same way, does not run again.
    """
    from rebalancing.sweeps import whole
    from rebalancing.sweeps.cli import check_where
    from rebalancing.sweeps.grid import read_grid
    from rebalancing.sweeps.runs import SweepFailedError
    from rebalancing.upkeep import atlas as profiles
    from rebalancing.upkeep import gallery as listed

    check_where(scheduler, jobs)
    project = Project.find()
    failed: SweepFailedError | None = None
    with project.alone("sweep"):
        try:
            grid = read_grid(project.book / profiles.GRID)
            whole.run_sweep(project, grid, scheduler=scheduler, jobs=jobs)
        except SweepFailedError as error:  # the pages say what failed, and why
            failed = error
    with project.alone("gallery"):
        page = listed.write_gallery(project).parent / profiles.FOLDER / "index.html"
    click.echo(f"All economies: {page}")
    if failed and failed.failed:
        raise failed
    if failed:
        click.echo(str(failed))


@click.command()
@click.argument("economies", nargs=-1)
@jobs_option
def publish(economies: tuple[str, ...], jobs: int | None) -> None:
    """Put the sites of the study and of ECONOMIES into build/public.

    Only those are built for which something has changed that they are made from.
    """
    from rebalancing import build
    from rebalancing.upkeep import publishing

    project = Project.find()
    own = Study.load(project, {})
    others = [Study.load(project, {"economy": economy}) for economy in dict.fromkeys(economies)]
    studies = [own, *(study for study in others if study.economy != own.economy)]
    page = publishing.publish(
        project,
        studies,
        project.build / "public",
        lambda study: build.report(project, study, jobs=jobs),
        click.echo,
    )
    click.echo(f"The editions: {page}")


@click.command()
@study_options
def archive(**values: str | None) -> None:
    """Pack the built book into one file, which is read without a server."""
    from rebalancing import editions
    from rebalancing.book.finish import archive as packed

    project = Project.find()
    name = Study.load(project, as_typed(values)).edition(project)
    with project.alone("archive"):
        path = packed.write_archive(editions.find_built(project, name))
    size = path.stat().st_size / 1e6
    click.echo(f"The book as one file: {path.relative_to(project.root)} ({size:.1f} MB)")


@click.command()
@study_options
def pdf(**values: str | None) -> None:
    """Set the built book as one PDF, without the lists of data."""
    from rebalancing import editions
    from rebalancing.book.printed import pdf as printed

    project = Project.find()
    name = Study.load(project, as_typed(values)).edition(project)
    with project.alone("pdf"):
        path = printed.write_pdf(editions.find_built(project, name))
    size = path.stat().st_size / 1e6
    click.echo(f"The book as a PDF: {path.relative_to(project.root)} ({size:.1f} MB)")


@click.command()
@study_options
def keep(**values: str | None) -> None:
    """Keep results and forecasts, in editions/, for the next edition.

    `rebalancing changes` compares the next one with them.
    """
    from rebalancing import editions
    from rebalancing.editions import forecast_scores

    project = Project.find()
    name = Study.load(project, as_typed(values)).edition(project)
    with project.alone("keep"):
        folder = editions.keep(project, name)
        rows = forecast_scores.append(project, project.build / name)
    click.echo(f"Kept: {folder.relative_to(project.root)}; {rows} forecasts added to the log")


@click.group("forecast-log")
def forecast_log() -> None:
    """Look at the forecasts of earlier editions."""


@forecast_log.command()
@jobs_option
@study_options
def begin(jobs: int | None, **values: str | None) -> None:
    """Add forecasts made afterwards, from each earlier release of the accounts alone."""
    from rebalancing.upkeep import hindcasts

    project = Project.find()
    study = Study.load(project, as_typed(values))
    with project.alone("build"):
        for release, rows, reason in hindcasts.begin(project, study, jobs=jobs):
            said = reason or f"{rows} forecasts added to the log"
            click.echo(f"{release.publisher} {release.name}, as of {release.public}: {said}")


@forecast_log.command()
@click.option("--json", "json_file", type=outputs.FILE, help="Write the scores as JSON.")
def score(json_file: Path | None) -> None:
    """Score the forecasts whose outcomes have arrived."""
    from rebalancing.editions import forecast_scores

    project = Project.find()
    log = forecast_scores.read_log(project)
    scored = forecast_scores.score(log, forecast_scores.outcomes(project)) if len(log) else log
    if json_file:
        outputs.write_json(json_file, {"scores": json.loads(scored.to_json(orient="records"))})
    if scored.empty:
        click.echo(f"No outcome has arrived yet for the {len(log)} forecasts in the log.")
    else:
        headed_tables.show(list(forecast_scores.sections(scored)))


COMMANDS: dict[str, click.Command] = {
    **cli_proposals.COMMANDS,
    "archive": archive,
    "atlas": atlas,
    "changes": changes,
    "compare": compare,
    "forecast-log": forecast_log,
    "gallery": gallery,
    "keep": keep,
    "pdf": pdf,
    "publish": publish,
}
