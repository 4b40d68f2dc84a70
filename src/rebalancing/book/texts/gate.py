"""The prose gate: no statistic is typed; every number in words is looked up or computed.

The gate reads the book's pages and remarks, the text of the notebooks and the words in their code:
titles, notes, labels and definitions, and every other string that holds a space. Of an f-string
only the literal parts count, because the rest is computed. A number in digits is a statistic unless
a rule of `rebalancing.book.texts.typed` says otherwise: years, dates, numbering, versions, names
such as EU27, code, addresses, formulas. Two roles are for the rest, and a `Claim` in code is a
quotation as well::

    {claim}`nearly 30%`      what somebody else said, quoted
    {stated}`6.25`           a parameter of a method or a definition; never data

What is stated may not have the unit of a statistic, except as the level of a test or an interval,
and a stated decimal may not be a recorded result. The gate stands before every book::

    2 numbers are typed where they should be looked up:
    book/index.md, line 7: '39.9%' is typed; look it up: {{ n("consumption.share.latest") }}
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from rebalancing.answers import Ask, anew
from rebalancing.book.texts.told import ResultFields
from rebalancing.book.texts.typed import Typed, in_markdown, in_words, is_parameter
from rebalancing.errors import RebalancingError
from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.notebooks.format import Cell
from rebalancing.project import Project
from rebalancing.reading import read_text
from rebalancing.report.remarks import SOURCE as REMARKS
from rebalancing.report.remarks import read_remarks
from rebalancing.report.text import MINUS

SHOWN = 5  # problems that a message names
WORDS = frozenset({"title", "subtitle", "alt", "note", "label", "definition"})
_CODE_IN_STRINGS = frozenset({"query", "eval"})  # methods whose strings are expressions


class GateError(RebalancingError):
    """Statistics that were typed."""


@dataclass(frozen=True)
class TypedNumber:
    """One typed number; prints as a line that says where and what to do."""

    where: str
    line: int
    text: str
    advice: str

    def __str__(self) -> str:
        return f"{self.where}, line {self.line}: {self.text!r} {self.advice}"


def check(project: Project, results: Sequence[ResultFields] = (), ask: Ask = anew) -> None:
    """Check everything that a project says in words.

    Args:
        project: Its pages and stored notebooks are read.
        results: What was recorded, as in results.json, to name what should have been looked up.
        ask: Whom to ask which numbers a text has.

    Raises:
        GateError: A statistic is typed; the message counts them and names the first.
        ProseError: A template cannot be parsed.
        BadNotebookError: A notebook cannot be read.
        UnreadableError: A page is not text.
    """
    found = problems(project, results, ask)
    if found:
        one = len(found) == 1
        count = "1 number is" if one else f"{len(found)} numbers are"
        head = f"{count} typed where {'it' if one else 'they'} should be looked up:"
        more = [f"... and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
        raise GateError("\n".join([head, *map(str, found[:SHOWN]), *more]))


def problems(
    project: Project, results: Sequence[ResultFields] = (), ask: Ask = anew, *, within: str = ""
) -> list[TypedNumber]:
    """Return every typed statistic of a project, or of the file ``within``; see `check`."""
    return [
        TypedNumber(where, typed.line, typed.text, advice)
        for where, typed, context in _everything(project, within, ask)
        if (advice := _advice(typed, context, results))
    ]


def _everything(project: Project, within: str, ask: Ask) -> Iterator[tuple[str, Typed, str]]:
    """Yield where a number is typed, the number, and the line that it is in."""
    for where, text, find in _sources(project):
        if where.startswith(within):
            lines = text.splitlines()
            for found in ask(f"{find.func.__name__} {where}: {text}", partial(_plain, find)):
                typed = Typed(*found)
                yield where, typed, lines[typed.line - 1]


def _plain(find: partial[list[Typed]]) -> list[tuple[int, str, bool]]:
    return [(typed.line, typed.text, typed.stated) for typed in find()]


def _sources(project: Project) -> Iterator[tuple[str, str, partial[list[Typed]]]]:
    """Yield where words stand, what stands there, and what finds the numbers typed into it."""
    for page in sorted(project.book.glob("*.md")):
        where = f"book/{page.name}"
        text = read_text(page, where)
        yield where, text, partial(in_markdown, text, where)
    for economy, texts in read_remarks(project).items():
        for name, text in texts.items():
            where = f"book/{REMARKS}, {name} of {economy}"
            yield where, text, partial(in_markdown, text, where)
    for notebook in find_notebooks(project):
        for cell in notebook.cells:
            where = f"notebooks/{notebook.path.name}, cell {cell.id}"
            finds = (
                partial(in_code, cell) if cell.computes else partial(in_markdown, cell.text, where)
            )
            yield where, cell.source, finds


def in_code(cell: Cell) -> list[Typed]:
    """Return the numbers typed into the words of a cell of code; none in any other cell."""
    if not cell.computes:
        return []
    found: list[Typed] = []
    for statement in cell.statements():
        for node, is_words in _strings(statement):
            text = _literal_parts(node)
            if is_words or " " in text.strip():
                first = node.lineno - 1
                found += [Typed(first + typed.line, typed.text) for typed in in_words(text)]
    return sorted(found, key=lambda typed: typed.line)


def _strings(node: ast.AST, *, is_words: bool = False) -> Iterator[tuple[ast.expr, bool]]:
    """Yield the strings of a syntax tree, and whether each is an argument that names words."""
    match node:
        case ast.JoinedStr() | ast.Constant(value=str()):
            yield node, is_words
            for part in ast.walk(node):  # strings inside an f-string's expressions
                if isinstance(part, ast.FormattedValue):
                    yield from _strings(part.value)
        case ast.Call(func=ast.Attribute(attr=method)) if method in _CODE_IN_STRINGS:
            return
        case ast.Call(func=ast.Name(id="Claim") | ast.Attribute(attr="Claim")):
            for argument in [*node.args, *node.keywords]:  # its words are what somebody else said
                value = argument.value if isinstance(argument, ast.keyword) else argument
                if not isinstance(value, ast.Constant):
                    yield from _strings(value)
        case ast.keyword(arg=name):
            yield from _strings(node.value, is_words=name in WORDS)
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _strings(child, is_words=is_words)


def _literal_parts(node: ast.expr) -> str:
    """Return a string, or an f-string with a gap for each part that is computed."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    parts = node.values if isinstance(node, ast.JoinedStr) else []
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "\0" for part in parts)


