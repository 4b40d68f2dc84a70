"""Store of a new release only the series that changed, for publishers that send all every time.

Readers take each series from the newest release that has it, so nothing is lost: what is left out
is, figure by figure, what an earlier release holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rebalancing import files
from rebalancing.data.releases import Release, descriptor, schema

if TYPE_CHECKING:
    import pandas as pd

PARTIAL = "It holds the series that changed; the others are as earlier releases have them."


def leave_out_unchanged(staged: Path, held: Sequence[Release]) -> None:
    """Take out of a staged release the series of which every figure is held.

    Args:
        staged: Its folder; no series changed at all is no new release, and not asked about here.
        held: The releases of the same publisher, oldest first.
    """
    new = Release.read(staged)
    package: dict[str, Any] = new.descriptor
    resources, is_cut = [], False
    for dataset, resource in new.resources.items():
        path = new.file(dataset)
        frame = schema.read_figures(path)
        same = _unchanged(frame, [each for each in held if dataset in each.resources], dataset)
        if not same:
            resources.append(resource)
            continue
        is_cut = True
        rest = schema.conform(frame[~frame["series"].isin(same)], f"{new.name} {dataset}")
        schema.write_figures(rest, path)
        titles = {entry["code"]: entry["title"] for entry in resource["series"]}
        resources.append(descriptor.resource(path, dataset, resource["title"], rest, titles))
    if is_cut:
        package |= {"resources": resources, "partial": PARTIAL}
        files.write_json(staged / descriptor.FILE, package)


def _unchanged(frame: pd.DataFrame, held: Sequence[Release], dataset: str) -> set[str]:
    """Return the series that the newest release with them has just so."""
    newest = {
        entry["code"]: release for release in held for entry in release.resources[dataset]["series"]
    }
    same: set[str] = set()
    for release in held:
        wanted = sorted(code for code, home in newest.items() if home is release)
        if not wanted:
            continue
        before = schema.read_figures(release.file(dataset), series=wanted)
        for code, own in before.groupby("series"):
            now = frame[frame["series"] == code]
            if now.reset_index(drop=True).equals(own.reset_index(drop=True)):
                same.add(str(code))
    return same
