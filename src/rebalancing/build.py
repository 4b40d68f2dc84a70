"""The one place that joins notebooks, workflow and book: the report of an edition.

Below it, the workflow knows nothing of the report, and the book nothing of the workflow.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import rebalancing
from rebalancing.errors import RebalancingError
from rebalancing.notebooks.chapters import passed_over
from rebalancing.project import Project
from rebalancing.study import Study
from rebalancing.workflow import run
from rebalancing.workflow.dependencies import Library
from rebalancing.workflow.explain import TaskPlan, describe
from rebalancing.workflow.run import Outcome
from rebalancing.workflow.tasks import Steps, Task


class DataChangedError(RebalancingError):
    """Releases arrived or went while the report was made."""


def report(
    project: Project, study: Study, *, jobs: int | None = None, force: bool = False
) -> Outcome:
    """Do what `update` does, holding the project's lock.

    Raises:
        BusyError: Another command that writes is at work in this project.
        RebalancingError: As `update`.
    """
    with project.alone("build"):
        return update(project, study, jobs=jobs, force=force)


def update(
    project: Project,
    study: Study,
    *,
    jobs: int | None = None,
    force: bool = False,
    only: Sequence[str] = (),
) -> Outcome:
    """Check the data, run what has changed and say where the book is.

    Args:
        project: The project; the caller holds its lock.
        study: The edition's parameters.
        jobs: How many tasks run at once; the number of cores when not given.
        force: Whether to run everything, changed or not.
        only: Names of notebooks; these and what they need are run, and no book is built.

    Raises:
        BuildFailedError: Tasks failed; the message says which, where and why.
        BuildInterruptedError: The user stopped it.
        RebalancingError: The data are damaged, or the notebooks contradict each other.
    """
    run.clear_left_over(project)
    _check(project)
    is_own = study.edition(project) == Study.of_file(project).edition(project)
    return run.run_edition(
        project,
        study,
        report_steps(project, study),
        jobs=jobs,
        force=force,
        only=only,
        shown_by="`make serve`" if is_own else "`rebalancing serve` with the same options",
    )


def explain(project: Project, study: Study) -> list[TaskPlan]:
    """Return what `update` would run and why, each task after those that it needs.

    Raises:
        RebalancingError: The notebooks contradict each other, or a file is missing.
    """
    from rebalancing.book import edited

    edited.check(project)
    _name_passed_over(project)
    return run.explain_edition(project, study, report_steps(project, study))


def tasks(project: Project) -> dict[str, Task]:
    """Return the tasks of the study of study.yml by name, for pytask to collect.

    Raises:
        RebalancingError: As `update`, before anything runs.
    """
    _check(project)
    study = Study.load(project)
    every = run.tasks_of_edition(project, study, report_steps(project, study))
    return {task.name: task for task in every}


def print_plan(plans: Sequence[TaskPlan]) -> None:
    """Print what would run and why."""
    print(describe(plans))


def report_steps(project: Project, study: Study) -> Steps:
    """Return how the report's results are merged and its book is built.

    What heads the results is taken here, before anything runs, so that it can be a dependency.
    """
    from rebalancing.report import provenance

    head = provenance.edition(project, study)

    def merge(folder: Path) -> None:
        from rebalancing.report import results

        if provenance.releases(project, study) != head["releases"]:
            raise DataChangedError(
                "data/raw has changed since the report began; run it again: `make report`"
            )
        results.merge(folder, head)

    def build(folder: Path) -> None:
        from rebalancing.book import assembly, site

        assembly.assemble(project, folder)
        site.build(project, folder)

    return Steps(
        library=Library(
            Path(rebalancing.__file__).parent, run.state_folder(project) / "imports.json"
        ),
        merge=merge,
        merge_modules=("rebalancing.report.results", "rebalancing.report.provenance"),
        book=build,
        book_modules=(
            "rebalancing.book.assembly",
            "rebalancing.book.site",
            "rebalancing.book.sphinx.extension",
        ),
        code=head["code"],
    )


def _check(project: Project) -> None:
    """Check what people and publishers have put into the project, before tasks run."""
    from rebalancing.book import edited
    from rebalancing.data.releases import verify

    edited.check(project)
    verify.require(project)
    _name_passed_over(project)


def _name_passed_over(project: Project) -> None:
    """Say in one line which notebooks are no chapters, if there are any."""
    names = [path.relative_to(project.root).as_posix() for path in passed_over(project)]
    if names:
        print(
            f"Passed over: {', '.join(names)} (empty, or of a name that Jupyter gives to what is "
            "not finished; rename what should be a chapter, and remove or move the rest)",
            file=sys.stderr,
        )
