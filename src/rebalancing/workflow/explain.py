"""Why each task would run, in words.

pytask records the states of everything a task needs and makes (`rebalancing.workflow.record`).
Comparing them with today's states tells what would run, and why, without starting pytask::

    02_consumption (Household consumption)
      library module changed: rebalancing.models.trend
      parameter economy: "CHN" → "JPN"
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rebalancing.workflow.record import read_states
from rebalancing.workflow.tasks import Task


@dataclass(frozen=True)
class TaskPlan:
    """Whether a task would run, and why.

    Attributes:
        name: The task's name, such as ``CHN/02_consumption``.
        title: What it is, for people.
        reasons: What has changed since it last ran, in words; empty when nothing has.
        after: Tasks that would run before it and make what it needs; it runs if what they make
            then differs.
        makes: Names of the files and folders that it makes.
    """

    name: str
    title: str
    reasons: tuple[str, ...]
    after: tuple[str, ...]
    makes: tuple[str, ...] = ()

    @property
    def runs(self) -> bool:
        """Whether the task would run, or might after others have."""
        return bool(self.reasons or self.after)


def plan_tasks(tasks: Sequence[Task], state_folder: Path) -> list[TaskPlan]:
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
        makes = tuple(node.name for node in task.makes)
        plans.append(TaskPlan(task.name, task.title, tuple(reasons), tuple(after), makes))
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
