"""A copy of the repository in which every publisher has put out a newer, made-up release."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from rebalancing import files
from rebalancing.data import releases
from rebalancing.data.releases import Release, calendar, checksums, descriptor, schema
from rebalancing.project import Project

REPOSITORY = Path(__file__).resolve().parents[1]
REVISED = 3  # the last periods of each series, which are revised
GROWTH, REVISION = 1.05, 1.01
STILL = 5  # years since its last period in which a series has not ended
BASE_YEAR = 2020  # of the UN's next constant prices; those held are of 2015


def copy(root: Path) -> Project:
    """Copy what git has, or would take, into a repository of its own without commits.

    Modules that have been compiled are compiled there too.
    """
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.check_output(command, cwd=REPOSITORY, text=True)
    compiled = [path for room in ("src", "tests") for path in (REPOSITORY / room).rglob("*.pyc")]
    names = [
        *filter(None, listed.split("\0")),
        *(path.relative_to(REPOSITORY) for path in compiled),
    ]
    for name in names:
        source, target = REPOSITORY / name, root / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)  # what was compiled is known by the time of its source
    (root / "build").mkdir()
    subprocess.check_call(["git", "init", "--quiet"], cwd=root)
    return Project(root)


def add_releases(project: Project) -> dict[str, str]:
    """Add a newer release of each publisher and return their names."""
    added = [_follow(releases.resolve(project, name)) for name in releases.publishers(project)]
    checksums.update(project, added)
    return {folder.parent.name: folder.name for folder in added}


def _follow(old: Release) -> Path:
    """Write the release that might come after one: a period more, the last three revised."""
    day = (_last_day(old.date) + timedelta(days=1)).isoformat()
    folder = old.folder.with_name(next_name(old.name, day))
    folder.mkdir()
    resources = [_resource(old, dataset, folder) for dataset in old.resources]
    if old.publisher == "unsd-ama":
        resources.append(_at_constant_prices(old, folder))
    package: dict[str, Any] = dict(old.descriptor)
    package |= {
        "name": f"{old.publisher}-{folder.name}".lower(),
        "title": package["title"].replace(old.name, folder.name),
        "version": folder.name,
        "released": {"date": day, "basis": "Made up."},
        "resources": resources,
    }
    files.write_json(folder / descriptor.FILE, package)
    return folder


def _resource(old: Release, dataset: str, folder: Path) -> dict[str, Any]:
    held = old.resources[dataset]
    path = folder / held["path"]
    frame = schema.conform(newer(pd.read_parquet(old.file(dataset))), folder.name)
    write_fast(frame, path)
    titles = {entry["code"]: entry["title"] for entry in held["series"]}
    return descriptor.resource(path, dataset, held["title"], frame, titles)


def _at_constant_prices(old: Release, folder: Path) -> dict[str, Any]:
    """Write the UN's accounts at prices of another year than those held; they rise by 2% a year."""
    figures = newer(pd.read_parquet(old.file("current-usd")))
    inflation = 1.02 ** (figures["period"].astype(int) - BASE_YEAR)
    figures = figures.assign(
        value=figures["value"] / inflation, unit=f"US dollars, constant {BASE_YEAR} prices"
    )
    dataset = f"constant-{BASE_YEAR}-usd"
    path = folder / f"{dataset}.parquet"
    frame = schema.conform(figures, folder.name)
    write_fast(frame, path)
    titles = {entry["code"]: entry["title"] for entry in old.resources["current-usd"]["series"]}
    title = f"Constant prices of {BASE_YEAR}, US dollars"
    return descriptor.resource(path, dataset, title, frame, titles)


def write_fast(frame: pd.DataFrame, path: Path) -> None:
    """Write figures as the project does, but for the size of the file, which takes most time."""
    table = pa.Table.from_pandas(frame, schema=schema.ARROW, preserve_index=False)
    pq.write_table(table, path, compression="zstd", compression_level=1, store_schema=False)


def newer(figures: pd.DataFrame) -> pd.DataFrame:
    """Return figures with the last periods of each series revised, and one added.

    Series that ended long ago, such as those of Czechoslovakia, do not go on.
    """
    row = ["economy", "partner", "series"]
    ordered = figures.sort_values([*row, "period"]).reset_index(drop=True)
    from_last = ordered.groupby(row, dropna=False).cumcount(ascending=False)
    year = ordered["period"].str[:4].astype(int)
    added = ordered[(from_last == 0) & (year >= year.max() - STILL)].copy()
    added["period"] = added["period"].map(next_period)
    added["value"] *= GROWTH
    ordered["value"] = ordered["value"] * np.where(from_last < REVISED, REVISION, 1.0)
    return pd.concat([ordered, added], ignore_index=True)


def _last_day(text: str) -> date:
    """Return a day, or the last one of a month or a year."""
    return date.fromisoformat(text) if len(text) == len("2024-10-19") else calendar.last_day(text)


def next_period(period: str) -> str:
    """Return the year, quarter, half or month that follows."""
    year, _, part = period.partition("-")
    if not part:
        return str(int(year) + 1)
    letter = part.rstrip("0123456789")
    number, last = int(part.removeprefix(letter)), {"Q": 4, "": 12}[letter]
    year, number = (str(int(year) + 1), 1) if number == last else (year, number + 1)
    return f"{year}-{letter}{number:0{2 - len(letter)}}"


def next_name(name: str, day: str) -> str:
    """Return what a publisher would call its next release, which comes out on a day."""
    if re.fullmatch(r"\d{4}", name):
        return str(int(name) + 1)
    if re.fullmatch(r"\d{4}-\d{2}", name):
        return next_period(name)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", name):
        return day
    return f"{int(name.partition('.')[0]) + 1}.0"  # 10.01
