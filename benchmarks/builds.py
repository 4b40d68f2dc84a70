"""Whole builds: nothing to do, one parameter, the full report, the book.

Each is measured as people start it, in a process of its own, beside the stock tools on the same
notebooks. Full builds run in copies of the project without anything built; the others in one copy
of what ``make report`` has built, or in the project itself.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable
from contextlib import chdir
from functools import cache
from pathlib import Path

import yaml
from chapters import own
from measured import Measured, folder_until_the_end, must
from targets import NOTHING, Pairs, Size

from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.project import Project
from rebalancing.study import Study
from rebalancing.workflow import fork_server
from rebalancing.workflow.layout import Layout, arrange

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
COPIED = (
    "book", "data", "editions", "notebooks", "requirements.lock",
    "study.yml", "CHANGELOG.md", "LICENSE", "CITATION.cff", "tests/oracles",
)  # fmt: skip
# What chapters make for an edition; all else in its folder is the book's.
OF_CHAPTERS = (
    *("results", "results.json", "figures", "tables", "notebooks", "forecasts"),
    *("claims.json", "premises.json", "log"),
)
PARAMETER, CHAPTER = "gdp_growth", "14_scenarios"  # no other chapter has it
PAGE = "limitations.md"
OFTEN = 5  # times as many runs of what takes a moment
TRIVIAL = """\
from pathlib import Path
from typing import Annotated
from pytask import Product, task

for number in range({count}):
    @task(id=str(number))
    def task_write(path: Annotated[Path, Product] = Path(f"{{number}}.txt")) -> None:
        path.write_text("")
"""


def environment() -> dict[str, str]:
    """Return the environment without what a make that runs this tells the makes below it."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MF"))
    }


def run(folder: Path, *command: str | Path) -> Measured:
    """Measure a command in a folder."""
    return must(command, folder, environment())


def report(folder: Path) -> Measured:
    """Measure building the report of a folder."""
    return run(folder, BIN / "rebalancing", "report")


@cache
def built() -> Path:
    """Bring the project's own report up to date, unmeasured, and return its folder."""
    run(ROOT, "make", "report")
    return ROOT


@cache
def built_copy() -> Path:
    """Return a copy of the project with all that is built, and up to date."""
    built()
    folder = copy(folder_until_the_end("built-"))
    for made in ("build", "data/processed"):
        shutil.copytree(ROOT / made, folder / made, symlinks=True, dirs_exist_ok=True)
    report(folder)
    return folder


def copy(folder: Path) -> Path:
    """Copy what the report is made from, without code and without anything that is built."""
    skipped = shutil.ignore_patterns("__pycache__", "processed", "*.parquet.tmp")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=skipped)
        else:
            shutil.copy(source, folder / name)
    (folder / "data" / "processed").mkdir()
    return folder


def edition(folder: Path) -> Path:
    """Return the folder of the edition that a project of its own parameters builds."""
    return folder / "build" / Study.load(Project(folder), {}).economy


def nothing_changed(size: Size) -> dict[str, Pairs]:
    """Measure a report with nothing to do, beside pytask with as many tasks and nothing to do."""
    project = built()
    count = len(find_notebooks(Project(project))) + 4  # results, book and two pieces of the book
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "task_trivial.py").write_text(TRIVIAL.format(count=count))
        run(Path(place), BIN / "pytask")
        run(project, "make", "report")
        pairs = [
            (run(project, "make", "report").seconds, run(Path(place), BIN / "pytask").seconds)
            for _ in range(size.runs * size.of(OFTEN))
        ]
    return {"report": [(mine, NOTHING) for mine, _ in pairs], "report.pytask": pairs}


def help_text(size: Size) -> dict[str, Pairs]:
    """Measure what the command line takes to say what it can do."""
    shown, idle = (BIN / "rebalancing", "--help"), (sys.executable, "-c", "pass")
    run(ROOT, *shown)
    return {
        "help": [
            (run(ROOT, *shown).cpu, run(ROOT, *idle).cpu) for _ in range(size.runs * size.of(OFTEN))
        ]
    }


def parameter(size: Size) -> dict[str, Pairs]:
    """Measure a report after one parameter of one chapter has changed."""
    folder = built_copy()
    study = folder / "study.yml"
    found: dict[str, Pairs] = {"parameter": [], "parameter.clock": []}
    fork_server.load()
    for step in range(1, size.runs + 1):
        value = 4 + step / 10
        said = re.sub(
            rf"^{PARAMETER}:[ ]*\S+", f"{PARAMETER}: {value}", study.read_text(), flags=re.M
        )
        study.write_text(said)
        mine = report(folder)
        with chdir(folder):
            cells = sum(own(CHAPTER, edition(folder)).values())
        found["parameter"].append((mine.cpu, cells))
        found["parameter.clock"].append((mine.seconds, cells))
    return found


def full(size: Size) -> dict[str, Pairs]:
    """Measure a full build beside its limit, and beside the stock tools."""
    found: dict[str, Pairs] = {"full.limit": [], "full.stock": [], "full.cpu": []}
    for _ in range(size.runs):
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
            stock = stock_tools(copy(Path(one)))
            mine = report(copy(Path(two)))
            found["full.stock"].append((mine.seconds, sum(each.seconds for each in stock)))
            found["full.cpu"].append((mine.cpu, sum(each.cpu for each in stock)))
            found["full.limit"].append((mine.seconds, limit(Path(two))))
    return found


