"""The runs of a sweep: which notebook, with which parameters, after which others.

Each run has an address, the digest of all that it depends on: the notebook's code without its
prose, the library modules that it uses, the lock of packages, the tables and releases that it
reads, its parameters, the addresses of the runs whose results it reads, and what the grid says to
keep. Points that differ only in what a chapter does not use share its run.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from rebalancing.errors import InputError, StudyError
from rebalancing.files import sha256
from rebalancing.notebooks import Notebook
from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.project import Project
from rebalancing.quoting import shown
from rebalancing.sweeps.grid import ALL, Grid, GridError, combinations
from rebalancing.sweeps.store import Store
from rebalancing.sweeps.task import Basis, SweepTask, basis
from rebalancing.workflow.layout import Layout, arrange, is_of_the_project, is_within
from rebalancing.workflow.tasks import StudyLike, check_parameters

_EDITION = "sweep"


@dataclass(frozen=True)
class Point:
    """One combination of the grid's values.

    Attributes:
        values: What the grid says, by parameter.
        label: The name that an edition of these parameters has.
        study: The study; none if the data do not allow it.
        failure: Why there is none.
    """

    values: Mapping[str, Any]
    label: str
    study: StudyLike | None
    failure: str = ""


@dataclass(frozen=True)
class SweepRun:
    """One notebook with one set of parameters.

    Attributes:
        address: The digest of all that it depends on.
        name: What people call it: chapter and first point.
        notebook: What to run.
        parameters: Values of what it declares.
        after: Addresses of the runs that it reads from, by the name of their notebook.
    """

    address: str
    name: str
    notebook: Notebook
    parameters: Mapping[str, Any]
    after: Mapping[str, str]


@dataclass
class Plan:
    """All runs of a sweep.

    Attributes:
        project: Where they run.
        grid: What was asked for.
        points: The grid's points, in order.
        chapters: Names of the notebooks that run for each, in alphabetical order.
        extra: Those among them that the grid does not name.
        layout: Where notebooks read and write.
        bases: What notebooks rest on, by name.
        runs: The runs by address, each after those that it needs.
        addresses: The run of each point and chapter, by the point's label and the chapter's name.
    """

    project: Project
    grid: Grid
    points: Sequence[Point]
    chapters: tuple[str, ...]
    extra: tuple[str, ...]
    layout: Layout
    bases: dict[str, Basis] = field(default_factory=dict)
    runs: dict[str, SweepRun] = field(default_factory=dict)
    addresses: dict[tuple[str, str], str] = field(default_factory=dict)

    def task(self, run: SweepRun, store: Store) -> SweepTask:
        """Return a run as whoever performs it needs it, with what other runs have made."""
        name = run.notebook.name
        reads = tuple(r for r in run.notebook.reads if not is_of_the_project(r))
        given: dict[str, bytes] = {}
        for read in reads:
            for writer, address in run.after.items():
                if read in _related(self.layout, name, writer):
                    made = store.files(address).items()
                    given |= {path: content for path, content in made if is_within(path, read)}
            given |= _shared_files(self.project, self.layout, name, read)
        is_all = self.grid.keep == ALL
        read_by_others = {r for notebook in self.layout.notebooks for r in notebook.reads}
        keeps = [w for w in run.notebook.writes
                 if is_all or PurePosixPath(w).suffix or w in read_by_others]  # fmt: skip
        return SweepTask(
            address=run.address,
            basis=self.bases[name],
            parameters=run.parameters,
            reads=reads,
            given=given,
            keeps=tuple(keeps),
            keeps_executed=is_all,
            is_drawn=is_all or any("figures" in PurePosixPath(keep).parts for keep in keeps),
        )


def choose(project: Project, grid: Grid) -> tuple[Layout, tuple[str, ...], tuple[str, ...]]:
    """Return the layout of the notebooks, those that run for each point, and those not named.

    Raises:
        GridError: A chapter does not exist, or is one that all editions share.
    """
    layout = arrange(project, find_notebooks(project), _EDITION)
    own = sorted(notebook.name for notebook in layout.notebooks if not notebook.is_shared)
    asked = {_find(grid, name, own, layout) for name in grid.chapters} or set(own)
    needed, pending = set(asked), list(asked)
    while pending:
        for writer in writers(layout, pending.pop()):
            if writer in own and writer not in needed:
                needed.add(writer)
                pending.append(writer)
    chosen = tuple(name for name in own if name in needed)
    return layout, chosen, tuple(name for name in chosen if name not in asked)


def shared(layout: Layout, chapters: Sequence[str]) -> list[str]:
    """Return the notebooks that all editions share and some chapters read from."""
    all_shared = {notebook.name for notebook in layout.notebooks if notebook.is_shared}
    found = {writer for name in chapters for writer in writers(layout, name)}
    return sorted(found & all_shared)


def points(
    grid: Grid,
    study_of: Callable[[Mapping[str, Any]], StudyLike],
    label: Callable[[StudyLike], str],
    economies: Sequence[str],
) -> list[Point]:
    """Return the points of a grid.

    Args:
        grid: What was asked for.
        study_of: Returns the study with some values put over those of study.yml.
        label: Returns the name of a study's edition.
        economies: Every economy with data, for a grid that asks for all.

    Raises:
        GridError: A value is not allowed; where all economies are asked for, one whose data do not
            allow a study becomes a point that has failed instead.
    """

    def point(values: Mapping[str, Any]) -> Point:
        study = study_of(values)
        return Point(values, label(study), study)

    def allowed(values: Mapping[str, Any]) -> Point:
        try:
            return point(values)
        except InputError as error:
            named = error.parameter if isinstance(error, StudyError) else ""
            others = {name: value for name, value in values.items() if name != named}
            where = f"at {in_words(others)}: " if others else ""
            raise GridError(f"{grid.file}: {where}{error}") from None

    if not grid.is_of_all_economies:
        return [allowed(values) for values in combinations(grid.axes)]
    axes = {**grid.axes, "economy": list(economies)}
    for values in combinations({name: axes[name] for name in axes if name != "economy"}):
        allowed(values)  # what is wrong here is wrong for every economy
    found = []
    for values in combinations(axes):
        try:
            found.append(point(values))
        except StudyError as error:
            found.append(Point(values, str(values["economy"]), None, str(error)))
    return found


def make(
    project: Project,
    grid: Grid,
    at: Sequence[Point],
    layout: Layout,
    chapters: Sequence[str],
    extra: Sequence[str],
) -> Plan:
    """Return the runs of some points; what all editions share must have been made."""
    plan = Plan(project, grid, at, tuple(chapters), tuple(extra), layout)
    by_name = {n.name: n for n in layout.notebooks if n.name in chapters}
    common: dict[str, dict[str, Any]] = {}
    for name in by_name:
        places = [place for place in layout.needs[name] if is_of_the_project(place)]
        plan.bases[name] = basis(project, by_name[name], places)
        shared_states = {
            place: sha256(project.root / place)
            for read in by_name[name].reads
            for place in _shared_places(project, layout, name, read)
        }
        common[name] = {**plan.bases[name].states, **shared_states}
    for point in at:
        if point.study is not None:
            for name in by_name:  # each after those that it needs
                _add(plan, point, point.study, by_name[name], common[name])
    return plan


def _add(
    plan: Plan, point: Point, study: StudyLike, notebook: Notebook, common: Mapping[str, Any]
) -> None:
    """Add the run of a chapter at a point, unless another point has it already."""
    check_parameters(notebook, study)
    values = study.parameters()
    parameters = {name: values[name] for name in notebook.parameters}
    after = {
        writer: plan.addresses[point.label, writer]
        for writer in writers(plan.layout, notebook.name)
        if writer in plan.chapters
    }
    whole = json.dumps([common, parameters, after, plan.grid.keep], sort_keys=True)
    address = hashlib.sha256(whole.encode()).hexdigest()
    plan.addresses[point.label, notebook.name] = address
    name = f"{notebook.name} {point.label}"
    plan.runs.setdefault(address, SweepRun(address, name, notebook, parameters, after))


def in_words(values: Mapping[str, Any]) -> str:
    """Return a point in words: ``economy JPN, smoothing 100``."""
    return ", ".join(f"{name} {value}" for name, value in values.items())


def writers(layout: Layout, name: str) -> list[str]:
    """Return the notebooks that a notebook reads from, in the layout's order."""
    return [
        notebook.name
        for notebook in layout.notebooks
        if notebook.name != name and _related(layout, name, notebook.name)
    ]


