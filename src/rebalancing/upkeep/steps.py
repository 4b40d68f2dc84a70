"""The parts of a change: code or parameters, revised data, new observations.

The edition is rebuilt in steps, each differing from the one before in one thing::

    kept results                                        as they were
    │  code or parameters
    today's code, the old releases                      each publisher's release is pinned
    │  revised data
    today's code, new releases, to the old last year
    │  new observations
    today's results

so that the parts of each result add up to its whole change. Former code is not run again. Results
on all releases held, in the chapters on data, follow no step and have no parts. A publisher that
was added since cannot be taken out again; what it brings counts as code. If the last year of the
accounts has not moved, revised data and new observations are one part.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from rebalancing import build
from rebalancing.data import releases as raw
from rebalancing.notebooks.chapters import find_notebooks
from rebalancing.project import Project
from rebalancing.publishers import ACCOUNTS
from rebalancing.report import provenance, results, stored
from rebalancing.study import Study

CODE, REVISED, NEW = "code", "revised", "new"


@dataclass(frozen=True)
class StepPlan:
    """Which studies are built between the kept results and today's.

    Attributes:
        pinned: The old release of each publisher whose release has changed.
        old_releases: Today's study on the old releases; None where no release changed.
        old_years: Today's study to the old last year; None where that is the last year now.
    """

    pinned: dict[str, str]
    old_releases: Study | None
    old_years: Study | None


def plan_steps(project: Project, study: Study, before: Mapping[str, Any]) -> StepPlan:
    """Return the steps from kept results to today's.

    Args:
        project: Where the releases are.
        study: Today's.
        before: The content of the kept results.json.
    """
    then = before["edition"]["releases"]
    now = provenance.releases(project, study)
    pinned = {
        publisher: entry["release"]
        for publisher, entry in then.items()
        if publisher in now
        and entry["release"] != now[publisher]["release"]
        and _is_held(project, publisher, entry["release"])
    }
    if not pinned:
        return StepPlan({}, None, None)
    values = study.parameters()
    kept = {**values, "releases": {**study.releases, **pinned}}
    newest = now[ACCOUNTS]["release"]
    last, old_last = (
        raw.resolve(project, ACCOUNTS, name).last_year
        for name in (newest, pinned.get(ACCOUNTS, newest))
    )
    end = study.end_year(last)
    old_end = min(end, old_last)
    to_old_end = {**values, "last_year": old_end}
    if isinstance(values["last_year"], int):
        kept["last_year"] = old_end
    return StepPlan(
        pinned,
        Study.load(project, kept),
        Study.load(project, to_old_end) if old_end < end else None,
    )


def parts(
    project: Project, study: Study, before: Mapping[str, Any], *, jobs: int | None = None
) -> dict[str, dict[str, float]]:
    """Return the parts of each result's change, by key; they sum to the whole change.

    A result that a step does not have counts as unchanged in that step.

    Args:
        project: The project; the study's edition has been built.
        study: Today's.
        before: The content of the kept results.json.
        jobs: How many notebooks run at once.

    Raises:
        BuildFailedError: A step could not be built.
    """
    steps = plan_steps(project, study, before)
    folder = project.build / study.edition(project)
    today = _values(stored.read_results(folder, stored.StoredValues))
    stages = [_values(before)]
    stages.append(_built(project, steps.old_releases, jobs) if steps.old_releases else today)
    stages.append(_built(project, steps.old_years, jobs) if steps.old_years else today)
    stages.append(today)
    found = {}
    for key in (stages[0].keys() & today.keys()) - _about_all(project, before):
        values = [stages[0][key]]
        for stage in stages[1:]:
            values.append(stage.get(key, values[-1]))
        each = [after - was for was, after in pairwise(values)]
        found[key] = dict(zip((CODE, REVISED, NEW), each, strict=True))
    return found


def _about_all(project: Project, before: Mapping[str, Any]) -> set[str]:
    """Return the keys of the results that are about all releases held."""
    chapters = {notebook.name for notebook in find_notebooks(project) if notebook.makes_tables}
    return {r["key"] for r in before["results"] if r["chapter"] in chapters}


def _is_held(project: Project, publisher: str, name: str) -> bool:
    return any(release.name == name for release in raw.releases(project, publisher))


def _built(project: Project, study: Study, jobs: int | None) -> dict[str, float]:
    """Return the results of a study, its notebooks run as far as need be; no book is built."""
    with redirect_stdout(sys.stderr):
        build.update(project, study, jobs=jobs, only=[n.name for n in find_notebooks(project)])
    folder = project.build / study.edition(project)
    results.merge(folder, provenance.edition(project, study))
    return _values(stored.read_results(folder, stored.StoredValues))


def _values(recorded: Mapping[str, Any]) -> dict[str, float]:
    return {
        result["key"]: float(result["value"])
        for result in recorded["results"]
        if isinstance(result["value"], int | float)
    }