def stock_tools(folder: Path) -> list[Measured]:
    """Run the notebooks by papermill one after another, then build a plain Jupyter Book of them."""
    plain = folder / "plain"
    plain.mkdir()
    project = Project(folder)
    layout = arrange(project, find_notebooks(project), edition(folder).name)
    names = [notebook.path.name for notebook in layout.notebooks]  # each after those it needs
    stock = ("--kernel", "python3")  # not the project's, which starts from loaded libraries
    runs = [run(folder, BIN / "papermill", f"notebooks/{n}", plain / n, *stock) for n in names]
    return [*runs, stock_book(plain)]


def limit(folder: Path) -> float:
    """Return the seconds below which no build of a project comes that runs every cell once.

    Cells alone, on all cores or, if that is longer, along the longest chain of chapters that read
    each other; and one pass of Sphinx, as the stock book of the executed notebooks takes.
    """
    project = Project(folder)
    layout = arrange(project, find_notebooks(project), edition(folder).name)
    fork_server.load()
    with chdir(folder):
        took = {n.name: sum(own(n.name, edition(folder)).values()) for n in layout.notebooks}
    cells = max(longest_chain(layout, took), sum(took.values()) / len(os.sched_getaffinity(0)))
    with tempfile.TemporaryDirectory() as place:
        return cells + stock_book(executed(folder, Path(place))).seconds


def longest_chain(layout: Layout, took: dict[str, float]) -> float:
    """Return the seconds of the longest chain of chapters of which each reads the one before."""
    makers = {place: name for name, places in layout.makes.items() for place in places}
    ends: dict[str, float] = {}
    for name in (notebook.name for notebook in layout.notebooks):
        before = {makers[place] for place in layout.needs[name] if place in makers} - {name}
        ends[name] = took[name] + max((ends[other] for other in before), default=0)
    return max(ends.values())


def executed(folder: Path, plain: Path) -> Path:
    """Copy a project's executed notebooks to where a plain book is to be made of them."""
    for path in _notebooks(folder):
        shutil.copy(path, plain / path.name)
    return plain


def _notebooks(folder: Path) -> Iterable[Path]:
    yield from (folder / "build" / "shared" / "notebooks").glob("[0-9]*.ipynb")
    yield from (edition(folder) / "notebooks").glob("[0-9]*.ipynb")


def stock_book(plain: Path) -> Measured:
    """Measure ``jupyter-book build`` of the notebooks in a folder, without any setting."""
    names = sorted(path.stem for path in plain.glob("*.ipynb"))
    config = {"title": "Report", "execute": {"execute_notebooks": "off"}}
    chapters = [{"file": name} for name in names[1:]]
    contents = {"format": "jb-book", "root": names[0], "chapters": chapters}
    for name, said in (("_config.yml", config), ("_toc.yml", contents)):
        if not (plain / name).exists():  # or Sphinx would read everything anew
            (plain / name).write_text(yaml.safe_dump(said))
    return run(plain, BIN / "jupyter-book", "build", plain)


def book(size: Size) -> dict[str, Pairs]:
    """Measure the book alone, from nothing and after a change on one page.

    The stock book of executed notebooks has their code and outputs, but no text: that is an output
    of a type of ours. That of the pages has all.
    """
    folder = built_copy()
    names = ("book.cold", "book.pages", "book.step", "book.page", "book.command")
    found: dict[str, Pairs] = {name: [] for name in names}
    for step in range(1, size.runs + 1):
        with tempfile.TemporaryDirectory() as place:
            plain = executed(folder, Path(place))
            _remove_book(edition(folder))
            cold, stock = report(folder), stock_book(plain)
            found["book.cold"].append((cold.cpu, stock.cpu))
            found["book.pages"].append((cold.cpu, stock_pages(folder).cpu))
            found["book.step"].append((_step(cold), stock.seconds))
            _add_words(folder / "book" / PAGE, plain, step)
            mine, beside = report(folder), stock_book(plain).seconds
            found["book.page"].append((_step(mine), beside))
            found["book.command"].append((mine.seconds, beside))
    return found


def stock_pages(folder: Path) -> Measured:
    """Measure ``jupyter-book build`` of the pages that a report has put together."""
    with tempfile.TemporaryDirectory() as place:
        pages = shutil.copytree(edition(folder) / "book", Path(place) / "book")
        return run(pages, BIN / "jupyter-book", "build", pages)


def _step(report: Measured) -> float:
    """Return the seconds of the book's step, which a report tells."""
    told = re.search(r"\] book \.\.\. ([\d.]+) s", report.said)
    assert told is not None, report.said
    return float(told[1])


def _remove_book(folder: Path) -> None:
    for path in folder.iterdir():
        if path.name not in OF_CHAPTERS:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _add_words(page: Path, plain: Path, step: int) -> None:
    """Add a sentence to a page of ours, and to a notebook of the plain book."""
    words = f"\n\nThis is {'very ' * step}likely.\n"
    with page.open("a", encoding="utf-8") as stream:
        stream.write(words)
    notebook = max(plain.glob("*.ipynb"))
    content = json.loads(notebook.read_text(encoding="utf-8"))
    added = {"cell_type": "markdown", "id": f"added-{step}", "metadata": {}, "source": words}
    content["cells"].append(added)
    notebook.write_text(json.dumps(content), encoding="utf-8")
