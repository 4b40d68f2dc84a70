"""The runs of a sweep as they are performed: what is there already is kept, the rest runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from pathlib import Path

from rebalancing.errors import RebalancingError
from rebalancing.files import remove, write_atomic
from rebalancing.sweeps.executors import Executor
from rebalancing.sweeps.plan import Plan, SweepRun
from rebalancing.sweeps.store import Store
from rebalancing.sweeps.task import RunOutcome
from rebalancing.workflow.progress import Progress

_LOOK = 5  # seconds after which to see whether workers have come or the scheduler has gone


class SweepFailedError(RebalancingError):
    """Runs of a sweep failed, or some of its points have no study.

    Attributes:
        failed: How many runs failed, or did not begin because others had.
    """

    def __init__(self, said: str, failed: int) -> None:
        super().__init__(said)
        self.failed = failed


class SweepInterruptedError(RebalancingError):
    """The user stopped the sweep."""

    exit_status = 130


@dataclass(frozen=True)
class Failure:
    """A run that failed, or did not begin because one that it needs had failed.

    Attributes:
        reason: Why, in one line.
        log: The log's name in the folder of failures; empty if it did not begin.
    """

    reason: str
    log: str = ""


def _not_begun(broken: Sequence[str]) -> Failure:
    return Failure(f"not run, because {broken[0]} failed")


@dataclass
class _Queue:
    """What is waiting, what is at work, and what failed."""

    waiting: dict[str, SweepRun]
    failed: dict[str, Failure]
    at_work: dict[Future[RunOutcome], SweepRun] = field(default_factory=dict)

    def next(self) -> SweepRun | None:
        """Return a run that can begin, and note those that never will."""
        for address, run in list(self.waiting.items()):
            broken = [name for name, other in run.after.items() if other in self.failed]
            if broken:
                del self.waiting[address]
                self.failed[address] = _not_begun(broken)
            elif not any(self._is_open(other) for other in run.after.values()):
                return self.waiting.pop(address)
        return None

    def _is_open(self, address: str) -> bool:
        return address in self.waiting or any(r.address == address for r in self.at_work.values())


def due(plan: Plan, store: Store) -> list[SweepRun]:
    """Return the runs that are not there yet, each after those that it needs."""
    return [run for run in plan.runs.values() if not store.has(run.address)]


def run_all(
    plan: Plan, store: Store, executor: Executor, logs: Path, failed: dict[str, Failure]
) -> None:
    """Run what is not there.

    Args:
        plan: The runs.
        store: Where those that finish are kept.
        executor: Who performs them.
        logs: The folder for logs and executed notebooks of those that fail.
        failed: What failed, by address: filled as runs end, for whoever lists it if this raises.

    Raises:
        SweepInterruptedError: The user stopped it; what had finished is kept.
        SchedulerError: The scheduler has gone; what had finished is kept.
    """
    runs = due(plan, store)
    queue = _Queue({run.address: run for run in runs}, failed)
    progress = Progress(len(runs))
    try:
        with progress.shown():
            for run, outcome in _outcomes(plan, store, executor, queue, progress):
                if outcome.failure:
                    log = _keep_failure(logs, run, outcome)
                    queue.failed[run.address] = Failure(outcome.failure, log)
                else:
                    store.put(run.address, outcome.files, outcome.log)
                progress.end(run.name, is_done=not outcome.failure)
    except KeyboardInterrupt:
        progress.stop()
        executor.stop()
        left = len(due(plan, store))
        place = logs.parent.relative_to(plan.project.root)
        listed = f"; {place}/failures.csv lists what failed" if failed else ""
        raise SweepInterruptedError(
            f"Interrupted; {len(plan.runs) - left} of {len(plan.runs)} runs are kept, and the same "
            f"command goes on from there{listed}"
        ) from None


def _outcomes(
    plan: Plan, store: Store, executor: Executor, queue: _Queue, progress: Progress
) -> Iterator[tuple[SweepRun, RunOutcome]]:
    """Yield each run that ends with its outcome; what it makes possible begins afterwards."""
    while True:
        places = executor.places()
        while len(queue.at_work) < places and (run := queue.next()) is not None:
            progress.begin(run.name)
            queue.at_work[executor.submit(plan.task(run, store))] = run
        if not queue.at_work:
            return
        for future in wait(queue.at_work, _LOOK, FIRST_COMPLETED).done:
            run = queue.at_work.pop(future)
            outcome = executor.outcome(future)
            if outcome:
                yield run, outcome
            else:  # ahead of the others: what comes after it waits
                queue.waiting = {run.address: run, **queue.waiting}


def _log_name(run: SweepRun) -> str:
    return f"{run.notebook.name}-{run.address[:12]}.txt"


def _keep_failure(folder: Path, run: SweepRun, outcome: RunOutcome) -> str:
    """Keep the log of a run that failed, and its notebook as far as it came; return the log."""
    log = folder / _log_name(run)
    remove(log.with_suffix(".ipynb"))  # of an earlier time
    for content in outcome.files.values():
        write_atomic(log.with_suffix(".ipynb"), content, durable=False)
    write_atomic(log, f"{run.name}\n{outcome.log}", durable=False)
    return log.name


def standing(
    plan: Plan, store: Store, failed: Mapping[str, Failure], earlier: Mapping[str, str]
) -> dict[str, Failure]:
    """Return what failed in a sweep that was cut short, and what had failed before and still does.

    Args:
        plan: The runs.
        store: Where those that finished are.
        failed: What failed this time, by address.
        earlier: Why runs failed at an earlier time, by the names of their logs.
    """
    found: dict[str, Failure] = {}
    for run in due(plan, store):
        broken = [name for name, other in run.after.items() if other in found]
        log = _log_name(run)
        if run.address in failed:
            found[run.address] = failed[run.address]
        elif broken:
            found[run.address] = _not_begun(broken)
        elif log in earlier:
            found[run.address] = Failure(earlier[log], log)
    return found


def failures_of(plan: Plan, failed: Mapping[str, Failure]) -> list[dict[str, str]]:
    """Return what failed at each point, in order: grid columns, chapter, reason, log."""
    found = []
    for point in plan.points:
        grid = {name: str(value) for name, value in point.values.items()}
        if point.study is None:
            found.append({**grid, "chapter": "", "reason": point.failure, "log": ""})
            continue
        for chapter in plan.chapters:
            failure = failed.get(plan.addresses[point.label, chapter])
            if failure:
                log = f"failed/{failure.log}" if failure.log else ""
                found.append({**grid, "chapter": chapter, "reason": failure.reason, "log": log})
    return found
