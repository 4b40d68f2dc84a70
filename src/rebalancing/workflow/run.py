"""One edition's tasks: which are due, how they ended, and where the book is."""

from __future__ import annotations

import hashlib
import json
import traceback
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rebalancing.children import cores
from rebalancing.errors import InputError, RebalancingError, of_system
from rebalancing.files import clear, remove, write_atomic
from rebalancing.project import Project
from rebalancing.workflow import record
from rebalancing.workflow.execute import get_ready
from rebalancing.workflow.explain import TaskPlan, plan_tasks
from rebalancing.workflow.nodes import Digests
from rebalancing.workflow.progress import Progress
from rebalancing.workflow.tasks import Steps, StudyLike, Task, edition_tasks

if TYPE_CHECKING:
    from rebalancing.workflow.engine import TaskOutcome


SHOWN_BY = "`make serve`"


class BuildFailedError(RebalancingError):
    """One task or more failed."""


class BuildInterruptedError(RebalancingError):
    """The user stopped the build."""

    exit_status = 130


class UnknownNotebookError(InputError):
    """A name that is no notebook's."""


@dataclass(frozen=True)
class ReportOutcome:
    """How the building of a report ended.

    Attributes:
        edition: The edition's name.
        site: The built book's first page.
        ran: Names of the tasks that ran.
        unchanged: Names of the tasks that had nothing to do.
    """

    edition: str
    site: Path
    ran: tuple[str, ...]
    unchanged: tuple[str, ...]


def run_edition(
    project: Project,
    study: StudyLike,
    steps: Steps,
    *,
    jobs: int | None = None,
    force: bool = False,
    only: Sequence[str] = (),
    shown_by: str = SHOWN_BY,
    is_said: bool = True,
) -> ReportOutcome:
    """Run what has changed.

    The last line names the book, and the command that shows it, ``shown_by``; what was done is not
    said at all unless ``is_said``.

    Raises:
        BuildFailedError: Tasks failed; the message says which, where and why.
        BuildInterruptedError: The user stopped it.
        RebalancingError: The notebooks contradict each other, or a file is missing.
    """
    all_tasks, digests = _edition_tasks(project, study, steps)
    tasks = _select(all_tasks, only) if only else all_tasks
    plans = plan_tasks(tasks, state_folder(project))
    record.mend(state_folder(project))
    # pytask gets only the tasks that are due: of every other one it would write the record again.
    due = [task for task, plan in zip(tasks, plans, strict=True) if plan.runs or force]
    results: list[TaskOutcome] = []
    edition = study.edition(project)
    if due:
        if any(task.is_notebook for task in due):
            get_ready(project)
        with ExitStack() as getting_ready:
            for task in due:
                getting_ready.enter_context(task.ready())
            results = _run(project, due, jobs, force)
    digests.save()
    site = project.build / edition / "site" / "index.html"
    if len(results) < len(due):
        raise BuildInterruptedError(
            "Interrupted; what had finished is kept, and the next `make report` goes on from there"
        )
    _raise_failures(project, edition, results)
    outcome = ReportOutcome(
        edition=edition,
        site=site,
        ran=tuple(r.task.name for r in results if r.outcome == "ran"),
        unchanged=tuple(
            task.name
            for task in tasks
            if not any(r.task is task and r.outcome == "ran" for r in results)
        ),
    )
    if is_said:
        _say(project, outcome, "" if only else shown_by)
    return outcome


def explain_edition(project: Project, study: StudyLike, steps: Steps) -> list[TaskPlan]:
    """Return what `run_edition` would run and why.

    Raises:
        RebalancingError: The notebooks contradict each other, or a file is missing.
    """
    tasks, digests = _edition_tasks(project, study, steps)
    plans = plan_tasks(tasks, state_folder(project))
    digests.save()
    return plans


def tasks_of_edition(project: Project, study: StudyLike, steps: Steps) -> list[Task]:
    """Return the tasks that `run_edition` runs, each after those that it needs.

    Raises:
        RebalancingError: The notebooks contradict each other, or a file is missing.
    """
    tasks, digests = _edition_tasks(project, study, steps)
    digests.save()
    return tasks


