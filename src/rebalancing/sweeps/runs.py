"""The runs of a sweep as they are performed: what is there already is kept, the rest runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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


@dataclass
class _Queue:
    """What is waiting, what is at work, and what failed."""

    waiting: dict[str, SweepRun]
    failed: dict[str, Failure] = field(default_factory=dict)
    at_work: dict[Future[RunOutcome], SweepRun] = field(default_factory=dict)

    def next(self) -> SweepRun | None:
        """Return a run that can begin, and note those that never will."""
        for address, run in list(self.waiting.items()):
            broken = [name for name, other in run.after.items() if other in self.failed]
            if broken:
                del self.waiting[address]
                self.failed[address] = Failure(f"not run, because {broken[0]} failed")
            elif not any(self._is_open(other) for other in run.after.values()):
                return self.waiting.pop(address)
        return None

    def _is_open(self, address: str) -> bool:
        return address in self.waiting or any(r.address == address for r in self.at_work.values())


def due(plan: Plan, store: Store) -> list[SweepRun]:
    """Return the runs that are not there yet, each after those that it needs."""
    return [run for run in plan.runs.values() if not store.has(run.address)]


def run_all(plan: Plan, store: Store, executor: Executor, failed: Path) -> dict[str, Failure]:
    """Run what is not there, and return what failed, by address.

    Args:
        plan: The runs.
        store: Where those that finish are kept.
        executor: Who performs them.
        failed: The folder for logs and executed notebooks of those that fail.

    Raises:
        SweepInterruptedError: The user stopped it; what had finished is kept.
        SchedulerError: The scheduler has gone; what had finished is kept.
    """
    runs = due(plan, store)
    queue = _Queue({run.address: run for run in runs})
    progress = Progress(len(runs))
    remove(failed)
    try:
        with progress.shown():
            for run, outcome in _outcomes(plan, store, executor, queue, progress):
                if outcome.failure:
                    log = _keep_failure(failed, run, outcome)
                    queue.failed[run.address] = Failure(outcome.failure, log)
                else:
                    store.put(run.address, outcome.files, outcome.log)
                progress.end(run.name, is_done=not outcome.failure)
    except KeyboardInterrupt:
        progress.stop()
        executor.stop()
        left = len(due(plan, store))
        raise SweepInterruptedError(
            f"Interrupted; {len(plan.runs) - left} of {len(plan.runs)} runs are kept, and the same "
            "command goes on from there"
        ) from None
    return queue.failed


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


def _keep_failure(folder: Path, run: SweepRun, outcome: RunOutcome) -> str:
    """Keep the log of a run that failed, and its notebook as far as it came; return the log."""
    name = f"{run.notebook.name}-{run.address[:12]}"
    for content in outcome.files.values():
        write_atomic(folder / f"{name}.ipynb", content, durable=False)
    write_atomic(folder / f"{name}.txt", f"{run.name}\n{outcome.log}", durable=False)
    return f"{name}.txt"


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
