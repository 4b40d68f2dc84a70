"""The source of one edition's book: the project's pages with its numbers, figures and text.

::

    book/                  pages, configuration and theme, the same for every edition
    build/<edition>/       results.json, figures/, tables/, notebooks/ (executed)
    build/shared/          the same from the notebooks that all editions share
            │  assemble
            ▼
    build/<edition>/book/  a complete Jupyter Book: ``jupyter-book build`` alone makes the site

No page is made while a statistic is typed into any (`rebalancing.book.texts.gate`). Pages, their
configuration and the notebooks' text are templates (`rebalancing.report.prose`);
notebooks become pages (`rebalancing.book.cells`). What readers download lies in ``_extra``.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from rebalancing.answers import Ask, anew
from rebalancing.book import kept
from rebalancing.book.folders import link, link_all, replaced
from rebalancing.book.pages import (
    changes_page,
    checklist,
    context,
    explored,
    history_figure,
    named_data,
)
from rebalancing.book.parts import (
    CONFIGURATION,
    EXTRA,
    NEIGHBOURS,
    UNSEEN,
    BookError,
    Parts,
    put_theme,
    write_if_changed,
)
from rebalancing.book.pieces import FOLDER as PIECES
from rebalancing.book.pieces import Pieces, put
from rebalancing.book.texts import fallen, gate
from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.project import Project
from rebalancing.report import stored
from rebalancing.report.passports import VALUES

_EDITED = ("CITATION.cff", "LICENSE")  # by people, perhaps in place


def assemble(project: Project, edition_folder: Path, typed: Ask = anew) -> Path:
    """Put together the source of an edition's book and return its folder.

    Args:
        project: Where pages, stored notebooks, CITATION.cff and LICENSE are.
        edition_folder: ``build/<edition>``, with results.json and executed notebooks.
        typed: Whom to ask which numbers are typed into a text.

    Raises:
        NoResultsError: The notebooks have not run.
        GateError: Text with a statistic that was typed.
        ProseError: Text that names a result or value that does not exist.
        ChecklistError: The checklist does not say where each line is met.
        CitationError: CITATION.cff cannot be used.
        BookError: The project has no pages, or two exhibits have one name.
    """
    if not (project.book / CONFIGURATION).is_file():
        raise BookError(f"{project.book} has no {CONFIGURATION}; restore it from git")
    recorded = stored.read_results(edition_folder)
    pieces = Pieces(project, recorded["edition"], edition_folder / PIECES)
    gate.check(project, recorded["results"], typed)
    economy = recorded["edition"]["parameters"]["economy"]
    results = {result["key"]: result for result in recorded["results"]}
    gone = fallen.find(fallen.paragraphs(project), results, economy)
    fallen.write_fallen(edition_folder, gone)
    rows = history_figure.read_rows(project, recorded)
    said, of_forecasts = pieces.forecasts()
    names = {
        "history": history_figure.releases(rows),
        "changes": changes_page.body(project, recorded, gone),
        "forecasts": said,
    }
    with (
        kept.answers(pieces.home / "texts") as ask,
        replaced(edition_folder / "book") as folder,
    ):
        extra = folder / EXTRA
        parts = Parts.of(project, edition_folder, recorded, names, ask)
        _pages(parts, folder)
        _chapters(parts, folder)
        for place, made in parts.outputs():
            link_all(made, extra / place)
        named_data.write_named(extra, context.economy_names(project))
        put(pieces.history(rows), extra)
        put(of_forecasts, extra)
        _check_names(extra)
        lines = checklist.read_checklist(project, recorded["left_out"])
        checklist.write_checklist(edition_folder / "checklist.json", lines)
        put(pieces.explore(), extra / explored.FOLDER)
        _downloads(parts, edition_folder, extra)
        put_theme(project, folder)
    return edition_folder / "book"


def _pages(parts: Parts, target: Path) -> None:
    """Copy the book's files, those that are text of pages or configuration rendered."""
    source = parts.project.book
    theme = shutil.ignore_patterns("_theme")
    shutil.copytree(
        source,
        target,
        ignore=lambda folder, names: {*UNSEEN(folder, names), *theme(folder, names)},
        dirs_exist_ok=True,
    )
    for path in target.glob("*.md"):
        write_if_changed(path, parts.page(path.stem))
    for path in target.glob("_*.yml"):
        write_if_changed(path, parts.settings(path.name))


def _chapters(parts: Parts, target: Path) -> None:
    """Turn the executed notebooks of an edition into pages."""
    for notebook in find_notebooks(parts.project):
        if notebook.name in parts.without:
            continue
        if (page := parts.chapter(notebook)) is not None:
            write_if_changed(target / notebook.path.name, page)


def _check_names(extra: Path) -> None:
    """Raise BookError if two chapters have a figure or a table of one name, which links go by."""
    for kind in ("figure", "table"):
        chapters: dict[str, str] = {}
        for path in sorted((extra / f"{kind}s").glob("*/*.json")):
            chapter = path.parent.name
            if path.name.endswith(VALUES):  # of a figure that has its own line here
                continue
            if (other := chapters.setdefault(path.stem, chapter)) != chapter:
                raise BookError(
                    f"{other} and {chapter} each save a {kind} named {path.stem!r}, and links go "
                    "by the name; give one of them another"
                )


def _downloads(parts: Parts, edition_folder: Path, extra: Path) -> None:
    """Copy what readers take away: notebooks as they ran and to run, all results, the citation."""
    extra.mkdir(parents=True, exist_ok=True)
    write_if_changed(extra / NEIGHBOURS, "// Which other editions stand beside this one: none.\n")
    for path in _results(edition_folder):
        link(path, extra / path.name)
    for name in _EDITED:
        shutil.copyfile(parts.project.root / name, extra / name)
    (extra / "executed").mkdir(exist_ok=True)
    for notebook in find_notebooks(parts.project):
        write_if_changed(extra / "notebooks" / notebook.path.name, notebook.cleared)
        if notebook.name not in parts.without and (executed := parts.executed(notebook)):
            link(executed, extra / "executed" / notebook.path.name)


def _results(edition_folder: Path) -> Iterator[Path]:
    yield edition_folder / "results.json"
    yield edition_folder / "checklist.json"
    yield from edition_folder.glob("claims.json")
