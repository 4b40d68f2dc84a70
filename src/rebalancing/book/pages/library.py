"""The reference of the library: what a notebook may call, read from the code and its docstrings.

Nothing is imported, so that listing the library costs nothing; what a face hands on from a private
module stands under the face.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import rebalancing

ROOT = Path(rebalancing.__file__).parent
# What a notebook opens and calls, with what each part is for.
PARTS = (
    (
        "In a notebook",
        (
            "report.chapter",
            "report.recorder",
            "report.findings",
            "report.figures",
            "report.book_tables",
            "report.held",
        ),
    ),
    ("Data", ("data.views",)),
    ("Models", ("models",)),
    ("Charts", ("report.charts",)),
)
# What is public and for no notebook: modules that only other models call, public so that each can
# be tried by itself, and functions that only the library calls, or its tests.
FOR_NO_NOTEBOOK = frozenset(
    {
        *("models.breaks.critical_values", "models.breaks.intervals", "models.breaks.many_means"),
        *("models.breaks.search", "models.cointegration.bounds_critical_values"),
        *("models.cointegration.johansen_critical_values", "models.forecast.arima"),
        *("models.forecast.batch", "models.forecast.likelihoods", "models.forecast.search"),
        *("models.forecast.smoothing", "models.forecast.trend_forecasts", "models.longrun"),
        *("models.trend.likelihood", "models.trend.regime_lines", "models.trend.statespace"),
        *("models.trend.theil_sen", "models.unitroot.one_break", "models.unitroot.result"),
        *("data.views.milestones.listed", "data.views.particulars.listed"),
        *("data.views.quoted.numbers", "report.figures.drawn", "report.figures.Figures.write"),
    }
)
# Classes whose methods a notebook calls, by the names that notebooks give to them.
OBJECTS = {
    "Chapter": "chapter",
    "Recorder": "record",
    "Figures": "figures",
    "BookTables": "tables",
    "Held": "held",
}


def reference() -> list[dict[str, Any]]:
    """Return the library's public functions and classes.

    Returns:
        For each part its ``title`` and ``modules``: ``name`` as it is imported, ``about`` it in a
        sentence, and ``entries``: ``call`` (a function with its arguments, or a class) and
        ``about``.
    """
    return [
        {"title": title, "modules": [m for place in places for m in _modules(place)]}
        for title, places in PARTS
    ]


def _modules(place: str) -> Iterator[dict[str, Any]]:
    path = ROOT.joinpath(*place.split("."))
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
    for file in files:
        if file.stem.startswith("_") and file.stem != "__init__":
            continue
        parts = file.relative_to(ROOT.parent).with_suffix("").parts
        if ".".join(parts[1:]) in FOR_NO_NOTEBOOK:
            continue
        tree = ast.parse(file.read_text(encoding="utf-8"))
        entries = sorted(_entries(tree, file), key=lambda entry: entry["call"].lower())
        if entries:
            name = ".".join(part for part in parts if part != "__init__")
            yield {"name": name, "about": _first_sentence(tree), "entries": entries}


def _entries(tree: ast.Module, file: Path) -> Iterator[dict[str, str]]:
    """Yield what a module defines, and what a face hands on from private modules."""
    parts = file.relative_to(ROOT).with_suffix("").parts
    yield from _defined(tree, ".".join(parts))
    if file.stem != "__init__":
        return
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            source = ROOT.parent.joinpath(*node.module.split(".")).with_suffix(".py")
            if source.stem.startswith("_") and source.is_file():
                wanted = {alias.name for alias in node.names}
                for entry in _defined(ast.parse(source.read_text(encoding="utf-8")), node.module):
                    if entry["name"] in wanted:
                        yield entry


def _defined(tree: ast.Module | ast.ClassDef, place: str) -> Iterator[dict[str, str]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            own = f"{place}.{node.name}"
            if own in FOR_NO_NOTEBOOK:
                continue
            about = _first_sentence(node)
            if about:
                yield {"name": node.name, "call": _call(node), "about": about}
            if node.name in OBJECTS and isinstance(node, ast.ClassDef):
                for entry in _defined(node, own):
                    yield {**entry, "call": f"{OBJECTS[node.name]}.{entry['call']}"}


def _call(node: ast.FunctionDef | ast.ClassDef) -> str:
    """Return a function with the names of its arguments, those that may be left out in brackets."""
    if isinstance(node, ast.ClassDef):
        return node.name
    arguments = node.args
    is_method = bool(arguments.args) and arguments.args[0].arg == "self"
    positional = [*arguments.posonlyargs, *arguments.args]
    needed = len(positional) - len(arguments.defaults)
    own = 1 if is_method else 0
    shown = [
        argument.arg if number < needed else f"[{argument.arg}]"
        for number, argument in enumerate(positional)
        if number >= own
    ]
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        shown.append(f"{argument.arg}=" if default is None else f"[{argument.arg}=]")
    return f"{node.name}({', '.join(shown)})"


def _first_sentence(node: ast.Module | ast.FunctionDef | ast.ClassDef) -> str:
    """Return the first line of a docstring."""
    return (ast.get_docstring(node) or "").partition("\n")[0].strip()
