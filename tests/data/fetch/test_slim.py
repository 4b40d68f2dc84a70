"""A new release of a publisher that sends all every time holds the series that changed."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from rebalancing import files
from rebalancing.data.fetch import slim
from rebalancing.data.fetch.services import SERVICES
from rebalancing.data.releases import Release, descriptor, schema
from rebalancing.data.releases.sources import Dated

Datasets = dict[str, pd.DataFrame]
PUBLISHER = next(s.publisher for s in SERVICES if s.publisher.id == "worldbank-wdi")


def figures(**values: float) -> pd.DataFrame:
    """Return two years of each series for two economies."""
    rows = [
        (economy, code, year, float(value + number), "US$")
        for code, value in values.items()
        for number, (economy, year) in enumerate(
            (economy, year) for economy in ("CHN", "JPN") for year in ("2023", "2024")
        )
    ]
    return pd.DataFrame(rows, columns=["economy", "series", "period", "value", "unit"])


def write(root: Path, name: str, datasets: Datasets) -> Release:
    folder = root / PUBLISHER.id / name
    folder.mkdir(parents=True)
    resources = []
    for dataset, frame in datasets.items():
        rows, path = schema.conform(frame, dataset), folder / f"{dataset}.parquet"
        schema.write_figures(rows, path)
        titles = {code: f"Title of {code}" for code in rows["series"]}
        resources.append(descriptor.resource(path, dataset, dataset, rows, titles))
    dated = Dated(name, f"{name}-01-01", "It says so.")
    content = descriptor.package(PUBLISHER, dated, resources)
    files.write_json(folder / descriptor.FILE, content)
    return Release.read(folder)


def left(root: Path, new: Datasets, *held: Datasets) -> tuple[Release, list[Release]]:
    """Return a new release without what is unchanged, and the held ones, oldest first."""
    before = [write(root, str(2020 + number), each) for number, each in enumerate(held)]
    staged = write(root / "staged", "2025", new)
    slim.leave_out_unchanged(staged.folder, before)
    return Release.read(staged.folder), before


def series(release: Release, dataset: str) -> list[str]:
    return [entry["code"] for entry in release.resources[dataset]["series"]]


def read_together(dataset: str, *oldest_first: Release) -> pd.DataFrame:
    """Return each series from the newest release that has it."""
    found: dict[str, pd.DataFrame] = {}
    for release in oldest_first:
        if dataset in release.resources:
            rows = schema.read_figures(release.file(dataset))
            found |= {str(code): own for code, own in rows.groupby("series")}
    return schema.conform(pd.concat(found.values()), dataset)


def test_a_series_that_changed_is_stored_whole_and_the_others_are_not(tmp_path: Path) -> None:
    before, after = figures(A=1, B=2, C=3), figures(A=1, B=2, C=3, D=4)
    after.loc[(after["series"] == "B") & (after["period"] == "2024"), "value"] += 0.5
    new, held = left(tmp_path, {"all": after}, {"all": before})
    assert series(new, "all") == ["B", "D"]
    assert new.descriptor["partial"] == slim.PARTIAL
    stored = schema.read_figures(new.file("all"))  # its digest is that of the descriptor
    assert len(stored) == 8
    assert new.resources["all"]["rows"] == 8
    assert new.resources["all"]["series"][0]["title"] == "Title of B"
    whole = schema.conform(after, "all")
    pd.testing.assert_frame_equal(read_together("all", *held, new), whole)


def test_a_dataset_without_a_change_is_neither_listed_nor_there(tmp_path: Path) -> None:
    new, held = left(
        tmp_path,
        {"same": figures(A=1), "other": figures(B=2.5)},
        {"same": figures(A=1), "other": figures(B=2)},
    )
    assert list(new.resources) == ["other"]
    assert {path.name for path in new.folder.iterdir()} == {descriptor.FILE, "other.parquet"}
    whole = schema.conform(figures(A=1), "same")
    pd.testing.assert_frame_equal(read_together("same", *held, new), whole)


def test_what_counts_is_the_newest_release_with_the_series(tmp_path: Path) -> None:
    # A is as it once was, and is not what readers would find without it; B is as it last was.
    new, held = left(
        tmp_path,
        {"all": figures(A=1, B=2)},
        {"all": figures(A=1, B=2)},
        {"all": figures(A=1.5)},
    )
    assert series(new, "all") == ["A"]
    whole = schema.conform(figures(A=1, B=2), "all")
    pd.testing.assert_frame_equal(read_together("all", *held, new), whole)


def test_a_series_with_a_period_less_has_changed(tmp_path: Path) -> None:
    after = figures(A=1, B=2).iloc[1:]
    assert series(left(tmp_path, {"all": after}, {"all": figures(A=1, B=2)})[0], "all") == ["A"]


def test_a_release_of_which_all_changed_stays_as_it_is(tmp_path: Path) -> None:
    new, _ = left(tmp_path, {"all": figures(A=2), "new": figures(A=1)}, {"all": figures(A=1)})
    assert list(new.resources) == ["all", "new"]
    assert "partial" not in new.descriptor
