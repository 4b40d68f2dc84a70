"""The report's tasks, for whoever prefers pytask to make: `pytask`, `pytask --explain` and so on.

`make report` makes the same tasks, and both keep the same record of what has run.
"""

from pathlib import Path

from rebalancing import build
from rebalancing.errors import RebalancingError
from rebalancing.project import Project

try:
    # pytask collects the tasks that it finds among a module's names.
    globals().update(build.tasks(Project.find(Path(__file__).parent)))
except RebalancingError as error:
    raise SystemExit(f"pytask: {error}") from None  # one line, where pytask would show its insides
