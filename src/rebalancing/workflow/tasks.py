"""The tasks of an edition, made from what the notebooks declare.

One task per notebook, one that merges the recorded results, one per piece of the book that rests on
tables and the log of forecasts only, one that builds the book. A notebook's task depends on the
stored notebook's code, what it reads, the library modules that it imports directly or indirectly,
the values of the parameters that it declares, and requirements.lock; it makes what the notebook
declares to write, and the executed notebook. Its text is told anew when the book is built, so that
a sentence runs nothing. Content decides, never a date. The commit concerns the merged results,
whose head names it, and so the book, but no notebook. Tasks of notebooks that all editions share
are named ``shared/<notebook>``, the others ``<edition>/<notebook>``; editions do not touch each
other.
"""

from __future__ import annotations

import ast
import shutil
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from rebalancing.errors import RebalancingError
from rebalancing.notebooks import Notebook
from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.notebooks.format import BadNotebookError
from rebalancing.project import Project
from rebalancing.workflow.dependencies import Library
from rebalancing.workflow.execute import Run, execute
from rebalancing.workflow.layout import SHARED, Layout, arrange, is_of_the_project
from rebalancing.workflow.nodes import Digests, Folder, Node
from rebalancing.workflow.places import LOCK, Nodes

EXECUTION = "rebalancing.workflow.execute"
BOOK_SOURCES = ("book", "CITATION.cff", "LICENSE", "CHANGELOG.md")
# Outcomes of forecasts, and what readers may look through (rebalancing.book.pages.measures).
TABLES_OF_PIECES = (
    *("economies", "expenditure_shares", "national_accounts"),
    *("world_bank", "world_economic_outlook"),
)
PARAMETERS_OF_PIECES = ("economy", "peers", "releases", "as_of")


class MissingInputError(RebalancingError):
    """A file that tasks need and none makes."""


class StudyLike(Protocol):
    """What the workflow needs to know of a study (`rebalancing.study.Study`)."""

    def edition(self, project: Project) -> str:
        """Return the edition's name."""

    def parameters(self) -> dict[str, Any]:
        """Return the values by name, ready for JSON."""

    def declaration(self, name: str) -> str:
        """Return how a notebook declares a parameter: ``seed: int | None = None``."""


@dataclass(frozen=True)
class Piece:
    """A piece of the book that rests on tables and logs only, so it need not wait for any chapter.

    Attributes:
        name: What its task is called.
        title: What it is, for people.
        folder: Where it is made, within the edition's folder.
        make: Makes it in the edition's folder that it is given.
    """

    name: str
    title: str
    folder: str
    make: Callable[[Path], object]

    def place(self, edition: str) -> str:
        """Return where it is made."""
        return f"build/{edition}/{self.folder}"


@dataclass(frozen=True)
class Steps:
    """What is done with the notebooks' outputs, and the library modules that do it.

    Attributes:
        library: The package whose modules are dependencies.
        merge: Writes results.json in the edition's folder that it is given.
        merge_modules: Full names of the modules that `merge` uses.
        book: Builds ``book``, ``site`` and ``checklist.json`` in the edition's folder that it is
            given.
        book_modules: Full names of the modules that `book` uses.
        code: What `merge` says of the code, such as its commit: taken once, before anything runs.
        site: Where the book is published, if the environment says so.
        pieces: Of the book, made beside the chapters.
        piece_modules: Full names of the modules that make them.
        ready: Yields, for the edition's folder, while what `book` needs gets ready beside us.
    """

    library: Library
    merge: Callable[[Path], object]
    merge_modules: tuple[str, ...]
    book: Callable[[Path], object]
    book_modules: tuple[str, ...]
    code: Mapping[str, Any] = field(default_factory=dict)
    site: str = ""
    pieces: tuple[Piece, ...] = ()
    piece_modules: tuple[str, ...] = ()
    ready: Callable[[Path], AbstractContextManager[object]] = nullcontext


