from __future__ import annotations

import pandas as pd
import pytest

from rebalancing.data.tables import outlook
from rebalancing.data.views import outlook_changes


def table() -> pd.DataFrame:
    """Three Octobers: the first two expect a fall of one point a year, and none comes.

    Each release has all its levels a point lower than the one before, as if bases were revised.
    """
    rows = [
        (f"{release}-10", "AAA", year, level(release, year), release)
        for release in (2018, 2019, 2020)
        for year in range(2014, 2022)
    ]
    columns = ["release", "economy", "year", "value", "first_forecast_year"]
    frame = pd.DataFrame(rows, columns=columns).assign(series="S", unit="percent of GDP")
    return frame.astype({"first_forecast_year": "Int64"})


def level(release: int, year: int) -> float:
    expected = max(year - release + 1, 0) if release < 2020 else 0
    return 50.0 - (release - 2018) - expected


def test_a_revised_base_is_no_error_of_a_forecast() -> None:
    found = outlook_changes.since_base(table(), "S", ["AAA", "none"]).set_index(["release", "year"])
    row = found.loc["2018-10", 2019]
    assert (row["base_year"], row["base"], row["horizon"]) == (2017, 50.0, 1)
    assert (row["forecast"], row["outcome"], row["first_outcome"]) == (-2.0, 0.0, 0.0)
    assert row["revision"] == -2.0
    level_error = level(2020, 2019) - level(2018, 2019)
    assert level_error == row["outcome"] - row["forecast"] + row["revision"]


def test_only_what_came_due_is_scored_and_no_change_is_zero() -> None:
    found = outlook_changes.since_base(table(), "S", ["AAA"])
    assert found.columns.tolist() == outlook_changes.COLUMNS
    due = [("2018-10", 2018), ("2018-10", 2019), ("2019-10", 2019)]
    assert list(found[["release", "year"]].itertuples(index=False, name=None)) == due
    assert set(found["no_change"]) == {0.0}
    with pytest.raises(outlook.OutlookError, match="no T of any"):
        outlook_changes.since_base(table(), "T", ["AAA"])


def test_the_first_outcome_is_read_with_its_own_base() -> None:
    moved = table()
    newest = (moved["release"] == "2020-10") & (moved["year"] == 2018)
    moved.loc[newest, "value"] += 0.5
    found = outlook_changes.since_base(moved, "S", ["AAA"]).set_index(["release", "year"])
    row = found.loc["2018-10", 2018]
    assert (row["outcome"], row["first_outcome"]) == (0.5, 0.0)


def test_what_each_release_expected_and_what_came() -> None:
    found = outlook_changes.expected(table(), "S", "AAA", 2030)
    assert found.index.tolist() == ["2018-10", "2019-10", "2020-10"]
    first = found.loc["2018-10"]
    assert (first["base_year"], first["last_year"], first["due"]) == (2017, 2021, 2019)
    assert (first["change"], first["forecast"], first["came"]) == (-4.0, -2.0, 0.0)
    assert (first["missed"], first["revision"]) == (2.0, -2.0)
    assert (first["level"], first["now"]) == (46.0, 48.0)
    assert pd.isna(found.loc["2020-10", "due"])
    earlier = outlook_changes.expected(table(), "S", "AAA", 2018)
    assert earlier.loc["2018-10", "due"] == 2018
    assert pd.isna(earlier.loc["2019-10", "due"])


def test_paths_begin_in_the_last_year_that_each_release_knows() -> None:
    found = outlook_changes.paths(table().sample(frac=1, random_state=0), "S", "AAA")
    assert found.columns.tolist() == ["2018-10", "2019-10", "2020-10"]
    assert [int(found[release].first_valid_index()) for release in found] == [2017, 2018, 2019]
    assert found.loc[2021, "2018-10"] == 46.0


def test_an_economy_without_the_series_has_no_paths() -> None:
    assert outlook_changes.paths(table(), "S", "BBB").empty
    assert outlook_changes.expected(table(), "S", "BBB", 2030).empty
