"""The command line: thin, each command calls one function of the package.

Parameters of the study become options by themselves, from the same model that checks study.yml.
A mistake ends with one line that says what is wrong and what is allowed: exit status 2 for what
was asked, 1 for what failed.
"""

from __future__ import annotations

import sys

import click

import rebalancing
from rebalancing.errors import RebalancingError
from rebalancing.options import MOST_JOBS, WholeNumber, as_typed, check_arguments, study_options
from rebalancing.project import Project
from rebalancing.study import Study

LONGEST_MESSAGE = 500  # characters; a name that does not exist may be as long as one likes
_ON_EDITIONS = ("changes", "compare", "forecast-log", "gallery", "keep", "links", "proposal")


class _Commands(click.Group):
    """The commands; some are loaded when asked for, because what they need is slow to import."""

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted([*super().list_commands(context), "data", *_ON_EDITIONS])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name in _ON_EDITIONS:
            from rebalancing.report import cli as on_editions

            return on_editions.COMMANDS[name]
        if name != "data":
            return super().get_command(context, name)
        from rebalancing.data.cli import data

        return data


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(rebalancing.__version__, prog_name="rebalancing")
def cli() -> None:
    """Build the report on China's economic rebalancing, or on any other economy's."""


@cli.command()
@click.option("--force", is_flag=True, help="Run every notebook again.")
@click.option("--jobs", type=WholeNumber(1, MOST_JOBS), help="Notebooks to run side by side.")
@study_options
def report(force: bool, jobs: int | None, **values: str | None) -> None:
    """Run the notebooks that need it and build the book."""
    from rebalancing.workflow import run

    project = Project.find()
    study = Study.load(project, as_typed(values))
    run.report(project, study, jobs=jobs, force=force)


@cli.command()
@study_options
def explain(**values: str | None) -> None:
    """Say why each task would run, without running it."""
    from rebalancing.workflow import run

    project = Project.find()
    run.print_plan(run.explain(project, Study.load(project, as_typed(values))))


@cli.command()
@click.option("--port", type=WholeNumber(0, 65535), default=8000, show_default=True)
@study_options
def serve(port: int, **values: str | None) -> None:
    """Show the built book in a browser, from this machine only."""
    from rebalancing.report.serve import serve as serve_site

    project = Project.find()
    study = Study.load(project, as_typed(values))
    serve_site(project.build / study.edition(project), port)


def _in_one_line(error: click.ClickException) -> str:
    """Say what was wrong with the command itself, and what is allowed."""
    said = " ".join(error.format_message().split())
    said = said if len(said) <= LONGEST_MESSAGE else f"{said[: LONGEST_MESSAGE - 1]}…"
    context = getattr(error, "ctx", None)
    if context is None:
        return said
    if not isinstance(error, click.NoSuchOption):
        return f"{said} ({context.command_path} --help says what is allowed)"
    options = [option for p in context.command.get_params(context) for option in p.opts]
    return f"{said} Allowed: {', '.join(o for o in options if o.startswith('--'))}"


def main() -> None:
    """Run the command line."""
    try:
        check_arguments(sys.argv[1:])
        # Commands end with an exit status of their own by returning it.
        status = cli(standalone_mode=False)
        if isinstance(status, int):
            sys.exit(status)
    except RebalancingError as error:
        print(f"rebalancing: {' '.join(str(error).split())}", file=sys.stderr)
        sys.exit(error.exit_status)
    except PermissionError as error:
        place = error.filename or "a file"
        print(
            f"rebalancing: {place} may not be read or written; check its permissions",
            file=sys.stderr,
        )
        sys.exit(1)
    except (FileExistsError, NotADirectoryError) as error:
        print(
            f"rebalancing: {error.filename}: a file is where a folder should be; name another",
            file=sys.stderr,
        )
        sys.exit(1)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(2)
    except click.ClickException as error:
        print(f"rebalancing: {_in_one_line(error)}", file=sys.stderr)
        sys.exit(2)
    except click.Abort:
        print("rebalancing: stopped", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()
