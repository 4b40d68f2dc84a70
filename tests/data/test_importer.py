import json
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from frictionless import Package, system

from rebalancing import files
from rebalancing.data import releases
from rebalancing.data.imports import importer
from rebalancing.data.imports.compiled import CompiledFolderError
from rebalancing.data.imports.importer import ReleaseExistsError
from rebalancing.data.releases.schema import COLUMNS, KEY, SchemaError
from rebalancing.project import Project

from .conftest import Compiled

CURRENT = "unsd-ama/current-usd/2024.parquet"


def contents(project: Project) -> dict[str, bytes]:
    paths = (path for path in project.raw.rglob("*") if path.is_file())
    return {path.relative_to(project.raw).as_posix(): path.read_bytes() for path in paths}


@pytest.mark.slow
def test_every_file_has_the_project_s_form(small_project: Project) -> None:
    paths = sorted(small_project.raw.glob("*/*/*.parquet"))
    assert len(paths) > 20
    for path in paths:
        frame = pq.read_table(path).to_pandas()
        assert list(frame.columns) == COLUMNS
        assert not frame.drop(columns="partner").isna().any().any()
        pd.testing.assert_frame_equal(frame, frame.sort_values(KEY, ignore_index=True))
        column = pq.read_metadata(path).row_group(0).column(0)
        assert column.compression == "ZSTD"
        assert "RLE_DICTIONARY" in column.encodings


def test_values_are_those_of_the_compiled_file(small_project: Project, compiled: Compiled) -> None:
    before = pd.read_parquet(compiled.root / CURRENT).sort_values(["economy", "series", "period"])
    after = releases.load(small_project, "unsd-ama", "current-usd", "2024")
    assert after["value"].tolist() == before["value"].tolist()
    assert after["partner"].isna().all()


def test_descriptor_is_a_valid_data_package(small_project: Project) -> None:
    for path in small_project.raw.glob("*/*/datapackage.json"):
        descriptor = json.loads(path.read_text())
        with system.use_context(standards="v1"):
            assert list(Package.metadata_validate(descriptor)) == []
        for resource in descriptor["resources"]:
            data = path.parent / resource["path"]
            assert resource["bytes"] == data.stat().st_size
            assert resource["hash"] == f"sha256:{files.sha256(data)}"
            assert resource["rows"] == pq.read_metadata(data).num_rows
            assert all(series["title"] for series in resource["series"])


def test_descriptor_says_what_a_series_is(small_project: Project) -> None:
    def titles(publisher: str, release: str, dataset: str) -> dict[str, str]:
        chosen = releases.resolve(small_project, publisher, release)
        return {entry["code"]: entry["title"] for entry in chosen.resources[dataset]["series"]}

    # The list of series has the newest base year; the title takes the one of the figures.
    assert titles("worldbank-wdi", "2013-12-21", "all-economies")["NE.CON.PRVT.KD"] == (
        "Consumption (constant 2005 US$)"
    )
    assert titles("nbs-io", "2017", "aggregates")["OUTPUT_S01"] == "Output: Farming"
    series = releases.resolve(small_project, "unsd-ama").resources["current-usd"]["series"][0]
    assert (series["first"], series["last"], series["unit"]) == (
        "2001",
        "2003",
        "constant 2005 US$",
    )


def test_approximate_dates_state_their_basis(small_project: Project) -> None:
    def released(publisher: str, release: str) -> dict[str, str]:
        return releases.resolve(small_project, publisher, release).descriptor["released"]

    assert released("worldbank-wdi", "2013-12-21")["basis"].startswith("The copy states no date")
    assert released("worldbank-wdi", "2025-12-16")["basis"].startswith("Inferred")
    assert "unverified" in released("unsd-ama", "2024")["basis"]
    assert released("unsd-ama", "2024")["date"] == "2025-12"


def test_single_economies_keep_the_series_that_chapters_use(small_project: Project) -> None:
    frame = releases.load(small_project, "worldbank-wdi", "countries")
    assert set(frame["series"]) == {"NE.CON.PRVT.KD"}
    everything = releases.load(small_project, "worldbank-wdi", "all-economies")
    assert set(everything["series"]) == {"NE.CON.PRVT.KD", "SH.DYN.MORT"}


def test_flags_become_values(small_project: Project) -> None:
    flags = releases.load(small_project, "wto", "flags")
    assert set(flags["value"]) == {1.0}
    assert set(flags["partner"]) == {"WLD"}


@pytest.mark.slow
def test_same_input_gives_the_same_bytes(
    small_project: Project, compiled: Compiled, tmp_path: Path
) -> None:
    other = Project(tmp_path / "other")
    importer.import_folder(other, compiled.root)
    assert contents(other) == contents(small_project)


@pytest.mark.slow
def test_importing_again_changes_nothing(small_project: Project, compiled: Compiled) -> None:
    before = contents(small_project)
    assert importer.import_folder(small_project, compiled.root) == []
    assert contents(small_project) == before


@pytest.mark.slow
def test_a_new_release_comes_beside_the_old_ones(
    small_project: Project, compiled: Compiled
) -> None:
    before = contents(small_project)
    compiled.write("unsd-ama/current-usd/2025.parquet", pd.read_parquet(compiled.root / CURRENT))
    compiled.catalogue()
    new = importer.import_folder(small_project, compiled.root)
    assert [(release.publisher, release.name) for release in new] == [("unsd-ama", "2025")]
    after = contents(small_project)
    del before["SHA256SUMS"]
    assert {path: after[path] for path in before} == before
    assert "unsd-ama/2025/datapackage.json" in after["SHA256SUMS"].decode()


