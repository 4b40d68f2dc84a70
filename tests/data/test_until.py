import shutil

import pandas as pd
import pytest

from rebalancing.data import releases
from rebalancing.data.releases import NothingPublishedError, Release, UnknownReleaseError
from rebalancing.data.tables.columns import COLUMNS
from rebalancing.data.views import until
from rebalancing.project import Project

DAY = "2025-12-16"  # between two releases of the World Bank; the UN's of that month is not yet sure


def named(project: Project, publisher: str) -> list[str]:
    return [release.name for release in releases.releases(project, publisher)]


def test_later_releases_do_not_exist(small_project: Project) -> None:
    then = small_project.as_of(DAY)
    assert named(then, "worldbank-wdi") == ["2013-12-21", "2024-05-08", "2025-12-16"]
    assert releases.resolve(then, "unsd-ama").name == "2023"
    with pytest.raises(UnknownReleaseError, match=r"no release 2024 .*allowed: latest, 2020, 2023"):
        releases.resolve(then, "unsd-ama", "2024")
    assert named(small_project.as_of("latest"), "unsd-ama") == named(small_project, "unsd-ama")


@pytest.mark.parametrize(
    ("publisher", "date", "public"),
    [
        ("worldbank-wdi", "2026-06-06", "2026-06-06"),
        ("unsd-ama", "2024-12", "2024-12-31"),
        ("worldsteel", "2020", "2020-12-31"),
        ("nbs-io", "2020", "2023-12-31"),
    ],
)
def test_a_release_is_public_when_it_surely_was(
    publisher: str, date: str, public: str, small_project: Project
) -> None:
    assert Release(publisher, "x", date, small_project.raw, {}).public == public


def test_a_publisher_without_a_release_by_then_is_none(small_project: Project) -> None:
    then = small_project.as_of("2013-12-20")
    assert releases.publishers(then) == []
    with pytest.raises(NothingPublishedError, match="first is 2013-12-21, public by 2013-12-21"):
        releases.resolve(then, "worldbank-wdi")


def test_removing_later_releases_changes_nothing(small_project: Project) -> None:
    then = small_project.as_of(DAY)
    before = releases.load_all(then, "unsd-ama", "current-usd")
    for publisher in releases.publishers(small_project):
        for name in releases.unknown(then, publisher):
            shutil.rmtree(small_project.raw / publisher / name)
    pd.testing.assert_frame_equal(releases.load_all(then, "unsd-ama", "current-usd"), before)
    pd.testing.assert_frame_equal(
        releases.load_all(small_project, "unsd-ama", "current-usd"), before
    )


def test_rows_of_later_releases_are_left_out(small_project: Project) -> None:
    frame = pd.DataFrame({"release": ["2023", "2024", "2023"], "value": [1.0, 2.0, 3.0]})
    left = until.rows(small_project.as_of(DAY), "expenditure_shares", frame)
    assert left["value"].tolist() == [1.0, 3.0]
    assert until.rows(small_project, "expenditure_shares", frame) is frame


def test_years_of_economies_are_not_known(small_project: Project) -> None:
    frame = pd.DataFrame({"economy": ["CHN"], "name": ["China"], "last_year": [2024]})
    left = until.rows(small_project.as_of(DAY), "economies", frame)
    assert left["name"].tolist() == ["China"]
    assert left["last_year"].isna().all()


def test_what_describes_all_releases_cannot_be_read(small_project: Project) -> None:
    with pytest.raises(until.KnownLaterError, match="leave its section out"):
        until.rows(small_project.as_of(DAY), "missing", pd.DataFrame())


def test_every_table_with_releases_has_its_publishers() -> None:
    with_release = {name for name, columns in COLUMNS.items() if "release" in columns}
    assert set(until.PUBLISHERS) == with_release
