"""The command line: thin, each command calls one function of the package.

Parameters of the study become options by themselves, from the same model that checks study.yml.
A mistake ends with one line that says what is wrong and what is allowed: exit status 2 for what
was asked, 1 for what failed, 128 and its number for a signal.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from signal import SIGPIPE
from typing import Any, TextIO

import click

import rebalancing
from rebalancing import interrupts
from rebalancing.errors import RebalancingError, of_system
from rebalancing.files import UMASK
from rebalancing.options import MOST_JOBS, WholeNumber, as_typed, check_arguments, study_options
from rebalancing.project import Project
from rebalancing.quoting import one_line
from rebalancing.study import Study

LONGEST_MESSAGE = 500  # characters; a name that does not exist may be as long as one likes
_ON_EDITIONS = ("changes", "compare", "forecast-log", "gallery", "keep", "links", "proposal")


class StreamError(RebalancingError):
    """Standard output that cannot be written to."""


class _StoppedError(RebalancingError):
    """A command that a signal has stopped."""


class _PipeClosedError(RebalancingError):
    """Whoever read the output wants no more of it, as `head` does."""

    exit_status = 128 + SIGPIPE


@contextmanager
def _left_alone() -> Iterator[None]:
    """Keep Click from answering to signals and closed pipes in its own way."""
    try:
        yield
    except KeyboardInterrupt:
        raise _StoppedError("stopped") from None
    except BrokenPipeError:
        raise _PipeClosedError from None


class _Commands(click.Group):
    """The commands; some are loaded when asked for, because what they need is slow to import."""

    def make_context(self, *arguments: Any, **options: Any) -> click.Context:
        with _left_alone():
            return super().make_context(*arguments, **options)

    def invoke(self, context: click.Context) -> Any:
        with _left_alone():
            return super().invoke(context)

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted([*super().list_commands(context), "data", *_ON_EDITIONS])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name in _ON_EDITIONS:
            from rebalancing.upkeep import cli as on_editions

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
    from rebalancing import build

    project = Project.find()
    study = _planned(project, values)
    build.report(project, study, jobs=jobs, force=force)


@cli.command()
@study_options
def explain(**values: str | None) -> None:
    """Say why each task would run, without running it.

    Also which sections the edition goes without, once data/processed has been made.
    """
    from rebalancing import build

    project = Project.find()
    study = _planned(project, values)
    build.print_plan(project, study, build.explain(project, study))


@cli.command()
def clear() -> None:
    """Take out of the notebooks what running them put in, as before a commit."""
    from rebalancing.notebooks import chapters

    project = Project.find()
    for path in chapters.clear(project):
        print(f"cleared: {path.relative_to(project.root)}")


@cli.command()
@click.argument("page")
@study_options
def preview(page: str, **values: str | None) -> None:
    """Make one PAGE of the book as it would look now, such as 02 or index.

    A chapter runs first if its code or its data have changed; a change of words runs nothing.
    """
    from rebalancing import build

    project = Project.find()
    study = Study.load(project, as_typed(values))
    print(build.preview(project, study, page).relative_to(project.root))


@cli.command()
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


def _in_one_line(error: click.ClickException) -> str:
    """Say what was wrong with the command itself, and what is allowed."""
    said = one_line(error.format_message(), LONGEST_MESSAGE)
    context = getattr(error, "ctx", None)
    if context is None:
        return said
    if not isinstance(error, click.NoSuchOption):
        return f"{said} ({context.command_path} --help says what is allowed)"
    options = [option for p in context.command.get_params(context) for option in p.opts]
    return f"{said} Allowed: {', '.join(o for o in options if o.startswith('--'))}"


def main() -> None:
    """Run the command line."""
    os.umask(UMASK)  # modes of what is made do not follow the user's, in kernels neither
    with interrupts.heard() as signals:
        try:
            _prepare_streams()
            check_arguments(sys.argv[1:])
            # Commands end with an exit status of their own by returning it.
            result = cli(standalone_mode=False)
            sys.stdout.flush()
            line, status = "", result if isinstance(result, int) else 0
            if signals.has_ended:
                line, status = "stopped", signals.status
        except (Exception, KeyboardInterrupt) as error:
            line, status = _ended(error)
            if status == _INTERRUPTED:
                status = signals.status
        _say(line)
    if status:
        sys.exit(status)


_INTERRUPTED = 130


def _ended(error: BaseException) -> tuple[str, int]:
    """Return the line that says what ended a command, and the exit status."""
    match error:
        case KeyboardInterrupt() | _StoppedError():
            return "stopped", _INTERRUPTED
        case BrokenPipeError():
            return "", _PipeClosedError.exit_status
        case RebalancingError():
            return str(error), error.exit_status
        case click.exceptions.NoArgsIsHelpError():
            error.show()
            return "", 2
        case click.ClickException():
            return _in_one_line(error), 2
        case OSError():
            return of_system(error), 1
        case MemoryError():
            return "there is not enough memory; close other programs, then do the same again", 1
        case _:
            return _unforeseen(error), 1


def _unforeseen(error: BaseException) -> str:
    """Keep the traceback of an error that nobody foresaw, and say where it is."""
    said = f"{type(error).__name__}: {error}"
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="rebalancing-", suffix=".txt", encoding="utf-8", delete=False
        ) as stream:
            stream.write("".join(traceback.format_exception(error)))
    except OSError:
        return f"a fault of the program, please report it: {said}"
    return f"a fault of the program, please report it with {stream.name}: {said}"


def _prepare_streams() -> None:
    """Make sure that standard output and errors are open, and take every character.

    Raises:
        StreamError: Standard output is closed.
    """
    for number in (0, 1, 2):  # or the next file to be opened would get its number
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    if sys.stdout is None:
        raise StreamError("standard output is closed; send it to a file, or to /dev/null")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # for consoles without some character


def _say(line: str) -> None:
    """Print what ended a command, and drop output that can no longer be written."""
    stream: TextIO
    for stream, text in ((sys.stdout, ""), (sys.stderr, line)):
        if stream is None:
            continue
        try:
            stream.write(f"rebalancing: {' '.join(text.split())}\n" if text else "")
            stream.flush()
        except OSError:
            # Python would try again as it ends, and complain.
            with suppress(OSError, ValueError):
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, stream.fileno())
                os.close(nowhere)


if __name__ == "__main__":
    main()
