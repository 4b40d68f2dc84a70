"""Tests reach private names of the package only where nothing public can show the fault.

A private name is a module, or a name in one, that begins with an underscore. A test that uses one
goes on passing, or breaks, when only the inside changes; CONTRIBUTING says what to do instead.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import rebalancing

PACKAGE = Path(rebalancing.__file__).parent
TESTS = Path(__file__).parent
# What may stay, with the reason.
KEPT = {
    ("models/test_bridge.py", "_replace"): "a public method of named tuples, whatever its name",
}
_DOTTED = re.compile(r"rebalancing(?:\.\w+)*\.(_\w+)(?:\.\w+)*")
# Functions that take an attribute's name as a text.
_BY_NAME = ("setattr", "getattr", "delattr", "object")


def is_private(name: str) -> bool:
    """Return whether a name is private; ``__init__`` and ``_repr_html_`` are protocols."""
    return name.startswith("_") and not name.endswith("_") and name != "_"


def defined(tree: ast.AST) -> Iterator[str]:
    """Yield the private names that a file gives to functions, classes, variables and attributes."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name


@cache
def of_package() -> frozenset[str]:
    """Return the private names of the package."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        found |= {path.stem, *defined(ast.parse(path.read_text(encoding="utf-8")))}
    return frozenset(filter(is_private, found))


def reached(source: str) -> set[str]:
    """Return the private names of the package that a test's source uses."""
    tree = ast.parse(source)
    others = of_package() - set(defined(tree))
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str() as module, names=names):
                found |= parts(*(f"{module}.{alias.name}" for alias in names))
            case ast.Import(names=names):
                found |= parts(*(alias.name for alias in names))
            case ast.Attribute(value=ast.Name(id="self" | "cls")):
                pass
            case ast.Attribute(attr=name) if name in others:
                found.add(name)
            case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called), args=arguments):
                names = [each.value for each in arguments if isinstance(each, ast.Constant)]
                found |= set(names) & of_package() if called in _BY_NAME else set()
            case ast.Constant(value=str() as text):
                found |= set(filter(is_private, _DOTTED.findall(text)))
    return found


def parts(*imported: str) -> set[str]:
    """Return the private parts of what is imported from the package."""
    own = (name.split(".") for name in imported if name.split(".")[0] == "rebalancing")
    return {part for name in own for part in name if is_private(part)}


def test_tests_reach_no_private_name_but_those_listed() -> None:
    found = {
        (path.relative_to(TESTS).as_posix(), name)
        for path in TESTS.rglob("*.py")
        if path != Path(__file__)  # whose examples are texts
        for name in reached(path.read_text(encoding="utf-8"))
    }
    assert found - KEPT.keys() == set(), "see CONTRIBUTING, Tests, on private names"
    assert KEPT.keys() - found == set(), "no test needs this any more: take it out of KEPT"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from rebalancing.models.trend._by_span import anything", {"_by_span"}),
        ("from rebalancing.book.texts.gate import _advice as advice", {"_advice"}),
        ("import rebalancing.models.trend._by_span", {"_by_span"}),
        ("from rebalancing.book.texts import gate\ngate._advice(1)", {"_advice"}),
        ("def test(monkeypatch):\n    monkeypatch.setattr(gate, '_advice', 1)", {"_advice"}),
        ("mock.patch.object(gate, '_advice')", {"_advice"}),
        ("monkeypatch.setattr('rebalancing.book.texts.gate._advice', 1)", {"_advice"}),
        ("made().gate._advice", {"_advice"}),
        ("def _advice(): ...\nthis._advice", set()),
        ("class Own:\n    def __init__(self):\n        self._spent = 1\nOwn()._spent", set()),
        ("from rebalancing import __version__", set()),
        ("from _pytest import state", set()),
        ("figure._repr_html_()", set()),
        ("name.startswith('_advice')", set()),
    ],
)
def test_a_private_name_is_found_however_it_is_reached(source: str, found: set[str]) -> None:
    assert reached(source) == found
