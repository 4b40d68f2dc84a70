from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rebalancing.data.views import select

SHARES = pd.DataFrame(
    [
        ("2023", "USD", "CHN", 2022, 37.0),
        ("2023", "NCU", "CHN", 2022, 37.1),
        ("2023", "USD", "WLD", 2022, 55.0),
        ("2022", "NCU", "CHN", 2022, 36.0),
        ("2024", "USD", "CHN", 2022, 38.0),
    ],
    columns=["release", "currency", "economy", "year", "share"],
)


def by_year(values: dict[int, float]) -> pd.Series:
    return pd.Series(values, dtype=float)


class TestOfRelease:
    def test_dollars_are_preferred_because_they_have_groups(self) -> None:
        chosen = select.of_release(SHARES, "2023")
        assert chosen["share"].tolist() == [37.0, 55.0]
        assert not chosen["economy"].duplicated().any()

    def test_national_currencies_serve_where_there_is_nothing_else(self) -> None:
        assert select.of_release(SHARES, "2022")["share"].tolist() == [36.0]

    def test_no_other_release_is_taken(self) -> None:
        assert select.of_release(SHARES, "2021").empty


class TestWide:
    LONG = pd.DataFrame(
        [
            ("CHN", 2000, 1.0), ("CHN", 2001, 2.0), ("CHN", 2003, 4.0),
            ("USA", 1999, 8.0), ("USA", 2001, 9.0), ("USA", 2002, np.nan), ("JPN", 1999, 7.0),
        ],
        columns=["economy", "year", "share"],
    )  # fmt: skip

    def test_is_years_by_economies_with_both_ends_included(self) -> None:
        table = select.wide(self.LONG, "share", 2000, 2003)
        expected = pd.DataFrame(
            {"CHN": [1.0, 2.0, 4.0], "USA": [np.nan, 9.0, np.nan]}, index=[2000, 2001, 2003]
        )
        pd.testing.assert_frame_equal(table, expected, check_names=False)
        assert select.wide(self.LONG, "share", 1999, 2001).index.tolist() == [1999, 2000, 2001]

    def test_economies_and_years_without_values_are_left_out(self) -> None:
        table = select.wide(self.LONG, "share", 2000, 2003)
        assert "JPN" not in table
        assert 2002 not in table.index

    def test_an_economy_twice_in_a_year_is_an_error_and_no_mean(self) -> None:
        twice = pd.concat([self.LONG, self.LONG.head(1)])
        with pytest.raises(ValueError, match="duplicate"):
            select.wide(twice, "share", 2000, 2003)


def test_latest_is_the_last_year_with_a_value() -> None:
    year, value = select.latest(by_year({2000: 1.0, 2001: 2.5, 2002: np.nan}))
    assert (year, value) == (2001, 2.5)
    assert type(year) is int
    assert type(value) is float


@pytest.mark.parametrize(
    ("known", "years"),
    [
        ({2000: 1, 2001: 2, 2002: 3}, [2000, 2001, 2002]),
        ({2000: 1, 2002: 3, 2003: 4}, [2002, 2003]),
        ({2000: 1, 2002: 3, 2004: 4, 2005: 5}, [2004, 2005]),
        ({2000: 1, 2001: np.nan, 2002: 3}, [2002]),
        ({2000: 1, 2001: 2, 2002: np.nan}, [2000, 2001]),
        ({2000: np.nan, 2001: np.nan}, []),
    ],
)
def test_the_latest_run_is_what_follows_the_last_gap(
    known: dict[int, float], years: list[int]
) -> None:
    assert select.latest_run(by_year(known)).index.tolist() == years


def test_a_table_split_by_economy_has_the_rows_of_each() -> None:
    table = pd.DataFrame({"economy": ["B", "A", "B"], "value": [1, 2, 3]})
    split = select.ByEconomy(table)
    assert split.of("B")["value"].tolist() == [1, 3]
    assert split.of("C").empty
    assert list(split.of("C")) == ["economy", "value"]
