import pytest

from rebalancing.data import releases
from rebalancing.data.releases import (
    DescriptorError,
    UnknownDatasetError,
    UnknownPublisherError,
    UnknownReleaseError,
)
from rebalancing.data.releases.schema import SchemaError
from rebalancing.errors import InputError
from rebalancing.project import Project


def test_releases_come_oldest_first_by_date(small_project: Project) -> None:
    dates = [release.date for release in releases.releases(small_project, "worldbank-wdi")]
    assert dates == ["2013-12-21", "2024-05-08", "2025-12-16", "2025-12-17"]


def test_publishers_ignores_hidden_folders(small_project: Project) -> None:
    before = releases.publishers(small_project)
    (small_project.raw / ".import-x" / "zzz").mkdir(parents=True)
    (small_project.raw / ".import-x" / "zzz" / "datapackage.json").touch()
    assert releases.publishers(small_project) == before
    assert "unsd-ama" in before


def test_latest_is_the_newest_release(small_project: Project) -> None:
    assert releases.resolve(small_project, "unsd-ama").name == "2024"
    assert releases.resolve(small_project, "unsd-ama", "2023").name == "2023"


def test_latest_of_a_dataset_is_the_newest_release_that_has_it(small_project: Project) -> None:
    frame = releases.load(small_project, "unsd-ama", "constant-2015-ncu")
    assert len(frame) == 12


def test_load_narrows_to_economies_and_series(small_project: Project) -> None:
    frame = releases.load(
        small_project, "unsd-ama", "current-usd", economies=["CHN"], series=["HFCE", "EXP"]
    )
    assert list(frame.columns) == ["economy", "partner", "series", "period", "value", "unit"]
    assert set(frame["economy"]) == {"CHN"}
    assert set(frame["series"]) == {"HFCE"}


def test_load_all_keeps_releases_side_by_side(small_project: Project) -> None:
    frame = releases.load_all(small_project, "unsd-ama", "current-usd", series=["GDP"])
    assert frame["release"].unique().tolist() == ["2023", "2024"]
    assert not frame.duplicated(["release", "economy", "series", "period"]).any()
    assert list(frame.columns)[:2] == ["release", "economy"]
    assert frame["period"].cat.categories.tolist() == sorted(frame["period"].unique())
    assert frame["partner"].isna().all()


def test_economies_and_years(small_project: Project) -> None:
    assert releases.economies(small_project, "unsd-ama", "2024") == {"CHN", "USA"}
    asked = (small_project, "unsd-ama", "2024")
    years = releases.years(*asked, economy="CHN", series=["HFCE", "none"])
    assert years == {"HFCE": [2001, 2002, 2003], "none": []}
    assert releases.years(*asked, economy="FRA", series=["HFCE"]) == {"HFCE": []}


def test_digest_is_that_of_the_data(small_project: Project) -> None:
    first, second = releases.releases(small_project, "unsd-ama")[-2:]
    assert len(first.sha256) == 64
    # The two hold the same figures, and their digest says so.
    assert first.sha256 == second.sha256
    assert first.sha256 != releases.resolve(small_project, "pwt").sha256


def test_a_release_says_how_to_cite_it(small_project: Project) -> None:
    release = releases.resolve(small_project, "unsd-ama", "2023")
    assert release.citation.endswith("data to 2023.")
    assert release.title == "National Accounts Main Aggregates Database, 2023"
    assert release.common_title == "National Accounts Main Aggregates Database"
    assert "United Nations Statistics Division" in release.licence


def test_unknown_names_list_what_is_allowed(small_project: Project) -> None:
    with pytest.raises(UnknownPublisherError, match=r"did you mean unsd-ama\?.*pwt"):
        releases.releases(small_project, "unsd-amma")
    with pytest.raises(UnknownReleaseError, match="allowed: latest, 2020, 2023, 2024"):
        releases.resolve(small_project, "unsd-ama", "1999")
    with pytest.raises(UnknownDatasetError, match="allowed: constant-2015-ncu"):
        releases.load(small_project, "unsd-ama", "current")
    with pytest.raises(UnknownDatasetError, match=r"2024 has no dataset current-ncu.* is in 2020"):
        releases.load(small_project, "unsd-ama", "current-ncu", "2024")
    with pytest.raises(InputError, match="2025"):
        releases.load(small_project, "unsd-ama", "current-ncu", "2025")


@pytest.mark.parametrize("name", ["/tmp", "*", "unsd*", "..", "", ".import-x", "a/b"])
def test_a_path_or_a_pattern_is_not_a_publisher(small_project: Project, name: str) -> None:
    with pytest.raises(UnknownPublisherError, match=r"is not a publisher in .*: .*unsd-ama"):
        releases.resolve(small_project, name)


def test_without_data_the_message_says_what_to_do(empty_project: Project) -> None:
    with pytest.raises(UnknownPublisherError, match="rebalancing data import FOLDER"):
        releases.resolve(empty_project, "unsd-ama")


@pytest.mark.parametrize("damage", [b"", b"not Parquet", None])
def test_a_damaged_file_is_named_before_it_is_read(
    small_project: Project, damage: bytes | None
) -> None:
    path = small_project.raw / "unsd-ama" / "2024" / "current-usd.parquet"
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage)
    for read in (
        lambda: releases.load(small_project, "unsd-ama", "current-usd"),
        lambda: releases.years(small_project, "unsd-ama", economy="CHN", series=["GDP"]),
    ):
        with pytest.raises(
            SchemaError, match=r"current-usd\.parquet cannot be read: it is "
        ) as caught:
            read()
        assert str(caught.value).endswith(f"git checkout HEAD -- {path}")


def test_a_damaged_descriptor_is_named(small_project: Project) -> None:
    path = small_project.raw / "pwt" / "10.01" / "datapackage.json"
    path.write_text("{")
    with pytest.raises(DescriptorError, match=r"10\.01/datapackage\.json is missing or damaged"):
        releases.resolve(small_project, "pwt")