def _related(layout: Layout, name: str, writer: str) -> list[str]:
    """Return the declared reads of a notebook that another writes, wholly or in part."""
    written = layout.writes[writer].values()
    return [
        read
        for read, place in layout.reads[name].items()
        if any(is_within(place, other) or is_within(other, place) for other in written)
    ]


def _find(grid: Grid, asked: str, own: Sequence[str], layout: Layout) -> str:
    """Return the chapter that is meant by its name or its beginning."""
    exact = [name for name in own if name == asked]
    found = exact or [name for name in own if name.startswith(asked)]
    if len(found) == 1:
        return found[0]
    common = [n.name for n in layout.notebooks if n.is_shared and n.name.startswith(asked)]
    if common and not found:
        why = f"is {common[0]}, which all editions share: it is run once by itself, where needed"
    else:
        why = f"could be {', '.join(found)}" if found else "is no chapter"
    said = f"{grid.file}: chapters: {shown(asked)} {why}; chapters: {', '.join(own)}"
    raise GridError(said)


def _shared_places(project: Project, layout: Layout, name: str, read: str) -> list[str]:
    """Return the files of what all editions share that stand for a declared read."""
    place = layout.reads[name][read]
    top = project.root / place
    if is_of_the_project(read) or not place.startswith("build/shared/"):
        return []
    files = [top] if top.is_file() else sorted(p for p in top.rglob("*") if p.is_file())
    return [path.relative_to(project.root).as_posix() for path in files]


def _shared_files(project: Project, layout: Layout, name: str, read: str) -> dict[str, bytes]:
    """Return these files with their content, by the path that the notebook finds them at."""
    places = _shared_places(project, layout, name, read)
    return {
        place.removeprefix("build/shared/"): (project.root / place).read_bytes() for place in places
    }