def _advice(typed: Typed, context: str, results: Sequence[ResultFields]) -> str:
    """Return what is wrong with a number and what to do, or nothing if it may stand."""
    if not typed.stated:
        return f"is typed; {_look_up(typed.text, context, results)}"
    if not is_parameter(typed.text):
        return f"is stated, but has a statistic's unit; {_look_up(typed.text, context, results)}"
    same = _same(typed.text, context, results)
    return f'is stated, but was recorded; look it up: {{{{ n("{same["key"]}") }}}}' if same else ""


def _look_up(text: str, context: str, results: Sequence[ResultFields]) -> str:
    found = _of_this_value(text, context, results)
    if found is None:
        return "record it, and look it up by its key"
    return f'look it up: {{{{ n("{found["key"]}") }}}} is {found["text"]}'


def _of_this_value(text: str, context: str, results: Iterable[ResultFields]) -> ResultFields | None:
    """Return the result that looks the same and shares the most words with the sentence."""
    values, words = set(_values(text)), _words(context)
    alike = [result for result in results if values & set(_values(str(result["text"])))]
    return max(
        alike,
        key=lambda result: len(words & _words(f"{result['definition']} {result['key']}")),
        default=None,
    )


def _same(text: str, context: str, results: Iterable[ResultFields]) -> ResultFields | None:
    """Return a result that a stated decimal copies: the same digits, and the same subject.

    Two words of the key must agree, too: after an update of the data a parameter may by chance have
    the digits of some result, and that must not stop the book.
    """
    decimals = {value for value in _values(text) if value % 1}
    if not decimals:
        return None
    words = _words(context)
    alike = (r for r in results if decimals & set(_values(str(r["text"]))))
    return next((r for r in alike if len(words & _words(str(r["key"]))) > 1), None)


@lru_cache(maxsize=10_000)  # of all results, for one text after another
def _values(text: str) -> tuple[float, ...]:
    """Return the numbers in a text."""
    plain = text.replace(",", "").replace(MINUS, "-")
    return tuple(float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", plain))


def _words(text: str) -> set[str]:
    return {word for word in re.split(r"[^a-z]+", text.lower()) if len(word) > 2}
