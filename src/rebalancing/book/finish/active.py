"""What can act in a built page: only what we put there.

Words of publishers are escaped where they enter a page (`rebalancing.report.markdown`). This is the
second lock: a site with a script, a style, a frame or a link that acts and that is not ours is not
published. Our scripts are files of the site, so that a browser can be told to run no other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from rebalancing.book.finish import elements

# matplotlib writes this one into its drawings.
STYLES = frozenset({"*{stroke-linejoin: round; stroke-linecap: butt}"})
# What is in a template is in no page until a script puts it there, so it is not seen here.
_NEVER = frozenset({"applet", "base", "embed", "frame", "iframe", "object", "portal", "template"})
_ADDRESSES = frozenset(
    {"action", "background", "data", "formaction", "href", "poster", "src", "xlink:href"}
)
_SCHEMES = frozenset({"", "http", "https", "mailto"})
_BLANKS = re.compile(r"[\x00-\x20]")  # browsers pass over them in an address


def _acting(element: elements.BareElement) -> Iterator[str]:
    """Yield what acts in an element, in words."""
    tag, values = element.tag, element.attributes
    is_data = values.get("type") == "application/ld+json"  # which no browser runs
    if tag == "script" and "src" not in values and not is_data:
        yield "a script inside the page"
    if tag in _NEVER or (tag == "meta" and "http-equiv" in values):
        yield f"an element <{tag}>"
    for name, value in values.items():
        if name.startswith("on") or name == "srcdoc":
            yield f"an attribute {name} of <{tag}>"
        elif name in _ADDRESSES and _scheme(value) not in _SCHEMES:
            yield f"an address {value[:40]!r} of <{tag}>"
    style = element.style.strip()
    if style and style not in STYLES:
        yield f"a style {' '.join(style.split())[:40]!r}"


def _scheme(address: str) -> str:
    try:
        return urlsplit(_BLANKS.sub("", address)).scheme
    except ValueError:
        return "no address"


def of(found: Iterable[elements.BareElement]) -> list[str]:
    """Return what acts in the elements of a page and is not ours, each once."""
    return list(dict.fromkeys(what for element in found for what in _acting(element)))


def acting_in(path: Path) -> list[str]:
    """Return the same of the elements in a file."""
    return of(elements.of_page(path))


def problems(folder: Path, read: Callable[[Path], list[str]] = acting_in) -> list[str]:
    """Return what acts in the pages of a site and is not ours, one line each.

    Args:
        folder: The site.
        read: Says what acts in a page.
    """
    return [
        f"{path.relative_to(folder)} has {what}, which is not one of ours"
        for path in sorted(folder.rglob("*.html"))
        for what in read(path)
    ]
