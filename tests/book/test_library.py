from __future__ import annotations

import importlib
import inspect

import pytest

from rebalancing.book.pages import library

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
