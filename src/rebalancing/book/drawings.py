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


def write(site: Path) -> None:
    """Write the scripts of all figures below ``site/figures`` of a site that nobody reads yet."""
    for ending, script in (("-narrow.svg", drawing), (VALUES, values)):
        for path in sorted(site.glob(f"figures/*/*{ending}")):
            reference = f"{path.parent.name}/{path.name.removesuffix(ending)}"
            content = script(reference, path.read_text("utf-8").strip())
            path.with_suffix(".js").write_text(content, encoding="utf-8")
