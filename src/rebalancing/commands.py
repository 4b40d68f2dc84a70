"""Commands on the report of one edition: build it, say why, show it."""

from __future__ import annotations

import gc

import click

from rebalancing.options import WholeNumber, as_typed, jobs_option, study_options
from rebalancing.project import Project
from rebalancing.study import Study


@click.command()
@click.option("--force", is_flag=True, help="Run every notebook again.")
@click.option("--verify", is_flag=True, help="Read every file, whatever its size and time say.")
@jobs_option
@study_options
def report(force: bool, verify: bool, jobs: int | None, **values: str | None) -> None:
    """Run the notebooks that need it and build the book."""
    from rebalancing import build

    project = Project.find()
    study = _planned(project, values)
    build.report(project, study, jobs=jobs, force=force, verify=verify)


@click.command()
@study_options
def explain(**values: str | None) -> None:
    """Say why each task would run, without running it.

    Also which sections the edition goes without, once data/processed has been made.
    """
    from rebalancing import build

    project = Project.find()
    study = _planned(project, values)
    build.print_plan(project, study, build.explain(project, study))


@click.command()
def clear() -> None:
    """Take out of the notebooks what running them put in."""
    from rebalancing.notebooks import chapters

    project = Project.find()
    for path in chapters.clear(project):
        print(f"cleared: {path.relative_to(project.root)}")


@click.command()
@click.argument("page")
@study_options
def preview(page: str, **values: str | None) -> None:
    """Make one PAGE of the book as it would look now, such as 02 or index.

    A chapter runs first if its code or its data have changed; a change of words runs nothing.
    """
    gc.disable()  # the process ends in seconds, of which the collector would take a fifth
    try:
        from rebalancing import build

        project = Project.find()
        study = Study.load(project, as_typed(values))
        print(build.preview(project, study, page).relative_to(project.root))
    finally:
        gc.enable()


@click.command()
@click.option("--port", type=WholeNumber(0, 65535), default=8000, show_default=True)
@study_options
def serve(port: int, **values: str | None) -> None:
    """Show the built book in a browser, from this machine only."""
    from rebalancing.book.serve import serve as serve_site

    project = Project.find()
    study = Study.load(project, as_typed(values))
    serve_site(project.build / study.edition(project) / "site", port)


def _planned(project: Project, values: dict[str, str | None]) -> Study:
    """Return the study to build, and print how the data limit it."""
    study = Study.load(project, as_typed(values))
    for remark in study.remarks(project):
        print(f"note: {remark}")
    return study


COMMANDS: dict[str, click.Command] = {
    command.name: command for command in (report, explain, clear, preview, serve) if command.name
}
