from __future__ import annotations

import importlib
import inspect
from pathlib import Path

import pytest

from rebalancing.book.pages import library

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
REFERENCE = library.reference()
CALLS = {
    entry["call"] for part in REFERENCE for module in part["modules"] for entry in module["entries"]
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


def test_what_only_models_call_is_not_listed_and_no_notebook_calls_it() -> None:
    listed = {module["name"] for part in REFERENCE for module in part["modules"]}
    sources = [path.read_text(encoding="utf-8") for path in NOTEBOOKS.glob("*.ipynb")]
    for module in library.OF_MODELS_ALONE:
        name = f"rebalancing.{module}"
        assert importlib.import_module(name)
        assert name not in listed
        package, _, own = name.rpartition(".")
        for source in sources:
            assert name not in source
            assert f"from {package} import {own}" not in source
