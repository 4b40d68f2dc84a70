"""The built site of an edition: Jupyter Book, run strictly, checked, and swapped into place.

The book is built in a temporary folder with every warning an error. A site that loads anything
from outside, has a link that leads nowhere or anything that acts and is not ours, does not replace
the one that is there.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

from rebalancing import children
from rebalancing.book import active, checklist, linkcheck, search
from rebalancing.book.folders import replaced
from rebalancing.errors import RebalancingError
from rebalancing.files import write_atomic
from rebalancing.project import Project

_JUPYTER_BOOK = (
    "from rebalancing import surroundings as s; s.without_iri_grammars(); s.entry_points_once(); "
    "from jupyter_book.cli.main import main; main()"
)
_OPTIONS = ["-W", "-n", "--keep-going", "--all"]
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


def build(project: Project, edition_folder: Path) -> Path:
    """Build the site from ``<edition_folder>/book`` and return its folder, ``site``.

    Args:
        project: The project; messages name paths relative to it.
        edition_folder: ``build/<edition>``, with the book assembled.

    Raises:
        SiteError: The build has warnings, the site would load from outside, has dead links or a
            script that is not ours, or lacks what the checklist or the ledger of claims leads to.
            The last good site stays in place; the log is ``log/book.log``.
    """
    book, log = edition_folder / "book", edition_folder / "log" / "book.log"
    with replaced(edition_folder / "site") as folder:
        output = folder.with_name("output")
        status, said = _jupyter_book(book, output)
        write_atomic(log, said)
        where = log.relative_to(project.root)
        if status:
            raise SiteError(f"the book does not build: {_first_problem(said)} (see {where})")
        _publish(output / "_build" / "html", folder)
        problems = [
            *checklist.problems(folder),
            *linkcheck.problems(folder),
            *active.problems(folder),
        ]
        if problems:
            write_atomic(log, "\n".join([said, *problems, ""]))
            more = f", and {len(problems) - 1} more" if len(problems) > 1 else ""
            raise SiteError(f"the site is not fit to be read: {problems[0]}{more} (see {where})")
    return edition_folder / "site"


def _jupyter_book(book: Path, output: Path) -> tuple[int, str]:
    """Run ``jupyter-book build``; return its exit status and all it said, in plain text."""
    command = [sys.executable, "-c", _JUPYTER_BOOK, "build", str(book), *_OPTIONS]
    # Sets are written in the order of their hashes, so the hashes must not change.
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    status, said = children.run([*command, "--path-output", str(output)], environment)
    return status, _COLOUR.sub("", said)


def _first_problem(said: str) -> str:
    """Return the first warning or error of a log, on one line."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return next((line for line in lines if _PROBLEM.search(line)), (lines or ["no message"])[0])


def _publish(built: Path, folder: Path) -> None:
    """Move what Sphinx built to where it will be read, without its own notes."""
    shutil.copytree(built, folder, dirs_exist_ok=True)
    for name in _NOT_PUBLISHED:
        (folder / name).unlink(missing_ok=True)
    search.write_index(folder)
