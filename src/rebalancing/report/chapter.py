"""What a notebook opens first: the study, the data it declared, and where its outputs go."""

from __future__ import annotations

import ast
import os
import sys
import warnings
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, cast

from rebalancing.data import releases as raw
from rebalancing.data import tables as processed
from rebalancing.data.tables.columns import TableName
from rebalancing.data.views import chosen, until
from rebalancing.errors import InputError, ReportWarning
from rebalancing.notebooks import FOLDER_VARIABLE, UNDRAWN_VARIABLE, Notebook, read_notebook
from rebalancing.notebooks.prose import MAGIC
from rebalancing.project import Project
from rebalancing.report import provenance, running, text, which
from rebalancing.report.book_tables import BookTables
from rebalancing.report.prose.bibliography import Bibliography
from rebalancing.report.prose.notebook import NotebookProse
from rebalancing.report.prose.premises import prose_before
from rebalancing.report.recorder import Recorder
from rebalancing.report.remarks import read_remarks
from rebalancing.report.results import SHARED, Result, Results, merge, read_part
from rebalancing.study import Study, unknown_name

if TYPE_CHECKING:
    import pandas as pd

    from rebalancing.report.figures import Figures


class ChapterError(InputError):
    """A notebook that asks for something it has not declared."""


@dataclass(frozen=True)
class Chapter:
    """One chapter being run: its study, its data and its outputs.

    Its project is as of the study's day: later releases do not exist in it.
    """

    project: Project
    notebook: Notebook
    study: Study
    folder: Path
    _has_warned: list[bool] = field(default_factory=list, repr=False)

    @cached_property
    def results(self) -> Results:
        """Where the chapter records its numbers."""
        return Results(self.folder, self.notebook.name, self._current_cell, self._after_change)

    def recorder(self, subject: str = "", **common: Any) -> Recorder:
        """Return what records the numbers of a subject (`rebalancing.report.recorder`).

        Args:
            subject: What the numbers' keys begin with, such as ``consumption``.
            **common: Their ``unit``, ``period`` and ``release`` where nothing else is said.
        """
        return Recorder(self.results, subject, **common)

    @cached_property
    def figures(self) -> Figures:
        """Where the chapter saves its figures."""
        from rebalancing.report.figures import Figures  # drawing is slow to import

        return Figures(
            self.folder,
            self.notebook.name,
            self._current_cell,
            self.study.as_of,
            is_drawn=UNDRAWN_VARIABLE not in os.environ,
        )

    @cached_property
    def tables(self) -> BookTables:
        """Where the chapter saves its tables."""
        return BookTables(
            self.folder,
            self.notebook.name,
            self.study.economy,
            self._current_cell,
            self.study.as_of,
        )

    def exhibits(self, release: str) -> tuple[Figures, BookTables]:
        """Return where the chapter saves figures and tables that rest on one release.

        Args:
            release: What their foot lines name, unless one says otherwise.
        """
        return replace(self.figures, release=release), replace(self.tables, release=release)

    def show_prose(self, line: str, text: str) -> None:
        """Show a prose cell, as ``%%prose`` does; see `rebalancing.report.prose`.

        Args:
            line: What follows ``%%prose`` on the cell's first line.
            text: Markdown with lookups.

        Raises:
            ProseError: It cannot be rendered.
        """
        source = f"{MAGIC} {line}\n{text}"
        cell = self._current_cell()
        where = f"notebooks/{self.notebook.path.name}{f', cell {cell}' if cell else ''}"
        tags = next((c.tags for c in self.notebook.cells if c.id == cell), ())
        before = prose_before(self.notebook.cells, cell)
        self._prose.show(source, where, tags=tags, before=before)

    def after_cell(self, *_: object) -> None:
        """Write what a cell has recorded, and fill in the text that waited for it."""
        if self.results.write():
            self._prose.fill_in()

    @cached_property
    def _prose(self) -> NotebookProse:
        bibliography = Bibliography(self.project.book / "references.bib")
        return NotebookProse(
            self._known,
            self._names_in_text,
            bibliography.cited,
            lambda: self.results.left_out,
            self.study.economy,
        )

    def _known(self) -> dict[str, Result]:
        """Return the results that its text may use: its own, and those that it declares to read."""
        return {**self._recorded_elsewhere, **self.results.recorded}

    @cached_property
    def _recorded_elsewhere(self) -> dict[str, Result]:
        parts = [PurePosixPath(read) for read in self.notebook.reads]
        names = [part.stem for part in parts if part.parts[0] == "results"]
        return {key: result for name in names for key, result in self.recorded(name).items()}

    def _names_in_text(self) -> dict[str, Any]:
        """Return what a template of the chapter may use beside results."""
        names: dict[str, Any] = {
            "study": self.study.parameters(),
            "left_out": self.results.left_out,
            "remarks": read_remarks(self.project).get(self.study.economy, {}),
        }
        if "data/processed/economies.parquet" in self.notebook.reads:
            names["economy"] = self.names[self.study.economy]
            names["economy_in_text"] = self.in_text[self.study.economy]
        return names

    @cached_property
    def names(self) -> dict[str, str]:
        """The name of every economy and group, by code, as a label has it: ``United States``."""
        return self._column_of_economies("name")

    @cached_property
    def in_text(self) -> dict[str, str]:
        """The name of every economy and group, by code, as a sentence has it."""
        return self._column_of_economies("in_text")

    def sentence_start(self, code: str) -> str:
        """Return an economy's name for the start of a sentence: ``The United States``."""
        return text.capitalise(self.in_text[code])

    def possessive(self, code: str) -> str:
        """Return an economy's name for the start of a title: ``The United States'``."""
        return text.possessive(self.sentence_start(code))

    def read(self, name: str, only: Mapping[str, Collection[str]] | None = None) -> pd.DataFrame:
        """Return a processed table that the notebook's metadata declares, as of the study's day.

        Args:
            name: The table's name.
            only: The values that are wanted, by column: ``{"series": ["NGDP_RPCH"]}``. The other
                rows of a large table are never in memory.

        Raises:
            ChapterError: The notebook does not declare it, so it would not be re-run for it.
            DataError: The table does not exist yet or is damaged.
        """
        self._require(f"data/processed/{name}.parquet")
        table = processed.read_processed(self.project, name, only)
        return until.rows(self.project, cast("TableName", name), table)

    def chosen(
        self,
        name: str,
        only: Mapping[str, Collection[str]] | None = None,
        *,
        together: bool = False,
    ) -> pd.DataFrame:
        """Return the rows of a table that the study rests on, each series of one release.

        Of each publisher that is the release which the study names, or the newest that was public
        on its day (`rebalancing.data.views.chosen`).

        Args:
            name: The table's name.
            only: As for `read`.
            together: Take the series from one release, the newest that has them all.

        Raises:
            ChapterError: The notebook does not declare the table, or data/raw of its publishers.
            DataError: The table does not exist yet, is damaged, or is of no release.
        """
        table = self.read(name, only)
        self._require_publishers(name)
        named = self.study.releases
        return chosen.rows(self.project, cast("TableName", name), table, named, together=together)

    def source_of(self, name: str, rows: pd.DataFrame) -> str:
        """Return how a foot line names the releases that rows of a table come from.

        Args:
            name: The table's name.
            rows: Some of what `chosen` returned.
        """
        self._require_publishers(name)
        table = cast("TableName", name)
        used = chosen.sources(self.project, table, rows, self.study.releases)
        return "; ".join(release.source for release in used)

    def recorded(self, chapter: str) -> dict[str, Result]:
        """Return what another chapter recorded in this edition, by key.

        Args:
            chapter: Its name, such as ``02_consumption``.

        Raises:
            ChapterError: The notebook does not declare ``results/<chapter>.json``, or that chapter
                has not run for this edition.
        """
        part = f"results/{chapter}.json"
        self._require(part)
        for home in (self.folder, self.folder.parent / SHARED):
            if (home / part).is_file():
                return read_part(home / part)
        raise ChapterError(
            f"{chapter} has recorded nothing for this edition; run its notebook with the same "
            "parameters first, or `make report`, which does both"
        )

    def release(self, publisher: str, name: str | None = None) -> raw.Release:
        """Return the release of a publisher that the study uses, or another by name.

        Raises:
            ChapterError: The notebook does not declare ``data/raw/<publisher>``.
            NothingPublishedError: None was public on the study's day.
            UnknownReleaseError: There is none of that name.
        """
        self._require(f"data/raw/{publisher}")
        return raw.resolve(self.project, publisher, name or self.study.release_name(publisher))

    def has_release(self, publisher: str) -> bool:
        """Return whether a release of a publisher was public on the study's day.

        Raises:
            ChapterError: The notebook does not declare ``data/raw/<publisher>``.
        """
        self._require(f"data/raw/{publisher}")
        return publisher in raw.publishers(self.project)

    def source(self, publisher: str, release: str | None = None) -> str:
        """Return how a foot line names a release: the one that the study uses, or another."""
        return self.release(publisher, release).source

    def leave_out(self, section: str, reason: str) -> None:
        """Leave a section out of this edition and say why; its cells skip themselves."""
        self.results.leave_out(section, reason)

    def _column_of_economies(self, column: str) -> dict[str, str]:
        table = self.read("economies")
        return dict(zip(table["economy"], table[column], strict=True))

    def _require_publishers(self, name: str) -> None:
        for publisher in until.PUBLISHERS.get(cast("TableName", name), ()):
            self._require(f"data/raw/{publisher}")

    def _require(self, read: str) -> None:
        if read not in self.notebook.reads:
            raise ChapterError(
                f"{self.notebook.name} does not declare that it reads {read}; "
                "add it to `reads` in the notebook's metadata"
            )

    def _current_cell(self) -> str:
        """Return the id of the running cell, and say so where it is not known."""
        found = running.current_cell(self.notebook)
        if not found and running.history() and not self._has_warned:
            self._has_warned.append(True)
            print(
                f"This cell is not in {self.notebook.path.name} as it is stored, so what it "
                "records leads to no code; save the notebook and run it again",
                file=sys.stderr,
            )
        return found

    def _after_change(self) -> None:
        """Keep results.json current, unless the workflow runs and will merge at the end.

        What all editions share is merged with the next chapter of each.
        """
        if FOLDER_VARIABLE not in os.environ and not self.notebook.is_shared:
            merge(self.folder, self._edition)

    @cached_property
    def _edition(self) -> dict[str, Any]:
        return provenance.edition(self.project, self.study)


