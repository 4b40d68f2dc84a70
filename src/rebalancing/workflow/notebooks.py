"""Notebooks as they are stored: what each declares, and nothing of what it computes.

A notebook says in its metadata what it is called, what it reads and what it writes; the order of
the report and its parallelism follow from that and from nothing else::

    "rebalancing": {"title": "Household consumption",
                    "reads": ["data/processed/expenditure_shares.parquet"],
                    "writes": ["results/02_consumption.json", "figures/02_consumption"]}

A path that begins with ``data/`` or ``tests/`` is relative to the project, any other to the
edition's folder. A path without a suffix is a folder, with everything in it. A notebook that writes
below ``data/processed`` is shared by all editions, and so is one that says ``"shared": true``.

Its first code cell carries the tag ``parameters`` and gives each parameter of the study that the
notebook uses a default: ``economy: str | None = None  # as in study.yml``.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError

from rebalancing.errors import RebalancingError
from rebalancing.project import Project
from rebalancing.quoting import cut, shown
from rebalancing.reading import first_problem, read_json
from rebalancing.workflow.limits import Limits

FOLDER_VARIABLE = "REBALANCING_EDITION_FOLDER"  # tells a notebook where its outputs go
PROCESSED = "data/processed"
_LONGEST_PATH = 200
_RESERVED = {"notebooks", "book", "site", "failed", "results.json", "checklist.json"}
_KEPT_BY_JUPYTER = {"ExecuteTime", "collapsed", "execution", "scrolled", "trusted"}
_PYTHON = {
    "kernelspec": {
        "display_name": "Python (rebalancing)",
        "language": "python",
        "name": "rebalancing",
    },
    "language_info": {"name": "python"},
}
# What JupyterLab, its tools and programs that keep folders in step leave beside chapters.
_JUPYTERS_OWN = (
    *("Untitled.ipynb", "Untitled[0-9]*.ipynb", "Untitled-[0-9]*.ipynb", "*-Copy[0-9]*.ipynb"),
    *("*.nbconvert.ipynb", "* ([0-9]*).ipynb", "*conflicted copy*.ipynb"),
)


class BadNotebookError(RebalancingError):
    """A notebook that does not say what it must, or says it wrongly."""


class StoredOutputsError(RebalancingError):
    """A stored notebook that carries outputs."""


@dataclass(frozen=True)
class Cell:
    """One cell as stored; ``kind`` is ``code``, ``markdown`` or ``raw``."""

    id: str
    kind: str
    source: str
    tags: tuple[str, ...]
    has_outputs: bool

    @property
    def first_line(self) -> str:
        """The first line that is neither empty nor a comment, or else the first one."""
        lines = [line.strip() for line in self.source.splitlines() if line.strip()]
        return next((line for line in lines if not line.startswith("#")), "".join(lines[:1]))

    def statements(self) -> list[ast.stmt]:
        """Return the syntax trees of a code cell's statements, without IPython's magics.

        Raises:
            SyntaxError: The cell is neither Python nor in another language by its ``%%``.
        """
        try:
            return _parsed(self.source)
        except SyntaxError:
            if re.match(r"\s*%%(?!time|capture)", self.source):
                return []
            plain = re.sub(r"^([ \t]*)[%!?].*$", r"\1pass", self.source, flags=re.MULTILINE)
            return _parsed(plain)


@dataclass(frozen=True)
class Notebook:
    """What a stored notebook declares.

    Attributes:
        path: The stored file.
        title: Its title for people.
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

    @property
    def digest(self) -> str:
        """SHA-256 of the cleared notebook."""
        return hashlib.sha256(self.cleared.encode()).hexdigest()

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


def find_notebooks(project: Project) -> list[Notebook]:
    """Return the project's notebooks in the order of their names, without those passed over.

    Raises:
        BadNotebookError: One cannot be read or does not declare what it must.
    """
    return [read_notebook(path) for path in _stored(project)]


def passed_over(project: Project) -> list[Path]:
    """Return the notebooks that are no chapters: of a name that Jupyter gives, or empty.

    What book/_toc.yml names is a chapter, whatever it is called and however damaged.
    """
    return [path for path in _files(project) if _is_left(path) and not _is_listed(project, path)]


def read_notebook(path: Path) -> Notebook:
    """Return what a stored notebook declares.

    Raises:
        BadNotebookError: The file is not a notebook, or does not declare what it must.
    """
    content = _read_json(path)
    declared = content["metadata"].get("rebalancing")
    if not isinstance(declared, dict):
        raise BadNotebookError(
            f"{path.name}: its metadata has no `rebalancing` entry; add one with `title`, "
            "`reads` and `writes`"
        )
    title = declared.get("title")
    if not isinstance(title, str) or not title.strip():
        raise BadNotebookError(f"{path.name}: its metadata `rebalancing` needs a `title`")
    cells = tuple(_cell(cell) for cell in content["cells"])
    notebook = Notebook(
        path=path,
        title=title.strip(),
        reads=_paths(path, declared, "reads"),
        writes=_paths(path, declared, "writes"),
        parameters=_parameters(path, cells),
        cells=cells,
        cleared=cleared(content),
        limits=_limits(path, declared),
        says_shared=_flag(path, declared, "shared"),
    )
    _check_writes(notebook)
    return notebook


