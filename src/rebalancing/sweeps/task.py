"""One notebook of a sweep, run wherever there is a project with the same data and code.

A task says which notebook to run with which parameters, what it is given from other chapters, and
what it rests on: digests of the notebook's code, of library modules and of data. Whoever performs
it compares these with its own, so that another machine gives the same bytes or says what differs.
Nothing is written but in a folder of the task's own, which is removed: the outcome holds all.
"""

from __future__ import annotations

import json
import os
import re
import socket
import time
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path
from threading import Lock
from typing import Any

import rebalancing
from rebalancing.errors import RebalancingError, of_system
from rebalancing.files import left_over, remove, workshop
from rebalancing.notebooks import Notebook, read_notebook
from rebalancing.project import Project
from rebalancing.quoting import one_line
from rebalancing.workflow.dependencies import Library
from rebalancing.workflow.execute import NotebookFailedError, Run, execute
from rebalancing.workflow.nodes import Digests
from rebalancing.workflow.places import LOCK, Nodes
from rebalancing.workflow.tasks import EXECUTION

# Papermill puts the parameters given into a cell of their own, which the traceback counts.
_NUMBERS = (
    "(A code cell's number is that in the notebook; In[…] in the traceback also counts the cell "
    "with the parameters given.)\n"
)
_STYLE = re.compile(r"\x1b\[[0-9;]*m")
_WORKSHOP, _NEW = ".sweep.", 60  # what tasks' folders are called, and seconds in which one is new
_closures: dict[str, dict[str, Path]] = {}
_lock = Lock()


@dataclass(frozen=True)
class Basis:
    """What runs of a notebook rest on, whatever its parameters.

    Attributes:
        notebook: Its name.
        places: The files and folders of the project that it reads.
        states: Digests by name: of its code, of library modules, of these places, of the lock.
    """

    notebook: str
    places: tuple[str, ...]
    states: Mapping[str, str | None]


@dataclass(frozen=True)
class SweepTask:
    """A notebook to run.

    Attributes:
        address: The digest of all that it depends on.
        basis: The part of that which is the same for all parameters.
        parameters: Values of what the notebook declares.
        reads: Paths that it reads of other chapters, as declared.
        given: What is in them, by path.
        keeps: Paths that it writes of which the outcome holds the files.
        keeps_executed: Whether the outcome holds the executed notebook.
        is_drawn: Whether figures are drawn.
    """

    address: str
    basis: Basis
    parameters: Mapping[str, Any]
    reads: tuple[str, ...]
    given: Mapping[str, bytes]
    keeps: tuple[str, ...]
    keeps_executed: bool
    is_drawn: bool


@dataclass(frozen=True)
class RunOutcome:
    """How a run ended.

    Attributes:
        files: What is kept, by path.
        log: Where and when it ran, what its cells printed, and the traceback if it failed.
        failure: Why it failed, in one line; empty if it did not.
        is_unfit: Whether it did not begin, because code, data or packages here are not those that
            it rests on.
    """

    files: Mapping[str, bytes] = field(default_factory=dict)
    log: str = ""
    failure: str = ""
    is_unfit: bool = False


def basis(project: Project, notebook: Notebook, places: Sequence[str]) -> Basis:
    """Return what a notebook rests on in a project, and in the library that is at work."""
    nodes = Nodes(project, _digests(project))
    found = [
        nodes.code_of(notebook),
        *(nodes.place(place) for place in places),
        nodes.modules(notebook.name, _closure(project, notebook)),
        nodes.place(LOCK),
    ]
    return Basis(notebook.name, tuple(places), {node.name: node.state() for node in found})


@cache
def _digests(project: Project) -> Digests:
    """Return the digests that this program remembers, as long as size, inode and time stay."""
    return Digests(project.build / ".workflow" / "digests-of-sweeps.json")


def _closure(project: Project, notebook: Notebook) -> dict[str, Path]:
    """Return the library modules of a notebook; they stay as they are while a program runs."""
    with _lock:
        key = f"{project.root} {notebook.code_digest}"
        if key not in _closures:
            memory = project.build / ".workflow" / "imports.json"
            library = Library(Path(rebalancing.__file__).parent, memory)
            _closures[key] = library.closure(notebook, modules=[EXECUTION])
        return _closures[key]


@cache
def packages() -> dict[str, str]:
    """Return the versions of the packages that the project asks for, as they are installed."""
    asked = metadata.requires("rebalancing") or []
    names = {re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in asked if "extra ==" not in line}
    return {name: metadata.version(name) for name in sorted(names)}


def unfit(bases: Sequence[Basis], versions: Mapping[str, str], root: str | None = None) -> str:
    """Return why tasks cannot be performed here; empty if they can.

    Args:
        bases: What they rest on where the sweep was planned.
        versions: The packages there.
        root: The project's folder; the one in which this program was started if not given.
    """
    for name, version in versions.items():
        if packages().get(name) != version:
            return f"it has {name} {packages().get(name)}, and the sweep {version}"
    try:
        project = _project(root)
        return next(filter(None, (_differs(project, each) for each in bases)), "")
    except RebalancingError as error:
        return str(error)
    except OSError as error:
        return of_system(error)


