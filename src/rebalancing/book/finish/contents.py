"""What is in the pages of a site, read once for all who ask, and not again while it is the same."""

from __future__ import annotations

import hashlib
import marshal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from rebalancing.book.finish import active, elements, linkcheck, search
from rebalancing.files import write_atomic


@dataclass
class Contents:
    """What the checks and the search take from each page of a site.

    Attributes:
        known: What is in pages, by the digest of the page.
    """

    known: dict[str, dict[str, Any]] = field(default_factory=dict)
    _met: dict[Path, str] = field(default_factory=dict)

    @classmethod
    def kept(cls, memory: Path) -> Contents:
        """Return what was kept in a file, if there is one."""
        return cls(marshal.loads(memory.read_bytes()) if memory.is_file() else {})

    def keep(self, memory: Path) -> None:
        """Keep what is in the pages that were asked for."""
        met = {digest: self.known[digest] for digest in sorted({*self._met.values()})}
        write_atomic(memory, marshal.dumps(met), durable=False)

    def links(self, path: Path) -> linkcheck.PageLinks:
        """Return the addresses and ids of a page."""
        said = self._of(path)["links"]
        return linkcheck.PageLinks(said["loads"], said["links"], set(said["ids"]))

    def acting(self, path: Path) -> list[str]:
        """Return what acts in a page and is not ours."""
        acting: list[str] = self._of(path)["acting"]
        return acting

    def found(self, path: Path) -> search.SearchablePage:
        """Return what of a page can be found."""
        said = self._of(path)["found"]
        return search.SearchablePage(
            said["title"], list(map(search.Passage._make, said["passages"]))
        )

    def _of(self, path: Path) -> dict[str, Any]:
        path = path.resolve()
        if path not in self._met:
            page = path.read_bytes()
            self._met[path] = digest = hashlib.sha256(page).hexdigest()
            if digest not in self.known:
                self.known[digest] = _read(page.decode())
        return self.known[self._met[path]]


def _read(page: str) -> dict[str, Any]:
    tree = LexborHTMLParser(page)
    parsed, found = list(elements.of_tree(tree)), search.SearchablePage.of(tree)
    links = linkcheck.PageLinks.of(parsed)
    return {
        "links": {"loads": links.loads, "links": links.links, "ids": sorted(links.ids)},
        "acting": active.of(parsed),
        "found": {"title": found.title, "passages": list(map(tuple, found.passages))},
    }
