"""The command line: thin, each command calls one function of the package.

A command is imported when it is asked for, because what it needs is slow to import; what
``--help`` says of it stands here.
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
from importlib import import_module
from signal import SIGPIPE
from typing import Any, TextIO

import click

import rebalancing
from rebalancing import interrupts
from rebalancing.arguments import check_arguments
from rebalancing.errors import RebalancingError, of_system
from rebalancing.files import UMASK
from rebalancing.quoting import one_line

LONGEST_MESSAGE = 500  # characters; a name that does not exist may be as long as one likes
# Where commands are, in `COMMANDS` of a module of this package, and what each does.
_COMMANDS = {
    "commands": {
        "report": "Run the notebooks that need it and build the book.",
        "explain": "Say why each task would run, without running it.",
        "preview": "Make one PAGE of the book as it would look now, such as 02 or index.",
        "serve": "Show the built book in a browser, from this machine only.",
        "clear": "Take out of the notebooks what running them put in.",
    },
    "data.cli": {
        "data": "Official figures as published: refresh, import, list, show, diff, verify.",
    },
    "sweeps.cli": {
        "sweep": "Run chapters over the economies, days and parameters that a file GRID names.",
    },
    "upkeep.cli": {
        "archive": "Pack the built book into one file, which is read without a server.",
        "atlas": "Run the core chapters for every economy, and make a page of numbers for each.",
        "changes": "Say what changed since the edition that was kept, by rebuilding in steps.",
        "keep": "Keep results and forecasts, in editions/, for the next edition.",
        "compare": "Show two built editions side by side: parameters, data, results.",
        "forecast-log": "Look at the forecasts of earlier editions.",
        "gallery": "List the editions that have been built; EDITIONS to publish.",
        "pdf": "Set the built book as one PDF, without the lists of data.",
        "publish": "Put the sites of the study and of ECONOMIES into build/public.",
        "links": "Ask whether the links that lead out of the built book lead somewhere.",
        "proposal": "Write into build/proposal what an unattended build proposes to people.",
    },
}
_PLACES = {name: place for place, commands in _COMMANDS.items() for name in commands}


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
        return sorted(_PLACES)

    def get_command(self, context: click.Context, name: str) -> click.Command:
        if name not in _PLACES:
            raise click.exceptions.NoSuchCommand(name, possibilities=_PLACES, ctx=context)
        commands: dict[str, click.Command]
        commands = import_module(f"rebalancing.{_PLACES[name]}").COMMANDS
        return commands[name]

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            said = [pair for commands in _COMMANDS.values() for pair in commands.items()]
            formatter.write_dl(sorted(said))


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(rebalancing.__version__, prog_name="rebalancing")
def cli() -> None:
    """Build the report on China's economic rebalancing, or on any other economy's."""


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
