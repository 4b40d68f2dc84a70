"""What is wrong with the text, said before any notebook runs.

A slip in a sentence would otherwise stop the report after its last chapter. Each problem is a line
that names the file. What only a run can tell, such as a key that is put together from the data, is
left to the run.
"""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any

from jinja2 import TemplateSyntaxError, nodes

import rebalancing
from rebalancing.answers import Ask, anew
from rebalancing.errors import InputError, RebalancingError
from rebalancing.notebooks import Notebook
from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.notebooks.prose import ProseCell, parse, parts
from rebalancing.project import Project
from rebalancing.quoting import shown
from rebalancing.reading import read_text
from rebalancing.report.prose import templates
from rebalancing.report.stored import read_results

MOST = 5  # problems that a message names
_NOT_PLAIN = re.compile(
    r"\{\{|\{%|\{[a-z][a-z:-]*\}`|^:{3,}\{|^`{3,}\{|\[@[\w:-]+|^\([\w-]+\)=|\]\{[.#]|\]\(#",
    re.MULTILINE,
)
_LOOKUPS = {"n", "odds", "spelled", "by_sign", "counted", "word", "v", "period", "has"}
_KEY_NUMBERS = re.compile(r"^:::\{key-numbers\}\n(.*?)^:::", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"^\s*(?:-\s*)?(?:root|file):\s*(?P<name>[\w./-]+)\s*$")
_LINK = re.compile(
    r"\]\((?P<page>[\w-]+\.(?:ipynb|md))?(?:#(?:(?P<kind>fig|tab)-(?P<name>[a-z][a-z0-9-]*))?[^)]*)?\)"
)
_WORD = re.compile(r"[^\W_]+")
_ANYTHING = "\0"


class TextError(InputError):
    """Text that would stop the report after its notebooks have run."""


@dataclass(frozen=True)
class _Text:
    """One text of the report: a page, or a prose cell.

    Attributes:
        where: The file, and the cell if it has any.
        source: What it says.
        wrong: What is wrong with the words that say when it appears; nothing if they are known.
        premises: Keys of the findings that it presupposes with their words, each with its line.
        economies: Codes of those that it is for, each with its line.
        keys: Those that it looks up by name, each with its line.
    """

    where: str
    source: str
    wrong: str = ""
    premises: tuple[tuple[int, str, str], ...] = ()
    economies: tuple[tuple[int, str], ...] = ()
    keys: tuple[tuple[int, str], ...] = ()


def check(project: Project, recorded: Collection[str] = (), ask: Ask = anew) -> None:
    """Check the text of a project.

    Args:
        project: Its pages, contents and stored notebooks are read.
        recorded: Keys that are known to have been recorded, from a former report.
        ask: Whom to ask what a text presupposes and looks up.

    Raises:
        TextError: The message names the first problems, each in a line.
        BadNotebookError: A notebook cannot be read.
    """
    found = list(problems(project, recorded, ask))
    if found:
        more = [f"... and {len(found) - MOST} more"] if len(found) > MOST else []
        raise TextError("\n".join([*found[:MOST], *more]))


def problems(
    project: Project, recorded: Collection[str] = (), ask: Ask = anew, *, within: str = ""
) -> Iterator[str]:
    """Yield what is wrong, a line each that names the file; arguments and errors as for `check`.

    Only of files whose name begins with ``within``.
    """
    return (line for line in _problems(project, recorded, ask, within) if line.startswith(within))


def _problems(project: Project, recorded: Collection[str], ask: Ask, within: str) -> Iterator[str]:
    notebooks = find_notebooks(project)
    yield from _not_plain(notebooks)
    every = list(_texts(project, notebooks, ask))
    yield from (f"{text.where}{text.wrong}" for text in every if text.wrong)
    yield from _contents(project)
    texts = [text for text in every if text.where.startswith(within)]
    literals = [found for notebook in notebooks for found in _literals_of(notebook, ask)]
    library = _Library(ask)
    yield from _unknown_keys(texts, literals, recorded, library)
    yield from _unknown_premises(texts, literals, library)
    yield from _unknown_links(project, texts, literals)


def _texts(project: Project, notebooks: Sequence[Notebook], ask: Ask) -> Iterator[_Text]:
    for page in sorted(project.book.glob("*.md")):
        where = f"book/{page.name}"
        source = read_text(page, where)
        said = ask(f"page: {source}", partial(_of_page, source))
        yield _Text(where, source, *said)
    for notebook in notebooks:
        for cell in notebook.cells:
            if not cell.computes:
                where = f"notebooks/{notebook.path.name}, cell {cell.id}"
                prose = cell.source if cell.is_prose else ""
                said = ask(f"cell: {[prose, cell.text]}", partial(_of_cell, prose, cell.text))
                yield _Text(where, cell.text, *said)


