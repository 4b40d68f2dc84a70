"""A whole edition's chapters and texts in one process: no kernels, no drawing, no site.

::

    clone of the project ──workshop──▶ its inputs as links, data/processed made once
              │  run: every cell of code of every chapter, in the declared order
              ▼
    results.json, passports of figures and tables
              │  texts: every page and every prose cell, rendered as the book renders them
              ▼
    an Edition, or the one line that refuses the study

What a notebook does beyond this (kernels, pictures, the site) is the same for every study.
"""

from __future__ import annotations

import contextlib
import copy
import hashlib
import io
import json
import os
import pickle
import re
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any
from unittest import mock

import held
import pandas as pd
from book.conditions import remembered
from jinja2 import Environment
from matplotlib.figure import Figure

from rebalancing import requirements
from rebalancing.book import assembly, parts
from rebalancing.book.pages import explore, library
from rebalancing.data import tables as processed
from rebalancing.data.releases import folders
from rebalancing.data.views import outcomes, outlook_changes, outlook_panel, select, vintages
from rebalancing.models.comparison import episodes
from rebalancing.models.revisions import panel
from rebalancing.notebooks import FOLDER_VARIABLE, NAME_VARIABLE, Notebook
from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.project import Project
from rebalancing.report import figures, provenance, results, running, sections, which
from rebalancing.report.chapter import Chapter
from rebalancing.report.charts.chart import Chart
from rebalancing.study import Study
from rebalancing.workflow import layout

REPOSITORY = Path(__file__).parents[2]
LINKED = ("notebooks", "book", "editions", "study.yml", "CITATION.cff", "LICENSE")


_NO_VALUE = re.compile(
    r".{0,30}\b(?:nan|NaT|undefined|(?<!\. )(?<!\.\n)None(?! of))\b.{0,20}"
).finditer
_CELL = "__cell__"  # the name of the cell that runs, beside those that the notebook defines
_PLACED = re.compile(r"```\{report-(figure|table)\} (\S+)")
_QUOTED = re.compile(r"^(`{4,})text\n.*?^\1$", re.MULTILINE | re.DOTALL)
_LED_TO = re.compile(r"\]\(#((?:fig|tab)-[\w-]+)\)")
# Large economies, and those of all kinds that samples draw.
FEW_ECONOMIES = (
    *("AUS", "BRA", "CAN", "CHL", "CHN", "COL", "DEU", "ESP", "EU27", "FRA", "GBR"),
    *("IDN", "IND", "IRL", "ITA", "JPN", "KOR", "MEX", "MYS", "NLD", "NOR", "PHL"),
    *("POL", "THA", "TUR", "USA", "WLD", "ZAF", "AGO", "AIA", "ANT", "ARE", "COK"),
    *("CSK", "CUB", "ERI", "ETF", "KWT", "MSR", "NRU", "SGP", "SUN", "TCA", "TLS"),
    *("TUV", "VGB", "YMD", "YUG", "ZWE"),
)
_ELSEWHERE = ("01_", "17_", "forecast-log")  # made once for all editions, or with the site


class SampleError(AssertionError):
    """A study that the parameters allow and that ends in neither a report nor one line."""


