"""What can act in a built page: only what we put there.

Words of publishers are escaped where they enter a page (`rebalancing.report.markdown`). This is the
second lock: a site with a script, a style, a frame or a link that acts and that is not ours is not
published. Our scripts are files of the site, so that a browser can be told to run no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

# matplotlib writes this one into its drawings.
STYLES = frozenset({"*{stroke-linejoin: round; stroke-linecap: butt}"})
_NEVER = frozenset({"applet", "base", "embed", "frame", "iframe", "object", "portal"})
_ADDRESSES = frozenset(
    {"action", "background", "data", "formaction", "href", "poster", "src", "xlink:href"}
)
_SCHEMES = frozenset({"", "http", "https", "mailto"})
_BLANKS = re.compile(r"[\x00-\x20]")  # browsers pass over them in an address


@dataclass
class _Page(HTMLParser):
    """What acts in one page, in words."""

    found: list[str] = field(default_factory=list)
    _in_style: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that acts, or an attribute that does."""
        values = {name: value or "" for name, value in attrs}
        self._in_style = tag == "style"
        is_data = values.get("type") == "application/ld+json"  # which no browser runs
        if tag == "script" and "src" not in values and not is_data:
            self.found.append("a script inside the page")
        if tag in _NEVER or (tag == "meta" and "http-equiv" in values):
            self.found.append(f"an element <{tag}>")
        for name, value in values.items():
            if name.startswith("on") or name == "srcdoc":
                self.found.append(f"an attribute {name} of <{tag}>")
            elif name in _ADDRESSES and _scheme(value) not in _SCHEMES:
                self.found.append(f"an address {value[:40]!r} of <{tag}>")

    def handle_endtag(self, tag: str) -> None:
        """Leave a style."""
        self._in_style = False

    def handle_data(self, data: str) -> None:
        """Note a style that is not ours."""
        style = data.strip()
        if self._in_style and style and style not in STYLES:
            self.found.append(f"a style {' '.join(style.split())[:40]!r}")


def _scheme(address: str) -> str:
    try:
        return urlsplit(_BLANKS.sub("", address)).scheme
    except ValueError:
        return "no address"


def problems(folder: Path) -> list[str]:
    """Return what acts in the pages of a site and is not ours, one line each."""
    return list(_problems(folder))


def _problems(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*.html")):
        page = _Page()
        page.feed(path.read_text(encoding="utf-8"))
        page.close()
        for what in dict.fromkeys(page.found):
            yield f"{path.relative_to(folder)} has {what}, which is not one of ours"