@pytest.mark.slow
def test_a_release_with_other_figures_is_refused(
    small_project: Project, compiled: Compiled
) -> None:
    before = contents(small_project)
    compiled.write("unsd-ama/current-usd/2025.parquet", pd.read_parquet(compiled.root / CURRENT))
    compiled.change(
        CURRENT, lambda frame: frame.assign(value=frame["value"].replace(2001 / 7, 0.5))
    )
    with pytest.raises(ReleaseExistsError, match=r"unsd-ama 2024 .*current-usd \(2 rows changed\)"):
        importer.import_folder(small_project, compiled.root)
    assert contents(small_project) == before


@pytest.mark.slow
def test_other_bytes_with_the_same_rows_are_the_same_release(
    small_project: Project, compiled: Compiled
) -> None:
    # As another version of pyarrow would write them.
    folder = small_project.raw / "unsd-ama" / "2024"
    data = folder / "current-usd.parquet"
    pq.write_table(pq.read_table(data), data, compression="snappy")
    descriptor = json.loads((folder / "datapackage.json").read_text())
    descriptor["resources"][0]["hash"] = f"sha256:{files.sha256(data)}"
    descriptor["resources"][0]["bytes"] = data.stat().st_size
    files.write_json(folder / "datapackage.json", descriptor)
    assert importer.import_folder(small_project, compiled.root) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda f: f.rename(columns={"value": "amount"}), "has no column value"),
        (lambda f: f.assign(note="x"), "check note"),
        (lambda f: f.assign(period="2024-13"), "'2024-13' is not a period"),
        (lambda f: f.assign(value=f["value"].where(f["period"] != "2001")), "value is missing"),
        (lambda f: f.assign(value=f["value"].astype("str")), "not a number"),
        (lambda f: f.assign(unit=""), "unit is empty in 12 rows"),
        (lambda f: pd.concat([f, f.head(1)]), "USA GDP 2003 occurs twice"),
        (lambda f: f.assign(series="XYZ", period=f["period"].where(f.index < 0, "2001")), "twice"),
        (lambda f: f.assign(series=f["series"].replace("GDP", "XYZ")), "what XYZ means"),
        (lambda f: f.head(0), "has no rows"),
    ],
)
def test_a_changed_format_is_one_message_and_nothing_is_written(
    empty_project: Project, compiled: Compiled, edit, message: str
) -> None:
    compiled.change(CURRENT, edit)
    with pytest.raises((CompiledFolderError, SchemaError), match=message) as caught:
        importer.import_folder(empty_project, compiled.root)
    assert "\n" not in str(caught.value)
    assert contents(empty_project) == {}


def test_a_file_that_the_catalogue_does_not_vouch_for_is_refused(
    empty_project: Project, compiled: Compiled
) -> None:
    path = compiled.root / CURRENT
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(CompiledFolderError, match=r"current-usd/2024\.parquet is not the file"):
        importer.import_folder(empty_project, compiled.root)
    assert contents(empty_project) == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    "path", ["catalog.csv", "series-annual.csv", "io/sector-codes.csv", CURRENT]
)
def test_a_missing_file_is_named(empty_project: Project, compiled: Compiled, path: str) -> None:
    (compiled.root / path).unlink()
    with pytest.raises(CompiledFolderError, match=path):
        importer.import_folder(empty_project, compiled.root)
    assert contents(empty_project) == {}


@pytest.mark.slow
def test_a_label_that_is_no_date_is_named(empty_project: Project, compiled: Compiled) -> None:
    compiled.write("unsd-ama/current-usd/newest.parquet", pd.read_parquet(compiled.root / CURRENT))
    compiled.catalogue()
    with pytest.raises(CompiledFolderError, match=r"newest\.parquet: newest is not a year"):
        importer.import_folder(empty_project, compiled.root)
    compiled.write("bis-reer/now.parquet", pd.read_parquet(compiled.root / CURRENT))
    (compiled.root / "unsd-ama/current-usd/newest.parquet").unlink()
    compiled.catalogue()
    with pytest.raises(CompiledFolderError, match="now is not a date such as"):
        importer.import_folder(empty_project, compiled.root)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("label", "how"),
    [
        ("2062-01-01", "still to come"),
        ("9999-99-99", "not in the calendar"),
        ("2024-02-30", "not in the calendar"),
        ("\u0662\u0660\u0662\u0664-\u0660\u0661-\u0660\u0661", "not a date such as"),
    ],
)
def test_a_day_that_does_not_exist_or_is_to_come_is_named(
    empty_project: Project, compiled: Compiled, label: str, how: str
) -> None:
    compiled.write(f"bis-reer/{label}.parquet", pd.read_parquet(compiled.root / CURRENT))
    compiled.catalogue()
    with pytest.raises(CompiledFolderError, match=f"{label} is {how}"):
        importer.import_folder(empty_project, compiled.root)
    assert contents(empty_project) == {}


@pytest.mark.slow
def test_a_family_that_is_gone_is_named(empty_project: Project, compiled: Compiled) -> None:
    (compiled.root / "pwt/10.01.parquet").unlink()
    compiled.catalogue()
    with pytest.raises(CompiledFolderError, match=r"list no pwt/10\.01\.parquet"):
        importer.import_folder(empty_project, compiled.root)
