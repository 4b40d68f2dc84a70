"""The recipes of CONTRIBUTING.md, read from it and followed in a copy of the project.

A block after text that names a file and ends in a colon is about that file: a ``diff`` changes it,
any other block is a new file. The blocks of a notebook are its metadata (``json``) and its cells.
What a block of ``sh`` holds is typed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import held
import nbformat

from rebalancing.project import Project

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("book", "notebooks", "study.yml", "pyproject.toml", "requirements.lock")
COPIED += ("CITATION.cff", "LICENSE", "data/corrections.yml", "data/thresholds.yml")
COPIED += ("docs/architecture.md",)
CODE = ("src", "tests")
RECIPES = ("A chapter", "A group of economies", "A publisher", "A model")
_BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"`([^`\s]+\.\w+)`[^`]*:\s*$")
_TAG = re.compile(r"tagged `([\w-]+)`")


@dataclass(frozen=True)
class Block:
    """One block of a recipe: its language, what it holds, and the text before it."""

    language: str
    content: str
    before: str


def blocks(recipe: str) -> list[Block]:
    """Return the blocks of a recipe, by its heading in CONTRIBUTING.md."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    text = page.split(f"\n## {recipe}\n")[1].split("\n## ")[0]
    found, end = [], 0
    for match in _BLOCK.finditer(text):
        indent, language, lines = match.groups()
        content = re.sub(rf"^{indent}", "", lines, flags=re.MULTILINE)
        found.append(Block(language, content, text[end : match.start()]))
        end = match.end()
    return found


def file_of(block: Block) -> str | None:
    """Return the file that the text before a block names, if it does."""
    named = _FILE.search(block.before)
    return named[1] if named else None


def copy(root: Path, *, code: bool = True) -> Project:
    """Return a copy of the project with the held releases, in which nothing has been built.

    Notebooks run the installed code, and refuse to where a copy has code of its own. Modules that
    have been compiled are compiled in the copy.
    """
    ignored = shutil.ignore_patterns(".ipynb_checkpoints", "*.pyc.*")  # being written
    for name in COPIED + CODE * code:
        source, target = ROOT / name, root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=ignored)
        else:
            shutil.copyfile(source, target)
    (root / ".venv").symlink_to(sys.prefix)
    (root / "build").mkdir()
    project = Project(root)
    held.link(project)
    return project


def follow(project: Project, recipe: str) -> list[str]:
    """Do what a recipe says, in order, and return what its commands said.

    Raises:
        AssertionError: A change does not fit its file, or a command fails.
    """
    return [said for block in _filed(project, recipe) for said in _typed(project, block)]


def write(project: Project, recipe: str) -> None:
    """Write what a recipe says, and type none of its commands; errors as of `follow`."""
    list(_filed(project, recipe))


def _filed(project: Project, recipe: str) -> Iterator[Block]:
    """Yield each block of a recipe once it is in its file."""
    path = project.root
    for block in blocks(recipe):
        if named := file_of(block):
            path = project.root / named
        if block.language == "sh":
            pass
        elif path.suffix == ".ipynb":
            add_to_notebook(path, block)
        elif block.language == "diff":
            path.write_text(changed(path.read_text(encoding="utf-8"), block.content))
        else:
            assert not path.exists(), f"{path} is there already"
            path.write_text(block.content)
        yield block


def _typed(project: Project, block: Block) -> Iterator[str]:
    for line in block.content.splitlines() if block.language == "sh" else ():
        yield run(project, "bash", "-c", line)


def changed(text: str, diff: str) -> str:
    """Return a file's text with the lines of a diff taken away and added."""
    old, new = ("".join(_lines(diff, sign)) for sign in "-+")
    assert text.count(old) == 1, f"not once in the file:\n{old}"
    return text.replace(old, new)


def _lines(diff: str, sign: str) -> Iterator[str]:
    return (line[1:] for line in diff.splitlines(keepends=True) if line[0] in f" {sign}")


def add_to_notebook(path: Path, block: Block) -> None:
    """Add a block to a notebook, which is made if there is none: metadata or a cell."""
    new = nbformat.v4
    notebook = nbformat.read(path, 4) if path.exists() else new.new_notebook(metadata=_kernel())
    source, tags = block.content.rstrip("\n"), _TAG.findall(block.before)
    if block.language == "json":
        notebook.metadata.update(json.loads(source))
    elif block.language == "markdown":
        notebook.cells.append(new.new_markdown_cell(source))
    else:
        notebook.cells.append(new.new_code_cell(source, metadata={"tags": tags} if tags else {}))
    nbformat.write(notebook, path)


def _kernel() -> dict[str, object]:
    stored = json.loads((ROOT / "notebooks" / "02_consumption.ipynb").read_text())
    return {"kernelspec": stored["metadata"]["kernelspec"]}


def run(project: Project, *command: str) -> str:
    """Run a command, with the copy's own code if it has any, and return what it said.

    Raises:
        AssertionError: It fails.
    """
    own = project.root / "src"
    code = own if own.exists() else ROOT / "src"
    env = {**os.environ, "PYTHONPATH": str(code), "COLUMNS": "160"}
    done = subprocess.run(
        command, cwd=project.root, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr
