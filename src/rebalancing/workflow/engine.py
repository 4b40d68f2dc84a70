"""pytask at work: it decides what has changed, orders, runs side by side, and keeps the record.

Tasks run in threads: a notebook computes in a kernel, a process of its own, while its thread
waits. (Worker processes would each have to import pytask and papermill first, which takes them as
long as a small notebook, and 100 MB.) The record of all editions is one lock file with a journal
beside it, in ``build/.workflow``; what pytask prints is kept for errors of its own.
"""

from __future__ import annotations

import io
import resource
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, cast

from rebalancing import children
from rebalancing.errors import RebalancingError
from rebalancing.files import write_atomic
from rebalancing.workflow.tasks import Task

Ending = Literal["ran", "unchanged", "failed", "skipped"]
_FILES, _FEWEST_FILES = 1024, 256
_SETTINGS = "[tool.pytask.ini_options]\n"  # its folder is where pytask keeps its record


class WorkflowError(RebalancingError):
    """Something that pytask cannot go on from."""


@dataclass(frozen=True)
class TaskOutcome:
    """How a task ended."""

    task: Task
    outcome: Ending
    error: BaseException | None


class Bell:
    """Wakes pytask-parallel when a task ends.

    Its own sleeper (whose methods these are) looks around once a second and then waits another
    before it begins what has become ready; over a report's four stages that is six seconds.
    """

    def __init__(self) -> None:
        self._rings = threading.Semaphore(0)
        self._is_idle = False
        self.error: BaseException | None = None  # what ended the run before its time

    def ring(self, ended: Future[Any]) -> None:
        """Let the next two rounds pass: one takes note of the end, one begins what is ready."""
        self._rings.release(2)

    def reset(self) -> None:
        """Take note that a task has begun."""

    def increment(self) -> None:
        """Take note that no task is ready."""
        self._is_idle = True

    def sleep(self) -> None:
        """Wait for the end of a task if there is nothing else to do."""
        if self._is_idle:
            self._rings.acquire(timeout=1)
        self._is_idle = False


class _Workers(ThreadPoolExecutor):
    """Threads that ring when a task ends, and give up their kernels in an interrupted run."""

    def __init__(self, bell: Bell, stopped: Callable[[], None], n_workers: int) -> None:
        super().__init__(n_workers, thread_name_prefix="notebook")
        self._bell, self._stopped = bell, stopped
        bell.error = None
        self._submitted: list[Future[Any]] = []

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        # pytask prints an error of its own, such as a full disk, and goes on as if all were well.
        self._bell.error = error
        super().__exit__(kind, error, trace)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future = super().submit(fn, *args, **kwargs)
        future.add_done_callback(self._bell.ring)
        self._submitted.append(future)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        # pytask-parallel waits for all of them, unless it was interrupted.
        self._abandon()
        super().shutdown(wait, cancel_futures=cancel_futures)

    def _abandon(self) -> None:
        while wait(self._submitted, timeout=0).not_done:
            from rebalancing.workflow import kernel

            self._stopped()
            kernel.kill_all()
            children.kill_all()
            wait(self._submitted, timeout=0.2)


def run_tasks(
    tasks: Sequence[Task],
    state_folder: Path,
    *,
    jobs: int,
    force: bool,
    stopped: Callable[[], None] = lambda: None,
) -> list[TaskOutcome]:
    """Run the tasks whose needs or outputs have changed.

    Args:
        tasks: The tasks of one edition, or some of them with all that they need.
        state_folder: Where the record is kept.
        jobs: How many run at once.
        force: Whether to run all of them, changed or not.
        stopped: Called when the run is to end, before the tasks at work are ended.

    Returns:
        How each task ended; fewer than there are tasks if the run was interrupted.

    Raises:
        WorkflowError: pytask cannot begin, or go on; the message holds what it says.
        OSError: The record cannot be written.
    """
    import pytask
    from pytask_parallel import ParallelBackend

    settings = state_folder / "pytask.toml"
    write_atomic(settings, _SETTINGS)
    bell = use_threads(stopped)
    printed = io.StringIO()
    with redirect_stdout(printed):
        session = pytask.build(
            config=settings,
            tasks=cast("list[pytask.PTask]", list(tasks)),
            force=force,
            n_workers=jobs,
            parallel_backend=ParallelBackend.CUSTOM,
            # The lock file is the record that counts; the database beside it stays in memory.
            database_url="sqlite://",
            capture="no",
            disable_warnings=True,
            editor_url_scheme="no_link",
            show_traceback=False,
            verbose=0,
        )
    if session.exit_code not in (pytask.ExitCode.OK, pytask.ExitCode.FAILED):
        raise WorkflowError(f"The workflow cannot begin: {' '.join(printed.getvalue().split())}")
    if isinstance(bell.error, OSError):
        raise bell.error
    if bell.error is not None:
        raise WorkflowError(f"The workflow cannot go on: {bell.error!r}")
    return [_result(report) for report in session.execution_reports]


def use_threads(stopped: Callable[[], None] = lambda: None) -> Bell:
    """Make our threads what pytask-parallel knows as its custom backend; return their bell.

    Raises:
        WorkflowError: The system does not let this process open enough files.
    """
    from pytask_parallel import ParallelBackend, WorkerType, registry

    _allow_open_files()
    bell = Bell()
    registry.register_parallel_backend(
        ParallelBackend.CUSTOM, partial(_Workers, bell, stopped), worker_type=WorkerType.THREADS
    )
    _wait_for(bell)
    _keep_no_database()
    return bell


def _wait_for(bell: Bell) -> None:
    """Put a bell in the place of pytask-parallel's sleeper.

    This and the next are the private parts of packages that we replace, because there is no public
    way (docs/decisions/03); tests look whether they are still there.
    """
    from pytask_parallel import execute

    vars(execute)["_Sleeper"] = lambda: bell


def _keep_no_database() -> None:
    """Keep pytask from noting states in its database as well, which nobody asks.

    Its lock file is the record that counts; the database takes as long as putting together a page.
    """
    from _pytask import state

    vars(state)["update_states_in_database"] = lambda *_: None


def _allow_open_files() -> None:
    """Let this process open as many files as kernels need: each takes some thirty.

    Raises:
        WorkflowError: The system does not allow it.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= soft < _FILES:
        soft = _FILES if hard < 0 else min(_FILES, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        if soft < _FEWEST_FILES:
            raise WorkflowError(
                f"only {soft} files may be open at once; allow at least {_FEWEST_FILES} (ulimit -n)"
            )


def _result(report: Any) -> TaskOutcome:
    endings: dict[str, Ending] = {
        "SUCCESS": "ran",
        "SKIP_UNCHANGED": "unchanged",
        "FAIL": "failed",
    }
    outcome = endings.get(report.outcome.name, "skipped")
    return TaskOutcome(report.task, outcome, report.exc_info[1] if report.exc_info else None)
