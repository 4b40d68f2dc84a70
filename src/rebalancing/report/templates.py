"""Templates of pages and of their configuration: what they may use, and how values enter them.

A page is reviewed as text, so it can do no more than text: it runs in a sandbox, reads no file and
no attribute that begins with an underscore, calls few methods and filters, and builds nothing long.
Loops go over what it is given.

A value is escaped where it enters, as words in a page and as JSON in the configuration, which is
YAML. What is Markdown already is marked as `Markup` (in a template: ``| safe``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from jinja2 import StrictUndefined
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from rebalancing.report import markdown

_METHODS_OF_WORDS = {"endswith", "lower", "split", "startswith", "strip", "upper"}
_FILTERS = (
    *("abs", "capitalize", "default", "first", "float", "groupby", "int", "items", "last"),
    *("length", "list", "lower", "map", "max", "min", "reject", "rejectattr", "round", "safe"),
    *("select", "selectattr", "sort", "sum", "trim", "unique", "upper"),
)
_LONGEST = 100_000  # signs that an expression may make
_WIDTH = re.compile(r"\d{4}|\*")
# YAML has no other signs; JSON writes only the first few of them as numbers.
_NOT_YAML = re.compile("[\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff\u2028\u2029]")


class _Sandbox(ImmutableSandboxedEnvironment):
    """An environment in which an expression can neither reach the program nor fill the memory."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, shown: Callable[[object], object]) -> None:
        super().__init__(
            undefined=StrictUndefined,
            comment_start_string="{##",
            comment_end_string="##}",
            keep_trailing_newline=True,
            autoescape=True,  # that is, what `shown` returns is left as it is
            finalize=lambda value: value if hasattr(value, "__html__") else shown(value),
        )
        self.filters = {name: FILTERS[name] for name in _FILTERS}
        self.filters |= {"format": _formatted, "join": _joined, "replace": _replaced}
        self.globals = {}

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
        return super().call_binop(context, operator, left, right)


def pages() -> _Sandbox:
    """Return what renders pages: values are words in Markdown."""
    return _Sandbox(_words)


def configuration() -> _Sandbox:
    """Return what renders the configuration: values are JSON, which YAML contains."""
    return _Sandbox(_json)


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
