"""The rows of a processed table that a study rests on: one place where releases are chosen.

The tables hold all releases side by side. Of each publisher a study uses the release that it
names, or the newest that was public on its day. Publishers put out some series at a time, so that
each series comes from the newest release that has it and is not after the one chosen; within one
series nothing is joined. A second release of a publisher therefore never gives a series twice.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from rebalancing.data import releases
from rebalancing.data.releases import LATEST, Release
from rebalancing.data.tables.columns import TableName
from rebalancing.data.views.until import PUBLISHERS
from rebalancing.data.views.vintages import newest
from rebalancing.errors import DataError
from rebalancing.project import Project

# Tables in which the column source tells whose a row is; elsewhere the series does.
SOURCES = {"nbs-io": "NBS", "oecd-io": "OECD"}
# Their releases are a year's table each, so that every year has a newest release of its own.
A_TABLE_A_YEAR = {"nbs-io"}


class NoReleaseError(DataError):
    """A table that is of no release, such as the list of economies."""


def rows(
    project: Project,
    name: TableName,
    frame: pd.DataFrame,
    named: Mapping[str, str] | None = None,
    *,
    together: bool = False,
) -> pd.DataFrame:
    """Return the rows of a table that a study rests on.

    Args:
        project: Where data/raw is, as of the study's day.
        name: The table's name.
        frame: The table, or some rows of it.
        named: The releases that the study names, by publisher; the newest of the others.
        together: Take all series of a publisher from one release, the newest that has them all:
            for what is made of several series, such as output per head.

    Returns:
        A selection of the rows, in the order given. Of a publisher without a release on that day
        there are none.

    Raises:
        NoReleaseError: The table is of no release.
        UnknownReleaseError: A publisher has no release of that name.
    """
    kept: list[int] = []
    for publisher, known in _chosen(project, name, named or {}).items():
        own = of_publisher(project, name, publisher, frame.reset_index(drop=True))
        names = [release.name for release in known]
        if together:
            names = _with_all_series(own, names)
        also = ["year"] if publisher in A_TABLE_A_YEAR else []
        kept += newest(own, names, also).index.to_list()
    return frame.iloc[sorted(kept)].reset_index(drop=True)


def sources(
    project: Project, name: TableName, frame: pd.DataFrame, named: Mapping[str, str] | None = None
) -> list[Release]:
    """Return the releases that rows come from, publisher by publisher, the oldest first.

    Args:
        project: Where data/raw is, as of the study's day.
        name: The table's name.
        frame: Rows of it, as from `rows`.
        named: As there.
    """
    found = []
    for publisher, known in _chosen(project, name, named or {}).items():
        used = set(of_publisher(project, name, publisher, frame)["release"])
        found += [release for release in known if release.name in used]
    return found


def of_publisher(
    project: Project, name: TableName, publisher: str, frame: pd.DataFrame
) -> pd.DataFrame:
    """Return the rows of a table that are one publisher's, where several are in it."""
    if len(PUBLISHERS[name]) == 1:
        return frame
    if "source" in frame:
        return frame[frame["source"] == SOURCES[publisher]]
    if publisher not in releases.publishers(project):
        return frame.iloc[:0]
    codes = {
        series["code"]
        for release in releases.releases(project, publisher)
        for entry in release.resources.values()
        for series in entry["series"]
    }
    return frame[frame["series"].isin(codes)]


def _with_all_series(own: pd.DataFrame, names: list[str]) -> list[str]:
    """Return the newest release that has every series; none if no release does."""
    held = own.groupby("release")["series"].nunique()
    whole = [name for name in names if held.get(name, 0) == own["series"].nunique()]
    return whole[-1:]


def _chosen(
    project: Project, name: TableName, named: Mapping[str, str]
) -> dict[str, list[Release]]:
    """Return the releases of each publisher of a table, up to the one that is chosen."""
    if name not in PUBLISHERS:
        raise NoReleaseError(f"the table {name} is of no release; read all of it")
    found = {}
    public = releases.publishers(project)
    for publisher in PUBLISHERS[name]:
        if publisher in public:
            chosen = releases.resolve(project, publisher, named.get(publisher, LATEST))
            every = releases.releases(project, publisher)
            found[publisher] = every[: [one.name for one in every].index(chosen.name) + 1]
    return found