def _project(root: str | None) -> Project:
    return Project(Path(root)) if root else Project.find()


def _differs(project: Project, planned: Basis) -> str:
    """Return what is not as it was where the sweep was planned; empty if all is."""
    path = project.notebooks / f"{planned.notebook}.ipynb"
    if not path.is_file():
        return f"{path} is missing; bring the notebooks here"
    here = basis(project, read_notebook(path), planned.places).states
    for name, state in planned.states.items():
        if here.get(name) != state:
            what = "is missing" if here.get(name) is None else "is not what the sweep rests on"
            return f"{name} {what}; bring code and data here again (docs/sweeps.md)"
    return ""


def perform(
    task: SweepTask, root: str | None = None, versions: Mapping[str, str] | None = None
) -> RunOutcome:
    """Run a task's notebook.

    Args:
        task: What to run.
        root: The project's folder; the one in which this program was started if not given.
        versions: The packages where the sweep was planned, if that is another program.
    """
    begun = time.time()
    said, files, failure = "", {}, ""
    try:
        if lacks := unfit([task.basis], versions or {}, root):
            return RunOutcome({}, f"{_head(task, begun)}\n{lacks}\n", lacks, is_unfit=True)
        project = _project(root)
        project.build.mkdir(parents=True, exist_ok=True)
        tidy_once(project.build)
        with workshop(project.build, _WORKSHOP) as folder:
            run = _run(project, task, folder)
            try:
                execute(run)
                files = _kept(run, task)
            except NotebookFailedError as error:
                failure = error.reason
                files = {"failed.ipynb": run.failed.read_bytes()} if run.failed.is_file() else {}
            said = _printed(run.failed if failure else run.executed)
    except (RebalancingError, OSError) as error:
        failure = of_system(error) if isinstance(error, OSError) else str(error)
        said = "".join(traceback.format_exception(error))
    except Exception as error:
        failure = f"a fault of the program: {type(error).__name__}: {one_line(str(error))}"
        said = "".join(traceback.format_exception(error))
    if failure and task.parameters and "In[" in said:
        said += f"\n{_NUMBERS}"
    end = f"Failed: {failure}" if failure else "Finished"
    log = f"{_head(task, begun)}\n{said}\n{end}, after {time.time() - begun:.1f} s\n"
    return RunOutcome(files, log, failure)


@cache
def tidy_once(build: Path) -> None:
    """Remove the folders of tasks whose program was killed, when this one begins.

    One that is new may be another worker's, which is about to mark it as its own.
    """
    for path in left_over(build, _WORKSHOP):
        with suppress(OSError):  # another worker has removed it
            if time.time() - path.stat().st_mtime > _NEW:
                remove(path)


def _run(project: Project, task: SweepTask, folder: Path) -> Run:
    """Lay out what a task is given in a folder, and return the run of its notebook."""
    for name, content in task.given.items():
        path = folder / "given" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return Run(
        project=project,
        notebook=read_notebook(project.notebooks / f"{task.basis.notebook}.ipynb"),
        folder=folder / "edition",
        inputs={read: folder / "given" / read for read in task.reads},
        parameters=task.parameters,
        staging=folder / "staging",
        is_drawn=task.is_drawn,
    )


def _kept(run: Run, task: SweepTask) -> dict[str, bytes]:
    """Return what is kept of what a notebook has written, by path, in order."""
    found = []
    for write in task.keeps:
        place = run.folder / write
        found += [place] if place.is_file() else [p for p in place.rglob("*") if p.is_file()]
    if task.keeps_executed:
        found.append(run.executed)
    return {path.relative_to(run.folder).as_posix(): path.read_bytes() for path in sorted(found)}


def _head(task: SweepTask, begun: float) -> str:
    """Return the head of a log: what ran, where and when."""
    day = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(begun))
    parameters = json.dumps(dict(task.parameters), ensure_ascii=False, sort_keys=True)
    where = f"{socket.gethostname()}, process {os.getpid()}"
    return f"{task.basis.notebook} {parameters}\naddress {task.address}\nbegun {day} on {where}\n"


def _printed(executed: Path) -> str:
    """Return what the cells of an executed notebook printed, and the traceback of an error."""
    if not executed.is_file():
        return ""
    said = []
    for cell in json.loads(executed.read_bytes())["cells"]:
        for output in cell.get("outputs", ()):
            if output["output_type"] == "stream":
                said.append("".join(output["text"]))
            elif output["output_type"] == "error":
                said.append(_STYLE.sub("", "\n".join(output["traceback"])))
    return "\n".join(said)
