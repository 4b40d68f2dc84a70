"""Store of a new release only the series that changed, for publishers that send all every time.

Readers take each series from the newest release that has it. A series is left out only if that
release already holds the same figures, so nothing is lost.
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
    """Take out of a staged release the series whose figures are all held already.

    A dataset of which nothing is left goes with its file.

    Args:
        staged: Its folder. Some series in it is new or has changed: otherwise it is no new release.
        held: The releases of the same publisher, oldest first.
    """
    new = Release.read(staged)
    resources: list[dict[str, Any]] = []
    is_cut = False
    for dataset, resource in new.resources.items():
        path = new.file(dataset)
        frame = schema.read_figures(path)
        same = _unchanged(frame, [each for each in held if dataset in each.resources], dataset)
        if not same:
            resources.append(resource)
            continue
        is_cut = True
        changed = frame[~frame["series"].isin(same)]
        if changed.empty:
            path.unlink()
            continue
        rest = schema.conform(changed, f"{new.name} {dataset}")
        schema.write_figures(rest, path)
        titles = {entry["code"]: entry["title"] for entry in resource["series"]}
        resources.append(descriptor.resource(path, dataset, resource["title"], rest, titles))
    if is_cut:
        package = {**new.descriptor, "resources": resources, "partial": PARTIAL}
        files.write_json(staged / descriptor.FILE, package)


def _unchanged(frame: pd.DataFrame, held: Sequence[Release], dataset: str) -> set[str]:
    """Return the series with exactly the figures of the newest held release that has them."""
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
