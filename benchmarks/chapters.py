"""CPU seconds of each chapter's own cells, in a process that has the libraries loaded.

Usage: OPENBLAS_NUM_THREADS=1 python benchmarks/chapters.py [CHAPTER ...] [--least 0.3]

After ``make report``: one process loads what chapters use and runs each in a copy of itself, on a
copy of what the edition has built. Prints a chapter's seconds and those of its dearest cells. What
a copy computes is thrown away. With more threads for linear algebra their waiting counts too.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from types import MappingProxyType
from typing import Any

import nbformat
from IPython.core.interactiveshell import InteractiveShell

from rebalancing.notebooks.declared import FOLDER_VARIABLE, NAME_VARIABLE
from rebalancing.project import Project
from rebalancing.study import Study
from rebalancing.workflow import fork_server

ROOT = Path(__file__).resolve().parent.parent
Took = dict[str, float]


class ChapterError(Exception):
    """A chapter that does not run."""


def run(name: str, edition: Path, values: Mapping[str, Any] = MappingProxyType({})) -> Took:
    """Run a chapter's cells on an edition's folder, and return the seconds that each took."""
    os.environ |= {FOLDER_VARIABLE: str(edition), NAME_VARIABLE: name}
    parameters = Study.load(Project.find(), values).parameters()
    notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    shell = InteractiveShell.instance()
    took: Took = {}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        start = time.process_time()
        # Cells have no ids here, which the library remarks on.
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            result = shell.run_cell(cell.source, store_history=False)
        took[cell.id] = time.process_time() - start
        if not result.success:
            raise ChapterError(f"{name}: cell {cell.id} failed")
        if "parameters" in cell.metadata.get("tags", []):
            shell.user_ns |= {key: parameters[key] for key in shell.user_ns.keys() & parameters}
    return took


def own(name: str, built: Path | None, values: Mapping[str, Any] = MappingProxyType({})) -> Took:
    """Run a chapter's cells in a copy of this process, and return the seconds that each took.

    Args:
        name: Of the chapter.
        built: The edition's folder, of which a copy is used; an empty one without.
        values: Parameters other than those of study.yml.
    """
    read, write = os.pipe()
    with tempfile.TemporaryDirectory() as folder:
        edition = Path(folder)
        if built:
            edition /= built.name
            shutil.copytree(built, edition, ignore=shutil.ignore_patterns("site", "book"))
        if (child := os.fork()) == 0:
            status = 1
            try:
                os.close(read)
                took = run(name, edition, values)
                with os.fdopen(write, "w") as answer:
                    json.dump(took, answer)
                status = 0
            except BaseException as error:
                print(f"{type(error).__name__}: {error}", file=sys.stderr)
            finally:
                os._exit(status)
        os.close(write)
        with os.fdopen(read) as answer:
            said = answer.read()
        os.waitpid(child, 0)
    if not said:
        raise ChapterError(f"{name} failed; run `make report` first")
    return dict(json.loads(said))


def show(name: str, took: Took, least: float) -> None:
    """Print what a chapter's cells took, the dearest first."""
    print(f"{sum(took.values()):7.2f}  {name}", flush=True)
    for key, seconds in sorted(took.items(), key=lambda item: -item[1]):
        if seconds >= least:
            print(f"{seconds:15.2f}  {key}", flush=True)


def main() -> None:
    """Read what is asked for and measure it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("chapters", nargs="*", help="default: all")
    parser.add_argument("--least", type=float, default=0.3, help="seconds of a cell to be shown")
    options = parser.parse_args()
    os.chdir(ROOT)
    names = options.chapters or sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
    built = Path("build") / Study.load(Project.find(), {}).economy
    if not built.is_dir():
        sys.exit(f"There is no {built}; run `make report` first")
    fork_server.load()
    for name in names:
        show(name, own(name, built), options.least)


if __name__ == "__main__":
    main()
