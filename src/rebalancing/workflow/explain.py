"""Why each task would run, in words.

pytask keeps the states of everything a task needs and makes in its lock file, and a journal of
what has been done since that was last written. Comparing them with today's states tells what
would run, and why, without starting pytask::

    02_consumption (Household consumption)
      library module changed: rebalancing.models.trend
      parameter economy: "CHN" → "JPN"
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rebalancing.workflow.tasks import Task

LOCK_FILE = "pytask.lock"


@dataclass(frozen=True)
class TaskPlan:
    """Whether a task would run, and why.

    Attributes:
        name: The task's name, such as ``CHN/02_consumption``.
        title: What it is, for people.
        reasons: What has changed since it last ran, in words; empty when nothing has.
        after: Tasks that would run before it and make what it needs; it runs if what they make
            then differs.
    """

    name: str
    title: str
    reasons: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def runs(self) -> bool:
        """Whether the task would run, or might after others have."""
        return bool(self.reasons or self.after)


def plan(tasks: Sequence[Task], state_folder: Path) -> list[TaskPlan]:
    """Return what would run and why.

    Args:
        tasks: Tasks, each after those that it needs.
        state_folder: Where pytask keeps its lock file.
    """
    recorded = read_states(state_folder)
    running: dict[str, str] = {}
    plans = []
    for task in tasks:
        reasons, after = _reasons(task, recorded.get(task.name), running)
        plans.append(TaskPlan(task.name, task.title, tuple(reasons), tuple(after)))
        if plans[-1].runs:
            running |= {node.name: task.short_name for node in task.makes}
    return plans


def describe(plans: Sequence[TaskPlan]) -> str:
    """Return plans as text for people."""
    due = [plan for plan in plans if plan.runs]
    if not due:
        return f"Nothing to do: none of the {len(plans)} tasks would run."
    lines = [f"{len(due)} of {len(plans)} tasks would run:"]
    for task in due:
        lines += ["", f"{task.name} ({task.title})", *(f"  {reason}" for reason in task.reasons)]
        if task.after:
            condition = "" if task.reasons else ", if what it makes has changed then"
            lines.append(f"  after {', '.join(task.after)}{condition}")
    return "\n".join(lines)


def read_states(state_folder: Path) -> dict[str, dict[str, str]]:
    """Return the states that pytask recorded for all tasks, by the names of task and node."""
    lock = state_folder / LOCK_FILE
    entries: list[dict[str, Any]] = []
    if lock.is_file():
        entries += tomllib.loads(lock.read_text(encoding="utf-8"))["task"]
    journal = state_folder / f"{LOCK_FILE}.journal"
    if journal.is_file():
        for line in journal.read_text(encoding="utf-8").splitlines():
            try:
                entries.append(json.loads(line))
            except json.JSONDecodeError:  # the machine stopped while pytask wrote this line
                break
    return {e["id"]: {**e.get("depends_on", {}), **e.get("produces", {})} for e in entries}


def _reasons(
    task: Task, recorded: dict[str, str] | None, running: dict[str, str]
) -> tuple[list[str], list[str]]:
    """Return why a task would run, and after which others."""
    after = list(dict.fromkeys(running[n.name] for n in task.needs if n.name in running))
    if recorded is None:
        return ["it has not run yet"], after
    reasons: list[str] = []
    for node in task.needs:
        state, before = node.state(), recorded.get(node.name)
        if node.name in running or state == before:
            continue
        if before is None:
            reasons.append(f"new {node.kind}: {node.name}")
        elif state is not None:
            reasons += node.changes(before, state)
    for node in task.makes:
        state, before = node.state(), recorded.get(node.name)
        if state is None:
            reasons.append(f"output missing: {node.name}")
        elif before is None:
            reasons.append(f"new output: {node.name}")
        elif state != before:
            reasons += [f"{change}, not by its task" for change in node.changes(before, state)]
    return reasons, after
