"""A whole edition's chapters and texts in one process: no kernels, no drawing, no site.

::

    clone of the project ──workshop──▶ its inputs as links, data/processed made once
              │  run: every code cell of every chapter, in the declared order
              ▼
    results.json, passports of figures and tables
              │  texts: every page and every Markdown cell, rendered as the book renders them
              ▼
    an Edition, or the one line that refuses the study

What a notebook does beyond this (kernels, pictures, the site) is the same for every study.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import pandas as pd
from matplotlib.figure import Figure

from rebalancing.data import tables as processed
from rebalancing.project import Project
from rebalancing.report import book, cells, figures, gate, provenance, results, style, tables
from rebalancing.report.chapter import Chapter
from rebalancing.study import Study
from rebalancing.workflow import layout
from rebalancing.workflow.notebooks import FOLDER_VARIABLE, Notebook, find_notebooks

REPOSITORY = Path(__file__).parents[2]
LINKED = ("notebooks", "book", "editions", "tests", "study.yml", "CITATION.cff", "LICENSE")


class SampleError(AssertionError):
    """A study that the parameters allow and that ends in neither a report nor one line."""


@dataclass
class Edition:
    """What came of a study.

    Attributes:
        folder: Where results.json and passports are.
        left_out: Reason by section that it goes without.
        texts: Rendered text by page.
    """

    folder: Path
    left_out: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


def workshop(root: Path) -> Project:
    """Return a project on the real inputs, with processed tables and shared chapters of its own."""
    project = Project(root)
    for name in LINKED:
        (root / name).symlink_to(REPOSITORY / name)
    project.processed.mkdir(parents=True)
    (root / "data" / "raw").symlink_to(REPOSITORY / "data" / "raw")
    (root / "data" / "corrections.yml").symlink_to(REPOSITORY / "data" / "corrections.yml")
    for notebook in _in_order(project):
        if notebook.is_shared:
            _run(project, notebook, {}, project.build / results.SHARED)
    return project


def run(project: Project, parameters: Mapping[str, Any], *, draw: bool = False) -> Edition:
    """Run every chapter for a study and render every text of its book.

    Args:
        project: A workshop.
        parameters: What differs from study.yml.
        draw: Whether figures are laid out too, which takes as long again.

    Raises:
        StudyError: The study is refused.
        SampleError: Anything else went wrong; the message names chapter, cell and reason.
    """
    study = Study.load(project, parameters)
    folder = project.build / study.edition(project)
    for notebook in _in_order(project):
        if not notebook.is_shared:
            _run(project, notebook, parameters, folder, draw=draw)
    results.merge(folder, provenance.edition(project, study))
    return _texts(project, folder)


def _in_order(project: Project) -> tuple[Notebook, ...]:
    return layout.arrange(project, find_notebooks(project), "edition").notebooks


def _run(
    project: Project,
    notebook: Notebook,
    parameters: Mapping[str, Any],
    folder: Path,
    *,
    draw: bool = False,
) -> None:
    """Run a notebook's cells but for those that it skips, and keep the notebook beside them."""
    names: dict[str, Any] = {"__name__": "__main__"}
    with _light(project, folder, draw=draw):
        for cell in notebook.code_cells:
            try:
                if not _needs(cell.tags) & _left_out(names):
                    exec(compile(cell.source, f"{notebook.name}:{cell.id}", "exec"), names)
            except Exception as error:
                raise SampleError(
                    f"{notebook.name}, cell {cell.id}: {type(error).__name__}: {error}"
                ) from error
            if "parameters" in cell.tags:
                names |= {name: parameters.get(name) for name in notebook.parameters}
    if isinstance(chapter := names.get("chapter"), Chapter):
        chapter.results._write()
    kept = folder / "notebooks" / notebook.path.name
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.unlink(missing_ok=True)
    kept.symlink_to(notebook.path)


def _needs(tags: tuple[str, ...]) -> set[str]:
    return {tag.removeprefix("needs-") for tag in tags if tag.startswith("needs-")}


def _left_out(names: Mapping[str, Any]) -> set[str]:
    chapter = names.get("chapter")
    return set(chapter.results.left_out) if isinstance(chapter, Chapter) else set()


@contextlib.contextmanager
def _light(project: Project, folder: Path, *, draw: bool) -> Iterator[None]:
    """Let notebooks write into a folder, results once at the end and figures without pictures."""

    def write(self: figures.Figures, passport: figures.Passport, body: Any, _: Any) -> Any:
        if draw:
            with style.house_style(passport.name):
                body(Figure(figsize=figures.WIDE), narrow=False)
        named = figures.asdict(passport)
        figures.write_json(self.folder / "figures" / self.chapter / f"{passport.name}.json", named)
        return figures.SavedFigure(passport, b"")

    environment = {FOLDER_VARIABLE: str(folder)}
    with (
        mock.patch.dict(os.environ, environment),
        mock.patch.object(results.Results, "_write", lambda self: None),
        mock.patch.object(figures.Figures, "_write", write),
        contextlib.chdir(project.root),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        yield


def _texts(project: Project, folder: Path) -> Edition:
    """Return an edition with its texts rendered, as its book has them."""
    with mock.patch.object(book.assets, "install"), mock.patch.object(book, "_outputs"):
        try:
            made = book.assemble(project, folder)
        except Exception as error:
            raise SampleError(f"book: {type(error).__name__}: {error}") from error
    texts = {path.name: path.read_text("utf-8") for path in made.glob("*.md")}
    for path in made.glob("*.ipynb"):
        page = json.loads(path.read_text("utf-8"))
        words = [cell["source"] for cell in page["cells"] if cell["cell_type"] == "markdown"]
        texts[path.name] = "\n\n".join(words)
    recorded = json.loads((folder / "results.json").read_text("utf-8"))
    return Edition(folder, recorded["left_out"], texts)
