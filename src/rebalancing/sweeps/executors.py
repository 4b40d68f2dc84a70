"""Who performs the tasks of a sweep: threads of this program, or the workers of a scheduler.

Both are given the same tasks and return the same outcomes. Tasks are handed out as places become
free, and each outcome is fetched when it is there: a worker that dies takes with it what it was
running and nothing else, and its tasks begin anew on another.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence, Set
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from importlib import metadata
from typing import Any, Protocol

from rebalancing.project import Project
from rebalancing.quoting import one_line
from rebalancing.sweeps import scheduler
from rebalancing.sweeps.scheduler import SchedulerError
from rebalancing.sweeps.task import Basis, RunOutcome, SweepTask, packages, perform, unfit

PACKAGE = "rebalancing"  # which modules of it differ is found out by their digests
_LOOK = 1  # seconds after which to see whether a worker has come


class Executor(Protocol):
    """Who performs tasks."""

    def places(self) -> int:
        """Return how many tasks it should have at a time."""

    def submit(self, task: SweepTask) -> Future[Any]:
        """Begin a task."""

    def outcome(self, future: Future[Any]) -> RunOutcome | None:
        """Return how a task has ended; none if it must begin again."""

    def stop(self) -> None:
        """Give up what has begun."""

    def close(self) -> None:
        """Let go of what it holds."""


class Here:
    """Threads of this program; each notebook computes in a kernel that forks from one process."""

    def __init__(self, project: Project, jobs: int) -> None:
        self._root, self._jobs = str(project.root), jobs
        self._threads = ThreadPoolExecutor(jobs, thread_name_prefix="sweep")
        self._begun: list[Future[RunOutcome]] = []

    def places(self) -> int:
        """Return how many run side by side."""
        return self._jobs

    def submit(self, task: SweepTask) -> Future[RunOutcome]:
        """Begin a task."""
        self._begun = [future for future in self._begun if not future.done()]
        self._begun.append(self._threads.submit(perform, task, self._root))
        return self._begun[-1]

    def outcome(self, future: Future[RunOutcome]) -> RunOutcome:
        """Return how a task has ended."""
        return future.result()

    def stop(self) -> None:
        """End the kernels at work."""
        from rebalancing.workflow import kernel

        for future in self._begun:
            future.cancel()
        while wait(self._begun, timeout=0).not_done:
            kernel.kill_all()
            wait(self._begun, timeout=0.2)

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown()


def _perform(task: SweepTask, versions: Mapping[str, str]) -> tuple[str, RunOutcome]:
    """Perform a task on a worker, and return the worker's address too."""
    from distributed import get_worker

    return get_worker().address, perform(task, versions=versions)


