"""Checks of a built site: it is complete in itself, and its links lead somewhere.

Links in the text to publishers are fine. What a page *loads* (scripts, styles, fonts, pictures)
must be in the site, and every link inside the site must meet a file and, after ``#``, an element.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

from rebalancing.book.finish import elements

_LOADING = {
    "script": ("src",),
    "img": ("src", "srcset"),
    "source": ("src", "srcset"),
    "iframe": ("src",),
    "audio": ("src",),
    "video": ("src", "poster"),
    "embed": ("src",),
    "object": ("data",),
    "image": ("href", "xlink:href"),
    "use": ("href", "xlink:href"),
    "link": ("href",),
}
_RELATIONS_THAT_DO_NOT_LOAD = {"canonical", "license", "author", "next", "prev", "search", "index"}
_CSS_ADDRESS = re.compile(r"""(?:url\(\s*|@import\s+(?!url))["']?([^"')\s;]+)""")


@dataclass(frozen=True)
class PageLinks:
    """The addresses and ids of one page."""

    loads: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, found: Iterable[elements.BareElement]) -> PageLinks:
        """Note what each element of a page loads, links to and is called."""
        page = cls()
        for element in found:
            page._note(element)
        return page

    @classmethod
    def read(cls, path: Path) -> PageLinks:
        """Note the same of the elements in a file."""
        return cls.of(elements.of_page(path))

    def _note(self, element: elements.BareElement) -> None:
        tag, values = element.tag, element.attributes
        self.ids.update(values[name] for name in ("id", "name") if name in values)
        self.loads.extend(_CSS_ADDRESS.findall(values.get("style", "") + element.style))
        if tag == "a":
            self.links.extend([values["href"]] if "href" in values else [])
        elif not set(values.get("rel", "").split()) & _RELATIONS_THAT_DO_NOT_LOAD:
            self.loads.extend(values[name] for name in _LOADING.get(tag, ()) if values.get(name))
        else:
            self.links.append(values["href"])


@dataclass(frozen=True)
class _Site:
    folder: Path
    read: Callable[[Path], PageLinks] = PageLinks.read
    _met: dict[tuple[Path, str], Path | None] = field(default_factory=dict, compare=False)

    @cached_property
    def pages(self) -> dict[Path, PageLinks]:
        return {path: self.read(path) for path in sorted(self.folder.rglob("*.html"))}

    def broken(self, page: Path, address: str) -> str | None:
        """Return why an address inside the site leads nowhere, or None."""
        parts = urlsplit(address)
        if parts.scheme or parts.netloc or not (parts.path or parts.fragment):
            return None
        target = self._file(page.parent, parts.path) if parts.path else page
        if target is None:
            return "there is no such file"
        known = self.pages.get(target)
        if parts.fragment and known and unquote(parts.fragment) not in known.ids:
            return f"{target.name} has no such anchor"
        return None

    def _file(self, folder: Path, address: str) -> Path | None:
        """Return the file to which an address leads from a folder, if there is one."""
        if (folder, address) not in self._met:
            target = os.path.normpath(os.path.join(folder, unquote(address)))
            target = os.path.join(target, "index.html") if os.path.isdir(target) else target
            self._met[folder, address] = Path(target) if os.path.isfile(target) else None
        return self._met[folder, address]


def outside(folder: Path) -> dict[str, list[str]]:
    """Return where a site leads outside: by address, without ``#``, the pages that link there."""
    site = _Site(folder.resolve())
    found: dict[str, list[str]] = {}
    for path, page in site.pages.items():
        name = path.relative_to(site.folder).as_posix()
        for address in sorted({urldefrag(link).url for link in page.links}):
            if urlsplit(address).scheme in {"http", "https"}:
                found.setdefault(address, []).append(name)
    return dict(sorted(found.items()))


def problems(folder: Path, read: Callable[[Path], PageLinks] = PageLinks.read) -> list[str]:
    """Return what is wrong with a site, one line each; nothing when it is fit to be read.

    Args:
        folder: The site.
        read: Says what is in a page.
    """
    site = _Site(folder.resolve(), read)
    return [*_page_problems(site), *_style_problems(site)]


def _page_problems(site: _Site) -> Iterator[str]:
    for path, page in site.pages.items():
        name = path.relative_to(site.folder)
        for address in page.loads:
            if _is_outside(address):
                yield f"{name} loads {address} from outside"
        for address in [*page.loads, *page.links]:
            reason = site.broken(path, address)
            if reason:
                yield f"{name} leads to {address}, but {reason}"


def _style_problems(site: _Site) -> Iterator[str]:
    for path in sorted(site.folder.rglob("*.css")):
        name = path.relative_to(site.folder)
        for address in _CSS_ADDRESS.findall(path.read_text(encoding="utf-8")):
            if _is_outside(address):
                yield f"{name} loads {address} from outside"
            elif reason := site.broken(path, address):
                yield f"{name} leads to {address}, but {reason}"


def _is_outside(address: str) -> bool:
    parts = urlsplit(address)
    return bool(parts.netloc) or parts.scheme in {"http", "https", "ftp"}
