"""Which notebook makes what for which other one: places, order and contradictions.

A *place* is a path relative to the project. What a notebook declares becomes a place in
``build/<edition>``, in ``build/shared`` for notebooks that all editions share, or in ``data``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import PurePosixPath

from rebalancing.errors import RebalancingError
from rebalancing.notebooks import Notebook
from rebalancing.project import Project

SHARED = "shared"
# Folders of the project that declared paths may begin with; all other paths are an edition's.
_OF_THE_PROJECT = "data/"


class OrderError(RebalancingError):
    """Notebooks whose reads and writes contradict each other."""


@dataclass(frozen=True)
class Layout:
    """The notebooks of an edition, each after those it needs, and the places of what they declare.

    Attributes:
        edition: The edition's name.
        notebooks: The notebooks in an order in which they can run.
        writes: Per notebook, the place of each declared write.
        reads: Per notebook, the place of each declared read.
        needs: Per notebook, the places it depends on: its reads, or what others write in them.
        makes: Per notebook, the places it makes: its writes, and what others read within them.
    """

    edition: str
    notebooks: tuple[Notebook, ...]
    writes: dict[str, dict[str, str]]
    reads: dict[str, dict[str, str]]
    needs: dict[str, list[str]]
    makes: dict[str, list[str]]

    def home(self, notebook: Notebook) -> str:
        """Return the folder of build in which a notebook's outputs go."""
        return SHARED if notebook.is_shared else self.edition

    def executed(self, notebook: Notebook) -> str:
        """Return the place of the executed notebook."""
        return f"build/{self.home(notebook)}/notebooks/{notebook.path.name}"

    def written(self, top: str) -> list[str]:
        """Return the places that notebooks write below a folder such as ``results``."""
        return [
            place
            for writes in self.writes.values()
            for declared, place in writes.items()
            if PurePosixPath(declared).parts[0] == top
        ]


def arrange(project: Project, notebooks: Sequence[Notebook], edition: str) -> Layout:
    """Return the places and the order of an edition's notebooks.

    Raises:
        OrderError: Two notebooks write the same, notebooks need each other, or one reads what
            none writes and what does not exist.
    """
    writes = {n.name: {write: _place(write, n, edition) for write in n.writes} for n in notebooks}
    _check_overlaps(writes)
    writers = {place: name for name, places in writes.items() for place in places.values()}
    reads: dict[str, dict[str, str]] = {}
    needs: dict[str, list[str]] = {}
    makes = {name: list(places.values()) for name, places in writes.items()}
    before: dict[str, set[str]] = {}
    for notebook in notebooks:
        name = notebook.name
        reads[name], needs[name], before[name] = {}, [], set()
        for read in notebook.reads:
            place, related = _find(read, notebook, edition, writers)
            if not related:
                _check_source(project, notebook, read)
            for other in related:
                before[name].add(writers[other])
                if is_within(place, other) and place not in makes[writers[other]]:
                    makes[writers[other]].append(place)
            reads[name][read] = place
            inside = [other for other in related if is_within(other, place)]
            needs[name] += inside or [place]
    order = _order(before)
    by_name = {notebook.name: notebook for notebook in notebooks}
    return Layout(edition, tuple(by_name[n] for n in order), writes, reads, needs, makes)


def is_of_the_project(declared: str) -> bool:
    """Return whether a declared path is relative to the project, not to an edition's folder."""
    return declared.startswith(_OF_THE_PROJECT)


def _place(declared: str, notebook: Notebook, edition: str) -> str:
    if is_of_the_project(declared):
        return declared
    return f"build/{SHARED if notebook.is_shared else edition}/{declared}"


def _find(
    read: str, notebook: Notebook, edition: str, writers: Iterable[str]
) -> tuple[str, list[str]]:
    """Return the place of a read, and the places written that it contains or is contained in."""
    places = [_place(read, notebook, edition)]
    if not (is_of_the_project(read) or notebook.is_shared):
        places.append(f"build/{SHARED}/{read}")
    for place in places:
        related = [w for w in writers if is_within(w, place) or is_within(place, w)]
        if related:
            return place, related
    return places[0], []


def is_within(place: str, folder: str) -> bool:
    """Return whether a place is a folder or lies in it."""
    return f"{place}/".startswith(f"{folder}/")


def _check_overlaps(writes: dict[str, dict[str, str]]) -> None:
    """Raise OrderError if something would be written twice."""
    seen: list[tuple[str, str, str]] = []
    for name, places in writes.items():
        for declared, place in places.items():
            for other, other_declared, other_place in seen:
                if is_within(place, other_place) or is_within(other_place, place):
                    also = "" if declared == other_declared else f" ({other_declared})"
                    who = (
                        f"{other} and {name} both write"
                        if other != name
                        else f"{name} writes twice"
                    )
                    raise OrderError(
                        f"{who} {declared}{also}; each output must have one notebook that makes it"
                    )
            seen.append((name, declared, place))


def _check_source(project: Project, notebook: Notebook, read: str) -> None:
    """Raise OrderError if a read that no notebook writes is not there to begin with."""
    is_source = is_of_the_project(read) and not read.startswith("data/processed")
    if not is_source:
        raise OrderError(
            f"{notebook.name} reads {read}, which no notebook writes; correct the path in `reads`, "
            "or add it to the `writes` of the notebook that makes it"
        )
    if not (project.root / read).exists():
        raise OrderError(
            f"{notebook.name} reads {read}, which does not exist; correct the path in `reads`, or "
            f"restore it with `git checkout {PurePosixPath(read).parts[0]}`"
        )


def _order(before: dict[str, set[str]]) -> list[str]:
    """Return an order in which each notebook comes after those it needs."""
    sorter = TopologicalSorter({name: sorted(others) for name, others in before.items()})
    try:
        return list(sorter.static_order())
    except CycleError as error:
        cycle = " → ".join(reversed(error.args[1]))
        raise OrderError(
            f"Notebooks need each other's outputs in a circle: {cycle}; remove one of the reads"
        ) from None
