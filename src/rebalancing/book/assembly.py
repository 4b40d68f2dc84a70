"""The source of one edition's book: the project's pages with its numbers, figures and text.

::

    book/                  pages, configuration and theme, the same for every edition
    build/<edition>/       results.json, figures/, tables/, notebooks/ (executed)
    build/shared/          the same from the notebooks that all editions share
            │  assemble
            ▼
    build/<edition>/book/  a complete Jupyter Book: ``jupyter-book build`` alone makes the site

No page is made while a statistic is typed into any (`rebalancing.book.gate`). Pages, their
configuration and the notebooks' text are templates (`rebalancing.report.prose`);
notebooks become pages (`rebalancing.book.cells`). What readers download lies in ``_extra``.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rebalancing.book import (
    assets,
    changes_page,
    chapters,
    checklist,
    context,
    fallen,
    forecast_page,
    gate,
)
from rebalancing.book.folders import replaced
from rebalancing.errors import RebalancingError
from rebalancing.files import write_atomic, write_json
from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.project import Project
from rebalancing.reading import parse_yaml, read_text
from rebalancing.report import stored
from rebalancing.report.prose import Prose, Recorded
from rebalancing.report.prose.bibliography import Bibliography
from rebalancing.report.results import SHARED

EXTRA = "_extra"


class BookError(RebalancingError):
    """A book that cannot be put together."""


def assemble(project: Project, edition_folder: Path) -> Path:
    """Put together the source of an edition's book and return its folder.

    Args:
        project: Where pages, stored notebooks, CITATION.cff and LICENSE are.
        edition_folder: ``build/<edition>``, with results.json and executed notebooks.

    Raises:
        NoResultsError: The notebooks have not run.
        GateError: Text with a statistic that was typed.
        ProseError: Text that names a result or value that does not exist.
        ChecklistError: The checklist does not say where each line is met.
        CitationError: CITATION.cff cannot be used.
        BookError: The project has no pages.
    """
    if not (project.book / "_config.yml").is_file():
        raise BookError(f"{project.book} has no _config.yml; restore it from git")
    recorded = stored.read_results(edition_folder)
    gate.check(project, recorded["results"])
    lookups = Recorded({result["key"]: result for result in recorded["results"]})
    log = forecast_page.read_record(project, recorded)
    economy = recorded["edition"]["parameters"]["economy"]
    gone = fallen.find(fallen.paragraphs(project), lookups.results, economy)
    fallen.write(edition_folder, gone)
    pages = {
        "changes": changes_page.body(project, recorded, gone),
        "forecasts": forecast_page.numbers(log),
    }
    prose = Prose(lookups, context.make(project, recorded) | pages)
    teller = chapters.Teller(prose, recorded, Bibliography(project.book / "references.bib"))
    with replaced(edition_folder / "book") as folder:
        _pages(project.book, folder, prose)
        for outputs in (project.build / SHARED, edition_folder):
            _notebooks(project, outputs, folder, teller)
            _outputs(outputs, folder / EXTRA, without(recorded))
        if log is not None:
            forecast_page.save_record(log, project, folder / EXTRA)
        lines = checklist.read_checklist(project, recorded["left_out"])
        checklist.write_checklist(edition_folder / "checklist.json", lines)
        _downloads(project, edition_folder, folder / EXTRA)
        assets.install(folder / assets.STATIC, project.build / SHARED / "fonts")
    return edition_folder / "book"


def _pages(source: Path, target: Path, prose: Prose) -> None:
    """Copy the book's files, those that are text of pages or configuration rendered."""
    # Hidden files and what Python compiles are no part of it: the workflow does not look at them.
    left = shutil.ignore_patterns(".*", "__pycache__")
    shutil.copytree(source, target, ignore=left, dirs_exist_ok=True)
    for path in [*target.glob("*.md"), *target.glob("_*.yml")]:
        name = f"book/{path.name}"
        render = prose.page if path.suffix == ".md" else prose.configure
        rendered = render(read_text(path, name, BookError), name)
        if path.suffix == ".yml" and not isinstance(parse_yaml(rendered, name, BookError), dict):
            raise BookError(f"{name}: must hold one `name: value` per line")
        write_atomic(path, rendered, durable=False)


def without(recorded: dict[str, Any]) -> list[str]:
    """Return the names of the chapters that an edition goes without."""
    return list(recorded["edition"].get("without", []))


def _notebooks(project: Project, outputs: Path, target: Path, teller: chapters.Teller) -> None:
    """Turn the executed notebooks of an edition into pages."""
    left = without(dict(teller.recorded))
    for notebook in find_notebooks(project):
        executed = outputs / "notebooks" / notebook.path.name
        if notebook.name not in left and executed.is_file():
            write_json(target / executed.name, teller.page(notebook, executed), durable=False)


def _outputs(outputs: Path, extra: Path, left_out: list[str]) -> None:
    """Copy figures and tables, with their passports, but not those of chapters left out."""
    for kind in ("figures", "tables"):
        if (outputs / kind).is_dir():
            leave = shutil.ignore_patterns(*left_out)
            shutil.copytree(outputs / kind, extra / kind, ignore=leave, dirs_exist_ok=True)


def _downloads(project: Project, edition_folder: Path, extra: Path) -> None:
    """Copy what readers take away: the runnable notebooks, all results, the citation."""
    extra.mkdir(parents=True, exist_ok=True)
    for path in _taken_away(project, edition_folder):
        shutil.copyfile(path, extra / path.name)
    for notebook in find_notebooks(project):
        write_atomic(extra / "notebooks" / notebook.path.name, notebook.cleared)


def _taken_away(project: Project, edition_folder: Path) -> Iterator[Path]:
    yield edition_folder / "results.json"
    yield edition_folder / "checklist.json"
    yield from edition_folder.glob("claims.json")
    yield project.root / "CITATION.cff"
    yield project.root / "LICENSE"