def check_stored(project: Project) -> None:
    """Check that no stored notebook carries outputs.

    Raises:
        StoredOutputsError: Some do; the message names them all and says how to clear them.
    """
    carrying = [
        path.relative_to(project.root).as_posix()
        for path in _stored(project)
        if any(_cell(cell).has_outputs for cell in _read_json(path)["cells"])
    ]
    if carrying:
        raise StoredOutputsError(
            f"Outputs belong in build/, not in stored notebooks; clear {', '.join(carrying)} with "
            f"`jupyter nbconvert --clear-output --inplace {' '.join(carrying)}`"
        )


def cleared(content: dict[str, Any]) -> str:
    """Return a notebook as it should be stored, whatever running it has left in the file.

    Args:
        content: A notebook of format 4.5 that declares what it must.
    """
    plain = {
        "cells": [_cleared(cell) for cell in content["cells"]],
        "metadata": {**_PYTHON, "rebalancing": content["metadata"]["rebalancing"]},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(plain, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _cleared(cell: dict[str, Any]) -> dict[str, Any]:
    metadata = cell.get("metadata", {})
    return {
        "id": cell["id"],
        "cell_type": cell["cell_type"],
        "source": _cell(cell).source.splitlines(keepends=True),
        "metadata": {key: metadata[key] for key in metadata if key not in _KEPT_BY_JUPYTER},
        **({"attachments": cell["attachments"]} if "attachments" in cell else {}),
        **({"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else {}),
    }


def _stored(project: Project) -> list[Path]:
    left = passed_over(project)
    return [path for path in _files(project) if path not in left]


def _files(project: Project) -> list[Path]:
    return sorted(
        path
        for path in project.notebooks.glob("*.ipynb")
        if not path.name.startswith(".") and not path.is_dir()
    )


def _is_left(path: Path) -> bool:
    is_empty = path.is_file() and path.stat().st_size == 0
    return is_empty or any(fnmatch(path.name, pattern) for pattern in _JUPYTERS_OWN)


def _is_listed(project: Project, path: Path) -> bool:
    """Return whether the book's contents name a notebook."""
    contents = project.book / "_toc.yml"
    if not contents.is_file():
        return False
    text = contents.read_text(encoding="utf-8", errors="replace")
    return bool(re.search(rf"\bfile:\s*{re.escape(path.stem)}\s*$", text, re.MULTILINE))


def _read_json(path: Path) -> dict[str, Any]:
    """Return a notebook file's content, checked to be a notebook of format 4."""
    try:
        content = read_json(path, f"{path.name}: not a notebook", BadNotebookError)
    except FileNotFoundError:
        raise BadNotebookError(f"{path.name}: there is no such notebook in notebooks/") from None
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list) or content.get("nbformat") != 4:
        raise BadNotebookError(f"{path.name}: not a notebook of format 4; save it with JupyterLab")
    if any(isinstance(cell, dict) and "id" not in cell for cell in cells):
        raise BadNotebookError(
            f"{path.name}: its cells have no ids (notebook format before 4.5); save it with "
            "JupyterLab"
        )
    try:
        ids = [cell.id for cell in _StoredNotebook.model_validate(content).cells]
    except ValidationError as error:
        raise BadNotebookError(
            f"{path.name}: not a notebook of format 4: {first_problem(error)}; restore it from "
            "git, or save it with JupyterLab"
        ) from None
    if doubled := next((name for name in ids if ids.count(name) > 1), None):
        raise BadNotebookError(
            f"{path.name}: two cells have the id {doubled}; save it with JupyterLab"
        )
    found: dict[str, Any] = content
    return found


class _CellMetadata(BaseModel, extra="allow", strict=True):
    tags: list[str] = []


class _StoredCell(BaseModel, extra="allow", strict=True):
    """What is relied on in a cell, and what other programs that open the notebook rely on."""

    id: str = Field(pattern="^[A-Za-z0-9_-]{1,64}$")
    cell_type: Literal["code", "markdown", "raw"]
    source: str | list[str]
    metadata: _CellMetadata = _CellMetadata()
    attachments: dict[str, dict[str, str | list[str] | dict[str, Any]]] = {}
    outputs: list[dict[str, Any]] = []
    execution_count: int | None = None


class _KernelSpec(BaseModel, extra="allow", strict=True):
    name: str


class _Metadata(BaseModel, extra="allow", strict=True):
    kernelspec: _KernelSpec | None = None
    language_info: dict[str, Any] = {}


class _StoredNotebook(BaseModel, extra="allow", strict=True):
    nbformat_minor: int = Field(ge=5)
    metadata: _Metadata
    cells: list[_StoredCell]


def _cell(cell: dict[str, Any]) -> Cell:
    source = cell["source"]
    return Cell(
        id=cell["id"],
        kind=cell["cell_type"],
        source=source if isinstance(source, str) else "".join(source),
        tags=tuple(cell.get("metadata", {}).get("tags", ())),
        has_outputs=bool(cell.get("outputs")) or cell.get("execution_count") is not None,
    )


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
        statements = _parsed(first.source)
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


def _parsed(source: str) -> list[ast.stmt]:
    """Return the statements of a source; what Python cannot take in is a SyntaxError, too."""
    try:
        return ast.parse(source).body
    except (ValueError, RecursionError, MemoryError):
        raise SyntaxError(
            "Python cannot read it (a null byte, or too deep an expression)"
        ) from None


def _is_below(path: str, folder: str) -> bool:
    return PurePosixPath(path).is_relative_to(folder)
