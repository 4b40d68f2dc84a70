"""Drawings for phones, and values of figures, as scripts that pages load on demand.

A page that was opened as a file may load scripts, and nothing else.
"""

from __future__ import annotations

import json
from pathlib import Path

from rebalancing.report.passports import VALUES


def drawing(reference: str, svg: str) -> str:
    """Return a script that holds a drawing."""
    return f"(window.reportDrawings ??= {{}})[{json.dumps(reference)}] = {json.dumps(svg)};\n"


def values(reference: str, content: str) -> str:
    """Return a script that holds what can be read off a figure, JSON already."""
    return f"(window.reportValues ??= {{}})[{json.dumps(reference)}] = {content};\n"


def files(site: Path) -> dict[str, str]:
    """Return the scripts of all figures below ``site/figures``, by their places in the site."""
    found = {}
    for ending, script in (("-narrow.svg", drawing), (VALUES, values)):
        for path in sorted(site.glob(f"figures/*/*{ending}")):
            reference = f"{path.parent.name}/{path.name.removesuffix(ending)}"
            place = path.relative_to(site).with_suffix(".js").as_posix()
            found[place] = script(reference, path.read_text("utf-8").strip())
    return found
