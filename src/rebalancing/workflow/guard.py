"""Guards a notebook's run: ends it at its limits, and notes what ended it.

The kernel of a run that passes a limit is killed, which ends the cell whatever it does. The guard
notes the cell that began last, so that a kernel's death is put down to it and not to the next one;
and it notes a cell that ends the notebook by itself, which papermill takes for success.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Timer
from typing import Any

from nbclient.exceptions import DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines

from rebalancing.errors import of_machine
from rebalancing.notebooks.limits import Limits
from rebalancing.workflow import kernel

ENGINE = "guarded"
_START = 600  # seconds; a kernel that dies while it starts is noticed at once
_QUIET = logging.getLogger(f"{__name__}.quiet")  # the line that reports the failure says the same
_QUIET.disabled = True


@dataclass
class RunGuard:
    """What is known of one run.

    Attributes:
        limits: What the run may come to.
        cell: Id of the cell that began last; empty before the first.
        reason: Why the run failed, in words; empty as long as it has not.
        said: How many bytes the cells have put out.
    """

    limits: Limits
    cell: str = ""
    reason: str = ""
    said: int = 0

    def fail(self, reason: str) -> None:
        """Take note of why the run fails; the first reason stays."""
        self.reason = self.reason or reason

    def begin(self, cell: Mapping[str, Any]) -> None:
        """Take note that a cell begins, unless one before it has failed."""
        if not self.reason:
            self.cell = cell["id"]

    def is_too_much(self, message: Mapping[str, Any]) -> bool:
        """Add a message's size to the count, and return whether the run has put out too much."""
        self.said += len(json.dumps(message["content"], default=str))
        return self.said > self.limits.megabytes * 1e6

    def judge(self, execute_reply: Mapping[str, Any] | None, **_: Any) -> None:
        """Take note of how a cell ended.

        Raises:
            DeadKernelError: It asked for the end of the notebook.
        """
        content = {} if execute_reply is None else execute_reply["content"]
        asks = any(part.get("source") == "ask_exit" for part in content.get("payload", ()))
        if asks or content.get("ename") == "SystemExit":
            self.fail(
                "it ends the notebook before the last cell (exit, quit, sys.exit or SystemExit)"
            )
            raise DeadKernelError(self.reason)
        if content.get("status") == "error":
            self.fail(_error(content))


class GuardedClient(PapermillNotebookClient):  # type: ignore[misc]
    """Papermill's client, with a guard."""

    def __init__(self, nb_man: Any, *, guard: RunGuard, **options: Any) -> None:
        super().__init__(
            nb_man,
            log=_QUIET,
            on_cell_execute=self._begin,
            on_cell_executed=guard.judge,
            **options,
        )
        self.guard = guard
        seconds = guard.limits.seconds
        self.timer = Timer(seconds, self._end, [f"it ran longer than {seconds:,g} s{_MORE}"])
        self.timer.daemon = True

    def execute(self, **options: Any) -> Any:
        """Run the notebook, for as long as it may."""
        try:
            return super().execute(**options)
        finally:
            self.timer.cancel()

    def process_message(self, msg: Any, cell: Any, cell_index: int) -> Any:
        """Take in what the kernel puts out, up to the limit."""
        if msg["msg_type"] != "status" and self.guard.is_too_much(msg):
            self._end(f"it put out more than {self.guard.limits.megabytes:,g} MB{_MORE}")
            return None
        if msg["msg_type"] == "error":
            msg["content"]["traceback"] = msg["content"]["traceback"] or []  # an error without one
            if msg["content"]["ename"] != "SystemExit":
                self.guard.fail(_error(msg["content"]))
        return super().process_message(msg, cell, cell_index)

    def _begin(self, cell: Any, **_: Any) -> None:
        if not self.guard.cell:
            self.timer.start()
        self.guard.begin(cell)

    def _end(self, reason: str) -> None:
        self.guard.fail(reason)
        if self.km is not None:
            kernel.kill(self.km)


def _error(content: Mapping[str, Any]) -> str:
    """Return an error in words; those of what the machine lacks say what to do."""
    return of_machine(content["ename"], content["evalue"]) or ": ".join(
        filter(None, [content["ename"], content["evalue"]])
    )


_MORE = "; if it needs more, say so under `limits` in the notebook's metadata (docs/chapters.md)"


class _Engine(Engine):  # type: ignore[misc]
    """Papermill's engine, with that client."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, *, guard: RunGuard, **options: Any
    ) -> Any:
        unused = {"input_path", "start_timeout"}
        used = {name: value for name, value in options.items() if name not in unused}
        # The idle message of a sound cell may be late on a busy machine; the limits end the rest.
        client = GuardedClient(
            nb_man,
            guard=guard,
            kernel_name=kernel_name,
            startup_timeout=_START,
            iopub_timeout=int(guard.limits.seconds) + 1,
            **used,
        )
        # Papermill would check and write the whole notebook before and after every cell. It is
        # written once it has run, or failed; until then the folder is nobody's to read.
        place, nb_man.output_path = nb_man.output_path, None
        try:
            return client.execute()
        finally:
            nb_man.output_path = place


papermill_engines.register(ENGINE, _Engine)
