"""The nodes of a project: what tasks may need or make, each of them once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from rebalancing.data.releases import folders
from rebalancing.notebooks import Notebook
from rebalancing.project import Project
from rebalancing.workflow.layout import Layout
from rebalancing.workflow.nodes import (
    Digests,
    Executed,
    File,
    Folder,
    Node,
    NodeGroup,
    Stored,
    Value,
)

LOCK = "requirements.lock"
_OF_CODE = {"changed": "uncommitted changes"}  # what facts about the code are called
_OF_THE_GALLERY = "editions.js"  # in a site, written whenever other editions are built


@dataclass
class Nodes:
    """The nodes of a project, one per name; also for whoever runs notebooks in another way."""

    project: Project
    digests: Digests
    by_name: dict[str, Node] = field(default_factory=dict)

    def place(self, place: str, *, optional: bool = False) -> Node:
        """Return the node of a file or folder; one without a suffix is a folder unless a file.

        What tasks make and has a suffix is a file, even if somebody has put a folder there.
        """
        if place not in self.by_name:
            path = self.project.root / place
            is_rebuilt = place.startswith(("build/", "data/processed/"))
            is_file = path.is_file() or (bool(path.suffix) and (is_rebuilt or not path.is_dir()))
            self.by_name[place] = (
                File(place, _kind(place), optional, location=path, digests=self.digests)
                if is_file
                else Folder(
                    place,
                    _kind(place),
                    optional,
                    location=path,
                    digests=self.digests,
                    without=self._copies | {path / _OF_THE_GALLERY},
                )
            )
        return self.by_name[place]

    @cached_property
    def _copies(self) -> frozenset[Path]:
        """The copies of releases that somebody has left in data/raw."""
        return frozenset(folders.copies(self.project))

    def made(self, places: Iterable[str]) -> list[Node]:
        """Return the nodes of files and folders that a task makes."""
        nodes = [self.place(place) for place in places]
        for node in nodes:
            node.is_made = True
        return nodes

    def modules(self, user: str, files: dict[str, Path]) -> Node:
        """Return the node of all library modules that somebody uses."""
        kind = "library module"
        members = tuple(
            self._one(File(name, kind, location=path, digests=self.digests))
            for name, path in files.items()
        )
        return self._one(NodeGroup(f"library of {user}", kind, members=members))

    def parameters(self, values: dict[str, Any]) -> list[Node]:
        """Return the nodes of parameters' values."""
        return [
            self._one(Value(f"parameter {name}", "parameter", value=value))
            for name, value in values.items()
        ]

    def code(self, said: Mapping[str, Any]) -> list[Node]:
        """Return the nodes of the facts about the code."""
        return [
            self._one(Value(_OF_CODE.get(key, f"code {key}"), "code", value=said[key]))
            for key in sorted(said)
        ]

    def site(self, address: str) -> Node:
        """Return the node of the site's address."""
        return self._one(Value("address of the site", "address", value=address))

    def code_of(self, notebook: Notebook) -> Node:
        """Return the node of a stored notebook's code."""
        name = f"notebooks/{notebook.path.name}"
        return self._one(Stored(name, "notebook", digest=notebook.code_digest))

    def text_of(self, notebooks: Iterable[Notebook]) -> list[Node]:
        """Return the nodes of stored notebooks with their text."""
        return [
            self._one(Stored(f"notebooks/{n.path.name} (text)", "notebook", digest=n.digest))
            for n in notebooks
        ]

    def executed(self, place: str) -> Node:
        """Return the node of an executed notebook."""
        path = self.project.root / place
        node = Executed(place, "output", is_made=True, location=path, digests=self.digests)
        return self._one(node)

    def chapters(self, layout: Layout) -> Node:
        """Return the node of the list of notebooks, which changes when one goes or comes."""
        names = sorted(notebook.name for notebook in layout.notebooks)
        return self._one(Value("list of notebooks", "list", value=names))

    def descriptors(self) -> Node:
        """Return the node of all releases' descriptors, which hold the digests of their data."""
        folder = Folder(
            "data/raw/**/datapackage.json",
            "release",
            optional=True,
            location=self.project.raw,
            digests=self.digests,
            pattern="datapackage.json",
            without=self._copies,
        )
        return self._one(folder)

    def _one(self, node: Node) -> Node:
        return self.by_name.setdefault(node.name, node)


def _kind(place: str) -> str:
    if place.startswith("data/"):
        return "data file"
    return "lock file" if place == LOCK else "output" if place.startswith("build/") else "file"
