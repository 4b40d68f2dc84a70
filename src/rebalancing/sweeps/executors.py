"""Who performs the tasks of a sweep: threads of this program, or the workers of a scheduler.

Both are given the same tasks and return the same outcomes. Tasks are handed out as places become
free, and each outcome is fetched when it is there: a worker that dies takes with it what it was
running and nothing else, and its tasks begin anew on another.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from importlib import metadata
from typing import Any, Protocol

from rebalancing.errors import InputError, RebalancingError
from rebalancing.project import Project
from rebalancing.quoting import one_line, shown
from rebalancing.sweeps.task import Basis, RunOutcome, Task, packages, perform, unfit

PACKAGE = "rebalancing"  # which modules of it differ is found out by their digests
PATIENCE = 10  # seconds for a scheduler to answer
_HOW = "docs/sweeps.md says how workers are started"


class SchedulerError(RebalancingError):
    """A scheduler or worker that cannot perform the sweep."""


def scheduler_gone(address: str = "") -> SchedulerError:
    """Return the error of a scheduler that has gone, with its address where that is known."""
    who = f"{address}: the scheduler" if address else "the scheduler"
    kept = "what had finished is kept, and the same command goes on from there"
    return SchedulerError(f"{who} has gone; {kept}")


class Executor(Protocol):
    """Who performs tasks."""

    def places(self) -> int:
        """Return how many tasks it should have at a time."""

    def submit(self, task: Task) -> Future[RunOutcome]:
        """Begin a task."""

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

    def submit(self, task: Task) -> Future[RunOutcome]:
        """Begin a task."""
        self._begun = [future for future in self._begun if not future.done()]
        self._begun.append(self._threads.submit(perform, task, self._root))
        return self._begun[-1]

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


class OnDask:
    """The workers of a Dask scheduler, each in a folder with the project's data."""

    def __init__(self, address: str, bases: Sequence[Basis]) -> None:
        """Ask a scheduler for its workers, and these whether they can do it.

        Raises:
            InputError: It is no address.
            SchedulerError: Nobody listens there, there is no worker, or one lacks the package, or
                has other data or code.
        """
        if not re.fullmatch(r"(tcp|tls)://(\[[0-9a-fA-F:]+\]|[\w.-]+):[0-9]{1,5}", address):
            raise InputError(f"--scheduler {shown(address)}: use an address as tcp://10.0.0.1:8786")
        try:
            import distributed
        except ImportError:
            raise SchedulerError(
                "--scheduler needs the package distributed; `make env` installs it"
            ) from None
        logging.getLogger("distributed").setLevel(logging.CRITICAL + 1)
        self._address = address
        try:
            client: Any = distributed.Client
            self._client: Any = client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            raise SchedulerError(
                f"{address}: no scheduler answers ({one_line(str(error))}); {_HOW}"
            ) from None
        try:
            self._check(bases)
        except BaseException:
            self.close()
            raise
        self._has_workers = True
        self._executor: Any = self._client.get_executor(pure=False)

    def _check(self, bases: Sequence[Basis]) -> None:
        """Raise SchedulerError unless there are workers, and each can perform the tasks."""
        if not self._client.nthreads():
            raise SchedulerError(f"{self._address}: the scheduler has no workers; {_HOW}")
        for worker, version in self._on_each(metadata.version, PACKAGE):
            if isinstance(version, Exception):
                raise SchedulerError(
                    f"worker {worker} lacks the package {PACKAGE}; install the wheel there "
                    "(docs/sweeps.md)"
                )
        for worker, why in self._on_each(unfit, list(bases), packages()):
            if why:
                raise SchedulerError(f"worker {worker}: {one_line(str(why))}")

    def _on_each(self, function: Any, *arguments: Any) -> list[tuple[str, Any]]:
        """Return what a function returns, or raises, on each worker, by the worker's address."""
        found: Mapping[str, Any] = self._client.run(function, *arguments, on_error="return")
        return sorted(found.items())

    def places(self) -> int:
        """Return how many tasks the workers should have: twice what they can do at once.

        Raises:
            SchedulerError: The scheduler has gone.
        """
        if self._client.status != "running":
            raise scheduler_gone(self._address)
        try:
            at_once = sum(self._client.nthreads().values())
        except OSError:
            raise scheduler_gone(self._address) from None
        if not at_once and self._has_workers:
            print("No worker is left; waiting for one (Ctrl-C stops the sweep)", file=sys.stderr)
        self._has_workers = bool(at_once)
        return max(1, 2 * int(at_once))

    def submit(self, task: Task) -> Future[RunOutcome]:
        """Begin a task."""
        future: Future[RunOutcome] = self._executor.submit(perform, task)
        return future

    def stop(self) -> None:
        """Give up; what a worker runs it ends, for nobody."""
        with suppress(Exception):
            self._executor.shutdown(wait=False)

    def close(self) -> None:
        """Leave the scheduler."""
        with suppress(Exception):  # whatever it says, the sweep has ended
            self._client.close(timeout=1)
