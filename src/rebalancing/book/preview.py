"""One page of the book, for anyone who changes a sentence and wants to see it.

The page is rendered from what the notebooks recorded last and looks as in the book. Around it stand
only the glossary and the references, whose entries it shows; links to other pages lead nowhere, and
no text is checked but that of the page.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
from pathlib import Path
from typing import Any

from rebalancing.book.pages import explored
from rebalancing.book.parts import (
    CONFIGURATION,
    CONTENTS,
    EXTRA,
    Parts,
    put_theme,
    write_if_changed,
)
from rebalancing.book.sphinx import settings
from rebalancing.book.texts import before, gate
from rebalancing.errors import InputError, RebalancingError
from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.project import Project
from rebalancing.quoting import shown
from rebalancing.reading import parse_yaml
from rebalancing.report import stored
from rebalancing.surroundings import without_iri_grammars

_CITED = "# References\n\n```{bibliography}\n```\n"  # only what the page cites


class PreviewError(RebalancingError):
    """A page that cannot be shown."""


class UnknownPageError(InputError):
    """A page that the book does not have."""


def find_page(project: Project, asked: str) -> str:
    """Return the name of the page that is meant: ``02_consumption`` by ``02``, ``index``.

    Raises:
        UnknownPageError: None or several begin so; the message lists the pages.
    """
    names = sorted({n.name for n in find_notebooks(project)} | _pages(project))
    exact = [name for name in names if name == asked]
    found = exact or [name for name in names if name.startswith(asked)]
    if len(found) == 1:
        return found[0]
    why = f"could be {', '.join(found)}" if found else "is no page of the book"
    raise UnknownPageError(f"{shown(asked)} {why}; pages: {', '.join(names)}")


def _pages(project: Project) -> set[str]:
    return {path.stem for path in project.book.glob("*.md")}


def is_chapter(project: Project, name: str) -> bool:
    """Return whether a page is made from a notebook."""
    return name not in _pages(project)


def check(project: Project, edition_folder: Path, name: str) -> None:
    """Check the text of one page, as a report checks that of all before anything runs.

    Args:
        project: Where pages and stored notebooks are.
        edition_folder: ``build/<edition>``; its results say what should be looked up.
        name: Of the page, as `find_page` returns it.

    Raises:
        TextError: The message names what is wrong, each in a line.
        ProseError: A template cannot be parsed.
    """
    page = f"notebooks/{name}.ipynb" if is_chapter(project, name) else f"book/{name}.md"
    has_run = (edition_folder / "results.json").is_file()
    results = stored.read_results(edition_folder)["results"] if has_run else []
    recorded = {result["key"] for result in results}
    wrong = list(before.problems(project, recorded, within=page))
    wrong += map(str, gate.problems(project, results, within=page))
    if wrong:
        raise before.TextError("\n".join(wrong))


def render(project: Project, edition_folder: Path, name: str) -> Path:
    """Make one page and return its file.

    Args:
        project: Where pages and stored notebooks are.
        edition_folder: ``build/<edition>``, with results.json and executed notebooks.
        name: Of the page, as `find_page` returns it.

    Raises:
        NoResultsError: The notebooks have not run.
        ProseError: Text that names a result or value that does not exist.
        PreviewError: The page's chapter has not run, or the page cannot be made.
    """
    recorded = stored.read_results(edition_folder)
    parts = Parts.of(project, edition_folder, recorded, _names_of(project, recorded, name))
    folder = edition_folder / "preview"
    source = folder / "source"
    _theme(project, source)
    _link_outputs(parts, source / EXTRA)
    shutil.copyfile(project.book / "references.bib", source / "references.bib")
    around = {"glossary", "references"} - {name}
    for old in [*source.glob("*.md"), *source.glob("*.ipynb")]:
        if old.stem not in {name, *around}:
            old.unlink()
    for page in sorted({name, "glossary"} & {name, *_pages(project)}):
        _page(parts, source, page)
    if "references" in around:
        write_if_changed(source / "references.md", _CITED)
    contents = ["format: jb-book", f"root: {name}", "chapters:"]
    there = sorted(page for page in around if (source / f"{page}.md").is_file())
    write_if_changed(
        source / CONTENTS, "\n".join([*contents, *(f"- file: {p}" for p in there), ""])
    )
    write_if_changed(source / CONFIGURATION, parts.settings(CONFIGURATION))
    return _sphinx(source, folder / "site", folder / "read", name)


def _names_of(project: Project, recorded: dict[str, Any], name: str) -> dict[str, Any]:
    """Return what the template of a page may use alone; much is read only for the page about it."""
    if name == "changes":
        from rebalancing.book.pages import changes_page, history_figure

        rows = history_figure.read_rows(project, recorded)
        return {
            "changes": changes_page.body(project, recorded),
            "history": history_figure.releases(rows),
        }
    if name == "forecast-log":
        from rebalancing.book.pages import forecast_page

        return {
            "forecasts": forecast_page.numbers(
                forecast_page.read_record(project, recorded["edition"])
            )
        }
    return {}


def _page(parts: Parts, source: Path, name: str) -> None:
    if not is_chapter(parts.project, name):
        write_if_changed(source / f"{name}.md", parts.page(name))
        return
    page = parts.chapter(next(n for n in find_notebooks(parts.project) if n.name == name))
    if page is None:
        raise PreviewError(f"{name} has not run for this edition; run: make report")
    write_if_changed(source / f"{name}.ipynb", page)


def _theme(project: Project, source: Path) -> None:
    """Put the theme into place, anew only where a file of it has changed, as that takes long."""
    stamp = source / ".theme"
    files = sorted(path for path in (project.book / "_theme").rglob("*") if path.is_file())
    states = [f"{p.relative_to(project.book)} {p.stat().st_mtime_ns}" for p in files]
    state = hashlib.sha256("\n".join(states).encode()).hexdigest()
    if not (stamp.is_file() and stamp.read_text() == state):
        put_theme(project, source)
        write_if_changed(stamp, state)


def _link_outputs(parts: Parts, extra: Path) -> None:
    """Put results, figures and tables where the page looks for them, as links."""
    shutil.rmtree(extra, ignore_errors=True)
    for kind in ("figures", "tables"):
        (extra / kind).mkdir(parents=True)
    (extra / "results.json").symlink_to(parts.edition_folder / "results.json")
    for place, made in parts.outputs():
        (extra / place).symlink_to(made)
    data = parts.edition_folder / "book" / EXTRA / explored.FOLDER
    if data.is_dir():  # once the book has been built
        (extra / explored.FOLDER).symlink_to(data)


def _sphinx(source: Path, site: Path, read: Path, name: str) -> Path:
    """Build the page and return its file."""
    without_iri_grammars()
    chosen = _settings(source)
    from docutils.utils import SystemMessage
    from sphinx.application import Sphinx
    from sphinx.errors import SphinxError

    said = io.StringIO()
    _link_files(source / EXTRA, site)
    try:
        app = Sphinx(
            str(source), None, str(site), str(read), "html", chosen, status=None, warning=said
        )
        app.build(filenames=[str(source / f"{name}{suffix}") for suffix in (".md", ".ipynb")])
    except (SphinxError, SystemMessage) as error:
        raise PreviewError(f"{name} cannot be shown: {error}") from None
    for line in said.getvalue().splitlines():
        if re.search(r"\b(?:ERROR|CRITICAL)\b", line):
            print(re.sub(r"\x1b\[[\d;]*m", "", line).replace(f"{source}{os.sep}", ""))
    return site / f"{name}.html"


def _link_files(extra: Path, site: Path) -> None:
    """Put figures and tables beside the page, in folders of its own, as scripts are added there."""
    for kind in ("figures", "tables", explored.FOLDER):
        folder = site / kind
        if folder.is_symlink():
            folder.unlink()
        shutil.rmtree(folder, ignore_errors=True)
        found = [*(extra / kind).glob("*"), *(extra / kind).glob("*/*")]  # by way of links, too
        for path in filter(Path.is_file, found):
            link = folder / path.relative_to(extra / kind)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(path)


def _settings(source: Path) -> dict[str, Any]:
    """Return Sphinx's settings, for one page alone."""
    configuration = (source / CONFIGURATION).read_text(encoding="utf-8")
    parse_yaml(configuration, "book/_config.yml", PreviewError)
    return settings.of(source, source.parent) | {
        "html_extra_path": [],
        "nitpicky": False,
        "suppress_warnings": ["myst", "ref", "toc", "etoc", "bibtex", "mystnb"],
    }