def state_of(project: Project, files: Sequence[Path], parameters: Mapping[str, Any]) -> str:
    """Return one digest of files and parameters, which changes when any of them does."""
    digests = Digests(_digests(project))
    states = [digests.of(path) for path in files]
    digests.save()
    names = [path.name for path in files]
    whole = json.dumps([names, states, dict(parameters)], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()


def forget_digests(project: Project) -> None:
    """Have every file digested anew by the next run, whatever its size and time say."""
    remove(_digests(project))


def clear_left_over(project: Project) -> None:
    """Remove what runs that were killed have left in the folders that runs write to."""
    remove(project.build / ".staging")
    editions = project.root / "editions"
    written = [project.build, project.processed, project.raw, editions, *_inside(editions)]
    for home in _inside(project.build):
        written += [home, *_inside(home)]
    for folder in written:
        clear(folder)


def _inside(folder: Path) -> list[Path]:
    """Return the folders in a folder, but not what is linked there."""
    return [path for path in folder.glob("*") if path.is_dir() and not path.is_symlink()]


def state_folder(project: Project) -> Path:
    """Return where the record of what has run is kept, for all editions."""
    return project.build / ".workflow"


def _digests(project: Project) -> Path:
    return state_folder(project) / "digests.json"


def _edition_tasks(project: Project, study: StudyLike, steps: Steps) -> tuple[list[Task], Digests]:
    digests = Digests(_digests(project))
    return edition_tasks(project, study, steps, digests), digests


def _run(project: Project, tasks: list[Task], jobs: int | None, force: bool) -> list[TaskOutcome]:
    """Run tasks and show how far they have come."""
    from rebalancing.workflow import engine

    progress = Progress(len(tasks))
    for task in tasks:
        task.action = progress.watch(task.short_name, task.action)
    with progress.shown():
        return engine.run_tasks(
            tasks,
            state_folder(project),
            # One more than there are cores: while a kernel starts, is asked or ends, its core is
            # free for another.
            jobs=jobs or cores() + 1,
            force=force,
            stopped=progress.stop,
        )


def _select(tasks: list[Task], names: Sequence[str]) -> list[Task]:
    """Return the tasks of some notebooks and all tasks that they need."""
    by_name = {task.short_name: task for task in tasks if task.is_notebook}
    for name in names:
        if name not in by_name:
            raise UnknownNotebookError(f"{name} is not a notebook; there are {', '.join(by_name)}")
    makers = {node.name: task for task in tasks for node in task.makes}
    pending, chosen = [by_name[name] for name in names], set()
    while pending:
        task = pending.pop()
        if task.name not in chosen:
            chosen.add(task.name)
            pending += [makers[node.name] for node in task.needs if node.name in makers]
    return [task for task in tasks if task.name in chosen]


def _raise_failures(project: Project, edition: str, results: list[TaskOutcome]) -> None:
    """Raise BuildFailedError if tasks failed, with the reason of each."""
    failed = [result for result in results if result.outcome == "failed"]
    if not failed:
        return
    reasons = [_reason(project, edition, result) for result in failed]
    site = project.build / edition / "site" / "index.html"
    kept = "; the last good book is untouched" if site.is_file() else ""
    count = f"{len(failed)} tasks failed: " if len(failed) > 1 else ""
    raise BuildFailedError(f"{count}{'; '.join(reasons)}{kept}") from failed[0].error


def _reason(project: Project, edition: str, result: TaskOutcome) -> str:
    """Return why a task failed; for errors that users cannot act on, keep the traceback too."""
    error = result.error
    if isinstance(error, RebalancingError):
        return str(error) if result.task.is_notebook else f"{result.task.short_name}: {error}"
    if isinstance(error, OSError):
        return f"{result.task.short_name}: {of_system(error)}"
    path = project.build / edition / "failed" / f"{result.task.short_name}.txt"
    write_atomic(path, "".join(traceback.format_exception(error)))
    return (
        f"{result.task.short_name} failed: {type(error).__name__}: {' '.join(str(error).split())}; "
        f"the traceback is kept at {path.relative_to(project.root)}"
    )


def _say(project: Project, outcome: ReportOutcome, shown_by: str) -> None:
    """Print what was done and, for a whole report, where the book is."""
    if outcome.ran:
        ran, unchanged = len(outcome.ran), len(outcome.unchanged)
        print(f"Done: {ran} of {ran + unchanged} tasks ran, {unchanged} had nothing to do.")
    else:
        print(nothing_to_do(outcome))
    if shown_by:
        print(where(project, outcome, shown_by))


def nothing_to_do(outcome: ReportOutcome) -> str:
    """Return the line that says that nothing was due."""
    return f"Nothing to do: everything of edition {outcome.edition} is up to date."


def where(project: Project, outcome: ReportOutcome, shown_by: str = SHOWN_BY) -> str:
    """Return the line that names the book and the command that shows it."""
    return f"The book: {outcome.site.relative_to(project.root)} ({shown_by} shows it)"
