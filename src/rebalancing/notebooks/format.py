"""The file format of notebooks: a file's content, its cells, and how it should be stored.

What is relied on is checked here, so that a damaged file ends in one line that names it.
"""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError

from rebalancing.errors import RebalancingError
from rebalancing.notebooks import prose
from rebalancing.reading import first_problem, parse_json, read_text

_KEPT_BY_JUPYTER = {"ExecuteTime", "collapsed", "execution", "scrolled", "trusted"}
_PYTHON = {
    "kernelspec": {
        "display_name": "Python (rebalancing)",
        "language": "python",
        "name": "rebalancing",
    },
    "language_info": {"name": "python"},
}


class BadNotebookError(RebalancingError):
    """A notebook that does not say what it must, or says it wrongly."""


@dataclass(frozen=True)
class Cell:
    """One cell as stored; ``kind`` is ``code``, ``markdown`` or ``raw``."""

    id: str
    kind: str
    source: str
    tags: tuple[str, ...]

    @property
    def is_prose(self) -> bool:
        """Whether it is text with numbers (`rebalancing.notebooks.prose`)."""
        return self.kind == "code" and prose.is_prose(self.source)

    @property
    def text(self) -> str:
        """What it says, if it is text: the lines of a prose cell without those of its head.

        Lines stay where they are, so that messages can count them.
        """
        if not self.is_prose:
            return self.source if self.kind == "markdown" else ""
        return prose.without_head(self.source)

    @property
    def computes(self) -> bool:
        """Whether what it says may change a result: it is code, and not text."""
        return self.kind == "code" and not self.is_prose

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
            return parsed(self.source)
        except SyntaxError:
            if re.match(r"\s*%%(?!time|capture)", self.source):
                return []
            plain = re.sub(r"^([ \t]*)[%!?].*$", r"\1pass", self.source, flags=re.MULTILINE)
            return parsed(plain)


def read_content(path: Path) -> dict[str, Any]:
    """Return a notebook file's content.

    Raises:
        BadNotebookError: It is not a notebook of format 4.5.
    """
    return parse_content(path, read_source(path))


def read_source(path: Path) -> str:
    """Return the text of a notebook file; raise BadNotebookError if there is none."""
    try:
        return read_text(path, f"{path.name}: not a notebook", BadNotebookError)
    except FileNotFoundError:
        raise BadNotebookError(f"{path.name}: there is no such notebook in notebooks/") from None


def parse_content(path: Path, text: str) -> dict[str, Any]:
    """Return the content of a notebook file's text; errors as of `read_content`."""
    content = parse_json(text, f"{path.name}: not a notebook", BadNotebookError)
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


def cells(content: dict[str, Any]) -> tuple[Cell, ...]:
    """Return the cells of a notebook's content, in order."""
    return tuple(map(_cell, content["cells"]))


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


def parsed(source: str) -> list[ast.stmt]:
    """Return the statements of a source; what Python cannot take in is a SyntaxError, too."""
    try:
        return ast.parse(source).body
    except (ValueError, RecursionError, MemoryError):
        raise SyntaxError(
            "Python cannot read it (a null byte, or too deep an expression)"
        ) from None


def _cell(cell: dict[str, Any]) -> Cell:
    source = cell["source"]
    return Cell(
        id=cell["id"],
        kind=cell["cell_type"],
        source=source if isinstance(source, str) else "".join(source),
        tags=tuple(cell.get("metadata", {}).get("tags", ())),
    )


def _cleared(cell: dict[str, Any]) -> dict[str, Any]:
    found = _cell(cell)
    metadata = cell.get("metadata", {})
    kept = {key: metadata[key] for key in metadata if key not in _KEPT_BY_JUPYTER}
    if found.is_prose:  # front ends show what it says, not how it is written
        others = [tag for tag in found.tags if tag != prose.TAG]
        kept |= {"jupyter": {"source_hidden": True}, "tags": [prose.TAG, *others]}
    return {
        "id": cell["id"],
        "cell_type": cell["cell_type"],
        "source": found.source.splitlines(keepends=True),
        "metadata": kept,
        **({"attachments": cell["attachments"]} if "attachments" in cell else {}),
        **({"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else {}),
    }


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
