"""The commands that documents, help texts and messages tell the reader to run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import click
import yaml

from rebalancing.cli import cli
from rebalancing.notebooks import read_notebook

ROOT = Path(__file__).parents[1]
PAGES = ("*.md", "editions/README.md", "book/*.md", "docs/**/*.md", ".github/**/*.md")
# What people fill in, and what other programs run for them.
SETTINGS = (".github/ISSUE_TEMPLATE/*.yml", ".pre-commit-config.yaml")
PROGRAMS = "make|rebalancing|papermill|jupyter|git|conda|pip|uv|python|pytask|pytest|ruff|mypy|gh"
PROGRAMS += "|pre-commit"
_SHELL = re.compile(r"^( *)```(?:sh|bash|console|shell)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
_FENCE = re.compile(r"^( *)```.*?^\1```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_COMMAND = re.compile(rf"(?:(?:source|\.) \S+/activate|(?:\.venv/bin/)?(?:{PROGRAMS})(?: \S+)+)")
# In plain text a command ends where the sentence goes on.
_IN_TEXT = re.compile(r"(?<![\w/.])((?:\.venv/bin/)?(?:make|rebalancing)) (?=(\S.*))")
_VALUE = re.compile(r"--?[a-z][a-z-]*|[A-Z][A-Z_]*|[A-Z]+=\S+|\{\}|\S*[/{}=\d]\S*")
_SETTING = re.compile(r"\b[A-Z]+=[^\s,)]+")
# What follows the words make and rebalancing where they are no commands.
PROSE = {
    "and",
    "import",
    "command",
    "a",
    "all",
    "another",
    "both",
    "for",
    "it",
    "must",
    "one",
    "room",
    "sense",
    "targets",
    "the",
    "them",
    "up",
}


def collect() -> dict[str, str]:
    """Return every command as printed, with the place where it is printed first."""
    found: dict[str, str] = {}
    for place, command in (*_of_pages(), *_of_make(), *_of_help(), *_of_messages()):
        found.setdefault(command, place)
    return found


def commands(group: click.Group = cli, path: str = "rebalancing") -> Iterator[str]:
    """Yield the commands of the command line, groups too, as one types them."""
    with click.Context(group) as context:
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            yield f"{path} {name}"
            if isinstance(command, click.Group):
                yield from commands(command, f"{path} {name}")


def targets() -> list[str]:
    """Return the targets that `make help` lists."""
    return re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)


def of_markdown(text: str) -> Iterator[str]:
    """Yield the commands of fenced blocks of shell, and of code within sentences and tables."""
    for _, block in _SHELL.findall(text):
        for line in block.splitlines():
            if command := re.sub(r"(^|\s)#.*", "", line).strip().removeprefix("$ "):
                yield command
    for code in _CODE.findall(_FENCE.sub("", text)):
        if _COMMAND.fullmatch(code):
            yield code


def of_text(text: str) -> Iterator[str]:
    """Yield the commands of a message or comment, which need not stand in backticks.

    Raises:
        ValueError: A word after make or rebalancing is no command.
    """
    known = _known()
    for program, rest in _IN_TEXT.findall(" ".join(text.replace("`", " ` ").split())):
        words, taken = rest.split(), []
        name = program.removeprefix(".venv/bin/")
        for word in words:
            bare = word.rstrip(".,;:)'\"")
            path = " ".join(["rebalancing", *taken, bare])
            is_name = bare in known["make"] if name == "make" else path in known["rebalancing"]
            if not is_name and not (taken and _VALUE.fullmatch(bare)):
                break
            taken.append(bare)
            if bare != word:
                break
        if taken:
            command = " ".join([program, *taken])
            yield command + "'" * (command.count("'") % 2)
        elif re.fullmatch(r"[a-z-]+", words[0]) and words[0] not in PROSE:
            raise ValueError(f"{program} {words[0]} is no command: {text}")


@cache
def _known() -> dict[str, set[str]]:
    return {"make": set(targets()), "rebalancing": set(commands())}


def _of_pages() -> Iterator[tuple[str, str]]:
    for pattern in PAGES:
        for path in sorted(ROOT.glob(pattern)):
            for command in of_markdown(path.read_text(encoding="utf-8")):
                yield str(path.relative_to(ROOT)), command
    for pattern in SETTINGS:
        for path in sorted(ROOT.glob(pattern)):
            for command in _of_settings(yaml.safe_load(path.read_text(encoding="utf-8"))):
                yield str(path.relative_to(ROOT)), command
            for command in of_text(" ".join(_comments(path))):
                yield str(path.relative_to(ROOT)), command
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in read_notebook(path).cells:
            for command in of_markdown(cell.text):
                yield str(path.relative_to(ROOT)), command


def _of_make() -> Iterator[tuple[str, str]]:
    for name in targets():
        yield "make help", f"make {name}"
    for line in (ROOT / "Makefile").read_text().splitlines():
        if said := re.match(r"([a-z]+):.*## (.*)", line):
            for setting in _SETTING.findall(said[2]):
                yield "make help", f"make {said[1]} {setting}"
        elif line.startswith(("#", "\t")) and ("echo" in line or line.startswith("#")):
            for command in of_text(line):
                yield "Makefile", command


def _of_help() -> Iterator[tuple[str, str]]:
    def command_of(path: str) -> click.Command:
        found: click.Command = cli
        for name in path.split()[1:]:
            assert isinstance(found, click.Group)
            with click.Context(found) as context:
                found = found.get_command(context, name) or found
        return found

    for path in commands():
        command = command_of(path)
        yield "rebalancing --help", path
        said = [command.help, *(getattr(option, "help", None) for option in command.params)]
        for text in filter(None, said):
            for mentioned in of_text(text):
                yield f"{path} --help", mentioned


def _of_messages() -> Iterator[tuple[str, str]]:
    sources = [*(ROOT / "src").rglob("*.py"), *(ROOT / "tools").glob("*.py")]
    for path in sorted(sources):
        for text in _texts(ast.parse(path.read_text(encoding="utf-8"))):
            for command in of_text(text):
                yield str(path.relative_to(ROOT)), command
    for line in (ROOT / "environment.yml").read_text().splitlines():
        for command in line.removeprefix("#").strip().split(" && ") if line[:1] == "#" else ():
            if _COMMAND.fullmatch(command):
                yield "environment.yml", command
    for path in (ROOT / "study.yml", *sorted((ROOT / "data").glob("*.yml"))):
        for command in of_text(" ".join(_comments(path))):
            yield path.name, command


def _of_settings(content: Any) -> Iterator[str]:
    """Yield the texts of a YAML file that are commands as a whole, or have some in backticks."""
    match content:
        case dict():
            for value in content.values():
                yield from _of_settings(value)
        case list():
            for value in content:
                yield from _of_settings(value)
        case str():
            yield from [content] if _COMMAND.fullmatch(content) else of_markdown(content)


def _comments(path: Path) -> list[str]:
    return re.findall(r"(?:^|\s)# ?(.*)", path.read_text(encoding="utf-8"))


def _texts(tree: ast.AST) -> Iterator[str]:
    """Yield the texts of a module without its docstrings; what is filled in stands as {}."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant() as docstring):
                skipped.add(id(docstring))
            case ast.JoinedStr(values=values):
                skipped |= {id(value) for value in values}
                parts = [str(v.value) if isinstance(v, ast.Constant) else "{}" for v in values]
                yield "".join(parts)
            case ast.Constant(value=str(text)) if id(node) not in skipped:
                yield text
