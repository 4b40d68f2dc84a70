"""The one place that joins notebooks, workflow and book: the report of an edition.

Below it, the workflow knows nothing of the report, and the book nothing of the workflow.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import rebalancing
from rebalancing import unchanged
from rebalancing.answers import Ask
from rebalancing.children import Child
from rebalancing.data.releases import checksums
from rebalancing.errors import DataError, RebalancingError
from rebalancing.files import write_json
from rebalancing.notebooks.chapters import passed_over, with_outputs
from rebalancing.project import Project
from rebalancing.study import Study
from rebalancing.workflow import record, run
from rebalancing.workflow.dependencies import Library
from rebalancing.workflow.explain import TaskPlan, describe
from rebalancing.workflow.places import LOCK
from rebalancing.workflow.run import ReportOutcome
from rebalancing.workflow.tasks import Piece, Steps, Task


class DataChangedError(RebalancingError):
    """Releases arrived or went while the report was made."""


def report(
    project: Project,
    study: Study,
    *,
    jobs: int | None = None,
    force: bool = False,
    verify: bool = False,
) -> ReportOutcome:
    """Do what `update` does, holding the project's lock.

    Args:
        project: The project.
        study: The edition's parameters.
        jobs: As for `update`; the same for the next.
        force: As above.
        verify: Whether to digest every file anew, also those that seem to be as they were.

    Raises:
        BusyError: Another command that writes is at work in this project.
        RebalancingError: As `update`.
    """
    with project.alone("build"):
        if verify:
            run.forget_digests(project)
        return update(project, study, jobs=jobs, force=force)


def update(
    project: Project,
    study: Study,
    *,
    jobs: int | None = None,
    force: bool = False,
    only: Sequence[str] = (),
) -> ReportOutcome:
    """Check the data, run what has changed and say where the book is.

    Args:
        project: The project; the caller holds its lock.
        study: The edition's parameters.
        jobs: How many tasks run at once; one more than there are cores when not given.
        force: Whether to run everything, changed or not.
        only: Names of notebooks; these and what they need are run, and no book is built.

    Raises:
        BuildFailedError: Tasks failed; the message says which, where and why.
        BuildInterruptedError: The user stopped it.
        RebalancingError: The data are damaged, or the notebooks contradict each other.
    """
    from rebalancing.report import provenance

    before = unchanged.seen(str(project.root), unchanged.SOURCES)
    run.clear_left_over(project)
    with ThreadPoolExecutor(1) as beside:  # git takes as long as the checks
        code = beside.submit(provenance.code, project)
        is_quiet = _check(project, study)
    is_own = study.edition(project) == Study.of_file(project).edition(project)
    steps = report_steps(project, study, code.result())
    outcome = run.run_edition(
        project,
        study,
        steps,
        jobs=jobs,
        force=force,
        only=only,
        shown_by=run.SHOWN_BY if is_own else "`rebalancing serve` with the same options",
    )
    if not only:
        fallen = _name_fallen(project.build / outcome.edition)
        if is_own and is_quiet and steps.code["commit"]:
            says = "\n".join(
                filter(None, [run.nothing_to_do(outcome), run.where(project, outcome), fallen])
            )
            unchanged.remember(str(project.root), outcome.edition, before, says)
    return outcome


def preview(project: Project, study: Study, page: str) -> Path:
    """Make one page of the book, after running its notebook if that has changed.

    Args:
        project: The project.
        study: The edition's parameters.
        page: A page's name, or how it begins: ``02``.

    Returns:
        The page's file.

    Raises:
        RebalancingError: There is no such page, its chapter fails, or its text cannot be rendered.
    """
    from rebalancing.book import preview as one_page

    name = one_page.find_page(project, page)
    with project.alone("build"):
        folder = project.build / study.edition(project)
        steps = report_steps(project, study)
        one_page.check(project, folder, name)
        if one_page.is_chapter(project, name):
            outcome = run.run_edition(project, study, steps, only=[name])
            if outcome.ran or not (folder / "results.json").is_file():
                steps.merge(folder)
        return one_page.render(project, folder, name)


def explain(project: Project, study: Study) -> list[TaskPlan]:
    """Return what `update` would run and why, each task after those that it needs.

    Raises:
        RebalancingError: The notebooks contradict each other, or a file is missing.
    """
    from rebalancing.book.pages import edited

    edited.check_edited(project)
    _name_notebooks(project)
    return run.explain_edition(project, study, report_steps(project, study))


def tasks(project: Project) -> dict[str, Task]:
    """Return the tasks of the study of study.yml by name, for pytask to collect.

    Raises:
        RebalancingError: As `update`, before anything runs.
    """
    study = Study.load(project)
    _check(project, study)
    every = run.tasks_of_edition(project, study, report_steps(project, study))
    return {task.name: task for task in every}


def print_plan(project: Project, study: Study, plans: Sequence[TaskPlan]) -> None:
    """Print what would run and why, and which sections the edition goes without, if any."""
    print(describe(plans))
    made = [place for plan in plans if plan.runs for place in plan.makes]
    if any(place.startswith("data/processed/") for place in made):
        return  # what the tables will hold is not known yet
    found = left_out(project, study)
    if found:
        from rebalancing.book.texts import sections

        known = sections.read_headings(project)
        print("\nWithout, because the data do not allow it:")
        for section, reason in found.items():
            print(f"  {': '.join(known.get(section, (section,)))}: {reason}")


def left_out(project: Project, study: Study) -> dict[str, str]:
    """Return why an edition goes without sections, by section, as the tables foresee it.

    Finding out takes seconds, so it is remembered as long as all that it rests on is the same.
    There must be tables, of today's releases; where there are none, or not all, nothing is known.
    """
    tables = sorted(project.processed.glob("*.parquet"))
    if not tables:
        return {}
    memory = run.state_folder(project) / "foreseen" / f"{study.edition(project)}.json"
    library = _library(project)
    modules = library.closure(modules=["rebalancing.requirements"]).values()
    inputs = [*tables, *modules, checksums.file(project), project.root / LOCK]
    rests_on = run.state_of(project, inputs, study.parameters())
    known = record.remembered(memory, _foreseen)
    if known and known[0] == rests_on:
        return known[1]
    from rebalancing import requirements

    try:
        found = requirements.left_out(
            requirements.StudyTables(project.as_of(study.as_of), study), study.economy
        )
    except DataError:
        return {}
    write_json(memory, {"rests_on": rests_on, "left_out": found})
    return found


def _foreseen(content: bytes) -> tuple[str, dict[str, str]]:
    known = json.loads(content)
    return str(known["rests_on"]), dict(known["left_out"])


def report_steps(project: Project, study: Study, code: dict[str, Any] | None = None) -> Steps:
    """Return how the report's results are merged and its book is built.

    What heads the results is taken here, before anything runs, so that it can be a dependency.

    Args:
        project: The project.
        study: The edition's parameters.
        code: What is said of the code, if that is known (`rebalancing.report.provenance.code`).
    """
    from rebalancing.book.pages import citation
    from rebalancing.book.pieces import FOLDER, PieceName, Pieces
    from rebalancing.report import provenance

    head = provenance.edition(project, study, code)

    def merge(folder: Path) -> None:
        from rebalancing.report import results

        if provenance.releases(project, study) != head["releases"]:
            raise DataChangedError(
                "data/raw has changed since the report began; run it again: `make report`"
            )
        results.merge(folder, head)

    def piece(name: PieceName, title: str) -> Piece:
        def make(folder: Path) -> None:
            Pieces(project, head, folder / FOLDER).make(name)

        return Piece(name, title, f"{FOLDER}/{name}", make)

    waiting: list[Child] = []

    @contextmanager
    def ready(folder: Path) -> Iterator[None]:
        from rebalancing.book import site

        with site.ready(folder) as sphinx:
            waiting.append(sphinx)
            yield

    def build(folder: Path) -> None:
        from rebalancing.book import assembly, site

        with nullcontext(waiting.pop()) if waiting else site.ready(folder) as sphinx:
            with _typed(project) as ask:
                assembly.assemble(project, folder, ask)
            site.build(project, folder, sphinx)

    return Steps(
        library=_library(project),
        merge=merge,
        merge_modules=("rebalancing.report.results", "rebalancing.report.provenance"),
        pieces=(
            piece("explore", "The data that readers look through"),
            piece("forecasts", "The record of forecasts"),
        ),
        piece_modules=("rebalancing.book.pieces",),
        book=build,
        book_modules=(
            "rebalancing.book.assembly",
            "rebalancing.book.site",
            "rebalancing.book.sphinx.extension",
        ),
        code=head["code"],
        ready=ready,
        site=citation.told_site(),
    )


def _library(project: Project) -> Library:
    folder = Path(rebalancing.__file__).parent
    return Library(folder, run.state_folder(project) / "imports.json")


def _check(project: Project, study: Study) -> bool:
    """Check what people and publishers have put into the project, before tasks run.

    Returns whether nothing had to be said of the notebooks.
    """
    from rebalancing.book.pages import edited
    from rebalancing.data.releases import verify

    edited.check_edited(project)
    _check_text(project, study)
    verify.require(project)
    return not _name_notebooks(project)


def _check_text(project: Project, study: Study) -> None:
    """Check what the book and the chapters say, as far as it can be told before they run."""
    from rebalancing.book import kept
    from rebalancing.book.texts import before, gate

    name = study.edition(project)
    former = (project.build / name, project.root / "editions" / name)
    keys = {key for folder in former for key in before.keys_of(folder)}
    with kept.answers(run.state_folder(project) / "texts") as ask:
        before.check(project, keys, ask)
    with _typed(project) as ask:
        gate.check(project, ask=ask)


def _typed(project: Project) -> AbstractContextManager[Ask]:
    """Return whom to ask which numbers are typed into a text."""
    from rebalancing.book import kept

    return kept.answers(run.state_folder(project) / "typed")


def _name_fallen(folder: Path) -> str:
    """Say which paragraphs no longer hold, with what they say, and return it."""
    from rebalancing.book.texts import fallen

    gone = fallen.as_lines(fallen.read_fallen(folder))
    if gone:
        print(gone)
    return gone


def _name_notebooks(project: Project) -> bool:
    """Say which notebooks are no chapters, and which hold outputs, a line each.

    Returns whether there are any.
    """
    said = False
    for paths, why, remedy in (
        (
            passed_over(project),
            "Passed over",
            "empty, or of a name that Jupyter gives to what is not finished; rename what should be "
            "a chapter, and remove or move the rest",
        ),
        (
            with_outputs(project),
            "With outputs, which are not stored",
            "`rebalancing clear` takes them out",
        ),
    ):
        names = ", ".join(path.relative_to(project.root).as_posix() for path in paths)
        if names:
            print(f"{why}: {names} ({remedy})", file=sys.stderr)
            said = True
    return said
