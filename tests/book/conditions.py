"""Conditions of a text, each told apart from the others, and which ways it was taken.

A template is rendered as it is, but for a call around each condition that notes how it came out:
of ``{% if %}`` and ``{% elif %}``, of ``a if b else c``, of ``{% for a in b if c %}``, and of each
part of ``and`` and ``or``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

from rebalancing.answers import Ask, always
from rebalancing.report.prose import Prose

LOOKUPS = {"n", "odds", "spelled", "by_sign", "counted", "word", "v", "period", "has"}


@dataclass(eq=False)
class Condition:
    """One condition of a text.

    Attributes:
        where: The page or cell, and the line.
        asked: Constants that it compares with.
        names: What else it asks of: ``left_out`` with a section, ``remarks`` with a name, and names
            with their attributes.
        within: The conditions that decide whether it is asked at all.
        ways: How it came out.
        keys: The results that it looked up.
    """

    where: str
    asked: tuple[object, ...]
    names: frozenset[tuple[str, str]]
    within: tuple[Condition, ...]
    ways: set[bool] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        """Say where it is and which ways it was not taken."""
        missed = [str(way) for way in (True, False) if way not in self.ways]
        return f"{self.where}: never {' nor '.join(missed).lower()}"


def remembered() -> Ask:
    """Return whom to ask what templates are compiled to, each only once."""
    known: dict[str, Any] = {}

    def ask(question: str, answer: Callable[[], Any], holds: Callable[[Any], bool] = always) -> Any:
        if question not in known:
            known[question] = answer()
        return known[question]

    return ask


class Watched:
    """The conditions of one text, noted while it is rendered.

    The prose must remember what it compiled: a text compiled anew has its conditions anew.
    """

    def __init__(self, prose: Prose, where: str, above: int = 0) -> None:
        """Watch what a prose renders; ``above`` lines were put above the text."""
        self.where, self.above, self.all = where, above, list[Condition]()
        self.asking: list[Condition] = []
        environment: Any = prose.environment
        parse = type(environment)._parse

        def watched(*arguments: Any) -> nodes.Template:
            tree = parse(environment, *arguments)
            found: nodes.Template = _Watching(self).visit(tree)
            return found

        environment._parse = watched
        environment.globals |= {"ask_": self._ask, "note_": self._note}

    def _ask(self, number: int) -> str:
        self.asking.append(self.all[number])
        return ""

    def _note(self, number: int, _: str, value: Any) -> Any:
        while self.asking.pop() is not self.all[number]:
            pass
        self.all[number].ways.add(bool(value))
        return value

    def looked_up(self, key: str) -> None:
        """Note that a result was looked up."""
        for condition in self.asking:
            condition.keys.add(key)


class _Watching(NodeTransformer):
    """Puts a call around each condition of a syntax tree."""

    def __init__(self, watched: Watched) -> None:
        self.watched = watched
        self.within: tuple[Condition, ...] = ()

    def visit_If(self, node: nodes.If) -> Any:  # noqa: N802 - Jinja's names
        before = self.within
        node.test = self._test(node.test, node.lineno)
        self.within = (*before, *self._newest(node.test))
        node.body = self._visited(node.body)
        for other in node.elif_:
            other.test = self._test(other.test, other.lineno)
            self.within = (*self.within, *self._newest(other.test))
            other.body = self._visited(other.body)
        node.else_ = self._visited(node.else_)
        self.within = before
        return node

    def visit_CondExpr(self, node: nodes.CondExpr) -> Any:  # noqa: N802
        before = self.within
        node.test = self._test(node.test, node.lineno)
        self.within = (*before, *self._newest(node.test))
        self.generic_visit(node)
        self.within = before
        return node

    def visit_For(self, node: nodes.For) -> Any:  # noqa: N802
        if node.test is not None:
            node.test = self._test(node.test, node.lineno)
        before, test = self.within, node.test
        node.test = None
        self.generic_visit(node)
        self.within, node.test = before, test
        return node

    def _visited(self, body: list[Any]) -> list[Any]:
        return [self.visit(node) for node in body]

    def _newest(self, test: Any) -> tuple[Condition, ...]:
        """Return the condition that a call was put around."""
        return (self.watched.all[test.args[0].value],) if isinstance(test, nodes.Call) else ()

    def _test(self, test: Any, line: int) -> Any:
        if isinstance(test, nodes.Const):
            return test  # of text that always appears
        asked, names = tuple(_constants(test)), frozenset(_names(test))
        where = f"{self.watched.where}, line {line - self.watched.above}"
        number = len(self.watched.all)
        self.watched.all.append(Condition(where, asked, names, self.within))
        if isinstance(test, nodes.And | nodes.Or):
            before = self.within
            test.left = self._test(test.left, line)
            self.within = (*before, *self._newest(test.left))
            test.right = self._test(test.right, line)
            self.within = before
        started = nodes.Call(nodes.Name("ask_", "load"), [nodes.Const(number)], [], None, None)
        arguments = [nodes.Const(number), started, test]
        call = nodes.Call(nodes.Name("note_", "load"), arguments, [], None, None)
        return call.set_lineno(test.lineno).set_environment(test.environment)


def _constants(node: Any) -> Iterator[object]:
    """Yield the constants that a condition compares with, not those that name what it looks up."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Const):
            yield child.value
        is_lookup = isinstance(child, nodes.Call) and getattr(child.node, "name", "") in LOOKUPS
        if not is_lookup and not isinstance(child, nodes.Getitem):
            yield from _constants(child)


def _names(node: Any) -> Iterator[tuple[str, str]]:
    """Yield what a condition asks of besides results."""
    for found in [node, *node.find_all(nodes.Expr)]:
        if isinstance(found, nodes.Compare) and found.ops[0].op in ("in", "notin"):
            inside, asked = found.ops[0].expr, found.expr
            if isinstance(inside, nodes.Name) and isinstance(asked, nodes.Const):
                yield inside.name, str(asked.value)
        elif isinstance(found, nodes.Getattr):
            root = found.node
            while isinstance(root, nodes.Getattr):
                root = root.node
            yield getattr(root, "name", ""), found.attr
        elif isinstance(found, nodes.Name) and found.name not in LOOKUPS:
            yield found.name, ""
