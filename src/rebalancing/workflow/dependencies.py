"""The library modules that a piece of code depends on, found without running it.

Imports are read from syntax trees and followed through the package: ``import rebalancing.x.y``,
``from rebalancing.x import y``, relative imports, imports inside functions, and the ``__init__``
of every package on the way. So a changed module concerns exactly the code that imports it,
directly or by way of other modules. Imports under ``if TYPE_CHECKING:`` do not count: they never
run. A string that is the full name of a module counts as an import of it, for
`importlib.import_module` and for extensions that are loaded by name; a string that is the name of
a file beside its module, or of a folder of such files, makes that file a dependency too.

Out of scope: names put together at run time (``f"rebalancing.data.{name}"``, ``f"{code}.csv"``),
entry points, and modules outside the package, whose versions requirements.lock fixes.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from rebalancing.errors import RebalancingError
from rebalancing.files import write_atomic
from rebalancing.notebooks import Notebook
from rebalancing.workflow.record import remembered

_PERHAPS_A_NAME = re.compile(r"[\w-]+([./-]+[\w-]+)*")


class BadModuleError(RebalancingError):
    """A module of the library that Python cannot read."""


@dataclass(frozen=True)
class Mentions:
    """What a piece of code mentions, whether it exists or not.

    Attributes:
        imports: Full names of what it imports, modules and names in modules alike.
        strings: Its strings that could be names of modules or files.
    """

    imports: tuple[str, ...]
    strings: tuple[str, ...]


@dataclass(frozen=True)
class Library:
    """The modules of one package, by what they import.

    Attributes:
        folder: The package's folder; its name is the package's name.
        memory: A file in which to keep what modules and notebooks mention; reading a hundred of
            them each time would take as long as all else that finds nothing to do.
    """

    folder: Path
    memory: Path | None = None
    _mentions: dict[str, Mentions] = field(default_factory=dict, init=False, repr=False)
    _files: dict[str, tuple[dict[str, Path], set[str]]] = field(
        default_factory=dict, init=False, repr=False
    )
    _paths: dict[str, Path | None] = field(default_factory=dict, init=False, repr=False)

    @property
    def package(self) -> str:
        """The package's name."""
        return self.folder.name

    def closure(
        self, code: ast.AST | Notebook | None = None, modules: Iterable[str] = ()
    ) -> dict[str, Path]:
        """Return all files of the package that a piece of code depends on, by name.

        Args:
            code: A notebook, or a syntax tree outside the package.
            modules: Full names of modules to begin with; those that do not exist are left out.

        Returns:
            Paths by dotted name (``rebalancing.models.trend``), or by path for files that are not
            modules (``rebalancing/data/economies.csv``), sorted.

        Raises:
            BadModuleError: A module is not valid Python.
        """
        self._recall()
        known = len(self._mentions)
        pending = {name for module in modules for name in self._with_parents(module)}
        if isinstance(code, Notebook):
            pending |= self._modules(self._mentioned_by(code))
        elif code is not None:
            pending |= self._modules(read_mentions(code, package=""))
        found: dict[str, Path] = {}
        while pending:
            files, imported = self._module(pending.pop())
            found |= files
            pending |= imported - found.keys()
        if len(self._mentions) > known:
            self._remember()
        return dict(sorted(found.items()))

    def _mentioned_by(self, notebook: Notebook) -> Mentions:
        key = f" {notebook.code_digest}"
        if key not in self._mentions:
            self._mentions[key] = read_mentions(notebook.code, package="")
        return self._mentions[key]

    def _module(self, name: str) -> tuple[dict[str, Path], set[str]]:
        """Return the files that make up a module, itself first, and the modules it imports."""
        if name not in self._files:
            path = self._path(name)
            assert path is not None, name
            source = path.read_bytes()
            package = name if path.name == "__init__.py" else name.rpartition(".")[0]
            key = f"{package} {hashlib.sha256(source).hexdigest()}"
            if key not in self._mentions:
                self._mentions[key] = read_mentions(_parsed(source, path), package)
            mentions = self._mentions[key]
            files = {name: path, **self._files_named(mentions, path.parent)}
            self._files[name] = files, self._modules(mentions)
        return self._files[name]

    def _path(self, module: str) -> Path | None:
        """Return the file of a module of the package, or None if there is no such module."""
        if module not in self._paths:
            self._paths[module] = self._looked_up(module)
        return self._paths[module]

    def _looked_up(self, module: str) -> Path | None:
        first, *rest = module.split(".")
        if first != self.package:
            return None
        base = self.folder.joinpath(*rest)
        candidates = (base / "__init__.py", base.with_suffix(".py"))
        return next((path for path in candidates if path.is_file()), None)

    def _with_parents(self, module: str) -> set[str]:
        """Return a module and the packages it is in, as far as they belong to the package."""
        parts = module.split(".")
        names = {".".join(parts[:length]) for length in range(1, len(parts) + 1)}
        return {name for name in names if self._path(name)}

    def _modules(self, mentions: Mentions) -> set[str]:
        """Return the modules of the package among what is mentioned, and their packages."""
        by_name = [text for text in mentions.strings if "." in text and self._path(text)]
        names = [name for name in (*mentions.imports, *by_name) if name.startswith(self.package)]
        return {each for name in names for each in self._with_parents(name)}

    def _files_named(self, mentions: Mentions, folder: Path) -> dict[str, Path]:
        """Return the files beside a module that it names in a string."""
        there = set(os.listdir(folder))  # most strings name nothing, and asking for each takes long
        texts = [text for text in mentions.strings if text.partition("/")[0] in there]
        found = [path for text in texts for path in _data_files(folder / text)]
        return {path.relative_to(self.folder.parent).as_posix(): path for path in found}

    def _recall(self) -> None:
        if self.memory and not self._mentions:
            self._mentions.update(remembered(self.memory, _kept_mentions) or {})

    def _remember(self) -> None:
        if self.memory:
            kept = {key: [m.imports, m.strings] for key, m in self._mentions.items()}
            with suppress(OSError):  # without room for it, the next run reads the modules again
                write_atomic(self.memory, json.dumps(kept))


