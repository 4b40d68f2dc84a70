"""Pages read and written by several processes, each of which takes the next when it is done.

Sphinx can do so itself, but hands out pages in lots, of which one may take as long as all others,
and has its first process wait, or write nothing. What each process has learnt about its pages is
put together at the end, as Sphinx does it (``env-merge-info``), and what was said of them, warnings
too, is then said in the order of the pages.

Whether two pages have a label, a term or a picture of the same name shows only where one process
reads both, and which of them is said to be wrong depends on their order. So where that happens, or
anything else is wrong, one process reads all again in the order of pages, and says what is.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Hashable, Iterable, Sequence
from logging import WARNING, LogRecord
from typing import Any, NamedTuple

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.build_phase import BuildPhase
from sphinx.util.display import status_iterator
from sphinx.util.parallel import ParallelTasks

FEW = 5  # pages, up to which Sphinx reads in one process, as another would take longer to start
MOST = 4  # processes; with more, the longest page decides
_LOG = logging.getLogger(__name__)
Said = dict[str, list[LogRecord]]  # by page


class Share(NamedTuple):
    """What one process did: what was said of each of its pages, and what it learnt from them."""

    said: Said
    learnt: Any


class Pages(StandaloneHTMLBuilder):
    """The builder of a site, in as many processes as Sphinx is told."""

    def _read_parallel(self, docnames: list[str], nproc: int) -> None:
        self._forget(docnames)
        first, *rest = docnames
        said = {first: _collected(self.read_doc, first)}
        before = _names(self.env)
        pages = _longest_first(rest, self.env.doc2path)
        shares = shared_out(pages, nproc, self.read_doc, lambda: self.env)
        said |= _all_said(shares)
        new = [_names(share.learnt).items() - before.items() for share in shares]
        if is_double(new) or _is_wrong(said):
            self._forget(docnames)
            self._read_serial(docnames)
            return
        for share in shares[1:]:
            self.env.merge_info_from(list(share.said), share.learnt, self.app)
        _say(said, "reading sources... ", "purple")

    def _write_parallel(self, docnames: Sequence[str], nproc: int) -> None:
        if len(docnames) <= FEW:
            self._write_serial(docnames)
            return
        first, *rest = docnames
        said = {first: _collected(self._write, first)}
        pages = _longest_first(rest, self._tree)
        shares = shared_out(pages, self.app.parallel, self._write, lambda: self.images)
        for share in shares[1:]:
            self.images.update(share.learnt)
        _say(said | _all_said(shares), "writing output... ", "darkgreen")

    def _forget(self, pages: Iterable[str]) -> None:
        for page in pages:
            self.events.emit("env-purge-doc", self.env, page)
            self.env.clear_doc(page)

    def _tree(self, page: str) -> str:
        return os.path.join(self.doctreedir, f"{page}.doctree")

    def _write(self, page: str) -> None:
        self.app.phase = BuildPhase.RESOLVING
        doctree = self.env.get_and_resolve_doctree(page, self)
        self.app.phase = BuildPhase.WRITING
        self.write_doc_serialized(page, doctree)
        self.write_doc(page, doctree)


def shared_out(
    pages: Sequence[str],
    processes: int,
    do: Callable[[str], object],
    learnt: Callable[[], Any],
) -> list[Share]:
    """Have pages done by this process and by others that it forks; return its share, then theirs.

    Args:
        pages: In the order in which they are begun.
        processes: How many there are, this one included.
        do: What is done to a page.
        learnt: Returns what its process has learnt from all its pages.
    """
    begun = multiprocessing.get_context("fork").Value("i", 0)

    def work() -> Share:
        said = {}
        while (at := _next(begun)) < len(pages):
            said[pages[at]] = _collected(do, pages[at])
        return Share(said, learnt())

    others: list[Share] = []
    tasks = ParallelTasks(processes - 1)
    for _ in range(processes - 1):
        tasks.add_task(work, None, lambda _, share: others.append(share))
    try:
        own = work()
    except BaseException:
        tasks.terminate()
        raise
    tasks.join()
    return [own, *others]


def _next(begun: Any) -> int:
    """Return how many pages were begun, and count one more."""
    with begun.get_lock():
        begun.value += 1
        return int(begun.value) - 1


def _collected(do: Callable[[str], object], page: str) -> list[LogRecord]:
    """Do a page and return what is said of it, in a form that another process can read."""
    collector = logging.LogCollector()
    with collector.collect():
        do(page)
    logging.convert_serializable(collector.logs)
    return collector.logs


def _all_said(shares: Iterable[Share]) -> Said:
    return {page: records for share in shares for page, records in share.said.items()}


def _is_wrong(said: Said) -> bool:
    return any(record.levelno >= WARNING for records in said.values() for record in records)


def _say(said: Said, what: str, colour: str) -> None:
    """Say what was said of each page, as if one had been done after another."""
    for page in status_iterator(sorted(said), what, colour, len(said)):
        for record in said[page]:
            _LOG.handle(record)


def _longest_first(pages: Iterable[str], file: Callable[[str], str]) -> list[str]:
    """Return pages by the size of a file of theirs, so that no long one is begun last."""
    return sorted(pages, key=lambda page: (-os.path.getsize(file(page)), page))


def _names(env: BuildEnvironment) -> dict[Hashable, str]:
    """Return all names that pages have given, such as labels and terms, and to what: files only."""
    given: dict[Hashable, str] = {
        (domain, kind, name): ""
        for domain, data in env.domaindata.items()
        for kind, names in data.items()
        if isinstance(names, dict)
        for name in names
    }
    return given | {("image", name): str(path) for path, (_, name) in env.images.items()}


def is_double(given: Iterable[Iterable[tuple[Hashable, str]]]) -> bool:
    """Return whether two processes gave one name, unless it is one file's."""
    known: dict[Hashable, str] = {}
    for names in given:
        if any(name in known and not (file and known[name] == file) for name, file in names):
            return True
        known.update(names)
    return False


def setup(app: Sphinx) -> None:
    """Register the builder."""
    app.add_builder(Pages, override=True)
    app.connect("builder-inited", _allow)


def _allow(app: Sphinx) -> None:
    """Say of an extension what it does not say itself: what it does, it does once all is read."""
    if extension := app.extensions.get("sphinx_multitoc_numbering"):
        extension.parallel_read_safe = True
