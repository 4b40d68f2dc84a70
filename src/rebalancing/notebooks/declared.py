"""Notebooks as they are stored: what each declares, and nothing of what it computes.

A notebook says in its metadata what it is called, what it reads and what it writes; the order of
the report and its parallelism follow from that and from nothing else::

    "rebalancing": {"title": "Household consumption",
                    "reads": ["data/processed/expenditure_shares.parquet"],
                    "writes": ["results/02_consumption.json", "figures/02_consumption"]}

A path that begins with ``data/`` is relative to the project, any other to the
edition's folder. A path without a suffix is a folder, with everything in it. A notebook that writes
below ``data/processed`` is shared by all editions, and so is one that says ``"shared": true``.

Its first code cell carries the tag ``parameters`` and gives each parameter of the study that the
notebook uses a default: ``economy: str | None = None  # as in study.yml``.
"""

from __future__ import annotations

import ast
import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from rebalancing.notebooks.format import (
    BadNotebookError,
    Cell,
    cells,
    cleared,
    parse_content,
    parsed,
    read_source,
)
from rebalancing.notebooks.limits import Limits
from rebalancing.quoting import cut, shown

FOLDER_VARIABLE = "REBALANCING_EDITION_FOLDER"  # tells a notebook where its outputs go
NAME_VARIABLE = "REBALANCING_NOTEBOOK"  # tells a notebook its name
UNDRAWN_VARIABLE = "REBALANCING_UNDRAWN"  # tells a notebook that nobody will see its figures
PROCESSED = "data/processed"
_LONGEST_PATH = 200
_RESERVED = {"notebooks", "book", "site", "failed", "results.json", "checklist.json"}


@dataclass(frozen=True)
class Notebook:
    """What a stored notebook declares.

    Attributes:
        path: The stored file.
        title: Its title for people.
        summary: What it is about in a sentence, for the list of chapters; may be empty.
        reads: Files and folders that it reads, as declared.
        writes: Files and folders that it writes, as declared.
        parameters: Names of the study's parameters that it declares, in order.
        cells: Its cells.
        cleared: The notebook as it should be stored: cells, tags and this metadata, which is all
            that matters when it runs or is shown, without outputs and what Jupyter notes while
            running.
        limits: How long it may run, and how much it may say.
        says_shared: Whether it declares that no edition differs in it.
    """

    path: Path
    title: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    parameters: tuple[str, ...]
    cells: tuple[Cell, ...]
    cleared: str
    limits: Limits = field(default_factory=Limits)
    says_shared: bool = False
    summary: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 of the cleared notebook."""
        return hashlib.sha256(self.cleared.encode()).hexdigest()

    @property
    def code_digest(self) -> str:
        """SHA-256 of all that may change a result: the cleared notebook without its text."""
        content = json.loads(self.cleared)
        computing = {cell.id for cell in self.cells if cell.computes}
        content["cells"] = [cell for cell in content["cells"] if cell["id"] in computing]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    @property
    def name(self) -> str:
        """The file's name without extension, such as ``02_consumption``."""
        return self.path.stem

    @property
    def is_shared(self) -> bool:
        """Whether all editions share what it writes."""
        return self.says_shared or self.makes_tables

    @property
    def makes_tables(self) -> bool:
        """Whether it turns releases into processed tables."""
        return any(_is_below(write, PROCESSED) for write in self.writes)

    @property
    def heading(self) -> str:
        """The heading that it begins with, or its title."""
        first = next((cell.source for cell in self.cells if cell.kind == "markdown"), "")
        line = first.lstrip().partition("\n")[0]
        return line.removeprefix("# ").strip() if line.startswith("# ") else self.title

    @property
    def code_cells(self) -> list[Cell]:
        """The code cells, in order."""
        return [cell for cell in self.cells if cell.kind == "code"]

    @cached_property
    def code(self) -> ast.Module:
        """The syntax tree of all code cells together.

        Raises:
            BadNotebookError: A cell is not valid Python.
        """
        statements: list[ast.stmt] = []
        for number, cell in enumerate(self.code_cells, 1):
            try:
                statements += cell.statements()
            except SyntaxError as error:
                raise BadNotebookError(
                    f"{self.path.name}: code cell {number} ({cell.id}) is not valid Python: "
                    f"{error.msg} in {shown((error.text or cell.first_line).strip())}"
                ) from None
        return ast.Module(statements, type_ignores=[])


def read_notebook(path: Path) -> Notebook:
    """Return what a stored notebook declares.

    Raises:
        BadNotebookError: The file is not a notebook, or does not declare what it must.
    """
    return _declared(path, read_source(path))


