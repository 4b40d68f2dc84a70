"""Tasks, with what they need and make, drawn by the programs of Graphviz.

pytask draws them only with networkx and pygraphviz, two packages of several megabytes. The text
that Graphviz reads is short to write, so its programs are all that is needed here.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from rebalancing import outputs
from rebalancing.errors import RebalancingError
from rebalancing.quoting import one_line
from rebalancing.workflow.tasks import Task

DEFAULT_FORMAT = "pdf"


class CannotDrawError(RebalancingError):
    """Graphviz is not installed, or refuses to draw."""


def require(program: str) -> None:
    """Raise CannotDrawError, with what to install, if there is no such program of Graphviz."""
    if shutil.which(program) is None:
        raise CannotDrawError(
            f"dag needs the program {program} of Graphviz; install Graphviz (on Debian: apt-get "
            "install graphviz), or name another of its programs: --layout"
        )


def draw(tasks: Sequence[Task], path: Path, program: str, direction: str) -> None:
    """Draw tasks into a file, in the format that its name ends with.

    Args:
        tasks: All of them.
        path: The file, as the user named it; nothing of the project is replaced.
        program: The one of Graphviz that arranges them, such as ``dot``.
        direction: Where they lead to, as Graphviz has it: ``TB`` is from top to bottom.

    Raises:
        CannotDrawError: The program refuses; the message has its words.
        OutputError: The file is not one to write to.
        WriteError: It cannot be written.
    """
    path = outputs.check_output(Path.cwd(), str(path))
    form = path.suffix.removeprefix(".") or DEFAULT_FORMAT
    done = subprocess.run(
        [program, f"-T{form}"],
        input=as_dot(tasks, direction).encode(),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        said = one_line(done.stderr.decode(errors="replace"))
        raise CannotDrawError(f"{program} draws no {form}; name a file of another kind: {said}")
    outputs.write_output(path, done.stdout)


def as_dot(tasks: Sequence[Task], direction: str) -> str:
    """Return the text from which Graphviz draws tasks: hexagons between boxes, as pytask has them.

    Args:
        tasks: All of them.
        direction: As for `draw`.
    """
    return "\n".join(["digraph {", f"rankdir={direction}", *_lines(tasks), "}", ""])


def _lines(tasks: Sequence[Task]) -> Iterator[str]:
    yield "node [shape=box]"
    for task in tasks:
        own = _quoted(task.name)
        yield f"{own} [shape=hexagon]"
        yield from (f"{_quoted(node.name)} -> {own}" for node in task.needs)
        yield from (f"{own} -> {_quoted(node.name)}" for node in task.makes)


def _quoted(name: str) -> str:
    """Return a name as Graphviz reads it, which takes a backslash for the start of an escape."""
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
