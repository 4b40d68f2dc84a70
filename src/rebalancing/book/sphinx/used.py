"""What each page was read from, so that the next build reads only pages of which that has changed.

Sphinx goes by dates of files, and knows nothing of results. Here content decides: a page notes its
source and all that roles and directives looked up for it. Of what pages take from each other,
labels and contents concern the pages that mention them; the rest - titles, terms, literature - is
compared as a whole: where any of it has changed, all are written.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from rebalancing.files import sha256

_ATTRIBUTE, _MENTIONS, _SHARED = "report_used", "report_mentions", "report_shared"
_OF_ALL = ""  # the name of what all pages take from each other
_MISSING = "missing"
Looked = Callable[[BuildEnvironment, str], Any]
_ways: dict[str, Looked] = {}


def looked_up(kind: str) -> Callable[[Looked], Looked]:
    """Register how a kind of thing is looked up: from the environment, by its name.

    What is returned is compared by its JSON.
    """

    def register(way: Looked) -> Looked:
        _ways[kind] = way
        return way

    return register


@looked_up("file")
def _file(env: BuildEnvironment, name: str) -> str:
    return _digest_of(Path(env.srcdir) / name)


def _digest_of(path: Path) -> str:
    if not path.is_file():
        return _MISSING
    state = path.stat()
    return _digest(path, state.st_size, state.st_ctime_ns)


@cache
def _digest(path: Path, *_: int) -> str:
    """Return the digest of a file, which many pages ask for, in one of its states."""
    return sha256(path)


def note(env: BuildEnvironment, kind: str, name: str = "") -> None:
    """Note that the page which is being read has looked something up."""
    _pages(env).setdefault(env.docname, {})[f"{kind}:{name}"] = _state(env, kind, name)


def note_file(env: BuildEnvironment, path: Path) -> None:
    """Note that the page which is being read has used a file below the pages' folder."""
    note(env, "file", path.relative_to(env.srcdir).as_posix())


def _state(env: BuildEnvironment, kind: str, name: str) -> str:
    said = json.dumps(_ways[kind](env, name), sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()


def _pages(env: BuildEnvironment) -> dict[str, dict[str, str]]:
    """Return, by page, the states of all that it has looked up."""
    if not hasattr(env, _ATTRIBUTE):
        setattr(env, _ATTRIBUTE, {})
    pages: dict[str, dict[str, str]] = getattr(env, _ATTRIBUTE)
    return pages


def _note_source(app: Sphinx, _: nodes.document) -> None:
    note_file(app.env, Path(app.env.doc2path(app.env.docname)))


def _outdated(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], _: set[str]
) -> Iterable[str]:
    """Leave to be read only what has changed."""
    if not added:  # or everything is read anew
        known = _pages(env)
        changed.clear()
        changed.update(page for page in env.found_docs if not _is_current(env, known.get(page)))
    return ()


def _is_current(env: BuildEnvironment, known: dict[str, str] | None) -> bool:
    if not known:
        return False
    return all(
        _state(env, kind, name) == state
        for (kind, _, name), state in ((said.partition(":"), s) for said, s in known.items())
    )


def _purge(_: Sphinx, env: BuildEnvironment, page: str) -> None:
    _pages(env).pop(page, None)
    _mentions(env).pop(page, None)


def _merge(_: Sphinx, env: BuildEnvironment, pages: set[str], other: BuildEnvironment) -> None:
    """Take over what another process has noted of the pages that it read."""
    for page in pages:
        _pages(env)[page] = _pages(other)[page]
        _mentions(env)[page] = _mentions(other)[page]


def _note_mentions(app: Sphinx, doctree: nodes.document) -> None:
    """Note what the page that was read refers to, by all words in which it does."""
    found = (value for node in doctree.findall(pending_xref) for value in node.attributes.values())
    mentions = {value for value in found if isinstance(value, str)}
    _mentions(app.env)[app.env.docname] = mentions


def _mentions(env: BuildEnvironment) -> dict[str, set[str]]:
    """Return, by page, the labels and pages that it mentions, and some words more."""
    if not hasattr(env, _MENTIONS):
        setattr(env, _MENTIONS, {})
    mentions: dict[str, set[str]] = getattr(env, _MENTIONS)
    return mentions


def _shared(env: BuildEnvironment) -> dict[str, str]:
    """Return what pages take from each other: that of labels and pages by name, the rest as one."""
    standard, literature = env.domaindata["std"], env.domaindata["cite"]
    defining = sorted({page for page, _ in standard["objects"].values()})
    of_all: list[Any] = [
        sorted(env.found_docs),
        {page: str(title) for page, title in env.titles.items()},
        {page: str(title) for page, title in env.longtitles.items()},
        env.toctree_includes,
        sorted(map(str, standard["objects"].items())),
        # A card shows what its term means, which stands on the page that defines it.
        [_pages(env).get(page) for page in defining],
        sorted(
            str((ref.docname, ref.citation_ref_id, ref.targets))
            for ref in literature["citation_refs"]
        ),
        [[c.citation_id, c.key, c.formatted_entry.label] for c in literature["citations"]],
    ]
    said = {_OF_ALL: json.dumps(of_all, sort_keys=True, default=str)}
    for kind in ("labels", "anonlabels"):
        for label, place in standard[kind].items():
            said[label] = f"{said.get(label, '')} {place}"
    for page, contents in env.tocs.items():
        said[page] = f"{said.get(page, '')} {contents}"
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in said.items()}


def _written_too(_: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    """Have the pages written that mention what has changed; all if it is what all take."""
    before, now = getattr(env, _SHARED, {}), _shared(env)
    setattr(env, _SHARED, now)
    changed = {name for name in before.keys() | now.keys() if before.get(name) != now.get(name)}
    if _OF_ALL in changed:
        return sorted(env.found_docs)
    root = {str(env.config.root_doc)} if changed & env.found_docs else set()
    return sorted(root | {page for page, said in _mentions(env).items() if said & changed})


def setup(app: Sphinx) -> None:
    """Note what pages use."""
    app.connect("doctree-read", _note_source)
    app.connect("doctree-read", _note_mentions)
    app.connect("env-get-outdated", _outdated)
    app.connect("env-purge-doc", _purge)
    app.connect("env-merge-info", _merge)
    app.connect("env-updated", _written_too, priority=900)  # after the bibliography's
