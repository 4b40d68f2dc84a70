from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil

import pytest
from held import REPOSITORY

from rebalancing.book.pages import library
from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.project import Project

REFERENCE = library.reference()
CALLS = {
    entry["call"] for part in REFERENCE for module in part["modules"] for entry in module["entries"]
}

# By dotted name: modules, what is in them, and methods as notebooks call them.
CALLED = {
    name
    for part in REFERENCE
    for module in part["modules"]
    for entry in module["entries"]
    for call in [entry["call"].partition("(")[0]]
    for name in (module["name"], call if "." in call else f"{module['name']}.{call}")
}


@pytest.mark.parametrize(
    "call",
    [
        "open_chapter([name], [parameters])",
        "chapter.read(name, [only])",
        "record.interval(key, values, definition, level=, [unit=], [period=], [release=])",
        "figures.save(name, chart, title=, [release=], [note=])",
        "hp(series, [frequency=], [smoothing=])",
        "benchmark(",
    ],
)
def test_what_notebooks_call_is_listed_with_its_arguments(call: str) -> None:
    name = call.partition("(")[0]
    listed = {found for found in CALLS if found.partition("(")[0] == name}
    assert listed
    if call.endswith(")") and name != "hp":
        assert call in CALLS


def test_what_is_listed_can_be_imported() -> None:
    for part in REFERENCE:
        for module in part["modules"]:
            imported = importlib.import_module(module["name"])
            for entry in module["entries"]:
                first = entry["call"].partition("(")[0]
                if "." not in first:
                    assert hasattr(imported, first), f"{module['name']}.{first}"
                    assert inspect.getdoc(getattr(imported, first))


def test_nothing_private_is_listed() -> None:
    names = [m["name"] for part in REFERENCE for m in part["modules"]]
    assert not [name for name in names if "._" in name]
    assert not [call for call in CALLS if call.startswith("_")]


def mentioned(tree: ast.AST) -> set[str]:
    """Return what code imports, by dotted name, and what it takes from a name: ``figures.save``."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(module), names=names):
                found |= {module, *(f"{module}.{alias.name}" for alias in names)}
            case ast.Attribute(value=ast.Name(id=owner), attr=name):
                found.add(f"{owner}.{name}")
    return found


IN_NOTEBOOKS = {
    name for notebook in find_notebooks(Project(REPOSITORY)) for name in mentioned(notebook.code)
}


@pytest.mark.parametrize("exception", sorted(library.FOR_NO_NOTEBOOK))
def test_what_is_for_no_notebook_is_there_but_not_listed_and_no_notebook_calls_it(
    exception: str,
) -> None:
    assert pkgutil.resolve_name(f"rebalancing.{exception}")
    *_, owner, name = exception.split(".")
    short = f"{library.OBJECTS.get(owner, owner)}.{name}"
    listed = CALLED | {name.removeprefix("rebalancing.") for name in CALLED}
    assert not {exception, short} & listed
    assert not {f"rebalancing.{exception}", short} & IN_NOTEBOOKS


def test_a_module_that_only_models_import_is_for_no_notebook() -> None:
    models = library.ROOT / "models"
    used = set(IN_NOTEBOOKS)
    for path in library.ROOT.rglob("*.py"):
        if models not in path.parents or path.stem == "__init__":
            used |= mentioned(ast.parse(path.read_text(encoding="utf-8")))
    subjects = {
        ".".join(path.relative_to(library.ROOT).with_suffix("").parts)
        for path in models.rglob("[!_]*.py")
    }
    alone = {name for name in subjects if f"rebalancing.{name}" not in used}
    assert "models.longrun" in alone
    assert not alone - library.FOR_NO_NOTEBOOK