class OnDask:
    """The workers of a Dask scheduler, each in a folder with the project's data."""

    def __init__(self, address: str, bases: Sequence[Basis]) -> None:
        """Ask a scheduler for its workers, and these whether they can do it.

        Raises:
            InputError: It is no address.
            SchedulerError: Nobody listens there, there is no worker, or one lacks the package, or
                has other data or code.
        """
        scheduler.check_address(address)
        try:
            import distributed
        except ImportError:
            raise SchedulerError(
                "--scheduler needs the package distributed; `make env` installs it"
            ) from None
        scheduler.silence()
        scheduler.check_answer(address)
        self._address = address
        try:
            client: Any = distributed.Client
            patience = scheduler.PATIENCE
            self._client: Any = client(address, timeout=patience, set_as_default=False)
        except (OSError, ValueError) as error:
            raise scheduler.no_answer(address, error) from None
        self._bases = list(bases)
        self._executor: Any = self._client.get_executor(pure=False)
        self._fit: set[str] = set()
        self._unfit: dict[str, str] = {}  # what each lacks
        self._named: set[str] = set()
        self._given: dict[Future[Any], set[str]] = {}
        self._is_waiting = False
        try:
            if not self._client.nthreads():
                raise SchedulerError(
                    f"{self._address}: the scheduler has no workers; {scheduler.HOW}"
                )
            self.places()
        except BaseException:
            self.close()
            raise

    def places(self) -> int:
        """Return how many tasks the workers should have: twice what they can do at once.

        A worker has none before it was seen to be fit, so one that joins with other data harms no
        run. Where there is no worker at all, this waits for one.

        Raises:
            SchedulerError: The scheduler has gone, or only workers are left that are not fit.
        """
        while True:
            there = self._workers()
            self._examine(there.keys() - self._fit - self._unfit.keys())
            self._fit &= there.keys()
            self._unfit = {name: why for name, why in self._unfit.items() if name in there}
            self._take_back()
            if self._fit:
                self._is_waiting = False
                self._name_unfit()
                return 2 * sum(there[name] for name in self._fit) or 1
            if self._unfit:
                raise SchedulerError(min(self._unfit.values()))
            if not self._is_waiting:
                said = "No worker is left; waiting for one (Ctrl-C stops the sweep)"
                print(said, file=sys.stderr)
            self._is_waiting = True
            time.sleep(_LOOK)

    def _workers(self) -> Mapping[str, int]:
        """Return how many tasks each worker can do at once, by its address."""
        if self._client.status != "running":
            raise scheduler.gone(self._address)
        try:
            found: Mapping[str, int] = self._client.nthreads()
        except OSError:
            raise scheduler.gone(self._address) from None
        return found

    def _examine(self, new: Set[str]) -> None:
        """See which of some workers can perform the tasks, and name those that cannot."""
        with_package = set()
        for name, version in self._on(new, metadata.version, PACKAGE):
            if isinstance(version, metadata.PackageNotFoundError):
                lacks = f"lacks the package {PACKAGE}; install the wheel there (docs/sweeps.md)"
                self._unfit[name] = f"worker {name} {lacks}"
            elif not isinstance(version, OSError):  # it has gone meanwhile
                with_package.add(name)
        for name, why in self._on(with_package, unfit, self._bases, packages()):
            if not why:
                self._fit.add(name)
            elif not isinstance(why, OSError):
                self._unfit[name] = f"worker {name}: {one_line(str(why))}"

    def _on(self, workers: Set[str], function: Any, *arguments: Any) -> list[tuple[str, Any]]:
        """Return what a function returns, or raises, on each worker, by the worker's address."""
        if not workers:
            return []
        try:
            found: Mapping[str, Any] = self._client.run(
                function, *arguments, workers=sorted(workers), on_error="return"
            )
        except OSError:
            raise scheduler.gone(self._address) from None
        return sorted(found.items())

    def _name_unfit(self) -> None:
        """Say once of each worker that is not fit what it lacks."""
        for name in sorted(self._unfit.keys() - self._named):
            print(f"No tasks go to {self._unfit[name]}", file=sys.stderr)
        self._named |= self._unfit.keys()

    def _take_back(self) -> None:
        """Give up the tasks of which all workers have gone or are not fit: others have them."""
        self._given = {future: to for future, to in self._given.items() if not future.done()}
        for future, workers in self._given.items():
            if not workers & self._fit:
                future.cancel()

    def submit(self, task: SweepTask) -> Future[Any]:
        """Begin a task on one of the workers that are fit."""
        future: Future[Any] = self._executor.submit(
            _perform, task, packages(), workers=sorted(self._fit)
        )
        self._given[future] = set(self._fit)
        return future

    def outcome(self, future: Future[Any]) -> RunOutcome | None:
        """Return how a task has ended; none if it was taken back, or its worker was not fit."""
        try:
            found: tuple[str, RunOutcome] = future.result()
        except CancelledError:
            return None
        except Exception as error:
            why = one_line(f"{type(error).__name__}: {error}")
            if type(error).__name__ == "KilledWorker":
                why = "each worker that began it died, perhaps for want of memory"
            return RunOutcome(failure=why, log=f"{why}\n")
        worker, outcome = found
        if outcome.is_unfit:
            self._fit.discard(worker)
            self._unfit[worker] = f"worker {worker}: {one_line(outcome.failure)}"
            return None
        return outcome

    def stop(self) -> None:
        """Give up; what a worker runs it ends, for nobody."""
        with suppress(Exception):
            self._executor.shutdown(wait=False)

    def close(self) -> None:
        """Leave the scheduler."""
        with suppress(Exception):  # whatever it says, the sweep has ended
            self._client.close(timeout=1)
