"""Write compiled official figures into data/raw, one immutable release per folder.

Everything is read, checked and written to a temporary folder first; only then are the new releases
renamed into place. A release that exists with the same content is left alone; one that exists with
other content is an error, and nothing changes.

Out of scope here: fetching from publishers, correcting or harmonising figures.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from rebalancing import files
from rebalancing.data.imports.compiled import CompiledFolder, CompiledFolderError
from rebalancing.data.imports.publishers import PUBLISHERS
from rebalancing.data.releases import Release, checksums, descriptor, schema, shipped_tables
from rebalancing.data.releases.sources import Dated, Publisher, Source
from rebalancing.errors import DataError
from rebalancing.project import Project

TITLES = Path(__file__).with_name("series.csv")
# What a descriptor may hold of how its release came, which another import does not repeat.
OF_ARRIVAL = {"accepted", "retrieved"}


class ReleaseExistsError(DataError):
    """A release to be imported exists already and has other content."""


def import_folder(
    project: Project,
    folder: Path,
    publishers: Iterable[Publisher] = PUBLISHERS,
    progress: Callable[[str], object] = lambda title: None,
    review: Callable[[Path], object] = lambda staged: None,
) -> list[Release]:
    """Import the compiled figures of a folder and return the releases that are new.

    Args:
        project: Where data/raw is.
        folder: Compiled figures (`compiled.CompiledFolder` describes them).
        publishers: What to import; everything by default.
        progress: Called with the title of each publisher's figures before they are read.
        review: Called with the folder of each new release before any is put into place; it may add
            to the descriptor, or raise to stop the import.

    Raises:
        CompiledFolderError: A file is missing, altered or in another form.
        SchemaError: Figures break the project's form.
        ReleaseExistsError: A release is there already and differs; nothing was changed.
        BusyError: Another command that writes is at work in this project.
    """
    with project.alone("import"):
        return _import(project, CompiledFolder(folder), publishers, progress, review)


def _import(
    project: Project,
    compiled: CompiledFolder,
    publishers: Iterable[Publisher],
    progress: Callable[[str], object],
    review: Callable[[Path], object],
) -> list[Release]:
    project.raw.mkdir(parents=True, exist_ok=True)
    files.clear(project.raw)
    with files.workshop(project.raw, ".import-") as staging:
        staged: list[Path] = []
        for publisher in publishers:
            progress(publisher.title)
            staged += _stage(compiled, publisher, staging)
        new = [path for path in staged if not _exists(path, _home(project, path))]
        for path in new:
            review(path)
        checksums.publish(project, new)
    # Those that were there already may not be listed, where an import was killed.
    checksums.update(project, [_home(project, path) for path in staged])
    return [Release.read(_home(project, path)) for path in new]


def _home(project: Project, staged: Path) -> Path:
    return project.raw / staged.parent.name / staged.name


def _stage(compiled: CompiledFolder, publisher: Publisher, staging: Path) -> list[Path]:
    """Write all releases of a publisher below the staging folder and return their folders."""
    parts: dict[Dated, dict[str, tuple[Source, str, list[str]]]] = {}
    for source in publisher.sources:
        for label, paths in compiled.match(source.pattern).items():
            try:
                dated = source.dated(label)
            except ValueError as error:
                raise CompiledFolderError(f"{compiled.root / paths[0]}: {error}") from None
            datasets = parts.setdefault(dated, {})
            if source.dataset in datasets:
                raise CompiledFolderError(
                    f"{compiled.root}: {source.pattern} and {datasets[source.dataset][0].pattern} "
                    f"both have {publisher.id} {dated.name}"
                )
            datasets[source.dataset] = (source, label, paths)
    names = [dated.name for dated in parts]
    if len(set(names)) < len(names):
        raise CompiledFolderError(f"{compiled.root}: {publisher.id} has a release with two dates")
    return [
        _stage_release(compiled, publisher, dated, datasets, staging / publisher.id / dated.name)
        for dated, datasets in parts.items()
    ]


def _stage_release(
    compiled: CompiledFolder,
    publisher: Publisher,
    dated: Dated,
    datasets: dict[str, tuple[Source, str, list[str]]],
    folder: Path,
) -> Path:
    folder.mkdir(parents=True)
    resources = []
    for name, (source, label, paths) in sorted(datasets.items()):
        frames = [source.convert(compiled.figures(path, source.prefixes)) for path in paths]
        origin = str(compiled.root / source.pattern.replace("{release}", label))
        frame = schema.conform(pd.concat(frames, ignore_index=True), origin)
        path = folder / f"{name}.parquet"
        schema.write_figures(frame, path)
        titles = _titles(compiled, publisher, dated, frame)
        resources.append(descriptor.resource(path, name, source.title, frame, titles))
    files.write_json(folder / descriptor.FILE, descriptor.package(publisher, dated, resources))
    return folder


def _titles(
    compiled: CompiledFolder, publisher: Publisher, dated: Dated, frame: pd.DataFrame
) -> dict[str, str]:
    """Return the plain meaning of every series of a dataset."""
    units = frame.drop_duplicates("series").set_index("series")["unit"]
    if publisher.family is None:
        own = own_titles(publisher.id)
        edition = f"{publisher.sectors}-{dated.name}"
        titles = {code: _own_title(code, own, compiled, edition) for code in units.index}
    else:
        titles = {}
        for code, unit in units.items():
            name, newest_unit = compiled.names.get((publisher.family, str(code)), ("", ""))
            titles[str(code)] = name.replace(f"({newest_unit})", f"({unit})")
    if missing := [code for code, title in titles.items() if not title]:
        raise CompiledFolderError(
            f"{publisher.id} {dated.name}: no list of series says what {missing[0]} means; add it "
            f"to {TITLES.name if publisher.family is None else 'series-annual.csv'}"
        )
    return titles


def own_titles(publisher: str) -> dict[str, str]:
    """Return the plain meaning of the series of a publisher that series.csv lists, by code."""
    rows = shipped_tables.read_shipped(TITLES, ("publisher", "series", "title"))
    return {row["series"]: row["title"] for row in rows if row["publisher"] == publisher}


def _own_title(code: str, own: dict[str, str], compiled: CompiledFolder, edition: str) -> str:
    """Return the title of a series; OUTPUT_S01 is that of OUTPUT_S and the name of sector 01."""
    if code in own:
        return own[code]
    by_sector = re.fullmatch(r"(\w+_S)(\d+)", code)
    if by_sector is None or by_sector[1] not in own:
        return ""
    sector = compiled.sectors.get((edition, by_sector[2]))
    return f"{own[by_sector[1]]}: {sector}" if sector else ""


def _exists(staged: Path, home: Path) -> bool:
    """Say whether a release is there already.

    Raises:
        ReleaseExistsError: It is, with other content.
    """
    if not home.exists():
        return False
    if differing := _differences(staged, home):
        raise ReleaseExistsError(
            f"{home.parent.name} {home.name} exists and differs in {'; '.join(differing)}. "
            f"Releases are never changed: import it under another name, or remove {home} first"
        )
    return True


def _differences(staged: Path, home: Path) -> list[str]:
    """Return what differs between two folders of a release, in words.

    Parquet files are compared by their rows when their bytes differ: another version of the
    library that writes them does not make another release.
    """
    try:
        old = descriptor.read_descriptor(home / descriptor.FILE)
    except descriptor.DescriptorError:
        return [f"{descriptor.FILE} (missing or damaged)"]
    new = descriptor.read_descriptor(staged / descriptor.FILE)
    old_resources = {entry["name"]: entry for entry in old["resources"]}
    new_resources = {entry["name"]: entry for entry in new["resources"]}
    keys = _changed(old, new, OF_ARRIVAL | {"resources"})
    found = [f"{key} of {descriptor.FILE}" for key in keys]
    for name in sorted(old_resources.keys() | new_resources.keys()):
        if name not in old_resources or name not in new_resources:
            found.append(f"{name} ({'new' if name in new_resources else 'gone'})")
            continue
        before, after = old_resources[name], new_resources[name]
        keys = _changed(before, after, {"bytes", "hash"})
        if before.get("hash") != after["hash"]:
            keys += _changed_rows(home / after["path"], staged / after["path"])
        found += [f"{name} ({key})" for key in keys]
    return found


def _changed(old: dict[str, Any], new: dict[str, Any], ignored: set[str]) -> list[str]:
    return [
        key for key in sorted((old.keys() | new.keys()) - ignored) if old.get(key) != new.get(key)
    ]


def _changed_rows(old: Path, new: Path) -> list[str]:
    before, after = (schema.read_figures(path).set_index(schema.KEY) for path in (old, new))
    common = before.index.intersection(after.index)
    changed = int((before.loc[common] != after.loc[common]).any(axis=1).sum())
    counts = {
        "rows added": len(after.index.difference(before.index)),
        "rows removed": len(before.index.difference(after.index)),
        "rows changed": changed,
    }
    return [f"{count:,} {what}" for what, count in counts.items() if count]
