import pandas as pd
import pytest

from rebalancing.data.views.cross_section import (
    TooFewEconomiesError,
    has_many,
    long,
    newest,
    of_one_release,
)

FRAME = pd.DataFrame(
    [
        (release, economy, "X", year, value, unit)
        for release, unit, economies, value in [
            ("2018-08-01", "2011 $", "ABC", 1.0),
            ("2025-12-17", "2021 $", "ABC", 2.0),
            ("2026-06-06", "2021 $", "A", 3.0),
        ]
        for economy in economies
        for year in (2010, 2011)
    ],
    columns=["release", "economy", "series", "year", "value", "unit"],
)


def test_all_economies_come_from_the_newest_release_that_has_many() -> None:
    table = of_one_release(FRAME, "X", at_least=3)
    assert table.to_numpy().tolist() == [[2.0] * 3] * 2
    assert table.attrs == {"release": "2025-12-17", "unit": "2021 $"}


def test_nothing_newer_than_the_release_asked_for() -> None:
    assert of_one_release(FRAME, "X", "2025-12-16", at_least=3).attrs["release"] == "2018-08-01"
    assert of_one_release(FRAME, "X", "2025", at_least=3).attrs["release"] == "2025-12-17"


def test_a_series_of_few_economies_is_refused() -> None:
    with pytest.raises(TooFewEconomiesError, match="X: no release up to latest has 100"):
        of_one_release(FRAME, "X")


def test_whether_a_release_has_many_can_be_asked() -> None:
    assert has_many(FRAME, "X", at_least=3)
    assert has_many(FRAME, "X", "2018-08-01", at_least=3)
    assert not has_many(FRAME, "X", "2018-07-31", at_least=3)
    assert not has_many(FRAME, "Y", at_least=1)


def test_a_long_table_has_what_all_tables_know() -> None:
    share = pd.DataFrame({"A": [1.0, 2.0], "B": [3.0, None]}, index=[2000, 2001])
    income = pd.DataFrame({"B": [5.0, 6.0, 7.0], "A": [8.0, 9.0, 9.5]}, index=[2000, 2001, 2002])
    table = long({"share": share, "income": income})
    assert list(table) == ["economy", "year", "share", "income"]
    assert table.to_numpy().tolist() == [
        ["A", 2000, 1.0, 8.0],
        ["A", 2001, 2.0, 9.0],
        ["B", 2000, 3.0, 5.0],
    ]


def test_the_newest_values_are_of_one_release_that_has_many() -> None:
    rows = FRAME[(FRAME["economy"] != "B") | (FRAME["year"] == 2010)]
    rows = rows.assign(value=rows["value"] + rows["year"] - 2010)
    assert newest(rows, "X", 2011, at_least=3).to_dict() == {"A": 3.0, "B": 2.0, "C": 3.0}
    assert newest(rows, "X", 2010, at_least=3).to_dict() == {"A": 2.0, "B": 2.0, "C": 2.0}
    assert newest(rows, "Y", 2011).empty
