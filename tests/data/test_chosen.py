"""Which releases a study rests on: chosen in one place, whatever else a publisher has put out."""

from pathlib import Path

import pandas as pd
import pytest

from rebalancing import files
from rebalancing.data.releases import UnknownReleaseError
from rebalancing.data.views import chosen, input_output, prices
from rebalancing.project import Project

MONTHLY = [
    ("2026-07-20", "CHN", "CPI_YOY", "2026-05", 1.0),
    ("2026-07-20", "CHN", "CPI_YOY", "2026-06", 1.1),
    ("2026-07-20", "CHN", "PPI_YOY", "2026-06", -2.0),
    ("2026-08-22", "CHN", "CPI_YOY", "2026-06", 1.2),
    ("2026-08-22", "CHN", "CPI_YOY", "2026-07", 1.3),
    ("2026-08-21", "CHN", "EXP_USD", "2026-07", 397.9),
]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with releases of two publishers of one table, and of input-output tables."""
    releases = [
        ("nbs-monthly", "2026-07-20", ["CPI_YOY", "PPI_YOY"]),
        ("nbs-monthly", "2026-08-22", ["CPI_YOY"]),
        ("china-levels", "2026-08-21", ["EXP_USD"]),
        ("oecd-io", "2021", ["VALU"]),
        ("oecd-io", "2025", ["VALU"]),
        ("nbs-io", "2017", ["VA"]),
        ("nbs-io", "2020", ["VA"]),
        ("pwt", "9.1", ["csh_c"]),
        ("pwt", "10.01", ["csh_c"]),
    ]
    for publisher, name, series in releases:
        date = {"9.1": "2019-04", "10.01": "2023-01"}.get(name, name)
        described = [
            {"code": code, "title": code, "unit": "u", "first": "2020", "last": "2020"}
            for code in series
        ]
        entry = {
            "name": "figures",
            "title": "Figures",
            "path": "figures.parquet",
            "bytes": 1,
            "hash": f"sha256:{'0' * 64}",
            "rows": 1,
            "economies": ["CHN"],
            "series": described,
        }
        package = {
            "title": f"{publisher} {name}",
            "released": {"date": date, "basis": "made up"},
            "homepage": "https://example.org",
            "contributors": [{"title": publisher}],
            "licenses": [{"title": "free"}],
            "citation": f"{publisher}, {name}.",
            "notes": [],
            "resources": [entry],
        }
        files.write_json(tmp_path / "data/raw" / publisher / name / "datapackage.json", package)
    return Project(tmp_path)


def monthly() -> pd.DataFrame:
    frame = pd.DataFrame(MONTHLY, columns=["release", "economy", "series", "period", "value"])
    month = pd.to_datetime(frame.pop("period")).astype("datetime64[us]")
    return frame.assign(month=month, unit="percent")


def test_a_second_release_gives_no_series_twice(project: Project) -> None:
    with pytest.raises(prices.MonthsError, match="is in 2 releases"):
        prices.monthly(monthly(), "CPI_YOY")
    rows = chosen.rows(project, "china_monthly", monthly())
    assert prices.monthly(rows, "CPI_YOY").to_list() == [1.2, 1.3]  # May is not joined on
    assert prices.monthly(rows, "PPI_YOY").to_list() == [-2.0]
    assert prices.monthly(rows, "EXP_USD").to_list() == [397.9]


def test_a_foot_line_names_the_releases_that_rows_come_from(project: Project) -> None:
    rows = chosen.rows(project, "china_monthly", monthly())
    exports = rows[rows["series"] == "EXP_USD"]
    named = [release.source for release in chosen.sources(project, "china_monthly", exports)]
    assert named == ["china-levels, 2026-08-21"]
    assert len(chosen.sources(project, "china_monthly", rows)) == 3


def test_a_study_may_name_an_older_release(project: Project) -> None:
    rows = chosen.rows(project, "china_monthly", monthly(), {"nbs-monthly": "2026-07-20"})
    assert prices.monthly(rows, "CPI_YOY").to_list() == [1.0, 1.1]
    assert prices.monthly(rows, "EXP_USD").to_list() == [397.9]  # of the other publisher
    with pytest.raises(UnknownReleaseError, match="2026-07-21"):
        chosen.rows(project, "china_monthly", monthly(), {"nbs-monthly": "2026-07-21"})


def test_on_a_day_later_releases_are_no_choice(project: Project) -> None:
    rows = chosen.rows(project.as_of("2026-08-01"), "china_monthly", monthly())
    assert rows["value"].to_list() == [1.0, 1.1, -2.0]


def test_releases_follow_one_another_by_date_not_by_name(project: Project) -> None:
    table = pd.DataFrame(
        {"release": ["9.1", "10.01"], "economy": "CHN", "series": "csh_c", "value": [0.4, 0.5]}
    )
    assert chosen.rows(project, "penn_world_table", table)["value"].to_list() == [0.5]


def test_what_is_made_of_several_series_takes_them_from_one_release(project: Project) -> None:
    rows = [("9.1", "rgdpo", 1.0), ("9.1", "pop", 2.0), ("10.01", "pop", 3.0)]
    table = pd.DataFrame(rows, columns=["release", "series", "value"]).assign(economy="CHN")
    alone = chosen.rows(project, "penn_world_table", table)
    assert alone["value"].to_list() == [1.0, 3.0]
    both = chosen.rows(project, "penn_world_table", table, together=True)
    assert both["value"].to_list() == [1.0, 2.0]


def tables() -> pd.DataFrame:
    rows = [
        ("2017", "NBS", "VA", 2017, 10.0),
        ("2020", "NBS", "VA", 2020, 20.0),
        ("2021", "OECD", "VALU", 2017, 1.0),
        ("2021", "OECD", "VALU", 2018, 2.0),
        ("2025", "OECD", "VALU", 2018, 3.0),
    ]
    frame = pd.DataFrame(rows, columns=["release", "source", "series", "year", "value"])
    return frame.assign(economy="CHN", sector=None)


def test_a_table_a_year_is_kept_and_an_edition_replaces_the_one_before(project: Project) -> None:
    kept = chosen.rows(project, "input_output", tables())
    assert kept["value"].to_list() == [10.0, 20.0, 3.0]


def test_input_output_tables_are_of_the_newest_edition() -> None:
    of_farming = tables().assign(sector="A", sector_name="Farming")

    def value(source: str, series: str, year: int) -> float:
        rows = input_output.by_sector(of_farming, series, year, "CHN", source=source)
        return float(rows["value"].item())

    assert value("OECD", "VALU", 2018) == 3.0
    with pytest.raises(input_output.InputOutputError):  # an older edition has it
        value("OECD", "VALU", 2017)
    assert [value("NBS", "VA", year) for year in (2017, 2020)] == [10.0, 20.0]


def test_a_table_of_no_release_has_none_to_choose(project: Project) -> None:
    with pytest.raises(chosen.NoReleaseError, match="economies is of no release"):
        chosen.rows(project, "economies", pd.DataFrame())
