"""The page that sets points of a grid side by side: one file with a search, in the site's look.

It holds what it shows, and its styles, so that it opens from a folder and can be sent.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from rebalancing.project import Project
from rebalancing.report import palette
from rebalancing.sweeps.plan import Plan
from rebalancing.sweeps.table import SweepRow, plain

TEMPLATE = Path(__file__).with_name("page.html")
SCRIPT = Path(__file__).with_name("page.js")
STYLES = ("layout", "text", "exhibits")


def sweep_page(
    project: Project,
    plan: Plan,
    content: Sequence[SweepRow],
    failures: Sequence[Mapping[str, str]],
) -> str:
    """Return the page.

    Args:
        project: Where the site's styles are.
        plan: What was run.
        content: The rows of the table.
        failures: What failed.
    """
    axes = list(plan.grid.axes)
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    data = json.dumps(_data(plan, content), ensure_ascii=False, separators=(",", ":"))
    return (
        template.render(
            name=plan.grid.name,
            points=len(plan.points),
            titles=[n.title for n in plan.layout.notebooks if n.name in plan.chapters],
            axes=axes,
            failures=failures,
            styles=_styles(project),
            data=data.replace("<", "\\u003c"),
            script=SCRIPT.read_text(encoding="utf-8"),
        )
        + "\n"
    )


def _styles(project: Project) -> str:
    """Return the site's styles, as far as the project has them."""
    folder = project.book / "_theme" / "report" / "static"
    files = [folder / f"{name}.css" for name in STYLES]
    return "\n".join([palette.stylesheet(), *(f.read_text("utf-8") for f in files if f.is_file())])


def _data(plan: Plan, content: Sequence[SweepRow]) -> dict[str, Any]:
    """Return results by key, each with what every point has: its text, number and period."""
    places: dict[str, list[int]] = {}
    for number, point in enumerate(plan.points):
        places.setdefault(point.label, []).append(number)
    results: dict[str, dict[str, Any]] = {}
    for row in content:
        entry = results.setdefault(
            row["key"],
            {"key": row["key"], "says": row["definition"], "unit": row["unit"],
             "chapter": row["chapter"], "at": {}},
        )  # fmt: skip
        number = row["value"]
        for place in places[row["point"]]:
            entry["at"][place] = [row["text"], number, row["period"]]
    return {
        "axes": list(plan.grid.axes),
        "points": [[str(plain(value)) for value in p.values.values()] for p in plan.points],
        "results": list(results.values()),
    }