def _kept_mentions(content: bytes) -> dict[str, Mentions]:
    """Return what modules mention as it was kept, by package and digest.

    Raises:
        ValueError: It is something else.
    """
    kept = json.loads(content)
    for pair in kept.values():
        if not all(isinstance(names, list) for names in pair):
            raise ValueError
        if not all(isinstance(name, str) for names in pair for name in names):
            raise ValueError
    return {key: Mentions(tuple(i), tuple(s)) for key, (i, s) in kept.items()}


def _parsed(source: bytes, path: Path) -> ast.Module:
    """Return the syntax tree of a module."""
    try:
        return ast.parse(source, str(path))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        where = f"{path}, line {line}" if line else str(path)
        raise BadModuleError(f"{where}: {getattr(error, 'msg', error)}; correct it") from None


def read_mentions(tree: ast.AST, package: str) -> Mentions:
    """Return what a syntax tree mentions.

    Args:
        tree: The syntax tree.
        package: The full name of the package from which relative imports start.
    """
    imports: set[str] = set()
    strings: set[str] = set()
    for node in _nodes_that_run(tree):
        match node:
            case ast.Import(names=aliases):
                imports |= {alias.name for alias in aliases}
            case ast.ImportFrom(module=module, names=aliases, level=level):
                parents = package.split(".")[: len(package.split(".")) - level + 1]
                origin = ".".join([*(parents if level else []), *([module] if module else [])])
                imports |= {origin, *(f"{origin}.{alias.name}" for alias in aliases)}
            case ast.Constant(value=str(text)) if _PERHAPS_A_NAME.fullmatch(text):
                strings.add(text)
    return Mentions(tuple(sorted(imports)), tuple(sorted(strings)))


def _data_files(path: Path) -> list[Path]:
    """Return a file that is not a module, or all files of a folder that holds no modules."""
    if path.is_file():
        return [] if path.suffix == ".py" else [path]
    # What Python compiles follows from the modules, and comes and goes.
    if not path.is_dir() or path.name == "__pycache__" or any(path.rglob("*.py")):
        return []
    return sorted(file for file in path.rglob("*") if file.is_file() and file.name[0] != ".")


def _nodes_that_run(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a tree, without what stands under ``if TYPE_CHECKING:``."""
    pending = [tree]
    while pending:
        node = pending.pop()
        yield node
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")):
                pending.extend(node.orelse)
            case _:
                pending.extend(ast.iter_child_nodes(node))