def _of_page(source: str) -> tuple[Any, ...]:
    """Return all that `_Text` holds of a page beside its words."""
    try:
        return "", *_presupposed(parts(source)), tuple(_looked_up(source))
    except ValueError as error:
        return f", {error}", (), (), tuple(_looked_up(source))


def _of_cell(prose: str, words: str) -> tuple[Any, ...]:
    """Return the same of a cell; ``prose`` is all that stands in it if it is a prose cell."""
    wrong, found = "", []
    try:
        if prose:
            parse(prose)
            with suppress(ValueError):  # it is no page, in which nothing stands ahead
                found = parts(prose)
    except ValueError as error:
        wrong = f": {error}"
    return wrong, *_presupposed(found), tuple(_looked_up(words))


def _presupposed(found: Sequence[tuple[int, ProseCell]]) -> tuple[Any, Any]:
    """Return the premises and the economies of a text's parts."""
    premises = tuple((line, *premise) for line, part in found for premise in part.premises)
    return premises, tuple((line, code) for line, part in found for code in part.economies)


def _not_plain(notebooks: Sequence[Notebook]) -> Iterator[str]:
    """Yield the Markdown cells that a front end would show as they are written."""
    for notebook in notebooks:
        for cell in notebook.cells:
            mark = _NOT_PLAIN.search(cell.source) if cell.kind == "markdown" else None
            if mark:
                yield (
                    f"notebooks/{notebook.path.name}, cell {cell.id}: a Markdown cell shows "
                    f"{shown(mark[0])} as it is written; make it a code cell that begins with "
                    "%%prose"
                )


def _contents(project: Project) -> Iterator[str]:
    """Yield what the book's contents name and nobody has written."""
    path = project.book / "_toc.yml"
    if not path.is_file():
        return
    pages = {page.stem for page in project.book.glob("*.md")}
    pages |= {page.stem for page in project.notebooks.glob("*.ipynb")}
    for number, line in enumerate(read_text(path, "book/_toc.yml").splitlines(), start=1):
        named = _FILE.match(line)
        if named and named["name"] not in pages:
            yield (
                f"book/_toc.yml, line {number}: there is no page {shown(named['name'])}"
                f"{_nearest(named['name'], pages)}"
            )


def _literals_of(notebook: Notebook, ask: Ask) -> list[str]:
    code = [cell.source for cell in notebook.code_cells if cell.computes]
    found: list[str] = ask(f"literals: {code}", lambda: list(_literals(notebook)))
    return found


def _literals(notebook: Notebook) -> Iterator[str]:
    """Yield the strings of a notebook's code; what is computed in one stands for anything."""
    for node in ast.walk(notebook.code):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            parts = (part.value if isinstance(part, ast.Constant) else None for part in node.values)
            yield "".join(_ANYTHING if part is None else str(part) for part in parts)


def _unknown_keys(
    texts: Sequence[_Text], literals: Sequence[str], recorded: Collection[str], library: _Library
) -> Iterator[str]:
    """Yield the keys that are looked up although nothing in the code can record them."""
    known = _Known(literals, recorded, library)
    for text in texts:
        presupposed = [(line, key) for line, key, _ in text.premises]
        for line, key in [*presupposed, *text.keys]:
            if not known.may_have(key):
                yield (
                    f"{text.where}, line {line}: nothing records {shown(key)}"
                    f"{_nearest(key, recorded)}"
                )


@dataclass(frozen=True)
class _Library:
    """The files of the library, whose words keys are made of."""

    ask: Ask

    @cached_property
    def text(self) -> str:
        """What the files hold."""
        root = Path(rebalancing.__file__).parent
        endings = ("py", "csv", "yml")
        files = [file for ending in endings for file in sorted(root.rglob(f"*.{ending}"))]
        return "\n".join(file.read_text(encoding="utf-8") for file in files)

    @cached_property
    def words(self) -> frozenset[str]:
        """All words that the files hold."""
        found: frozenset[str] = self.ask("words", lambda: frozenset(_WORD.findall(self.text)))
        return found

    def quotes(self, word: str) -> bool:
        """Return whether a file holds a word in quotation marks."""
        return bool(self.ask(f"quoted: {word}", lambda: f'"{word}"' in self.text))


