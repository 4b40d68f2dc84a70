"""The built site of an edition: Jupyter Book, run strictly, checked, and swapped into place.

Every warning is an error. Pages that are made from the same as in the build before are taken from
what that has kept (`rebalancing.book.kept`), which an error leaves as it was. A site that loads
anything from outside, has a link that leads nowhere or anything that acts and is not ours, does not
replace the one that is there.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rebalancing import children
from rebalancing.book import kept
from rebalancing.book.finish import active, drawings, linkcheck, search, stamp
from rebalancing.book.finish.contents import Contents
from rebalancing.book.folders import hold, link_all, replaced
from rebalancing.book.pages import checklist
from rebalancing.book.parts import EXTRA
from rebalancing.book.pieces import FOLDER as PIECES
from rebalancing.errors import RebalancingError
from rebalancing.files import write_atomic
from rebalancing.project import Project

KEPT = "kept"  # in the folder of an edition
# Sphinx's notes to itself (one holds a digest of temporary paths), and what no page asks for.
_NOT_PUBLISHED = (
    ".buildinfo",
    "objects.inv",
    "searchindex.js",  # the site has a search of its own
    *(f"_static/{name}.css" for name in ("basic", "pygments")),
    *(f"_static/{name}.js" for name in ("doctools", "documentation_options", "language_data")),
    *(f"_static/{name}.js" for name in ("searchtools", "sphinx_highlight")),
    *(f"_static/{name}.png" for name in ("file", "minus", "plus")),
)
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_PROBLEM = re.compile(r"\b(WARNING|ERROR|CRITICAL|\w*Error)\b")


class SiteError(RebalancingError):
    """A book that does not build, or a site that is not fit to be read."""


@contextmanager
def ready(edition_folder: Path) -> Iterator[children.Child]:
    """Yield a process that loads Sphinx, which takes long, while the book is put together."""
    source, home = edition_folder / "book", edition_folder / KEPT
    program = [sys.executable, "-m", "rebalancing.book.sphinx.run"]
    command = [*program, str(source), str(home), str(children.cores())]
    # Sets are written in the order of their hashes, so the hashes must not change.
    child = children.start(command, {**os.environ, "PYTHONHASHSEED": "0"})
    try:
        yield child
    finally:
        children.leave(child)


def build(project: Project, edition_folder: Path, sphinx: children.Child | None = None) -> Path:
    """Build the site from ``<edition_folder>/book`` and return its folder, ``site``.

    Args:
        project: The project; messages name paths relative to it.
        edition_folder: ``build/<edition>``, with the book assembled.
        sphinx: What `ready` yields, if there was time to get ready.

    Raises:
        SiteError: The build has warnings, the site would load from outside, has dead links or a
            script that is not ours, or lacks what the checklist or the ledger of claims leads to.
            The last good site stays in place; the log is ``log/book.log``.
    """
    if sphinx is None:
        with ready(edition_folder) as sphinx:
            return build(project, edition_folder, sphinx)
    book, log = edition_folder / "book", edition_folder / "log" / "book.log"
    with (
        kept.opened(edition_folder / KEPT, _makers(project, book), is_put_back=True) as before,
        replaced(edition_folder / "site") as folder,
    ):
        status, said = children.finish(sphinx, "build\n")
        said = _COLOUR.sub("", said)
        write_atomic(log, said, durable=False)
        where = log.relative_to(project.root)
        if status:
            raise SiteError(f"the book does not build: {_first_problem(said)} (see {where})")
        contents = Contents.kept(before / "contents")
        _publish(book, before / "html", folder)
        scripts = edition_folder / PIECES / "scripts"  # none is trusted that is not as made now
        hold(scripts, {**search.files(folder, contents.found), **drawings.files(folder)})
        link_all(scripts, folder)
        problems = [
            *checklist.problems(folder, contents.links),
            *linkcheck.problems(folder, contents.links),
            *active.problems(folder, contents.acting),
        ]
        stamp.put(folder, _code(book))
        contents.keep(before / "contents")
        if problems:
            write_atomic(log, "\n".join([said, *problems, ""]), durable=False)
            more = f", and {len(problems) - 1} more" if len(problems) > 1 else ""
            raise SiteError(f"the site is not fit to be read: {problems[0]}{more} (see {where})")
    return edition_folder / "site"


def _code(book: Path) -> dict[str, Any]:
    """Return what the results say of the code that made them."""
    recorded = json.loads((book / EXTRA / "results.json").read_text(encoding="utf-8"))
    return dict(recorded["edition"]["code"])


def _makers(project: Project, book: Path) -> str:
    """Return a digest of what, where it changes, has all pages made anew.

    That the pages are the same ones is part of it: Sphinx leaves behind what it wrote of others.
    """
    theme = (path for path in (book / "_theme").rglob("*") if path.is_file())
    others = (book / name for name in ("_toc.yml", "references.bib"))
    files = [*theme, *(path for path in others if path.is_file())]
    pages = sorted(path.name for pattern in ("*.md", "*.ipynb") for path in book.glob(pattern))
    lock = project.root / "requirements.lock"
    packages = lock.read_text(encoding="utf-8") if lock.is_file() else ""
    return kept.of_files(book, files, kept.code(), packages, *pages)


def _first_problem(said: str) -> str:
    """Return the first warning or error of a log, on one line."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return next((line for line in lines if _PROBLEM.search(line)), (lines or ["no message"])[0])


def _publish(book: Path, built: Path, folder: Path) -> None:
    """Bring together what Sphinx built, without its own notes, and what readers download."""
    shutil.copytree(built, folder, dirs_exist_ok=True)
    for name in _NOT_PUBLISHED:
        (folder / name).unlink(missing_ok=True)
    link_all(book / EXTRA, folder)
