"""The order in which tasks begin: those that most others wait for; among equals, the later chapter.

pytask loads this module in every run, because it is one of its plugins (pyproject.toml). Left to
itself, it takes tasks in the order of a set, so that the longest chapter may begin last and run
alone.
"""

from __future__ import annotations

import sys

import pytask
from _pytask.scheduler import SimpleScheduler

TASKS = "rebalancing.workflow.tasks"


@pytask.hookimpl(tryfirst=True)
def pytask_execute_build(session: pytask.Session) -> None:
    """Give our tasks their priorities before the first one begins."""
    if TASKS not in sys.modules:  # somebody else's tasks, which should not have to load ours
        return
    from rebalancing.workflow.tasks import Task

    tasks = sorted((t for t in session.tasks if isinstance(t, Task)), key=lambda t: t.short_name)
    ours = [task.signature for task in tasks]
    waiting = {name: len(session.dag.descendants(name).intersection(ours)) for name in ours}
    if isinstance(session.scheduler, SimpleScheduler):
        # The highest is taken first; the sort leaves equals in the order of the book.
        order = sorted(ours, key=waiting.__getitem__)
        session.scheduler.priorities |= {name: rank for rank, name in enumerate(order)}