def _unknown_premises(
    texts: Sequence[_Text], literals: Sequence[str], library: _Library
) -> Iterator[str]:
    """Yield the words that no finding can be, and the economies that nobody knows."""
    said = set(literals)
    for text in texts:
        for line, key, word in text.premises:
            if word not in said and not library.quotes(word):
                yield f"{text.where}, line {line}: no code finds that {key} is {shown(word)}"
        for line, code in text.economies:
            if code not in library.words:
                yield f"{text.where}, line {line}: there is no economy {shown(code)}"


class _Known:
    """The keys that notebooks may record.

    A key ends with a string of their code, and each of its words is one of their code or of the
    library's; words with capitals or digits, such as codes and years, may come from the data.
    """

    def __init__(
        self, literals: Sequence[str], recorded: Collection[str], library: _Library
    ) -> None:
        self.recorded, self.library = set(recorded), library
        plain = {text for text in literals if re.fullmatch(r"\w+(?:\.\w+)*", text)}
        self.endings = plain
        self.literals = literals
        computed = {
            text
            for text in literals
            if _ANYTHING in text and re.fullmatch(rf"[\w.{_ANYTHING}]+", text)
        }
        self.patterns = [
            re.compile(r"(?:.*\.)?" + ".+".join(map(re.escape, text.split(_ANYTHING))))
            for text in sorted(computed)
        ]

    @cached_property
    def words(self) -> set[str]:
        """All words of the code: most keys are recorded, and nobody asks for them."""
        return {word for text in self.literals for word in _WORD.findall(text)} | self.library.words

    def may_have(self, key: str) -> bool:
        """Return whether a key was recorded, or some code may record it."""
        if key in self.recorded:
            return True
        parts = key.split(".")
        if not all(
            word in self.words or re.search("[A-Z0-9]", word) for word in _WORD.findall(key)
        ):
            return False
        while parts and parts[-1] in ("lower", "upper"):
            parts.pop()
        endings = {".".join(parts[start:]) for start in range(len(parts))}
        if endings & self.endings:
            return True
        return any(pattern.fullmatch(".".join(parts)) for pattern in self.patterns)


def _looked_up(source: str) -> Iterator[tuple[int, str]]:
    """Yield the keys that a text looks up by name, with their lines."""
    try:
        tree = _templates().parse(source)
    except TemplateSyntaxError:
        return  # the gate names it
    for call in tree.find_all(nodes.Call):
        first: Any = call.args[0] if call.args else None
        is_lookup = isinstance(call.node, nodes.Name) and call.node.name in _LOOKUPS
        if is_lookup and isinstance(first, nodes.Const) and isinstance(first.value, str):
            yield call.lineno, first.value
    for rows in _KEY_NUMBERS.finditer(source):
        start = source[: rows.start(1)].count("\n") + 1
        for offset, line in enumerate(rows[1].splitlines()):
            key = line.partition("|")[0].strip()
            if re.fullmatch(r"[a-z]\w*(?:\.\w+)+", key):
                yield start + offset, key


@cache
def _templates() -> templates.Sandbox:
    return templates.pages()


def _unknown_links(
    project: Project, texts: Sequence[_Text], literals: Sequence[str]
) -> Iterator[str]:
    """Yield the links to pages that nobody has written, and to figures that no chapter saves."""
    names = {text for text in literals if _ANYTHING not in text}
    patterns = [
        re.compile(".+".join(map(re.escape, text.split(_ANYTHING))))
        for text in literals
        if _ANYTHING in text and re.fullmatch(rf"[a-z0-9-{_ANYTHING}]*-[a-z0-9-{_ANYTHING}]*", text)
    ]
    pages = {path.name for path in (*project.book.glob("*.md"), *project.notebooks.glob("*.ipynb"))}
    for text in texts:
        for number, line in enumerate(text.source.splitlines(), start=1):
            for link in _LINK.finditer(line):
                where, page, name = f"{text.where}, line {number}", link["page"], link["name"]
                if page and page not in pages:
                    yield f"{where}: there is no page {shown(page)}{_nearest(page, pages)}"
                if name and name not in names and not any(p.fullmatch(name) for p in patterns):
                    kind = "figure" if link["kind"] == "fig" else "table"
                    yield f"{where}: no chapter saves a {kind} {shown(name)}"


def _nearest(word: str, words: Collection[str]) -> str:
    near = difflib.get_close_matches(word, sorted(words), n=2, cutoff=0.6)
    return f"; nearest: {', '.join(near)}" if near else ""


def keys_of(results: Path) -> set[str]:
    """Return the keys of a former report's results; none if there is none that can be read."""
    try:
        return {result["key"] for result in read_results(results)["results"]}
    except (RebalancingError, OSError):
        return set()
