"""The one reader of files that people edit or keep: YAML, JSON and tables of text.

Whatever is wrong with a file ends in one error that names the file and the place in it::

    study.yml: line 8, column 8: 2024-02-30 is not a day that exists; correct it
    data/raw/pwt/10.01/datapackage.json: the key 'hash' stands twice

Text is UTF-8, with or without a byte order mark. YAML is read by what its 1.2 core schema and 1.1
have in common, so that nothing means something else to another program or to a person: numbers
are decimal, ``true`` and ``false`` are the truth values, a day is written 2024-07-01 and exists.
Anchors, aliases, tags and several documents in one file are refused, and so is a key that stands
twice. JSON has no NaN. Files and nesting have limits, so that reading takes no more than a moment.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import yaml
from pydantic import ValidationError
from yaml.resolver import Resolver

from rebalancing.errors import InputError, RebalancingError
from rebalancing.quoting import MOST_QUOTED, cut, one_line, shown

LARGEST_YAML, LARGEST = 250_000, 5_000_000  # bytes; what is kept here has some 150,000 at most
DEEPEST = 50  # lists and mappings in each other
LONGEST_NUMBER = 40  # characters; a double has 17 digits
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_RESOLVER: Any = Resolver()
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class UnreadableError(InputError):
    """A file that is not text, or not in the form that it should be in."""


class _ProblemError(Exception):
    """What is wrong, and the line and column, from 1, if they are known."""

    def __init__(self, said: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(said)
        self.line, self.column = line, column


def first_problem(error: ValidationError) -> str:
    """Return where a validation failed first, what was given, and why it is not allowed."""
    problem = error.errors(include_url=False)[0]
    where = ".".join(cut(str(part)) for part in problem["loc"])
    why = cut(said_of(problem), MOST_QUOTED)
    given = "" if problem["type"] == "missing" or not where else f"{shown(problem['input'])}: "
    return f"{where}: {given}{why}" if where else why


def said_of(problem: Mapping[str, Any]) -> str:
    """Return what a problem of a validation says: our own words where our own check found it."""
    return str(problem["ctx"]["error"] if problem["type"] == "value_error" else problem["msg"])


def read_yaml(path: Path, name: str, error: type[RebalancingError] = UnreadableError) -> Any:
    """Return the content of a YAML file; None when nothing is in it.

    Args:
        path: The file.
        name: What messages call it.
        error: What to raise.

    Raises:
        FileNotFoundError: There is no such file.
        RebalancingError: ``error``, in one line with the place, when the file cannot be read.
    """
    return parse_yaml(_text(path, name, error, LARGEST_YAML), name, error)


def parse_yaml(text: str, name: str, error: type[RebalancingError] = UnreadableError) -> Any:
    """Return the content of a YAML text, as `read_yaml` does that of a file."""
    try:
        return _document(yaml.parse(text, Loader=_LOADER))
    except _ProblemError as problem:
        _fail(problem, name, error)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (None, None)
        is_deep = "nesting depth" in str(problem.problem)  # libyaml has a limit of its own
        what = (
            f"nested more than {DEEPEST} deep" if is_deep else f"not valid YAML: {problem.problem}"
        )
        _fail(_ProblemError(what, *place), name, error)
    except yaml.YAMLError as problem:
        _fail(_ProblemError(f"not valid YAML: {problem}"), name, error)


def read_json(path: Path, name: str, error: type[RebalancingError] = UnreadableError) -> Any:
    """Return the content of a JSON file; arguments and errors are those of `read_yaml`."""
    return parse_json(_text(path, name, error, LARGEST), name, error)


def parse_json(text: str, name: str, error: type[RebalancingError] = UnreadableError) -> Any:
    """Return the content of a JSON text, as `read_json` does that of a file."""
    try:
        content = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_int=_json_integer,
            parse_float=_json_decimal,
            parse_constant=_no_number,
        )
        _check_json(content, may_have_surrogates="\\ud" in text.lower())
        return content
    except _ProblemError as problem:
        _fail(problem, name, error)
    except json.JSONDecodeError as problem:
        said = f"not valid JSON: {problem.msg}"
        _fail(_ProblemError(said, problem.lineno, problem.colno), name, error)
    except RecursionError:
        _fail(_ProblemError(f"nested more than {DEEPEST} deep"), name, error)


def read_table(
    path: Path,
    name: str,
    columns: Sequence[str],
    error: type[RebalancingError] = UnreadableError,
) -> list[dict[str, str]]:
    """Return the rows of a CSV file with a heading, by column.

    Args:
        path: The file.
        name: What messages call it.
        columns: The columns that it must have, in this order.
        error: What to raise.

    Raises:
        FileNotFoundError: There is no such file.
        RebalancingError: ``error``, in one line with the place, when the file cannot be read, has
            other columns, or a row has another number of cells.
    """
    text = _text(path, name, error, LARGEST)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    found: list[dict[str, str]] = []
    try:
        heading = next(reader, [])
        if heading != list(columns):
            raise _ProblemError(f"the heading must be {','.join(columns)}")
        for row in filter(None, reader):
            if len(row) != len(columns):
                raise _ProblemError(f"{len(row)} cells instead of {len(columns)}")
            found.append(dict(zip(columns, row, strict=True)))
    except (_ProblemError, csv.Error) as problem:
        _fail(_ProblemError(str(problem), max(reader.line_num, 1)), name, error)
    return found


def read_text(path: Path, name: str, error: type[RebalancingError] = UnreadableError) -> str:
    """Return a text file of at most 5 MB; arguments and errors are those of `read_yaml`."""
    return _text(path, name, error, LARGEST)


def _fail(problem: _ProblemError, name: str, error: type[RebalancingError]) -> NoReturn:
    line = "" if problem.line is None else f" line {problem.line}"
    column = "" if problem.column is None else f", column {problem.column}"
    place = f"{line}{column}:" if line else ""
    raise error(f"{name}:{place} {one_line(str(problem))}") from None


def _text(path: Path, name: str, error: type[RebalancingError], largest: int) -> str:
    """Return the text of a file without its byte order mark."""
    try:
        with path.open("rb") as stream:
            content = stream.read(largest + 1)
    except IsADirectoryError:
        raise error(f"{name}: a folder is where a file should be") from None
    if len(content) > largest:
        raise error(f"{name}: more than {largest:,} bytes, which no such file needs")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise error(f"{name}: the text is UTF-16; save it as UTF-8")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as bad:
        line = content.count(b"\n", 0, bad.start) + 1
        byte = content[bad.start]
        raise error(
            f"{name}: line {line}: not UTF-8 (byte {byte:#04x}); save the text as UTF-8"
        ) from None
    if control := _CONTROL.search(text):
        line = text.count("\n", 0, control.start()) + 1
        raise error(f"{name}: line {line}: a control character ({ord(control[0]):#04x}); remove it")
    return text


# --- YAML ------------------------------------------------------------------------------------


@dataclass
class _Open:
    """A list or mapping that has begun; ``key`` is in a list while its value is to come."""

    content: list[Any] | dict[Any, Any]
    mark: Any
    key: list[Any]


def _document(events: Iterable[Any]) -> Any:
    """Return the content of the one document that the events describe."""
    whole: list[Any] = []
    within = [_Open(whole, None, [])]
    for event in events:
        _check_event(event, is_first=not whole)
        match event:
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                if len(within) > DEEPEST:
                    raise _at(event.start_mark, f"nested more than {DEEPEST} deep")
                is_mapping = isinstance(event, yaml.MappingStartEvent)
                within.append(_Open({} if is_mapping else [], event.start_mark, []))
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                closed = within.pop()
                _add(within[-1], closed.content, closed.mark)
            case yaml.ScalarEvent():
                _add(within[-1], _scalar(event), event.start_mark)
    return whole[0] if whole else None


def _at(mark: Any, said: str) -> _ProblemError:
    return _ProblemError(said, mark.line + 1, mark.column + 1)


def _check_event(event: Any, *, is_first: bool) -> None:
    """Refuse what YAML has beyond plain values."""
    if isinstance(event, yaml.DocumentStartEvent) and not is_first:
        raise _at(event.start_mark, "a second document begins; keep one per file")
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
        raise _at(event.start_mark, "anchors and aliases are not allowed; write the value out")
    if getattr(event, "tag", None) is not None:
        raise _at(event.start_mark, "tags are not allowed; write the value without")


def _add(parent: _Open, value: Any, mark: Any) -> None:
    """Put a value where it belongs: into a list, or as the key or the value of a mapping."""
    if isinstance(parent.content, list):
        parent.content.append(value)
    elif parent.key:
        parent.content[parent.key.pop()] = value
    elif isinstance(value, list | dict):
        raise _at(mark, "a list or mapping is where a name should be; put quotes around text")
    elif value in parent.content:
        raise _at(mark, f"the key {shown(value)} stands twice; remove one")
    else:
        parent.key.append(value)


def _scalar(event: Any) -> Any:
    """Return the value of a scalar; what YAML 1.1 reads as few people would is refused."""
    text = event.value
    kind = _RESOLVER.resolve(yaml.ScalarNode, text, event.implicit).rpartition(":")[2]
    said = ""
    match kind:
        case "null":
            return None
        case "bool":
            if text.lower() in {"true", "false"}:
                return text.lower() == "true"
            said = "is a truth value in YAML; write true or false, or put quotes around text"
        case "int" | "float":
            try:
                return _number(text)
            except _ProblemError as problem:
                said = str(problem)
        case "timestamp":
            try:
                return date.fromisoformat(_DAY.fullmatch(text)[0])  # type: ignore[index]
            except TypeError:
                said = "is a time; write a day such as 2024-07-01"
            except ValueError:
                said = "is not a day that exists; correct it"
        case "merge":
            said = "merges mappings, which is not allowed; write the values out"
        case _:
            return text
    raise _at(event.start_mark, f"{cut(text)} {said}")


def _number(text: str) -> int | float:
    """Return a number that is written plainly.

    Raises:
        _ProblemError: It is too long, too large, or in a notation that people read as something
            else: ``1_0``, ``190:20:30``, ``010``, ``0x1f``, ``.inf``.
    """
    if len(text) > LONGEST_NUMBER:
        raise _ProblemError(f"is a number of {len(text)} characters; use at most {LONGEST_NUMBER}")
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text) and math.isfinite(float(text)):
        return float(text)
    raise _ProblemError("is not a plain number; write decimal digits, or put quotes around text")


# --- JSON ------------------------------------------------------------------------------------


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON in which no key stands twice."""
    content = dict(pairs)
    if len(content) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _ProblemError(f"the key {shown(key)} stands twice")
            seen.add(key)
    return content


def _json_integer(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise _ProblemError(f"{cut(text)} is a number of {len(text)} characters")
    return int(text)


def _json_decimal(text: str) -> float:
    if not math.isfinite(value := float(text)):
        raise _ProblemError(f"{cut(text)} is too large a number")
    return value


def _no_number(text: str) -> NoReturn:
    raise _ProblemError(f"{text} is not a number in JSON")


def _check_json(content: Any, *, may_have_surrogates: bool) -> None:
    """Refuse content that is nested too deep or holds text that cannot be written again."""
    level: list[Any] = [[content]]
    for _ in range(DEEPEST + 1):
        values = [v for c in level for v in (c.values() if isinstance(c, dict) else c)]
        if may_have_surrogates:
            keys = (key for c in level if isinstance(c, dict) for key in c)
            for text in (*keys, *values):
                if isinstance(text, str):
                    _check_text(text)
        level = [value for value in values if isinstance(value, dict | list)]
        if not level:
            return
    raise _ProblemError(f"nested more than {DEEPEST} deep")


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _ProblemError(f"{shown(text)} has half a character (a lone surrogate)") from None
