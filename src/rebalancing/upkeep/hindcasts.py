"""Forecasts made afterwards, each from one earlier release of the accounts alone.

The study is run as of the day by which a release was public, as far as its forecasts need; later
releases do not exist in it. What is made so goes into the log of forecasts, which says of each that
it was made afterwards (`rebalancing.editions.forecast_scores`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import redirect_stdout

from rebalancing import build
from rebalancing.data import releases as raw
from rebalancing.editions import forecast_scores
from rebalancing.errors import StudyError
from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.project import Project
from rebalancing.publishers import ACCOUNTS
from rebalancing.study import Study


def begin(
    project: Project, study: Study, *, jobs: int | None = None
) -> Iterator[tuple[raw.Release, int, str]]:
    """Add the forecasts of each earlier release of the accounts to the log, the oldest first.

    Args:
        project: Where releases and log are; the caller holds its lock.
        study: Whose economy and methods are used; the releases and the last year are those of
            each day.
        jobs: How many notebooks run at once.

    Yields:
        The release, how many rows were added, and why there is none, where none could be made.

    Raises:
        BuildFailedError: A notebook failed.
    """
    *earlier, _ = raw.releases(project, ACCOUNTS)
    makers = [n.name for n in find_notebooks(project) if _forecasts(n.writes)]
    for release in earlier:
        values = {"as_of": release.public, "releases": {}, "last_year": raw.LATEST}
        try:
            then = Study.load(project, {**study.parameters(), **values})
        except StudyError as error:
            yield release, 0, str(error)
            continue
        with redirect_stdout(sys.stderr):
            build.update(project, then, jobs=jobs, only=makers)
        yield release, forecast_scores.append(project, project.build / then.edition(project)), ""


def _forecasts(writes: tuple[str, ...]) -> bool:
    return any(place.startswith("forecasts/") for place in writes)