@dataclass(eq=False)
class Task:
    """One task, in the form that pytask runs (`pytask.PTask`).

    Attributes:
        name: Unique among all editions, such as ``CHN/02_consumption``.
        title: What it is, for people.
        action: What it does.
        needs: What it depends on.
        makes: What it makes.
        is_notebook: Whether it runs a notebook.
        ready: Yields while what it needs gets ready beside us; entered before any task runs.
    """

    name: str
    title: str
    action: Callable[[], object]
    needs: list[Node]
    makes: list[Node]
    is_notebook: bool = False
    ready: Callable[[], AbstractContextManager[object]] = nullcontext
    markers: list[Any] = field(default_factory=list)
    report_sections: list[tuple[str, str, str]] = field(default_factory=list)
    attributes: dict[Any, Any] = field(default_factory=dict)
    depends_on: dict[str, Any] = field(init=False)
    produces: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.depends_on = {"needs": self.needs}
        self.produces = {"makes": self.makes}

    @property
    def short_name(self) -> str:
        """The name without the edition."""
        return self.name.rpartition("/")[2]

    @property
    def signature(self) -> str:
        """What pytask knows the task by."""
        return f"task {self.name}"

    def state(self) -> str:
        """Return the task's own state: constant, for what it does is among its dependencies."""
        return "1"

    def function(self, needs: list[None]) -> None:
        """Do what the task does."""
        self.action()

    def execute(self, **needs: Any) -> None:
        """Do what the task does, as pytask calls it without workers."""
        self.function(**needs)


def edition_tasks(project: Project, study: StudyLike, steps: Steps, digests: Digests) -> list[Task]:
    """Return the tasks of an edition, each after those that it needs.

    Raises:
        BadNotebookError: A notebook declares too little, or a parameter that does not exist.
        OrderError: Two notebooks write the same, need each other, or read what nobody writes.
        MissingInputError: A file that tasks need does not exist.
    """
    notebooks = find_notebooks(project)
    if not notebooks:
        raise MissingInputError(
            "There are no notebooks; restore them with `git checkout notebooks`"
        )
    layout = arrange(project, notebooks, study.edition(project))
    nodes = Nodes(project, digests)
    values = study.parameters()
    tasks = [_notebook_task(project, n, layout, nodes, steps, study) for n in layout.notebooks]
    tasks.append(_merge_task(project, layout, nodes, steps, values))
    tasks += [_piece_task(project, p, layout, nodes, steps, values) for p in steps.pieces]
    tasks.append(_book_task(project, layout, nodes, steps, values))
    _check_sources(nodes)
    return tasks


def _notebook_task(
    project: Project,
    notebook: Notebook,
    layout: Layout,
    nodes: Nodes,
    steps: Steps,
    study: StudyLike,
) -> Task:
    check_parameters(notebook, study)
    values = study.parameters()
    chosen = {name: values[name] for name in notebook.parameters}
    home = layout.home(notebook)
    reads = layout.reads[notebook.name].items()
    run = Run(
        project=project,
        notebook=notebook,
        folder=project.build / home,
        inputs={r: project.root / place for r, place in reads if not is_of_the_project(r)},
        parameters=chosen,
    )
    return Task(
        name=f"{home}/{notebook.name}",
        title=notebook.title,
        action=partial(execute, run),
        needs=[
            nodes.code_of(notebook),
            *(nodes.place(place) for place in layout.needs[notebook.name]),
            nodes.modules(notebook.name, steps.library.closure(notebook, modules=[EXECUTION])),
            *nodes.parameters(chosen),
            nodes.place(LOCK),
        ],
        makes=[
            *nodes.made(layout.makes[notebook.name]),
            nodes.executed(layout.executed(notebook)),
        ],
        is_notebook=True,
    )


def _merge_task(
    project: Project, layout: Layout, nodes: Nodes, steps: Steps, values: dict[str, Any]
) -> Task:
    folder = project.build / layout.edition

    def merge() -> None:
        remove_stale(project, layout)
        steps.merge(folder)

    return Task(
        name=f"{layout.edition}/results",
        title="Merge the recorded results",
        action=merge,
        needs=[
            nodes.chapters(layout),
            *nodes.code(steps.code),
            *nodes.made(layout.written("results")),
            nodes.modules("results", steps.library.closure(modules=steps.merge_modules)),
            *nodes.parameters(values),
            nodes.descriptors(),
            nodes.place(LOCK),
        ],
        makes=nodes.made([f"build/{layout.edition}/results.json"]),
    )