@dataclass(frozen=True)
class Edition:
    """What came of a study.

    Attributes:
        folder: Where results.json, the passports and the checklist are.
        left_out: Reason by section that it goes without.
        texts: Rendered text by page.
    """

    folder: Path
    left_out: dict[str, str]
    texts: dict[str, str]

    def passports(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return what was saved of a kind, ``figures`` or ``tables``, by chapter and name."""
        paths = sorted((self.folder / kind).glob("*/*.json"))
        read = (json.loads(path.read_text("utf-8")) for path in paths)
        return {f"{passport['chapter']}/{passport['name']}": passport for passport in read}

    def problems(self) -> list[str]:
        """Return what a reader would stumble over: words for no value, and what is not there."""
        saved = {kind: self.passports(f"{kind}s") for kind in ("figure", "table")}
        words = {**self.texts, "left out": "\n".join(self.left_out.values())}
        for passports in saved.values():
            words |= {name: _said(passport) for name, passport in passports.items()}
        found = [
            f"{where}: {match[0]!r}"
            for where, said in words.items()
            if where != "library.md"  # it speaks of None
            for match in _NO_VALUE(said)
        ]
        anchors = {
            f"{kind[:3]}-{name.partition('/')[2]}"
            for kind, names in saved.items()
            for name in names
        }
        for where, said in self.texts.items():
            # What no longer holds is quoted whole, with what it shows.
            for kind, name in _PLACED.findall(_QUOTED.sub("", said)):
                if name not in saved[kind] and not name.startswith(_ELSEWHERE):
                    found.append(f"{where}: there is no {kind} {name}")
            lost = (anchor for anchor in _LED_TO.findall(said) if anchor not in anchors)
            found += [f"{where}: there is no {anchor}" for anchor in lost]
        return found + list(self._unmet(anchors))

    def _unmet(self, anchors: Collection[str]) -> Iterator[str]:
        """Yield the lines of the checklist that lead to a figure or table that is not there."""
        checklist = json.loads((self.folder / "checklist.json").read_text("utf-8"))
        for line in checklist["lines"]:
            chapter = line["page"].removesuffix(".html")
            is_ours = f"{chapter}.ipynb" in self.texts and not chapter.startswith(_ELSEWHERE)
            if is_ours and line["anchor"][:4] in ("fig-", "tab-") and line["anchor"] not in anchors:
                yield f"checklist, line {line['number']}: there is no {line['anchor']}"


def workshop(root: Path) -> Project:
    """Return a project on the real inputs, with processed tables of its own.

    The chapter on published results is left out: it is the same for every study.
    """
    project = linked(root)
    make_tables(project)
    return project


def linked(root: Path) -> Project:
    """Return a project on the real inputs, without processed tables."""
    project = Project(root)
    project.processed.mkdir(parents=True)
    for name in LINKED:
        (root / name).symlink_to(REPOSITORY / name)
    held.link(project)
    (root / "data" / "corrections.yml").symlink_to(REPOSITORY / "data" / "corrections.yml")
    return project


def make_tables(project: Project) -> None:
    """Make the processed tables of a project that is linked."""
    for notebook in _in_order(project):
        if notebook.makes_tables:
            _run(project, notebook, {}, project.build / results.SHARED)


def keep_few(made: Project, project: Project) -> None:
    """Write the tables of a project with few economies: what covers all of them takes longest."""
    for path in made.processed.glob("*.parquet"):
        table = processed.read_processed(made, path.stem)
        if "economy" in table:
            table = table[table["economy"].isin(FEW_ECONOMIES)]
        processed.write_processed(project, path.stem, table.reset_index(drop=True))


def run(project: Project, parameters: Mapping[str, Any]) -> Edition:
    """Run every chapter for a study and render every text of its book.

    Args:
        project: A workshop.
        parameters: What differs from study.yml.

    Raises:
        StudyError: The study is refused.
        SampleError: Anything else went wrong; the message names chapter, cell and reason.
    """
    return _texts(project, run_chapters(project, parameters))


def run_chapters(
    project: Project, parameters: Mapping[str, Any], *, only: Collection[str] = ()
) -> Path:
    """Run every chapter, or only some, for a study; return the edition's folder.

    Arguments and errors as of `run`.
    """
    study = Study.load(project, parameters)
    folder = project.build / study.edition(project)
    shutil.rmtree(folder, ignore_errors=True)
    for notebook in _in_order(project):
        if not notebook.is_shared and (not only or notebook.name in only):
            _run(project, notebook, parameters, folder)
    results.merge(folder, provenance.edition(project, study))
    return folder


def foreseen(project: Project, parameters: Mapping[str, Any]) -> dict[str, str]:
    """Return the sections that a study goes without as the tables alone say."""
    study = Study.load(project, parameters)
    with mock.patch.object(processed, "read_processed", _table), _worked_out_once():
        tables = requirements.StudyTables(project.as_of(study.as_of), study)
        return requirements.left_out(tables, study.economy)


@cache
def _in_order(project: Project) -> tuple[Notebook, ...]:
    return layout.arrange(project, find_notebooks(project), "edition").notebooks


def _run(project: Project, notebook: Notebook, parameters: Mapping[str, Any], folder: Path) -> None:
    """Run a notebook's code but for what it skips, and keep a copy of the notebook beside it."""
    names: dict[str, Any] = {"__name__": "__main__"}
    with _light(project, notebook, folder, names):
        for cell in notebook.code_cells:
            names[_CELL] = cell.id
            try:
                if cell.computes and not sections.skipped(cell.tags, _left_out(names)):
                    exec(compile(cell.source, f"{notebook.name}:{cell.id}", "exec"), names)
            except Exception as error:
                raise SampleError(
                    f"{notebook.name}, cell {cell.id}: {type(error).__name__}: {error}"
                ) from error
            if "parameters" in cell.tags:
                names |= {name: parameters.get(name) for name in notebook.parameters}
    if isinstance(chapter := names.get("chapter"), Chapter):
        with mock.patch.dict(os.environ, {FOLDER_VARIABLE: str(folder)}):
            chapter.results.write()
    kept = folder / "notebooks" / notebook.path.name
    kept.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(notebook.path, kept)  # the book tells its text anew


def _left_out(names: Mapping[str, Any]) -> set[str]:
    chapter = names.get("chapter")
    return set(chapter.results.left_out) if isinstance(chapter, Chapter) else set()


@contextlib.contextmanager
def _light(
    project: Project, notebook: Notebook, folder: Path, names: dict[str, Any]
) -> Iterator[None]:
    """Let a notebook write into a folder, results once at the end and figures without pictures.

    What it has defined is in ``names``, as it has no kernel that would tell it.
    """

    environment = {FOLDER_VARIABLE: str(folder), NAME_VARIABLE: notebook.name}
    with (
        mock.patch.dict(os.environ, environment),
        mock.patch.object(results.Results, "write"),
        mock.patch.object(running, "names", return_value=names),
        mock.patch.object(running, "current_cell", side_effect=lambda _: names[_CELL]),
        mock.patch.object(which, "find_notebooks", _in_order),
        mock.patch.object(processed, "read_processed", _table),
        contextlib.chdir(project.root),
        contextlib.redirect_stdout(io.StringIO()),
        _without_pictures(),
        _worked_out_once(),
    ):
        yield


@contextlib.contextmanager
def _without_pictures() -> Iterator[None]:
    """Draw figures without their layout, which takes longest and tells nothing of a study."""

    def drawn(chart: Chart, size: tuple[float, float], *, narrow: bool) -> Figure:
        figure = Figure(figsize=size)
        chart.draw(figure, narrow=narrow)
        return figure

    def write(self: figures.Figures, passport: figures.Passport, *_: object) -> bytes:
        path = self.folder / "figures" / self.chapter / f"{passport.name}.json"
        figures.write_json(path, asdict(passport))
        return b""

    with (
        mock.patch.object(figures, "drawn", drawn),
        mock.patch.object(figures.Figures, "write", write),
    ):
        yield


@contextlib.contextmanager
def _worked_out_once() -> Iterator[None]:
    """Work out what is the same for several samples once."""
    with contextlib.ExitStack() as stack:
        for module, name, shared in (*_SHARED, (folders, "of_releases", _releases)):
            stack.enter_context(mock.patch.object(module, name, shared))
        yield


_read, _compile = processed.read_processed, Environment.compile
SHARED = (
    (episodes, "find"),
    (episodes, "changes"),
    (episodes, "growth"),
    (outcomes, "first_and_latest"),
    (outlook_changes, "since_base"),
    (outlook_panel, "forecasts"),
    (panel, "next_release"),
    (vintages, "as_of"),
)


_releases, _reference = cache(folders.of_releases), cache(library.reference)


def _once(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that works out what it is asked once, for all samples that ask it."""
    known: dict[str, Any] = {}

    def shared(*values: Any, **options: Any) -> Any:
        key = hashlib.sha256(pickle.dumps((values, options))).hexdigest()
        if key not in known:
            known[key] = function(*values, **options)
        return copy.deepcopy(known[key])

    return shared


_SHARED = [(module, name, _once(getattr(module, name))) for module, name in SHARED]


def _table(
    project: Project, name: str, only: Mapping[str, Collection[str]] | None = None
) -> pd.DataFrame:
    """Return a copy of a processed table, which is read once for all samples and economies."""
    wanted = {column: tuple(values) for column, values in (only or {}).items()}
    economies = wanted.pop("economy", None)
    asked = replace(project, until=None), name, tuple(wanted.items())
    if economies is None:
        return _table_once(*asked).copy()
    if len(economies) == 1:
        return _split_once(*asked).of(economies[0]).reset_index(drop=True)
    table = _table_once(*asked)
    return table[table["economy"].isin(economies)].reset_index(drop=True)


@cache
def _split_once(
    project: Project, name: str, wanted: tuple[tuple[str, tuple[str, ...]], ...]
) -> select.ByEconomy:
    return select.ByEconomy(_table_once(project, name, wanted))


@cache
def _table_once(
    project: Project, name: str, wanted: tuple[tuple[str, tuple[str, ...]], ...]
) -> pd.DataFrame:
    return _read(project, name, dict(wanted))


_codes: dict[str, CodeType] = {}


def _compiled(environment: Environment, source: str, *_: object) -> CodeType:
    """Return a template's code, which is compiled once: environments differ by values only."""
    if source not in _codes:
        _codes[source] = _compile(environment, source)
    return _codes[source]


_typed = remembered()  # which numbers are typed into a text: the same for all samples


def _texts(project: Project, folder: Path) -> Edition:
    """Return an edition with its texts rendered, as its book has them."""
    with (
        _without_pictures(),
        _worked_out_once(),
        mock.patch.object(library, "reference", _reference),
        mock.patch.object(explore, "write_explored"),  # the same data for every study
        mock.patch.object(parts.assets, "install"),
        mock.patch.object(parts.Parts, "outputs", return_value=()),
        mock.patch.object(Environment, "compile", _compiled),
    ):
        try:
            made = assembly.assemble(project, folder, _typed)
        except Exception as error:
            raise SampleError(f"book: {type(error).__name__}: {error}") from error
    texts = {path.name: path.read_text("utf-8") for path in made.glob("*.md")}
    for path in made.glob("*.ipynb"):
        page = json.loads(path.read_text("utf-8"))
        words = [cell["source"] for cell in page["cells"] if cell["cell_type"] == "markdown"]
        texts[path.name] = "\n\n".join(words)
    recorded = json.loads((folder / "results.json").read_text("utf-8"))
    return Edition(folder, recorded["left_out"], texts)


def _said(passport: Mapping[str, Any]) -> str:
    """Return the words of a passport."""
    return "\n".join(str(passport.get(name, "")) for name in ("title", "subtitle", "alt", "note"))
