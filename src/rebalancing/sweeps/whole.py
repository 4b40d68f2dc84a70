"""A sweep as the command line runs it: read, say how large it is, run, write what came of it.

::

    build/sweeps/runs/<address>/      what runs made, for all sweeps, each with its log
    build/sweeps/<grid>/
        results.parquet               all recorded results, with the grid's columns
        index.html                    the points side by side
        failures.csv, failed/         what failed and why, with logs
        runs.csv                      which run each point and chapter has
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rebalancing import build
from rebalancing.children import cores
from rebalancing.data import releases
from rebalancing.data.releases import verify
from rebalancing.errors import RebalancingError
from rebalancing.files import remove, write_atomic
from rebalancing.project import Project
from rebalancing.publishers import ACCOUNTS
from rebalancing.study import Study
from rebalancing.sweeps import page, plan, runs, table
from rebalancing.sweeps.executors import Executor, Here, OnDask
from rebalancing.sweeps.grid import Grid
from rebalancing.sweeps.runs import Failure, SweepFailedError
from rebalancing.sweeps.scheduler import check_address
from rebalancing.sweeps.store import Store
from rebalancing.sweeps.task import tidy_once
from rebalancing.workflow import run as workflow
from rebalancing.workflow.layout import Layout
from rebalancing.workflow.tasks import StudyLike


@dataclass(frozen=True)
class Studies:
    """How the values of a point become a study.

    Attributes:
        study_of: Returns the study with some values put over the usual ones.
        economies: Returns the economies that have data.
        share: Makes what all editions share, by the names of its notebooks.
    """

    study_of: Callable[[Mapping[str, Any]], StudyLike]
    economies: Callable[[], list[str]]
    share: Callable[[list[str]], None]


def of_project(project: Project, jobs: int | None) -> Studies:
    """Return how points become studies of a project."""

    def share(names: list[str]) -> None:
        study = Study.load(project)
        verify.require(project)
        workflow.clear_left_over(project)
        steps = build.report_steps(project, study)
        workflow.run_edition(project, study, steps, jobs=jobs, only=names, is_said=False)

    return Studies(
        lambda values: Study.load(project, values),
        lambda: sorted(releases.economies(project, ACCOUNTS)),
        share,
    )


def run_sweep(
    project: Project,
    grid: Grid,
    *,
    is_check: bool = False,
    scheduler: str | None = None,
    jobs: int | None = None,
    studies: Studies | None = None,
) -> None:
    """Run a sweep, and write its table, its page and its failures.

    Raises:
        GridError: The grid asks for something that cannot be run.
        InputError: The scheduler's address is none.
        SchedulerError: The scheduler or a worker cannot run it.
        SweepFailedError: Runs failed, or a point has no study; the message says where they are
            listed.
        SweepInterruptedError: The user stopped it.
    """
    if scheduler:  # before tables are made, which takes a while
        check_address(scheduler)
    studies = studies or of_project(project, jobs)
    layout, chapters, extra = plan.choose(project, grid)
    economies = studies.economies() if grid.is_of_all_economies else []
    points = plan.points(grid, studies.study_of, lambda s: s.edition(project), economies)
    said = f"{grid.in_words(len(points))}; chapters {', '.join(chapters)}"
    if extra:
        said += f" ({', '.join(extra)} for the others to read)"
    print(f"Sweep {grid.name}: {said}.")
    if is_check and not _is_made(project, layout, chapters):
        print(f"{_listed(points, chapters)}The tables are made first; what must run is known then.")
        return
    if not is_check and (names := plan.shared(layout, chapters)):
        studies.share(names)
    planned = plan.make(project, grid, points, layout, chapters, extra)
    store = Store(project.build / "sweeps" / "runs")
    left = {run.address for run in runs.due(planned, store)}
    if is_check:
        for address, run in planned.runs.items():
            print(f"{'to run' if address in left else 'there '}  {run.name}")
    print(_sizes(planned, len(left)))
    if not is_check:
        store.tidy()
        tidy_once(project.build)
        _run_due(planned, store, scheduler, jobs, is_due=bool(left))


def _run_due(
    planned: plan.Plan, store: Store, scheduler: str | None, jobs: int | None, *, is_due: bool
) -> None:
    """Run what is due and write what came of it."""
    folder = planned.project.build / "sweeps" / planned.grid.name
    failed: dict[str, Failure] = {}
    if is_due:
        executor: Executor = (
            OnDask(scheduler, list(planned.bases.values()))
            if scheduler
            else Here(planned.project, jobs or cores())
        )
        try:
            runs.run_all(planned, store, executor, folder / "failed", failed)
        except RebalancingError:  # cut short: a page that is there keeps what it leads to
            earlier = table.logged_failures(folder)
            write_lists(planned, store, folder, runs.standing(planned, store, failed, earlier))
            raise
        finally:
            executor.close()
    write_outputs(planned, store, folder, failed)


def write_outputs(
    planned: plan.Plan, store: Store, folder: Path, failed: Mapping[str, Failure]
) -> None:
    """Write table, page and lists of a sweep, and say where they are.

    Raises:
        SweepFailedError: Something failed.
    """
    content = list(table.rows(planned, store))
    table.write_parquet(folder / "results.parquet", content, list(planned.grid.axes))
    failures = write_lists(planned, store, folder, failed)
    write_atomic(
        folder / "index.html", page.sweep_page(planned.project, planned, content, failures)
    )
    _remove_logs(folder / "failed", {failure.log for failure in failed.values()})
    place = folder.relative_to(planned.project.root)
    print(f"The table: {place}/results.parquet ({len(content):,} rows)")
    print(f"The page: {place}/index.html")
    if failures:
        logs = ", with the logs of those that failed" if failed else ""
        raise SweepFailedError(
            f"{_failed_in_words(planned, failed)}; {place}/failures.csv lists them{logs}",
            len(failed),
        )


def write_lists(
    planned: plan.Plan, store: Store, folder: Path, failed: Mapping[str, Failure]
) -> list[dict[str, str]]:
    """Write which runs there are and what failed; return the latter, row by row."""
    failures = runs.failures_of(planned, failed)
    columns = [*planned.grid.axes, "chapter", "reason", "log"]
    table.write_csv(folder / "failures.csv", failures, columns)
    table.write_csv(folder / "runs.csv", _index(planned, store), ["point", "chapter", "run"])
    return failures


def _remove_logs(folder: Path, listed: Set[str]) -> None:
    """Remove what an earlier time has kept of runs that have not failed this time."""
    for path in folder.glob("*"):
        if path.with_suffix(".txt").name not in listed:
            remove(path)
    with suppress(OSError):  # it holds something, or is not there
        folder.rmdir()


def _failed_in_words(planned: plan.Plan, failed: Mapping[str, Failure]) -> str:
    """Return how many runs failed or did not begin, and how many points have no study."""
    began = sum(bool(failure.log) for failure in failed.values())
    refused = sum(point.study is None for point in planned.points)
    said = []
    if failed:
        said.append(f"{began} of {len(planned.runs)} runs failed")
    if began < len(failed):
        said.append(f"{len(failed) - began} did not begin because of that")
    if refused:
        said.append(f"the data allow no study for {refused} of {len(planned.points)} points")
    return ", ".join(said)


def _index(planned: plan.Plan, store: Store) -> list[dict[str, str]]:
    """Return the folder of the run that each point and chapter has."""
    return [
        {"point": label, "chapter": chapter, "run": store.place(address).name}
        for (label, chapter), address in planned.addresses.items()
        if store.has(address)
    ]


def _is_made(project: Project, layout: Layout, chapters: tuple[str, ...]) -> bool:
    """Return whether all that chapters read and all editions share is there."""
    return all(
        (project.root / place).exists()
        for name in plan.shared(layout, chapters)
        for place in layout.writes[name].values()
    )


def _listed(points: list[plan.Point], chapters: tuple[str, ...]) -> str:
    return "".join(
        f"{chapter} {point.label}\n" for point in points if point.study for chapter in chapters
    )


def _sizes(planned: plan.Plan, left: int) -> str:
    """Return how many runs there are, and how many of them are left to do."""
    asked, different = len(planned.addresses), len(planned.runs)
    runs_of = "run" if asked == 1 else "runs"
    same = f", {different} of them different" if different < asked else ""
    kept = different - left
    there = f"{kept} {'is' if kept == 1 else 'are'} there"
    refused = sum(point.study is None for point in planned.points)
    has = "point has" if refused == 1 else "points have"
    without = f"; {refused} {has} too few data" if refused else ""
    return f"{asked} {runs_of}{same}: {there}, {left} to run{without}."