def _piece_task(
    project: Project,
    piece: Piece,
    layout: Layout,
    nodes: Nodes,
    steps: Steps,
    values: dict[str, Any],
) -> Task:
    return Task(
        name=f"{layout.edition}/{piece.name}",
        title=piece.title,
        action=partial(piece.make, project.build / layout.edition),
        needs=[
            *(nodes.place(f"data/processed/{n}.parquet", optional=True) for n in TABLES_OF_PIECES),
            nodes.place("editions/forecast-log.csv", optional=True),
            nodes.modules("pieces", steps.library.closure(modules=steps.piece_modules)),
            *nodes.parameters({name: values[name] for name in PARAMETERS_OF_PIECES}),
            nodes.descriptors(),
            nodes.place(LOCK),
        ],
        makes=nodes.made([piece.place(layout.edition)]),
    )


def _book_task(
    project: Project, layout: Layout, nodes: Nodes, steps: Steps, values: dict[str, Any]
) -> Task:
    folder = f"build/{layout.edition}"
    outputs = [
        *layout.written("figures"),
        *layout.written("tables"),
        *layout.written("claims.json"),
        f"{folder}/results.json",
        *(piece.place(layout.edition) for piece in steps.pieces),
    ]
    task = Task(
        name=f"{layout.edition}/book",
        title="Build the book",
        action=partial(steps.book, project.root / folder),
        ready=partial(steps.ready, project.root / folder),
        needs=[
            nodes.chapters(layout),
            *nodes.text_of(layout.notebooks),
            *(nodes.executed(layout.executed(notebook)) for notebook in layout.notebooks),
            *nodes.made(outputs),
            *(nodes.place(source, optional=True) for source in BOOK_SOURCES),
            nodes.place("data/processed/economies.parquet", optional=True),
            # What was kept of the edition before.
            nodes.place(f"editions/{layout.edition}", optional=True),
            nodes.modules("the book", steps.library.closure(modules=steps.book_modules)),
            *nodes.parameters(values),
            nodes.site(steps.site),
            nodes.descriptors(),
            nodes.place(LOCK),
        ],
        makes=nodes.made([f"{folder}/book", f"{folder}/site", f"{folder}/checklist.json"]),
    )
    for node in task.makes:
        if isinstance(node, Folder):
            node.is_listed = False
    return task


def check_parameters(notebook: Notebook, study: StudyLike) -> None:
    """Check that a notebook declares parameters of the study only, and all that it uses.

    Raises:
        BadNotebookError: It declares one that does not exist, or its code uses ``study.<name>``
            of one that it does not declare, whose value could then not be passed to it; or the
            study is as of a day and the notebook does not declare ``as_of``.
    """
    values = study.parameters()
    unknown = [name for name in notebook.parameters if name not in values]
    if unknown:
        raise BadNotebookError(
            f"{notebook.path.name}: declares the parameter {unknown[0]}, which the study does not "
            f"have; it has {', '.join(values)}"
        )
    is_as_of_a_day = values.get("as_of", "latest") != "latest"
    if is_as_of_a_day and not notebook.is_shared and "as_of" not in notebook.parameters:
        raise BadNotebookError(
            f"{notebook.path.name}: does not declare as_of, so it would use releases of later "
            f"days; add `{study.declaration('as_of')}` to its parameters cell"
        )
    source = "\n".join(cell.source for cell in notebook.code_cells)
    others = {name for name in values.keys() - {*notebook.parameters} if name in source}
    for node in ast.walk(notebook.code) if others else ():  # walking takes long
        match node:
            case ast.Attribute(value=ast.Name(id="study"), attr=name):
                if name in others:
                    raise BadNotebookError(
                        f"{notebook.path.name}: uses study.{name} but does not declare it; add "
                        f"`{study.declaration(name)}` to its parameters cell"
                    )


def remove_stale(project: Project, layout: Layout) -> None:
    """Remove what notebooks that are gone, or their former declarations, have left behind."""
    kept = {place for places in layout.writes.values() for place in places.values()}
    kept |= {layout.executed(notebook) for notebook in layout.notebooks}
    for home in (SHARED, layout.edition):
        for pattern in ("results/*", "figures/*", "tables/*", "notebooks/*", "claims.json"):
            for path in (project.build / home).glob(pattern):
                place = path.relative_to(project.root).as_posix()
                if not any(k == place or k.startswith(f"{place}/") for k in kept):
                    shutil.rmtree(path) if path.is_dir() else path.unlink()


def _check_sources(nodes: Nodes) -> None:
    """Raise MissingInputError if something is missing that no task makes."""
    missing = [n.name for n in nodes.by_name.values() if not n.is_made and n.state() is None]
    if missing:
        raise MissingInputError(
            f"{', '.join(missing)} is missing; restore it with `git checkout {' '.join(missing)}`"
        )
