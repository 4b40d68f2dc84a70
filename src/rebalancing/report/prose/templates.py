"""Templates of pages and of their configuration: what they may use, and how values enter them.

A page is reviewed as text, so it can do no more than text: it runs in a sandbox, reads no file and
no attribute that begins with an underscore, calls few methods and filters, and builds nothing long.
All that it makes and goes through is counted, so that it ends in a moment and fills no memory.

A value is escaped where it enters, as words in a page and as JSON in the configuration, which is
YAML. What is Markdown already is marked as `Markup` (in a template: ``| safe``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sized
from functools import wraps
from typing import Any

from jinja2 import StrictUndefined, Template, nodes
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS
from jinja2.runtime import markup_join
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.tests import TESTS
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from rebalancing.answers import Ask, anew
from rebalancing.report import markdown

_METHODS_OF_WORDS = {"endswith", "lower", "split", "startswith", "strip", "upper"}
_FILTERS = (
    *("abs", "capitalize", "default", "first", "float", "groupby", "int", "items", "last"),
    *("length", "list", "lower", "map", "max", "min", "reject", "rejectattr", "round", "safe"),
    *("select", "selectattr", "sort", "sum", "trim", "unique", "upper"),
)
_LONGEST = 100_000  # signs, or parts of a list, that an expression may make
_MOST, _STEP = 1_000_000, 8  # signs that a whole template may take; a step counts as so many
_MOST_BITS = 1_000  # of a number
_WIDTH = re.compile(r"\d{4}|\*")
# YAML has no other signs; JSON writes only the first few of them as numbers.
_NOT_YAML = re.compile("[\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff\u2028\u2029]")


class Sandbox(ImmutableSandboxedEnvironment):
    """An environment in which an expression can neither reach the program nor fill the memory."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, shown: Callable[[object], object], ask: Ask) -> None:
        self._spent = 0
        self._kind, self._ask = shown.__name__, ask
        super().__init__(
            undefined=StrictUndefined,
            comment_start_string="{##",
            comment_end_string="##}",
            keep_trailing_newline=True,
            autoescape=True,  # that is, what `shown` returns is left as it is
            finalize=lambda value: self._kept(
                value if hasattr(value, "__html__") else shown(value)
            ),
        )
        filters: dict[str, Any] = {name: FILTERS[name] for name in _FILTERS}
        filters |= {"format": _formatted, "join": _joined, "replace": _replaced}
        self.filters = {name: self._counted(function) for name, function in filters.items()}
        tests: dict[str, Any] = TESTS
        self.tests = {name: self._counted(test) for name, test in tests.items()}
        self.globals = {}

    def from_string(self, source: Any, *_: Any, **__: Any) -> Template:
        """Return a template, which may take all that one may take.

        What it is compiled to may be remembered: constants in it are as values are shown here.
        """
        self._spent = 0
        code = self._ask(f"{self._kind}: {source}", lambda: self.compile(source))
        return Template.from_code(self, code, self.make_globals(None))

    def _generate(self, source: nodes.Template, *arguments: Any, **options: Any) -> str:
        return super()._generate(_Counting().visit(source), *arguments, **options)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Return whether a template may use an attribute; of words it needs few methods."""
        if isinstance(obj, str | int | float):
            return isinstance(obj, str) and attr in _METHODS_OF_WORDS
        return super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> None:
        """Make no exception for ``format`` of words, which fills to any width."""

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Return what numbers give; words are joined by ``~`` and repeated by nothing."""
        if operator == "**":
            raise SecurityError("** may give endless numbers")
        if not all(isinstance(side, int | float) for side in (left, right)):
            raise SecurityError(f"{operator} is for numbers; words are joined by ~")
        if sum(side.bit_length() for side in (left, right) if isinstance(side, int)) > _MOST_BITS:
            raise SecurityError("the number has too many digits")
        return super().call_binop(context, operator, left, right)

    def call(self, context: Any, called: Any, /, *arguments: Any, **options: Any) -> Any:
        """Return what a function gives; what a method of words goes through counts as well."""
        self._spend(_length(getattr(called, "__self__", None)))
        return self._kept(super().call(context, called, *arguments, **options))

    def measured(self, made: Any) -> Any:
        """Return a list, or the like, that is not too long with all that is in it."""
        self._spend(_size(made))
        return made

    def compared(self, value: Any) -> Any:
        """Return a value that is about to be compared, which goes through it."""
        self._spend(_length(value))
        return value

    def repeated(self, values: Any, signs: int) -> Any:
        """Return what a loop goes through, which shows up to so many signs with each."""
        values = values if isinstance(values, Sized) else list(values)
        self._spend(len(values) * (signs + 1))
        return values

    def joined(self, *parts: Any) -> Any:
        """Return ``a ~ b``."""
        words = [part if isinstance(part, str) else str(part) for part in parts]
        if sum(map(len, words)) > _LONGEST:
            raise SecurityError("~ makes too long a text")
        return markup_join(words)

    def _counted(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a filter or a test that counts what it is given."""

        @wraps(function)
        def counted(*arguments: Any, **options: Any) -> Any:
            self._spend(sum(map(_length, arguments)))
            return function(*arguments, **options)

        return counted

    def _kept(self, made: Any) -> Any:
        """Return what was made, if it is not too much with all that was made before."""
        self._spend(len(made) if isinstance(made, str) else 1)
        return made

    def _spend(self, amount: int) -> None:
        self._spent += amount + _STEP
        if self._spent > _MOST:
            raise SecurityError("it makes too long a text, or goes through too much")


class _Counting(NodeTransformer):
    """Puts the counting of `Sandbox` into a template's syntax tree."""

    def visit_For(self, node: nodes.For) -> Any:  # noqa: N802 - Jinja's names
        self.generic_visit(node)
        signs = sum(len(text.data) for text in node.find_all(nodes.TemplateData))
        node.iter = _call("repeated", node.iter, nodes.Const(signs))
        return node

    def visit_Compare(self, node: nodes.Compare) -> Any:  # noqa: N802
        self.generic_visit(node)
        node.expr = _call("compared", node.expr)
        for operand in node.ops:
            operand.expr = _call("compared", operand.expr)
        return node

    def visit_Concat(self, node: nodes.Concat) -> Any:  # noqa: N802
        self.generic_visit(node)
        return _call("joined", *node.nodes)

    def visit_List(self, node: nodes.List) -> Any:  # noqa: N802
        self.generic_visit(node)
        return _call("measured", node)

    def visit_Dict(self, node: nodes.Dict) -> Any:  # noqa: N802
        self.generic_visit(node)
        return _call("measured", node)

    def visit_Tuple(self, node: nodes.Tuple) -> Any:  # noqa: N802
        self.generic_visit(node)
        return _call("measured", node) if node.ctx == "load" else node


def _call(name: str, *arguments: Any) -> Any:
    """Return the call of a method of `Sandbox`."""
    first = arguments[0]
    call = nodes.Call(nodes.EnvironmentAttribute(name), list(arguments), [], None, None)
    return call.set_lineno(first.lineno).set_environment(first.environment)


def _length(value: Any) -> int:
    """Return how many signs or parts a value has."""
    return len(value) if isinstance(value, str | list | tuple | dict) else 1


def _size(value: Any) -> int:
    """Return how many signs and parts a value has with all that is in it.

    Raises:
        SecurityError: They are too many.
    """
    size, pending = 0, [value]
    while pending:
        part = pending.pop()
        size += _length(part)
        if size > _LONGEST:
            raise SecurityError("the list is too long with all that is in it")
        if isinstance(part, dict):
            pending += [*part.keys(), *part.values()]
        elif isinstance(part, list | tuple):
            pending += part
    return size


def pages(ask: Ask = anew) -> Sandbox:
    """Return what renders pages: values are words in Markdown."""
    return Sandbox(_words, ask)


def configuration(ask: Ask = anew) -> Sandbox:
    """Return what renders the configuration: values are JSON, which YAML contains."""
    return Sandbox(_json, ask)


def _words(value: object) -> Markup:
    is_number = isinstance(value, int | float)
    return Markup(str(value)) if is_number else markdown.escaped(str(value))


def _json(value: object) -> Markup:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return Markup(_NOT_YAML.sub(" ", text))


def _formatted(form: str, *values: object) -> str:
    """Return ``"%.1f" | format(value)``."""
    if _WIDTH.search(form) or len(form) + sum(len(str(value)) for value in values) > _LONGEST:
        raise SecurityError("format is for numbers of ordinary width")
    return str(form) % values


def _joined(values: Iterable[object], between: str = "") -> str:
    """Return ``values | join(", ")``."""
    words = [str(value) for value in values]
    if sum(map(len, words)) + len(between) * len(words) > _LONGEST:
        raise SecurityError("join makes too long a text")
    return between.join(words)


def _replaced(words: str, old: str, new: str) -> str:
    """Return ``words | replace(old, new)``."""
    if len(words) + words.count(old) * len(new) > _LONGEST:
        raise SecurityError("replace makes too long a text")
    return str(words).replace(old, new)