@lru_cache(maxsize=64)  # one command asks for the same notebooks several times
def _declared(path: Path, text: str) -> Notebook:
    content = parse_content(path, text)
    declared = content["metadata"].get("rebalancing")
    if not isinstance(declared, dict):
        raise BadNotebookError(
            f"{path.name}: its metadata has no `rebalancing` entry; add one with `title`, "
            "`reads` and `writes`"
        )
    title = declared.get("title")
    if not isinstance(title, str) or not title.strip():
        raise BadNotebookError(f"{path.name}: its metadata `rebalancing` needs a `title`")
    found = cells(content)
    notebook = Notebook(
        path=path,
        title=title.strip(),
        reads=_paths(path, declared, "reads"),
        writes=_paths(path, declared, "writes"),
        parameters=_parameters(path, found),
        cells=found,
        cleared=cleared(content),
        limits=_limits(path, declared),
        says_shared=_flag(path, declared, "shared"),
        summary=_summary(path, declared),
    )
    _check_writes(notebook)
    return notebook


def _paths(path: Path, declared: dict[str, Any], field: str) -> tuple[str, ...]:
    """Return the paths of ``reads`` or ``writes``, checked to be plain and relative."""
    values = declared.get(field)
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise BadNotebookError(
            f"{path.name}: its metadata `rebalancing` needs `{field}`, a list of paths"
        )
    for value in values:
        plain = PurePosixPath(value)
        odd = ".." in plain.parts or str(plain) != value or value == "." or not value.isprintable()
        if odd or plain.is_absolute() or len(value) > _LONGEST_PATH:
            raise BadNotebookError(
                f"{path.name}: {shown(value)} in `{field}` must be a path inside the project such "
                "as data/raw/pwt or results/02_consumption.json"
            )
    return tuple(dict.fromkeys(values))


def _summary(path: Path, declared: dict[str, Any]) -> str:
    value = declared.get("summary", "")
    if not isinstance(value, str):
        raise BadNotebookError(
            f"{path.name}: its metadata `rebalancing` has `summary` {shown(value)}; use a sentence"
        )
    return " ".join(value.split())


def _flag(path: Path, declared: dict[str, Any], field: str) -> bool:
    value = declared.get(field, False)
    if not isinstance(value, bool):
        raise BadNotebookError(
            f"{path.name}: its metadata `rebalancing` has `{field}` {shown(value)}; use true "
            "or false"
        )
    return value


def _limits(path: Path, declared: dict[str, Any]) -> Limits:
    try:
        return Limits.read(declared.get("limits", {}))
    except ValueError as error:
        raise BadNotebookError(f"{path.name}: its metadata `rebalancing` {error}") from None


def _check_writes(notebook: Notebook) -> None:
    """Raise BadNotebookError if a notebook writes where it must not."""
    file, name = notebook.path.name, notebook.name
    if not notebook.writes:
        raise BadNotebookError(f"{file}: declares no `writes`; a notebook that nobody reads?")
    for write in notebook.writes:
        top = PurePosixPath(write).parts[0]
        if top == "data" and not _is_below(write, PROCESSED):
            raise BadNotebookError(
                f"{file}: writes {write}, but notebooks may write data only below {PROCESSED}"
            )
        if top in _RESERVED or top.startswith("."):
            raise BadNotebookError(f"{file}: writes {write}, which the workflow itself makes")
        if notebook.is_shared and top != "data" and PurePosixPath(write).stem != name:
            raise BadNotebookError(
                f"{file}: all editions share it, so outside {PROCESSED} it may write only its "
                f"own results/{name}.json, figures/{name}, tables/{name}, not {write}"
            )
    if notebook.is_shared and notebook.parameters:
        raise BadNotebookError(
            f"{file}: all editions share it, so it cannot depend on parameters "
            f"({', '.join(notebook.parameters)}); remove them from its parameters cell"
        )


def _parameters(path: Path, cells: tuple[Cell, ...]) -> tuple[str, ...]:
    """Return the names assigned in the parameters cell."""
    first = next((cell for cell in cells if cell.kind == "code"), None)
    if first is None or "parameters" not in first.tags:
        raise BadNotebookError(f"{path.name}: its first code cell needs the tag `parameters`")
    try:
        statements = parsed(first.source)
    except SyntaxError as error:
        raise BadNotebookError(
            f"{path.name}: its parameters cell is not valid Python: {error.msg}"
        ) from None
    names: list[str] = []
    for statement in statements:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
                names.append(name)
            case _:
                raise BadNotebookError(
                    f"{path.name}: its parameters cell may only assign names, one per line; "
                    f"not `{cut(ast.unparse(statement).splitlines()[0])}`"
                )
    return tuple(dict.fromkeys(names))


def _is_below(path: str, folder: str) -> bool:
    return PurePosixPath(path).is_relative_to(folder)
