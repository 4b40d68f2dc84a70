import pandas as pd
import pyarrow.parquet as pq
import pytest

from rebalancing.data import tables
from rebalancing.data.tables import clean, columns, schemas, store
from rebalancing.data.tables.schemas import TableError
from rebalancing.errors import DataError
from rebalancing.project import Project


def customs(**changes: object) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "release": "2025-03-20",
            "economy": "CHN",
            "partner": ["USA", "WLD", "WLD"],
            "month": pd.to_datetime(["2024-01-01", "2024-01-01", "2024-02-01"]).astype(
                "datetime64[us]"
            ),
            "exports_usd_bn": [40.0, 300.0, 200.0],
            "imports_usd_bn": [15.0, 220.0, None],
        }
    )
    return frame.assign(**changes)


def accounts(**changes: object) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "release": "2024",
            "prices": "current USD",
            "economy": ["CHN", "CHN", "USA"],
            "year": pd.Series([2023, 2024, 2024], dtype="int64"),
            "item": ["GDP", "GDP", "INV"],
            "value": [1.0, 2.0, -3.0],
        }
    )
    return frame.assign(**changes)


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def test_every_table_has_a_schema_with_its_columns_and_keys():
    assert set(schemas.SCHEMAS) == set(columns.KEYS) == set(columns.NAMES)
    for name, schema in schemas.SCHEMAS.items():
        assert list(schema.columns) == list(columns.COLUMNS[name])
        assert set(columns.KEYS[name]) <= set(columns.COLUMNS[name])


def test_what_was_written_is_read(project):
    tables.write_processed(project, "customs", customs())
    pd.testing.assert_frame_equal(tables.read_processed(project, "customs"), customs())


def test_the_same_table_gives_the_same_bytes(project):
    first = tables.write_processed(project, "customs", customs()).read_bytes()
    assert tables.write_processed(project, "customs", customs()).read_bytes() == first
    assert [path.name for path in project.processed.iterdir()] == ["customs.parquet"]


def test_rows_that_chapters_choose_lie_together_and_in_groups(project, monkeypatch):
    monkeypatch.setattr(store, "GROUP", 2)
    rows = pd.concat([accounts(), accounts(release="2023")])
    path = tables.write_processed(
        project, "national_accounts", clean.in_order(rows, "national_accounts")
    )
    groups = pq.ParquetFile(path).metadata
    items = [groups.row_group(n).column(4).statistics for n in range(groups.num_row_groups)]
    assert [(item.min, item.max) for item in items] == [
        ("GDP", "GDP"),
        ("GDP", "GDP"),
        ("INV", "INV"),
    ]
    only = {"prices": ["current USD"], "item": ["INV"]}
    found = tables.read_processed(project, "national_accounts", only)
    assert found["release"].tolist() == ["2023", "2024"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"value": [1.0, -2.0, -3.0]},
            r": not negative fails in 1 rows, such as .*year 2024.*value -2.0",
        ),
        (
            {"value": [1.0, None, -3.0]},
            r"value: no empty cells fails in 1 rows, such as .*year 2024",
        ),
        ({"value": [1.0, float("inf"), -3.0]}, r"value: finite fails"),
        ({"economy": ["CHN", "CHN", "QQQ"]}, r"economy: a known economy fails .*economy QQQ"),
        ({"item": ["GDP", "GDP", "XYZ"]}, r"item: a known item fails .*item XYZ"),
        ({"year": [2024, 2024, 2024]}, r"unique keys fails in 2 rows, such as .*CHN.*year 2024"),
        ({"year": [2023.0, 2024.0, 2024.0]}, r"year: dtype\('int64'\) fails"),
        ({"extra": 1}, r"no other columns fails for extra"),
    ],
)
def test_a_table_that_breaks_its_schema_is_refused_and_nothing_is_written(
    project, changes, message
):
    with pytest.raises(TableError, match=message) as raised:
        tables.write_processed(project, "national_accounts", accounts(**changes))
    assert str(raised.value).startswith("table national_accounts")
    assert "\n" not in str(raised.value)
    assert not project.processed.exists()


def test_a_refused_table_leaves_the_old_one_in_place(project):
    tables.write_processed(project, "customs", customs())
    with pytest.raises(TableError, match="exports_usd_bn: not negative fails"):
        tables.write_processed(project, "customs", customs(exports_usd_bn=-1.0))
    assert tables.read_processed(project, "customs").equals(customs())


def test_a_share_beyond_what_publishers_report_is_refused(project):
    frame = pd.DataFrame({"release": ["2024"], "currency": ["USD"], "economy": ["LBR"]})
    frame = frame.assign(year=pd.Series([2004], dtype="int64"), gdp=1e9)
    frame = frame.assign(**dict.fromkeys(schemas.SHARE_BOUNDS, float("nan")))
    tables.write_processed(project, "expenditure_shares", frame.assign(household_pct_gdp=223.1))
    with pytest.raises(TableError, match=r"household_pct_gdp: between 0 and 250 fails"):
        tables.write_processed(
            project, "expenditure_shares", frame.assign(household_pct_gdp=2231.0)
        )


def test_a_missing_table_says_what_makes_it(project):
    with pytest.raises(DataError, match=r"data/processed/customs.parquet .*make report.*01_clean"):
        tables.read_processed(project, "customs")


def test_an_unknown_table_lists_the_known_ones(project):
    with pytest.raises(DataError, match="no table 'custom'; the tables are economies, groups"):
        tables.read_processed(project, "custom")


def test_a_damaged_table_is_reported_in_one_line(project):
    path = tables.write_processed(project, "customs", customs())
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(DataError, match=r"customs.parquet cannot be read .*; delete it") as raised:
        tables.read_processed(project, "customs")
    assert "\n" not in str(raised.value)


def test_a_table_of_an_older_version_is_refused(project):
    path = tables.write_processed(project, "customs", customs())
    customs().drop(columns="partner").to_parquet(path)
    with pytest.raises(DataError, match="has other columns than expected; delete it"):
        tables.read_processed(project, "customs")