def open_chapter(name: str = "", parameters: Mapping[str, Any] | None = None) -> Chapter:
    """Open a chapter in a notebook, after its parameters cell.

    Args:
        name: The notebook's name without extension; not needed in a notebook that is stored.
        parameters: The parameters that it declares, by name, where None means "as in study.yml";
            those that the notebook has defined, if not given.

    Raises:
        StudyError: A parameter is not allowed, or papermill passed one that the notebook does
            not declare.
        ProjectNotFoundError: The working directory is not inside the project.
        WhichNotebookError: It cannot be told which notebook runs; the message says what to write.
    """
    project = Project.find()
    defined = running.names() if parameters is None else parameters
    notebook = (
        read_notebook(project.notebooks / f"{name}.ipynb")
        if name
        else which.find(project, running.history(), defined)
    )
    for passed in _injected_names():
        if passed not in notebook.parameters:
            allowed = ", ".join(notebook.parameters) or "none"
            known = f"{passed}: {notebook.name} does not use this parameter; it uses: {allowed}"
            raise ChapterError(known if passed in Study.model_fields else unknown_name(passed))
    values = {key: defined[key] for key in notebook.parameters}
    study = Study.load(project, values)
    # Chapters print an estimate's cautions beside it, in words; as warnings they would only repeat.
    warnings.simplefilter("ignore", ReportWarning)
    given = os.environ.get(FOLDER_VARIABLE)
    edition = SHARED if notebook.is_shared else study.edition(project)
    folder = Path(given) if given else project.build / edition
    chapter = Chapter(project.as_of(study.as_of), notebook, study, folder)
    running.install(chapter)
    return chapter


def _injected_names() -> list[str]:
    """Return the names assigned in the cell that papermill injects, if there is one."""
    injected = [source for source in running.history() if source.startswith("# Parameters\n")]
    return [
        target.id
        for source in injected
        for statement in ast.parse(source).body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    ]
