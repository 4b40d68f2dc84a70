"""Hooks that let plain pytask run the tasks of task_report.py; pyproject.toml names this module.

With them pytask keeps the record that `rebalancing report` keeps (`rebalancing.workflow.record`),
so that neither does again what the other has done, runs notebooks in the same threads, and is alone
in the project as every command that writes.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, cast

import click
import pytask

from rebalancing.errors import RebalancingError, of_system
from rebalancing.files import UMASK
from rebalancing.project import Project
from rebalancing.workflow import drawing, record, run
from rebalancing.workflow.tasks import Task

_HELD = "rebalancing_held"  # where pytask's settings keep what is given back at the end


@dataclass(eq=False)
class _Listed(Task):
    """A task as `pytask collect` lists it: with a path, and a name that begins with it."""

    path: Path = field(kw_only=True)


@pytask.hookimpl(tryfirst=True)
def pytask_parse_config(config: dict[str, Any]) -> None:
    """Take the project for this command, and put pytask's record where ours is."""
    project = Project(config["config"].parent)
    held = ExitStack()
    try:
        if _is_drawing():
            drawing.require(config["layout"])
        # Even `pytask --explain` writes notes, so every command must be alone.
        held.enter_context(project.alone("pytask"))
        os.umask(UMASK)
        run.clear_left_over(project)
        record.mend(run.state_folder(project))
        _use_our_threads(config)
    except RebalancingError as error:
        raise SystemExit(f"pytask: {error}") from None
    config[_HELD] = held
    config["root"] = run.state_folder(project)


@pytask.hookimpl
def pytask_collect_task(
    session: pytask.Session, path: Path | None, obj: Any
) -> pytask.PTask | None:
    """Give tasks a path where pytask passes over those without one."""
    is_listing = session.config.get("command") in {"collect", "clean"}
    if not (is_listing and path and isinstance(obj, Task)):
        return None
    values = {each.name: getattr(obj, each.name) for each in fields(obj) if each.init}
    listed = _Listed(**values | {"name": f"{path.name}::{obj.name}", "path": path})
    return cast("pytask.PTask", listed)


@pytask.hookimpl(trylast=True)
def pytask_log_session_header(session: pytask.Session) -> None:
    """Draw the tasks and end, instead of pytask's own drawing, which needs two more packages."""
    if not _is_drawing():
        return
    session.hook.pytask_collect(session=session)  # pytask itself reports what goes wrong here
    tasks = [task for task in session.tasks if isinstance(task, Task)]
    path, direction = session.config["output_path"], session.config["rank_direction"].name
    ended: int | str = 0
    try:
        drawing.draw(tasks, path, session.config["layout"], direction)
        click.echo(f"Written to {path}.")
    except RebalancingError as error:
        ended = f"pytask: {error}"
    except OSError as error:
        ended = f"pytask: {of_system(error)}"
    session.hook.pytask_unconfigure(session=session)
    raise SystemExit(ended)


@pytask.hookimpl(trylast=True)
def pytask_unconfigure(session: pytask.Session) -> None:
    """Let other commands have the project."""
    session.config[_HELD].close()


def _use_our_threads(config: dict[str, Any]) -> None:
    """Choose how tasks run, unless the user has; explaining is no matter for workers."""
    if config.get("command") != "build":
        return
    from pytask_parallel import ParallelBackend

    from rebalancing.workflow import engine

    if config["explain"]:
        config["n_workers"], config["parallel_backend"] = 1, ParallelBackend.NONE
    elif config["parallel_backend"] == ParallelBackend.NONE:
        engine.use_threads()
        config["parallel_backend"] = ParallelBackend.CUSTOM


def _is_drawing() -> bool:
    """Return whether the command is `pytask dag`, of which pytask's settings do not tell."""
    context = click.get_current_context(silent=True)
    return context is not None and context.info_name == "dag"
