"""One build of the book, in a process of its own: ``python -m ... SOURCE KEPT PROCESSES``.

It loads all that it needs, and waits to be told to build, by a line; at the end of its input it
ends without.

It does what ``jupyter-book build SOURCE -W -n --keep-going`` does, but reads and writes only pages
that have changed since the build that left ``KEPT/read`` and ``KEPT/html``; many of them
in several processes (`rebalancing.book.sphinx.forks`).
"""

from __future__ import annotations

import gc
import os
import sys
import traceback
from importlib import import_module
from pathlib import Path

from rebalancing.surroundings import (
    entry_points_once,
    without_execution,
    without_iri_grammars,
)

LONG_AGO = 0
_EXTENSIONS = (
    *("myst_nb.sphinx_ext", "sphinxcontrib.bibtex", "sphinx_external_toc"),
    "rebalancing.book.sphinx.extension",
)
_OWN = {"html_extra_path": [], "report_commit_follows": True}


def get_ready() -> None:
    """Load what a build needs."""
    without_iri_grammars()
    without_execution()
    entry_points_once()
    # All that is made is needed to the end, which comes in seconds.
    gc.disable()
    from sphinx import application

    for name in (*application.builtin_extensions, *_EXTENSIONS):
        import_module(name)


def main(source: Path, kept: Path, processes: int) -> int:
    """Build the book and return 0 if nothing is wrong with it; what is, is printed."""
    from sphinx.application import Sphinx
    from sphinx.errors import SphinxParallelError
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    from rebalancing.book.sphinx import forks, settings

    for path in _dated(source):  # content decides what is read (rebalancing.book.sphinx.used)
        os.utime(path, (LONG_AGO, LONG_AGO))
    try:
        with patch_docutils(), docutils_namespace():
            app = Sphinx(
                srcdir=source,
                confdir=None,
                outdir=kept / "html",
                doctreedir=kept / "read",
                buildername="html",
                confoverrides=settings.of(source, kept) | _OWN,
                status=sys.stdout,
                warning=sys.stderr,
                warningiserror=True,
                keep_going=True,
                parallel=min(processes, forks.MOST),
            )
            app.build()
        return int(app.statuscode)
    except SphinxParallelError as error:
        sys.stderr.write(error.traceback)  # of the process where it happened
        return 2
    except Exception:
        traceback.print_exc()
        return 2


def _dated(source: Path) -> list[Path]:
    """Return the files by whose dates Sphinx would go."""
    patterns = ("*.md", "*.ipynb", "_theme/*/*.html", "_theme/*/theme.conf")
    return [path for pattern in patterns for path in source.glob(pattern)]


if __name__ == "__main__":
    get_ready()
    source, kept, processes = sys.argv[1:]
    is_due = sys.stdin.readline()
    status = main(Path(source), Path(kept), int(processes)) if is_due else 0
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)  # nothing is left to tidy up, and a million nodes would be
